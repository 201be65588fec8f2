package workflows

import (
	"errors"
	"slices"
)

const fieldNewEnd = "new_end_date"

// extendForm asks until when a contract is extended.
func (s *Service) extendForm(tx Tx, f Form) (Form, error) {
	p, err := tx.Person(f.Record)
	f.Title, f.Submit = "Extend contract", "Extend"
	f.Intro = "The contract of " + p.Shown() + " ends on " + p.EndsOn.Shown() + "."
	f.Fields = []Field{{ID: fieldNewEnd, Label: "New end date", Kind: FieldDay, Hint: "At most 365 days from today."}}
	return f, err
}

// extend moves a contract's end.
func (s *Service) extend(tx Tx, who Person, p Press) (Outcome, error) {
	c, err := tx.Person(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	if no, err := s.mayExtend(tx, who, c); no != nil || err != nil {
		return s.refusedOr(tx, s.attempt(who, p), no, err)
	}
	ends, ok := ParseDay(p.Values[fieldNewEnd])
	switch {
	case ok && ends == c.EndsOn:
		return already(c.ID, "This is the end date already."), s.touch(tx, c.ID)
	case !ok || ends < c.EndsOn || ends < DayOf(tx.Now(), s.cat.Location):
		return invalid(map[string]string{fieldNewEnd: "Choose a day after " + c.EndsOn.Shown() + "."}), nil
	case ends > DayOf(tx.Now().AddDate(0, 0, 365), s.cat.Location):
		return invalid(map[string]string{fieldNewEnd: "At most 365 days from today."}), nil
	}
	before := c.EndsOn
	c.EndsOn = ends
	if err := tx.PutPerson(&c); err != nil {
		return Outcome{}, err
	}
	e := personEvent(c, "person.changed", "slack", []string{"ends_on"})
	e.Actor, e.SourceRef, e.OccurredAt = user(who), p.Ref, p.At
	e.Data["from"], e.Data["to"] = string(before), string(ends)
	if err := errors.Join(s.append(tx, e), s.scheduleContract(tx, c), s.redrawPerson(tx, c)); err != nil {
		return Outcome{}, err
	}
	return done(c.ID, "The contract of "+c.Shown()+" now ends on "+ends.Shown()+"."), nil
}

// mayExtend says why somebody cannot extend a contract.
func (s *Service) mayExtend(tx Tx, who, p Person) (*Refusal, error) {
	all, err := s.sponsors(tx, p)
	if err != nil {
		return nil, err
	}
	admin, err := s.isAdmin(tx, who)
	if err != nil {
		return nil, err
	}
	open := false
	switch off, err := tx.OffboardingOf(p.ID); {
	case err == nil:
		open = off.Open() && off.Begun()
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	var names []string
	for _, a := range all {
		names = append(names, a.Shown())
	}
	sponsor := slices.ContainsFunc(all, func(a Person) bool { return a.ID == who.ID })
	switch {
	case who.ID == p.ID:
		return refuse("oneself", "Nobody extends their own contract. Ask "+list(names, "or")+"."), nil
	case !sponsor && !admin:
		return refuse("not_sponsor", "Only "+list(names, "or")+" and admins can extend this contract."), nil
	case who.Hold != "":
		return refuse("identity_hold", "You cannot do this for now: "+who.Hold+". An admin has been asked to confirm that it is you."), nil
	case p.Stage == StageLeft || open:
		return refuse("too_late", "The contract is over and "+p.Shown()+" is being offboarded. Nothing opens the account again; an admin can onboard "+p.First()+" anew."), nil
	case p.EndsOn == "":
		return refuse("no_contract", p.Shown()+" has no end date."), nil
	}
	return nil, nil
}

// contractView tells a sponsor that a contract ends.
func (s *Service) contractView(tx Tx, card Card) (CardView, error) {
	p, err := tx.Person(card.Record)
	if err != nil {
		return CardView{}, err
	}
	v := CardView{
		Record: p.ID, Version: 1, Title: "The contract of " + p.Shown() + " ends on " + p.EndsOn.Shown(), Status: "Ends unless extended", Tone: ToneWaiting,
		Facts:   []Fact{{Label: "Person", Value: Value{Text: p.Shown() + " (" + p.Email + ")"}}, {Label: "End date", Value: Value{Text: p.EndsOn.Shown()}}},
		Notes:   []Value{{Text: "If nobody extends it, " + p.First() + " is offboarded at the end of that day"}},
		Actions: []ActionView{{Verb: VerbExtend, Label: "Extend", Style: "primary", Form: true, Spoken: "Extend the contract of " + p.Shown()}},
	}
	moments := contractMoments(p.EndsOn, s.cat.Location)
	off, err := tx.OffboardingOf(p.ID)
	switch {
	case ignoreMissing(err) != nil:
		return CardView{}, err
	case p.Stage == StageLeft || err == nil && off.Open() && off.Begun():
		v.Status, v.Tone, v.Actions, v.Notes = "Ended", ToneOver, nil, []Value{{Text: "The contract is over: " + off.ID}}
	case p.EndsOn != "" && moments[0].After(tx.Now()):
		v.Status, v.Tone, v.Notes = "Extended", ToneGood, nil
	}
	v.Text = v.Title + ": " + v.Status
	return v, nil
}
