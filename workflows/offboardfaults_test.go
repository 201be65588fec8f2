package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// shaky is a provisioner of accounts of which one target goes wrong a number of
// times, before it did anything or after.
type shaky struct {
	provisioners.Accounts
	target string
	left   *atomic.Int64 // counted by many steps at once
	after  bool
	hurt   func() error // what happens; its error is the call's
}

func (s shaky) Apply(ctx context.Context, c provisioners.Change) (r provisioners.Result, err error) {
	return r, s.call(c.Target, func() (err error) { r, err = s.Accounts.Apply(ctx, c); return err })
}

func (s shaky) Read(ctx context.Context, c provisioners.Change) (o provisioners.Observation, err error) {
	if c.Target != provisioners.AccountSnapshot && c.Target != provisioners.AccountAnything {
		return s.Accounts.Read(ctx, c)
	}
	err = s.call(c.Target, func() (err error) { o, err = s.Accounts.Read(ctx, c); return err })
	return o, err
}

func (s shaky) call(target string, do func() error) error {
	hit := target == s.target && s.left.Add(-1) >= 0
	if hit && !s.after {
		return s.hurt()
	}
	if err := do(); err != nil || !hit {
		return err
	}
	return s.hurt()
}

// leaverTargets are all targets of an offboarding's steps.
var leaverTargets = []string{
	provisioners.AccountSnapshot, provisioners.AccountPassword, provisioners.AccountRecovery, provisioners.AccountAdmin, provisioners.AccountSessions,
	provisioners.AccountTokens, provisioners.AccountAppKeys, provisioners.AccountBackup, provisioners.AccountMail, provisioners.AccountOwnership,
	provisioners.AccountGroups, provisioners.AccountOrgUnit, provisioners.AccountSignIn, provisioners.AccountFiles, provisioners.AccountAnything,
}

// TestEveryStepMayFailBeforeAndAfterItsEffect fails each step twice with an error
// that passes, and kills the process in the middle of each.
func TestEveryStepMayFailBeforeAndAfterItsEffect(t *testing.T) {
	for _, target := range leaverTargets {
		for _, after := range []bool{false, true} {
			for _, die := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s after %v death %v", target, after, die), func(t *testing.T) {
					var left atomic.Int64
					left.Store(2)
					story(t, func(t *testing.T, h *company) {
						worker(h, "nora")
						out := h.As("ada").Offboards("nora")
						h.done(out)
						for die && left.Load() > 0 {
							h.UntilDeath()
							if left.Load() > 0 { // a pause, or the transfer
								time.Sleep(time.Second)
								continue
							}
						}
						if die {
							h.UntilDeath()
							h.Restart()
						}
						h.Settle()
						h.Advance(time.Hour)
						h.complete(out.Record, "nora")
					}, func(h *company) {
						h.around = func(a provisioners.Accounts) provisioners.Accounts {
							return shaky{a, target, &left, after, func() error {
								if die && left.Load() <= 0 {
									h.kill()
								}
								return errors.New("the line went dead")
							}}
						}
					})
				})
			}
		}
	}
}

// complete makes sure that somebody is out, once and for all.
func (h *company) complete(id, who string) {
	h.t.Helper()
	off := h.Offboarding(id)
	if off.State != workflows.OffboardingCompleted {
		for _, st := range h.Steps(id) {
			if !st.Over() {
				h.t.Logf("%s %s %s", st.Name, st.State, st.Problem)
			}
		}
		h.t.Fatalf("%s is %s", id, off.State)
	}
	u := h.account(who)
	tokens, _ := h.google.Tokens(mail(who))
	keys, _ := h.google.AppPasswords(mail(who))
	if !u.Suspended || len(tokens)+len(keys) > 0 || u.OrgUnit != "/Offboarded" {
		h.t.Errorf("suspended %v, tokens %v, app passwords %v, org unit %s", u.Suspended, tokens, keys, u.OrgUnit)
	}
	if n := len(h.google.Transfers()); n != 1 {
		h.t.Errorf("%d transfers, want 1", n)
	}
	for _, kind := range []string{"offboarding.started", "offboarding.completed", "person.left"} {
		if n := len(h.Events(kind)); n != 1 {
			h.t.Errorf("%s %d times", kind, n)
		}
	}
}

func TestAStepThatGoogleRefusesHoldsUpNoOtherAndIsSettledByAPerson(t *testing.T) {
	var left atomic.Int64
	left.Store(1000)
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		st := h.Steps(id)["tokens"]
		if st.State != workflows.StepFailed || !h.account("nora").Suspended {
			t.Fatalf("tokens is %s, suspended %v", st.State, h.account("nora").Suspended)
		}
		card := h.checklist(id)
		h.says(card.Status, "Failed")
		h.refused(h.As("finn").press(workflows.VerbRetry, id, nil), "not_admin")
		h.done(h.As("abe").press(workflows.VerbRetry, id, nil))
		h.Settle()
		if st := h.Steps(id)["tokens"]; st.State != workflows.StepFailed {
			t.Fatalf("tokens is %s after a retry that fails", st.State)
		}
		h.refused(h.As("finn").press(workflows.VerbByHand, id, map[string]string{"step": "tokens", "note": note}), "not_admin")
		h.wants(h.As("abe").press(workflows.VerbByHand, id, map[string]string{"step": "tokens", "note": " "}), workflows.OutcomeInvalid, "")
		h.done(h.As("abe").press(workflows.VerbByHand, id, map[string]string{"step": "tokens", "note": "taken away in the Admin console by hand"}))
		h.Settle()
		if off := h.Offboarding(id); off.State != workflows.OffboardingCompleted {
			t.Errorf("it is %s", off.State)
		}
		if got := len(h.Events("offboarding.step_failed")); got != 2 {
			t.Errorf("%d failures are recorded, want 2", got)
		}
	}, func(h *company) {
		h.around = func(a provisioners.Accounts) provisioners.Accounts {
			return shaky{a, provisioners.AccountTokens, &left, false, func() error {
				return &provisioners.Permanent{Reason: "the scope admin.directory.user.security is missing", Next: "A super administrator can add it."}
			}}
		}
	})
}

func TestATransferThatFailsWaitsForAPersonAndIsTriedOnceMore(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora")
		h.Advance(12 * time.Hour)
		if st := h.Steps(id)["files"]; st.State != workflows.StepFailed {
			t.Fatalf("files is %s", st.State)
		}
		if n := len(h.google.Transfers()); n != 1 {
			t.Errorf("%d transfers without a person's wish", n)
		}
		h.google.FailTransfers("")
		h.done(h.As("abe").press(workflows.VerbRetry, id, nil))
		h.Settle()
		h.Advance(12 * time.Hour)
		if off := h.Offboarding(id); off.State != workflows.OffboardingCompleted || len(h.google.Transfers()) != 2 {
			t.Errorf("it is %s after %d transfers", off.State, len(h.google.Transfers()))
		}
	}, func(h *company) { h.google.FailTransfers("55656082996") })
}

func TestAnAccountOnHoldIsSuspendedButNotTransferred(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		st := h.Steps(id)["files"]
		if st.State != workflows.StepFailed || !strings.Contains(strings.ToLower(st.Problem), "hold") || !h.account("nora").Suspended {
			t.Errorf("files is %s: %s; suspended %v", st.State, st.Problem, h.account("nora").Suspended)
		}
	}, func(h *company) {
		if err := h.google.Hold(mail("nora")); err != nil {
			h.t.Fatal(err)
		}
	})
}

func TestMailIsForwardedWhileTheAccountIsLocked(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "notes", "member", 7*day, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		h.Settle()
		id := h.Leaves("nora", "mail", "forward")
		h.Advance(time.Hour)
		box, err := h.google.Mail(mail("nora"))
		if err != nil {
			t.Fatal(err)
		}
		off := h.Offboarding(id)
		if h.account("nora").Suspended || off.ClosedAt.IsZero() || off.State != workflows.OffboardingStarted {
			t.Fatalf("suspended %v, closed at %v, %s", h.account("nora").Suspended, off.ClosedAt, off.State)
		}
		if !strings.Contains(fmt.Sprint(box), mail("mona")) {
			t.Errorf("mail goes nowhere: %+v", box)
		}
		if n := len(h.Events("grant.revoked")); n == 0 {
			t.Error("the notes are not closed while nobody can sign in")
		}
		h.Advance(30 * day)
		h.Advance(time.Hour)
		if off := h.Offboarding(id); !h.account("nora").Suspended || off.State != workflows.OffboardingCompleted {
			t.Errorf("suspended %v, %s", h.account("nora").Suspended, off.State)
		}
	})
}

func TestSomebodyClosedInGoogleIsTakenForALeaver(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 7*day, "bob")
		if err := errors.Join(h.google.Suspend(mail("nora")), h.google.DeleteUser(mail("finn"))); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		nora, finn := h.Offboarding("OF-0001"), h.Offboarding("OF-0002")
		if nora.Person != h.Person("nora").ID {
			nora, finn = finn, nora
		}
		if nora.State != workflows.OffboardingFound || !finn.Begun() {
			t.Fatalf("nora's is %s, finn's %s", nora.State, finn.State)
		}
		h.Reads() // once is enough
		h.Advance(23 * time.Hour)
		if !h.In(members, "nora") {
			t.Error("nora lost her access before anybody answered")
		}
		h.Advance(2 * time.Hour)
		if h.In(members, "nora") || h.Offboarding(nora.ID).State != workflows.OffboardingStarted && h.Offboarding(nora.ID).State != workflows.OffboardingCompleted {
			t.Errorf("nora's is %s, in the group %v", h.Offboarding(nora.ID).State, h.In(members, "nora"))
		}
		if n := h.count("SELECT count(*) FROM offboardings"); n != 2 {
			t.Errorf("%d offboardings, want 2", n)
		}
		if off := h.Offboarding(finn.ID); off.State != workflows.OffboardingCompleted {
			t.Errorf("finn has no account any more, but his is %s", off.State)
		}
	})
}

func TestWhoIsOnLeaveIsNotOffboarded(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.done(h.As("abe").press(workflows.VerbCancel, "OF-0001", nil))
		h.Reads()
		h.Advance(3 * day)
		if off := h.Offboarding("OF-0001"); off.State != workflows.OffboardingCancelled || h.count("SELECT count(*) FROM offboardings") != 1 {
			t.Errorf("it is %s of %d", off.State, h.count("SELECT count(*) FROM offboardings"))
		}
	})
}

func TestAListingThatLacksSomebodyMakesNobodyALeaver(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		fault := fakegoogle.Fault{Method: "GET", Path: "/admin/directory/v1/users", Kind: fakegoogle.Unavailable, Count: -1}
		h.google.Fail(fault)
		if err := h.svc.Sync(context.Background()); err == nil {
			t.Error("a failed reading is no error")
		}
		h.google.Heal()
		if n := h.count("SELECT count(*) FROM offboardings"); n != 0 {
			t.Errorf("%d offboardings", n)
		}
		if len(h.Events("sync.failed")) != 1 {
			t.Error("the failed reading is not recorded")
		}
	})
}

func TestWhatComesBackAfterItWasTakenIsFoundAndTakenAgain(t *testing.T) {
	var left atomic.Int64
	left.Store(1)
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		st := h.Steps(id)["verify"]
		if st.State != workflows.StepFailed || !strings.Contains(st.Problem, "apps that may act for it") {
			t.Fatalf("verify is %s: %s", st.State, st.Problem)
		}
		h.done(h.As("abe").press(workflows.VerbRetry, id, nil))
		h.Settle()
		h.Advance(time.Hour)
		tokens, _ := h.google.Tokens(mail("nora"))
		if off := h.Offboarding(id); off.State != workflows.OffboardingCompleted || len(tokens) != 0 {
			t.Errorf("it is %s with %v", off.State, tokens)
		}
	}, func(h *company) {
		h.around = func(a provisioners.Accounts) provisioners.Accounts {
			return shaky{a, provisioners.AccountSignIn, &left, true, func() error {
				return h.google.Grant(mail("nora"), fakegoogle.Token{ClientID: "zoom", Name: "Zoom", Scopes: []string{"openid"}})
			}}
		}
	})
}

func TestAMissingScopeNamesItselfAndFailsItsStepAlone(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		steps := h.Steps(id)
		for name, st := range steps {
			if needs := name == "sessions" || name == "tokens" || name == "app_passwords" || name == "backup_codes" || name == "snapshot" || name == "verify"; needs != (st.State == workflows.StepFailed) {
				t.Errorf("%s is %s: %s", name, st.State, st.Problem)
			}
		}
		h.says(steps["tokens"].Problem+steps["tokens"].NextStep, "admin.directory.user.security", "super administrator", "Domain-wide delegation")
	}, func(h *company) {
		h.google = workspace("https://www.googleapis.com/auth/admin.directory.user.security")
	})
}
