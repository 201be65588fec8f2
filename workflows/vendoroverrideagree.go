package workflows

import (
	"errors"

	"countersign/workflows/vendorrisk"
)

// agreers are who may agree to a proposed rating: somebody else than who proposed
// it, and for a lower one security, unless who proposed it is of security.
func (s *Service) agreers(tx Tx, v Vendor) ([]Person, error) {
	all, err := s.overriders(tx, v, v.Override.By)
	if err != nil || vendorrisk.Compare(v.Override.Rating, v.Inherent) >= 0 {
		return all, err
	}
	by, err := tx.Person(v.Override.By)
	if err != nil {
		return nil, err
	}
	is, err := s.vendorRoles(tx, v, by)
	if err != nil || is&roleSecurity != 0 {
		return all, err
	}
	var out []Person
	for _, p := range all {
		is, err := s.vendorRoles(tx, v, p)
		if err != nil {
			return nil, err
		}
		if is&roleSecurity != 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// agreeRisk is the second person's word on a rating by hand.
func (s *Service) agreeRisk(tx Tx, who Person, p Press) (Outcome, error) {
	v, is, out, err := s.vendorTurn(tx, who, p, roleLead|roleSecurity)
	if err != nil || out.Kind != "" {
		return out, err
	}
	no, err := s.mayOverride(tx, v, who, is)
	if err != nil {
		return Outcome{}, err
	}
	seconds, err := s.agreers(tx, v)
	if ignoreMissing(err) != nil {
		return Outcome{}, err
	}
	may := false
	for _, q := range seconds {
		may = may || q.ID == who.ID
	}
	switch {
	case no != nil:
	case v.Override.Second == who.ID:
		return already(v.ID, "Already done: you agreed to this."), nil
	case v.Override.Counts():
		return already(v.ID, "Somebody else agreed to this already."), nil
	case v.Override.Rating == vendorrisk.Unassessed:
		no = refuse("already_decided", "Nothing is proposed about the risk of "+v.Name+" any more.")
	case v.Override.By == who.ID:
		no = refuse("two_people", "You proposed this. It takes a second, different person: "+shownList(seconds, "or")+".")
	case !may:
		no = refuse("not_security", "A lower risk takes somebody of security: "+shownList(seconds, "or")+".")
	case p.Version != v.ContentVersion:
		no = refuse("content_changed", "Something about "+v.Name+" changed after this was drawn. Look at it again: the risk proposed now is "+v.Override.Rating.Shown()+" until "+v.Override.Until.Shown()+".")
	}
	if no != nil {
		return s.vendorRefused(tx, who, p, no)
	}
	v.Override.Second = who.ID
	by := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}
	return done(v.ID, "The risk of "+v.Name+" is now "+v.Override.Rating.Shown()+" until "+v.Override.Until.Shown()+"."), s.ratedAnew(tx, v, overrideEvent(v, Success), by)
}

// overrideDue ends a rating that was set by hand, or a proposal that nobody
// agreed to.
func (s *Service) overrideDue(tx Tx, d Due) error {
	v, err := tx.Vendor(d.Record)
	moments := s.overrideMoments(v)
	if err != nil || len(moments) == 0 {
		return ignoreMissing(err)
	}
	if moments[0].After(tx.Now()) {
		return planSoon(tx, dueVendorOverride, v.ID, moments)
	}
	e := overrideEvent(v, Success)
	agreed := v.Override.Counts()
	e.Reason, e.Data["ended"], e.Data["agreed"] = nil, true, agreed
	was := v.Rated()
	v.Override, v.About.OverrideReason = VendorOverride{}, ""
	by := cause{actor: System, source: "calendar", at: d.At}
	if agreed && vendorrisk.Compare(v.Rated(), was) > 0 && v.InForce() && !v.Review.Deciding { // its approval may rest on the lower one
		v.Review.FullOn = min(v.Review.FullOn, DayOf(tx.Now(), s.cat.Location).plus(reviewNotice))
	}
	if agreed {
		return s.ratedAnew(tx, v, e, by)
	}
	v.ChangedAt = tx.Now()
	return errors.Join(tx.PutVendor(&v), s.append(tx, by.on(e)), s.touchVendor(tx, v.ID))
}

// ratedAnew stores a vendor whose rating changed by hand, and does what follows:
// its cycle is never longer than before by it, and who decides sees it anew.
func (s *Service) ratedAnew(tx Tx, v Vendor, e Event, by cause) error {
	v.ChangedAt = tx.Now()
	if v.InForce() && v.Review.Kind == "" {
		v.Review = s.atMost(v, DayOf(tx.Now(), s.cat.Location))
	}
	deciding := v.Deciding()
	if deciding {
		v.ContentVersion++
	}
	if err := tx.PutVendor(&v); err != nil {
		return err
	}
	e.Data["content_version"] = v.ContentVersion
	err := errors.Join(s.append(tx, by.on(e)), s.planVendor(tx, v), s.touchVendor(tx, v.ID))
	if deciding {
		err = errors.Join(err, s.askDeciders(tx, v))
	}
	return err
}

// outgrown ends a lower rating by hand, or its proposal, where new answers made
// the risk higher than it was when that was agreed. The vendor is stored by who
// calls.
func (s *Service) outgrown(tx Tx, v *Vendor, before vendorrisk.Rating, by cause) error {
	o := v.Override
	if o.Rating == vendorrisk.Unassessed || vendorrisk.Compare(v.Inherent, before) <= 0 || vendorrisk.Compare(o.Rating, v.Inherent) >= 0 {
		return nil
	}
	e := overrideEvent(*v, Success)
	e.Reason, e.Data["ended"], e.Data["agreed"], e.Data["outgrown"] = nil, true, o.Counts(), true
	v.Override, v.About.OverrideReason = VendorOverride{}, ""
	return s.append(tx, by.on(e))
}
