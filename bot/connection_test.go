package bot

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"countersign/workflows"
)

func submissionFrame(id string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"interactive","payload":{"type":"view_submission","user":{"id":"U1"},
		"view":{"id":"V%s","hash":"h","type":"modal","callback_id":"form:access_request","state":{"values":{}}}}}`, id, id)
}

// holding is a service whose submissions wait for the test.
func holding() (*service, chan string, chan struct{}) {
	begun, release := make(chan string, 10), make(chan struct{})
	return &service{submit: func(s workflows.Submission) (workflows.Outcome, error) {
		begun <- s.Key
		<-release
		return workflows.Outcome{Kind: workflows.OutcomeDone}, nil
	}}, begun, release
}

func TestEnvelopesThatNobodyKnowsAreAcknowledged(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		l, _ := s.start(t, &service{})
		for _, frame := range []string{
			`{"envelope_id":"1","type":"something_new","payload":{}}`,
			`{"envelope_id":"2","type":"slash_commands","payload":7}`,
			`{"envelope_id":"3","type":["odd"]}`,
			`{"envelope_id":"4","type":"events_api","payload":{"event_id":"E","event":{"type":"new_event"}}}`,
			`{"envelope_id":"5","type":"interactive","payload":{"type":"new_interaction"}}`,
			`{"envelope_id":"6","type":"events_api","payload":"{"}`,
			`{"envelope_id":"7","type":"interactive","payload":null}`,
			`{"envelope_id":"8","type":"slash_commands"}`,
			`{"envelope_id":"9"}`,
			`{"payload":[],"envelope_id":"10","type":"interactive"}`,
		} {
			l.send(frame)
			if got := next(t, "an acknowledgement", l.acks); !strings.Contains(frame, `"`+got.ID+`"`) {
				t.Errorf("%s was acknowledged as %s", frame, got.ID)
			}
		}
	})
}

func TestAnEnvelopeIsAcknowledgedOnTheConnectionItCameFrom(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		svc, begun, release := holding()
		first, _ := s.start(t, svc)
		first.send(submissionFrame("1"))
		next(t, "the submission", begun)
		first.send(`{"type":"disconnect","reason":"warning"}`)
		second := next(t, "the new connection", s.lines)
		second.send(`{"envelope_id":"9","type":"something_new"}`)
		next(t, "an acknowledgement on the new connection", second.acks)
		select {
		case code := <-first.closed:
			t.Fatalf("the old connection was closed with %d before its envelope was answered", code)
		default:
		}
		close(release)
		if got := next(t, "the acknowledgement", first.acks).ID; got != "1" {
			t.Errorf("acknowledged %q, want 1", got)
		}
		if got := later(t, "the close frame", first.closed); got != websocket.CloseNormalClosure {
			t.Errorf("the old connection was closed with %d, want %d", got, websocket.CloseNormalClosure)
		}
	})
}

func TestWhatWasBegunIsAcknowledgedBeforeTheBotStops(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		svc, begun, release := holding()
		l, stop := s.start(t, svc)
		l.send(submissionFrame("1"))
		next(t, "the submission", begun)
		ended := make(chan error, 1)
		go func() { ended <- stop() }()
		close(release)
		if got := next(t, "the acknowledgement", l.acks).ID; got != "1" {
			t.Errorf("acknowledged %q, want 1", got)
		}
		if got := later(t, "the close frame", l.closed); got != websocket.CloseNormalClosure {
			t.Errorf("closed with %d, want %d", got, websocket.CloseNormalClosure)
		}
		if err := next(t, "the end", ended); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestAServerThatClosesGetsItsAcknowledgementsFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		svc, begun, release := holding()
		l, _ := s.start(t, svc)
		time.Sleep(time.Hour)
		l.send(submissionFrame("1"))
		next(t, "the submission", begun)
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		if err := l.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		closed := time.Now()
		next(t, "another connection", s.lines)
		if took := time.Since(closed); took > 100*time.Millisecond {
			t.Errorf("the next connection came after %v, while the first one's work was awaited", took)
		}
		time.Sleep(2 * time.Second)
		close(release)
		if got := next(t, "the acknowledgement", l.acks).ID; got != "1" {
			t.Errorf("acknowledged %q, want 1", got)
		}
	})
}

func TestARepeatedSubmissionGetsTheFirstAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		var calls atomic.Int32
		l, _ := s.start(t, &service{submit: func(workflows.Submission) (workflows.Outcome, error) {
			calls.Add(1)
			return workflows.Outcome{Kind: workflows.OutcomeRefused, Message: "No."}, nil
		}})
		l.send(submissionFrame("1"))
		first := next(t, "an answer", l.acks)
		l.send(submissionFrame("1"))
		if again := next(t, "the answer again", l.acks); string(again.Payload) != string(first.Payload) {
			t.Errorf("answered %s, then %s", first.Payload, again.Payload)
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("submitted %d times, want once", n)
		}
	})
}

func TestARepeatedEventChangesNobodyTwice(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		changed := make(chan string, 10)
		l, _ := s.start(t, &service{changed: func(m workflows.Member) error { changed <- m.ChatID; return nil }})
		for _, id := range []string{"1", "2"} { // another envelope, the same event
			l.send(`{"envelope_id":"` + id + `","type":"events_api","payload":{"event_id":"Ev1","event":{"type":"user_change","user":{"id":"U7"}}}}`)
			next(t, "an acknowledgement", l.acks)
		}
		if got := len(changed); got != 1 {
			t.Errorf("changed %d times, want once", got)
		}
	})
}

func TestAnEventThatCouldNotBeKeptIsLeftForSlackToRepeat(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		fail := true
		tried := make(chan struct{}, 10)
		l, _ := s.start(t, &service{changed: func(workflows.Member) error {
			defer func() { tried <- struct{}{} }()
			if fail {
				fail = false
				return errors.New("disk full")
			}
			return nil
		}})
		event := `{"envelope_id":"%s","type":"events_api","payload":{"event_id":"Ev1","event":{"type":"team_join","user":{"id":"U7"}}}}`
		l.send(fmt.Sprintf(event, "1"))
		next(t, "the first try", tried)
		synctest.Wait() // until the bot has noted that it failed: before, a repeat shares its fate
		l.send(fmt.Sprintf(event, "2"))
		next(t, "the second try", tried)
		if got := next(t, "an acknowledgement", l.acks).ID; got != "2" {
			t.Errorf("acknowledged %q, want only 2", got)
		}
	})
}

func TestAPanicIsAnsweredAndEndsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		l, _ := s.start(t, &service{submit: func(workflows.Submission) (workflows.Outcome, error) { panic("boom") }})
		for _, id := range []string{"1", "2"} {
			l.send(submissionFrame(id))
			got := next(t, "an answer", l.acks)
			if !strings.Contains(string(got.Payload), "tell an admin this reference") {
				t.Errorf("answered %s", got.Payload)
			}
		}
	})
}

func TestASlowHandlerDelaysNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		svc, begun, release := holding()
		l, _ := s.start(t, svc)
		defer close(release)
		l.send(submissionFrame("1"))
		next(t, "the submission", begun)
		l.send(`{"envelope_id":"2","type":"something_new"}`)
		if got := next(t, "an acknowledgement", l.acks).ID; got != "2" {
			t.Errorf("acknowledged %q, want 2", got)
		}
	})
}
