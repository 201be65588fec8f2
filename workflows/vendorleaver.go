package workflows

import (
	"errors"
	"slices"
)

// replaceSponsor gives the vendors that a leaver sponsors to who manages the
// leaver, where that one can be their sponsor; else the question who is goes back
// to who leads. What the leaver still had to do about vendors moves too.
func (s *Service) replaceSponsor(tx Tx, leaver Person, by cause) error {
	all, err := tx.Vendors()
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Sponsor != leaver.ID || !v.Live() {
			continue
		}
		if err := s.moveSponsor(tx, v.ID, leaver, by); err != nil {
			return err
		}
	}
	actions, err := openActions(tx, "")
	if err != nil {
		return err
	}
	for _, a := range actions {
		if a.Owner != leaver.ID {
			continue
		}
		if err := s.passAction(tx, a, leaver, by); err != nil {
			return err
		}
	}
	return nil
}

// closeVendorRequests takes back what a leaver asked for and nobody has decided
// yet. Whoever still wants it can ask again.
func (s *Service) closeVendorRequests(tx Tx, leaver Person, by cause) error {
	all, err := tx.Vendors()
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.RequestedBy != leaver.ID || !v.undecided() {
			continue
		}
		v.State, v.ChangedAt = VendorWithdrawn, tx.Now()
		if err := errors.Join(s.vendorOver(tx, &v), tx.PutVendor(&v)); err != nil {
			return err
		}
		e := by.on(vendorEvent(v, "changed", Success))
		e.Data["withdrawn"], e.Data["because"] = true, leftBy(leaver, by)
		if err := errors.Join(s.append(tx, e), s.touchVendor(tx, v.ID)); err != nil {
			return err
		}
	}
	return nil
}

// nextSponsor returns who takes a vendor over from a leaver: the leaver's
// manager, unless that one asked for it, may not, or decides on it just now.
func (s *Service) nextSponsor(tx Tx, v Vendor, leaver Person) (Person, error) {
	boss, err := s.bossOf(tx, leaver)
	if err != nil || boss.ID == "" || boss.ID == v.RequestedBy && !s.cat.Vendor.RequesterMaySponsor {
		return Person{}, err
	}
	m, err := s.vendorMatter(tx, v.ID)
	if err != nil {
		return Person{}, err
	}
	decided := v.Deciding() && slices.ContainsFunc(m.current(), func(d VendorDecision) bool { return d.By == boss.ID })
	v.Sponsor = boss.ID
	no, err := s.stillDecidable(tx, v)
	if decided || no != nil || err != nil {
		return Person{}, err
	}
	return boss, nil
}

// bossOf returns who manages somebody, where that one can act; without an id
// where there is nobody.
func (s *Service) bossOf(tx Tx, p Person) (Person, error) {
	boss, err := tx.Person(p.ManagerID)
	if err != nil || boss.MayAct() != nil || boss.ChatID == "" || boss.ID == p.ID {
		return Person{}, ignoreMissing(err)
	}
	return boss, nil
}

// moveSponsor gives one vendor of a leaver to somebody else.
func (s *Service) moveSponsor(tx Tx, id string, leaver Person, by cause) error {
	v, err := tx.Vendor(id)
	if err != nil {
		return err
	}
	next, err := s.nextSponsor(tx, v, leaver)
	if err != nil {
		return err
	}
	v.Sponsor, v.ChangedAt = next.ID, tx.Now()
	v.Accepted = v.Accepted && v.State != VendorAssessing
	if next.ID == "" && v.State == VendorAssessing { // nobody is asked any more
		v.State = VendorDetailed
	}
	if err := tx.PutVendor(&v); err != nil {
		return err
	}
	e := by.on(vendorEvent(v, "sponsor_assigned", Success))
	e.Data["previous"], e.Data["because"] = leaver.ID, leftBy(leaver, by)
	if next.ID == "" {
		e.Type, e.Outcome, e.Data["sponsor_left"] = "vendor.changed", Pending, true
		return errors.Join(s.append(tx, e), s.askForSponsor(tx, v), s.askReviewerAgain(tx, v), s.touchVendor(tx, v.ID))
	}
	e.Subject, e.Data["sponsor"] = refPerson(next), next.ID
	text := v.Name + " (" + v.ID + ") had " + leaver.Shown() + " as its sponsor, who leaves. You are its sponsor now; its card shows what there is to do. The compliance lead can assign somebody else."
	return errors.Join(
		s.append(tx, e),
		s.card(tx, Card{Kind: CardVendorSponsor, Record: v.ID, Person: next.ID}, true),
		s.card(tx, Card{Kind: CardNotice, Record: v.ID + "/sponsor/" + leaver.ID, Person: next.ID, Body: text}, true),
		s.touchVendor(tx, v.ID),
	)
}

// askReviewerAgain asks who leads for an open re-evaluation that a leaver had to
// do.
func (s *Service) askReviewerAgain(tx Tx, v Vendor) error {
	if !v.InForce() || v.Review.Kind == "" || v.Review.Deciding {
		return nil
	}
	text := v.Name + " (" + v.ID + ") is to be re-evaluated by " + v.Review.DueOn.Shown() + " and has no sponsor. Assign one, or press Re-evaluate: /vendor " + v.ID + " shows both."
	return s.askReviewer(tx, v, v.ID+"/review/"+string(v.Review.DueOn)+"/nobody", text)
}

// leftBy is the record that a leaver's departure stands in.
func leftBy(leaver Person, by cause) string {
	if by.ref != "" {
		return by.ref
	}
	return leaver.ID
}

// passAction gives what a leaver still had to do about a vendor to who manages
// the leaver, else to who looks after the vendor.
func (s *Service) passAction(tx Tx, a VendorAction, leaver Person, by cause) error {
	v, err := tx.Vendor(a.Vendor)
	if err != nil {
		return err
	}
	next, err := s.bossOf(tx, leaver)
	if err != nil {
		return err
	}
	if next.ID == "" {
		if next, err = s.vendorOwner(tx, v); err != nil || next.ID == leaver.ID {
			return err
		}
	}
	a.Owner = next.ID
	if err := tx.PutVendorAction(&a); err != nil {
		return err
	}
	e := by.on(actionEvent(v, a, "changed", Success))
	e.Data["owner_from"], e.Data["because"] = leaver.ID, leftBy(leaver, by)
	return errors.Join(s.append(tx, e), s.askActionOwner(tx, a), s.touch(tx, a.ID), s.touchVendor(tx, v.ID))
}
