package workflows

import (
	"errors"
	"fmt"
)

// offboardingFor reads the offboarding behind a press and says why this person
// may not act on it, if so. An outcome that is not zero is the answer.
func (s *Service) offboardingFor(tx Tx, who Person, p Press) (Offboarding, Person, Outcome, error) {
	off, err := tx.Offboarding(p.Record)
	if err != nil {
		out, err := s.unknown(tx, who, p, err)
		return off, Person{}, out, err
	}
	leaver, err := tx.Person(off.Person)
	if err != nil {
		return off, leaver, Outcome{}, err
	}
	no, err := s.mayOffboard(tx, who)
	if err == nil && no == nil && who.ID == leaver.ID {
		no = refuse("oneself", "This is about you, so another admin has to: "+s.adminNames(tx, who.ID)+".")
	}
	if err != nil || no == nil {
		return off, leaver, Outcome{}, err
	}
	out, err := s.refused(tx, s.attempt(who, p), no)
	return off, leaver, out, err
}

// startNow begins an offboarding before its time.
func (s *Service) startNow(tx Tx, who Person, p Press) (Outcome, error) {
	off, leaver, out, err := s.offboardingFor(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if off.State != OffboardingScheduled && off.State != OffboardingFound {
		return already(off.ID, off.ID+" has begun already, or was cancelled."), nil
	}
	if off.OpenedBy == "" { // found, and now said by somebody
		off.OpenedBy = who.ID
	}
	if err := s.startOffboarding(tx, off, leaver, cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}); err != nil {
		return Outcome{}, err
	}
	return done(off.ID, off.ID+" has begun."), errors.Join(s.offboardingCards(tx, off, leaver), s.touch(tx, off.ID))
}

// reschedule changes when an offboarding begins.
func (s *Service) reschedule(tx Tx, who Person, p Press) (Outcome, error) {
	off, leaver, out, err := s.offboardingFor(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if off.State != OffboardingScheduled && off.State != OffboardingFound {
		return s.refused(tx, s.attempt(who, p), refuse("already_begun", off.ID+" has begun already, or was cancelled, so its time can no longer be changed."))
	}
	when, ok := moment(p.Values[fieldWhen])
	day, dayOK := ParseDay(p.Values[fieldLastDay])
	wrong := make(map[string]string)
	if !ok || !when.After(tx.Now()) || when.After(tx.Now().AddDate(1, 0, 0)) {
		wrong[fieldWhen] = "Choose a time that is still to come, at most a year ahead. To begin at once, press Start now."
	}
	if !dayOK || day > DayOf(tx.Now().AddDate(1, 0, 0), s.cat.Location) {
		wrong[fieldLastDay] = "Choose the last working day, at most a year ahead."
	}
	owner, problem, err := s.newOwner(tx, leaver, p.Values[fieldNewOwner])
	if err != nil {
		return Outcome{}, err
	}
	if problem == "" && owner == "" && off.locked() {
		problem = "Choose whom the mail is forwarded to."
	}
	if problem != "" {
		wrong[fieldNewOwner] = problem
	}
	if len(wrong) > 0 {
		return invalid(wrong), nil
	}
	off.At, off.LastDay, off.NewOwner = when, day, owner
	if off.State == OffboardingFound { // an admin looked at it: it is a leaver, and begins then
		off.OpenedBy = who.ID
	}
	if err := s.scheduleOffboarding(tx, off, leaver, cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}); err != nil {
		return Outcome{}, err
	}
	return done(off.ID, fmt.Sprintf("%s begins on %s.", off.ID, when.In(s.cat.Location).Format("2 January 2006 at 15:04"))), s.touch(tx, off.ID)
}

// cancelOffboarding calls off what has not begun.
func (s *Service) cancelOffboarding(tx Tx, who Person, p Press) (Outcome, error) {
	off, leaver, out, err := s.offboardingFor(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	switch off.State {
	case OffboardingCancelled:
		return already(off.ID, off.ID+" was cancelled already."), nil
	case OffboardingScheduled, OffboardingFound, OffboardingSecond:
	default:
		return s.refused(tx, s.attempt(who, p), refuse("already_begun", off.ID+" has begun and cannot be called back. To bring "+leaver.First()+" back, use /onboard."))
	}
	if err := s.callOff(tx, off, leaver, cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}); err != nil {
		return Outcome{}, err
	}
	return done(off.ID, off.ID+" is cancelled."), nil
}

// callOff records that an offboarding will not be.
func (s *Service) callOff(tx Tx, off Offboarding, leaver Person, by cause) error {
	off.State = OffboardingCancelled
	if err := tx.PutOffboarding(&off); err != nil {
		return err
	}
	e := by.on(offboardingEvent(off, leaver, "cancelled", Success))
	on, err := tx.OnboardingOf(off.Person)
	if ignoreMissing(err) != nil {
		return err
	}
	if err == nil { // it waited
		err = s.resumeSteps(tx, on.ID)
	}
	return errors.Join(ignoreMissing(err), s.append(tx, e), tx.Unschedule(dueOffboard, off.ID), tx.Unschedule(dueAccountLate, off.ID), tx.Unschedule(dueOffboardLate, off.ID), tx.Unschedule(dueMailEnds, off.ID), s.touch(tx, off.ID))
}
