package workflows_test

import (
	"context"

	"countersign/workflows"
)

// vendorForm is Vendor details about Figma. A field that is given replaces it;
// pairs of name and value.
func vendorForm(fields ...string) map[string]string {
	return changedForm(map[string]string{
		"vendor": "Figma", "website": "https://www.figma.com/pricing", "service": "Interface design and prototypes",
		"why": "The design team draws in it together", "instead": "Nothing that draws", "users": "The design team, six people",
		"data": "1", "data_types": "", "access": "0", "proposed": "",
	}, fields)
}

// servicesForm is Services and risk of a vendor that nothing speaks against.
func servicesForm(fields ...string) map[string]string {
	return changedForm(map[string]string{
		"outage": "1", "sub_processor": "0", "countries": "", "assurance": "0", "report_kind": "SOC 2 Type 2", "report_from": "2025-01-01", "report_to": "",
		"report_link": "drive/figma-soc2.pdf", "report_notes": "No exceptions that touch us", "sign_in": "0", "breach": "0", "terms": "0",
		"manager": "", "tech_owner": "", "cost": "12,000", "length": "12 months", "contract_start": "", "renews": "", "notice": "30",
		"exit": "Export everything, then delete the workspace", "words": "Read the report and the terms",
	}, fields)
}

func changedForm(v map[string]string, fields []string) map[string]string {
	for i := 0; i+1 < len(fields); i += 2 {
		v[fields[i]] = fields[i+1]
	}
	return v
}

// AsksForVendor sends the form of /vendor.
func (v voice) AsksForVendor(form map[string]string) workflows.Outcome {
	v.h.t.Helper()
	v.h.spoken = append(v.h.spoken, form["why"], form["service"], form["users"])
	out, err := v.h.svc.Submit(context.Background(), workflows.Submission{Key: v.key, Kind: workflows.VendorFlow, By: v.by, Ref: "view:V1", Values: form})
	if err != nil {
		v.h.t.Fatalf("ask for a vendor: %v", err)
	}
	return out
}

// Posts writes a message in the vendors channel.
func (v voice) Posts(id, text string, links ...string) {
	v.h.t.Helper()
	err := v.h.svc.VendorNoticed(context.Background(), workflows.VendorPost{By: v.by, Channel: "C0VENDORS", ID: id, Text: text, Links: links, At: v.h.now()})
	if err != nil {
		v.h.t.Fatalf("notice a message: %v", err)
	}
}

// onVendor presses a button of a vendor's card as it stands now, or before an
// older one.
func (v voice) onVendor(verb workflows.Verb, record string, values map[string]string) workflows.Outcome {
	v.h.t.Helper()
	if v.version == 0 {
		v.version = v.h.Vendor(record).ContentVersion
	}
	return v.press(verb, record, values)
}

func (h *company) Vendor(id string) (v workflows.Vendor) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		v, err = tx.Vendor(id)
		return err
	})
	return v
}

// IsVendor makes sure that a vendor is in a state.
func (h *company) IsVendor(id string, want workflows.VendorState) {
	h.t.Helper()
	if v := h.Vendor(id); v.State != want {
		h.t.Errorf("%s is %s, want %s", id, v.State, want)
	}
}

// Sponsors has Nora ask for a vendor, with Wanda as its sponsor.
func (h *company) Sponsors(fields ...string) string {
	h.t.Helper()
	out := h.As("nora").AsksForVendor(vendorForm(fields...))
	h.done(out)
	h.Settle()
	h.done(h.As("cleo").onVendor(workflows.VerbSponsor, out.Record, map[string]string{"sponsor": chat("wanda")}))
	h.Settle()
	return out.Record
}

// Assessed has a vendor assessed by its sponsor, so that it waits for approval.
func (h *company) Assessed(details, services []string) string {
	h.t.Helper()
	id := h.Sponsors(details...)
	h.done(h.As("wanda").onVendor(workflows.VerbServices, id, servicesForm(services...)))
	h.Settle()
	h.IsVendor(id, workflows.VendorDeciding)
	return id
}

// Buys has a vendor approved that nothing speaks against, with Low risk.
func (h *company) Buys(fields ...string) string {
	h.t.Helper()
	id := h.Assessed(fields, nil)
	h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
	h.Settle()
	return id
}

// shows returns a vendor's card of a kind, as it stands.
func (h *company) shows(kind workflows.CardKind, id, to string) workflows.CardView {
	h.t.Helper()
	p, ok := h.slack.card(kind, id, to)
	if !ok {
		h.t.Fatalf("there is no card %s of %s to %s", kind, id, to)
	}
	return p.view
}

// labelsOf are the labels of a card's buttons.
func labelsOf(v workflows.CardView) []string {
	var out []string
	for _, a := range v.Actions {
		out = append(out, a.Label)
	}
	return out
}
