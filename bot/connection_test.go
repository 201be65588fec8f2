package bot

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
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
	s := newSwitchboard(t)
	l, _ := s.start(t, &service{})
	for _, frame := range []string{
		`{"envelope_id":"1","type":"something_new","payload":{}}`,
		`{"envelope_id":"2","type":"slash_commands","payload":7}`,
		`{"envelope_id":"3","type":["odd"]}`,
		`{"envelope_id":"4","type":"events_api","payload":{"event_id":"E","event":{"type":"new_event"}}}`,
		`{"envelope_id":"5","type":"interactive","payload":{"type":"new_interaction"}}`,
	} {
		l.send(frame)
		if got := next(t, "an acknowledgement", l.acks); !strings.Contains(frame, `"`+got.ID+`"`) {
			t.Errorf("%s was acknowledged as %s", frame, got.ID)
		}
	}
}

func TestAnEnvelopeIsAcknowledgedOnTheConnectionItCameFrom(t *testing.T) {
	s := newSwitchboard(t)
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
	if got := next(t, "the close frame", first.closed); got != websocket.CloseNormalClosure {
		t.Errorf("the old connection was closed with %d, want %d", got, websocket.CloseNormalClosure)
	}
}

func TestWhatWasBegunIsAcknowledgedBeforeTheBotStops(t *testing.T) {
	s := newSwitchboard(t)
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
	if got := next(t, "the close frame", l.closed); got != websocket.CloseNormalClosure {
		t.Errorf("closed with %d, want %d", got, websocket.CloseNormalClosure)
	}
	if err := next(t, "the end", ended); err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestAServerThatClosesGetsItsAcknowledgementsFirst(t *testing.T) {
	s := newSwitchboard(t)
	svc, begun, release := holding()
	l, _ := s.start(t, svc)
	l.send(submissionFrame("1"))
	next(t, "the submission", begun)
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if err := l.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	close(release)
	if got := next(t, "the acknowledgement", l.acks).ID; got != "1" {
		t.Errorf("acknowledged %q, want 1", got)
	}
}

func TestARepeatedSubmissionGetsTheFirstAnswer(t *testing.T) {
	s := newSwitchboard(t)
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
}

func TestARepeatedEventChangesNobodyTwice(t *testing.T) {
	s := newSwitchboard(t)
	changed := make(chan string, 10)
	l, _ := s.start(t, &service{changed: func(m workflows.Member) error { changed <- m.ChatID; return nil }})
	for _, id := range []string{"1", "2"} { // another envelope, the same event
		l.send(`{"envelope_id":"` + id + `","type":"events_api","payload":{"event_id":"Ev1","event":{"type":"user_change","user":{"id":"U7"}}}}`)
		next(t, "an acknowledgement", l.acks)
	}
	if got := len(changed); got != 1 {
		t.Errorf("changed %d times, want once", got)
	}
}

func TestAnEventThatCouldNotBeKeptIsLeftForSlackToRepeat(t *testing.T) {
	s := newSwitchboard(t)
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
	l.send(fmt.Sprintf(event, "2"))
	next(t, "the second try", tried)
	if got := next(t, "an acknowledgement", l.acks).ID; got != "2" {
		t.Errorf("acknowledged %q, want only 2", got)
	}
}

func TestAPanicIsAnsweredAndEndsNothing(t *testing.T) {
	s := newSwitchboard(t)
	l, _ := s.start(t, &service{submit: func(workflows.Submission) (workflows.Outcome, error) { panic("boom") }})
	for _, id := range []string{"1", "2"} {
		l.send(submissionFrame(id))
		got := next(t, "an answer", l.acks)
		if !strings.Contains(string(got.Payload), "tell an admin this reference") {
			t.Errorf("answered %s", got.Payload)
		}
	}
}

func TestASlowHandlerDelaysNoOther(t *testing.T) {
	s := newSwitchboard(t)
	svc, begun, release := holding()
	l, _ := s.start(t, svc)
	defer close(release)
	l.send(submissionFrame("1"))
	next(t, "the submission", begun)
	l.send(`{"envelope_id":"2","type":"something_new"}`)
	if got := next(t, "an acknowledgement", l.acks).ID; got != "2" {
		t.Errorf("acknowledged %q, want 2", got)
	}
}

func TestShortLivedConnectionsComeBackSlowly(t *testing.T) {
	s := newSwitchboard(t)
	patient := quick
	patient.gap = 200 * time.Millisecond
	stop := run(t, s.bot(t, patient), &service{})
	t.Cleanup(func() { _ = stop() })
	l := next(t, "a connection", s.lines)
	before := next(t, "an attempt", s.attempts)
	for range 3 {
		_ = l.conn.NetConn().Close()
		now := next(t, "another attempt", s.attempts)
		// Attempts are seen when they arrive, which may be later than they were made.
		if gap := now.Sub(before); gap < patient.gap/2 {
			t.Errorf("two attempts within %v, want about %v", gap, patient.gap)
		}
		before = now
		l = next(t, "a connection", s.lines)
	}
}

func TestADeadConnectionIsReplaced(t *testing.T) {
	s := newSwitchboard(t)
	impatient := quick
	impatient.dead, impatient.ping = 60*time.Millisecond, time.Hour
	stop := run(t, s.bot(t, impatient), &service{})
	t.Cleanup(func() { _ = stop() })
	next(t, "a connection", s.lines)
	next(t, "a second one, the first says nothing", s.lines)
}

func TestOurPingsKeepAQuietConnectionOpen(t *testing.T) {
	s := newSwitchboard(t)
	with := quick
	with.dead, with.ping = 200*time.Millisecond, 20*time.Millisecond
	stop := run(t, s.bot(t, with), &service{})
	t.Cleanup(func() { _ = stop() })
	l := next(t, "a connection", s.lines)
	select {
	case <-l.closed:
		t.Error("the connection was given up although every ping was answered")
	case <-s.lines:
		t.Error("a second connection was opened although every ping was answered")
	case <-time.After(400 * time.Millisecond):
	}
}

func TestTooManyConnectionsWaitLong(t *testing.T) {
	s := newSwitchboard(t)
	s.greeting = func(n int) string {
		if n == 1 {
			return `{"type":"disconnect","reason":"too_many_websockets"}`
		}
		return hello
	}
	s.start(t, &service{})
	first := next(t, "an attempt", s.attempts)
	if gap := next(t, "another attempt", s.attempts).Sub(first); gap < quick.crowded/2 {
		t.Errorf("came back after %v, want at least %v", gap, quick.crowded/2)
	}
}

func TestTheBotStopsLoudlyWhereOnlyAPersonCanHelp(t *testing.T) {
	for _, code := range []string{"invalid_auth", "token_revoked", "missing_scope"} {
		s := newSwitchboard(t)
		s.refusal.Store(&code)
		err := s.bot(t, quick).Run(t.Context(), &service{})
		if slackCode(err) != code {
			t.Errorf("Run with %s: %v", code, err)
		}
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("the error holds a token: %v", err)
		}
	}
	s := newSwitchboard(t)
	s.greeting = func(int) string { return `{"type":"disconnect","reason":"link_disabled"}` }
	if err := s.bot(t, quick).Run(t.Context(), &service{}); !errors.Is(err, errDisabled) {
		t.Errorf("Run with link_disabled: %v", err)
	}
}

func TestARefreshKeepsTheBotReachable(t *testing.T) {
	w := running(t)
	connection := func() int {
		t.Helper()
		if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/access", "help"); err != nil {
			t.Fatal(err)
		}
		all := w.Envelopes()
		return all[len(all)-1].Conn
	}
	for range 3 {
		before := connection()
		w.Disconnect("refresh_requested")
		for connection() == before {
		}
		w.until("one connection", func() bool { return w.Connections() == 1 })
	}
}

// CallCount says how often the bot called a method.
func (w *world) CallCount(method string) int {
	n := 0
	for _, c := range w.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}
