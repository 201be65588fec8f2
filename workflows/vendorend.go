package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// endWithin is how many days there are to get our data back and everybody out.
const endWithin = 30

// endForm draws Terminate vendor.
func (s *Service) endForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Terminate vendor", "Terminate"
	f.Intro = "Everybody's access to " + v.Name + " ends at once. Two actions open: our data is returned or deleted, and nobody can sign in any more."
	f.Fields = []Field{
		{ID: fieldWhy, Label: "Reason", Kind: FieldLong, Min: 1, Max: justificationMax, Value: values[fieldWhy], Hint: "The auditor reads this."},
		{ID: fieldConfirm, Label: "Type the vendor name to confirm", Kind: FieldText, Max: 200, Value: values[fieldConfirm], Placeholder: v.Name},
	}
	return f, nil
}

// terminate ends the relationship with a vendor.
func (s *Service) terminate(tx Tx, who Person, p Press) (Outcome, error) {
	why := strings.TrimSpace(p.Values[fieldWhy])
	if why == "" {
		return invalid(map[string]string{fieldWhy: "Say why. The auditor reads this."}), nil
	}
	v, _, out, err := s.vendorTurn(tx, who, p, roleSponsor|roleLead)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if v.State == VendorEnding || v.State == VendorTerminated {
		return already(v.ID, v.Name+" has been terminated already."), nil
	}
	if no := notInUse(v); no != nil {
		return s.vendorRefused(tx, who, p, no)
	}
	if !strings.EqualFold(strings.TrimSpace(p.Values[fieldConfirm]), v.Name) {
		return invalid(map[string]string{fieldConfirm: "This is not its name. Type " + v.Name + ", so that nothing ends by mistake."}), nil
	}
	if err := s.endVendor(tx, &v, cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}, why); err != nil {
		return Outcome{}, err
	}
	return done(v.ID, v.Name+" is being terminated. Its access ends now, and two actions are open: its card shows them."), nil
}

// endVendor begins the end of a vendor that is in use: access goes at once, and
// what people have to do becomes two actions. The vendor is stored here.
func (s *Service) endVendor(tx Tx, v *Vendor, by cause, why string) error {
	v.State, v.Until, v.ChangedAt, v.About.EndReason = VendorEnding, "", tx.Now(), why
	v.Review.Kind, v.Review.Deciding, v.Review.FullOn, v.Review.CheckOn, v.Review.DueOn = "", false, "", "", ""
	v.Override = VendorOverride{}
	if err := tx.PutVendor(v); err != nil {
		return err
	}
	e := by.on(vendorEvent(*v, "changed", Pending))
	e.Reason, e.Data["ending"] = &Personal{Owner: v.ID, Field: "end_reason", Value: why}, true
	if err := s.append(tx, e); err != nil {
		return err
	}
	if err := s.planVendor(tx, *v); err != nil {
		return err
	}
	tech, active, err := techOwner(tx, *v)
	if err != nil {
		return err
	}
	owner, err := s.vendorOwner(tx, *v)
	if err != nil {
		return err
	}
	if !active {
		tech = owner
	}
	due := DayOf(tx.Now(), s.cat.Location).plus(endWithin)
	for _, a := range []VendorAction{
		{Kind: ActionData, Text: "Our data at " + v.Name + " is returned or deleted", Owner: owner.ID},
		{Kind: ActionAccess, Text: "Nobody can sign in to " + v.Name + " any more", Owner: tech.ID},
	} {
		a.DueOn, a.OpenedBy = due, by.actor.Person.ID
		if err := s.startAction(tx, *v, &a, by); err != nil {
			return err
		}
	}
	held, err := s.heldFrom(tx, *v)
	if err != nil {
		return err
	}
	for _, g := range held {
		if err := s.revoke(tx, g, v.ID); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("%s (%s) is being terminated. Its access ends now.", v.Name, v.ID)
	return errors.Join(s.touchVendor(tx, v.ID), s.tell(tx, ChannelVendors, fmt.Sprintf("%s/ending/%d", v.ID, v.Round), text))
}

// techOwner returns who looks after a vendor technically, where that one can act.
func techOwner(tx Tx, v Vendor) (Person, bool, error) {
	p, err := tx.Person(v.TechOwner)
	return p, err == nil && p.MayAct() == nil, ignoreMissing(err)
}

// heldFrom returns the grants on a vendor's apps that have not ended.
func (s *Service) heldFrom(tx Tx, v Vendor) ([]Grant, error) {
	added, err := tx.CatalogueApps()
	if err != nil {
		return nil, err
	}
	of := func(app string) bool {
		if slices.ContainsFunc(added, func(a CatalogueApp) bool { return a.App.ID == app && a.Vendor == v.ID }) {
			return true
		}
		a, ok := s.cat.App(app)
		return ok && a.Vendor != "" && (a.Vendor == v.ID || v.Domain != "" && sameSite(a.Vendor, v.Domain))
	}
	all, err := tx.UnendedGrants()
	return slices.DeleteFunc(all, func(g Grant) bool { return !of(g.App) }), err
}

// stillHeld says that somebody still has access to a vendor's apps, or nothing.
func (s *Service) stillHeld(tx Tx, v Vendor) (*Refusal, error) {
	held, err := s.heldFrom(tx, v)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	var names []string
	for _, g := range held {
		p, err := tx.Person(g.Person)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, p.Shown()) {
			names = append(names, p.Shown())
		}
	}
	return refuse("still_held", "Not yet: access is still being removed, or has to be by hand, for "+list(names, "and")+". Close this when that is done."), nil
}

// finishEnd records that a vendor is terminated once nothing is open any more
// that its end needs.
func (s *Service) finishEnd(tx Tx, id string, by cause) error {
	v, err := tx.Vendor(id)
	if err != nil || v.State != VendorEnding {
		return err
	}
	open, err := openActions(tx, id)
	if err != nil || slices.ContainsFunc(open, func(a VendorAction) bool { return a.Kind == ActionData || a.Kind == ActionAccess }) {
		return err
	}
	v.State, v.Used, v.ChangedAt = VendorTerminated, false, tx.Now()
	if err := s.vendorOver(tx, &v); err != nil {
		return err
	}
	if err := tx.PutVendor(&v); err != nil {
		return err
	}
	e := by.on(vendorEvent(v, "terminated", Success))
	e.Reason = &Personal{Owner: v.ID, Field: "end_reason", Value: v.About.EndReason}
	text := fmt.Sprintf("%s (%s): Terminated. Our data is returned or deleted, and nobody can sign in any more.", v.Name, v.ID)
	return errors.Join(s.append(tx, e), s.touchVendor(tx, v.ID), s.tell(tx, ChannelVendors, fmt.Sprintf("%s/terminated/%d", v.ID, v.Round), text))
}
