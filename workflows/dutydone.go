package workflows

import "errors"

// acceptPolicy takes a person's word that they read and accept a policy.
func (s *Service) acceptPolicy(tx Tx, who Person, p Press) (Outcome, error) {
	return s.dutyDone(tx, who, p, DutyPolicy)
}

// trained takes a person's word that they did a training.
func (s *Service) trained(tx Tx, who Person, p Press) (Outcome, error) {
	return s.dutyDone(tx, who, p, DutyTraining)
}

// dutyDone finishes a duty on the word of whose it is.
func (s *Service) dutyDone(tx Tx, who Person, p Press, kind DutyKind) (Outcome, error) {
	d, err := tx.Duty(p.Record)
	if err == nil && d.Kind != kind {
		err = ErrNotFound
	}
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	name := s.itemName(d)
	switch {
	case d.Person != who.ID:
		return s.refused(tx, s.attempt(who, p), refuse("not_yours", "Nobody can do this for somebody else: only the person who was asked."))
	case !d.Open():
		return already(d.ID, "Already done: you did this before."), s.touch(tx, d.ID)
	case !s.asked(d):
		return s.refused(tx, s.attempt(who, p), refuse("not_asked", name+" is no longer asked for. There is nothing to do."))
	case p.Version != d.ContentVersion:
		out, err := s.refused(tx, s.attempt(who, p), refuse("content_changed", name+" changed after this card was drawn. Please look at it again: the card now shows the new version."))
		return out, errors.Join(err, s.touch(tx, d.ID))
	}
	d.DoneAt = tx.Now()
	if err := tx.PutDuty(&d); err != nil {
		return Outcome{}, err
	}
	e := s.dutyEvent(d, who, "training.completed", Success)
	said := "Recorded: you did " + name + "."
	if d.Kind == DutyPolicy {
		e.Type, said = "policy.acknowledged", "Recorded: you accept "+name+", version "+d.ItemVersion+"."
	}
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Data["late"] = d.DoneAt.After(d.DueAt)
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	return done(d.ID, said), s.afterDuty(tx, d)
}

// afterDuty does what waited for a duty.
func (s *Service) afterDuty(tx Tx, d Duty) error {
	if err := errors.Join(tx.Unschedule(dueDuty, d.ID), s.scheduleAgain(tx, d), s.touch(tx, d.ID)); err != nil {
		return err
	}
	if d.Kind == DutyPolicy {
		if err := s.giveWaiting(tx, d.Person); err != nil {
			return err
		}
	}
	if d.Record == "" {
		return nil
	}
	return errors.Join(s.touch(tx, d.Record), s.finishOnboarding(tx, d.Record))
}

// overdue notes once that a duty was not done in time, and reminds.
func (s *Service) overdue(tx Tx, due Due) error {
	d, err := tx.Duty(due.Record)
	if err != nil || !d.Open() || !d.OverdueAt.IsZero() || !s.asked(d) {
		return err
	}
	if d.DueAt.After(tx.Now()) {
		return tx.Schedule(Due{Kind: dueDuty, Record: d.ID, At: d.DueAt})
	}
	p, err := tx.Person(d.Person)
	if err != nil || p.Stage == StageLeft {
		return err
	}
	d.OverdueAt = tx.Now()
	if err := tx.PutDuty(&d); err != nil {
		return err
	}
	e := s.dutyEvent(d, p, string(d.Kind)+".overdue", Failure)
	e.Source = "calendar"
	if err := s.append(tx, e); err != nil {
		return err
	}
	if err := s.remind(tx, d, p); err != nil {
		return err
	}
	if d.Record != "" {
		err = s.touch(tx, d.Record)
	}
	return errors.Join(err, s.touch(tx, d.ID))
}

// remind tells the person, and who manages them, that a duty is overdue.
func (s *Service) remind(tx Tx, d Duty, p Person) error {
	what, rest := "accepted ", " Until then new access waits."
	if d.Kind == DutyTraining {
		what, rest = "done ", ""
	}
	name := s.itemName(d)
	tell := func(to Person, text string) error {
		if to.ChatID == "" || to.MayAct() != nil {
			return nil
		}
		return s.card(tx, Card{Kind: CardNotice, Record: d.ID + "/overdue", Person: to.ID, Body: text}, true)
	}
	if err := tell(p, "You have not "+what+name+" yet, and its time is over. Please do it now: the card above has the button."+rest); err != nil {
		return err
	}
	boss, err := tx.Person(p.ManagerID)
	if err != nil {
		return ignoreMissing(err)
	}
	return tell(boss, p.Shown()+" has not "+what+name+" in time. You are told because you manage "+p.First()+". Please remind them.")
}
