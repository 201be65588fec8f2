package workflows_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
	"countersign/workflows/vendorrisk"
)

func TestAMessageBecomesAnEntryOnceWithAButtonUnderIt(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.As("nora").Posts("1700.1", "Can we get Figma? https://figma.com", "https://figma.com")
		h.As("nora").Posts("1700.1", "Can we get Figma? https://figma.com", "https://figma.com")
		h.As("nora").Posts("1700.2", "I had a great weekend, you?")
		h.Settle()
		v := h.Vendor("VN-0001")
		if v.State != workflows.VendorRequested || v.Domain != "figma.com" || v.ThreadID != "1700.1" {
			t.Errorf("the entry is %+v", v)
		}
		if n := h.count("SELECT count(*) FROM vendors"); n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
		p, ok := h.slack.card(workflows.CardVendor, "VN-0001", "vendors")
		if !ok || p.card.ThreadID != "1700.1" || p.card.ThreadIn != "C0VENDORS" {
			t.Fatalf("the card stands at %+v, want under the message", p.card)
		}
		if diff := cmp.Diff([]string{"Fill in details"}, labelsOf(p.view)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAKnownVendorIsPointedToAndNotEnteredTwice(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.As("finn").Posts("1700.9", "we need https://app.figma.com for the offsite", "https://app.figma.com")
		h.As("finn").Posts("1700.10", "we need Figma!")
		h.Settle()
		if n := h.count("SELECT count(*) FROM vendors"); n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
		for _, post := range []string{"post/C0VENDORS/1700.9", "post/C0VENDORS/1700.10"} {
			v := h.shows(workflows.CardNotice, post, "vendors")
			if !strings.Contains(v.Title, id) || !strings.Contains(v.Title, "Wanda Wiki") {
				t.Errorf("the answer is %q, want the id and the sponsor in it", v.Title)
			}
		}
		out := h.As("finn").AsksForVendor(vendorForm("vendor", "Figma Inc.", "website", "figma.com"))
		if out.Kind != workflows.OutcomeInvalid || !strings.Contains(out.Fields["website"], id) {
			t.Errorf("the form is answered %+v, want a pointer to %s beside the website", out, id)
		}
	})
}

func TestAVendorTravelsFromAMessageToApproved(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.As("nora").Posts("1700.1", "can we buy Figma?")
		h.Settle()
		h.done(h.As("nora").onVendor(workflows.VerbDetails, "VN-0001", vendorForm()))
		h.Settle()
		h.IsVendor("VN-0001", workflows.VendorDetailed)
		if diff := cmp.Diff([]string{"Assign sponsor"}, labelsOf(h.shows(workflows.CardVendorLead, "VN-0001", chat("cleo")))); diff != "" {
			t.Error(diff)
		}
		h.done(h.As("cleo").onVendor(workflows.VerbSponsor, "VN-0001", map[string]string{"sponsor": chat("wanda")}))
		h.Settle()
		if diff := cmp.Diff([]string{"Services and risk", "Decline"}, labelsOf(h.shows(workflows.CardVendorSponsor, "VN-0001", chat("wanda")))); diff != "" {
			t.Error(diff)
		}
		h.done(h.As("wanda").onVendor(workflows.VerbServices, "VN-0001", servicesForm()))
		h.Settle()
		v := h.Vendor("VN-0001")
		if v.Inherent != vendorrisk.Low || v.Residual != vendorrisk.Low || !v.Accepted || v.AnnualCost != 12000 {
			t.Errorf("the assessed vendor is %+v", v)
		}
		card := h.shows(workflows.CardVendorDecider, "VN-0001", chat("ada"))
		if diff := cmp.Diff([]string{"Approve vendor", "Approve with conditions", "Deny vendor"}, labelsOf(card)); diff != "" {
			t.Error(diff)
		}
		h.done(h.As("ada").onVendor(workflows.VerbVendorYes, "VN-0001", nil))
		h.Settle()
		h.IsVendor("VN-0001", workflows.VendorApproved)
		if got := labelsOf(h.shows(workflows.CardVendorDecider, "VN-0001", chat("cleo"))); len(got) > 0 {
			t.Errorf("a decided card still has %v", got)
		}
		want := []string{"vendor.requested", "vendor.details_added", "vendor.sponsor_assigned", "vendor.assessed", "vendor.approved"}
		if diff := cmp.Diff(want, h.History("VN-0001")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhoAskedAndTheSponsorCannotDecideAndNobodyDecidesTwice(t *testing.T) {
	high := []string{"data", "3", "data_types", "customer", "access", "2"}
	story(t, func(t *testing.T, h *company) {
		h.cat.Vendor.RequesterMaySponsor = false
		id := h.Assessed(high, []string{"outage", "3", "words", "Read it all"})
		if v := h.Vendor(id); v.Inherent != vendorrisk.High || !v.Critical {
			t.Fatalf("the vendor is %s, critical %t; want High and critical", v.Inherent, v.Critical)
		}
		h.refused(h.As("nora").onVendor(workflows.VerbVendorYes, id, nil), "not_independent")
		h.refused(h.As("wanda").onVendor(workflows.VerbVendorYes, id, nil), "not_independent")
		h.refused(h.As("finn").onVendor(workflows.VerbVendorYes, id, nil), "not_approver")
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		if out := h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil); out.Kind != workflows.OutcomeAlready {
			t.Errorf("the same decision again is %+v, want already done", out)
		}
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorIf, id, map[string]string{"conditions": "Something better comes", "until": h.day(90)}), "two_people")
		h.refused(h.As("ada").onVendor(workflows.VerbVendorYes, id, nil), "step_taken")
		card := h.shows(workflows.CardVendor, id, "vendors")
		if !strings.Contains(card.Status, "(1 of 2)") {
			t.Errorf("the card says %q", card.Status)
		}
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		h.IsVendor(id, workflows.VendorApproved)
	})
}

func TestGatesStandAgainstAnApprovalUntilTheyAreMet(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, []string{"terms", "2"})
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "dpa_missing")
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorIf, id, map[string]string{"conditions": "Sign the agreement", "until": h.day(30)}), "dpa_missing")
		h.done(h.As("wanda").onVendor(workflows.VerbServices, id, servicesForm("assurance", "3", "report_kind", "none", "report_notes", "")))
		h.Settle()
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "report_missing")
		if got := labelsOf(h.shows(workflows.CardVendorDecider, id, chat("cleo"))); slices.Contains(got, "Approve vendor") {
			t.Errorf("the card offers %v", got)
		}
		h.done(h.As("sam").onVendor(workflows.VerbCompensate, id, map[string]string{"note": "We tested their sign-in and their backups ourselves"}))
		h.Settle()
		h.refused(h.As("cleo").Seeing(1).onVendor(workflows.VerbVendorYes, id, nil), "content_changed")
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sam").onVendor(workflows.VerbVendorIf, id, map[string]string{"conditions": "A SOC 2 report within half a year", "until": h.day(180)}))
		h.Settle()
		v := h.Vendor(id)
		if v.State != workflows.VendorConditional || string(v.Until) != h.day(180) {
			t.Errorf("the vendor is %s until %s, want conditional until %s", v.State, v.Until, h.day(180))
		}
	})
}

func TestASponsorIsActiveAndNotTheRequesterWherePolicyForbids(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		out := h.As("nora").AsksForVendor(vendorForm("proposed", chat("nora")))
		if out.Kind != workflows.OutcomeInvalid || out.Fields["proposed"] == "" {
			t.Errorf("proposing oneself is answered %+v, want a word beside the field", out)
		}
		out = h.As("nora").AsksForVendor(vendorForm("proposed", chat("mona")))
		h.done(out)
		id := out.Record
		h.refused(h.As("nora").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("mona")}), "not_vendor_lead")
		h.refused(h.As("cleo").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("nora")}), "requester_sponsors")
		h.slack.Change(chat("finn"), func(m *workflows.Member) { m.Deleted = true })
		if err := h.svc.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.refused(h.As("cleo").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("finn")}), "not_active")
		h.done(h.As("cleo").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("mona")}))
		h.Settle()
		h.refused(h.As("wanda").onVendor(workflows.VerbServices, id, servicesForm()), "not_sponsor")
		h.done(h.As("mona").onVendor(workflows.VerbDecline, id, map[string]string{"reason": "I never worked with it, ask Wanda"}))
		h.Settle()
		h.IsVendor(id, workflows.VendorDetailed)
		if got := labelsOf(h.shows(workflows.CardVendorSponsor, id, chat("mona"))); len(got) > 0 {
			t.Errorf("who declined still has %v", got)
		}
	})
}

func TestADeniedVendorCanBeAskedForAgainUnderItsNumber(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		h.done(h.As("cleo").onVendor(workflows.VerbVendorNo, id, map[string]string{"reason": "We have three of these already"}))
		h.Settle()
		h.IsVendor(id, workflows.VendorDenied)
		v, _, err := h.svc.Look(context.Background(), h.As("finn").by, id)
		if err != nil || !slices.Contains(labelsOf(v), "Ask again") {
			t.Fatalf("who looks it up sees %v, %v; want Ask again", labelsOf(v), err)
		}
		h.done(h.As("finn").onVendor(workflows.VerbAskAgain, id, vendorForm("why", "The others are gone by now")))
		h.Settle()
		got := h.Vendor(id)
		if got.State != workflows.VendorDetailed || got.Round != 2 || got.Sponsor != "" {
			t.Errorf("asked for again it is %s, round %d, sponsor %q", got.State, got.Round, got.Sponsor)
		}
	})
}

func TestWhatAVendorHoldsMustFitItsClass(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		out := h.As("nora").AsksForVendor(vendorForm("data", "1", "data_types", "customer"))
		if out.Kind != workflows.OutcomeInvalid || out.Fields["data"] == "" {
			t.Errorf("customer data in class 1 is answered %+v", out)
		}
		out = h.As("nora").AsksForVendor(vendorForm("website", "http://192.168.1.1/"))
		if out.Kind != workflows.OutcomeInvalid || out.Fields["website"] == "" {
			t.Errorf("an address of a machine is answered %+v", out)
		}
	})
}

func TestAVendorThatIsAskedForAgainHasNoRiskUntilItIsAssessed(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		h.done(h.As("cleo").onVendor(workflows.VerbVendorNo, id, map[string]string{"reason": "We have one already"}))
		h.done(h.As("finn").onVendor(workflows.VerbAskAgain, id, vendorForm("data", "3", "data_types", "customer")))
		h.Settle()
		if v := h.Vendor(id); v.Rated() != "" || v.Residual != "" || v.Matrix != 0 {
			t.Errorf("it is to hold customer data now, and its risk is still %s", v.Rated())
		}
		h.refused(h.As("ada").onVendor(workflows.VerbOverride, id, map[string]string{"risk": "medium", "reason": "Only test data ever gets there", "until": h.day(60)}), "not_assessed")
	})
}

func TestWhoLeadsCanAssignAnotherSponsorAtAnyTime(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		asked := h.Sponsors("vendor", "Sketch", "website", "sketch.com")
		for _, id := range []string{asked, h.Buys()} {
			if got := h.offers("cleo", id); !slices.Contains(got, "Assign sponsor") {
				t.Errorf("with %s as its sponsor the compliance lead is offered %v", h.Vendor(id).Sponsor, got)
			}
			if got := h.offers("wanda", id); slices.Contains(got, "Assign sponsor") {
				t.Errorf("the sponsor is offered %v", got)
			}
		}
		h.done(h.As("cleo").onVendor(workflows.VerbSponsor, asked, map[string]string{"sponsor": chat("bob")}))
		h.refused(h.As("wanda").onVendor(workflows.VerbServices, asked, servicesForm()), "not_sponsor")
		h.done(h.As("bob").onVendor(workflows.VerbServices, asked, servicesForm()))
	})
}

func TestChangedAnswersKeepTheReportThatIsOnFile(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		f, err := h.svc.ActionForm(context.Background(), workflows.VerbServices, id, h.Vendor(id).ContentVersion, nil)
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]string{}
		for _, field := range f.Fields {
			values[field.ID] = field.Value
		}
		if values["report_kind"] != "SOC 2 Type 2" || values["report_notes"] == "" {
			t.Errorf("the form starts with the report %q, %q", values["report_kind"], values["report_notes"])
		}
		values["outage"] = "2"
		h.done(h.As("wanda").onVendor(workflows.VerbServices, id, values))
		h.Settle()
		if n := h.count("SELECT count(*) FROM vendor_reports"); n != 1 {
			t.Errorf("%d reports on file, want 1", n)
		}
	})
}

func TestDenyingWhatIsInUseAlreadyEndsItProperly(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		h.done(h.As("wanda").edits(id, "used", "yes"))
		h.done(h.As("cleo").onVendor(workflows.VerbVendorNo, id, map[string]string{"reason": "Nobody ever decided on it"}))
		h.Settle()
		h.IsVendor(id, workflows.VendorEnding)
		h.done(h.As("wanda").Closes(id + "/A1"))
		h.done(h.As("wanda").Closes(id + "/A2"))
		h.Settle()
		h.IsVendor(id, workflows.VendorTerminated)
	})
}

func TestThoseWhoDecideSeeWhatDiligenceTheRatingAsksFor(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, []string{"outage", "3", "exit", "", "cloud", "1"})
		card := h.shows(workflows.CardVendorDecider, id, chat("cleo"))
		got := map[string]string{}
		for _, l := range card.Lines {
			got[l.Text] = l.Note
		}
		if got["Exit plan written"] != "missing" || got["Report read, with a note"] != "" {
			t.Errorf("the card says %v", got)
		}
		if note, listed := got["Data processing agreement signed"]; !listed || note != "" {
			t.Errorf("the agreement is shown as %q, %t", note, listed)
		}
		if !slices.ContainsFunc(card.Facts, func(f workflows.Fact) bool { return f.Value.Text == "cloud-hosted" }) {
			t.Errorf("nothing says where it runs: %v", card.Facts)
		}
	})
}

func TestASponsorWhoHasEvaluatedAVendorHasAcceptedIt(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("cleo").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("bob")}))
		h.Advance(85 * day)
		h.done(h.As("bob").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.Settle()
		h.refused(h.As("bob").onVendor(workflows.VerbDecline, id, map[string]string{"reason": "I have changed my mind"}), "already_decided")
	})
}

func TestAnApprovalOfOlderAnswersIsNotAlreadyDone(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, nil)
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("cleo").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("bob")}))
		h.Settle()
		h.IsVendor(id, workflows.VendorAssessing)
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "already_decided")
	})
}
