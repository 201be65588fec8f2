package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

func TestARequestTravelsFromTheQuestionToItsEnd(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		out := h.As("nora").Requests("github", "member", 8*time.Hour, reason)
		h.done(out)
		h.says(out.Message, "AR-000001", "Bob Builder")
		h.Settle()
		h.is("AR-000001", "Waiting for approval")
		if h.In(members, "nora") {
			t.Fatal("nora is in before anybody approved")
		}

		h.done(h.As("bob").Approves("AR-000001"))
		h.Settle()
		h.is("AR-000001", "Granted")
		if !h.In(members, "nora") {
			t.Fatal("nora is not in the group")
		}

		h.Advance(8 * time.Hour)
		h.is("AR-000001", "Expired")
		if h.In(members, "nora") {
			t.Fatal("nora is still in the group")
		}
		want := []string{
			"access_request.created", "access_request.approved", "grant.started", "grant.provisioned", "grant.verified",
			"grant.expired", "grant.verified_absent",
		}
		if diff := cmp.Diff(want, h.History("AR-000001")); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestAMistakeInTheFormIsShownAtItsFieldAndNotRecorded(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		before := len(h.Ledger())
		for _, tt := range []struct {
			name, app, level string
			d                time.Duration
			why, field       string
		}{
			{"unknown app", "gitlab", "member", 8 * time.Hour, reason, "app"},
			{"unknown level", "github", "emperor", 8 * time.Hour, reason, "level"},
			{"over the cap", "github", "member", 8 * day, reason, "duration"},
			{"no time", "github", "member", 0, reason, "duration"},
			{"short reason", "github", "member", 8 * time.Hour, "because I say so   ", "justification"},
		} {
			out := h.As("nora").Requests(tt.app, tt.level, tt.d, tt.why)
			h.wants(out, workflows.OutcomeInvalid, "")
			if len(out.Fields) != 1 || out.Fields[tt.field] == "" {
				t.Errorf("%s: got fields %v, want only %s", tt.name, out.Fields, tt.field)
			}
		}
		if after := len(h.Ledger()); after != before {
			t.Errorf("got %d new events, want none", after-before)
		}
	})
}

func TestAManagerAsksForADirectReport(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.done(h.As("mona").RequestsFor("nora", "github", "member", 8*time.Hour, reason))
		h.Settle()
		r := h.Request("AR-000001")
		if r.Requester != h.Person("mona").ID || r.Subject != h.Person("nora").ID {
			t.Errorf("got requester %s and subject %s", r.Requester, r.Subject)
		}
		if got := h.Events("access_request.created")[0].Data["requester_is"]; got != "manager" {
			t.Errorf("requester_is is %v, want manager", got)
		}
		if _, ok := h.slack.card(workflows.CardHolder, r.ID, chat("nora")); !ok {
			t.Error("nora was not told that mona asks for her")
		}
		h.done(h.As("bob").Approves(r.ID))
		h.Settle()
		if !h.In(members, "nora") || h.In(members, "mona") {
			t.Error("the access did not go to nora alone")
		}
	})
}

func TestNobodyAsksForSomebodyWhoIsNotTheirReport(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		out := h.As("finn").RequestsFor("nora", "github", "member", 8*time.Hour, reason)
		h.refused(out, "not_report")
		if out.Fields["for"] == "" {
			t.Errorf("got fields %v, want the message at for", out.Fields)
		}
		no := h.Events("action.refused")
		if len(no) != 1 || no[0].Data["rule"] != "not_report" || no[0].Actor.ID != h.Person("finn").ID {
			t.Errorf("got %v, want one refusal of finn", no)
		}
	})
}

func TestARefusedFieldCanBeCorrectedInTheSameForm(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		finn := h.As("finn").Again("view-1")
		h.refused(finn.RequestsFor("nora", "github", "member", 8*time.Hour, reason), "not_report")
		h.done(finn.Requests("github", "member", 8*time.Hour, reason))
	})
}

func TestTheSameSubmissionTwiceIsOneRequest(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		nora := h.As("nora").Again("view-1")
		first, second := nora.Requests("github", "member", 8*time.Hour, reason), nora.Requests("github", "member", 8*time.Hour, reason)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("outcomes differ (-first +second):\n%s", diff)
		}
		if n := len(h.Events("access_request.created")); n != 1 {
			t.Errorf("got %d requests, want 1", n)
		}
	})
}

func TestASecondRequestForTheSameThingIsPointedToTheFirst(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Asks("nora", "github", "member", 8*time.Hour)
		out := h.As("nora").Requests("github", "member", day, reason)
		h.wants(out, workflows.OutcomeInvalid, "")
		h.says(out.Fields["level"], "AR-000001")
		h.done(h.As("nora").Requests("github", "triage", day, reason))
	})
}

func TestSomebodyUnknownIsLookedUpAndCanThenAsk(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddUser(fakegoogle.User{Email: mail("newt"), GivenName: "Newt", FamilyName: "Fresh"})
		h.slack.Change(chat("newt"), func(m *workflows.Member) { m.Email, m.Name = mail("newt"), "Newt Fresh" })
		newt := h.As("newt").Again("view-1")
		h.refused(newt.Requests("github", "member", 8*time.Hour, reason), "unknown_person")
		h.Settle()
		h.done(newt.Requests("github", "member", 8*time.Hour, reason))
		h.done(h.As("bob").Approves("AR-000001"))
		h.Settle()
		h.is("AR-000001", "Granted")
	})
}

func TestWhoMayNotUseItIsRefusedAndRecorded(t *testing.T) {
	for _, tt := range outcasts {
		t.Run(tt.rule, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				v := h.As("finn")
				v.by.Team = tt.team
				h.refused(v.Requests("github", "member", 8*time.Hour, reason), tt.rule)
				no := h.Events("action.refused")
				if len(no) != 1 || no[0].Data["rule"] != tt.rule || no[0].Data["count"] != 1.0 {
					t.Errorf("got %v, want one refusal by %s", no, tt.rule)
				}
			}, tt.makes("finn"))
		})
	}
}

func TestNothingIsAskedForWhoMayNotHoldIt(t *testing.T) {
	for _, tt := range outcasts {
		if tt.team != team {
			continue
		}
		t.Run(tt.rule, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				h.refused(h.As("mona").RequestsFor("nora", "github", "member", 8*time.Hour, reason), tt.rule)
			}, tt.makes("nora"))
		})
	}
}

// outcasts are the reasons for which somebody's clicks do not count.
var outcasts = []outcast{
	{"bot", team, func(m *workflows.Member) { m.Kind = workflows.KindBot }},
	{"outsider", team, func(m *workflows.Member) { m.Kind = workflows.KindOutsider }},
	{"outsider", "T-OTHER", func(m *workflows.Member) {}},
	{"guest", team, func(m *workflows.Member) { m.Kind = workflows.KindGuest }},
	{"no_email", team, func(m *workflows.Member) { m.Email = "" }},
	{"not_active", team, func(m *workflows.Member) { m.Deleted = true }},
}

type outcast struct {
	rule, team string
	change     func(*workflows.Member)
}

func (o outcast) makes(who string) func(*company) {
	return func(h *company) { h.slack.Change(chat(who), o.change) }
}

func TestAnOwnerWithNobodyIndependentIsToldAtOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		out := h.As("wanda").Requests("wiki", "editor", 8*time.Hour, reason)
		h.refused(out, "no_independent_approver")
		h.says(out.Message, "Wiki", "An admin can name another owner")
		if n := h.count("SELECT count(*) FROM requests"); n != 0 {
			t.Errorf("got %d requests, want none", n)
		}
	}, func(h *company) { h.cat.Admins, h.cat.Security = nil, nil })
}
