package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"countersign/workflows"
)

// answer fills in the form of a button about a vendor, mostly well. It returns the
// reason that was given where the form asks for a vendor.
func (v *vendorsLife) answer(r *rand.Rand, b button, f form) (why string) {
	switch workflows.Verb(b.verb) {
	case workflows.VerbDetails, workflows.VerbAskAgain:
		what := anyOf(r, vendorNames)
		if name := v.query("SELECT name FROM vendors WHERE id = ?", b.record); len(name) > 0 { // most keep to what was noticed
			for _, x := range vendorNames {
				if x.name == name[0] {
					what = x
				}
			}
		}
		f.text("vendor", what.name)
		f.text("website", what.site)
		why = v.details(r, f)
		v.wishes[why] = false
	case workflows.VerbSponsor:
		f.person("sponsor", anyOf(r, v.here()).slackID())
	case workflows.VerbServices, workflows.VerbEvaluate:
		v.assess(r, f)
	}
	f.text("reason", "Because of rule "+fmt.Sprint(r.IntN(100))+".")
	f.text("note", "Looked at in detail, as ticket "+fmt.Sprint(r.IntN(100))+" says.")
	f.text("proof", "Ticket "+fmt.Sprint(r.IntN(100)))
	f.text("conditions", "No customer data before there is a report.")
	f.date("until", v.now().AddDate(0, 0, r.IntN(90)-3))
	f.text("action", "Sign the agreement")
	f.person("action_owner", anyOf(r, v.here()).slackID())
	f.date("action_due", v.now().AddDate(0, 0, r.IntN(40)))
	f.date("renews", v.now().AddDate(0, 0, 30+r.IntN(200)))
	f.text("cost", fmt.Sprint(r.IntN(100000)))
	v.named(r, b, f)
	return why
}

// named fills in what depends on the vendor, or on what is offered.
func (v *vendorsLife) named(r *rand.Rand, b button, f form) {
	if all := optionsOf(f.v.Raw, "risk"); len(all) > 0 {
		f.choice("risk", anyOf(r, all))
	}
	if name := v.query("SELECT name FROM vendors WHERE id = ?", b.record); len(name) > 0 {
		f.text("confirm", name[0])
	}
}

// assess answers the sponsor's questions: mostly so that something can be approved.
func (v *vendorsLife) assess(r *rand.Rand, f form) {
	good := r.IntN(3) > 0
	for _, id := range []string{"data", "access", "outage", "sub_processor", "assurance", "sign_in", "breach", "terms"} {
		all := optionsOf(f.v.Raw, id)
		if len(all) == 0 {
			continue
		}
		n := r.IntN(len(all))
		if good && slices.Contains([]string{"assurance", "sign_in", "terms"}, id) {
			n = 0
		}
		f.choice(id, all[n])
	}
	f.text("countries", "DE, IE")
	f.text("report_notes", "No exceptions that touch us")
	f.text("report_link", "drive/report.pdf")
	f.date("report_from", v.now().AddDate(-1, 0, 0))
	f.date("report_to", v.now().AddDate(0, 0, -r.IntN(300)))
	f.choice("report_kind", "SOC 2 Type 2")
	f.text("exit", "Export everything, then delete the workspace")
	f.text("length", "12 months")
	f.text("notice", "30")
	f.text("words", "Read the report and the terms")
	f.text("checked", "Read the report and the terms")
	f.text("service", "What it does for us")
	yes := func(field string, most int) {
		f.choice(field, map[bool]string{true: "yes", false: "no"}[r.IntN(most) > 0])
	}
	yes("still_used", 4)
	yes("same_data", 4)
	yes("continue", 6)
}
