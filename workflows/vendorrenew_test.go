package workflows_test

import (
	"testing"

	"countersign/workflows"
)

// BuysUntil has a vendor approved whose contract renews in so many days, with a
// notice of thirty.
func (h *company) BuysUntil(days int) string {
	h.t.Helper()
	id := h.Assessed(nil, []string{"renews", h.day(days)})
	h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
	h.Settle()
	return id
}

func (v voice) Renews(id, on string) workflows.Outcome {
	v.h.t.Helper()
	return v.onVendor(workflows.VerbRenew, id, map[string]string{"renews": on, "cost": "15000", "length": "24 months", "note": "Cheaper with two years at once"})
}

func TestARenewalIsToldOfBeforeItsNoticePeriodAndTaken(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysUntil(100) // 10 April; the last day to cancel is 11 March
		h.reaches("2000-02-10", 9)
		for _, who := range []string{"wanda", "cleo"} {
			if !h.told(who, "renews on 10 April 2000", "is 11 March 2000") {
				t.Errorf("%s was not told", who)
			}
		}
		h.refused(h.As("nora").Renews(id, h.day(400)), "not_responsible")
		h.invalid(h.As("wanda").Renews(id, "2000-01-05"), "renews")
		h.done(h.As("wanda").Renews(id, "2002-04-10"))
		h.wants(h.As("wanda").Renews(id, "2002-04-10"), workflows.OutcomeAlready, "")
		h.Settle()
		e := h.last("vendor.renewed")
		if e.Data["from"] != "2000-04-10" || e.Data["to"] != "2002-04-10" {
			t.Errorf("got event %+v", e)
		}
		if v := h.Vendor(id); v.AnnualCost != 15000 || v.Contract.Length != "24 months" {
			t.Errorf("the contract is %+v", v.Contract)
		}
		h.reaches("2000-04-12", 9)
		if h.told("cleo", "nobody said which") {
			t.Error("the old renewal still counted")
		}
	})
}

func TestARenewalThatNobodyAnswersIsSaidAndNotInvented(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.BuysUntil(100)
		h.reaches("2000-03-04", 9)
		h.reaches("2000-04-10", 23)
		if h.told("cleo", "nobody said which") {
			t.Fatal("said before the day was over")
		}
		h.reaches("2000-04-10", 24)
		h.restarts()
		if !h.told("cleo", "nobody said which") || !h.told("compliance", "nobody said which") {
			t.Error("nobody was told")
		}
		if n := len(h.Events("vendor.renewed")); n != 0 {
			t.Error("a renewal was invented")
		}
	})
}
