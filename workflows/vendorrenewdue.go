package workflows

import (
	"errors"
	"fmt"
	"time"
)

// renewalNotice is how many days before the last day to cancel people are told of
// a renewal.
const renewalNotice = 30

// lastToCancel is the last day on which a contract can be ended before it renews;
// empty where it does not renew.
func (c VendorContract) lastToCancel() Day {
	if c.RenewsOn == "" {
		return ""
	}
	return c.RenewsOn.plus(-c.NoticeDays)
}

// renewalMoments are when something happens about the renewal of a contract.
func (s *Service) renewalMoments(v Vendor) []time.Time {
	last := v.Contract.lastToCancel()
	if last == "" || !v.InForce() && v.State != VendorImported {
		return nil
	}
	return []time.Time{s.morning(last.plus(-renewalNotice)), s.morning(last.plus(-7)), s.dayEnd(v.Contract.RenewsOn)}
}

// renewalDue tells of a renewal that is near, and of one that came with nobody
// saying anything.
func (s *Service) renewalDue(tx Tx, d Due) error {
	v, err := tx.Vendor(d.Record)
	moments := s.renewalMoments(v)
	if err != nil || len(moments) == 0 {
		return ignoreMissing(err)
	}
	on, last := v.Contract.RenewsOn, v.Contract.lastToCancel()
	passed := func(t time.Time) bool { return !t.After(tx.Now()) }
	people, err := s.renewers(tx, v)
	if err != nil {
		return err
	}
	record := v.ID + "/renewal/" + string(on)
	text := fmt.Sprintf("The contract with %s (%s) renews on %s, and the last day to cancel it is %s. Press Renew or Terminate vendor on its card.", v.Name, v.ID, on.Shown(), last.Shown())
	switch {
	case passed(moments[2]):
		text = fmt.Sprintf("The contract with %s (%s) was to renew on %s. It renewed by itself or ended, and nobody said which. Press Renew or Terminate vendor on its card.", v.Name, v.ID, on.Shown())
		_, err = s.escalate(tx, v, record+"/over", text)
	case passed(moments[1]):
		err = s.tellPeople(tx, record+"/7", text, people)
	case passed(moments[0]):
		err = s.tellPeople(tx, record+"/30", text, people)
	}
	return errors.Join(err, planLater(tx, dueVendorRenewal, v.ID, moments), s.touchVendor(tx, v.ID))
}

// renewers are who is told of a renewal: the sponsor and the compliance lead, or
// the admins where there is none.
func (s *Service) renewers(tx Tx, v Vendor) ([]Person, error) {
	out, err := s.vendorPeople(tx, v, roleSponsor|roleCompliance)
	if err != nil || len(out) > 1 {
		return out, err
	}
	leads, err := s.vendorLeads(tx)
	for _, p := range leads {
		if p.ID != v.Sponsor {
			out = append(out, p)
		}
	}
	return out, err
}
