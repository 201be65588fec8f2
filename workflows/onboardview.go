package workflows

import (
	"fmt"
	"slices"
)

// onboardingView is the live checklist of an onboarding. The personal address is
// on no card.
func (s *Service) onboardingView(tx Tx, card Card) (CardView, error) {
	c, err := s.checklist(tx, card.Record)
	if err != nil {
		return CardView{}, err
	}
	grants, err := tx.GrantsFrom(c.record)
	if err != nil {
		return CardView{}, err
	}
	role, _ := s.cat.Role(c.on.Role)
	title := c.person.Shown() + " joins as " + roleName(role, c.on.Role)
	if c.on.Rehire {
		title = c.person.Shown() + " comes back as " + roleName(role, c.on.Role)
	}
	status, tone := c.onboardingStatus(grants)
	v := CardView{Record: c.record, Version: 1, Title: title, Status: status, Tone: tone, Text: c.record + ": " + title + ": " + status}
	if v.Facts, err = s.joinerFacts(tx, c); err != nil {
		return CardView{}, err
	}
	if v.Lines, err = s.joinerLines(tx, c, grants); err != nil {
		return CardView{}, err
	}
	if c.on.Begun() && c.person.RoleID != c.on.Role {
		role, _ = s.cat.Role(c.person.RoleID)
		v.Notes = append(v.Notes, Value{Text: "The role has changed since: " + roleName(role, c.person.RoleID)})
	}
	v.Actions = c.onboardingActions(grants)
	return v, nil
}

// onboardingStatus is the one line that says where it stands.
func (c checklist) onboardingStatus(grants []Grant) (string, Tone) {
	if c.on.State == OnboardingCompleted {
		return "Completed", ToneGood
	}
	if c.on.State == OnboardingStopped {
		return "Left before everything was done", ToneOver
	}
	failed := 0
	for _, st := range c.steps {
		if st.State == StepFailed {
			failed++
		}
	}
	for _, g := range grants {
		if g.State == GrantFailed || g.State == GrantEndFailed {
			failed++
		}
	}
	switch {
	case failed > 0:
		return "Failed: " + count(int64(failed), "line"), ToneBad
	case c.on.State == OnboardingStarted:
		return "Started", ToneWorking
	case c.on.State == OnboardingReady:
		return "Ready for " + c.on.StartsOn.Shown(), ToneGood
	}
	return "Preparing", ToneWorking
}

// joinerFacts is who comes, when and as what.
func (s *Service) joinerFacts(tx Tx, c checklist) ([]Fact, error) {
	role, _ := s.cat.Role(c.on.Role)
	facts := []Fact{
		{Label: "Person", Value: Value{Text: c.person.Shown()}},
		{Label: "Work email", Value: Value{Text: c.person.Email}},
		{Label: "Start", Value: Value{Text: c.on.StartsOn.Shown()}},
	}
	if c.person.EndsOn != "" {
		facts = append(facts, Fact{Label: "End", Value: Value{Text: c.person.EndsOn.Shown()}})
	}
	facts = append(facts, Fact{Label: "Employment type", Value: Value{Text: c.person.Terms.Shown()}})
	for _, f := range []struct{ label, id string }{{"Manager", c.person.ManagerID}, {"Onboarded by", c.on.OpenedBy}} {
		p, err := tx.Person(f.id)
		if ignoreMissing(err) != nil {
			return nil, err
		}
		if err == nil {
			facts = append(facts, Fact{Label: f.label, Value: Value{Text: p.Shown()}})
		}
	}
	text := roleName(role, c.on.Role)
	if c.on.PreStart != "" {
		before, _ := s.cat.Role(c.on.PreStart)
		text += fmt.Sprintf(" (until the start: %s)", roleName(before, c.on.PreStart))
	}
	return append(facts, Fact{Label: "Role", Value: Value{Text: text}}), nil
}

// joinerLines is the checklist: the account, what the role gives, what the person
// has to do.
func (s *Service) joinerLines(tx Tx, c checklist, grants []Grant) ([]Line, error) {
	lines, err := s.stepLines(tx, c)
	if err != nil {
		return nil, err
	}
	more, err := s.accessLines(tx, grants)
	if err != nil {
		return nil, err
	}
	lines = append(lines, more...)
	duties, err := tx.DutiesFrom(c.record)
	if err != nil {
		return nil, err
	}
	for _, d := range duties {
		lines = append(lines, s.dutyLine(d))
	}
	if len(c.steps) == 0 {
		return lines, nil
	}
	shown := Line{Text: "First password", Tone: ToneOver, Note: "not shown to the manager yet"}
	if !c.on.PasswordAt.IsZero() {
		shown.Tone, shown.Note, shown.At = ToneGood, "shown to the manager", c.on.PasswordAt
	}
	return append(lines, shown), nil
}

// accessLines draws what an onboarding gives.
func (s *Service) accessLines(tx Tx, grants []Grant) ([]Line, error) {
	var out []Line
	for _, g := range grants {
		l, err := s.grantLine(tx, g, Offboarding{})
		if err != nil {
			return nil, err
		}
		if g.Ended() {
			l.Tone, l.Note = ToneOver, "ended with the role that gave it"
		}
		out = append(out, l)
	}
	return out, nil
}

// onboardingActions are the buttons of the checklist.
func (c checklist) onboardingActions(grants []Grant) []ActionView {
	if c.on.State == OnboardingCompleted || c.on.State == OnboardingStopped {
		return nil
	}
	out := c.repairs(slices.ContainsFunc(grants, func(g Grant) bool { return g.State == GrantFailed || g.State == GrantEndFailed }))
	if c.deleted() != "" {
		out = append(out, ActionView{
			Verb: VerbRestore, Label: "Restore account", Spoken: "Restore the deleted account of " + c.person.Shown(),
			Confirm: "Is " + c.person.Shown() + " the person who had this account? Its mail and files come back with it.",
		})
	}
	if c.stuck() {
		out = append(out, ActionView{Verb: VerbAddress, Label: "Change address", Form: true, Spoken: "Change the work address of " + c.person.Shown()})
	}
	return out
}
