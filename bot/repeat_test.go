package bot

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"countersign/workflows"
)

func TestARepeatOnANewConnectionIsAnsweredThereToo(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		svc, begun, release := holding()
		first, _ := s.start(t, svc)
		first.send(submissionFrame("1"))
		next(t, "the submission", begun)
		first.conn.Close()
		second := later(t, "another connection", s.lines)
		second.send(submissionFrame("1"))
		synctest.Wait() // the repeat came while the first is still handled
		close(release)
		if got := next(t, "the acknowledgement", second.acks).ID; got != "1" {
			t.Errorf("acknowledged %q, want 1", got)
		}
		if n := len(begun); n != 0 {
			t.Errorf("submitted %d times more, want once in all", n)
		}
	})
}

func TestARepeatOfAnEventThatFailsIsNotAcknowledged(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		tried, fail := make(chan struct{}, 10), make(chan error)
		l, _ := s.start(t, &service{changed: func(workflows.Member) error {
			tried <- struct{}{}
			return <-fail
		}})
		send := func(id string) {
			l.send(fmt.Sprintf(`{"envelope_id":%q,"type":"events_api","payload":{"event_id":"Ev1","event":{"type":"team_join","user":{"id":"U7"}}}}`, id))
		}
		send("1")
		next(t, "the first try", tried)
		send("2") // Slack lost patience
		synctest.Wait()
		fail <- errors.New("disk full")
		time.Sleep(time.Minute)
		if n := len(l.acks); n != 0 {
			t.Fatalf("%s was acknowledged, and the event is lost", (<-l.acks).ID)
		}
		send("3")
		next(t, "the second try", tried)
		fail <- nil
		if got := next(t, "an acknowledgement", l.acks).ID; got != "3" {
			t.Errorf("acknowledged %q, want 3", got)
		}
		send("4")
		if got := next(t, "an acknowledgement", l.acks).ID; got != "4" || len(tried) != 0 {
			t.Errorf("acknowledged %q, want 4 without another try", got)
		}
	})
}
