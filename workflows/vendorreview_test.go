package workflows_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"countersign/workflows"
	"countersign/workflows/vendorrisk"
)

func TestANewVendorIsCheckedAfterNinetyDaysAndReEvaluatedAfterAYear(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		start := workflows.Day(h.day(0))
		id := h.Buys()
		if r := h.Vendor(id).Review; string(r.CheckOn) != h.day(90) || string(r.FullOn) != h.day(365) || r.Kind != "" {
			t.Fatalf("the cycle is %+v", r)
		}
		h.Advance(67 * day)
		if h.changes("review_opened") != 0 {
			t.Fatal("it opened more than a quarter of the cycle before")
		}
		h.Advance(2 * day)
		r := h.Vendor(id).Review
		if r.Kind != workflows.ReviewFirst || r.DueOn != workflows.Day("2000-03-31") || start != "2000-01-01" {
			t.Fatalf("the open review is %+v", r)
		}
		if !h.told("wanda", "Figma", "31 March 2000") {
			t.Error("the sponsor was not told")
		}
		if got := labelsOf(h.shows(workflows.CardVendorSponsor, id, chat("wanda"))); !slices.Contains(got, "Re-evaluate") {
			t.Errorf("the sponsor's card offers %v", got)
		}
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.Settle()
		e := h.last("vendor.reviewed")
		if e.Data["kind"] != workflows.ReviewFirst || e.Data["continue"] != true || e.Data["attestation"] != true || e.Data["days_late"] != 0.0 || e.Actor.ID != h.Person("wanda").ID {
			t.Errorf("got event %+v", e)
		}
		r = h.Vendor(id).Review
		if r.Kind != "" || r.CheckOn != "" || r.FullOn != "2000-12-31" || r.Continue != "yes" || r.DecidedBy != h.Person("wanda").ID {
			t.Errorf("the cycle goes on as %+v", r)
		}
		h.wants(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()), workflows.OutcomeAlready, "")
		h.reaches("2000-12-01", 9)
		if r := h.Vendor(id).Review; r.Kind != workflows.ReviewFull || r.DueOn != "2000-12-31" {
			t.Errorf("a month before the year is over the review is %+v", r)
		}
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.Settle()
		if r := h.Vendor(id).Review; r.FullOn != "2001-12-01" {
			t.Errorf("the next full one is due on %s", r.FullOn)
		}
	})
}

func TestOnlyTheSponsorReEvaluatesWhileThereIsOne(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		for _, who := range []string{"nora", "cleo", "ada", "sam"} {
			h.refused(h.As(who).onVendor(workflows.VerbEvaluate, id, evaluation()), "not_responsible")
		}
		h.invalid(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation("checked", " ")), "checked")
		h.invalid(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation("continue", "")), "continue")
		h.slack.Change(chat("wanda"), func(m *workflows.Member) { m.Deleted = true })
		h.Reads()
		h.done(h.As("cleo").onVendor(workflows.VerbEvaluate, id, evaluation()))
	})
}

func TestALateReEvaluationIsRemindedOfEscalatedOnceAndCounted(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.reaches("2000-03-24", 9)
		if !h.told("wanda", "is due by 31 March 2000 and still") {
			t.Error("no reminder a week before")
		}
		h.reaches("2000-03-31", 9)
		if !h.told("wanda", "is due today, 31 March 2000") {
			t.Error("no reminder on the day")
		}
		h.reaches("2000-04-07", 8)
		if h.told("cleo", "was due on") {
			t.Error("escalated too early")
		}
		h.reaches("2000-04-07", 9)
		for _, who := range []string{"cleo", "ada", "abe", "compliance"} {
			if !h.told(who, "Figma", "Wanda Wiki") {
				t.Errorf("%s was not told", who)
			}
		}
		h.restarts()
		h.Leap(3 * day)
		if n := h.changes("review_overdue"); n != 1 {
			t.Errorf("%d events say that it is overdue, want 1", n)
		}
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.Settle()
		if e := h.last("vendor.reviewed"); e.Data["days_late"] != 10.0 {
			t.Errorf("it is counted as %v days late, want 10", e.Data["days_late"])
		}
	})
}

func TestAMissedOpeningIsMadeUpForAfterARestart(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.Close()
		h.rob("DELETE FROM calendar")
		h.ahead.Add(int64(80 * day))
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		if h.Vendor(id).Review.Kind != workflows.ReviewFirst || h.changes("review_opened") != 1 {
			t.Errorf("the review is %+v", h.Vendor(id).Review)
		}
	})
}

func TestOtherDataOrAccessAsksAllQuestionsAgain(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.reaches("2000-03-10", 9)
		f := h.form(workflows.VerbEvaluate, id, nil)
		if _, there := asks(f, "outage"); there {
			t.Error("a first check asks all questions")
		}
		f = h.form(workflows.VerbEvaluate, id, evaluation("same_data", "no"))
		q, there := asks(f, "outage")
		if !there || q.Value != "1" {
			t.Errorf("with other data it asks %+v, want the last answer", q)
		}
		h.invalid(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation("same_data", "no")), "data")
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew("same_data", "no")))
		h.Settle()
		v := h.Vendor(id)
		if !v.Review.Deciding || v.Inherent != vendorrisk.High || v.State != workflows.VendorApproved || v.Round != 2 {
			t.Fatalf("a vendor that became High is %+v", v)
		}
		h.wants(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()), workflows.OutcomeAlready, "")
		h.done(h.As("ada").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sid").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		if r := h.Vendor(id).Review; r.Deciding || r.Kind != "" || r.FullOn != "2001-03-10" || r.CheckOn != "2000-09-08" {
			t.Errorf("decided anew, its cycle is %+v", r)
		}
	})
}

func TestACriticalVendorIsReEvaluatedInFullAfterSixMonthsAndDecidedAnew(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh("access", "2")
		h.reaches("2000-03-10", 9)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.Settle()
		if r := h.Vendor(id).Review; r.FullOn != "2000-07-01" || r.CheckOn != "" {
			t.Fatalf("the cycle is %+v", r)
		}
		h.reaches("2000-06-02", 9)
		h.invalid(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()), "outage")
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew("access", "2")))
		h.Settle()
		if v := h.Vendor(id); !v.Deciding() || !v.InForce() {
			t.Fatalf("it is %s, deciding %t", v.State, v.Deciding())
		}
		h.refused(h.As("wanda").onVendor(workflows.VerbVendorYes, id, nil), "not_independent")
		h.done(h.As("cleo").onVendor(workflows.VerbVendorNo, id, map[string]string{"reason": "They were breached and kept silent"}))
		h.Settle()
		h.IsVendor(id, workflows.VendorEnding)
	})
}

func TestAVendorThatIsNotContinuedIsTerminated(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.reaches("2000-03-10", 9)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation("continue", "no", "still_used", "no")))
		h.Settle()
		v := h.Vendor(id)
		if v.State != workflows.VendorEnding || v.Review.Continue != "no" || v.Used {
			t.Errorf("it is %+v", v)
		}
		if n := len(h.Events("vendor.action_opened")); n != 2 {
			t.Errorf("%d actions are open, want 2", n)
		}
	})
}

func TestAReEvaluationCanOpenACorrectiveAction(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.reaches("2000-03-10", 9)
		h.invalid(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation("action", "Turn on single sign-on")), "action_owner")
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation("action", "Turn on single sign-on", "action_owner", chat("bob"), "action_due", h.day(14))))
		h.Settle()
		v := h.shows(workflows.CardVendorAction, id+"/A1", chat("bob"))
		if v.Title != "Turn on single sign-on" || !slices.Contains(labelsOf(v), "Close action") {
			t.Errorf("the owner sees %+v", v)
		}
	})
}

func TestConditionsEndWithAReEvaluationAtOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		h.done(h.As("cleo").onVendor(workflows.VerbVendorIf, id, map[string]string{"conditions": "No customer data before there is a report", "until": h.day(60)}))
		h.Settle()
		until := h.Vendor(id).Until
		h.reaches("2000-01-31", 9)
		if !h.told("wanda", "under conditions until 1 March 2000") {
			t.Error("no reminder 30 days before")
		}
		h.reaches(until, 23)
		if h.changes("conditions_ended") != 0 {
			t.Error("ended before its day was over")
		}
		h.reaches(until, 24)
		v := h.Vendor(id)
		if v.Review.Kind != workflows.ReviewConditions || v.Review.DueOn != until || h.changes("conditions_ended") != 1 || !h.told("cleo", "ended on 1 March 2000") {
			t.Fatalf("the review is %+v", v.Review)
		}
		h.says(h.shows(workflows.CardVendor, id, "vendors").Status, "Conditions expired")
		h.restarts()
		if n := h.changes("conditions_ended"); n != 1 {
			t.Errorf("%d events say that the conditions ended, want 1", n)
		}
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		if v := h.Vendor(id); v.State != workflows.VendorApproved || v.Review.Kind != "" || v.Until != "" {
			t.Errorf("decided anew it is %+v", v)
		}
	})
}

func TestWhatWasCheckedStaysOutOfTheLeaf(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew("data", "1", "data_types", "")))
		h.Settle()
		if e := h.last("vendor.reviewed"); strings.Contains(e.body, looked) {
			t.Error("the ledger has it in clear")
		}
	})
}

func TestWhoBecomesSponsorWhileARenewedApprovalIsOpenHasNotGivenHalfOfIt(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh()
		h.Advance(40 * day)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew()))
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("ada").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("cleo")}))
		h.Settle()
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		if v := h.Vendor(id); !v.Review.Deciding {
			t.Error("the approval of its own sponsor counted")
		}
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "not_independent")
		h.done(h.As("abe").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		if v := h.Vendor(id); v.Review.Deciding {
			t.Error("two others approved and it still waits")
		}
	})
}

func TestADecisionOnALightCheckDoesNotPutTheFullReEvaluationOff(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, []string{"report_expires", "2000-02-20"})
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.reaches("2000-03-26", 9)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		h.done(h.As("cleo").onVendor(workflows.VerbCompensate, id, map[string]string{"note": "We tested their sign-in and their backups ourselves"}))
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		if r := h.Vendor(id).Review; r.Deciding || r.FullOn != "2000-12-31" {
			t.Errorf("the cycle is %+v, want all questions again a year after they were asked", r)
		}
	})
}

func TestACompensatingReviewDoesNotOutlastTheNextFullReEvaluation(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, []string{"assurance", "3", "report_kind", "none", "report_notes", ""})
		h.done(h.As("cleo").onVendor(workflows.VerbCompensate, id, map[string]string{"note": "We tested their sign-in and their backups ourselves"}))
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.reaches("2000-03-10", 9)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
		if v := h.Vendor(id); v.Review.Deciding || v.About.Compensating == "" {
			t.Errorf("after a light check it is %+v", v.Review)
		}
		h.reaches("2000-12-20", 9)
		if v := h.Vendor(id); v.Review.Kind == workflows.ReviewCheck {
			h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluation()))
			h.Settle()
		}
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew("assurance", "3")))
		h.Settle()
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "report_missing")
	})
}

func TestWhoReEvaluatesWithoutASponsorDoesNotDecideOnIt(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.sponsoredBy("bob")
		h.Leaves("bob", "told_by", chat("ada"), "new_owner", chat("mona"))
		h.done(h.As("cleo").onVendor(workflows.VerbEvaluate, id, evaluationAnew("same_data", "no")))
		h.Settle()
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "not_independent")
		h.done(h.As("ada").onVendor(workflows.VerbSponsor, id, map[string]string{"sponsor": chat("wanda")}))
		h.refused(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil), "not_independent")
		h.done(h.As("ada").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		if v := h.Vendor(id); v.Review.Deciding {
			t.Error("two others approved and it still waits")
		}
	})
}

func TestAfterARestartNobodyIsToldThatSomethingPastIsDueToday(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		h.done(h.As("cleo").onVendor(workflows.VerbVendorIf, id, map[string]string{"conditions": "No customer data before there is a report", "until": h.day(60)}))
		h.reaches("2000-03-04", 10)
		if v := h.Vendor(id); v.Review.DueOn != "2000-03-01" {
			t.Fatalf("the review is %+v", v.Review)
		}
		h.restarts()
		if h.told("wanda", "is due today") {
			t.Error("its sponsor reads on 4 March that 1 March is today")
		}
	})
}

func TestAReEvaluationThatNobodyDecidesOnIsEscalatedOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh()
		h.reaches("2000-02-10", 9)
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew()))
		h.reaches("2000-02-17", 8)
		if h.told("cleo", "nobody has decided") {
			t.Error("told before a week was over")
		}
		h.reaches("2000-02-17", 9)
		h.restarts()
		h.Leap(100 * day)
		if n := h.changes("review_undecided"); n != 1 || !h.told("cleo", "nobody has decided", "Cleo Complies") || !h.told("compliance", "nobody has decided") {
			t.Errorf("%d events say that nobody decides, want 1, and who leads and the channel know", n)
		}
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
		h.Leap(60 * day)
		if n := h.changes("review_undecided"); n != 1 {
			t.Errorf("%d events after it was decided", n)
		}
	})
}

func TestAReEvaluationOutOfTurnThatWaitsForADecisionIsNotListedAsWithoutADate(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh()
		h.done(h.As("wanda").onVendor(workflows.VerbEvaluate, id, evaluationAnew()))
		h.Settle()
		l, no, err := h.svc.VendorList(context.Background(), h.As("cleo").by, workflows.Query{View: "coverage"})
		if err != nil || no != nil {
			t.Fatal(no, err)
		}
		for _, r := range l.Rows {
			if r.Record == id && slices.Contains(r.Cells, "no next review date") {
				t.Errorf("it is listed as %v", r.Cells)
			}
		}
	})
}
