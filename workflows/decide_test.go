package workflows_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

func TestOnlyWhoManagesTheAppAndIsIndependentDecides(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.done(h.As("mona").RequestsFor("nora", "github", "member", 8*time.Hour, reason))
		for who, rule := range map[string]string{
			"mona": "not_independent", "nora": "not_independent", "finn": "not_approver", "bea": "not_approver", "ada": "not_approver",
		} {
			out := h.As(who).Approves("AR-000001")
			h.refused(out, rule)
			h.says(out.Message, "Bob Builder")
		}
		h.refused(h.As("finn").Denies("AR-000001", "not on my watch, stranger"), "not_approver")
		h.Settle()
		h.is("AR-000001", "Waiting for approval")
		if n := len(h.Events("action.refused")); n != 6 {
			t.Errorf("got %d refusals, want 6", n)
		}
	})
}

func TestWhoIsNoLongerAnOwnerIsToldSo(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.Settle()
		h.Restart(func(c *workflows.Catalogue) { c.Apps[0].Owners = []string{mail("bea")} })
		out := h.As("bob").Approves(id)
		h.refused(out, "no_longer_approver")
		h.says(out.Message, "Bea Backup")
		h.done(h.As("bea").Approves(id))
		h.Settle()
		h.is(id, "Granted")
	})
}

func TestALevelThatIsGoneFromTheConfigurationIsStillShown(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.Restart(func(c *workflows.Catalogue) { c.Apps = c.Apps[1:] })
		h.Quiet()
		h.Advance(8 * time.Hour)
		h.is(id, "Expired")
	})
}

func TestADecisionOnWhatIsNoLongerAskedIsRefused(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 7*day)
		h.done(h.As("bob").GrantsLess(id, "admin", 8*time.Hour))
		out := h.As("sam").Seeing(1).Approves(id)
		h.refused(out, "content_changed")
		h.says(out.Message, "GitHub · Organization owner for 8 hours")
		h.done(h.As("sam").Seeing(2).Approves(id))
		h.Settle()
		if g := h.Grant(id); g.Duration != 8*time.Hour {
			t.Errorf("got %s, want 8h", g.Duration)
		}
		want := []string{"access_request.created", "access_request.reduced", "access_request.approved", "action.refused"}
		if got := h.History(id)[:4]; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestGrantingLessMakesEarlierApprovalsVoid(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 7*day)
		h.done(h.As("bob").Approves(id))
		h.done(h.As("sam").GrantsLess(id, "admin", 8*time.Hour))
		h.Settle()
		h.is(id, "Waiting for approval (1 of 2)")
		h.done(h.As("bob").Approves(id))
		h.Settle()
		h.is(id, "Granted")
	})
}

func TestALowerLevelCanBeGrantedInstead(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 7*day)
		out := h.As("bob").GrantsLess(id, "admin", 8*day)
		h.wants(out, workflows.OutcomeInvalid, "")
		h.refused(h.As("sam").GrantsLess(id, "member", day), "not_approver") // security alone decides on nothing ordinary
		h.done(h.As("bob").GrantsLess(id, "member", day))
		h.Settle()
		h.is(id, "Granted")
		if !h.In(members, "nora") || h.In(admins, "nora") {
			t.Error("nora did not get the lower level alone")
		}
	})
}

func TestWhoComesSecondIsToldWhoDecided(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		out := h.As("bea").Approves(id)
		h.refused(out, "already_decided")
		h.says(out.Message, "already approved by Bob Builder")
	})
}

func TestRepeatingOnesOwnDecisionIsNeitherDoneNorRecorded(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		h.Settle()
		before := len(h.Ledger())
		out := h.As("bob").Approves(id)
		h.wants(out, workflows.OutcomeAlready, "")
		h.says(out.Message, "Already done", "second, different person")
		h.done(h.As("sam").Denies(id, "not while the audit runs"))
		h.wants(h.As("sam").Denies(id, "not while the audit runs"), workflows.OutcomeAlready, "")
		if after := len(h.Ledger()); after != before+1 {
			t.Errorf("got %d new events, want only the denial", after-before)
		}
	})
}

func TestPrivilegedAccessNeedsTwoDifferentPeople(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "vault", "root", 8*time.Hour)
		h.done(h.As("sam").Approves(id)) // an owner, and in security
		h.Settle()
		h.is(id, "Waiting for approval (1 of 2)")
		if h.In(vault, "nora") {
			t.Fatal("nora is in after one approval")
		}
		out := h.As("sam").Approves(id)
		h.refused(out, "two_people")
		h.says(out.Message, "Sid Secure")
		h.done(h.As("sid").Approves(id))
		h.Settle()
		h.is(id, "Granted")
	})
}

func TestAnApprovalFreezesWhatHeldWhenItWasGiven(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		h.done(h.As("sam").Approves(id))
		for i, want := range []map[string]any{
			{"approver_basis": "owner", "step": 1.0}, {"approver_basis": "security", "step": 2.0},
		} {
			got := h.Events("access_request.approved")[i]
			for k, v := range map[string]any{
				"steps": 2.0, "proof": "slack", "content_version": 1.0, "privileged": true, "in_scope": true, "in_role": false,
				"requester_is": "subject", "duration": "8h", "level": "admin",
			} {
				want[k] = v
			}
			for k, v := range want {
				if got.Data[k] != v {
					t.Errorf("approval %d: %s is %v, want %v", i+1, k, got.Data[k], v)
				}
			}
			if got.Decision != "approve" || got.Source != "slack" || got.WorkflowID != id {
				t.Errorf("approval %d: got %s by %s of %s", i+1, got.Decision, got.Source, got.WorkflowID)
			}
		}
	})
}

func TestADenialNeedsAReasonAndEndsTheRequest(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		out := h.As("bob").Denies(id, "  ")
		h.wants(out, workflows.OutcomeInvalid, "")
		h.done(h.As("bob").Denies(id, "you already have the same by your role"))
		h.Settle()
		h.is(id, "Denied")
		p, _ := h.slack.card(workflows.CardRequester, id, chat("nora"))
		if len(p.view.Actions) > 0 || !slices.ContainsFunc(p.view.Notes, func(v workflows.Value) bool {
			return v.Text == "Denied by Bob Builder: you already have the same by your role"
		}) {
			t.Errorf("nora sees %v and buttons %v", p.view.Notes, p.view.Actions)
		}
		h.refused(h.As("bea").Approves(id), "already_decided")
	})
}

func TestOnlyTheRequesterWithdrawsAndOnlyBeforeADecision(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.refused(h.As("bob").Withdraws(id), "not_requester")
		h.done(h.As("nora").Withdraws(id))
		h.wants(h.As("nora").Withdraws(id), workflows.OutcomeAlready, "")
		h.Settle()
		h.is(id, "Withdrawn")

		id = h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		out := h.As("nora").Withdraws(id)
		h.refused(out, "already_decided")
		h.says(out.Message, "Bob Builder")
	})
}

func TestARequestThatNobodyDecidesLapses(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.Advance(7*day - time.Second)
		h.is(id, "Waiting for approval")
		h.Advance(time.Second)
		h.is(id, "Lapsed")
		h.refused(h.As("bob").Approves(id), "already_decided")
		want := []string{"access_request.created", "access_request.lapsed", "action.refused"}
		if diff := cmp.Diff(want, h.History(id)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestOfTwoAtTheSameMomentOneDecides(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.Settle()
		var outs [2]workflows.Outcome
		var both sync.WaitGroup
		for i, who := range []string{"bob", "bea"} {
			both.Go(func() { outs[i] = h.As(who).Approves(id) })
		}
		both.Wait()
		won, lost := outs[0], outs[1]
		if won.Refused() {
			won, lost = lost, won
		}
		h.done(won)
		h.refused(lost, "already_decided")
		h.Settle()
		if n := len(h.Events("access_request.approved")); n != 1 {
			t.Errorf("got %d approvals, want 1", n)
		}
	}, func(h *company) { h.cat.Apps[0].Owners = []string{mail("bob"), mail("bea")} })
}

func TestRepeatedRefusalsAreCountedInOneMoreEvent(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		for range 5 {
			h.refused(h.As("finn").Approves(id), "not_approver")
		}
		if n := len(h.Events("action.refused")); n != 1 {
			t.Fatalf("got %d events at once, want 1", n)
		}
		h.Advance(10 * time.Minute)
		h.Advance(time.Hour)
		no := h.Events("action.refused")
		if len(no) != 2 || no[0].Data["count"] != 1.0 || no[1].Data["count"] != 4.0 {
			t.Fatalf("got %v, want counts 1 and 4", no)
		}
		if no[1].WorkflowID != id || no[1].Actor.ID != h.Person("finn").ID || no[1].Data["record"] != id {
			t.Errorf("the count is filed under %s by %s", no[1].WorkflowID, no[1].Actor.ID)
		}
		h.refused(h.As("finn").Approves(id), "not_approver")
		if n := len(h.Events("action.refused")); n != 3 {
			t.Errorf("got %d events, want a third after the window", n)
		}
	})
}

func TestGrantingLessThatNobodyCouldCompleteChangesNothing(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 7*day)
		h.Restart(func(c *workflows.Catalogue) { c.Security, c.Admins = nil, nil })
		h.refused(h.As("bob").GrantsLess(id, "admin", 8*time.Hour), "no_independent_approver")
		if r := h.Request(id); r.ContentVersion != 1 || r.Duration != 7*day {
			t.Errorf("got version %d for %s, want the request as it was", r.ContentVersion, r.Duration)
		}
	})
}

func TestAPressOnARecordThatDoesNotExistIsRefused(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		for _, verb := range []workflows.Verb{
			workflows.VerbApprove, workflows.VerbDeny, workflows.VerbReduce, workflows.VerbWithdraw, workflows.VerbRetry, workflows.VerbDone, workflows.VerbConfirm,
		} {
			out, err := h.svc.Act(context.Background(), workflows.Press{
				Verb: verb, Record: "AR-000999", Version: 1, By: workflows.Clicker{ChatID: chat("ada")},
				Values: map[string]string{"reason": "x", "note": "x"},
			})
			if err != nil || verb == workflows.VerbConfirm && out.Rule == "" || out.Rule != "unknown_record" {
				t.Errorf("%s: got %+v, %v, want a refusal", verb, out, err)
			}
		}
	})
}

func TestAnApprovalAfterTheLapseIsRefusedThoughTheCalendarIsLate(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.ahead.Add(int64(8 * day)) // and the calendar has not looked yet
		h.refused(h.As("bob").Approves(id), "already_decided")
	})
}
