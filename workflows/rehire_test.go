package workflows_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/workflows"
)

func TestAStoppedOnboardingDoesNotComeBackForSomebodyRehired(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		first := h.Joins()
		of := h.Leaves("zoe", "new_owner", "", "confirm", mail("zoe"))
		h.Advance(time.Hour)
		t.Log(first, of, h.Offboarding(of).State)
		h.reopens("zoe")
		h.Reads()
		second := h.Joins("start_date", h.day(60))
		h.Advance(15 * day)
		zoe := h.Person("zoe")
		if zoe.Stage != workflows.StageFuture || h.In(members, "zoe") || h.Onboarding(first).State != workflows.OnboardingStopped {
			t.Errorf("45 days before the start of %s: %s is %s, she is %s as %s, in github %v", second, first, h.Onboarding(first).State, zoe.Stage, zoe.RoleID, h.In(members, "zoe"))
		}
	})
}

func TestAnOldOnboardingCardBringsNoLeaverBack(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	story(t, func(t *testing.T, h *company) {
		on := h.Joins()
		t.Log(h.Steps(on)["account"])
		h.Leaves("zoe", "new_owner", "")
		h.Advance(time.Hour)
		if h.Person("zoe").Stage != workflows.StageLeft {
			t.Fatal(h.Person("zoe").Stage)
		}
		out := h.As("ada").press(workflows.VerbByHand, on, map[string]string{"step": "account", "note": "made it by hand a while ago"})
		h.Settle()
		live := 0
		for _, g := range h.grants() {
			if g.Person == h.Person("zoe").ID && !g.Ended() {
				live++
			}
		}
		if p := h.Person("zoe"); p.Active || live > 0 || len(h.duties("zoe")) > 0 {
			t.Errorf("a press on an old card (%s %s): she left, and is active %v, with %d grants not ended and %d duties", out.Kind, out.Rule, p.Active, live, len(h.duties("zoe")))
		}
	}, func(h *company) {
		h.around = func(a provisioners.Accounts) provisioners.Accounts { return noMaking{a, &broken} }
	})
}

type noMaking struct {
	provisioners.Accounts
	broken *atomic.Bool
}

func (n noMaking) Apply(ctx context.Context, c provisioners.Change) (provisioners.Result, error) {
	if c.Target == provisioners.AccountItself && n.broken.Load() {
		return provisioners.Result{}, &provisioners.Permanent{Reason: "no licence is left", Next: "Buy one."}
	}
	return n.Accounts.Apply(ctx, c)
}

func TestAStoppedOnboardingShowsNoSecondFirstPassword(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		first := h.Joins()
		h.Leaves("zoe", "new_owner", "", "confirm", mail("zoe"))
		h.Advance(time.Hour)
		h.reopens("zoe")
		h.Reads()
		second := h.Joins("start_date", h.day(2))
		a := h.As("mona").Reveals(second)
		b := h.As("mona").Reveals(first)
		if a.Secret != "" && b.Secret != "" {
			t.Errorf("the first password was shown twice, the second time through %s, which is %s", first, h.Onboarding(first).State)
		}
		_ = workflows.StageLeft
		h.Quiet()
	})
}

func TestARehireBeginsWithoutAnEnd(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Joins("start_date", h.day(0))
		h.Arrives("zoe", "Zoe Zander")
		h.Advance(8 * time.Hour)
		of := h.Leaves("zoe", "new_owner", "")
		h.Advance(time.Hour)
		if s := h.Offboarding(of).State; s != workflows.OffboardingCompleted {
			t.Fatal(s)
		}
		h.reopens("zoe")
		h.Reads()
		h.Joins("start_date", h.day(5))
		h.Quiet()
		h.Close()
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Quiet()
		h.ahead.Add(int64(10 * day))
		h.store.Wake()
		h.Quiet()
		zoe := h.Person("zoe")
		if zoe.Stage != workflows.StageActive || !h.In(members, "zoe") {
			t.Errorf("%+v in %v", zoe, h.In(members, "zoe"))
		}
	})
}

func TestAnOnboardingGoesOnWhenTheDepartureIsCalledOff(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		on := h.Joins("start_date", h.day(2))
		h.Arrives("zoe", "Zoe Zander")
		u := h.account("zoe")
		u.Admin = true
		var in []string
		for _, g := range h.google.Groups() {
			if h.In(g.Email, "zoe") {
				in = append(in, g.Email)
			}
		}
		if err := h.google.DeleteUser(u.ID); err != nil {
			t.Fatal(err)
		}
		h.google.AddUser(u)
		for _, g := range in {
			_ = h.google.AddMember(g, u.Email, "")
		}
		of := h.Leaves("zoe")
		if s := h.Offboarding(of).State; s != workflows.OffboardingSecond {
			t.Fatal(s)
		}
		h.Advance(3 * day)
		h.done(h.As("abe").press(workflows.VerbCancel, of, nil))
		h.Settle()
		h.Advance(day)
		if st := h.Steps(on)["org_unit"]; st.State != workflows.StepDone {
			t.Errorf("org_unit is %s with %d jobs", st.State, h.count("SELECT count(*) FROM jobs"))
		}
	})
}

func TestNoFirstPasswordIsShownOfAnAccountThatIsBeingClosed(t *testing.T) {
	var h0 *company
	story(t, func(t *testing.T, h *company) {
		h0 = h
		on := h.Joins()
		h.Arrives("zoe", "Zoe Zander")
		got := h.As("mona").Reveals(on)
		h.Settle()
		h.Advance(time.Hour)
		pw, err := h.google.Password(mail("zoe"))
		if got.Secret != "" && err == nil {
			t.Errorf("the manager has a password of a leaver's account, set %v, must change %v, suspended %v, steps %v", pw.SetAt, pw.MustChange, h.account("zoe").Suspended, h.Steps("OF-0001")["password"].DoneAt)
		}
	}, func(h *company) {
		h.around = func(a provisioners.Accounts) provisioners.Accounts {
			return &slowPassword{Accounts: a, before: func() {
				out := h0.As("ada").Offboards("zoe", "mail", "forward")
				h0.done(out)
				time.Sleep(time.Minute)
			}}
		}
	})
}

type slowPassword struct {
	provisioners.Accounts
	before func()
}

func (s *slowPassword) FirstPassword(ctx context.Context, p provisioners.Person) (string, error) {
	s.before()
	return s.Accounts.FirstPassword(ctx, p)
}

func TestALeaverIsNotOverdueWithAnything(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Joins("start_date", h.day(0))
		h.Arrives("zoe", "Zoe Zander")
		h.Leaves("zoe")
		h.Advance(30 * day)
		if n := len(h.Events("policy.overdue")); n != 0 {
			t.Errorf("%d overdue", n)
		}
	})
}
