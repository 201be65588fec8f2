package workflows

import (
	"fmt"
	"slices"
)

// managerView tells the manager who comes and what they have to do.
func (s *Service) managerView(tx Tx, card Card) (CardView, error) {
	c, err := s.checklist(tx, card.Record)
	if err != nil {
		return CardView{}, err
	}
	role, _ := s.cat.Role(c.on.Role)
	title := c.person.Shown() + " joins your team as " + roleName(role, c.on.Role)
	v := CardView{Record: c.record, Version: 1, Title: title}
	v.Status, v.Tone = managerStatus(c)
	v.Facts = []Fact{
		{Label: "Person", Value: Value{Text: c.person.Shown() + " (" + c.person.Email + ")"}},
		{Label: "Start", Value: Value{Text: c.on.StartsOn.Shown()}},
	}
	if c.person.EndsOn != "" {
		v.Facts = append(v.Facts, Fact{Label: "End", Value: Value{Text: c.person.EndsOn.Shown()}})
		v.Notes = append(v.Notes, Value{Text: "You answer for this contract: 7 days before its end you are asked whether it is extended"})
	}
	v.Notes = append(v.Notes, c.passwordNotes()...)
	if c.person.ManagerID != card.Person {
		v.Status, v.Tone = "Now with another manager", ToneOver
		v.Notes = nil
	} else if c.mayShowPassword() {
		v.Actions = []ActionView{{
			Verb: VerbPassword, Label: "Show first password", Style: "primary", Spoken: "Show the first password of " + c.person.Shown(),
		}}
	}
	v.Text = c.record + ": " + v.Title + ": " + v.Status
	return v, nil
}

// mayShowPassword says whether there is a first password to be shown.
func (c checklist) mayShowPassword() bool {
	account, made := c.step(stepAccount)
	return made && account.Over() && c.on.PasswordAt.IsZero() && c.on.State != OnboardingStopped
}

// passwordNotes says what the manager has to do about the first password.
func (c checklist) passwordNotes() []Value {
	account, made := c.step(stepAccount)
	switch {
	case !made || c.on.State == OnboardingStopped:
		return nil
	case !c.on.PasswordAt.IsZero():
		return []Value{{Text: "The first password was shown", At: c.on.PasswordAt}}
	case !account.Over():
		return []Value{{Text: "When the account exists you can see its first password here, once. Hand it over in person or by telephone"}}
	}
	return []Value{{Text: "The password is made when you ask for it, is shown once and is stored nowhere. Hand it over in person or by telephone, before the first sign-in"}}
}

func managerStatus(c checklist) (string, Tone) {
	switch {
	case c.on.State == OnboardingStopped:
		return "Left", ToneOver
	case c.on.State == OnboardingCompleted:
		return "Completed", ToneGood
	case c.on.State == OnboardingStarted:
		return "Started", ToneGood
	case c.on.State == OnboardingReady:
		return "Ready for " + c.on.StartsOn.Shown(), ToneGood
	}
	return "Preparing", ToneWorking
}

// offerMost is how many buttons of things to ask for a newcomer gets; the rest is
// a list.
const offerMost = 5

// newcomerView greets the new person: what they have and get, what they have to
// do, what they can ask for.
func (s *Service) newcomerView(tx Tx, card Card) (CardView, error) {
	c, err := s.checklist(tx, card.Record)
	if err != nil {
		return CardView{}, err
	}
	v := CardView{
		Record: c.record, Version: 1, Title: "Welcome to " + s.cat.Organization + ", " + c.on.GivenName,
		Status: "You start on " + c.on.StartsOn.Shown(), Tone: ToneWaiting,
		Notes: []Value{{Text: "I am Countersign: you ask me for access with /access, and your page under my name shows what you have"}},
	}
	if c.on.Begun() {
		v.Status, v.Tone = "Started", ToneGood
	}
	role, _ := s.cat.Role(c.on.Role)
	v.Facts = []Fact{{Label: "Role", Value: Value{Text: roleName(role, c.on.Role)}}, {Label: "Start", Value: Value{Text: c.on.StartsOn.Shown()}}}
	if boss, err := tx.Person(c.person.ManagerID); err == nil {
		v.Facts = append(v.Facts, Fact{Label: "Manager", Value: Value{Text: boss.Shown()}})
	} else if ignoreMissing(err) != nil {
		return CardView{}, err
	}
	if v.Lines, err = s.newcomerLines(tx, c, role); err != nil {
		return CardView{}, err
	}
	s.offer(role, &v)
	v.Text = c.record + ": " + v.Title + ": " + v.Status
	return v, nil
}

// newcomerLines is what the person has, gets and has to do.
func (s *Service) newcomerLines(tx Tx, c checklist, role Role) ([]Line, error) {
	grants, err := tx.GrantsFrom(c.record)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, g := range grants {
		if !g.Live() && g.State != GrantFailed { // it ends, or has ended
			continue
		}
		app, level := s.labels(g)
		l := Line{Text: app.Name + " · " + level.Name, Tone: ToneWorking, Note: "on its way"}
		if g.State == GrantHeld {
			l.Tone, l.Note = ToneGood, "you have it"
		}
		lines = append(lines, l)
	}
	for _, g := range role.Grants {
		app, level, ok := s.cat.Level(g.App, g.Level)
		there := slices.ContainsFunc(grants, func(h Grant) bool { return !h.Ended() && h.App == g.App && h.Level == g.Level })
		if g.Mode == "birthright" && ok && !there && !c.on.Begun() {
			lines = append(lines, Line{Text: app.Name + " · " + level.Name, Tone: ToneWaiting, Note: "from " + c.on.StartsOn.Shown()})
		}
	}
	duties, err := tx.DutiesFrom(c.record)
	for _, d := range duties {
		lines = append(lines, s.dutyLine(d))
	}
	return lines, err
}

// offer adds what the person can ask for: the first few as buttons.
func (s *Service) offer(role Role, v *CardView) {
	rest := ""
	for _, g := range role.Grants {
		app, level, ok := s.cat.Level(g.App, g.Level)
		if !ok || g.Mode == "birthright" {
			continue
		}
		what := app.Name + " · " + level.Name
		if len(v.Actions) < offerMost {
			v.Actions = append(v.Actions, ActionView{
				Label: cutTo("Ask for "+what, 70), Spoken: "Ask for " + what, Opens: AccessRequest, Value: app.ID + "|" + level.ID,
			})
			continue
		}
		rest += fmt.Sprintf("%s, ", what)
	}
	if rest != "" {
		v.Facts = append(v.Facts, Fact{Label: "You can also ask for", Value: Value{Text: rest[:len(rest)-2]}, Long: true})
	}
}
