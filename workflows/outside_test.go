package workflows_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// reopens has an administrator restore a suspended account in Google.
func (h *company) reopens(who string) {
	h.t.Helper()
	u := h.account(who)
	var in []string
	for _, g := range h.google.Groups() {
		if h.In(g.Email, who) {
			in = append(in, g.Email)
		}
	}
	u.Suspended = false
	if err := h.google.DeleteUser(u.ID); err != nil {
		h.t.Fatal(err)
	}
	h.google.AddUser(u)
	for _, g := range in {
		if err := h.google.AddMember(g, u.Email, ""); err != nil {
			h.t.Fatal(err)
		}
	}
}

func TestAGuestWithAGoogleAccountLosesItToo(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.slack.Change(chat("nora"), func(m *workflows.Member) { m.Kind = workflows.KindGuest })
		h.Reads()
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		if !h.account("nora").Suspended {
			t.Errorf("%s is %s and the account is open", id, h.Offboarding(id).State)
		}
	})
}

func TestAGuestsAccessEndsWithTheirGoogleAccount(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "notes", "member", 7*day, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		h.Settle()
		h.slack.Change(chat("nora"), func(m *workflows.Member) { m.Kind = workflows.KindGuest })
		h.Reads()
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		if off := h.Offboarding(id); off.State != workflows.OffboardingCompleted || !h.account("nora").Suspended {
			t.Errorf("%s is %s, suspended %v", id, off.State, h.account("nora").Suspended)
		}
	})
}

func TestWhoIsClosedInSlackFirstAndThenInGoogleIsTakenForALeaver(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 7*day, "bob")
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.slack.Change(chat("nora"), func(m *workflows.Member) { m.Deleted = true; m.Email = "" })
		if err := h.svc.MemberChanged(context.Background(), workflows.Member{ChatID: chat("nora"), Name: "Nora Newcomer", Kind: workflows.KindMember, Deleted: true}); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		h.Advance(3 * day)
		if n := h.count("SELECT count(*) FROM offboardings"); n != 1 {
			t.Errorf("%d offboardings of somebody suspended in Google, in the group %v", n, h.In(members, "nora"))
		}
	})
}

func TestWhoWasOnLeaveAndIsDeletedLeaves(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "notes", "member", 7*day, "wanda")
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		h.done(h.As("abe").press(workflows.VerbCancel, "OF-0001", nil))
		h.Settle()
		if err := h.google.DeleteUser(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		h.Advance(2 * day)
		if n := h.count("SELECT count(*) FROM offboardings WHERE state <> 'cancelled'"); n != 1 {
			t.Errorf("%d offboardings of somebody who was deleted in Google", n)
		}
	})
}

func TestWhoIsDeletedBeforeTheScheduledTimeLeavesAtOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 7*day, "bob")
		id := h.Leaves("nora", "when", fmt.Sprint(h.now().Add(30*day).Unix()))
		if err := h.google.DeleteUser(mail("nora")); err != nil {
			t.Fatal(err)
		}
		delete(h.before, members+" "+mail("nora"))
		h.Reads()
		h.Quiet()
		if off := h.Offboarding(id); !off.Begun() {
			t.Errorf("the account is gone and it is %s, %v", off.State, off.At)
		}
	})
}

func TestAnAccountThatWasOpenedAgainIsNotClosed(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 7*day, "bob")
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		h.Advance(24*time.Hour - 5*time.Minute)
		h.reopens("nora") // back at work; the next reading is ten minutes away
		h.Advance(time.Hour)
		if u := h.account("nora"); u.Suspended {
			t.Errorf("an account that Google shows as active was closed for good, though nobody said that she leaves: %s", h.Offboarding("OF-0001").State)
		}
	})
}

func TestOneAnswerThatThereIsNoAccountIsNotBelieved(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.Fail(fakegoogle.Fault{Method: "GET", Path: "/admin/directory/v1/users/*", Kind: fakegoogle.Flicker})
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		if !h.account("nora").Suspended {
			t.Errorf("one 404 that passes, and %s is %s with the account open", id, h.Offboarding(id).State)
		}
	})
}

func TestAnAccountMadeAnewUnderTheSameAddressIsClosed(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		u := h.account("nora")
		if err := h.google.DeleteUser(u.ID); err != nil {
			t.Fatal(err)
		}
		u.ID = ""
		h.google.AddUser(u) // made anew since the last reading
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		if !h.account("nora").Suspended {
			t.Errorf("%s is %s with the account of that address open", id, h.Offboarding(id).State)
		}
	})
}

func TestWhoIsSuspendedBeforeTheScheduledTimeLeavesAtItsTime(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora", "when", fmt.Sprint(h.now().Add(2*day).Unix()))
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Advance(3 * day)
		if s := h.Offboarding(id).State; s != workflows.OffboardingCompleted {
			for _, st := range h.Steps(id) {
				t.Log(st.Name, st.State, st.Problem)
			}
			t.Error(s)
		}
	})
}

func TestAnAdminDecidesHowSomebodyFoundIsOffboarded(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		out := h.As("ada").Offboards("nora", "new_owner", chat("wanda"))
		if out.Kind != workflows.OutcomeDone {
			t.Errorf("%s %s; files will go to %s", out.Rule, out.Message, h.Offboarding("OF-0001").NewOwner)
		}
	})
}

func TestWhoStartsWhatWasFoundCannotAgreeAsTheSecond(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.super("mona")
		h.Reads()
		if err := h.google.Suspend(mail("mona")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		h.done(h.As("abe").press(workflows.VerbStart, "OF-0001", nil))
		h.Settle()
		if s := h.Offboarding("OF-0001").State; s != workflows.OffboardingSecond {
			t.Fatal(s)
		}
		h.refused(h.As("abe").press(workflows.VerbAgree, "OF-0001", nil), "two_people")
	})
}

func TestAContractsEndDoesNotWaitForAnAnswerAboutASuspension(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Joins("start_date", h.day(0), "end_date", h.day(3), "employment_type", "contractor")
		h.Arrives("zoe", "Zoe Zander")
		h.Advance(3*day + 12*time.Hour)
		if err := h.google.Suspend(mail("zoe")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		t.Log(h.Offboarding("OF-0001").State)
		h.Advance(18 * time.Hour) // the end of the contract is over
		h.refused(h.As("abe").press(workflows.VerbCancel, "OF-0001", nil), "already_begun")
		h.Advance(10 * day)
		if p := h.Person("zoe"); p.Stage != workflows.StageLeft {
			t.Errorf("the contract ended on %s, now is %s and she is %s", p.EndsOn, h.now(), p.Stage)
		}
	})
}
