package workflows_test

import (
	"testing"
	"time"

	"countersign/workflows"
)

// impostors are the ways in which bob's identity becomes doubtful.
var impostors = map[string]func(h *company){
	"a second Slack account with the same address": func(h *company) {
		h.slack.Change("U0BOB2", func(m *workflows.Member) { m.Email, m.Name = mail("bob"), "Bob Double" })
	},
	"a changed address": func(h *company) {
		h.slack.Change(chat("bob"), func(m *workflows.Member) { m.Email = "robert@elsewhere.example" })
	},
	"the address of somebody else": func(h *company) {
		h.slack.Change(chat("bob"), func(m *workflows.Member) { m.Email = mail("nora") })
	},
}

func TestWhoseIdentityIsDoubtfulCannotDecideUntilAnotherAdminConfirms(t *testing.T) {
	for name, happens := range impostors {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				id := h.Asks("nora", "github", "member", 8*time.Hour)
				bob := h.Person("bob").ID
				happens(h)
				h.Reads()
				h.refused(h.As("bob").Approves(id), "identity_hold")
				for _, who := range []string{"ada", "abe", "sam", "sid"} {
					if _, ok := h.slack.card(workflows.CardIdentity, bob, chat(who)); !ok {
						t.Errorf("%s was not alarmed", who)
					}
				}
				before := len(h.Ledger())
				h.Reads()
				if n := len(h.since(before)); n != 1 {
					t.Errorf("the same doubt made %d more events, want only the reading", n-1)
				}
				h.refused(h.As("sam").Confirms(bob), "not_admin")
				h.refused(h.As("bob").Confirms(bob), "not_independent")
				h.done(h.As("ada").Confirms(bob))
				h.wants(h.As("abe").Confirms(bob), workflows.OutcomeAlready, "")
				h.Settle()
				out := h.As("bob").Approves(id)
				if name == "a changed address" { // the configuration names the old one
					h.refused(out, "no_longer_approver")
					return
				}
				h.done(out)
			})
		})
	}
}

func TestAnAdminDoesNotConfirmThemselves(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		ada := h.Person("ada").ID
		h.slack.Change("U0ADA2", func(m *workflows.Member) { m.Email, m.Name = mail("ada"), "Ada Double" })
		h.Reads()
		h.refused(h.As("ada").Confirms(ada), "not_independent")
		h.slack.Change("U0ABE2", func(m *workflows.Member) { m.Email, m.Name = mail("abe"), "Abe Double" })
		h.Reads()
		h.refused(h.As("abe").Confirms(ada), "identity_hold")
	})
}

func TestASecondAccountChangesNothingAboutThePerson(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		before := h.Person("bob")
		impostors["a second Slack account with the same address"](h)
		h.Reads()
		after := h.Person("bob")
		if after.Hold == "" {
			t.Fatal("bob is not held")
		}
		after.Hold, after.OtherChat, after.Version = before.Hold, before.OtherChat, before.Version
		if after != before {
			t.Errorf("bob became %+v, was %+v", after, before)
		}
		h.refused(voice{h: h, by: workflows.Clicker{ChatID: "U0BOB2", Team: team}}.Requests("github", "member", 8*time.Hour, reason), "unknown_person")
	})
}

func TestASecondAccountThatAnAdminLookedAtRaisesNoSecondAlarm(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		impostors["a second Slack account with the same address"](h)
		h.Reads()
		h.done(h.As("ada").Confirms(h.Person("bob").ID))
		before := len(h.Ledger())
		h.Reads()
		if fresh := h.since(before); len(fresh) != 1 || h.Person("bob").Hold != "" {
			t.Errorf("the same second account made %d events and the hold %q, want only the reading", len(fresh), h.Person("bob").Hold)
		}
	})
}
