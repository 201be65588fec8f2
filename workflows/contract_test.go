package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"countersign/workflows"
)

// contractor has Zoe onboarded as a contractor from today for thirty days.
func contractor(h *company) string {
	h.t.Helper()
	id := newcomer(h, "employment_type", "contractor", "end_date", h.day(30))
	for _, d := range h.duties("zoe") {
		h.done(h.As("zoe").Does(d))
	}
	h.Settle()
	return id
}

// extends sends the form that extends Zoe's contract.
func (v voice) extends(until string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbExtend, v.h.Person("zoe").ID, map[string]string{"new_end_date": until})
}

func TestAContractThatNobodyExtendsEndsInAnOffboarding(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		contractor(h)
		zoe := h.Person("zoe")
		h.Advance(22 * day)
		if _, there := h.slack.card(workflows.CardContract, zoe.ID, chat("mona")); there {
			t.Fatal("mona was asked more than 7 days before the end")
		}
		h.Advance(day + 2*time.Hour)
		p, _ := h.slack.card(workflows.CardContract, zoe.ID, chat("mona"))
		h.says(p.view.Title, "Zoe Zander", "31 January 2000")
		if got := h.buttons(workflows.CardContract, zoe.ID, chat("mona")); got != "Extend" {
			t.Errorf("mona can press %q", got)
		}
		last := zoe.ID + "/contract/2000-01-31"
		if _, there := h.slack.card(workflows.CardNotice, last, chat("mona")); there {
			t.Error("mona was reminded too early")
		}
		h.Advance(6 * day)
		if _, there := h.slack.card(workflows.CardNotice, last, chat("mona")); !there {
			t.Error("mona was not reminded on the day before")
		}
		h.Advance(time.Date(2000, 1, 31, 23, 59, 0, 0, time.UTC).Sub(h.now()))
		if len(h.Events("offboarding.started")) != 0 || !h.In(members, "zoe") {
			t.Fatal("it ended before the end of the last day")
		}
		h.Advance(time.Minute)
		got := h.Events("offboarding.started")
		if len(got) != 1 || got[0].Source != "calendar" || got[0].Subject.ID != zoe.ID {
			t.Fatalf("got %+v, want an offboarding by the calendar", got)
		}
		if h.In(members, "zoe") || !h.account("zoe").Suspended {
			t.Error("the access or the account outlived the contract")
		}
		if got := h.status(workflows.CardContract, zoe.ID, chat("mona")); got != "Ended" {
			t.Errorf("the card says %q", got)
		}
		h.refused(h.As("mona").extends(h.day(30)), "too_late")
	})
}

func TestASponsorOrAnAdminExtendsAContract(t *testing.T) {
	for _, who := range []string{"mona", "ada"} {
		t.Run(who, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				contractor(h)
				h.Advance(24 * day)
				zoe := h.Person("zoe")
				until := h.day(100)
				h.done(h.As(who).extends(until))
				h.wants(h.As(who).extends(until), workflows.OutcomeAlready, "")
				h.Settle()
				if got := h.status(workflows.CardContract, zoe.ID, chat("mona")); got != "Extended" {
					t.Errorf("the card says %q", got)
				}
				e := h.Events("person.changed")
				last := e[len(e)-1]
				if last.Actor.ID != h.Person(who).ID || last.Data["from"] != "2000-01-31" || last.Data["to"] != until || fmt.Sprint(last.Data["fields"]) != "[ends_on]" {
					t.Errorf("got event %+v", last)
				}
				h.Advance(90 * day)
				if len(h.Events("offboarding.started")) != 0 || h.status(workflows.CardContract, zoe.ID, chat("mona")) != "Extended" {
					t.Fatal("the old end still counted")
				}
				h.Advance(4 * day)
				if got := h.status(workflows.CardContract, zoe.ID, chat("mona")); got != "Ends unless extended" {
					t.Errorf("before the new end the card says %q", got)
				}
				h.Advance(8 * day)
				if len(h.Events("offboarding.started")) != 1 {
					t.Error("the new end did not count")
				}
			})
		})
	}
}

func TestWhoMayExtendAndUntilWhen(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		contractor(h)
		h.refused(h.As("bob").extends(h.day(60)), "not_sponsor")
		h.refused(h.As("zoe").extends(h.day(60)), "oneself")
		for _, until := range []string{"", "later", h.day(10), h.day(366)} {
			out := h.As("mona").extends(until)
			h.wants(out, workflows.OutcomeInvalid, "")
			if out.Fields["new_end_date"] == "" {
				t.Errorf("%q: got %v", until, out.Fields)
			}
		}
		h.refused(h.As("mona").press(workflows.VerbExtend, h.Person("nora").ID, map[string]string{"new_end_date": h.day(60)}), "no_contract")
		if got := h.Person("zoe").EndsOn; got != "2000-01-31" {
			t.Errorf("the end moved to %s", got)
		}
	})
}

func TestWhereTheManagerIsGoneTheNextOneUpOrTheAdminsAreAsked(t *testing.T) {
	for _, boss := range []string{"", "bob"} {
		t.Run("above "+boss, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				contractor(h)
				h.Advance(20 * day)
				h.Leaves("mona", "told_by", chat("ada"), "new_owner", chat("bob"))
				h.Advance(4 * day)
				want := []string{"ada", "abe"}
				if boss != "" {
					want = []string{boss}
				}
				for _, who := range want {
					if _, there := h.slack.card(workflows.CardContract, h.Person("zoe").ID, chat(who)); !there {
						t.Errorf("%s was not asked", who)
					}
				}
				h.done(h.As(want[0]).extends(h.day(60)))
			}, func(h *company) {
				if boss == "" {
					return
				}
				u := h.account("mona")
				if err := h.google.DeleteUser(u.ID); err != nil {
					t.Fatal(err)
				}
				u.ManagerEmail = mail(boss)
				h.google.AddUser(u)
			})
		})
	}
}

func TestAMissedNoticeIsMadeUpForAtTheNextStart(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		contractor(h)
		zoe := h.Person("zoe")
		h.Close()
		h.rob("DELETE FROM calendar")
		h.ahead.Add(int64(26 * day))
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		if _, there := h.slack.card(workflows.CardContract, zoe.ID, chat("mona")); !there {
			t.Error("mona was never asked")
		}
		h.Leap(6 * day)
		if len(h.Events("offboarding.started")) != 1 {
			t.Error("the contract did not end")
		}
	})
}

func TestASponsorWhoLeavesAfterBeingAskedIsReplaced(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		contractor(h)
		h.Advance(24 * day)
		h.Leaves("mona", "told_by", chat("ada"), "new_owner", chat("bob"))
		for _, who := range []string{"ada", "abe"} {
			if _, there := h.slack.card(workflows.CardContract, h.Person("zoe").ID, chat(who)); !there {
				t.Errorf("%s was not asked", who)
			}
		}
		if _, there := h.slack.card(workflows.CardContract, h.Person("zoe").ID, chat("bob")); there {
			t.Error("somebody who does not answer for the contract was asked")
		}
	})
}
