package workflows

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// startOffboarding begins one, or begins one that was scheduled: the account is
// looked up first, and everything else follows from what that shows.
func (s *Service) startOffboarding(tx Tx, off Offboarding, p Person, by cause) error {
	off.State, off.StartedAt = OffboardingStarted, tx.Now()
	if err := tx.PutOffboarding(&off); err != nil {
		return err
	}
	google := s.accounts != nil && keyOf(p) != "" && (p.Kind == KindMember || p.AccountID != "")
	if google {
		if err := s.plan(tx, off.ID, offboardingSteps(off)); err != nil {
			return err
		}
	}
	c, err := s.checklist(tx, off.ID)
	if err != nil {
		return err
	}
	if err := s.begin(tx, &c); err != nil {
		return err
	}
	e := by.on(offboardingEvent(off, p, "started", Pending))
	e.Data["steps"] = len(c.steps)
	if err := s.append(tx, e); err != nil {
		return err
	}
	if err := errors.Join(tx.Unschedule(dueOffboard, off.ID), s.scheduleDeadlines(tx, off)); err != nil {
		return err
	}
	if off.locked() {
		if err := tx.Schedule(Due{Kind: dueMailEnds, Record: off.ID, At: off.StartedAt.Add(forwardFor)}); err != nil {
			return err
		}
	}
	if google {
		return nil
	}
	if err := s.release(tx, c); err != nil {
		return err
	}
	return s.finishOffboarding(tx, off.ID)
}

// scheduleDeadlines sets when the policy's hours are over.
func (s *Service) scheduleDeadlines(tx Tx, off Offboarding) error {
	return errors.Join(
		tx.Schedule(Due{Kind: dueAccountLate, Record: off.ID, At: s.deadline(off, s.cat.Offboarding.IdentityWithin)}),
		tx.Schedule(Due{Kind: dueOffboardLate, Record: off.ID, At: s.deadline(off, s.cat.Offboarding.AppsWithin)}),
	)
}

// deadline is when a part of the policy's time is over.
func (s *Service) deadline(off Offboarding, within time.Duration) time.Time {
	return off.LastDay.At(24, s.cat.Location).Add(within)
}

// release does what needs no step: the person counts as gone, requests are
// closed, grants end, and what waited for the person goes to others (rule 8).
func (s *Service) release(tx Tx, c checklist) error {
	p := c.person
	if p.Stage != StageLeft {
		p.Stage, p.EndsOn = StageLeft, c.off.LastDay
		if err := errors.Join(tx.PutPerson(&p), stopOnboarding(tx, p)); err != nil {
			return err
		}
		e := personEvent(p, "person.left", "job", []string{"stage", "ends_on"})
		e.Workflow, e.WorkflowID, e.Data["last_working_day"] = OffboardingFlow, c.off.ID, string(c.off.LastDay)
		if err := s.append(tx, e); err != nil {
			return err
		}
	}
	by := cause{actor: System, source: "job", ref: c.off.ID}
	if err := errors.Join(s.offboardingCards(tx, c.off, p), s.closeRequests(tx, c.off, p), s.closeVendorRequests(tx, p, by), s.passOn(tx, c.off, p), s.replaceSponsor(tx, p, by)); err != nil {
		return err
	}
	grants, err := tx.GrantsOf(p.ID, manyGrants)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if err := s.revoke(tx, g, c.off.ID); err != nil {
			return err
		}
	}
	return s.reask(tx, p)
}

// stopOnboarding ends an onboarding that somebody's departure came before. An
// event must follow.
func stopOnboarding(tx Tx, p Person) error {
	on, err := tx.OnboardingOf(p.ID)
	if err != nil || on.State == OnboardingCompleted || on.State == OnboardingStopped {
		return ignoreMissing(err)
	}
	on.State = OnboardingStopped
	return errors.Join(tx.PutOnboarding(&on), tx.Unschedule(dueFirstDay, on.ID))
}

// closeRequests closes what a leaver asked for, or others for them.
func (s *Service) closeRequests(tx Tx, off Offboarding, p Person) error {
	open, err := tx.OpenRequests()
	if err != nil {
		return err
	}
	for _, r := range open {
		if r.Requester != p.ID && r.Subject != p.ID {
			continue
		}
		m, err := s.matter(tx, r.ID)
		if err != nil {
			return err
		}
		e := s.about(m.r, Person{}, m.subject, m.app, m.level, "access_request.withdrawn", "")
		e.Actor, e.Source, e.Data["because"] = System, "job", off.ID
		if _, err := s.close(tx, m, RequestWithdrawn, e); err != nil {
			return err
		}
	}
	return nil
}

// askSecond waits for a second admin before a super administrator is closed out.
func (s *Service) askSecond(tx Tx, c checklist) error {
	if err := s.offboardingToAdmins(tx, c.off, c.person); err != nil {
		return err
	}
	for _, a := range s.seconds(tx, c.off) {
		if err := s.card(tx, Card{Kind: CardOffboarding, Record: c.record, Person: a.ID}, true); err != nil {
			return err
		}
	}
	return s.touch(tx, c.record)
}

// dueStart begins an offboarding whose time has come.
func (s *Service) dueOffboarding(tx Tx, d Due) error {
	off, err := tx.Offboarding(d.Record)
	if err != nil || off.State != OffboardingScheduled && off.State != OffboardingFound {
		return err
	}
	if off.At.After(tx.Now()) {
		return tx.Schedule(Due{Kind: dueOffboard, Record: off.ID, At: off.At})
	}
	p, err := tx.Person(off.Person)
	if err != nil {
		return err
	}
	if err := s.startOffboarding(tx, off, p, cause{actor: System, source: "calendar", at: d.At}); err != nil {
		return err
	}
	return errors.Join(s.offboardingCards(tx, off, p), s.touch(tx, off.ID))
}

// mailEnds suspends an account whose mail was forwarded long enough.
func (s *Service) mailEnds(tx Tx, d Due) error {
	c, err := s.checklist(tx, d.Record)
	if st, ok := c.step(stepSuspend); err != nil || c.off.State != OffboardingStarted || !ok || st.State != StepWaiting {
		return err
	}
	c.until = c.reach(tx.Now())
	if err := s.begin(tx, &c); err != nil {
		return err
	}
	e := offboardingEvent(c.off, c.person, "started", Pending)
	e.Source, e.Data["because"] = "calendar", "mail was forwarded for "+Words(forwardFor)
	return errors.Join(s.append(tx, e), s.touch(tx, d.Record))
}

// accountLate tells the admins that the account should be closed by now.
func (s *Service) accountLate(tx Tx, d Due) error {
	c, err := s.checklist(tx, d.Record)
	if err != nil || !c.off.Open() || len(c.steps) == 0 || !c.off.ClosedAt.IsZero() {
		return err
	}
	text := fmt.Sprintf("%s: the account of %s is not closed %s after the last working day, %s. The card says which step waits.",
		c.record, c.person.Shown(), Words(s.cat.Offboarding.IdentityWithin), c.off.LastDay.Shown())
	return errors.Join(s.warn(tx, c.record+"/account", text, s.adminsBut(c.person)), s.touch(tx, c.record))
}

// lateOffboarding tells the admins that the policy's time is over and something
// is still open. Each open task by hand is noted.
func (s *Service) lateOffboarding(tx Tx, d Due) error {
	c, err := s.checklist(tx, d.Record)
	if err != nil || !c.off.Open() || c.off.State == OffboardingScheduled {
		return err
	}
	grants, err := tx.GrantsEndedBy(c.record)
	if err != nil {
		return err
	}
	told, err := tx.Cards(c.record + "/late")
	if err != nil || len(told) > 0 {
		return err
	}
	if !allGone(c.off, grants).IsZero() && (len(c.steps) == 0 || !c.off.ClosedAt.IsZero()) {
		return s.touch(tx, c.record) // what is left is no access
	}
	open := 0
	for _, g := range grants {
		if g.Ended() {
			continue
		}
		open++
		t, err := tx.OpenTask(g.ID)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		e := s.granting(g, c.person, "task.overdue", Failure)
		e.Target, e.Source, e.Data["task"], e.Workflow, e.WorkflowID = refRecord("task", t.ID), "calendar", t.ID, OffboardingFlow, c.record
		if err := s.append(tx, e); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("%s: the offboarding of %s is not finished %s after the last working day, %s. %s of access and %s are open; the card says which.",
		c.record, c.person.Shown(), Words(s.cat.Offboarding.AppsWithin), c.off.LastDay.Shown(), count(int64(open), "line"), count(int64(c.open()), "step"))
	return errors.Join(s.warn(tx, c.record+"/late", text, s.adminsBut(c.person)), s.touch(tx, c.record))
}

// adminsBut are the addresses of all admins but a leaver.
func (s *Service) adminsBut(p Person) []string {
	return slices.DeleteFunc(slices.Clone(s.cat.Admins), func(email string) bool { return email == p.Email })
}

// open counts the steps that are not finished.
func (c checklist) open() int {
	n := 0
	for _, st := range c.steps {
		if !st.Over() {
			n++
		}
	}
	return n
}
