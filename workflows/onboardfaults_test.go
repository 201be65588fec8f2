package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// unsteady is a provisioner of accounts of which one call goes wrong, before it
// did anything or after: with an error that passes, or because the process dies.
type unsteady struct {
	provisioners.Accounts
	h     *company
	left  *atomic.Int64 // calls until then; counted over restarts
	after bool
	die   bool
}

func (u unsteady) call(ctx context.Context, f func() error) error {
	left := u.left.Add(-1)
	hurt := func() error {
		if u.die {
			u.h.kill()
			return context.Cause(ctx)
		}
		return errors.New("the line went dead")
	}
	if left == 0 && !u.after {
		return hurt()
	}
	if err := f(); err != nil || left != 0 {
		return err
	}
	return hurt()
}

func (u unsteady) Apply(ctx context.Context, c provisioners.Change) (r provisioners.Result, err error) {
	err = u.call(ctx, func() (err error) { r, err = u.Accounts.Apply(ctx, c); return err })
	return r, err
}

func (u unsteady) Read(ctx context.Context, c provisioners.Change) (o provisioners.Observation, err error) {
	err = u.call(ctx, func() (err error) { o, err = u.Accounts.Read(ctx, c); return err })
	return o, err
}

func (u unsteady) Address(ctx context.Context, email string) (h provisioners.Holder, err error) {
	err = u.call(ctx, func() (err error) { h, err = u.Accounts.Address(ctx, email); return err })
	return h, err
}

func (u unsteady) Restore(ctx context.Context, id string) error {
	return u.call(ctx, func() error { return u.Accounts.Restore(ctx, id) })
}

func (u unsteady) FirstPassword(ctx context.Context, p provisioners.Person) (secret string, err error) {
	err = u.call(ctx, func() (err error) { secret, err = u.Accounts.FirstPassword(ctx, p); return err })
	return secret, err
}

// TestAnOnboardingGoesOnWhereverACallFailsOrTheProcessDies does so at each of the
// five calls of the accounts provisioner: look for the address, make and read the
// account, move and read it.
func TestAnOnboardingGoesOnWhereverACallFailsOrTheProcessDies(t *testing.T) {
	for at := 1; at <= 5; at++ {
		for _, after := range []bool{false, true} {
			for _, die := range []bool{false, true} {
				t.Run(fmt.Sprintf("call %d after %v death %v", at, after, die), func(t *testing.T) {
					var left atomic.Int64
					left.Store(int64(at))
					story(t, func(t *testing.T, h *company) {
						out := h.As("ada").Onboards(joinerForm(h, "start_date", h.day(1)))
						h.done(out)
						on := func() {
							if die {
								h.survives(&left)
							} else {
								h.Settle()
							}
						}
						on()
						h.ahead.Add(int64(2 * day))
						h.store.Wake()
						on()
						h.says(h.checklist(out.Record).Status, "Started")
						if left.Load() > 0 {
							t.Fatalf("it never went wrong: %d calls left", left.Load())
						}
						n := 0
						for _, u := range h.google.Users() {
							if u.Email == mail("zoe") {
								n++
							}
						}
						if n != 1 || len(h.Events("onboarding.step_done")) != 5 || h.account("zoe").OrgUnit != "/Engineering" {
							t.Errorf("got %d accounts, %d steps, account in %s", n, len(h.Events("onboarding.step_done")), h.account("zoe").OrgUnit)
						}
						if !h.In(members, "zoe") {
							t.Error("the access of the role is missing")
						}
					}, func(h *company) {
						h.around = func(a provisioners.Accounts) provisioners.Accounts { return unsteady{a, h, &left, after, die} }
					})
				})
			}
		}
	}
}

// TestNoPassingFaultOfGoogleLosesOrDoublesAnAccount makes the calls for users fail
// in each way that passes, before and after they took effect.
func TestNoPassingFaultOfGoogleLosesOrDoublesAnAccount(t *testing.T) {
	for _, kind := range []fakegoogle.Kind{
		fakegoogle.Unavailable, fakegoogle.TooMany, fakegoogle.Quota, fakegoogle.Dropped, fakegoogle.NotComplete, fakegoogle.Flicker,
	} {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s applied %v", kind, applied), func(t *testing.T) {
				story(t, func(t *testing.T, h *company) {
					for method, path := range map[string]string{"POST": "/admin/directory/v1/users", "PUT": "/admin/directory/v1/users/*"} {
						if method == "POST" && (kind == fakegoogle.NotComplete || kind == fakegoogle.Flicker) {
							continue // what Google says of an account that it has
						}
						h.google.Fail(fakegoogle.Fault{Method: method, Path: path, Kind: kind, Applied: applied, Count: 3})
					}
					id := h.Joins()
					h.Advance(11 * day)
					h.says(h.checklist(id).Status, "Started")
					if u := h.account("zoe"); u.OrgUnit != "/Engineering" {
						t.Errorf("the account is in %s", u.OrgUnit)
					}
				})
			})
		}
	}
}

func TestATakenAddressStopsTheOnboardingUntilItIsChanged(t *testing.T) {
	for name, c := range map[string]struct {
		take func(h *company)
		says string
	}{
		"by a user": {func(h *company) {
			h.google.AddUser(fakegoogle.User{Email: mail("zoe"), GivenName: "Zora", FamilyName: "Zest"})
		}, "the account of Zora Zest"},
		"by an alias": {func(h *company) {
			h.google.AddUser(fakegoogle.User{Email: mail("zora"), Aliases: []string{mail("zoe")}, GivenName: "Zora", FamilyName: "Zest"})
		}, "a further address of Zora Zest"},
		"by a group": {func(h *company) {
			h.google.AddGroup(fakegoogle.Group{Email: mail("zoe"), Name: "Zoology"})
		}, "the group Zoology"},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				c.take(h)
				id := h.Joins()
				h.isAt(id, "address", workflows.StepFailed)
				h.isAt(id, "account", workflows.StepWaiting)
				h.says(h.Steps(id)["address"].Problem, c.says)
				if got := h.buttons(workflows.CardOnboarding, id, workflows.ChannelPeople); got != "Retry, Change address" {
					t.Errorf("got buttons %q", got)
				}
				h.refused(h.As("mona").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("z.zander")}), "not_admin")
				h.wants(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": "z@elsewhere.example"}), workflows.OutcomeInvalid, "")
				h.wants(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("nora")}), workflows.OutcomeInvalid, "")
				h.wants(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zoe")}), workflows.OutcomeInvalid, "")
				h.done(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("z.zander")}))
				h.wants(h.As("abe").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("z.zander")}), workflows.OutcomeAlready, "")
				h.Settle()
				h.says(h.checklist(id).Status, "Ready")
				if h.account("z.zander").OrgUnit != "/Future" || h.Onboarding(id).Rehire {
					t.Error("the account was not made with the new address")
				}
				h.refused(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zz")}), "too_late")
			})
		})
	}
}

func TestTheFormForAnotherAddressOffersSomeThatNobodyHas(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddGroup(fakegoogle.Group{Email: mail("zoe"), Name: "Zoology"})
		id := h.Joins()
		f, err := h.svc.ActionForm(context.Background(), workflows.VerbAddress, id, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if f.Title != "Change address" || f.Fields[0].Label != "Work email" || f.Fields[0].Value != mail("zoe") {
			t.Errorf("got form %+v", f)
		}
		h.says(f.Fields[0].Hint, mail("zoe.zander"), mail("z.zander"))
		h.done(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zoe.zander")}))
	})
}

func TestAnUnmanagedAccountStopsTheOnboardingUntilItIsResolved(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddUnmanaged(mail("zoe"))
		id := h.Joins()
		h.isAt(id, "account", workflows.StepFailed)
		h.says(h.Steps(id)["account"].Problem, "personal Google account")
		if len(h.grants()) != 0 {
			t.Error("access was given without an account")
		}
		h.done(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zed")}))
		h.Settle()
		h.says(h.checklist(id).Status, "Ready")
	})
}

func TestADeletedAccountIsRestoredOnlyOnAnAdminsWord(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		old := h.google.AddUser(fakegoogle.User{Email: mail("zoe"), GivenName: "Zoe", FamilyName: "Zander"})
		if err := h.google.DeleteUser(old.ID); err != nil {
			t.Fatal(err)
		}
		id := h.Joins()
		h.isAt(id, "address", workflows.StepFailed)
		h.says(h.Steps(id)["address"].Problem, "deleted")
		if got := h.buttons(workflows.CardOnboarding, id, workflows.ChannelPeople); got != "Retry, Restore account, Change address" {
			t.Errorf("got buttons %q", got)
		}
		h.refused(h.As("mona").press(workflows.VerbRestore, id, nil), "not_admin")
		h.done(h.As("ada").press(workflows.VerbRestore, id, nil))
		h.wants(h.As("abe").press(workflows.VerbRestore, id, nil), workflows.OutcomeAlready, "")
		h.Settle()
		h.says(h.checklist(id).Status, "Ready")
		if got := h.account("zoe").ID; got != old.ID || h.Person("zoe").AccountID != old.ID || !h.Onboarding(id).Rehire {
			t.Errorf("account %s was not restored as that of the person", old.ID)
		}
		var names []string
		for _, l := range h.checklist(id).Lines[:3] {
			names = append(names, l.Text)
		}
		h.says(fmt.Sprint(names), "Deleted account restored")
		h.wants(h.As("ada").press(workflows.VerbRestore, id, nil), workflows.OutcomeAlready, "")
		if n := len(h.Events("person.rehired")); n != 1 {
			t.Errorf("got %d events person.rehired, want 1", n)
		}
	})
}

func TestARestoreThatFailsOrDiesIsGoneOnWith(t *testing.T) {
	for _, after := range []bool{false, true} {
		for _, die := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %v death %v", after, die), func(t *testing.T) {
				var left atomic.Int64
				left.Store(2) // the second call: the restore
				story(t, func(t *testing.T, h *company) {
					old := h.google.AddUser(fakegoogle.User{Email: mail("zoe"), GivenName: "Zoe", FamilyName: "Zander"})
					if err := h.google.DeleteUser(old.ID); err != nil {
						t.Fatal(err)
					}
					id := h.Joins()
					h.done(h.As("ada").press(workflows.VerbRestore, id, nil))
					if die {
						h.survives(&left)
					}
					h.Settle()
					h.says(h.checklist(id).Status, "Ready")
					if got := h.account("zoe").ID; got != old.ID || left.Load() > 0 {
						t.Errorf("account %s, want %s back; %d calls left", got, old.ID, left.Load())
					}
				}, func(h *company) {
					h.around = func(a provisioners.Accounts) provisioners.Accounts { return unsteady{a, h, &left, after, die} }
				})
			})
		}
	}
}

func TestAnAccountThatCannotBeRestoredCanGiveWayToAnotherAddress(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		old := h.google.AddUser(fakegoogle.User{Email: mail("zoe"), GivenName: "Zoe", FamilyName: "Zander"})
		if err := h.google.DeleteUser(old.ID); err != nil {
			t.Fatal(err)
		}
		id := h.Joins()
		h.google.Fail(fakegoogle.Fault{Method: "POST", Path: "/admin/directory/v1/users/*/undelete", Kind: fakegoogle.Forbidden, Count: 1})
		h.done(h.As("ada").press(workflows.VerbRestore, id, nil))
		h.Settle()
		h.isAt(id, "restore", workflows.StepFailed)
		h.done(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zed")}))
		h.Settle()
		h.says(h.checklist(id).Status, "Ready")
		if zed := h.Person("zed"); zed.AccountID == old.ID || zed.AccountID != h.account("zed").ID {
			t.Errorf("the person has account %s", zed.AccountID)
		}
	})
}

func TestWhoLeftComesBackAsTheSamePersonAndNothingRearmsTheAccount(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		before := h.Person("nora")
		h.Leaves("nora")
		id := h.Joins("first_name", "Nora", "last_name", "Newcomer", "work_email", mail("nora"), "role", "writer")
		now := h.Person("nora")
		if now.ID != before.ID || now.Stage != workflows.StageFuture || now.StartsOn == "" || !h.Onboarding(id).Rehire {
			t.Errorf("got %+v, want the person of before", now)
		}
		if got := h.History(id); got[0] != "person.rehired" {
			t.Errorf("the record begins with %s", got[0])
		}
		h.isAt(id, "address", workflows.StepDone)
		h.isAt(id, "account", workflows.StepFailed)
		h.says(h.Steps(id)["account"].Problem, "suspended")
		if !h.account("nora").Suspended {
			t.Error("a suspended account was opened again by itself")
		}
		u := h.account("nora") // an admin opens it in the Admin console
		if err := h.google.DeleteUser(u.ID); err != nil {
			t.Fatal(err)
		}
		u.Suspended = false
		h.google.AddUser(u)
		h.done(h.As("ada").Retries(id))
		h.Settle()
		h.says(h.checklist(id).Status, "Ready")
	})
}

func TestWhoLeavesBeforeTheFirstDayIsNotStarted(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		h.Leaves("zoe", "new_owner", "")
		h.says(h.checklist(id).Status, "Left before")
		if got := h.buttons(workflows.CardOnboarding, id, workflows.ChannelPeople); got != "" {
			t.Errorf("got buttons %q on the card of somebody who left", got)
		}
		h.Advance(20 * day)
		if h.In(members, "zoe") || h.Person("zoe").Stage != workflows.StageLeft {
			t.Error("who left before the first day was started all the same")
		}
		h.refused(h.As("mona").Reveals(id).Outcome, "left")
		h.refused(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zz")}), "left")
	})
}

func TestAnEmptiedPlanLosesNoOnboarding(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		out := h.As("ada").Onboards(joinerForm(h))
		h.done(out)
		h.Close()
		h.rob("DELETE FROM jobs")
		h.rob("DELETE FROM calendar")
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.says(h.checklist(out.Record).Status, "Ready")
		h.Leap(18 * day)
		h.says(h.checklist(out.Record).Status, "Started")
		if len(h.Events("policy.overdue")) != 1 || len(h.Events("training.overdue")) != 1 {
			t.Error("what is overdue was not noticed")
		}
	})
}
