package workflows

import "slices"

// actionView shows an action to who has to do it.
func (s *Service) actionView(tx Tx, c Card) (CardView, error) {
	a, err := tx.VendorAction(c.Record)
	if err != nil {
		return CardView{}, err
	}
	v, err := tx.Vendor(a.Vendor)
	if err != nil {
		return CardView{}, err
	}
	owner, err := tx.Person(a.Owner)
	if ignoreMissing(err) != nil {
		return CardView{}, err
	}
	out := CardView{
		Record: a.ID, Version: 1, Title: a.Text, Status: "To do", Tone: ToneWaiting,
		Facts: []Fact{
			{Label: "Vendor", Value: Value{Text: v.Name + " (" + v.ID + ")"}},
			{Label: "Due date", Value: Value{Text: a.DueOn.Shown()}},
			{Label: "Owner", Value: Value{Text: owner.Shown()}},
		},
	}
	switch {
	case !a.Open() && a.ClosedBy == "":
		out.Status, out.Tone = "No longer needed", ToneOver
	case !a.Open():
		by, err := tx.Person(a.ClosedBy)
		if err != nil {
			return out, err
		}
		out.Status, out.Tone = "Closed", ToneGood
		out.Notes = []Value{{Text: "Closed by " + by.Shown() + ": " + a.Proof, At: a.ClosedAt}}
	case s.overdueAction(a):
		out.Status, out.Tone = "Overdue", ToneBad
	}
	out.Text = a.ID + ": " + out.Title + ": " + out.Status
	out.Actions, err = s.actionActions(tx, v, a, c.Person)
	return out, err
}

// overdueAction says whether an action was found overdue on the day that it is due by
// now: a moved day counts anew.
func (s *Service) overdueAction(a VendorAction) bool {
	return a.Open() && !a.OverdueAt.IsZero() && !a.OverdueAt.Before(s.morning(a.DueOn.plus(1)))
}

// actionActions are the buttons of an action for who reads it.
func (s *Service) actionActions(tx Tx, v Vendor, a VendorAction, reader string) ([]ActionView, error) {
	if !a.Open() || reader == "" {
		return nil, nil
	}
	who, err := tx.Person(reader)
	if err != nil {
		return nil, err
	}
	is, err := s.vendorRoles(tx, v, who)
	if err != nil {
		return nil, err
	}
	cares := is&(roleSponsor|roleLead) != 0
	var out []ActionView
	if cares || a.Owner == who.ID {
		out = append(out, ActionView{Verb: VerbActionDone, Label: "Close action", Style: "primary", Form: true, Spoken: "Close action " + a.ID})
	}
	if cares {
		out = append(out, ActionView{Verb: VerbActionDue, Label: "Change due date", Form: true, Spoken: "Change the due date of " + a.ID})
	}
	return out, nil
}

// openActions returns what is still to be done about a vendor.
func openActions(tx Tx, vendor string) ([]VendorAction, error) {
	all, err := tx.VendorActions(vendor)
	return slices.DeleteFunc(all, func(a VendorAction) bool { return !a.Open() }), err
}
