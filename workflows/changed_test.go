package workflows_test

import (
	"context"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

func TestALevelThatBecamePrivilegedNeedsTwoPeopleAndItsNewLimit(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		week := h.Asks("nora", "github", "member", 7*day)
		hours := h.Asks("mona", "github", "member", 8*time.Hour)
		h.Restart(func(c *workflows.Catalogue) {
			c.Apps[0].Levels[0].Privileged = true
			c.Apps[0].Levels[0].Durations = []time.Duration{8 * time.Hour}
		})
		h.refused(h.As("bob").Approves(week), "not_offered")
		h.done(h.As("bob").Approves(hours))
		h.Settle()
		h.is(hours, "Waiting for approval (1 of 2)")
		h.done(h.As("sam").Approves(hours))
		h.Settle()
		h.is(hours, "Granted")
	})
}

func TestALevelThatIsGoneCanOnlyBeDenied(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.Restart(func(c *workflows.Catalogue) { c.Apps[0].Levels = c.Apps[0].Levels[1:] })
		h.refused(h.As("bob").Approves(id), "not_offered")
		h.done(h.As("bob").Denies(id, "There is no such level any more."))
	})
}

func TestNothingIsGivenToWhoIsNoLongerActive(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		before, during := h.Asks("nora", "github", "member", 8*time.Hour), h.Asks("mona", "github", "member", 8*time.Hour)
		h.slack.Change(chat("nora"), func(m *workflows.Member) { m.Deleted = true })
		h.Reads()
		h.refused(h.As("bob").Approves(before), "not_active")
		h.google.Fail(fakegoogle.Fault{Kind: fakegoogle.Unavailable, Count: 20})
		h.done(h.As("bob").Approves(during))
		if err := h.svc.MemberChanged(context.Background(), workflows.Member{ChatID: chat("mona"), Email: mail("mona"), Name: "Mona Manages", Kind: workflows.KindMember, Deleted: true}); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.is(during, "Failed")
		if h.In(members, "nora") || h.In(members, "mona") {
			t.Error("somebody who is not active was given access")
		}
	})
}

func TestAReadingThatLosesEverybodyIsNotBelieved(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		for _, u := range h.google.Users() {
			if u.Email == mail("root") { // reads for us
				continue
			}
			if err := h.google.Suspend(u.Email); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.svc.Sync(context.Background()); err == nil {
			t.Fatal("a reading that deactivates everybody was believed")
		}
		h.Settle()
		if p := h.Person("bob"); !p.Active {
			t.Error("bob was deactivated")
		}
		if err := h.svc.Start(context.Background(), workflows.StartOptions{
			Effective: []byte("x"), Diff: func(_, _ []byte) []string { return nil }, AcceptLeavers: true,
		}); err != nil || h.Person("bob").Active {
			t.Errorf("an admin's word that so many left was not taken: %v", err)
		}
		if n := len(h.Events("sync.failed")); n != 1 {
			t.Errorf("%d events of a failed reading, want 1", n)
		}
		if told := h.notices("sync/implausible"); len(told) != 1 {
			t.Errorf("compliance was told %d times: %v", len(told), told)
		}
	})
}

func TestAnEndThatGoogleKeepsPuttingOffIsReportedAndStillTried(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.google.Fail(fakegoogle.Fault{Method: "DELETE", Kind: fakegoogle.TooMany, RetryAfter: time.Minute, Count: -1})
		h.ahead.Add(int64(8*time.Hour + time.Minute))
		h.store.Wake()
		time.Sleep(40 * time.Minute)
		if len(h.Events("grant.revoke_failed")) == 0 {
			t.Error("nobody was told that the access is still there")
		}
		h.google.Heal()
		h.Advance(2 * time.Hour)
		h.is(id, "Expired")
		if h.In(members, "nora") {
			t.Error("the access is still there")
		}
	})
}

func TestAShortListOfMembersIsNotBelieved(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.slack.Only(chat("nora"))
		if err := h.svc.Sync(context.Background()); err == nil {
			t.Fatal("a list of one member was believed")
		}
		h.Settle()
		if !h.Person("bob").Active {
			t.Error("bob was deactivated")
		}
	})
}

func TestWhoIsGoneFromSlackAloneStaysInactiveQuietly(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.slack.Without(chat("nora"))
		h.Reads()
		if h.Person("nora").Active {
			t.Error("nora is still active")
		}
		before := len(h.Ledger())
		h.Reads()
		h.Reads()
		if fresh := h.since(before); len(fresh) != 2 {
			t.Errorf("two more readings made %d events, want only themselves", len(fresh))
		}
	})
}

func TestAnAdminsSecondOpinionDoesNotBecomeTheOwners(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		away := func(off bool) {
			for _, who := range []string{"sam", "sid"} {
				h.slack.Change(chat(who), func(m *workflows.Member) { m.Deleted = off })
			}
			h.Reads()
		}
		away(true)
		id := h.Asks("nora", "github", "admin", 8*time.Hour)
		h.done(h.As("ada").Approves(id))
		away(false)
		h.refused(h.As("sam").Approves(id), "step_taken")
		h.done(h.As("bob").Approves(id))
		h.Settle()
		h.is(id, "Granted")
	})
}

func TestAnAddressOfSomebodyElseThatAnAdminLookedAtRaisesNoSecondAlarm(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.slack.Change(chat("finn"), func(m *workflows.Member) { m.Email = mail("bea") })
		h.Reads()
		if h.Person("finn").Hold == "" {
			t.Fatal("finn is not held")
		}
		h.done(h.As("ada").Confirms(h.Person("finn").ID))
		h.Reads()
		if hold := h.Person("finn").Hold; hold != "" {
			t.Errorf("finn is held again: %s", hold)
		}
	})
}

func TestACheckpointMissedWhileDownIsMadeAtTheNextStart(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		before := len(h.Events("audit.checkpointed"))
		h.Close()
		h.ahead.Add(int64(day))
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		if got := len(h.Events("audit.checkpointed")) - before; got != 1 {
			t.Errorf("%d checkpoints for a midnight that passed while down, want 1", got)
		}
	})
}

func TestAGrantThatItsEndOvertakesEndsOnce(t *testing.T) {
	var give gate
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", time.Second)
		h.done(h.As("bob").Approves(id))
		<-give.there
		time.Sleep(time.Minute)
		close(give.open)
		h.Settle()
		h.Advance(time.Hour)
		if n := len(h.Events("grant.verified_absent")); n != 1 || h.In(members, "nora") {
			t.Errorf("ended %d times, in the group: %v; want once and not", n, h.In(members, "nora"))
		}
	}, gated(&give, false, func(c provisioners.Change) bool { return c.Present }))
}
