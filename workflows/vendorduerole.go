package workflows

import (
	"errors"
	"slices"
	"strings"
)

// vendorRole is a set of what somebody is to a vendor.
type vendorRole uint8

const (
	roleSponsor vendorRole = 1 << iota
	roleCompliance
	roleAdmin
	roleSecurity

	roleLead  = roleCompliance | roleAdmin
	roleLooks = roleSponsor | roleLead | roleSecurity // those who look after a vendor
)

// vendorRoles says what somebody is to a vendor.
func (s *Service) vendorRoles(tx Tx, v Vendor, who Person) (vendorRole, error) {
	var r vendorRole
	if v.Sponsor != "" && v.Sponsor == who.ID {
		r = roleSponsor
	}
	for _, place := range s.vendorPlaces() {
		for _, email := range place.emails {
			p, err := tx.PersonByEmail(email)
			if ignoreMissing(err) != nil {
				return 0, err
			}
			if err == nil && p.ID == who.ID {
				r |= place.role
			}
		}
	}
	return r, nil
}

// vendorPlace is a part in looking after vendors that the configuration gives.
type vendorPlace struct {
	role   vendorRole
	emails []string
}

func (s *Service) vendorPlaces() []vendorPlace {
	out := []vendorPlace{{roleAdmin, s.cat.Admins}, {roleSecurity, s.cat.Security}}
	if s.cat.Compliance != "" {
		out = slices.Insert(out, 0, vendorPlace{roleCompliance, []string{s.cat.Compliance}})
	}
	return out
}

// vendorPeople are those who are something of this to a vendor and can act, each
// once: the sponsor first.
func (s *Service) vendorPeople(tx Tx, v Vendor, of vendorRole) ([]Person, error) {
	var out []Person
	add := func(p Person, err error) error {
		if err == nil && p.MayAct() == nil && p.ChatID != "" && !slices.ContainsFunc(out, func(o Person) bool { return o.ID == p.ID }) {
			out = append(out, p)
		}
		return ignoreMissing(err)
	}
	if of&roleSponsor != 0 && v.Sponsor != "" {
		if err := add(tx.Person(v.Sponsor)); err != nil {
			return nil, err
		}
	}
	for _, place := range s.vendorPlaces() {
		if of&place.role == 0 {
			continue
		}
		for _, email := range place.emails {
			if err := add(tx.PersonByEmail(email)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// sponsorOf returns a vendor's sponsor, where that one can act.
func sponsorOf(tx Tx, v Vendor) (Person, bool, error) {
	p, err := tx.Person(v.Sponsor)
	if errors.Is(err, ErrNotFound) {
		return Person{}, false, nil
	}
	return p, err == nil && p.MayAct() == nil && p.ChatID != "", err
}

// vendorOwner is who has to do what concerns a vendor: its sponsor, else who
// leads; without an id where nobody can.
func (s *Service) vendorOwner(tx Tx, v Vendor) (Person, error) {
	all, err := s.vendorPeople(tx, v, roleSponsor|roleLead)
	if err != nil || len(all) == 0 {
		return Person{}, err
	}
	return all[0], nil
}

// vendorID returns the vendor that a record belongs to: "VN-0001" of
// "VN-0001/A1".
func vendorID(record string) string {
	id, _, _ := strings.Cut(record, "/")
	return id
}

// vendorRefused records that a rule said no to something about a vendor.
func (s *Service) vendorRefused(tx Tx, who Person, p Press, no *Refusal) (Outcome, error) {
	a := s.attempt(who, p)
	a.record = vendorID(p.Record)
	return s.refused(tx, a, no)
}

// vendorTurn reads the vendor behind a press and says why this person may not
// act on it, if so: who is none of may.
func (s *Service) vendorTurn(tx Tx, who Person, p Press, may vendorRole) (v Vendor, is vendorRole, out Outcome, err error) {
	if v, err = tx.Vendor(vendorID(p.Record)); err != nil {
		out, err = s.unknown(tx, who, p, err)
		return v, 0, out, err
	}
	if is, err = s.vendorRoles(tx, v, who); err != nil {
		return v, 0, out, err
	}
	no, err := s.notFor(tx, v, who, is, may)
	if err == nil && no != nil {
		out, err = s.vendorRefused(tx, who, p, no)
	}
	return v, is, out, err
}

// notFor says why somebody may not act on a vendor.
func (s *Service) notFor(tx Tx, v Vendor, who Person, is, may vendorRole) (*Refusal, error) {
	if is&may == 0 {
		all, err := s.vendorPeople(tx, v, may)
		var names []string
		for _, p := range all {
			names = append(names, p.Shown())
		}
		return refuse("not_responsible", "Only those who look after "+v.Name+" can do this: "+list(names, "or")+"."), err
	}
	if who.Hold != "" {
		return refuse("identity_hold", "You cannot do this for now: "+who.Hold+". An admin has been asked to confirm that it is you."), nil
	}
	return nil, nil
}

// notInUse says no about a vendor that is not in use, or nothing.
func notInUse(v Vendor) *Refusal {
	switch {
	case v.State == VendorTerminated || v.State == VendorEnding:
		return refuse("too_late", "We have ended "+v.Name+", so this is not needed any more.")
	case !v.InForce() && v.State != VendorImported:
		return refuse("not_approved", v.Name+" is not approved, so there is nothing to look after yet.")
	}
	return nil
}
