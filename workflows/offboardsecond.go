package workflows

import (
	"errors"
	"slices"
)

// seconds returns who may agree to closing out a super administrator: another
// admin than who asked and than the leaver; where there is none, security.
func (s *Service) seconds(tx Tx, off Offboarding) []Person {
	for _, emails := range [][]string{s.cat.Admins, s.cat.Security} {
		var out []Person
		for _, email := range emails {
			p, err := tx.PersonByEmail(email)
			if err == nil && p.ID != off.OpenedBy && p.ID != off.Person && p.ChatID != "" && p.MayAct() == nil && p.Hold == "" {
				out = append(out, p)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// secondNames names them.
func (s *Service) secondNames(tx Tx, off Offboarding) string {
	var out []string
	for _, p := range s.seconds(tx, off) {
		out = append(out, p.Shown())
	}
	if len(out) == 0 {
		return "somebody whom the configuration has yet to name as an admin"
	}
	return list(out, "or")
}

// agree is the second admin's word on closing out a super administrator.
func (s *Service) agree(tx Tx, who Person, p Press) (Outcome, error) {
	off, err := tx.Offboarding(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	leaver, err := tx.Person(off.Person)
	if err != nil {
		return Outcome{}, err
	}
	may := slices.ContainsFunc(s.seconds(tx, off), func(a Person) bool { return a.ID == who.ID })
	no, err := s.mayOffboard(tx, who)
	switch {
	case err != nil:
		return Outcome{}, err
	case who.ID == leaver.ID:
		return s.refused(tx, s.attempt(who, p), refuse("oneself", "This is about you, so somebody else has to: "+s.secondNames(tx, off)+"."))
	case off.SecondBy == who.ID:
		return already(off.ID, "Already done: you agreed to "+off.ID+"."), nil
	case who.ID == off.OpenedBy:
		return s.refused(tx, s.attempt(who, p), refuse("two_people", "You asked for this. A super administrator is closed out by two different people: "+s.secondNames(tx, off)+"."))
	case !may && no != nil:
		return s.refused(tx, s.attempt(who, p), no)
	case off.State != OffboardingSecond:
		return already(off.ID, off.ID+" does not wait for a second admin any more."), s.touch(tx, off.ID)
	}
	by := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}
	if off.OpenedBy == "" { // nobody asked for it: then it takes two who agree
		return s.agreeFirst(tx, who, off, leaver, by)
	}
	off.State, off.SecondBy = OffboardingStarted, who.ID
	if err := tx.PutOffboarding(&off); err != nil {
		return Outcome{}, err
	}
	c, err := s.checklist(tx, off.ID)
	if err != nil {
		return Outcome{}, err
	}
	c.until = c.reach(tx.Now())
	if err := s.begin(tx, &c); err != nil {
		return Outcome{}, err
	}
	e := by.on(offboardingEvent(off, leaver, "started", Pending))
	e.Data["second"] = true
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	return done(off.ID, "You agreed to "+off.ID+"; it goes on."), errors.Join(s.release(tx, c), s.finishOffboarding(tx, off.ID), s.touch(tx, off.ID))
}

// agreeFirst is the first of two words on closing out a super administrator whom
// nobody asked to be closed out.
func (s *Service) agreeFirst(tx Tx, who Person, off Offboarding, leaver Person, by cause) (Outcome, error) {
	off.OpenedBy = who.ID
	if err := tx.PutOffboarding(&off); err != nil {
		return Outcome{}, err
	}
	e := by.on(offboardingEvent(off, leaver, "started", Pending))
	e.Data["second"] = false
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	return done(off.ID, "You agreed to "+off.ID+". It takes one more: "+s.secondNames(tx, off)+"."), s.touch(tx, off.ID)
}
