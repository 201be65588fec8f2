package workflows

import (
	"fmt"
	"slices"
	"strings"

	"countersign/workflows/vendorrisk"
)

// status is the one line that says where a vendor stands.
func (v Vendor) status() (string, Tone) {
	switch v.State {
	case VendorRequested:
		return "Details needed", ToneWaiting
	case VendorDetailed:
		return "Waiting for a sponsor", ToneWaiting
	case VendorAssessing:
		return "In assessment", ToneWorking
	case VendorDeciding:
		return "Waiting for approval", ToneWaiting
	case VendorDenied:
		return "Denied", ToneBad
	case VendorWithdrawn:
		return "Withdrawn", ToneOver
	case VendorImported:
		return "Not assessed", ToneWaiting
	case VendorEnding:
		return "Ending", ToneWorking
	case VendorTerminated:
		return "Terminated", ToneOver
	}
	text := "Approved"
	if v.State == VendorConditional {
		text = "Approved with conditions until " + v.Until.Shown()
	}
	switch {
	case v.Review.Kind == ReviewConditions:
		return "Conditions expired", ToneBad
	case v.Review.Deciding:
		return "Under re-evaluation, waiting for approval", ToneWaiting
	case v.Review.Kind != "":
		return text + ", under re-evaluation", ToneWorking
	case v.Used:
		return text + ", in use", ToneGood
	}
	return text, ToneGood
}

// vendorCardView is a vendor on one of its cards.
func (s *Service) vendorCardView(tx Tx, c Card) (CardView, error) {
	m, err := s.vendorMatter(tx, c.Record)
	if err != nil {
		return CardView{}, err
	}
	v, err := s.vendorView(tx, m)
	if err != nil {
		return v, err
	}
	var who Person
	if c.Person != "" {
		if who, err = tx.Person(c.Person); err != nil {
			return v, err
		}
	}
	v.Actions, err = s.vendorCardActions(tx, m, c.Kind, who)
	return v, err
}

// vendorView is what every card of a vendor says.
func (s *Service) vendorView(tx Tx, m vendorMatter) (CardView, error) {
	v := m.v
	status, tone := v.status()
	if v.Deciding() && len(m.given) > 0 {
		status += fmt.Sprintf(" (%d of %d)", len(m.given), m.steps)
	}
	out := CardView{Record: v.ID, Version: v.ContentVersion, Title: v.Name, Status: status, Tone: tone, Text: v.ID + " " + v.Name + ": " + status}
	people := []Fact{}
	for _, f := range []struct{ label, id string }{{"Requested by", v.RequestedBy}, {"Sponsor", v.Sponsor}, {"Approving manager", v.Manager}, {"Technical owner", v.TechOwner}} {
		p, err := tx.Person(f.id)
		if ignoreMissing(err) != nil {
			return out, err
		}
		if err == nil {
			people = append(people, Fact{Label: f.label, Value: Value{Text: p.Shown()}})
			if f.id == v.RequestedBy && f.label == "Requested by" {
				out.Title = p.Shown() + " asks for " + v.Name
				if !v.undecided() {
					out.Title = v.Name
				}
			}
		}
	}
	out.Facts = slices.Concat(people, v.askedFacts(), v.riskFacts(m), v.contractFacts())
	if v.Deciding() {
		out.Notes = append(out.Notes, Value{Text: "Waits for " + m.others()})
	}
	for _, g := range m.gates {
		if v.Deciding() {
			out.Notes = append(out.Notes, Value{Text: g.Message})
		}
	}
	decided, err := s.decisionLines(tx, m)
	if err != nil {
		return out, err
	}
	lines, err := s.diligenceLines(tx, v)
	if err != nil {
		return out, err
	}
	lines = append(lines, decided...)
	more, err := s.lifeLines(tx, v)
	out.Lines = append(lines, more...)
	return out, err
}

// askedFacts are what the requester answered.
func (v Vendor) askedFacts() []Fact {
	var out []Fact
	add := func(label, text string, long bool) {
		if text != "" {
			out = append(out, Fact{Label: label, Value: Value{Text: text}, Long: long})
		}
	}
	if v.Website != "" {
		out = append(out, Fact{Label: "Website", Value: Value{Link: v.Website}})
	}
	add("What the service does for us", v.About.Service, false)
	add("Why", v.About.Why, false)
	add("What we already have", v.About.Instead, false)
	add("Who will use it", v.About.Users, false)
	add("Data", v.dataWords(), false)
	add("Access", optionText("access", v.Answers.Access), false)
	return out
}

// dataWords is the answer about data with its types.
func (v Vendor) dataWords() string {
	text := optionText("data", v.Answers.Data)
	var types []string
	for _, c := range dataTypeChoices() {
		if slices.Contains(v.Answers.DataTypes, c.Value) {
			types = append(types, c.Label)
		}
	}
	if len(types) > 0 {
		text += ": " + strings.Join(types, ", ")
	}
	return text
}

// optionText is an answer in words, without what stands in brackets behind it.
func optionText(id string, a vendorrisk.Answer) string {
	q, ok := vendorrisk.QuestionNamed(id)
	if !ok || !a.Known() || a.Points() >= len(q.Options) {
		return ""
	}
	text, _, _ := strings.Cut(q.Options[a.Points()], " (")
	return text
}

// riskFacts are what the sponsor answered and what follows from it.
func (v Vendor) riskFacts(m vendorMatter) []Fact {
	if v.Inherent == vendorrisk.Unassessed && !v.Answers.Outage.Known() {
		return nil
	}
	out := []Fact{{Label: "Risk", Value: Value{Text: v.riskWords()}}}
	for _, q := range []struct{ id, label string }{
		{"outage", "If it is down for a day"}, {"sub_processor", "Sub-processor"}, {"assurance", "Assurance"},
		{"sign_in", "Sign-in"}, {"breach", "Known breach"}, {"terms", "Contract and privacy terms"},
	} {
		text := optionText(q.id, *answersByID(&v.Answers)[q.id])
		if q.id == "sub_processor" && len(v.Answers.Countries) > 0 {
			text += ", in " + strings.Join(v.Answers.Countries, ", ")
		}
		if text != "" {
			out = append(out, Fact{Label: q.label, Value: Value{Text: text}})
		}
	}
	if v.Answers.Cloud.Known() {
		out = append(out, Fact{Label: "Where it runs", Value: Value{Text: map[int]string{0: "on systems of our own", 1: "cloud-hosted"}[v.Answers.Cloud.Points()]}})
	}
	if v.Matrix > 0 {
		out = append(out, Fact{Label: "Why this risk", Value: Value{Text: strings.Join(vendorrisk.Assess(v.Answers).Reasons, "\n")}, Long: true})
	}
	for _, f := range []struct{ label, text string }{
		{"Compensating review", v.About.Compensating}, {"Exit plan", v.About.Exit}, {"Conditions", v.About.Conditions}, {"Risk set by hand because", v.About.OverrideReason}, {"Ends because", v.About.EndReason},
	} {
		if f.text != "" {
			out = append(out, Fact{Label: f.label, Value: Value{Text: f.text}})
		}
	}
	return out
}

// contractFacts are cost and contract.
func (v Vendor) contractFacts() []Fact {
	var out []Fact
	if v.HasCost {
		out = append(out, Fact{Label: "Annual cost", Value: Value{Text: "$" + costCell(v)}})
	}
	var parts []string
	for _, p := range []struct{ before, text string }{{"", v.Contract.Length}, {"from ", v.Contract.StartsOn.Shown()}, {"renews ", v.Contract.RenewsOn.Shown()}} {
		if p.text != "" {
			parts = append(parts, p.before+p.text)
		}
	}
	if v.Contract.NoticeDays > 0 {
		parts = append(parts, "notice "+count(int64(v.Contract.NoticeDays), "day"))
	}
	if len(parts) > 0 {
		out = append(out, Fact{Label: "Contract", Value: Value{Text: strings.Join(parts, ", ")}})
	}
	return out
}

// diligenceLines are what the rating asks to be looked into, for those who decide.
func (s *Service) diligenceLines(tx Tx, v Vendor) ([]Line, error) {
	if !v.Deciding() {
		return nil, nil
	}
	e, err := s.evidenceOf(tx, v)
	var out []Line
	for _, item := range vendorrisk.Diligence(v.Answers, v.Rated(), v.Critical, e) {
		l := Line{Text: item.Text, Tone: ToneGood}
		if !item.Done {
			l.Tone, l.Note = ToneBad, "missing"
		}
		out = append(out, l)
	}
	return out, err
}

// decisionLines are who decided what, in all rounds.
func (s *Service) decisionLines(tx Tx, m vendorMatter) ([]Line, error) {
	var out []Line
	word := map[VendorVerdict]string{VendorYes: "Approved by ", VendorIf: "Approved with conditions by ", VendorNo: "Denied by "}
	for _, d := range m.all {
		p, err := tx.Person(d.By)
		if err != nil {
			return nil, err
		}
		l := Line{Text: word[d.Verdict] + p.Shown(), Tone: ToneGood, Note: basisWords(d.Basis), At: d.At}
		if d.Verdict == VendorNo {
			l.Tone, l.Note = ToneBad, d.Words
		}
		if m.v.Deciding() && (d.Round != m.v.Round || d.ContentVersion != m.v.ContentVersion) {
			l.Tone, l.Note = ToneOver, "of what it was before"
		}
		out = append(out, l)
	}
	return out, nil
}

func basisWords(b Basis) string {
	return map[Basis]string{BasisCompliance: "as compliance lead", BasisAdmin: "as admin", BasisSecurity: "for security"}[b]
}

// historyLines are the assessments and what came of them, oldest first.
func (s *Service) historyLines(tx Tx, v Vendor) ([]Line, error) {
	list, err := tx.Assessments(v.ID)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, a := range list {
		p, err := tx.Person(a.By)
		if err != nil {
			return nil, err
		}
		what := map[string]string{"first": "Assessed", ReviewFirst: "First check", ReviewCheck: "Checked", ReviewFull: "Re-evaluated", ReviewConditions: "Looked at again"}[a.Kind]
		note := "inherent " + a.Result.Inherent.Shown() + ", residual " + a.Result.Residual.Shown()
		if a.Continue != "" {
			note += ", continue: " + a.Continue
		}
		out = append(out, Line{Text: what + " by " + p.Shown(), Tone: ToneGood, Note: note, At: a.At})
	}
	return out, nil
}
