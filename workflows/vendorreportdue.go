package workflows

import (
	"errors"
	"fmt"
	"time"

	"countersign/workflows/vendorrisk"
)

// reportNotice is how many days before a report is too old somebody is asked for
// a newer one.
const reportNotice = 30

// lastReport is the last day on which any report of independent assurance counts;
// empty where there is none.
func (s *Service) lastReport(tx Tx, v Vendor) (Day, error) {
	all, err := tx.VendorReports(v.ID)
	last := Day("")
	for _, r := range all {
		if r.assures() {
			last = max(last, s.reportEnds(r))
		}
	}
	return last, err
}

// reportMoments are when a newer report of a vendor is asked for: where its risk
// asks for a report at all. While it is decided on, what its deciders see changes
// at the end of the last day of each.
func (s *Service) reportMoments(tx Tx, v Vendor) ([]time.Time, error) {
	weighty := v.Critical || vendorrisk.Compare(v.Rated(), vendorrisk.Medium) >= 0
	if v.Deciding() {
		return s.reportEnding(tx, v)
	}
	if !v.InForce() || !weighty {
		return nil, nil
	}
	last, err := s.lastReport(tx, v)
	if err != nil || last == "" {
		return nil, err
	}
	return []time.Time{s.morning(last.plus(-reportNotice))}, nil
}

// reportEnding is when the next report of a vendor gets too old.
func (s *Service) reportEnding(tx Tx, v Vendor) ([]time.Time, error) {
	all, err := tx.VendorReports(v.ID)
	var next []time.Time
	for _, r := range all {
		if end := s.dayEnd(s.reportEnds(r)); end.After(tx.Now()) && (len(next) == 0 || end.Before(next[0])) {
			next = []time.Time{end}
		}
	}
	return next, err
}

// reportDue asks for a newer report, once for each that gets too old.
func (s *Service) reportDue(tx Tx, d Due) error {
	v, err := tx.Vendor(d.Record)
	if err != nil {
		return ignoreMissing(err)
	}
	moments, err := s.reportMoments(tx, v)
	if err != nil {
		return err
	}
	if v.Deciding() {
		return errors.Join(s.touchVendor(tx, v.ID), planSoon(tx, dueVendorReport, v.ID, moments))
	}
	if len(moments) == 0 {
		return nil
	}
	if moments[0].After(tx.Now()) { // a newer one came
		return planSoon(tx, dueVendorReport, v.ID, moments)
	}
	before, err := tx.VendorActions(v.ID)
	if err != nil {
		return err
	}
	for _, a := range before {
		if a.Kind == ActionReport && !a.OpenedAt.Before(moments[0]) {
			return nil
		}
	}
	last, err := s.lastReport(tx, v)
	if err != nil {
		return err
	}
	owner, err := s.vendorOwner(tx, v)
	if err != nil || owner.ID == "" {
		return err
	}
	today := DayOf(tx.Now(), s.cat.Location)
	a := VendorAction{
		Kind: ActionReport, Owner: owner.ID, DueOn: last,
		Text: fmt.Sprintf("A newer assurance report of %s is filed: the last one counts until %s", v.Name, last.Shown()),
	}
	if last < today { // it was too old before anybody looked
		a.DueOn = today.plus(reportNotice)
	}
	return s.startAction(tx, v, &a, cause{actor: System, source: "calendar"})
}

// reportArrived closes what waited for a newer report, and plans the next time.
func (s *Service) reportArrived(tx Tx, v Vendor, r VendorReport, by cause) error {
	today := DayOf(tx.Now(), s.cat.Location)
	if r.assures() && s.reportEnds(r) >= today.plus(reportNotice) {
		all, err := tx.VendorActions(v.ID)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.Kind != ActionReport || !a.Open() || s.reportEnds(r) <= a.DueOn {
				continue
			}
			if err := s.settleAction(tx, v, a, by.actor.Person.ID, r.ID, by); err != nil {
				return err
			}
		}
	}
	moments, err := s.reportMoments(tx, v)
	if err != nil {
		return err
	}
	return planSoon(tx, dueVendorReport, v.ID, moments)
}
