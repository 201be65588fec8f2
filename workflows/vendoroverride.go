package workflows

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

const fieldRisk = "risk"

// overrideMost is how many days a rating set by hand may last.
const overrideMost = 365

// overrideForm draws Override risk.
func (s *Service) overrideForm(tx Tx, f Form, values map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Override risk", "Propose"
	f.Intro = fmt.Sprintf("The matrix says %s for %s. Another rating counts once a second person agrees, and ends by itself.", v.Inherent.Shown(), v.Name)
	risk := Field{ID: fieldRisk, Label: "Risk", Kind: FieldSelect, Value: values[fieldRisk]}
	for _, r := range []vendorrisk.Rating{vendorrisk.Low, vendorrisk.Medium, vendorrisk.High} {
		if r != v.Inherent {
			risk.Choices = append(risk.Choices, Choice{Value: string(r), Label: r.Shown()})
		}
	}
	f.Fields = []Field{
		risk,
		{ID: fieldWhy, Label: "Reason", Kind: FieldLong, Min: 1, Max: justificationMax, Value: values[fieldWhy], Hint: "Who agrees and the auditor read this."},
		{ID: fieldUntil, Label: "Until", Kind: FieldDay, Value: values[fieldUntil], Hint: fmt.Sprintf("At most %d days ahead.", overrideMost)},
	}
	return f, nil
}

// mayOverride says why somebody may not set a vendor's rating by hand.
func (s *Service) mayOverride(tx Tx, v Vendor, who Person, is vendorRole) (*Refusal, error) {
	switch {
	case who.ID == v.RequestedBy || who.ID == v.Sponsor:
		all, err := s.overriders(tx, v, "")
		return refuse("not_independent", "You asked for "+v.Name+" or are its sponsor, so others set its risk: "+shownList(all, "or")+"."), err
	case !v.Live() || v.State == VendorEnding:
		return refuse("too_late", v.pointer()+", so its risk is not set any more."), nil
	case v.Inherent == vendorrisk.Unassessed:
		return refuse("not_assessed", v.Name+" is not assessed yet, so there is no rating to override."), nil
	}
	return nil, nil
}

// overriders are those who may set a vendor's rating by hand, but one.
func (s *Service) overriders(tx Tx, v Vendor, but string) ([]Person, error) {
	all, err := s.vendorPeople(tx, v, roleLead|roleSecurity)
	var out []Person
	for _, p := range all {
		if p.ID != v.RequestedBy && p.ID != v.Sponsor && p.ID != but && p.Hold == "" {
			out = append(out, p)
		}
	}
	return out, err
}

// shownList names some people in a sentence.
func shownList(people []Person, last string) string {
	var names []string
	for _, p := range people {
		names = append(names, p.Shown())
	}
	return list(names, last)
}

// override proposes a rating by hand.
func (s *Service) override(tx Tx, who Person, p Press) (Outcome, error) {
	v, is, out, err := s.vendorTurn(tx, who, p, roleLead|roleSecurity)
	if err != nil || out.Kind != "" {
		return out, err
	}
	no, err := s.mayOverride(tx, v, who, is)
	if err != nil {
		return Outcome{}, err
	}
	rating, wrong := s.overrideOf(tx, v, p.Values)
	switch {
	case no != nil:
	case v.Override.Counts():
		no = refuse("already_decided", fmt.Sprintf("The risk of %s is set to %s until %s already. It ends by itself.", v.Name, v.Override.Rating.Shown(), v.Override.Until.Shown()))
	case v.Override.By == who.ID && v.Override.Rating == rating && string(v.Override.Until) == p.Values[fieldUntil]:
		return already(v.ID, "Already done: you proposed this, and it waits for a second person."), nil
	}
	if no != nil {
		return s.vendorRefused(tx, who, p, no)
	}
	if len(wrong) > 0 {
		return invalid(wrong), nil
	}
	v.Override = VendorOverride{Rating: rating, By: who.ID, Until: Day(p.Values[fieldUntil])}
	seconds, err := s.agreers(tx, v)
	if err != nil {
		return Outcome{}, err
	}
	if len(seconds) == 0 {
		return s.vendorRefused(tx, who, p, refuse("no_independent_approver", "There is nobody who could agree as the second person. An admin can name more people for security in the configuration."))
	}
	v.About.OverrideReason, v.ChangedAt = strings.TrimSpace(p.Values[fieldWhy]), tx.Now()
	v.ContentVersion++ // who agrees does so to this proposal, not to one before it
	if err := tx.PutVendor(&v); err != nil {
		return Outcome{}, err
	}
	e := cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}.on(overrideEvent(v, Pending))
	text := fmt.Sprintf("%s proposes to set the risk of %s (%s) to %s until %s, where the matrix says %s: %s\nLook at it with /vendor %s and press Agree if you do.",
		who.Shown(), v.Name, v.ID, rating.Shown(), v.Override.Until.Shown(), v.Inherent.Shown(), v.About.OverrideReason, v.ID)
	err = errors.Join(
		s.append(tx, e), s.tellPeople(tx, fmt.Sprintf("%s/override/%d", v.ID, v.Version), text, seconds),
		planSoon(tx, dueVendorOverride, v.ID, s.overrideMoments(v)), s.touchVendor(tx, v.ID))
	if v.Deciding() {
		err = errors.Join(err, s.askDeciders(tx, v))
	}
	return done(v.ID, "Proposed. It counts once one of these agrees: "+shownList(seconds, "or")+"."), err
}

// overrideOf reads the form.
func (s *Service) overrideOf(tx Tx, v Vendor, values map[string]string) (vendorrisk.Rating, map[string]string) {
	wrong := make(map[string]string)
	rating, ok := vendorrisk.ParseRating(values[fieldRisk])
	if !ok || rating == vendorrisk.Unassessed || rating == v.Inherent {
		wrong[fieldRisk] = "Choose another rating than the matrix gives."
	}
	if strings.TrimSpace(values[fieldWhy]) == "" {
		wrong[fieldWhy] = "Say why. Who agrees and the auditor read this."
	}
	today := DayOf(tx.Now(), s.cat.Location)
	switch until, ok := ParseDay(values[fieldUntil]); {
	case !ok || until <= today:
		wrong[fieldUntil] = "Choose a day to come."
	case until > today.plus(overrideMost):
		wrong[fieldUntil] = fmt.Sprintf("At most %d days ahead.", overrideMost)
	}
	return rating, wrong
}

// overrideEvent is an event about a rating set by hand.
func overrideEvent(v Vendor, outcome string) Event {
	e := vendorEvent(v, "overridden", outcome)
	e.Reason = &Personal{Owner: v.ID, Field: "override_reason", Value: v.About.OverrideReason}
	e.Data["rating"], e.Data["inherent"], e.Data["until"] = string(v.Override.Rating), string(v.Inherent), string(v.Override.Until)
	e.Data["by"], e.Data["second"] = v.Override.By, v.Override.Second
	return e
}

// overrideMoments are when a rating set by hand, or its proposal, ends.
func (s *Service) overrideMoments(v Vendor) []time.Time {
	if v.Override.Until == "" {
		return nil
	}
	return []time.Time{s.dayEnd(v.Override.Until)}
}
