package workflows_test

import (
	"testing"

	"countersign/workflows"
)

func (v voice) Terminates(id string) workflows.Outcome {
	v.h.t.Helper()
	return v.onVendor(workflows.VerbEndVendor, id, map[string]string{"reason": "Something we build ourselves does it now", "confirm": "figma"})
}

// sells makes an app of the catalogue one of Figma's.
func sells(apps ...string) func(h *company) {
	return func(h *company) {
		for i, a := range h.cat.Apps {
			for _, id := range apps {
				if a.ID == id {
					h.cat.Apps[i].Vendor = "figma.com"
				}
			}
		}
	}
}

func TestTerminationTakesAccessAndEndsWhenBothActionsAreClosed(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.Gets("nora", "github", "member", 7*day, "bob")
		h.Gets("finn", "ci", "user", 7*day, "bob")
		h.refused(h.As("nora").Terminates(id), "not_responsible")
		h.invalid(h.As("wanda").onVendor(workflows.VerbEndVendor, id, map[string]string{"reason": "Too dear for what it does", "confirm": "Sketch"}), "confirm")
		h.done(h.As("wanda").Terminates(id))
		h.wants(h.As("wanda").Terminates(id), workflows.OutcomeAlready, "")
		h.Settle()
		h.IsVendor(id, workflows.VendorEnding)
		if h.In(members, "nora") || !h.In(members, "finn") {
			t.Error("the access to its app stayed, or other access went")
		}
		if a := h.action(id + "/A2"); a.Kind != workflows.ActionAccess || a.Owner != h.Person("wanda").ID || a.DueOn != "2000-01-31" {
			t.Errorf("the second action is %+v", a)
		}
		h.done(h.As("wanda").Closes(id + "/A1"))
		h.IsVendor(id, workflows.VendorEnding)
		h.restarts()
		h.done(h.As("wanda").Closes(id + "/A2"))
		h.Settle()
		h.IsVendor(id, workflows.VendorTerminated)
		e := h.last("vendor.terminated")
		if e.WorkflowID != id || e.Actor.ID != h.Person("wanda").ID {
			t.Errorf("got event %+v", e)
		}
		h.refused(h.As("wanda").onVendor(workflows.VerbRenew, id, map[string]string{"renews": h.day(100)}), "too_late")
		h.Leap(400 * day)
		if h.changes("review_opened") != 0 {
			t.Error("a terminated vendor is re-evaluated")
		}
	}, sells("github"))
}

func TestTheAccessActionStaysOpenWhileSomebodyCanStillSignIn(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		request := h.Gets("nora", "wiki", "editor", 7*day, "wanda")
		var task string
		h.view(func(tx workflows.Tx) error {
			g, err := tx.GrantOf(request)
			if err != nil {
				return err
			}
			open, err := tx.OpenTask(g.ID)
			task = open.ID
			return err
		})
		h.done(h.As("wanda").MarksDone(task, "Added her as an editor by hand"))
		h.Settle()
		h.done(h.As("ada").Terminates(id))
		h.Settle()
		out := h.As("wanda").Closes(id + "/A2")
		h.refused(out, "still_held")
		h.says(out.Message, "Nora Newcomer")
		h.view(func(tx workflows.Tx) error {
			open, err := tx.OpenTasks()
			task = open[0].ID
			return err
		})
		h.done(h.As("wanda").MarksDone(task, "Removed her from the editors"))
		h.Settle()
		h.done(h.As("wanda").Closes(id + "/A2"))
		h.done(h.As("cleo").Closes(id + "/A1"))
		h.Settle()
		h.IsVendor(id, workflows.VendorTerminated)
	}, sells("wiki"))
}

func TestWhatElseIsOpenIsNoLongerNeededOnceAVendorIsTerminated(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("sam").Opens(id, "bob", 60))
		h.done(h.As("cleo").Terminates(id))
		h.done(h.As("wanda").Closes(id + "/A2"))
		h.done(h.As("wanda").Closes(id + "/A3"))
		h.Settle()
		h.IsVendor(id, workflows.VendorTerminated)
		if got := h.status(workflows.CardVendorAction, id+"/A1", chat("bob")); got != "No longer needed" {
			t.Errorf("the card says %q", got)
		}
		h.Advance(90 * day)
		if len(h.Events("task.overdue")) != 0 {
			t.Error("it was found overdue all the same")
		}
	})
}
