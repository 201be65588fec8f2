package workflows

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"countersign/workflows/vendorrisk"
)

// The fields of Vendor details.
const (
	fieldVendor    = "vendor"
	fieldWebsite   = "website"
	fieldService   = "service"
	fieldNeed      = "why"
	fieldInstead   = "instead"
	fieldUsers     = "users"
	fieldData      = "data"
	fieldDataTypes = "data_types"
	fieldSystems   = "access"
	fieldProposed  = "proposed"
)

// detailsForm asks the first four questions.
func detailsForm(c *Catalogue, values map[string]string) Form {
	hint := "Somebody else than you, usually. The compliance lead decides."
	if c.Vendor.RequesterMaySponsor {
		hint = "Who will look after this vendor for us. The compliance lead decides."
	}
	fields := []Field{
		{ID: fieldVendor, Label: "Vendor", Kind: FieldText, Min: 1, Max: 80, Placeholder: "Figma"},
		{ID: fieldWebsite, Label: "Website", Kind: FieldText, Min: 1, Max: websiteMost, Placeholder: "figma.com"},
		{ID: fieldService, Label: "What the service does for us", Kind: FieldLong, Min: 1, Max: justificationMax},
		{ID: fieldNeed, Label: "Why do we need it", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "Those who decide and the auditor read this."},
		{ID: fieldInstead, Label: "Which tool do we already have for this", Kind: FieldText, Optional: true, Max: 300},
		{ID: fieldUsers, Label: "Who will use it", Kind: FieldText, Min: 1, Max: 300, Placeholder: "The design team, 6 people"},
		questionField("data", false),
		{ID: fieldDataTypes, Label: "Which of these will it hold", Kind: FieldTicks, Choices: dataTypeChoices(), Optional: true},
		questionField("access", false),
		{ID: fieldProposed, Label: "Proposed sponsor", Kind: FieldPerson, Optional: true, Hint: hint},
	}
	for i := range fields {
		fields[i].Value = values[fields[i].ID]
	}
	return Form{Kind: VendorFlow, Title: "Vendor details", Submit: "Send", Fields: fields,
		Intro: "Four questions. A sponsor then looks into the risk, and somebody else decides. You see every step here in Slack."}
}

// questionField is a question of the matrix with its options, in order.
func questionField(id string, redraws bool) Field {
	q, _ := vendorrisk.QuestionNamed(id)
	f := Field{ID: id, Label: q.Text, Hint: q.Hint, Kind: FieldSelect, Redraws: redraws}
	for i, o := range q.Options {
		f.Choices = append(f.Choices, optionChoice(i, o))
	}
	return f
}

// optionChoice is an option of a question. What does not fit on its line goes
// under it.
func optionChoice(i int, text string) Choice {
	c := Choice{Value: fmt.Sprint(i), Label: fmt.Sprintf("%d %s", i, text)}
	if before, after, ok := strings.Cut(text, " ("); ok && len(c.Label) > 75 {
		c.Label, c.Hint = fmt.Sprintf("%d %s", i, before), strings.TrimSuffix(after, ")")
	}
	return c
}

func dataTypeChoices() []Choice {
	var out []Choice
	for _, t := range vendorrisk.DataTypes() {
		out = append(out, Choice{Value: t.ID, Label: t.Name})
	}
	return out
}

// optionChosen reads the answer to a question from a form.
func optionChosen(id, value string) (vendorrisk.Answer, bool) {
	q, _ := vendorrisk.QuestionNamed(id)
	for i := range q.Options {
		if value == fmt.Sprint(i) {
			return vendorrisk.Chosen(i), true
		}
	}
	return 0, false
}

// optionValue is an answer as a form has it.
func optionValue(a vendorrisk.Answer) string {
	if !a.Known() {
		return ""
	}
	return fmt.Sprint(a.Points())
}

// ticked reads ticks in the order of the choices; what is none of them is left out.
func ticked(value string, choices []Choice) []string {
	set := strings.Split(value, ",")
	var out []string
	for _, c := range choices {
		if slices.Contains(set, c.Value) {
			out = append(out, c.Value)
		}
	}
	return out
}

// checkDetails finds what has to be corrected in the form.
func checkDetails(_ *Catalogue, v map[string]string) map[string]string {
	wrong := make(map[string]string)
	for field, what := range map[string]string{
		fieldVendor: "Say what the vendor is called.", fieldService: "Say what the service does for us.",
		fieldNeed: "Say why we need it.", fieldUsers: "Say who will use it.",
	} {
		if strings.TrimSpace(v[field]) == "" {
			wrong[field] = what
		}
	}
	if name := strings.TrimSpace(v[fieldVendor]); strings.ContainsFunc(name, unseen) {
		wrong[fieldVendor] = "It has a character that cannot be seen. Type the name anew."
	}
	if _, _, ok := vendorWebsite(v[fieldWebsite]); !ok {
		wrong[fieldWebsite] = "This is no web address. Write it as in figma.com or https://www.figma.com."
	}
	checkHeld(v, wrong)
	return wrong
}

// unseen says whether a character does not show itself: a name with one is not what
// it seems, and one that turns the direction of writing changes what stands beside it.
func unseen(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }

// checkHeld finds what is wrong about the data and the access.
func checkHeld(v map[string]string, wrong map[string]string) {
	data, ok := optionChosen("data", v[fieldData])
	if !ok {
		wrong[fieldData] = "Choose the highest class."
	}
	if _, ok := optionChosen("access", v[fieldSystems]); !ok {
		wrong[fieldSystems] = "Choose what it can reach."
	}
	for _, t := range vendorrisk.DataTypes() {
		if ok && slices.Contains(strings.Split(v[fieldDataTypes], ","), t.ID) && data < t.Least {
			q, _ := vendorrisk.QuestionNamed("data")
			wrong[fieldData] = fmt.Sprintf("%s means at least class %s.", t.Name, optionChoice(t.Least.Points(), q.Options[t.Least.Points()]).Label)
		}
	}
}

// detailed puts the form into the record.
func (v Vendor) detailed(values map[string]string) Vendor {
	v.Name = strings.TrimSpace(values[fieldVendor])
	v.Website, v.Domain, _ = vendorWebsite(values[fieldWebsite])
	v.About.Service, v.About.Why = strings.TrimSpace(values[fieldService]), strings.TrimSpace(values[fieldNeed])
	v.About.Instead, v.About.Users = strings.TrimSpace(values[fieldInstead]), strings.TrimSpace(values[fieldUsers])
	return v.holding(values)
}

// holding puts the answers about data and access into the record.
func (v Vendor) holding(values map[string]string) Vendor {
	v.Answers.Data, _ = optionChosen("data", values[fieldData])
	v.Answers.Access, _ = optionChosen("access", values[fieldSystems])
	v.Answers.DataTypes = ticked(values[fieldDataTypes], dataTypeChoices())
	return v
}

// details are what the form starts with.
func (v Vendor) details() map[string]string {
	return map[string]string{
		fieldVendor: v.Name, fieldWebsite: v.Website, fieldService: v.About.Service, fieldNeed: v.About.Why,
		fieldInstead: v.About.Instead, fieldUsers: v.About.Users, fieldData: optionValue(v.Answers.Data),
		fieldDataTypes: strings.Join(v.Answers.DataTypes, ","), fieldSystems: optionValue(v.Answers.Access),
	}
}
