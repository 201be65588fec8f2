package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

const note = "added by hand, see the audit page of the wiki"

func TestALevelGivenByHandIsGrantedOnTheWordOfWhoManagesTheApp(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "wiki", "editor", 8*time.Hour, "wanda")
		h.is(id, "Provisioning")
		if p, ok := h.slack.card(workflows.CardTask, "TK-000001", chat("wanda")); !ok || len(p.view.Actions) != 1 {
			t.Fatal("wanda has no task to mark done")
		}
		h.refused(h.As("finn").MarksDone("TK-000001", note), "not_owner")
		h.refused(h.As("nora").MarksDone("TK-000001", note), "not_owner")
		h.wants(h.As("wanda").MarksDone("TK-000001", " "), workflows.OutcomeInvalid, "")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		h.wants(h.As("wanda").MarksDone("TK-000001", note), workflows.OutcomeAlready, "")
		h.Settle()
		h.is(id, "Granted, confirmed by Wanda Wiki, not machine-checked")

		h.Advance(8 * time.Hour)
		h.is(id, "Granted") // nobody has said yet that it is gone
		if p, ok := h.slack.card(workflows.CardTask, "TK-000002", chat("wanda")); !ok {
			t.Fatal("wanda has no task to take it away")
		} else {
			h.says(p.view.Title, "take", "away from Nora Newcomer")
		}
		h.Advance(day)
		h.is(id, "Granted")
		h.done(h.As("wanda").MarksDone("TK-000002", "removed from the list of editors"))
		h.Settle()
		h.is(id, "Expired")
		want := []string{
			"access_request.created", "access_request.approved", "grant.started", "task.created", "action.refused", "action.refused",
			"grant.confirmed_manual", "grant.expired", "task.created", "grant.confirmed_manual", "grant.expired",
		}
		if diff := cmp.Diff(want, h.allHistory()); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		for _, e := range h.Events("grant.confirmed_manual") {
			if e.Data["machine_checked"] != false || e.Actor.ID != h.Person("wanda").ID || e.WorkflowID != id {
				t.Errorf("got %v by %s of %s", e.Data, e.Actor.ID, e.WorkflowID)
			}
		}
	})
}

// allHistory returns the types of all events that are not about the directory.
func (h *company) allHistory() (out []string) {
	h.t.Helper()
	for _, e := range h.Ledger() {
		if e.Subject.Kind != "person" || e.Source != "slack" && e.Source != "google" || e.WorkflowID != "" {
			if e.Type != "sync.ran" {
				out = append(out, e.Type)
			}
		}
	}
	return out
}

func TestATaskThatAnotherOwnerDidIsRefused(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "wiki", "editor", 8*time.Hour, "wanda")
		h.done(h.As("bea").MarksDone("TK-000001", note))
		h.refused(h.As("wanda").MarksDone("TK-000001", note), "already_done")
	}, func(h *company) { h.cat.Apps[2].Owners = []string{mail("wanda"), mail("bea")} })
}

func TestNobodyMarksTheirOwnAccessAsGivenWhileAnotherCan(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("wanda", "wiki", "editor", 8*time.Hour, "ada")
		h.refused(h.As("wanda").MarksDone("TK-000001", note), "not_owner")
		h.done(h.As("ada").MarksDone("TK-000001", note))
		h.Settle()
		h.is(id, "Granted, confirmed by Ada Admin, not machine-checked")
	})
}

func TestATaskWhoseTimeIsUpIsNoLongerDone(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "wiki", "editor", 8*time.Hour, "wanda")
		h.Advance(8 * time.Hour) // nobody gave it meanwhile
		out := h.As("wanda").MarksDone("TK-000001", note)
		h.refused(out, "too_late")
		h.says(out.Message, "time is up")
		h.done(h.As("wanda").MarksDone("TK-000002", "it was never added"))
		h.Settle()
		h.is(id, "Expired")
	})
}

func TestATaskFollowsWhoManagesTheApp(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		away := func(off bool) {
			h.slack.Change(chat("wanda"), func(m *workflows.Member) { m.Deleted = off })
			h.Reads()
		}
		id := h.Gets("nora", "wiki", "editor", 8*time.Hour, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		away(true)
		h.Advance(8 * time.Hour)
		if _, ok := h.slack.card(workflows.CardTask, "TK-000002", chat("wanda")); ok {
			t.Fatal("wanda is away and was asked")
		}
		stood := h.slack.asked("TK-000002")
		if len(stood) == 0 {
			t.Fatal("nobody was asked in wanda's place")
		}
		away(false)
		h.Settle()
		p, ok := h.slack.card(workflows.CardTask, "TK-000002", chat("wanda"))
		if !ok || len(p.view.Actions) != 1 {
			t.Fatal("wanda is back and has no task to mark done")
		}
		for _, who := range stood {
			if p, _ := h.slack.card(workflows.CardTask, "TK-000002", who); len(p.view.Actions) > 0 {
				t.Errorf("%s may no longer say that it is done and still has the button", who)
			} else {
				h.says(p.view.Notes[len(p.view.Notes)-1].Text, "Wanda Wiki")
			}
		}
		h.done(h.As("wanda").MarksDone("TK-000002", note))
		h.Settle()
		h.is(id, "Expired")
	})
}

// asked returns the chat ids of who has a card of a task.
func (s *slack) asked(task string) (out []string) {
	for _, p := range s.all() {
		if p.card.Kind == workflows.CardTask && p.card.Record == task {
			out = append(out, p.to.ChatID)
		}
	}
	return out
}
