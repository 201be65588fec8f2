package workflows

import (
	"errors"
	"fmt"
	"time"
)

// actionLate is how many days after its due day others are told of an action.
const actionLate = 7

// actionMoments are when something happens about an action: a reminder on its due
// day, the finding on the next that it is overdue, and others told.
func (s *Service) actionMoments(a VendorAction) []time.Time {
	if !a.Open() {
		return nil
	}
	return []time.Time{s.morning(a.DueOn), s.morning(a.DueOn.plus(1)), s.morning(a.DueOn.plus(actionLate))}
}

// actionDue does what there is to do about an open action by now.
func (s *Service) actionDue(tx Tx, d Due) error {
	a, err := tx.VendorAction(d.Record)
	if err != nil || !a.Open() {
		return ignoreMissing(err)
	}
	v, err := tx.Vendor(a.Vendor)
	if err != nil {
		return err
	}
	owner, err := tx.Person(a.Owner)
	if ignoreMissing(err) != nil {
		return err
	}
	m := s.actionMoments(a)
	passed := func(t time.Time) bool { return !t.After(tx.Now()) }
	record := a.ID + "/due/" + string(a.DueOn)
	if passed(m[0]) && !passed(m[1]) && owner.ChatID != "" {
		text := fmt.Sprintf("%s is due today: %s (%s).", a.ID, a.Text, v.Name)
		if err := s.tellPeople(tx, record, text, []Person{owner}); err != nil {
			return err
		}
	}
	if passed(m[1]) {
		if err := s.actionOverdue(tx, v, &a, owner, record); err != nil {
			return err
		}
	}
	if passed(m[2]) {
		text := fmt.Sprintf("%s has been overdue since %s: %s (%s). It waits for %s.", a.ID, a.DueOn.Shown(), a.Text, v.Name, owner.Shown())
		if _, err := s.escalate(tx, v, record+"/late", text); err != nil {
			return err
		}
	}
	return planLater(tx, dueVendorAction, a.ID, m)
}

// actionOverdue records once for each due day that an action was not done by
// then.
func (s *Service) actionOverdue(tx Tx, v Vendor, a *VendorAction, owner Person, record string) error {
	if s.overdueAction(*a) {
		return nil
	}
	a.OverdueAt = tx.Now()
	if err := tx.PutVendorAction(a); err != nil {
		return err
	}
	e := actionEvent(v, *a, "", Failure)
	e.Type, e.Source, e.Target, e.Data["task"] = "task.overdue", "calendar", refRecord("task", a.ID), a.ID
	if owner.ID != "" {
		e.Subject = refPerson(owner)
	}
	err := s.append(tx, e)
	if owner.ChatID != "" {
		text := fmt.Sprintf("%s is overdue: %s (%s).", a.ID, a.Text, v.Name)
		err = errors.Join(err, s.tellPeople(tx, record+"/overdue", text, []Person{owner}))
	}
	return errors.Join(err, s.touch(tx, a.ID), s.touchVendor(tx, v.ID))
}
