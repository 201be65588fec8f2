package workflows

import (
	"errors"
	"fmt"
	"strings"

	"countersign/workflows/vendorrisk"
)

// vendorRequest is the workflow behind /vendor.
var vendorRequest = kind{
	name:    VendorFlow,
	command: "/vendor",
	form: func(c *Catalogue, _ string, values map[string]string) Form {
		return detailsForm(c, values)
	},
	choices: func(*Catalogue, string, string) []Choice { return nil },
	check:   checkDetails,
	submit:  (*Service).submitVendor,
}

// postPrefix begins what a form is about that was opened from a message:
// "post/CHANNEL/ID".
const postPrefix = "post/"

func (p VendorPost) record() string { return postPrefix + p.Channel + "/" + p.ID }

// submitVendor takes Vendor details that were sent without a record: a new vendor.
func (s *Service) submitVendor(tx Tx, who Person, sub Submission) (Outcome, error) {
	v := Vendor{State: VendorRequested, RequestedBy: who.ID, Source: "command", CreatedAt: tx.Now()}
	if post, ok := strings.CutPrefix(sub.Record, postPrefix); ok {
		v.Source = "shortcut"
		v.ThreadIn, v.ThreadID, _ = strings.Cut(post, "/")
		known, err := s.vendorOfPost(tx, v.ThreadIn, v.ThreadID)
		if err != nil {
			return Outcome{}, err
		}
		if known.ID != "" {
			return invalid(map[string]string{fieldVendor: "Somebody already asked with this message: " + known.pointer() + "."}), nil
		}
	}
	wrong, err := s.detailsWrong(tx, &v, sub.Values)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	if v.ID, err = tx.NextID("VN"); err != nil {
		return Outcome{}, err
	}
	v.Name = strings.TrimSpace(sub.Values[fieldVendor])
	by := cause{actor: user(who), source: "slack", ref: sub.Ref}
	if err := s.vendorEntry(tx, &v, by); err != nil {
		return Outcome{}, err
	}
	return s.addDetails(tx, who, v, sub.Values, by)
}

// vendorEntry stores a new entry of the register and shows it.
func (s *Service) vendorEntry(tx Tx, v *Vendor, by cause) error {
	v.ChangedAt = tx.Now()
	if err := tx.PutVendor(v); err != nil {
		return err
	}
	e := by.on(vendorEvent(*v, "requested", Pending))
	e.Data["from"] = v.Source
	if err := s.append(tx, e); err != nil {
		return err
	}
	return s.card(tx, v.channelCard(), true)
}

// channelCard is the card in the vendors channel, under the message that it began
// with where that was posted there.
func (v Vendor) channelCard() Card {
	c := Card{Kind: CardVendor, Record: v.ID, Channel: ChannelVendors}
	if v.Source == "post" {
		c.ThreadIn, c.ThreadID = v.ThreadIn, v.ThreadID
	}
	return c
}

// vendorEvent is an event about a vendor.
func vendorEvent(v Vendor, kind, outcome string) Event {
	return Event{
		Type: "vendor." + kind, Actor: System, Target: &Ref{Kind: "vendor", ID: v.ID, Name: v.Name},
		Workflow: VendorFlow, WorkflowID: v.ID, Outcome: outcome, Source: "job",
		Data: map[string]any{"stands": string(v.State), "round": v.Round, "content_version": v.ContentVersion},
	}
}

// said is words of somebody about a vendor, for an event.
func (v Vendor) said(field, words string) Personal {
	return Personal{Owner: v.ID, Field: field, Value: words}
}

// vendorDetailsForm opens Vendor details for an entry that has none yet, or for
// one that is asked for again.
func (s *Service) vendorDetailsForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	v, err := tx.Vendor(f.Record)
	if err != nil {
		return Form{}, err
	}
	drawn := detailsForm(s.cat, v.details())
	drawn.Kind, drawn.Verb, drawn.Record, drawn.Version = "", f.Verb, f.Record, f.Version
	return drawn, nil
}

// fillInDetails takes Vendor details for an entry.
func (s *Service) fillInDetails(tx Tx, who Person, p Press) (Outcome, error) {
	v, err := tx.Vendor(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	if wrong := checkDetails(s.cat, p.Values); len(wrong) > 0 {
		return invalid(wrong), nil
	}
	if no, err := s.mayDetail(tx, who, v, p.Verb); no != nil || err != nil {
		return s.refusedOr(tx, s.attempt(who, p), no, err)
	}
	if p.Verb == VerbAskAgain {
		v = v.again(who)
	}
	if wrong, err := s.detailsWrong(tx, &v, p.Values); err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	return s.addDetails(tx, who, v, p.Values, cause{actor: user(who), source: "slack", ref: p.Ref})
}

// again is a record that ended and is asked for once more, by somebody who may be
// somebody else. What was learnt before stays in its history.
func (v Vendor) again(who Person) Vendor {
	v.State, v.RequestedBy, v.Sponsor, v.Accepted, v.Until = VendorRequested, who.ID, "", false, ""
	v.Override, v.Review = VendorOverride{}, VendorReview{LastAt: v.Review.LastAt, Continue: v.Review.Continue, DecidedBy: v.Review.DecidedBy}
	v.Inherent, v.Residual, v.Critical, v.Matrix = vendorrisk.Unassessed, vendorrisk.Unassessed, false, 0 // of what it held then
	v.About.Conditions, v.About.Compensating, v.About.OverrideReason, v.About.EndReason = "", "", "", ""
	return v
}

// mayDetail says who fills in the details, and when.
func (s *Service) mayDetail(tx Tx, who Person, v Vendor, verb Verb) (*Refusal, error) {
	if verb == VerbAskAgain {
		if v.Live() {
			return refuse("already_decided", v.pointer()+". It cannot be asked for again while it is open."), nil
		}
		return nil, nil
	}
	if v.State != VendorRequested {
		return refuse("already_decided", "The details are there already: "+v.pointer()+"."), nil
	}
	lead, err := s.isVendorLead(tx, who)
	if err != nil || lead || who.ID == v.RequestedBy {
		return nil, err
	}
	asker := "the compliance lead or an admin"
	if v.RequestedBy != "" {
		p, err := tx.Person(v.RequestedBy)
		if err != nil {
			return nil, err
		}
		asker = p.Shown() + ", who asked, or an admin"
	}
	return refuse("not_requester", "Only "+asker+" can fill this in. To ask for a vendor of your own, use /vendor."), nil
}

// detailsWrong finds what stored state has against the form, and reads whom it
// proposes into the record. It comes before anything is written.
func (s *Service) detailsWrong(tx Tx, v *Vendor, values map[string]string) (map[string]string, error) {
	wrong, err := s.vendorTwin(tx, *v, values)
	if err != nil || len(wrong) > 0 {
		return wrong, err
	}
	proposed, problem, err := s.proposedSponsor(tx, *v, values[fieldProposed])
	if problem != "" {
		return map[string]string{fieldProposed: problem}, err
	}
	v.Proposed = proposed.ID
	return nil, err
}

// vendorTwin says, beside the field, that a vendor is in the register already.
func (s *Service) vendorTwin(tx Tx, v Vendor, values map[string]string) (map[string]string, error) {
	_, domain, _ := vendorWebsite(values[fieldWebsite])
	known, err := s.knownVendor(tx, v.ID, domain, values[fieldVendor])
	if err != nil || known.ID == "" {
		return nil, err
	}
	field := fieldVendor
	if domain != "" && sameSite(known.Domain, domain) {
		field = fieldWebsite
	}
	next := "/vendor " + known.ID + " shows it."
	if !known.Live() {
		next = "/vendor " + known.ID + " shows it, with a button to ask again."
	}
	return map[string]string{field: known.pointer() + ". " + next}, nil
}

// knownVendor finds the vendor of the register with this site or name; without an
// id where there is none. except is left out.
func (s *Service) knownVendor(tx Tx, except, domain, name string) (Vendor, error) {
	all, err := tx.Vendors()
	if err != nil {
		return Vendor{}, err
	}
	var byName Vendor
	for _, v := range all {
		switch {
		case v.ID == except:
		case domain != "" && v.Domain != "" && sameSite(v.Domain, domain):
			return v, nil
		case vendorName(name) != "" && vendorName(v.Name) == vendorName(name) && (v.Domain == "" || domain == ""):
			byName = v
		}
	}
	return byName, nil
}

// vendorOfPost finds the vendor that began with a message.
func (s *Service) vendorOfPost(tx Tx, channel, id string) (Vendor, error) {
	all, err := tx.Vendors()
	for _, v := range all {
		if id != "" && v.ThreadIn == channel && v.ThreadID == id {
			return v, err
		}
	}
	return Vendor{}, err
}

// pointer names a vendor and where it stands, in half a sentence.
func (v Vendor) pointer() string {
	status, _ := v.status()
	return fmt.Sprintf("%s is in the register as %s (%s%s)", v.Name, v.ID, strings.ToLower(status[:1]), status[1:])
}

// addDetails stores the details and asks for a sponsor.
func (s *Service) addDetails(tx Tx, who Person, v Vendor, values map[string]string, by cause) (Outcome, error) {
	v = v.detailed(values)
	v.State, v.ChangedAt = VendorDetailed, tx.Now()
	v.Round++
	v.ContentVersion++
	if err := tx.PutVendor(&v); err != nil {
		return Outcome{}, err
	}
	e := by.on(vendorEvent(v, "details_added", Pending))
	e.Reason = &Personal{Owner: v.ID, Field: "why", Value: v.About.Why}
	e.Data["name"], e.Data["domain"], e.Data["proposed"] = v.Name, v.Domain, v.Proposed
	e.Data["data_class"], e.Data["access"], e.Data["data_types"] = v.Answers.Data.Points(), v.Answers.Access.Points(), v.Answers.DataTypes
	e.Data["service"], e.Data["instead"], e.Data["users"] = v.said("service", v.About.Service), v.said("instead", v.About.Instead), v.said("users", v.About.Users)
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if v.RequestedBy != "" {
		if err := s.card(tx, Card{Kind: CardVendorAsker, Record: v.ID, Person: v.RequestedBy}, true); err != nil {
			return Outcome{}, err
		}
	}
	err := errors.Join(s.askForSponsor(tx, v), s.touchVendor(tx, v.ID))
	return done(v.ID, fmt.Sprintf("%s: %s is in the register. A sponsor is found for it next; you see every step in your messages from me.", v.ID, v.Name)), err
}

// proposedSponsor reads whom the requester proposes, who may be nobody.
func (s *Service) proposedSponsor(tx Tx, v Vendor, chatID string) (Person, string, error) {
	if chatID == "" {
		return Person{}, "", nil
	}
	p, no, err := s.sponsorNamed(tx, v, chatID)
	if no != nil {
		return Person{}, no.Message, err
	}
	return p, "", err
}
