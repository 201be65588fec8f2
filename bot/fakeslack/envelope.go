package fakeslack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

var (
	// ErrNoAnswer is what a person sees as operation_timeout: the app was not
	// connected, or did not acknowledge within three seconds.
	ErrNoAnswer = errors.New("operation_timeout")
	// ErrBadAnswer is returned when the app acknowledged with a payload that
	// Slack would not take; the person sees a general error.
	ErrBadAnswer = errors.New("the app's answer was refused")
)

// ackTime is how long the app has for an acknowledgement.
const ackTime = 3 * time.Second

// eventRetries are the pauses before an event is sent again.
var eventRetries = []time.Duration{0, time.Minute, 5 * time.Minute}

// Envelope is one Socket Mode message that was sent to the app, or would have
// been if it had been connected.
type Envelope struct {
	ID           string
	Type         string // slash_commands, interactive, events_api
	Payload      json.RawMessage
	RetryAttempt int
	RetryReason  string
	Sent         time.Time
	Conn         int // connection number, 0 for none, -1 for a ghost
	Acked        bool
	AckConn      int             // connection the acknowledgement came on
	Answer       json.RawMessage // its payload, nil without one

	answered chan struct{}
}

// Envelopes returns the envelopes so far, oldest first, at most the last 10,000.
func (s *Server) Envelopes() []Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Envelope, 0, len(s.envelopes))
	for _, e := range s.envelopes {
		out = append(out, *e)
	}
	return out
}

// sendLocked puts a payload into an envelope and sends it on one random
// connection.
func (s *Server) sendLocked(kind string, payload any, attempt int) *Envelope {
	return s.issueLocked(kind, payload, attempt, s.takeEnvelopeFaultLocked(kind))
}

func (s *Server) issueLocked(kind string, payload any, attempt int, fault *EnvelopeFault) *Envelope {
	h := randomHex(16)
	e := &Envelope{
		ID:   fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:]),
		Type: kind, Payload: encode(payload), RetryAttempt: attempt, Sent: s.o.Now(), answered: make(chan struct{}),
	}
	frame := object{
		"envelope_id": e.ID, "type": kind, "payload": e.Payload, "accepts_response_payload": kind != "events_api",
	}
	if kind == "events_api" {
		if attempt > 0 {
			e.RetryReason = "timeout"
		}
		frame["retry_attempt"], frame["retry_reason"] = attempt, e.RetryReason
	}
	s.envelopes = trim(append(s.envelopes, e))
	l, ghost := s.pickLocked()
	switch {
	case ghost:
		e.Conn = -1
	case l == nil:
		return e
	default:
		e.Conn = l.id
	}
	s.pending[e.ID] = e
	switch {
	case fault != nil:
		s.mistreatLocked(l, e, encode(frame), fault)
	case l != nil:
		l.send(encode(frame))
	}
	return e
}

// pickLocked chooses a connection; those about to be refreshed only when there
// is no other. It may choose a ghost.
func (s *Server) pickLocked() (l *link, ghost bool) {
	var staying, leaving []*link
	for l := range s.links {
		l.mu.Lock()
		switch {
		case l.closing:
		case l.leaving:
			leaving = append(leaving, l)
		default:
			staying = append(staying, l)
		}
		l.mu.Unlock()
	}
	if len(staying) == 0 {
		staying = leaving
	}
	n := len(staying) + s.ghosts
	if n == 0 {
		return nil, false
	}
	if i := rand.IntN(n); i < len(staying) {
		return staying[i], false
	}
	return nil, true
}

// acknowledge takes an acknowledgement. One that is late, unknown or unreadable
// is dropped, as in Slack. Whether it came on the envelope's own connection is
// not checked, only recorded.
func (s *Server) acknowledge(l *link, frame []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	if json.Unmarshal(frame, &ack) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.pending[ack.EnvelopeID]
	if e == nil {
		return
	}
	delete(s.pending, e.ID)
	e.Acked, e.AckConn = true, l.id
	if string(ack.Payload) != "null" {
		e.Answer = ack.Payload
	}
	close(e.answered)
}

// wait returns the acknowledgement's payload as an object, nil for none.
func (s *Server) wait(ctx context.Context, e *Envelope) (object, error) {
	if e.Conn == 0 {
		return nil, fmt.Errorf("%w: the app is not connected", ErrNoAnswer)
	}
	timer := time.NewTimer(ackTime)
	defer timer.Stop()
	var err error
	select {
	case <-e.answered:
	case <-timer.C:
		err = ErrNoAnswer
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, e.ID)
	if e.Acked {
		return readAnswer(e.Answer)
	}
	return nil, err
}

func readAnswer(raw json.RawMessage) (object, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var v any
	if err := decode(raw, &v); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadAnswer, err)
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return object{"text": v}, nil
	case object:
		return v, nil
	}
	return nil, fmt.Errorf("%w: payload is a %T", ErrBadAnswer, v)
}

// eventLocked sends an event to the app. Before an app has ever connected there
// is nobody to send it to.
func (s *Server) eventLocked(event object) {
	if s.linkSeq == 0 {
		return
	}
	s.seq++
	payload := encode(object{
		"token": "fake", "team_id": s.o.TeamID, "context_team_id": s.o.TeamID, "context_enterprise_id": nil,
		"api_app_id": s.o.AppID, "event": event, "type": "event_callback",
		"event_id": fmt.Sprintf("Ev0%09d", s.seq), "event_time": s.o.Now().Unix(),
		"authorizations": []any{object{
			"enterprise_id": nil, "team_id": s.o.TeamID, "user_id": s.o.BotUserID,
			"is_bot": true, "is_enterprise_install": false,
		}},
		"is_ext_shared_channel": false, "event_context": "4-fake",
	})
	s.deliverLocked(payload, 0)
}

// deliverLocked sends an event and, when it is not acknowledged, sends it again
// until eventRetries are used up.
func (s *Server) deliverLocked(payload json.RawMessage, attempt int) {
	e := s.sendLocked("events_api", payload, attempt)
	wait := ackTime
	if e.Conn == 0 {
		wait = 0
	}
	if attempt < len(eventRetries) {
		wait += eventRetries[attempt]
	}
	time.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.pending, e.ID)
		if !e.Acked && !s.closed && attempt < len(eventRetries) {
			s.deliverLocked(payload, attempt+1)
		}
	})
}
