package workflows

import (
	"errors"
	"fmt"
	"strings"
)

const fieldSponsor = "sponsor"

// askForSponsor asks who looks after the register to assign a sponsor.
func (s *Service) askForSponsor(tx Tx, v Vendor) error {
	leads, err := s.vendorLeads(tx)
	if err != nil {
		return err
	}
	for _, p := range leads {
		if err := s.card(tx, Card{Kind: CardVendorLead, Record: v.ID, Person: p.ID}, true); err != nil {
			return err
		}
	}
	return nil
}

// sponsorForm asks who sponsors a vendor.
func (s *Service) sponsorForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Assign sponsor", "Assign"
	f.Intro = "The sponsor is our liaison with " + v.Name + ": they look into its services and risk now, and evaluate it again every year."
	field := Field{ID: fieldSponsor, Label: "Sponsor", Kind: FieldPerson}
	for _, id := range []string{v.Sponsor, v.Proposed} {
		if p, err := tx.Person(id); err == nil && p.MayHold() == nil {
			field.Value = p.ChatID
			break
		}
	}
	if !s.cat.Vendor.RequesterMaySponsor {
		field.Hint = "Not the person who asked for it."
	}
	f.Fields = []Field{field}
	return f, nil
}

// sponsorNamed finds the person whom a form names as sponsor, or says why it
// cannot be them.
func (s *Service) sponsorNamed(tx Tx, v Vendor, chatID string) (Person, *Refusal, error) {
	p, err := tx.PersonByChat(chatID)
	switch {
	case errors.Is(err, ErrNotFound):
		return p, refuse("unknown_person", "I do not know this person yet. Choose another or try again in a moment."), nil
	case err != nil:
		return p, nil, err
	}
	if no := p.MayHold(); no != nil {
		return p, refuse(no.Rule, no.Message+" A sponsor has to be active here: choose somebody else."), nil
	}
	if p.ID == v.RequestedBy && !s.cat.Vendor.RequesterMaySponsor {
		return p, refuse("requester_sponsors", p.Shown()+" asked for this vendor, and our policy does not let the requester be its sponsor. Choose somebody else, such as their manager."), nil
	}
	return p, nil, nil
}

// assignSponsor asks somebody to be a vendor's sponsor.
func (s *Service) assignSponsor(tx Tx, who Person, p Press) (Outcome, error) {
	v, err := tx.Vendor(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	lead, err := s.isVendorLead(tx, who)
	if err != nil {
		return Outcome{}, err
	}
	if no := v.mayAssign(lead, s.leadNames(tx)); no != nil {
		return s.refused(tx, s.attempt(who, p), no)
	}
	sponsor, no, err := s.sponsorNamed(tx, v, p.Values[fieldSponsor])
	if no != nil && no.Rule == "unknown_person" {
		return invalid(map[string]string{fieldSponsor: no.Message}), err
	}
	if no != nil || err != nil {
		return s.refusedOr(tx, s.attempt(who, p), no.on(fieldSponsor), err)
	}
	if v.Sponsor == sponsor.ID && v.State != VendorImported {
		return already(v.ID, sponsor.Shown()+" is the sponsor of "+v.Name+" already."), nil
	}
	before := v.Sponsor
	v.Sponsor, v.Accepted, v.ChangedAt = sponsor.ID, false, tx.Now()
	if no, err := s.stillDecidable(tx, v); no != nil || err != nil {
		return s.refusedOr(tx, s.attempt(who, p), no.on(fieldSponsor), err)
	}
	return s.sponsorAssigned(tx, who, p, v, sponsor, before)
}

// mayAssign says who assigns a sponsor, and when.
func (v Vendor) mayAssign(lead bool, names string) *Refusal {
	switch {
	case !lead:
		return refuse("not_vendor_lead", "Only the compliance lead or an admin can assign a sponsor: "+names+".")
	case v.State == VendorRequested:
		return refuse("too_early", "The details are missing. Whoever asked fills them in first; an admin can too.")
	case !v.Live():
		return refuse("already_decided", v.pointer()+", so it needs no sponsor.")
	}
	return nil
}

// stillDecidable says whether anybody is left to decide with this sponsor.
func (s *Service) stillDecidable(tx Tx, v Vendor) (*Refusal, error) {
	pan, err := s.vendorPanel(tx, v, vendorSteps(v))
	if err != nil || pan.open(nil, vendorSteps(v)) {
		return nil, err
	}
	return refuse("no_independent_approver", "With this sponsor nobody independent would be left to decide. Choose somebody else; an admin can also name more people in the configuration."), nil
}

func (s *Service) sponsorAssigned(tx Tx, who Person, p Press, v Vendor, sponsor Person, before string) (Outcome, error) {
	switch v.State {
	case VendorDetailed, VendorImported, VendorDeciding:
		if v.State == VendorImported {
			v.Round++
		}
		v.State = VendorAssessing
		v.ContentVersion++
	}
	anew := v.Deciding() // a re-evaluation: the new sponsor may have approved it
	if anew {
		v.ContentVersion++
	}
	if err := tx.PutVendor(&v); err != nil {
		return Outcome{}, err
	}
	e := vendorEvent(v, "sponsor_assigned", Pending)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt, e.Subject = user(who), "slack", p.Ref, p.At, refPerson(sponsor)
	e.Data["sponsor"], e.Data["previous"], e.Data["proposed"] = sponsor.ID, before, v.Proposed == sponsor.ID
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if err := s.card(tx, Card{Kind: CardVendorSponsor, Record: v.ID, Person: sponsor.ID}, true); err != nil {
		return Outcome{}, err
	}
	out := done(v.ID, sponsor.Shown()+" is asked to sponsor "+v.Name+".")
	if anew {
		return out, s.askDeciders(tx, v)
	}
	return out, s.touchVendor(tx, v.ID)
}

// declineForm asks why somebody will not be the sponsor.
func (s *Service) declineForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	f.Title, f.Submit = "Decline to sponsor", "Decline"
	f.Fields = []Field{{ID: fieldWhy, Label: "Reason", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "Who assigns another sponsor reads this. A name helps."}}
	return f, nil
}

// decline gives the question who sponsors a vendor back.
func (s *Service) decline(tx Tx, who Person, p Press) (Outcome, error) {
	why := strings.TrimSpace(p.Values[fieldWhy])
	if why == "" {
		return invalid(map[string]string{fieldWhy: "Say why, so that somebody better can be found."}), nil
	}
	v, err := tx.Vendor(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	switch {
	case v.Sponsor == "" && !v.Accepted:
		return already(v.ID, "Nobody is asked to sponsor "+v.Name+" right now."), nil
	case v.Sponsor != who.ID:
		return s.refused(tx, s.attempt(who, p), refuse("not_sponsor", "Only who is asked to sponsor "+v.Name+" can decline."))
	case v.Accepted:
		return s.refused(tx, s.attempt(who, p), refuse("already_decided", "You accepted this already. "+s.leadNames(tx)+" can assign another sponsor."))
	}
	v.Sponsor, v.ChangedAt = "", tx.Now()
	if v.State == VendorAssessing {
		v.State = VendorDetailed
	}
	if err := tx.PutVendor(&v); err != nil {
		return Outcome{}, err
	}
	e := vendorEvent(v, "changed", Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Reason = &Personal{Owner: v.ID, Field: "declined", Value: why}
	e.Data["sponsor_declined"] = who.ID
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if err := s.sayDeclined(tx, v, who, why); err != nil {
		return Outcome{}, err
	}
	return done(v.ID, "Declined. "+s.leadNames(tx)+" assigns another sponsor."), errors.Join(s.askForSponsor(tx, v), s.touchVendor(tx, v.ID))
}

// sayDeclined tells who assigns the next one why.
func (s *Service) sayDeclined(tx Tx, v Vendor, who Person, why string) error {
	leads, err := s.vendorLeads(tx)
	for _, p := range leads {
		err = errors.Join(err, s.card(tx, Card{
			Kind: CardNotice, Record: fmt.Sprintf("%s/declined/%d", v.ID, v.Version), Person: p.ID,
			Body: fmt.Sprintf("%s declined to sponsor %s (%s): %s", who.Shown(), v.Name, v.ID, why),
		}, true))
	}
	return err
}
