package workflows

import (
	"errors"
	"fmt"
	"strings"
)

// actionMost is how many days ahead an action may be due.
const actionMost = 365

// actionForm draws Open action.
func (s *Service) openActionForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Open action", "Open"
	f.Intro = "Something that has to be done about " + v.Name + ". Its owner is asked, and closes it with a proof."
	f.Fields = []Field{
		{ID: fieldAction, Label: "Action", Kind: FieldLong, Min: 1, Max: 300, Value: values[fieldAction]},
		{ID: fieldActionOwner, Label: "Owner", Kind: FieldPerson, Value: values[fieldActionOwner]},
		{ID: fieldActionDue, Label: "Due date", Kind: FieldDay, Value: values[fieldActionDue]},
	}
	return f, nil
}

// openAction takes something that has to be done about a vendor.
func (s *Service) openAction(tx Tx, who Person, p Press) (Outcome, error) {
	v, _, out, err := s.vendorTurn(tx, who, p, roleLooks)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if !v.Live() {
		return s.vendorRefused(tx, who, p, refuse("too_late", v.pointer()+", so nothing has to be done about it."))
	}
	wrong := make(map[string]string)
	a, err := s.actionOf(tx, who, p.Values, wrong)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	by := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}
	if err := s.startAction(tx, v, a, by); err != nil {
		return Outcome{}, err
	}
	return done(v.ID, "Action "+a.ID+" is open, due by "+a.DueOn.Shown()+"."), s.touchVendor(tx, v.ID)
}

// actionOf reads an action from a form, and says what is wrong.
func (s *Service) actionOf(tx Tx, who Person, values map[string]string, wrong map[string]string) (*VendorAction, error) {
	a := &VendorAction{Kind: ActionCorrective, Text: strings.TrimSpace(values[fieldAction]), OpenedBy: who.ID}
	if a.Text == "" {
		wrong[fieldAction] = "Say what has to be done."
	}
	owner, problem, err := s.activePerson(tx, values[fieldActionOwner])
	switch {
	case err != nil:
		return nil, err
	case values[fieldActionOwner] == "":
		wrong[fieldActionOwner] = "Choose who does it."
	case problem != "":
		wrong[fieldActionOwner] = problem
	}
	a.Owner = owner.ID
	a.DueOn = s.actionDay(tx, values[fieldActionDue], fieldActionDue, wrong)
	return a, nil
}

// actionDay reads the day on which an action is due.
func (s *Service) actionDay(tx Tx, value, field string, wrong map[string]string) Day {
	today := DayOf(tx.Now(), s.cat.Location)
	d, ok := ParseDay(value)
	switch {
	case !ok || d < today:
		wrong[field] = "Choose today or a day to come."
	case d > today.plus(actionMost):
		wrong[field] = fmt.Sprintf("At most %d days ahead.", actionMost)
	}
	return d
}

// startAction opens an action under the next number of its vendor and asks its
// owner.
func (s *Service) startAction(tx Tx, v Vendor, a *VendorAction, by cause) error {
	before, err := tx.VendorActions(v.ID)
	if err != nil {
		return err
	}
	a.ID, a.Vendor, a.OpenedAt = fmt.Sprintf("%s/A%d", v.ID, len(before)+1), v.ID, tx.Now()
	if err := tx.PutVendorAction(a); err != nil {
		return err
	}
	e := by.on(actionEvent(v, *a, "action_opened", Pending))
	e.Reason = &Personal{Owner: a.ID, Field: "action", Value: a.Text}
	return errors.Join(
		s.append(tx, e),
		s.askActionOwner(tx, *a),
		planSoon(tx, dueVendorAction, a.ID, s.actionMoments(*a)),
		s.touchVendor(tx, v.ID),
	)
}

// askActionOwner gives an action to who has to do it.
func (s *Service) askActionOwner(tx Tx, a VendorAction) error {
	if a.Owner == "" {
		return nil
	}
	return s.card(tx, Card{Kind: CardVendorAction, Record: a.ID, Person: a.Owner}, true)
}

// settleAction closes an action: on somebody's word, or by itself as no longer
// needed where there is no proof.
func (s *Service) settleAction(tx Tx, v Vendor, a VendorAction, person, proof string, by cause) error {
	a.ClosedAt, a.ClosedBy, a.Proof = tx.Now(), person, proof
	if err := tx.PutVendorAction(&a); err != nil {
		return err
	}
	e := by.on(actionEvent(v, a, "action_closed", Success))
	e.Data["days_late"] = max(0, DayOf(tx.Now(), s.cat.Location).since(a.DueOn))
	if proof == "" {
		e.Data["no_longer_needed"] = true
	} else {
		e.Reason = &Personal{Owner: a.ID, Field: "proof", Value: proof}
	}
	return errors.Join(s.append(tx, e), tx.Unschedule(dueVendorAction, a.ID), s.touch(tx, a.ID), s.touchVendor(tx, v.ID))
}

// actionEvent is an event about an action.
func actionEvent(v Vendor, a VendorAction, kind, outcome string) Event {
	e := vendorEvent(v, kind, outcome)
	e.Data["action"], e.Data["action_kind"], e.Data["owner"], e.Data["due_on"] = a.ID, a.Kind, a.Owner, string(a.DueOn)
	return e
}

// redrawActions has the cards of open actions drawn again: who leads may have
// changed with the configuration, and with that their buttons.
func (s *Service) redrawActions(tx Tx) error {
	open, err := openActions(tx, "")
	for _, a := range open {
		err = errors.Join(err, s.touch(tx, a.ID))
	}
	return err
}
