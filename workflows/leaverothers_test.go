package workflows_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// super makes somebody a super administrator, under another account id.
func (h *company) super(who string) {
	h.t.Helper()
	u := h.account(who)
	u.Admin = true
	if err := h.google.DeleteUser(u.ID); err != nil {
		h.t.Fatal(err)
	}
	h.google.AddUser(u)
}

func TestWhatALeaverWasToTakeOverGoesToSomebodyElse(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora", "when", fmt.Sprint(h.now().Add(10*day).Unix()))
		h.Leaves("mona", "told_by", chat("abe"), "new_owner", chat("abe"))
		h.Advance(11 * day)
		st := h.Steps(id)["files"]
		if st.State == workflows.StepFailed {
			t.Errorf("files: %s. %s; buttons: %s", st.Problem, st.NextStep, h.buttons(workflows.CardOffboarding, id, workflows.ChannelPeople))
		}
	})
}

func TestWhoTakesTheSponsorsPlaceIsAskedAboutTheContract(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Joins("start_date", h.day(0), "end_date", h.day(6), "employment_type", "contractor")
		h.Arrives("zoe", "Zoe Zander")
		h.Advance(12 * time.Hour)
		h.Advance(5*day + 2*time.Hour) // both notices have been sent
		h.Leaves("mona", "told_by", chat("abe"), "new_owner", chat("abe"))
		h.Settle()
		asked := 0
		for _, who := range []string{"ada", "abe"} {
			if _, ok := h.slack.card(workflows.CardContract, h.Person("zoe").ID, chat(who)); ok {
				asked++
			}
		}
		if asked == 0 {
			t.Errorf("the sponsor left on %s, the contract ends on %s, and nobody else is asked", h.now(), h.Person("zoe").EndsOn)
		}
	})
}

func TestWhoLeftDoesNotVouchForPrivilegedAccess(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "admin", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		h.Leaves("bob", "mail", "forward")
		out := h.As("sam").Approves(id)
		h.Settle()
		if h.In(admins, "nora") {
			t.Errorf("%s: the first approver has left, and privileged access was given: %s", out.Kind, h.Status(id))
		}
		h.Advance(day)
	})
}

func TestTasksOfALeaverGoToOthers(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "wiki", "editor", 7*day, "wanda")
		h.Leaves("wanda")
		if _, ok := h.slack.card(workflows.CardTask, "TK-000001", chat("ada")); !ok {
			t.Error("nobody has wanda's task")
		}
		h.done(h.As("ada").MarksDone("TK-000001", note))
	})
}

func TestTwoPeopleMayLeaveAtOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "wiki", "editor", 7*day, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		a := h.As("ada").Offboards("nora")
		b := h.As("abe").Offboards("wanda")
		h.done(a)
		h.done(b)
		h.Settle()
		h.Advance(time.Hour)
		h.done(h.As("ada").MarksDone("TK-000002", note))
		h.Settle()
		for _, id := range []string{a.Record, b.Record} {
			if s := h.Offboarding(id).State; s != workflows.OffboardingCompleted {
				t.Errorf("%s is %s", id, s)
			}
		}
	})
}

func TestNobodyLearnsFromTheirPageThatTheyAreToLeave(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Leaves("nora", "when", fmt.Sprint(h.now().Add(48*time.Hour).Unix()))
		v, no, err := h.svc.LookPerson(context.Background(), workflows.Clicker{ChatID: chat("nora"), Team: team}, "")
		if err != nil || no != nil {
			t.Fatal(no, err)
		}
		if s := fmt.Sprint(v.Facts); strings.Contains(s, "OF-") {
			t.Errorf("her own page tells her: %s", s)
		}
	})
}

func TestALeaverWhoIsAnAdminIsNeitherToldNorAsked(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.super("abe")
		h.Reads()
		out := h.As("ada").Offboards("abe")
		h.done(out)
		h.Settle()
		if s := h.Offboarding(out.Record).State; s != workflows.OffboardingSecond {
			t.Fatal(s)
		}
		if p, ok := h.slack.card(workflows.CardOffboarding, out.Record, workflows.ChannelPeople); ok {
			t.Errorf("the leaver is an admin with everything still in hand and reads in the people channel: %s", p.view.Text)
		}
		p, _ := h.slack.card(workflows.CardOffboarding, out.Record, chat("ada"))
		for _, n := range p.view.Notes {
			if strings.Contains(n.Text, "agree: Abe Admin") {
				t.Errorf("the leaver is asked to agree: %s", n.Text)
			}
		}
	})
}

func TestANameThatTwoPeopleHaveIsNotEnough(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddUser(fakegoogle.User{Email: mail("nora2"), GivenName: "Nora", FamilyName: "Newcomer"})
		h.slack.Change(chat("nora2"), func(m *workflows.Member) { m.Email, m.Name = mail("nora2"), "Nora Newcomer" })
		h.Reads()
		f, no, err := h.svc.Open(context.Background(), workflows.OffboardingFlow, workflows.Clicker{ChatID: chat("ada"), Team: team}, "Nora Newcomer")
		if err != nil {
			t.Fatal(err)
		}
		if no == nil {
			t.Errorf("two people have this name, and the form is about %s", f.Record)
		}
	})
}

func TestNobodyCanVouchThatASecondAdminIsNotNeeded(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.super("mona")
		h.Reads()
		h.google.Fail(fakegoogle.Fault{Method: "GET", Path: "/admin/directory/v1/users/*", Kind: fakegoogle.Forbidden, Count: -1})
		out := h.As("ada").Offboards("mona", "told_by", chat("abe"), "new_owner", chat("abe"))
		h.done(out)
		h.Settle()
		t.Log(h.Steps(out.Record)["check"])
		h.google.Heal()
		h.wants(h.As("ada").press(workflows.VerbByHand, out.Record, map[string]string{"step": "check", "note": "I looked myself"}), workflows.OutcomeInvalid, "")
		h.Settle()
		h.Advance(time.Hour)
		if u := h.account("mona"); !u.Admin || u.Suspended {
			t.Errorf("one admin alone closed out a super administrator: admin %v, suspended %v, second %q", u.Admin, u.Suspended, h.Offboarding(out.Record).SecondBy)
		}
	})
}
