package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// askDeciders asks those who may decide on a vendor now.
func (s *Service) askDeciders(tx Tx, v Vendor) error {
	pan, err := s.vendorPanel(tx, v, vendorSteps(v))
	if err != nil {
		return err
	}
	for _, a := range pan.All() {
		if err := s.card(tx, Card{Kind: CardVendorDecider, Record: v.ID, Person: a.Person.ID}, true); err != nil {
			return err
		}
	}
	return s.touchVendor(tx, v.ID)
}

// awaited names who decides on a vendor, for a sentence.
func (s *Service) awaited(tx Tx, v Vendor) string {
	steps := vendorSteps(v)
	pan, err := s.vendorPanel(tx, v, steps)
	if err != nil || !pan.open(nil, steps) {
		return "nobody independent is left: an admin can name more people in the configuration"
	}
	return names(pan)
}

// reaskVendors asks those who may act on a vendor since people or the
// configuration changed, and redraws the cards of those who no longer may.
func (s *Service) reaskVendors(tx Tx, changed []Person) error {
	if len(changed) == 0 {
		if err := s.redrawActions(tx); err != nil {
			return err
		}
	}
	all, err := tx.Vendors()
	if err != nil {
		return err
	}
	for _, v := range all {
		if !v.Deciding() && v.State != VendorDetailed {
			continue
		}
		if err := s.reaskVendor(tx, v, changed); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) reaskVendor(tx Tx, v Vendor, changed []Person) error {
	kind, asked := CardVendorLead, []Person(nil)
	if v.Deciding() {
		pan, err := s.vendorPanel(tx, v, vendorSteps(v))
		if err != nil {
			return err
		}
		kind = CardVendorDecider
		for _, a := range pan.All() {
			asked = append(asked, a.Person)
		}
	} else {
		var err error
		if asked, err = s.vendorLeads(tx); err != nil {
			return err
		}
	}
	cards, err := tx.Cards(v.ID)
	if err != nil {
		return err
	}
	concerned := len(changed) == 0
	for _, p := range changed {
		holds := func(c Card) bool { return c.Person == p.ID }
		concerned = concerned || p.ID == v.Sponsor || p.ID == v.RequestedBy || slices.ContainsFunc(cards, holds) || s.namedForVendors(p)
	}
	if !concerned {
		return nil
	}
	for _, p := range asked {
		if err := s.askOnce(tx, cards, Card{Kind: kind, Record: v.ID, Person: p.ID}); err != nil {
			return err
		}
	}
	return s.touchVendor(tx, v.ID)
}

// namedForVendors says whether the configuration names somebody who decides on
// vendors.
func (s *Service) namedForVendors(p Person) bool {
	return p.Email != "" && (p.Email == s.cat.Compliance || slices.Contains(s.cat.Admins, p.Email) || slices.Contains(s.cat.Security, p.Email))
}

// withdrawVendor takes a vendor request back.
func (s *Service) withdrawVendor(tx Tx, who Person, p Press) (Outcome, error) {
	v, err := tx.Vendor(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	switch {
	case v.State == VendorWithdrawn && who.ID == v.RequestedBy:
		return already(v.ID, "Already done: you withdrew "+v.ID+"."), nil
	case who.ID != v.RequestedBy:
		return s.refused(tx, s.attempt(who, p), refuse("not_requester", "Only who asked for "+v.Name+" can withdraw this."))
	case !v.undecided():
		return s.refused(tx, s.attempt(who, p), refuse("already_decided", v.pointer()+". It can no longer be withdrawn."))
	}
	v.State, v.ChangedAt = VendorWithdrawn, tx.Now()
	if err := s.vendorOver(tx, &v); err != nil {
		return Outcome{}, err
	}
	if err := tx.PutVendor(&v); err != nil {
		return Outcome{}, err
	}
	e := vendorEvent(v, "changed", Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Data["withdrawn"] = true
	return done(v.ID, "Withdrew "+v.ID+"."), errors.Join(s.append(tx, e), s.touchVendor(tx, v.ID))
}

// undecided says whether a request was not decided yet.
func (v Vendor) undecided() bool {
	switch v.State {
	case VendorRequested, VendorDetailed, VendorAssessing, VendorDeciding:
		return true
	}
	return false
}

// compensateForm asks what was done in place of a report.
func (s *Service) compensateForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Compensating review", "Record"
	f.Intro = "Where there is no assurance report of " + v.Name + ", say what was looked at in its place, by whom, and what was found. It stands in the audit trail with your name."
	f.Fields = []Field{{ID: fieldNote, Label: "What was reviewed", Kind: FieldLong, Min: 20, Max: justificationMax, Value: v.About.Compensating}}
	return f, nil
}

// compensate records a review in place of a report. Those who approved before
// decide again.
func (s *Service) compensate(tx Tx, who Person, p Press) (Outcome, error) {
	note := strings.TrimSpace(p.Values[fieldNote])
	if len([]rune(note)) < 20 {
		return invalid(map[string]string{fieldNote: "Say a little more: at least 20 characters."}), nil
	}
	m, err := s.vendorMatter(tx, p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	_, asked := find(m.panel.All(), who.ID)
	switch {
	case !m.v.Deciding():
		return s.refused(tx, s.attempt(who, p), refuse("already_decided", m.v.pointer()+": there is nothing to decide now."))
	case !asked:
		return s.refused(tx, s.attempt(who, p), refuse("not_approver", "Only those who may decide on "+m.v.Name+" can record this: "+m.others()+"."))
	}
	v := m.v
	v.About.Compensating, v.ChangedAt = note, tx.Now()
	v.ContentVersion++
	if err := tx.PutVendor(&v); err != nil {
		return Outcome{}, err
	}
	e := vendorEvent(v, "changed", Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Reason, e.Data["compensating_review"] = &Personal{Owner: v.ID, Field: "compensating", Value: note}, true
	return done(v.ID, fmt.Sprintf("Recorded for %s. The card has it; decide there.", v.ID)), errors.Join(s.append(tx, e), s.touchVendor(tx, v.ID))
}
