package workflows

import (
	"slices"

	"countersign/workflows/vendorrisk"
)

// vendorCardActions are the buttons on one card of a vendor.
func (s *Service) vendorCardActions(tx Tx, m vendorMatter, kind CardKind, who Person) ([]ActionView, error) {
	v := m.v
	switch kind {
	case CardVendor:
		if v.State == VendorRequested {
			return []ActionView{v.action(VerbDetails, "Fill in details", "primary", true)}, nil
		}
		return nil, nil
	case CardVendorAsker:
		return v.askerActions(who), nil
	case CardVendorLead:
		return v.leadActions(), nil
	case CardVendorDecider:
		return m.deciderActions(who), nil
	}
	return s.sponsorActions(tx, v, who)
}

func (v Vendor) action(verb Verb, label, style string, form bool) ActionView {
	return ActionView{Verb: verb, Label: label, Style: style, Form: form, Spoken: label + ", " + v.ID}
}

// askerActions are for who asked.
func (v Vendor) askerActions(who Person) []ActionView {
	var out []ActionView
	if who.ID != v.RequestedBy {
		return nil
	}
	if v.State == VendorRequested {
		out = append(out, v.action(VerbDetails, "Fill in details", "primary", true))
	}
	if v.undecided() {
		back := v.action(VerbVendorBack, "Withdraw", "", false)
		back.Confirm = "Withdraw the request for " + v.Name + "?"
		out = append(out, back)
	}
	return out
}

// leadActions are for who looks after the register.
func (v Vendor) leadActions() []ActionView {
	switch {
	case v.State == VendorRequested:
		return []ActionView{v.action(VerbDetails, "Fill in details", "primary", true)}
	case v.State == VendorDetailed, v.Live() && v.Sponsor == "", v.State == VendorImported:
		return []ActionView{v.action(VerbSponsor, "Assign sponsor", "primary", true)}
	}
	return nil
}

// deciderActions are for who may decide.
func (m vendorMatter) deciderActions(who Person) []ActionView {
	if _, place := m.panel.seat(who.ID, m.given, m.steps); !m.v.Deciding() || place == slotNone {
		return nil
	}
	if slices.ContainsFunc(m.given, func(d Decision) bool { return d.By == who.ID }) {
		return nil
	}
	v, bars := m.v, vendorrisk.Bar(0)
	report := false
	for _, g := range m.gates {
		bars = max(bars, g.Bars)
		report = report || g.Rule == "report_missing" || g.Rule == "report_unread"
	}
	var out []ActionView
	if bars == 0 {
		out = append(out, v.action(VerbVendorYes, "Approve vendor", "primary", false))
	}
	if bars < vendorrisk.BarsAll {
		out = append(out, v.action(VerbVendorIf, "Approve with conditions", "", true))
	}
	if report {
		out = append(out, v.action(VerbCompensate, "Compensating review", "", true))
	}
	return append(out, v.action(VerbVendorNo, "Deny vendor", "danger", true))
}

// sponsorActions are for the sponsor.
func (s *Service) sponsorActions(tx Tx, v Vendor, who Person) ([]ActionView, error) {
	if v.Sponsor != who.ID {
		return nil, nil
	}
	out := v.acceptActions()
	more, err := s.lifeActions(tx, v, who)
	return append(out, more...), err
}

// acceptActions are the sponsor's until the assessment is decided.
func (v Vendor) acceptActions() []ActionView {
	var out []ActionView
	if v.State == VendorAssessing {
		out = append(out, v.action(VerbServices, "Services and risk", "primary", true))
	}
	if v.State == VendorDeciding {
		out = append(out, v.action(VerbServices, "Change my answers", "", true))
	}
	if !v.Accepted && v.Live() {
		out = append(out, v.action(VerbDecline, "Decline", "", true))
	}
	return out
}

// lookVendor is a vendor's card with all that the person who looks may do.
func (s *Service) lookVendor(tx Tx, who Person, record string) (CardView, error) {
	m, err := s.vendorMatter(tx, record)
	if err != nil {
		return CardView{}, err
	}
	v, err := s.vendorView(tx, m)
	if err != nil {
		return v, err
	}
	history, err := s.historyLines(tx, m.v)
	if err != nil {
		return v, err
	}
	v.Lines = append(history, v.Lines...)
	lead, err := s.isVendorLead(tx, who)
	if err != nil {
		return v, err
	}
	v.Actions = m.v.askerActions(who)
	if lead {
		v.Actions = append(v.Actions, m.v.leadActions()...)
		if len(m.v.leadActions()) == 0 && m.v.mayAssign(true, "") == nil { // another one
			v.Actions = append(v.Actions, m.v.action(VerbSponsor, "Assign sponsor", "", true))
		}
	}
	v.Actions = append(v.Actions, m.deciderActions(who)...)
	if who.ID == m.v.Sponsor {
		v.Actions = append(v.Actions, m.v.acceptActions()...)
	}
	if !m.v.Live() {
		v.Actions = append(v.Actions, m.v.action(VerbAskAgain, "Ask again", "primary", true))
	}
	more, err := s.lifeActions(tx, m.v, who)
	if err != nil {
		return v, err
	}
	v.Actions = append(v.Actions, more...)
	if more, err = s.appActions(tx, m.v, who); err != nil {
		return v, err
	}
	v.Actions = append(v.Actions, more...)
	if err := s.seenLines(tx, m.v, &v); err != nil {
		return v, err
	}
	return v, s.holderLines(tx, m.v, &v)
}

// homeVendors adds the vendors that wait for a person, and those they asked for.
func (s *Service) homeVendors(tx Tx, h *Home) error {
	all, err := tx.Vendors()
	if err != nil {
		return err
	}
	who := h.Person
	lead, err := s.isVendorLead(tx, who)
	if err != nil {
		return err
	}
	for _, v := range all {
		kind := CardKind("")
		switch {
		case v.State == VendorRequested && v.RequestedBy == who.ID:
			kind = CardVendorAsker
		case (v.State == VendorDetailed || v.State == VendorRequested && v.RequestedBy == "") && lead:
			kind = CardVendorLead
		case v.Sponsor == who.ID && v.State == VendorAssessing:
			kind = CardVendorSponsor
		case v.Deciding():
			kind = CardVendorDecider
		}
		if kind == "" && !(v.undecided() && v.RequestedBy == who.ID) {
			continue
		}
		view, err := s.vendorCardView(tx, Card{Kind: kind, Record: v.ID, Person: who.ID})
		if err != nil {
			return err
		}
		switch {
		case kind != "" && len(view.Actions) > 0:
			h.Waiting = append(h.Waiting, view)
		case v.RequestedBy == who.ID && v.undecided():
			view.Actions = v.askerActions(who)
			h.Asked = append(h.Asked, view)
		}
	}
	more, err := s.lifeHome(tx, who)
	h.Waiting = append(h.Waiting, more...)
	return err
}
