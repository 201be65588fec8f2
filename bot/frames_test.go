package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"countersign/workflows"
)

// slackAckMax is the size from which Slack drops an acknowledgement.
const slackAckMax = 20 * 1024

func TestAnOptionListIsCutToFitAndArrives(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		var many []workflows.Choice
		for i := range 100 {
			many = append(many, workflows.Choice{
				Value: fmt.Sprintf("%03d%s", i, strings.Repeat("v", 140)), Label: strings.Repeat("l", 75), Hint: strings.Repeat("<", 75),
			})
		}
		l, _ := s.start(t, &service{choices: func(string, string, string) []workflows.Choice { return many }})
		l.send(`{"envelope_id":"1","type":"interactive","payload":{"type":"block_suggestion","user":{"id":"U1"},"block_id":"b","action_id":"a",
			"value":"x","view":{"id":"V1","type":"modal","callback_id":"form:access_request"}}}`)
		got := next(t, "the options", l.acks)
		var list struct {
			Options []struct{ Value string }
		}
		if err := json.Unmarshal(got.Payload, &list); err != nil {
			t.Fatal(err)
		}
		if n := len(list.Options); n < 20 || n >= len(many) || list.Options[0].Value != many[0].Value {
			t.Errorf("%d options arrived, want the first of %d", n, len(many))
		}
		if got.size >= slackAckMax {
			t.Errorf("the acknowledgement has %d bytes, and Slack drops it", got.size)
		}
	})
}

func TestAnAnswerTooLongForAnAcknowledgementComesByItsResponseURL(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		home := workflows.Home{}
		for range 10 {
			home.Access = append(home.Access, workflows.CardView{
				Record: "AR-000001", Title: "Ana has access", Status: "Granted", Notes: []workflows.Value{{Text: strings.Repeat("n", 2500)}},
			})
		}
		l, _ := s.start(t, &service{home: func(workflows.Clicker) (workflows.Home, error) { return home, nil }})
		l.send(`{"envelope_id":"1","type":"slash_commands","payload":{"command":"/access","text":"mine","user_id":"U1","response_url":"http://slack.test/response"}}`)
		if got := next(t, "an acknowledgement", l.acks); got.ID != "1" || len(got.Payload) > 0 {
			t.Errorf("acknowledged %s with %d bytes, want 1 with none", got.ID, len(got.Payload))
		}
		if body := next(t, "the answer", s.posted); len(body) < slackAckMax || !strings.Contains(string(body), "Ana has access") {
			t.Errorf("the answer has %d bytes: %.200s", len(body), body)
		}
	})
}

func TestAPayloadThatSlackWouldDropIsNotSent(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		b := s.bot(t)
		r := &reply{bot: b, w: work{e: envelope{ID: "1"}}}
		if err := r.send(map[string]string{"text": strings.Repeat("x", slackAckMax)}); err == nil || r.sent {
			t.Errorf("send: %v, sent %t, want it refused", err, r.sent)
		}
	})
}

func TestAStopUnderLoadAcknowledgesAllThatWasHandled(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		handled := make(chan string, 1000)
		l, stop := s.start(t, &service{submit: func(sub workflows.Submission) (workflows.Outcome, error) {
			time.Sleep(900 * time.Millisecond)
			handled <- sub.Ref
			return workflows.Outcome{Kind: workflows.OutcomeDone}, nil
		}})
		for i := range 90 { // more than there are workers
			l.send(submissionFrame(fmt.Sprint(i)))
		}
		synctest.Wait()
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		synctest.Wait()
		if got := next(t, "the close frame", l.closed); got != websocket.CloseNormalClosure {
			t.Errorf("closed with %d, want %d", got, websocket.CloseNormalClosure)
		}
		if len(handled) != 90 || len(l.acks) != 90 {
			t.Errorf("%d handled and %d acknowledged of 90", len(handled), len(l.acks))
		}
		acked := map[string]bool{}
		for range len(l.acks) {
			acked["V"+(<-l.acks).ID] = true
		}
		for range len(handled) {
			if ref := <-handled; !acked[ref] {
				t.Errorf("%s was handled and not acknowledged", ref)
			}
		}
	})
}

func TestAnOddFieldDoesNotKeepAnEnvelopeFromBeingHandled(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		svc, begun, release := holding()
		close(release)
		l, _ := s.start(t, svc)
		l.send(strings.Replace(submissionFrame("1"), `"type":"interactive"`, `"reason":{"new":"field"},"num_connections":"two","type":"interactive"`, 1))
		next(t, "the submission", begun)
		next(t, "the acknowledgement", l.acks)
	})
}

func TestNoiseEndsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		l, _ := s.start(t, &service{})
		for _, frame := range []string{``, `{`, `null`, `7`, `"x"`, `[]`, `{}`, `{"type":"new"}`, `{"envelope_id":7}`, `{"type":"hello"}`} {
			l.send(frame)
		}
		if err := l.conn.WriteMessage(websocket.BinaryMessage, []byte{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		l.send(`{"envelope_id":"1","type":"something_new"}`)
		if got := next(t, "an acknowledgement", l.acks).ID; got != "1" {
			t.Errorf("acknowledged %q, want 1", got)
		}
		if n := len(s.tries()); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
	})
}
