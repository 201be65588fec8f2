package workflows

import (
	"errors"
	"strings"
)

// renewForm draws Renew contract.
func (s *Service) renewForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Renew contract", "Renew"
	f.Intro = "The contract with " + v.Name + " has no renewal date so far."
	if v.Contract.RenewsOn != "" {
		f.Intro = "The contract with " + v.Name + " renews on " + v.Contract.RenewsOn.Shown() + "."
	}
	start := v.editValues()
	f.Fields = []Field{
		{ID: fieldRenews, Label: "New renewal date", Kind: FieldDay},
		{ID: fieldCost, Label: "Annual cost ($)", Kind: FieldText, Optional: true, Max: 20, Value: start[fieldCost]},
		{ID: fieldLength, Label: "Contract length", Kind: FieldText, Optional: true, Max: 60, Value: start[fieldLength]},
		{ID: fieldNote, Label: "Note", Kind: FieldLong, Optional: true, Max: justificationMax},
	}
	for i := range f.Fields {
		if given, ok := values[f.Fields[i].ID]; ok {
			f.Fields[i].Value = given
		}
	}
	return f, nil
}

// renew takes that a contract goes on.
func (s *Service) renew(tx Tx, who Person, p Press) (Outcome, error) {
	v, _, out, err := s.vendorTurn(tx, who, p, roleSponsor|roleLead)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if no := notInUse(v); no != nil {
		return s.vendorRefused(tx, who, p, no)
	}
	before := v
	today := DayOf(tx.Now(), s.cat.Location)
	on, ok := ParseDay(p.Values[fieldRenews])
	wrong := make(map[string]string)
	var fine bool
	if v.HasCost, v.AnnualCost, fine = money(p.Values[fieldCost]); !fine {
		wrong[fieldCost] = "Write a whole number, as in 12000."
	}
	switch {
	case ok && on == v.Contract.RenewsOn && on > today:
		return already(v.ID, "The contract of "+v.Name+" renews on "+on.Shown()+" already."), nil
	case !ok || on <= today || on < v.Contract.RenewsOn:
		wrong[fieldRenews] = "Choose a day to come, after the last renewal date."
	case on > today.plus(10*366):
		wrong[fieldRenews] = "At most ten years ahead."
	}
	if len(wrong) > 0 {
		return invalid(wrong), nil
	}
	v.Contract.RenewsOn, v.Contract.Length, v.ChangedAt = on, strings.TrimSpace(p.Values[fieldLength]), tx.Now()
	if err := tx.PutVendor(&v); err != nil {
		return Outcome{}, err
	}
	e := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}.on(vendorEvent(v, "renewed", Success))
	e.Data["from"], e.Data["to"] = string(before.Contract.RenewsOn), string(on)
	e.Data["cost_from"], e.Data["cost_to"] = v.said("annual_cost", before.costShown()), v.said("annual_cost", v.costShown())
	e.Data["length_from"], e.Data["length_to"] = v.said("length", before.Contract.Length), v.said("length", v.Contract.Length)
	if note := strings.TrimSpace(p.Values[fieldNote]); note != "" {
		e.Reason = &Personal{Owner: v.ID, Field: "renewal_note", Value: note}
	}
	return done(v.ID, "The contract of "+v.Name+" now renews on "+on.Shown()+"."), errors.Join(s.append(tx, e), s.planVendor(tx, v), s.touchVendor(tx, v.ID))
}
