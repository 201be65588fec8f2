package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

const (
	memberships = "/admin/directory/v1/groups/*/members"
	membership  = "/admin/directory/v1/groups/*/members/*"
)

func TestAnAlreadyPresentMemberIsReportedAndNeverRemoved(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.WasThere(members, "nora")
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.is(id, "Granted")
		h.Advance(8 * time.Hour)
		h.is(id, "Expired")
		if !h.In(members, "nora") {
			t.Error("a membership that was there before was removed")
		}
		want := []string{
			"access_request.created", "access_request.approved", "grant.started", "grant.already_present", "grant.verified", "grant.expired",
		}
		if diff := cmp.Diff(want, h.History(id)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestWhatGoogleRefusesForGoodFailsAndCanBeRetriedByTheRequester(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.Fail(fakegoogle.Fault{Method: "POST", Path: memberships, Kind: fakegoogle.Forbidden})
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.is(id, "Failed")
		g := h.Grant(id)
		p, _ := h.slack.card(workflows.CardRequester, id, chat("nora"))
		if g.NextStep == "" || !slices.ContainsFunc(p.view.Notes, func(v workflows.Value) bool { return v.Text == "Next step: "+g.NextStep }) {
			t.Errorf("nora is not told the next step %q: %v", g.NextStep, p.view.Notes)
		}
		if len(p.view.Actions) != 1 || p.view.Actions[0].Verb != workflows.VerbRetry {
			t.Errorf("got buttons %v, want Retry", p.view.Actions)
		}
		h.refused(h.As("finn").Retries(id), "not_approver")
		h.done(h.As("nora").Retries(id))
		h.Settle()
		h.is(id, "Granted")
		h.wants(h.As("nora").Retries(id), workflows.OutcomeAlready, "")
		h.Advance(8 * time.Hour)
		if h.In(members, "nora") {
			t.Error("the retried grant did not end")
		}
	})
}

func TestWhatNeverAnswersFailsAfterSixteenAttempts(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.Fail(fakegoogle.Fault{Method: "POST", Path: memberships, Kind: fakegoogle.Unavailable, Count: -1})
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.is(id, "Failed")
		h.says(h.Grant(id).Problem, fmt.Sprint(workflows.MaxAttempts)+" attempts")
		if n := len(h.Events("grant.failed")); n != 1 {
			t.Errorf("got %d failures, want 1", n)
		}
		h.google.Heal()
		h.done(h.As("bob").Retries(id))
		h.Settle()
		h.is(id, "Granted")
	})
}

// TestNoFaultOfGoogleLosesOrDoublesAGrant makes each call of a grant fail in each
// way that passes, once before and once after it took effect.
func TestNoFaultOfGoogleLosesOrDoublesAGrant(t *testing.T) {
	for _, kind := range []fakegoogle.Kind{
		fakegoogle.Unavailable, fakegoogle.BadGateway, fakegoogle.TooMany, fakegoogle.UserRate, fakegoogle.Quota,
		fakegoogle.Unauthorized, fakegoogle.Dropped, fakegoogle.Conflict,
	} {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s applied %v", kind, applied), func(t *testing.T) {
				story(t, func(t *testing.T, h *company) {
					for _, method := range []string{"POST", "GET", "DELETE"} {
						path := membership
						if method == "POST" {
							path = memberships
						}
						h.google.Fail(fakegoogle.Fault{Method: method, Path: path, Kind: kind, Applied: applied, Count: 4})
					}
					id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
					h.is(id, "Granted")
					if !h.Grant(id).Ours {
						t.Error("the membership is not known as ours")
					}
					h.Advance(8*time.Hour + time.Minute)
					h.is(id, "Expired")
					if n := len(h.Events("grant.provisioned")); n != 1 || len(h.Events("grant.verified_absent")) != 1 {
						t.Errorf("got %d provisionings, want 1, and one removal", n)
					}
				})
			})
		}
	}
}

func TestATargetThatIsSlowToShowTheChangeIsWaitedFor(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.Fail(fakegoogle.Fault{Method: "GET", Path: membership, Kind: fakegoogle.Flicker, Skip: 2, Count: 6})
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.is(id, "Granted")
		if len(h.Events("grant.provisioned")) != 1 || !h.Grant(id).Ours {
			t.Error("what Google was slow to show is not one membership of ours")
		}
	})
}

func TestWhoHasNoAccountFailsWithTheReason(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.slack.Change(chat("newt"), func(m *workflows.Member) { m.Email, m.Name = mail("newt"), "Newt Fresh" })
		if err := h.svc.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		id := h.Gets("newt", "github", "member", 8*time.Hour, "bob")
		h.is(id, "Failed")
		h.says(h.Grant(id).Problem, "no account")
		h.Advance(8 * time.Hour)
		h.is(id, "Expired")
	})
}

func TestAnAppWithoutItsProvisionerFailsWithTheNextStep(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.is(id, "Failed")
		h.says(h.Grant(id).NextStep, "An admin")
	}, func(h *company) { h.cat.Apps[0].Levels[0].Provisioner = "okta" })
}
