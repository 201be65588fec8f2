package workflows

import (
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"
)

// onboarding brings a person in.
var onboarding = kind{
	name: OnboardingFlow, command: "/onboard",
	open: func(s *Service, tx Tx, who Person, _ string) (Form, *Refusal, error) {
		no, err := s.mayOnboard(tx, who)
		return onboardForm(s.cat, who.ChatID, nil), no, err
	},
	form: onboardForm, check: checkOnboard,
	choices: func(*Catalogue, string, string) []Choice { return nil },
	submit: func(s *Service, tx Tx, who Person, sub Submission) (Outcome, error) {
		return s.onboard(tx, who, sub)
	},
}

// The fields of the onboarding form.
const (
	fieldFirstName = "first_name"
	fieldLastName  = "last_name"
	fieldWorkEmail = "work_email"
	fieldPersonal  = "personal_email"
	fieldStarts    = "start_date"
	fieldEnds      = "end_date"
	fieldTerms     = "employment_type"
	fieldManager   = "manager"
	fieldRole      = "role"
)

// nameMax is what Google takes as a first or last name
// (https://developers.google.com/workspace/admin/directory/reference/rest/v1/users).
const nameMax = 60

func onboardForm(c *Catalogue, _ string, v map[string]string) Form {
	return Form{
		Kind: OnboardingFlow, Title: "Onboard a person", Submit: "Start onboarding",
		Intro: "The account and what comes with the role are made by themselves. You see every step in the people channel.",
		Fields: []Field{
			{ID: fieldFirstName, Label: "First name", Kind: FieldText, Value: v[fieldFirstName], Min: 1, Max: nameMax},
			{ID: fieldLastName, Label: "Last name", Kind: FieldText, Value: v[fieldLastName], Min: 1, Max: nameMax},
			{ID: fieldWorkEmail, Label: "Work email", Kind: FieldText, Value: v[fieldWorkEmail], Placeholder: "first.last@" + c.Domain, Max: 200},
			{ID: fieldPersonal, Label: "Personal email", Kind: FieldText, Value: v[fieldPersonal], Max: 200, Hint: "Becomes the recovery address of the account. It is shown nowhere."},
			{ID: fieldStarts, Label: "Start date", Kind: FieldDay, Value: v[fieldStarts]},
			{ID: fieldEnds, Label: "End date", Kind: FieldDay, Value: v[fieldEnds], Optional: true, Hint: "Contractors need one."},
			{ID: fieldTerms, Label: "Employment type", Kind: FieldSelect, Value: string(TermsFull), Choices: termChoices()},
			{ID: fieldManager, Label: "Manager", Kind: FieldPerson, Value: v[fieldManager], Hint: "Hands over the first password, and answers for a contractor."},
			{ID: fieldRole, Label: "Role", Kind: FieldSelect, Value: v[fieldRole], Choices: roleChoices(c)},
		},
	}
}

func termChoices() []Choice {
	var out []Choice
	for _, t := range []Terms{TermsFull, TermsPart, TermsContractor} {
		out = append(out, Choice{Value: string(t), Label: t.Shown()})
	}
	return out
}

// roleChoices are the roles that somebody can have: one that others hold only
// until their start date is none.
func roleChoices(c *Catalogue) []Choice {
	var out []Choice
	for _, r := range c.Roles {
		if !slices.ContainsFunc(c.Roles, func(o Role) bool { return o.PreStart == r.ID }) {
			out = append(out, Choice{Value: r.ID, Label: r.Name})
		}
	}
	return out
}

// mayOnboard says why somebody may not use /onboard.
func (s *Service) mayOnboard(tx Tx, who Person) (*Refusal, error) {
	admin, err := s.isAdmin(tx, who)
	switch {
	case err != nil:
		return nil, err
	case !admin:
		return refuse("not_admin", "Only admins can onboard somebody. Ask "+s.adminNames(tx, "")+"."), nil
	case who.Hold != "":
		return refuse("identity_hold", "You cannot do this for now: "+who.Hold+". Another admin has been asked to confirm that it is you."), nil
	}
	return nil, nil
}

// checkOnboard finds what has to be corrected without knowing anybody.
func checkOnboard(c *Catalogue, v map[string]string) map[string]string {
	wrong := make(map[string]string)
	for field, what := range map[string]string{fieldFirstName: "first name", fieldLastName: "last name"} {
		switch n := utf8.RuneCountInString(strings.TrimSpace(v[field])); {
		case n == 0:
			wrong[field] = "Write the " + what + "."
		case n > nameMax:
			wrong[field] = "At most 60 characters: Google takes no more."
		}
	}
	work, problem := workAddress(c, v[fieldWorkEmail])
	if problem != "" {
		wrong[fieldWorkEmail] = problem
	}
	if problem := personalAddress(c, v[fieldPersonal], work); problem != "" {
		wrong[fieldPersonal] = problem
	}
	checkTerms(v, wrong)
	if v[fieldManager] == "" {
		wrong[fieldManager] = "Choose who manages this person."
	}
	if !slices.ContainsFunc(roleChoices(c), func(r Choice) bool { return r.Value == v[fieldRole] }) {
		wrong[fieldRole] = "Choose a role from the list. If it is missing, ask an admin to add it to the configuration."
	}
	return wrong
}

// checkTerms looks at the dates and how somebody is engaged.
func checkTerms(v, wrong map[string]string) {
	starts, ok := ParseDay(v[fieldStarts])
	if !ok {
		wrong[fieldStarts] = "Choose the first working day."
	}
	terms := Terms(v[fieldTerms])
	if terms.Shown() == "" {
		wrong[fieldTerms] = "Choose how this person is employed."
	}
	ends, dated := ParseDay(v[fieldEnds])
	switch {
	case v[fieldEnds] == "" && terms == TermsContractor:
		wrong[fieldEnds] = "A contractor needs an end date. It can be extended later."
	case v[fieldEnds] == "":
	case !dated:
		wrong[fieldEnds] = "Choose the last day, or leave it empty."
	case ok && ends < starts:
		wrong[fieldEnds] = "The end date is before the start date."
	}
}

// workAddress reads a work address, and says what is wrong with it.
func workAddress(c *Catalogue, text string) (email, problem string) {
	email, ok := emailAddress(text)
	switch {
	case !ok:
		return email, "Write the whole address, such as first.last@" + c.Domain + "."
	case c.Domain != "" && !strings.HasSuffix(email, "@"+c.Domain):
		return email, "A work address ends in @" + c.Domain + "."
	}
	return email, ""
}

// personalAddress says what is wrong with a personal address.
func personalAddress(c *Catalogue, text, work string) string {
	email, ok := emailAddress(text)
	switch {
	case !ok:
		return "Write the whole address."
	case email == work:
		return "This is the work address. The personal one is needed to recover the account."
	case c.Domain != "" && strings.HasSuffix(email, "@"+c.Domain):
		return "This is an address of the company. The personal one is needed to recover the account."
	}
	return ""
}

// emailAddress reads a bare e-mail address, in lower case.
func emailAddress(text string) (string, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || strings.ContainsAny(text, `"<> `) {
		return text, false
	}
	local, domain, _ := strings.Cut(text, "@")
	return text, len(local) <= 64 && strings.Contains(strings.Trim(domain, "."), ".")
}
