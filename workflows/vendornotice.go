package workflows

import (
	"cmp"
	"context"
	"errors"
)

// ErrNotKnownYet is returned for what somebody did whom the directory does not
// know yet; they are being looked up, so that it can be sent again.
var ErrNotKnownYet = errors.New("this person is not known yet")

// VendorNoticed takes a message from the vendors channel. One that asks for a
// vendor becomes an entry of the register, once; others are left alone. Messages
// of people whose clicks would not count are left alone too.
func (s *Service) VendorNoticed(ctx context.Context, p VendorPost) error {
	name, link, ok := s.asks(p)
	if !ok {
		return nil
	}
	unknown := false
	_, err := s.once(ctx, "notice "+p.record(), func(tx Tx) (Outcome, error) {
		who, no, err := s.clicker(tx, p.By)
		if err != nil {
			return Outcome{}, err
		}
		if no != nil {
			unknown = no.Rule == "unknown_person"
			return Outcome{Kind: OutcomeRefused, Rule: no.Rule}, nil
		}
		return s.notice(tx, who, p, name, link)
	})
	if err == nil && unknown {
		return ErrNotKnownYet
	}
	return err
}

// asks reads a message: which vendor it asks for, if any.
func (s *Service) asks(p VendorPost) (name, link string, ok bool) {
	return asksForVendor(p.Text, p.Links, s.cat.Domain)
}

// notice makes an entry of a message, or points to the one there is.
func (s *Service) notice(tx Tx, who Person, p VendorPost, name, link string) (Outcome, error) {
	taken, err := s.vendorOfPost(tx, p.Channel, p.ID)
	if err != nil || taken.ID != "" {
		return already(taken.ID, ""), err
	}
	v := Vendor{State: VendorRequested, Name: name, RequestedBy: who.ID, Source: "post", ThreadIn: p.Channel, ThreadID: p.ID, CreatedAt: tx.Now()}
	if link != "" {
		v.Website, v.Domain, _ = vendorWebsite(link)
	}
	if v.Name == "" {
		v.Name = v.Domain
	}
	known, err := s.knownVendor(tx, "", v.Domain, v.Name)
	if err != nil {
		return Outcome{}, err
	}
	if known.ID != "" {
		return done(known.ID, ""), s.card(tx, Card{
			Kind: CardNotice, Record: p.record(), Channel: ChannelVendors, ThreadIn: p.Channel, ThreadID: p.ID, Body: s.knownText(tx, known),
		}, true)
	}
	if v.ID, err = tx.NextID("VN"); err != nil {
		return Outcome{}, err
	}
	return done(v.ID, ""), s.vendorEntry(tx, &v, cause{actor: user(who), source: "slack", ref: p.ID, at: p.At})
}

// knownText points to the card of a vendor that somebody asks for again.
func (s *Service) knownText(tx Tx, v Vendor) string {
	text := v.pointer() + "."
	if p, err := tx.Person(v.Sponsor); err == nil {
		text += " Its sponsor is " + p.Shown() + "."
	}
	if !v.Live() {
		return text + " To ask again, look it up with /vendor " + v.ID + " and press Ask again."
	}
	return text + " /vendor " + v.ID + " shows it."
}

// OpenFromPost returns Vendor details for a message that somebody chose, or says
// why they cannot have it.
func (s *Service) OpenFromPost(ctx context.Context, p VendorPost) (Form, *Refusal, error) {
	var f Form
	var no *Refusal
	err := s.update(ctx, func(tx Tx) error {
		who, r, err := s.clicker(tx, p.By)
		if err != nil {
			return err
		}
		if no = r; no == nil {
			if f, no, err = s.formOfPost(tx, p); err != nil {
				return err
			}
		}
		if no != nil {
			_, err = s.refused(tx, attempt{who: who, by: p.By, workflow: VendorFlow, action: "open"}, no)
		}
		return err
	})
	return f, no, err
}

// formOfPost is Vendor details with what a message says already.
func (s *Service) formOfPost(tx Tx, p VendorPost) (Form, *Refusal, error) {
	name, link, _ := s.asks(p)
	if link == "" && len(p.Links) > 0 {
		link = p.Links[0]
	}
	website, domain, _ := vendorWebsite(link)
	known, err := s.vendorOfPost(tx, p.Channel, p.ID)
	if err != nil {
		return Form{}, nil, err
	}
	if known.ID == "" {
		if known, err = s.knownVendor(tx, "", domain, name); err != nil {
			return Form{}, nil, err
		}
	}
	if known.ID != "" {
		return Form{}, refuse("known_vendor", s.knownText(tx, known)), nil
	}
	f := detailsForm(s.cat, map[string]string{fieldVendor: name, fieldWebsite: website, fieldNeed: firstRunes(p.Text, justificationMax)})
	f.Record = p.record()
	return f, nil, nil
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(len(r), n)])
}

// intakeFromDiscovery makes an entry of an app that was seen in use, without
// anybody who asked for it.
func (s *Service) intakeFromDiscovery(tx Tx, who Person, d Discovered, ref string) (Vendor, error) {
	v := Vendor{State: VendorRequested, Name: cmp.Or(cutName(d.Name), d.ID), Source: "discovery", Used: true, LastUsedOn: d.LastOn, CreatedAt: tx.Now()}
	var err error
	if v.ID, err = tx.NextID("VN"); err != nil {
		return Vendor{}, err
	}
	err = s.vendorEntry(tx, &v, cause{actor: user(who), source: "slack", ref: ref})
	return v, err
}
