package workflows_test

import (
	"slices"
	"testing"

	"countersign/workflows"
)

// Opens opens an action on a vendor, owned by somebody and due in so many days.
func (v voice) Opens(vendor, owner string, due int) workflows.Outcome {
	v.h.t.Helper()
	return v.onVendor(workflows.VerbAction, vendor, map[string]string{"action": "Turn on single sign-on for all", "action_owner": chat(owner), "action_due": v.h.day(due)})
}

// Closes closes an action with a proof.
func (v voice) Closes(id string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbActionDone, id, map[string]string{"proof": "https://wiki.example/sso-is-on"})
}

func (v voice) Moves(id string, days int) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbActionDue, id, map[string]string{"action_due": v.h.day(days), "reason": "They ship it next month only"})
}

func TestAnActionIsOpenedAndClosedWithAProof(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.refused(h.As("finn").Opens(id, "bob", 14), "not_responsible")
		h.invalid(h.As("sam").Opens(id, "bob", -1), "action_due")
		h.invalid(h.As("sam").Opens(id, "nobody", 3), "action_owner")
		h.done(h.As("sam").Opens(id, "bob", 14))
		h.Settle()
		card := h.shows(workflows.CardVendorAction, id+"/A1", chat("bob"))
		if !slices.Equal(labelsOf(card), []string{"Close action"}) {
			t.Errorf("the owner is offered %v", labelsOf(card))
		}
		h.invalid(h.As("bob").press(workflows.VerbActionDone, id+"/A1", map[string]string{"proof": ""}), "proof")
		h.refused(h.As("nora").Closes(id+"/A1"), "not_responsible")
		h.done(h.As("bob").Closes(id + "/A1"))
		h.wants(h.As("bob").Closes(id+"/A1"), workflows.OutcomeAlready, "")
		h.refused(h.As("cleo").Closes(id+"/A1"), "already_done")
		h.Settle()
		if got := h.status(workflows.CardVendorAction, id+"/A1", chat("bob")); got != "Closed" {
			t.Errorf("the card says %q", got)
		}
		e := h.last("vendor.action_closed")
		if e.WorkflowID != id || e.Actor.ID != h.Person("bob").ID || e.Data["action"] != id+"/A1" {
			t.Errorf("got event %+v", e)
		}
		h.Advance(30 * day)
		if n := len(h.Events("task.overdue")); n != 0 {
			t.Errorf("a closed action was found overdue")
		}
	})
}

func TestADueDateIsChangedWithAReasonAndNotByTheOwnerAlone(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("wanda").Opens(id, "bob", 14))
		h.refused(h.As("bob").Moves(id+"/A1", 40), "not_responsible")
		h.invalid(h.As("cleo").press(workflows.VerbActionDue, id+"/A1", map[string]string{"action_due": h.day(40), "reason": ""}), "reason")
		h.done(h.As("cleo").Moves(id+"/A1", 40))
		h.wants(h.As("cleo").Moves(id+"/A1", 40), workflows.OutcomeAlready, "")
		h.Settle()
		e := h.last("vendor.changed")
		if e.Data["from"] != "2000-01-15" || e.Data["to"] != "2000-02-10" {
			t.Errorf("got event %+v", e)
		}
		h.Advance(30 * day)
		if len(h.Events("task.overdue")) != 0 {
			t.Error("the old day still counted")
		}
	})
}

func TestAnActionThatIsLateIsRemindedOfRecordedOnceAndEscalated(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("wanda").Opens(id, "bob", 14))
		h.reaches("2000-01-15", 9)
		if !h.told("bob", "is due today") {
			t.Error("no reminder on the day")
		}
		h.reaches("2000-01-16", 8)
		if len(h.Events("task.overdue")) != 0 {
			t.Fatal("overdue too early")
		}
		h.reaches("2000-01-16", 9)
		e := h.last("task.overdue")
		if e.WorkflowID != id || e.Subject.ID != h.Person("bob").ID || h.action(id+"/A1").OverdueAt.IsZero() {
			t.Errorf("got event %+v", e)
		}
		if got := h.status(workflows.CardVendorAction, id+"/A1", chat("bob")); got != "Overdue" {
			t.Errorf("the card says %q", got)
		}
		h.restarts()
		h.Leap(6 * day)
		if !h.told("cleo", "overdue since 15 January 2000", "Bob Builder") || !h.told("compliance", "overdue since") {
			t.Error("nobody was told a week later")
		}
		if n := len(h.Events("task.overdue")); n != 1 {
			t.Errorf("%d events, want 1", n)
		}
		h.done(h.As("cleo").Moves(id+"/A1", 0))
		h.Settle()
		if got := h.status(workflows.CardVendorAction, id+"/A1", chat("bob")); got != "To do" {
			t.Errorf("moved, the card says %q", got)
		}
		h.Leap(2 * day)
		if n := len(h.Events("task.overdue")); n != 2 {
			t.Errorf("%d events after the moved day passed too, want 2", n)
		}
	})
}

func TestWhoLeadsByANewConfigurationCanMoveTheirOwnAction(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("wanda").Opens(id, "bob", 14))
		h.Restart(func(c *workflows.Catalogue) { c.Admins = append(c.Admins, mail("bob")) })
		h.Settle()
		if got := labelsOf(h.shows(workflows.CardVendorAction, id+"/A1", chat("bob"))); !slices.Contains(got, "Change due date") {
			t.Errorf("the new admin is offered %v", got)
		}
		h.done(h.As("bob").Moves(id+"/A1", 20))
	})
}
