package workflows_test

import (
	"context"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// Reads reads all people again.
func (h *company) Reads() {
	h.t.Helper()
	if err := h.svc.Sync(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.Settle()
}

func TestPeopleComeFromSlackAndGoogleJoinedByAddress(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		nora, mona, root := h.Person("nora"), h.Person("mona"), h.Person("root")
		if nora.ChatID != chat("nora") || nora.AccountID == "" || nora.ManagerID != mona.ID || !nora.Active {
			t.Errorf("nora is %+v, want her Slack id, her account and her manager %s", nora, mona.ID)
		}
		if root.ChatID != "" || root.AccountID == "" {
			t.Errorf("root is %+v, want somebody whom Google alone knows", root)
		}
		if got, want := h.count("SELECT count(*) FROM people"), int64(len(cast)); got != want {
			t.Errorf("got %d people, want %d", got, want)
		}
		before := len(h.Ledger())
		h.Reads()
		if fresh := h.since(before); len(fresh) != 1 || fresh[0].Type != "sync.ran" || fresh[0].Data["changed"] != 0.0 {
			t.Errorf("a second reading changed something: %v", fresh)
		}
	})
}

func TestAnAliasInSlackIsTheSamePerson(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		p := h.Person("newt")
		if p.ChatID != chat("newt") || p.AccountID == "" {
			t.Errorf("got %+v, want Slack and Google joined", p)
		}
	}, func(h *company) {
		h.google.AddUser(fakegoogle.User{Email: mail("newt"), Aliases: []string{"newton@acme.example"}, GivenName: "Newt", FamilyName: "Fresh"})
		h.slack.Change(chat("newt"), func(m *workflows.Member) { m.Email, m.Name = "newton@acme.example", "Newt Fresh" })
	})
}

func TestAChangedManagerMayAskAndTheFormerOneMayNot(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.google.DeleteUser(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.google.AddUser(fakegoogle.User{Email: mail("nora"), GivenName: "Nora", FamilyName: "Newcomer", ManagerEmail: mail("finn")})
		h.Reads()
		h.refused(h.As("mona").RequestsFor("nora", "github", "member", 8*time.Hour, reason), "not_report")
		h.done(h.As("finn").RequestsFor("nora", "github", "member", 8*time.Hour, reason))
	})
}

func TestWhoIsSwitchedOffInEitherDirectoryIsInactiveAndCanReturn(t *testing.T) {
	for name, off := range map[string]func(h *company) error{
		"deactivated in Slack": func(h *company) error {
			h.slack.Change(chat("nora"), func(m *workflows.Member) { m.Deleted = true })
			return nil
		},
		"suspended in Google": func(h *company) error { return h.google.Suspend(mail("nora")) },
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				if err := off(h); err != nil {
					t.Fatal(err)
				}
				h.Reads()
				h.refused(h.As("nora").Requests("github", "member", 8*time.Hour, reason), "not_active")
				h.slack.Change(chat("nora"), func(m *workflows.Member) { m.Deleted = false })
				if err := h.google.DeleteUser(mail("nora")); err != nil {
					t.Fatal(err)
				}
				h.google.AddUser(fakegoogle.User{Email: mail("nora"), GivenName: "Nora", FamilyName: "Newcomer"})
				h.Reads()
				h.done(h.As("nora").Requests("github", "member", 8*time.Hour, reason))
			})
		})
	}
}

func TestSlackAloneDoesNotBringBackWhoGoogleSuspended(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		m, err := h.slack.Member(context.Background(), chat("nora"))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.svc.MemberChanged(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		h.refused(h.As("nora").Requests("github", "member", 8*time.Hour, reason), "not_active")
	})
}

func TestAReadingThatFailsChangesNobody(t *testing.T) {
	for name, fail := range map[string]func(h *company){
		"Slack": func(h *company) { h.slack.Unreadable(true) },
		"Google, on its second page": func(h *company) {
			h.google.Fail(fakegoogle.Fault{Path: "/admin/directory/v1/users", Kind: fakegoogle.Forbidden})
		},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				h.slack.Change(chat("nora"), func(m *workflows.Member) { m.Deleted = true })
				fail(h)
				if err := h.svc.Sync(context.Background()); err == nil {
					t.Fatal("Sync returned no error")
				}
				h.Settle()
				if !h.Person("nora").Active {
					t.Error("a failed reading changed nora")
				}
				if n := len(h.Events("sync.failed")); n != 1 {
					t.Errorf("got %d of sync.failed, want 1", n)
				}
			})
		})
	}
}

func TestWhoDecidesIsAskedAnewWhenAnOwnerLeaves(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.Settle()
		if _, ok := h.slack.card(workflows.CardApprover, id, chat("bea")); ok {
			t.Fatal("the backup was asked although the owner is there")
		}
		h.slack.Change(chat("bob"), func(m *workflows.Member) { m.Deleted = true })
		h.Reads()
		if _, ok := h.slack.card(workflows.CardApprover, id, chat("bea")); !ok {
			t.Fatal("nobody was asked in the place of the owner who left")
		}
		h.refused(h.As("bob").Approves(id), "not_active")
		h.done(h.As("bea").Approves(id))
		h.Settle()
		h.is(id, "Granted")
		if got := h.Events("access_request.approved")[0].Data["approver_basis"]; got != "backup" {
			t.Errorf("basis is %v, want backup", got)
		}
	})
}

func TestAGuestWithACompanyAccountStaysAGuest(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Reads()
		if k := h.Person("finn").Kind; k != workflows.KindGuest {
			t.Errorf("finn is a %s, want a guest", k)
		}
	}, func(h *company) {
		h.slack.Change(chat("finn"), func(m *workflows.Member) { m.Kind = workflows.KindGuest })
	})
}

func TestSomebodyFromOutsideIsNotJoinedByTheAddressTheyGive(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		bob := h.Person("bob")
		h.slack.Change("U0MALLORY", func(m *workflows.Member) {
			m.Email, m.Name, m.Kind = mail("bob"), "Mallory Elsewhere", workflows.KindOutsider
		})
		h.Reads()
		if p := h.Person("bob"); p != bob {
			t.Errorf("bob became %+v", p)
		}
	})
}
