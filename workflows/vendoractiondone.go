package workflows

import (
	"errors"
	"strings"
)

const fieldProof = "proof"

// closeForm draws Close action.
func (s *Service) closeForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	a, err := tx.VendorAction(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Close action", "Close action"
	f.Intro = a.Text
	f.Fields = []Field{{ID: fieldProof, Label: "Proof", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "What was done, or a link that shows it. Your name stands for it in the audit trail."}}
	return f, nil
}

// closeAction takes somebody's word that an action is done.
func (s *Service) closeAction(tx Tx, who Person, p Press) (Outcome, error) {
	proof := strings.TrimSpace(p.Values[fieldProof])
	if proof == "" {
		return invalid(map[string]string{fieldProof: "Say what was done, or paste a link that shows it."}), nil
	}
	v, a, out, err := s.actionTurn(tx, who, p, true)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if a.Kind == ActionAccess {
		if no, err := s.stillHeld(tx, v); no != nil || err != nil {
			if err != nil {
				return Outcome{}, err
			}
			return s.vendorRefused(tx, who, p, no)
		}
	}
	by := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}
	if err := s.settleAction(tx, v, a, who.ID, proof, by); err != nil {
		return Outcome{}, err
	}
	return done(a.ID, "Action "+a.ID+" is closed."), s.finishEnd(tx, v.ID, by)
}

// actionTurn reads the action behind a press and says why this person may not act
// on it, if so. The owner may only where that is said.
func (s *Service) actionTurn(tx Tx, who Person, p Press, owner bool) (Vendor, VendorAction, Outcome, error) {
	a, err := tx.VendorAction(p.Record)
	if err != nil {
		out, err := s.unknown(tx, who, p, err)
		return Vendor{}, a, out, err
	}
	v, err := tx.Vendor(a.Vendor)
	if err != nil {
		return v, a, Outcome{}, err
	}
	if !a.Open() && a.ClosedBy == who.ID {
		return v, a, already(a.ID, "Already done: you closed "+a.ID+"."), nil
	}
	is, err := s.vendorRoles(tx, v, who)
	if err != nil {
		return v, a, Outcome{}, err
	}
	if owner && a.Owner == who.ID {
		is |= roleSponsor
	}
	no, err := s.notFor(tx, v, who, is, roleSponsor|roleLead)
	if err == nil && no == nil && !a.Open() {
		no = refuse("already_done", a.ID+" is closed already.")
	}
	if err != nil || no == nil {
		return v, a, Outcome{}, err
	}
	out, err := s.vendorRefused(tx, who, p, no)
	return v, a, out, err
}

// moveForm draws Change due date.
func (s *Service) moveForm(tx Tx, f Form, values map[string]string) (Form, error) {
	a, err := tx.VendorAction(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Change due date", "Change"
	f.Intro = a.Text + ". Due by " + a.DueOn.Shown() + " so far."
	f.Fields = []Field{
		{ID: fieldActionDue, Label: "Due date", Kind: FieldDay, Value: values[fieldActionDue]},
		{ID: fieldWhy, Label: "Reason", Kind: FieldLong, Min: 1, Max: justificationMax, Value: values[fieldWhy], Hint: "The auditor reads this."},
	}
	return f, nil
}

// moveAction changes when an action is due. Its owner alone cannot.
func (s *Service) moveAction(tx Tx, who Person, p Press) (Outcome, error) {
	wrong := make(map[string]string)
	due, why := s.actionDay(tx, p.Values[fieldActionDue], fieldActionDue, wrong), strings.TrimSpace(p.Values[fieldWhy])
	if why == "" {
		wrong[fieldWhy] = "Say why it is moved."
	}
	if len(wrong) > 0 {
		return invalid(wrong), nil
	}
	v, a, out, err := s.actionTurn(tx, who, p, false)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if a.DueOn == due {
		return already(a.ID, "It is due by "+due.Shown()+" already."), nil
	}
	before := a.DueOn
	a.DueOn = due
	if err := tx.PutVendorAction(&a); err != nil {
		return Outcome{}, err
	}
	e := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}.on(actionEvent(v, a, "changed", Success))
	e.Reason = &Personal{Owner: a.ID, Field: "moved", Value: why}
	e.Data["from"], e.Data["to"] = string(before), string(due)
	return done(a.ID, a.ID+" is now due by "+due.Shown()+"."), errors.Join(
		s.append(tx, e), planSoon(tx, dueVendorAction, a.ID, s.actionMoments(a)), s.touch(tx, a.ID), s.touchVendor(tx, v.ID))
}
