package workflows_test

import (
	"slices"
	"testing"

	"countersign/workflows"
)

// sponsoredBy has a vendor approved whose sponsor is somebody else.
func (h *company) sponsoredBy(who string) string {
	h.t.Helper()
	id := h.Buys()
	h.done(h.As("cleo").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat(who)}))
	h.Settle()
	return id
}

func TestALeavingSponsorIsReplacedByTheirManager(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Manages("mona", "bob")
		id := h.sponsoredBy("bob")
		h.done(h.As("cleo").Opens(id, "bob", 60))
		off := h.Leaves("bob", "told_by", chat("ada"), "new_owner", chat("mona"))
		v := h.Vendor(id)
		if v.Sponsor != h.Person("mona").ID || v.State != workflows.VendorApproved {
			t.Fatalf("the sponsor is %s", v.Sponsor)
		}
		e := h.last("vendor.sponsor_assigned")
		if e.Data["because"] != off || e.Data["previous"] != h.Person("bob").ID || e.Subject.ID != h.Person("mona").ID {
			t.Errorf("got event %+v", e)
		}
		if !h.told("mona", "Figma", "Bob Builder") || !slices.Contains(labelsOf(h.shows(workflows.CardVendorSponsor, id, chat("mona"))), "Re-evaluate") {
			t.Error("the new sponsor was not told")
		}
		if got := labelsOf(h.shows(workflows.CardVendorSponsor, id, chat("bob"))); len(got) != 0 {
			t.Errorf("the leaver is still offered %v", got)
		}
		if a := h.action(id + "/A1"); a.Owner != h.Person("mona").ID {
			t.Errorf("the action is still owned by %s", a.Owner)
		}
		h.done(h.As("mona").Closes(id + "/A1"))
	})
}

func TestWithoutAManagerTheComplianceLeadIsAskedForASponsor(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.sponsoredBy("bob")
		h.reaches("2000-03-10", 9)
		h.Leaves("bob", "told_by", chat("ada"), "new_owner", chat("mona"))
		if v := h.Vendor(id); v.Sponsor != "" {
			t.Fatalf("the sponsor is %s", v.Sponsor)
		}
		if got := labelsOf(h.shows(workflows.CardVendorLead, id, chat("cleo"))); !slices.Contains(got, "Assign sponsor") {
			t.Errorf("the compliance lead is offered %v", got)
		}
		if !h.told("cleo", "has no sponsor") {
			t.Error("nobody was told of the open re-evaluation")
		}
		h.done(h.As("cleo").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.done(h.As("cleo").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("wanda")}))
	})
}

func TestTheRequesterDoesNotBecomeSponsorByALeave(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Manages("nora", "bob")
		id := h.sponsoredBy("bob")
		h.Leaves("bob", "told_by", chat("ada"), "new_owner", chat("mona"))
		if v := h.Vendor(id); v.Sponsor != "" {
			t.Errorf("the sponsor is %s, who asked for it", v.Sponsor)
		}
	})
}

func TestWhatALeaverAskedForAndNobodyDecidedIsTakenBack(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		bought := h.Buys("vendor", "Miro", "website", "miro.com")
		deciding := h.Assessed([]string{"vendor", "Sketch", "website", "sketch.com"}, nil)
		h.As("nora").Posts("1.1", "I need Figma for us", "https://figma.com")
		noticed := "VN-0003"
		h.IsVendor(noticed, workflows.VendorRequested)
		off := h.Leaves("nora", "told_by", chat("ada"), "new_owner", chat("mona"))
		h.IsVendor(bought, workflows.VendorApproved)
		for _, id := range []string{noticed, deciding} {
			h.IsVendor(id, workflows.VendorWithdrawn)
			if got := labelsOf(h.shows(workflows.CardVendor, id, "vendors")); len(got) > 0 {
				t.Errorf("its card offers %v", got)
			}
		}
		if e := h.last("vendor.changed"); e.Data["withdrawn"] != true || e.Data["because"] != off {
			t.Errorf("got event %+v", e)
		}
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, deciding, nil), "already_decided")
		h.done(h.As("finn").onVendor(workflows.VerbAskAgain, noticed, vendorForm()))
	})
}
