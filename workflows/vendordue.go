package workflows

import (
	"errors"
	"time"
)

// The kinds of due moment about vendors.
const (
	dueVendorReview   = "vendor.review"     // a re-evaluation opens, or is reminded of
	dueVendorUntil    = "vendor.conditions" // a conditional approval ends, or is about to
	dueVendorRenewal  = "vendor.renewal"
	dueVendorReport   = "vendor.report"   // an assurance report is about to be too old
	dueVendorAction   = "vendor.action"   // an action is due, or overdue
	dueVendorOverride = "vendor.override" // a rating set by hand ends
)

// vendorHour is the hour of the day, local, at which people are told about
// vendors.
const vendorHour = 9

// plus returns the day so many days later.
func (d Day) plus(days int) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Day(t.AddDate(0, 0, days).Format(time.DateOnly))
}

// morning is when people are told about something of a day.
func (s *Service) morning(d Day) time.Time { return d.At(vendorHour, s.cat.Location) }

// dayEnd is when a day is over.
func (s *Service) dayEnd(d Day) time.Time { return d.At(24, s.cat.Location) }

// planSoon schedules the first of some moments in their order, at once where it
// should have come by now: what happens then is done once, however often it is
// asked for. Without moments nothing is due any more.
func planSoon(tx Tx, kind, record string, moments []time.Time) error {
	if len(moments) == 0 {
		return tx.Unschedule(kind, record)
	}
	at := moments[0]
	if at.Before(tx.Now()) {
		at = tx.Now()
	}
	return tx.Schedule(Due{Kind: kind, Record: record, At: at})
}

// planLater schedules the next of some moments that is still to come.
func planLater(tx Tx, kind, record string, moments []time.Time) error {
	for _, at := range moments {
		if at.After(tx.Now()) {
			return tx.Schedule(Due{Kind: kind, Record: record, At: at})
		}
	}
	return nil
}

// planVendor schedules everything that is due about a vendor, from its record.
func (s *Service) planVendor(tx Tx, v Vendor) error {
	report, err := s.reportMoments(tx, v)
	return errors.Join(err,
		planSoon(tx, dueVendorReview, v.ID, s.reviewMoments(v)),
		planSoon(tx, dueVendorUntil, v.ID, s.untilMoments(v)),
		planSoon(tx, dueVendorRenewal, v.ID, s.renewalMoments(v)),
		planSoon(tx, dueVendorOverride, v.ID, s.overrideMoments(v)),
		planSoon(tx, dueVendorReport, v.ID, report),
	)
}

// resumeVendors rebuilds the plan of all vendors from what is stored.
func (s *Service) resumeVendors(tx Tx) error {
	all, err := tx.Vendors()
	if err != nil {
		return err
	}
	for _, v := range all {
		if err := s.planVendor(tx, v); err != nil {
			return err
		}
	}
	actions, err := tx.VendorActions("")
	if err != nil {
		return err
	}
	for _, a := range actions {
		if err := planSoon(tx, dueVendorAction, a.ID, s.actionMoments(a)); err != nil {
			return err
		}
	}
	return nil
}

// vendorApproved plans what follows from a round that was settled positively. A
// decision on a re-evaluation does not move the next full one: a full one did so
// itself when it was sent. The vendor is stored by who calls.
func (s *Service) vendorApproved(tx Tx, v *Vendor, first bool) error {
	today := DayOf(tx.Now(), s.cat.Location)
	v.Review = s.nextReview(*v, today, first)
	v.Review.FullOn = min(v.Review.FullOn, today.plus(days(s.cadence(*v).Full)))
	v.Review = v.Review.apart()
	if first {
		v.Review.CheckOn, v.Review.CheckKind = today.plus(days(s.cadence(*v).First)), ReviewFirst
		v.Review = v.Review.apart()
	}
	return s.planVendor(tx, *v)
}

// vendorOver ends the plan of a vendor that is used no more, or never was. The
// vendor is stored by who calls, who also changed its state.
func (s *Service) vendorOver(tx Tx, v *Vendor) error {
	v.Review.Kind, v.Review.Deciding, v.Review.OpenedAt, v.Review.DueOn = "", false, time.Time{}, ""
	v.Review.FullOn, v.Review.CheckOn, v.Review.CheckKind = "", "", ""
	v.Override = VendorOverride{}
	if err := s.planVendor(tx, *v); err != nil {
		return err
	}
	actions, err := tx.VendorActions(v.ID)
	if err != nil {
		return err
	}
	for _, a := range actions {
		if !a.Open() {
			continue
		}
		if err := s.settleAction(tx, *v, a, "", "", cause{actor: System, source: "job"}); err != nil {
			return err
		}
	}
	return nil
}

// told says whether somebody was told something already, by the record that the
// notice stands under.
func told(tx Tx, record string) (bool, error) {
	cards, err := tx.Cards(record)
	return len(cards) > 0, err
}

// tellPeople sends a notice to some people, once per record.
func (s *Service) tellPeople(tx Tx, record, text string, people []Person) error {
	if done, err := told(tx, record); done || err != nil {
		return err
	}
	for _, p := range people {
		if err := s.card(tx, Card{Kind: CardNotice, Record: record, Person: p.ID, Body: text}, true); err != nil {
			return err
		}
	}
	return nil
}

// escalate tells the compliance lead, the admins and the compliance channel, once
// per record. It says whether it did so now.
func (s *Service) escalate(tx Tx, v Vendor, record, text string) (bool, error) {
	done, err := told(tx, record)
	if done || err != nil {
		return false, err
	}
	leads, err := s.vendorPeople(tx, v, roleLead)
	if err != nil {
		return false, err
	}
	return true, errors.Join(s.tellPeople(tx, record, text, leads), s.tell(tx, ChannelCompliance, record, text))
}

// since returns how many days a day is after another.
func (d Day) since(o Day) int {
	a, b := d.At(12, time.UTC), o.At(12, time.UTC)
	return int(a.Sub(b) / (24 * time.Hour))
}
