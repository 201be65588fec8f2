package fakeslack

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// types has ana type a command.
func (w *world) types() error {
	return w.Command(w.t.Context(), w.ana.ID, w.room.ID, "/access", "")
}

// ended returns how a connection ended, nil while it lives.
func (a *app) ended() error {
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

func TestALostFrameReachesNobody(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		w.FailEnvelope(EnvelopeFault{Type: "slash_commands", Lose: true})
		check(t, w.OpenHome(t.Context(), w.ana.ID)) // of another type
		wantIs(t, w.types(), ErrNoAnswer)
		check(t, w.types())
		if n := len(a.got("slash_commands")); n != 1 || len(a.got("events_api")) != 1 {
			t.Errorf("got %d commands and %d events, want one each", n, len(a.got("events_api")))
		}
	})
}

func TestADelayedFrameComesLate(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		w.connect()
		w.FailEnvelope(EnvelopeFault{Delay: 2 * time.Second})
		before := time.Now()
		check(t, w.types())
		if waited := time.Since(before); waited != 2*time.Second {
			t.Errorf("the command took %v, want 2 s", waited)
		}
	})
}

func TestARepeatedFrameHasTheSameEnvelopeID(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		w.FailEnvelope(EnvelopeFault{Repeat: true, Again: 15 * time.Second})
		check(t, w.OpenHome(t.Context(), w.ana.ID))
		if n := len(a.got("events_api")); n != 1 {
			t.Fatalf("got %d events at first, want 1", n)
		}
		time.Sleep(16 * time.Second)
		got := a.got("events_api")
		if len(got) != 2 || got[0].EnvelopeID != got[1].EnvelopeID || got[1].RetryAttempt != 0 {
			t.Errorf("got %+v, want the same frame twice", got)
		}
	})
}

func TestAReissuedPayloadHasANewEnvelopeID(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		w.FailEnvelope(EnvelopeFault{Count: -1, Reissue: true})
		check(t, w.types())
		got := a.got("slash_commands")
		if len(got) != 2 || got[0].EnvelopeID == got[1].EnvelopeID || string(got[0].Payload) != string(got[1].Payload) {
			t.Errorf("got %+v, want one payload in two envelopes", got)
		}
		for _, e := range w.Envelopes() {
			if !e.Acked {
				t.Errorf("envelope %s was not acknowledged", e.ID)
			}
		}
	})
}

func TestAMalformedFrameIsNoJSON(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		w.FailEnvelope(EnvelopeFault{Malformed: true})
		check(t, w.OpenHome(t.Context(), w.ana.ID))
		if n := len(a.got("")); n != 1 { // the harness keeps what it cannot read
			t.Errorf("got %d unreadable frames, want 1", n)
		}
		time.Sleep(4 * time.Second)
		if n := len(a.got("events_api")); n != 1 {
			t.Errorf("the event came %d times afterwards, want once", n)
		}
	})
}

func TestAFrameMayBeTheLastOfItsConnection(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		a.ignoreAll()
		w.FailEnvelope(EnvelopeFault{Cut: true})
		wantIs(t, w.types(), ErrNoAnswer)
		if len(a.got("slash_commands")) != 1 {
			t.Error("the frame did not arrive")
		}
		if err := a.ended(); err == nil || websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("got %v, want an abrupt end", err)
		}
	})
}

func TestAConnectionMayBeClosedOnArrival(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		w.CloseOnArrival(2)
		for range 2 {
			a := w.connect()
			if a.ended() == nil || len(a.got("hello")) != 0 {
				t.Error("the connection was greeted, or lives")
			}
		}
		if a := w.connect(); a.ended() != nil || w.Connections() != 1 {
			t.Errorf("the third connection: got %v and %d connections", a.ended(), w.Connections())
		}
	})
}

func TestGhostsTakeTheirShareOfTheEnvelopes(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		w.Haunt(9)
		a := w.connect()
		if hello := a.got("hello"); hello[0].NumConnections != 10 {
			t.Errorf("got %d connections in hello, want 10", hello[0].NumConnections)
		}
		lost := 0
		for range 200 {
			if w.types() != nil {
				lost++
			}
		}
		if lost < 100 || lost == 200 || len(a.got("slash_commands")) != 200-lost {
			t.Errorf("lost %d of 200 commands to nine ghosts", lost)
		}
		if got := w.connect().got("disconnect"); len(got) != 1 || got[0].Reason != "too_many_websockets" {
			t.Errorf("got %+v, want too_many_websockets", got)
		}
		w.Haunt(0)
		check(t, w.types())
	})
}

func TestARawFrameIsWrittenAsItIs(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		w.SendRaw(`{"type":"novelty","envelope_id":"e1","payload":[1]}`)
		got := a.got("novelty")
		if len(got) != 1 || got[0].EnvelopeID != "e1" || string(got[0].Payload) != "[1]" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestAfterLinkDisabledThereIsNoConnectionUntilItIsEnabled(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		_, early, err := w.api.StartSocketModeContext(t.Context())
		check(t, err)
		a := w.connect()
		w.Disconnect("link_disabled")
		time.Sleep(2 * time.Second)
		if err := a.ended(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("got %v, want close 1000", err)
		}
		_, _, err = w.api.StartSocketModeContext(t.Context())
		wantCode(t, err, "forbidden_team")
		conn, _, err := w.dialSocket(early) // a link given out before
		check(t, err)
		defer conn.Close()
		var f frame
		check(t, conn.ReadJSON(&f))
		if f.Reason != "link_disabled" {
			t.Errorf("got %+v, want link_disabled", f)
		}
		w.EnableSocketMode()
		if len(w.connect().got("hello")) != 1 {
			t.Error("no hello after Socket Mode was enabled")
		}
	})
}

func TestALateAcknowledgementIsNotTaken(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		a.ignoreAll()
		wantIs(t, w.types(), ErrNoAnswer)
		late := map[string]any{"envelope_id": a.got("slash_commands")[0].EnvelopeID, "payload": map[string]string{"text": "late"}}
		check(t, a.conn.WriteJSON(late))
		synctest.Wait()
		if e := w.Envelopes()[0]; e.Acked || len(w.Messages(w.ana.ID, w.room.ID)) != 0 {
			t.Errorf("got %+v, want it unacknowledged", e)
		}
	})
}

func TestAnInteractionWithoutAcknowledgementIsNotSentAgain(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		ts := w.postCard()
		a.ignoreAll()
		err := w.Click(t.Context(), w.ana.ID, Place{Channel: w.room.ID, TS: ts}, Action{ActionID: "approve"})
		wantIs(t, err, ErrNoAnswer)
		time.Sleep(10 * time.Minute)
		if n := len(a.got("interactive")); n != 1 {
			t.Errorf("got the click %d times, want once", n)
		}
	})
}

func TestAnAcknowledgementInSeveralFramesIsIgnored(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		w.buffer = 256
		a := w.connect()
		check(t, w.types()) // a short one fits
		a.answerWith(json.RawMessage(`{"text":"` + strings.Repeat("x", 300) + `"}`))
		wantIs(t, w.types(), ErrNoAnswer)
		a.answerWith(nil)
		check(t, w.types()) // and is told apart from what follows
		check(t, a.conn.Close())
		synctest.Wait()
		w.buffer = 128 * 1024
		a = w.connect()
		a.answerWith(json.RawMessage(`{"text":"` + strings.Repeat("x", 70_000) + `"}`)) // one frame, too long
		wantIs(t, w.types(), ErrNoAnswer)
		a.answerWith(nil)
		check(t, w.types())
	})
}
