package workflows

import (
	"errors"
	"fmt"
	"time"
)

// reviewMoments are when something happens about a vendor's re-evaluation.
func (s *Service) reviewMoments(v Vendor) []time.Time {
	if !v.InForce() {
		return nil
	}
	if v.Review.Deciding {
		return []time.Time{s.morning(DayOf(v.Review.LastAt, s.cat.Location).plus(reviewLate))}
	}
	if v.Review.Kind == "" {
		if opens := s.reviewOpens(v); opens != "" {
			return []time.Time{s.morning(opens)}
		}
		return nil
	}
	due := v.Review.DueOn
	return []time.Time{s.morning(due.plus(-7)), s.morning(due), s.dayEnd(due), s.morning(due.plus(reviewLate))}
}

// reviewDue opens a re-evaluation, reminds of an open one, and tells others of
// one that is late.
func (s *Service) reviewDue(tx Tx, d Due) error {
	v, err := tx.Vendor(d.Record)
	if err != nil {
		return ignoreMissing(err)
	}
	moments := s.reviewMoments(v)
	if len(moments) == 0 {
		return nil
	}
	if v.Review.Deciding {
		return s.reviewUndecided(tx, v, moments)
	}
	if v.Review.Kind == "" {
		if moments[0].After(tx.Now()) { // it was moved
			return planSoon(tx, dueVendorReview, v.ID, moments)
		}
		kind, due := v.Review.upcoming()
		if err := s.openReview(tx, &v, kind, due); err != nil {
			return err
		}
	}
	return errors.Join(s.remindReview(tx, v), planLater(tx, dueVendorReview, v.ID, s.reviewMoments(v)), s.touchVendor(tx, v.ID))
}

// reviewUndecided tells others, once, of a re-evaluation that nobody decides on.
func (s *Service) reviewUndecided(tx Tx, v Vendor, moments []time.Time) error {
	if moments[0].After(tx.Now()) {
		return planSoon(tx, dueVendorReview, v.ID, moments)
	}
	m, err := s.vendorMatter(tx, v.ID)
	if err != nil {
		return err
	}
	since := DayOf(v.Review.LastAt, s.cat.Location)
	text := fmt.Sprintf("%s (%s) was re-evaluated on %s and nobody has decided on it. It waits for %s.", v.Name, v.ID, since.Shown(), m.others())
	now, err := s.escalate(tx, v, fmt.Sprintf("%s/review/%d/undecided", v.ID, v.Round), text)
	if err != nil || !now {
		return err
	}
	e := vendorEvent(v, "changed", Failure)
	e.Source, e.Data["review_undecided"], e.Data["kind"], e.Data["since"] = "calendar", true, v.Review.Kind, string(since)
	return s.append(tx, e)
}

// openReview asks the sponsor, or else who leads, to look at a vendor again.
func (s *Service) openReview(tx Tx, v *Vendor, kind string, due Day) error {
	v.Review.Kind, v.Review.OpenedAt, v.Review.DueOn = kind, tx.Now(), due
	if err := tx.PutVendor(v); err != nil {
		return err
	}
	e := vendorEvent(*v, "changed", Pending)
	e.Source, e.Data["review_opened"], e.Data["kind"], e.Data["due_on"] = "calendar", true, kind, string(due)
	if err := s.append(tx, e); err != nil {
		return err
	}
	text := fmt.Sprintf("%s (%s): its %s is due by %s. Press Re-evaluate on its card, which /vendor %s shows too.", v.Name, v.ID, reviewShown(kind), due.Shown(), v.ID)
	return s.askReviewer(tx, *v, v.ID+"/review/"+string(due), text)
}

// askReviewer gives the card to who should re-evaluate, and says so.
func (s *Service) askReviewer(tx Tx, v Vendor, record, text string) error {
	who, err := s.reviewers(tx, v)
	if err != nil {
		return err
	}
	for _, p := range who {
		kind := CardVendorLead
		if p.ID == v.Sponsor {
			kind = CardVendorSponsor
		}
		if err := s.card(tx, Card{Kind: kind, Record: v.ID, Person: p.ID}, true); err != nil {
			return err
		}
	}
	return s.tellPeople(tx, record, text, who)
}

// reviewers are who may re-evaluate a vendor: its sponsor, else the compliance
// lead and the admins.
func (s *Service) reviewers(tx Tx, v Vendor) ([]Person, error) {
	if p, ok, err := sponsorOf(tx, v); ok || err != nil {
		return []Person{p}, err
	}
	return s.vendorPeople(tx, v, roleLead)
}

// remindReview says what there is to say about an open re-evaluation by now.
func (s *Service) remindReview(tx Tx, v Vendor) error {
	due, what := v.Review.DueOn, reviewShown(v.Review.Kind)
	passed := func(d Day) bool { return !s.morning(d).After(tx.Now()) }
	who, err := s.reviewers(tx, v)
	if err != nil {
		return err
	}
	record := v.ID + "/review/" + string(due)
	switch {
	case passed(due.plus(reviewLate)):
		text := fmt.Sprintf("%s (%s): its %s was due on %s and nobody has done it. %s", v.Name, v.ID, what, due.Shown(), reviewersNamed(who))
		now, err := s.escalate(tx, v, record+"/overdue", text)
		if err != nil || !now {
			return err
		}
		e := vendorEvent(v, "changed", Failure)
		e.Source, e.Data["review_overdue"], e.Data["kind"], e.Data["due_on"] = "calendar", true, v.Review.Kind, string(due)
		return s.append(tx, e)
	case passed(due) && due == DayOf(tx.Now(), s.cat.Location):
		return s.tellPeople(tx, record+"/today", fmt.Sprintf("%s (%s): its %s is due today, %s. Press Re-evaluate on its card, which /vendor %s shows too.", v.Name, v.ID, what, due.Shown(), v.ID), who)
	case passed(due.plus(-7)) && !passed(due):
		return s.tellPeople(tx, record+"/soon", fmt.Sprintf("%s (%s): its %s is due by %s and still to be done.", v.Name, v.ID, what, due.Shown()), who)
	}
	return nil
}

// reviewersNamed says who has something to do.
func reviewersNamed(who []Person) string {
	if len(who) == 0 {
		return "Nobody is there to do it: assign a sponsor."
	}
	var names []string
	for _, p := range who {
		names = append(names, p.Shown())
	}
	return "It waits for " + list(names, "or") + "."
}

// untilMoments are when something happens about a conditional approval.
func (s *Service) untilMoments(v Vendor) []time.Time {
	if v.State != VendorConditional || v.Until == "" {
		return nil
	}
	return []time.Time{s.morning(v.Until.plus(-30)), s.morning(v.Until.plus(-7)), s.dayEnd(v.Until)}
}

// untilDue reminds of the end of a conditional approval, and asks for a
// re-evaluation when it has come.
func (s *Service) untilDue(tx Tx, d Due) error {
	v, err := tx.Vendor(d.Record)
	moments := s.untilMoments(v)
	if err != nil || len(moments) == 0 {
		return ignoreMissing(err)
	}
	record := v.ID + "/conditions/" + string(v.Until)
	who, err := s.reviewers(tx, v)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s (%s) is approved under conditions until %s. Press Re-evaluate on its card before that.", v.Name, v.ID, v.Until.Shown())
	switch {
	case !moments[2].After(tx.Now()):
		return s.conditionsEnded(tx, v, record)
	case !moments[1].After(tx.Now()):
		err = s.tellPeople(tx, record+"/7", text, who)
	case !moments[0].After(tx.Now()):
		err = s.tellPeople(tx, record+"/30", text, who)
	}
	return errors.Join(err, planLater(tx, dueVendorUntil, v.ID, moments))
}

// conditionsEnded asks for a re-evaluation at once, and tells who leads.
func (s *Service) conditionsEnded(tx Tx, v Vendor, record string) error {
	text := fmt.Sprintf("%s (%s): its approval under conditions ended on %s. It has to be re-evaluated and decided anew, or terminated.", v.Name, v.ID, v.Until.Shown())
	now, err := s.escalate(tx, v, record+"/ended", text)
	if err != nil || !now {
		return err
	}
	if !v.Review.Deciding { // else it waits for the deciders already
		if err := s.openReview(tx, &v, ReviewConditions, v.Until); err != nil {
			return err
		}
	}
	e := vendorEvent(v, "changed", Failure)
	e.Source, e.Data["conditions_ended"], e.Data["until"] = "calendar", true, string(v.Until)
	return errors.Join(s.append(tx, e), planLater(tx, dueVendorReview, v.ID, s.reviewMoments(v)), s.touchVendor(tx, v.ID))
}
