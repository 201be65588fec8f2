package workflows_test

import (
	"slices"
	"testing"

	"countersign/workflows"
	"countersign/workflows/vendorrisk"
)

func (v voice) Overrides(id, risk string, days int) workflows.Outcome {
	v.h.t.Helper()
	return v.onVendor(workflows.VerbOverride, id, map[string]string{"risk": risk, "reason": "Only test data ever gets there", "until": v.h.day(days)})
}

func (v voice) AgreesOnRisk(id string) workflows.Outcome {
	v.h.t.Helper()
	return v.onVendor(workflows.VerbAgreeRisk, id, nil)
}

func TestARatingByHandTakesTwoPeopleAndEndsByItself(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh()
		for _, who := range []string{"wanda", "nora", "finn"} {
			h.refused(h.As(who).Overrides(id, "low", 60), "not_responsible")
		}
		h.invalid(h.As("cleo").Overrides(id, "low", 366), "until")
		h.invalid(h.As("cleo").Overrides(id, "high", 60), "risk")
		h.done(h.As("cleo").Overrides(id, "low", 60))
		h.wants(h.As("cleo").Overrides(id, "low", 60), workflows.OutcomeAlready, "")
		h.Settle()
		if v := h.Vendor(id); v.Rated() != vendorrisk.High {
			t.Fatal("it counts before anybody agreed")
		}
		if !h.told("sam", "Low", "Only test data") || h.told("ada", "Only test data") {
			t.Error("security is asked about a lower rating, and nobody else")
		}
		if slices.Contains(h.offers("ada", id), "Agree") || !slices.Contains(h.offers("sam", id), "Agree") {
			t.Error("the wrong people are offered to agree")
		}
		h.refused(h.As("cleo").AgreesOnRisk(id), "two_people")
		h.refused(h.As("ada").AgreesOnRisk(id), "not_security")
		h.refused(h.As("wanda").AgreesOnRisk(id), "not_responsible")
		h.done(h.As("sam").AgreesOnRisk(id))
		h.wants(h.As("sam").AgreesOnRisk(id), workflows.OutcomeAlready, "")
		h.Settle()
		if v := h.Vendor(id); v.Rated() != vendorrisk.Low || v.Inherent != vendorrisk.High || v.Review.FullOn > "2000-12-31" {
			t.Errorf("it is %+v", v)
		}
		h.refused(h.As("ada").Overrides(id, "medium", 90), "already_decided")
		h.restarts()
		h.Leap(61 * day)
		if v := h.Vendor(id); v.Rated() != vendorrisk.High {
			t.Error("it did not end")
		}
		if e := h.last("vendor.overridden"); e.Data["ended"] != true || e.Data["rating"] != "low" || e.Source != "calendar" {
			t.Errorf("got event %+v", e)
		}
		if n := len(h.Events("vendor.overridden")); n != 3 {
			t.Errorf("%d events, want proposed, agreed and ended", n)
		}
	})
}

func TestAHigherRatingMakesTheCycleShorter(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.reaches("2000-03-10", 9)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.done(h.As("cleo").Overrides(id, "high", 300))
		h.done(h.As("ada").AgreesOnRisk(id))
		h.Settle()
		if r := h.Vendor(id).Review; r.FullOn != "2000-12-31" || r.CheckOn != "2000-09-08" {
			t.Errorf("the cycle is %+v", r)
		}
	})
}

func TestARatingByHandWhileDecidingIsDecidedOnAnew(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		before := h.Vendor(id).ContentVersion
		h.done(h.As("sam").Overrides(id, "high", 90))
		h.done(h.As("sid").AgreesOnRisk(id))
		h.Settle()
		h.refused(h.As("cleo").Seeing(before).onVendor(workflows.VerbVendorYes, id, nil), "content_changed")
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.IsVendor(id, workflows.VendorDeciding)
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		h.IsVendor(id, workflows.VendorApproved)
	})
}

func TestAProposalThatNobodyAgreesToLapses(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh()
		h.done(h.As("cleo").Overrides(id, "low", 10))
		h.Advance(12 * day)
		if v := h.Vendor(id); v.Override.Rating != vendorrisk.Unassessed {
			t.Errorf("it is still proposed: %+v", v.Override)
		}
		h.refused(h.As("sam").AgreesOnRisk(id), "already_decided")
		if e := h.last("vendor.overridden"); e.Data["agreed"] != false {
			t.Errorf("got event %+v", e)
		}
	})
}

func TestALowerRatingByHandEndsWhenNewAnswersMakeTheRiskHigher(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "2"}, nil)
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sam").Overrides(id, "low", 90))
		h.done(h.As("cleo").AgreesOnRisk(id))
		h.Settle()
		if v := h.Vendor(id); v.Inherent != vendorrisk.Medium || v.Rated() != vendorrisk.Low {
			t.Fatalf("it is %s, rated %s", v.Inherent, v.Rated())
		}
		h.reaches("2000-03-10", 9)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew("same_data", "no")))
		h.Settle()
		if v := h.Vendor(id); v.Rated() != vendorrisk.High || !v.Deciding() {
			t.Errorf("it is rated %s, deciding %t", v.Rated(), v.Deciding())
		}
		if e := h.last("vendor.overridden"); e.Data["ended"] != true || e.Data["outgrown"] != true {
			t.Errorf("got event %+v", e)
		}
	})
}

func TestALowerRatingByHandEndsWhenTheSponsorsNewAnswersMakeTheRiskHigher(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "2"}, nil)
		h.done(h.As("ada").Overrides(id, "low", 60))
		h.done(h.As("sam").AgreesOnRisk(id))
		h.done(h.As("wanda").onVendor(workflows.VerbServices, id, servicesForm("outage", "3")))
		h.Settle()
		if v := h.Vendor(id); v.Rated() != vendorrisk.High {
			t.Errorf("it counts as %s where the answers say %s", v.Rated(), v.Inherent)
		}
		if e := h.last("vendor.overridden"); e.Data["outgrown"] != true {
			t.Errorf("got event %+v", e)
		}
	})
}

func TestAgreeingToARatingCountsForTheProposalOnTheScreenOnly(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh()
		h.done(h.As("cleo").Overrides(id, "medium", 30))
		seen := h.Vendor(id).ContentVersion
		h.done(h.As("cleo").Overrides(id, "low", 365))
		h.Settle()
		h.refused(h.As("sam").Seeing(seen).AgreesOnRisk(id), "content_changed")
		if v := h.Vendor(id); v.Rated() != vendorrisk.High {
			t.Errorf("it counts as %s", v.Rated())
		}
		h.done(h.As("sam").AgreesOnRisk(id))
	})
}

func TestTheEndOfALowerRatingByHandAsksForAFullReEvaluationByTwoPeople(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, []string{"assurance", "3", "report_kind", "none", "report_notes", ""})
		h.done(h.As("ada").Overrides(id, "low", 3))
		h.done(h.As("sam").AgreesOnRisk(id))
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.IsVendor(id, workflows.VendorApproved)
		h.Advance(5 * day)
		if r := h.Vendor(id).Review; r.Kind != workflows.ReviewFull || r.DueOn != "2000-02-04" {
			t.Fatalf("High with one approval and no report, and its review is %+v", r)
		}
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew("assurance", "3")))
		h.Settle()
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "report_missing")
	})
}
