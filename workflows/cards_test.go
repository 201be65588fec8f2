package workflows_test

import (
	"errors"
	"testing"
	"time"

	"countersign/workflows"
)

var errSlack = errors.New("slack is away")

func TestACardThatSlackRefusesForAWhileIsShownInTheEndAndOnce(t *testing.T) {
	for name, shown := range map[string]bool{"failed": false, "failed but shown": true} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				h.slack.Fails(10, shown, errSlack)
				id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
				h.is(id, "Granted") // that each card was posted once is checked after every step
				h.slack.Fails(10, shown, &workflows.Later{After: 30 * time.Second, Err: errSlack})
				h.Advance(8 * time.Hour)
				h.is(id, "Expired")
			})
		})
	}
}

func TestWhatSlackDoesNotShowHoldsUpNothing(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.slack.Fails(1000, false, &workflows.Gone{Err: errSlack})
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		h.Settle()
		if g := h.Grant(id); g.State != workflows.GrantHeld {
			t.Errorf("the grant is %s, want it granted", g.State)
		}
	})
}

func TestACardGoesToEveryoneConcerned(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.done(h.As("mona").RequestsFor("nora", "github", "admin", 8*time.Hour, reason))
		h.Settle()
		for _, want := range []struct {
			kind    workflows.CardKind
			to      string
			actions int
		}{
			{workflows.CardRequester, chat("mona"), 1}, {workflows.CardHolder, chat("nora"), 0},
			{workflows.CardApprover, chat("bob"), 3}, {workflows.CardApprover, chat("sam"), 3}, {workflows.CardApprover, chat("sid"), 3},
			{workflows.CardLog, workflows.ChannelRequests, 3},
		} {
			p, ok := h.slack.card(want.kind, "AR-000001", want.to)
			if !ok {
				t.Errorf("no %s card to %s", want.kind, want.to)
				continue
			}
			if n := len(p.view.Actions); n != want.actions {
				t.Errorf("%s card to %s has %d buttons, want %d", want.kind, want.to, n, want.actions)
			}
			h.says(p.view.Title, "Mona Manages asks for GitHub · Organization owner for Nora Newcomer")
		}
		if n := len(h.slack.all()); n != 6 {
			t.Errorf("got %d cards, want 6", n)
		}
	})
}
