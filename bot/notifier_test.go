package bot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// posting is a workspace with a bot that was opened but does not listen.
func posting(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	if err := w.bot.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func logCard(id int64) workflows.Card {
	return workflows.Card{ID: id, Kind: workflows.CardLog, Record: "AR-000123", Channel: workflows.ChannelRequests}
}

func show(t *testing.T, w *world, c workflows.Card, v workflows.CardView) workflows.Posted {
	t.Helper()
	at, err := w.bot.Show(t.Context(), c, workflows.Person{}, drawn(v))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestACardIsPostedOnceAndChangedInPlace(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	c.At = show(t, w, c, approverCard())
	again := show(t, w, c, grantedCard())
	if again.Channel != c.At.Channel || again.ID != c.At.ID {
		t.Errorf("the changed card stands at %s %s, want %s %s", again.Channel, again.ID, c.At.Channel, c.At.ID)
	}
	if !strings.Contains(again.Layout, "Granted") || !strings.Contains(again.Text, c.Record) {
		t.Errorf("the copy of what was said is %q, %s", again.Text, again.Layout)
	}
	m := message(t, w, c.At)
	if got := string(m.Blocks); !strings.Contains(got, "Granted") || strings.Contains(got, "act:approve") {
		t.Errorf("the changed card shows %s", got)
	}
	if got := string(m.Metadata); !strings.Contains(got, cardEvent) || !strings.Contains(got, `"1"`) {
		t.Errorf("metadata is %s", got)
	}
}

func TestACardForAPersonComesAsADirectMessage(t *testing.T) {
	w := posting(t)
	c := workflows.Card{ID: 1, Record: "AR-000123", Person: "P-000001"}
	to := workflows.Person{ID: "P-000001", ChatID: w.ana.ID}
	for range 2 {
		if _, err := w.bot.Show(t.Context(), c, to, drawn(approverCard())); err != nil {
			t.Fatal(err)
		}
		c.ID++
	}
	if n := w.CallCount("conversations.open"); n != 1 {
		t.Errorf("the direct message was opened %d times, want once", n)
	}
}

func TestAPostWhoseAnswerWasLostIsFoundAgain(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", Status: 500, Applied: true})
	if _, err := w.bot.Show(t.Context(), c, workflows.Person{}, drawn(approverCard())); err == nil {
		t.Fatal("the failed post was not reported")
	}
	show(t, w, logCard(2), approverCard())
	c.Tried = true
	at := show(t, w, c, grantedCard())
	if n := w.CallCount("chat.postMessage"); n != 2 {
		t.Errorf("posted %d times, want once for each card", n)
	}
	if m := message(t, w, at); !strings.Contains(string(m.Metadata), `"1"`) || !strings.Contains(string(m.Blocks), "Granted") {
		t.Errorf("found %s", m.Metadata)
	}
}

func TestAPostThatNeverArrivedIsPostedAgain(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	c.Tried = true
	show(t, w, c, approverCard())
	if n := w.CallCount("chat.postMessage"); n != 1 {
		t.Errorf("posted %d times, want once", n)
	}
}

func TestACardThatSomebodyDeletedIsPostedAnew(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	c.At = show(t, w, c, approverCard())
	if _, _, err := w.bot.api.DeleteMessageContext(t.Context(), c.At.Channel, c.At.ID); err != nil {
		t.Fatal(err)
	}
	at := show(t, w, c, grantedCard())
	if at.ID == c.At.ID || at.ID == "" {
		t.Errorf("the card stands at %v, want a new place", at)
	}
}

func TestPatienceIsAskedForAndNotTaken(t *testing.T) {
	w := posting(t)
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", RetryAfter: 7})
	_, err := w.bot.Show(t.Context(), logCard(1), workflows.Person{}, drawn(approverCard()))
	later, ok := errors.AsType[*workflows.Later](err)
	if !ok || later.After != 7*time.Second {
		t.Errorf("Show: %v, want to come again after 7s", err)
	}
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", Error: "ratelimited"})
	_, err = w.bot.Show(t.Context(), logCard(2), workflows.Person{}, drawn(approverCard()))
	if _, ok := errors.AsType[*workflows.Later](err); !ok {
		t.Errorf("Show: %v, want to come again later", err)
	}
}

func TestWhatCanNeverBeShownIsGone(t *testing.T) {
	w := posting(t)
	for _, code := range []string{"is_archived", "channel_not_found", "restricted_action"} {
		w.Fail(fakeslack.Fault{Method: "chat.postMessage", Error: code})
		_, err := w.bot.Show(t.Context(), logCard(1), workflows.Person{}, drawn(approverCard()))
		if _, ok := errors.AsType[*workflows.Gone](err); !ok {
			t.Errorf("Show with %s: %v, want it gone", code, err)
		}
	}
	for name, c := range map[string]workflows.Card{
		"no account": {ID: 2, Person: "P-000001"}, "no channel": {ID: 3, Channel: workflows.ChannelCompliance},
	} {
		_, err := w.bot.Show(t.Context(), c, workflows.Person{ID: "P-000001"}, drawn(approverCard()))
		if _, ok := errors.AsType[*workflows.Gone](err); !ok {
			t.Errorf("Show with %s: %v, want it gone", name, err)
		}
	}
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", Error: "internal_error"})
	_, err := w.bot.Show(t.Context(), logCard(4), workflows.Person{}, drawn(approverCard()))
	if _, ok := errors.AsType[*workflows.Gone](err); ok || err == nil {
		t.Errorf("Show with a fault: %v, want an error worth another try", err)
	}
}

func TestACardPostedAnewIsLookedForWhenTheAnswerWasLost(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	c.Tried = true
	c.At = show(t, w, c, approverCard())
	if _, _, err := w.bot.api.DeleteMessageContext(t.Context(), c.At.Channel, c.At.ID); err != nil {
		t.Fatal(err)
	}
	before := w.CallCount("chat.postMessage")
	w.Fail(fakeslack.Fault{Method: "chat.postMessage", Status: 500, Applied: true})
	if _, err := w.bot.Show(t.Context(), c, workflows.Person{}, drawn(grantedCard())); err == nil {
		t.Fatal("no error")
	}
	show(t, w, c, grantedCard()) // the job's next attempt
	if n := w.CallCount("chat.postMessage") - before; n != 1 {
		t.Errorf("posted anew %d times, want once", n)
	}
}
