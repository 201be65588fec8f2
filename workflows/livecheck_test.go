package workflows_test

import (
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

func TestPrivilegedAccessIsNotGivenOnTheWordOrToTheAccountOfWhoIsGone(t *testing.T) {
	for _, tt := range []struct {
		name, who, part string
		change          func(h *company) error
		problem         string
	}{
		{"subject suspended", "nora", "who is to get this", func(h *company) error { return h.google.Suspend(mail("nora")) }, "is suspended"},
		{"subject deleted", "nora", "who is to get this", func(h *company) error { return h.google.DeleteUser(mail("nora")) }, "has no account"},
		{"first approver suspended", "bob", "who approved this", func(h *company) error { return h.google.Suspend(mail("bob")) }, "is suspended"},
		{"second approver deleted", "sam", "who approved this", func(h *company) error { return h.google.DeleteUser(mail("sam")) }, "has no account"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				id := h.Asks("nora", "github", "admin", 8*time.Hour)
				h.done(h.As("bob").Approves(id))
				h.Settle()
				if err := tt.change(h); err != nil {
					t.Fatal(err)
				}
				h.done(h.As("sam").Approves(id)) // the last reading still shows everybody well
				h.Settle()
				h.is(id, "Failed")
				g := h.Grant(id)
				h.says(g.Problem, h.Person(tt.who).Name, tt.part, tt.problem)
				h.says(g.NextStep, "Retry", "new request")
				if h.In(admins, "nora") {
					t.Error("nora got privileged access")
				}
			})
		})
	}
}

func TestOrdinaryAccessDoesNotAskAboutItsApprover(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.google.Suspend(mail("bob")); err != nil {
			t.Fatal(err)
		}
		h.is(h.Gets("nora", "github", "member", 8*time.Hour, "bob"), "Granted")
	})
}

func TestAnApproverWhoseAccountIsNotOnRecordIsReadByAddress(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddUser(fakegoogle.User{Email: mail("olga"), GivenName: "Olga", FamilyName: "Owner"})
		h.slack.Change(chat("olga"), func(m *workflows.Member) { m.Email, m.Name = mail("olga"), "Olga Owner" })
		h.refused(h.As("olga").Approves(h.Asks("nora", "github", "admin", 8*time.Hour)), "unknown_person")
		h.Settle()
		if h.Person("olga").AccountID != "" {
			t.Fatal("this needs an approver who was seen in Slack alone")
		}
		h.done(h.As("olga").Approves("AR-000001"))
		h.done(h.As("sam").Approves("AR-000001"))
		h.Settle()
		h.is("AR-000001", "Granted")
	}, func(h *company) { h.cat.Apps[0].Owners = append(h.cat.Apps[0].Owners, mail("olga")) })
}

func TestADirectoryThatDoesNotAnswerIsAskedAgainBeforePrivilegedAccess(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		h.google.Fail(fakegoogle.Fault{Method: "GET", Path: "/admin/directory/v1/users/*", Kind: fakegoogle.Unavailable, Count: 5})
		h.done(h.As("sam").Approves(id))
		h.Settle()
		h.is(id, "Granted")
	})
}
