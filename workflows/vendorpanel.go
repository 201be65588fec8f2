package workflows

import (
	"errors"

	"countersign/workflows/vendorrisk"
)

// vendorSteps is how many different people have to approve a vendor.
func vendorSteps(v Vendor) int {
	if v.Critical || v.Rated() == vendorrisk.High {
		return 2
	}
	return 1
}

// vendorPanel works out who may decide on a vendor, as things stand now: the
// compliance lead or an admin, and for High and Critical security besides.
// Neither the requester nor the sponsor is among them, nor who re-evaluated it.
func (s *Service) vendorPanel(tx Tx, v Vendor, steps int) (Panel, error) {
	var p Panel
	lead, err := s.vendorSeats(tx, v, BasisCompliance, []string{s.cat.Compliance})
	if err != nil {
		return p, err
	}
	admins, err := s.vendorSeats(tx, v, BasisAdmin, s.cat.Admins)
	if err != nil {
		return p, err
	}
	for _, a := range append(lead, admins...) {
		if _, twice := find(p.Resource, a.Person.ID); !twice {
			p.Resource = append(p.Resource, a)
		}
	}
	if steps < 2 {
		return p, nil
	}
	if p.Second, err = s.vendorSeats(tx, v, BasisSecurity, s.cat.Security); err != nil {
		return p, err
	}
	if len(p.Second) == 0 || !p.open(nil, 2) { // nobody of security could, or only who is needed for the other
		for _, a := range admins {
			if _, twice := find(p.Second, a.Person.ID); !twice {
				p.Second = append(p.Second, a)
			}
		}
	}
	return p, nil
}

// vendorSeats are those of some addresses who may decide on a vendor.
func (s *Service) vendorSeats(tx Tx, v Vendor, basis Basis, emails []string) ([]Approver, error) {
	var out []Approver
	for _, e := range emails {
		p, err := tx.PersonByEmail(e)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p.ID != v.RequestedBy && p.ID != v.Sponsor && !v.evaluatedBy(p.ID) && p.MayAct() == nil && p.ChatID != "" && p.Hold == "" {
			out = append(out, Approver{p, basis})
		}
	}
	return out, nil
}

// evaluatedBy says whether a person sent the re-evaluation that waits for a
// decision: where there is no sponsor, who leads does that in their place.
func (v Vendor) evaluatedBy(person string) bool {
	return v.InForce() && v.Review.Deciding && v.Review.DecidedBy == person
}

// vendorLeads are who looks after the register: the compliance lead, or the admins
// where there is none who is active.
func (s *Service) vendorLeads(tx Tx) ([]Person, error) {
	for _, emails := range [][]string{{s.cat.Compliance}, s.cat.Admins} {
		seats, err := s.vendorSeats(tx, Vendor{RequestedBy: "nobody", Sponsor: "nobody"}, "", emails)
		if err != nil {
			return nil, err
		}
		var out []Person
		for _, a := range seats {
			out = append(out, a.Person)
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// isVendorLead says whether somebody is the compliance lead or an admin.
func (s *Service) isVendorLead(tx Tx, who Person) (bool, error) {
	if who.Email != "" && who.Email == s.cat.Compliance {
		return true, nil
	}
	return s.isAdmin(tx, who)
}

// leadNames names who looks after the register.
func (s *Service) leadNames(tx Tx) string {
	leads, err := s.vendorLeads(tx)
	if err != nil || len(leads) == 0 {
		return "an admin"
	}
	var out []string
	for _, p := range leads {
		out = append(out, p.Shown())
	}
	return list(out, "or")
}

// touchVendor has the cards of a vendor drawn again.
func (s *Service) touchVendor(tx Tx, id string) error { return s.touch(tx, id) }
