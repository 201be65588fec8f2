package fakeslack

import (
	"slices"
	"time"
)

// EnvelopeFault makes the delivery of an envelope go wrong. Its fields may be
// combined.
type EnvelopeFault struct {
	Type      string        // slash_commands, interactive or events_api; empty matches all
	Count     int           // how many envelopes; 0 means one, a negative number all
	Delay     time.Duration // before the frame is written
	Lose      bool          // the frame is never written, though Slack believes so
	Malformed bool          // half of the frame is written, which is no JSON
	Cut       bool          // the connection is cut after the frame, without a close frame
	Repeat    bool          // the frame is written again, with the same envelope id
	Reissue   bool          // the payload is sent again under a new envelope id
	Again     time.Duration // pause before Repeat and Reissue
}

// FailEnvelope adds a fault of delivery. Faults for the same type are used up in
// order; a second delivery that a fault brings is itself delivered well.
func (s *Server) FailEnvelope(f EnvelopeFault) {
	if f.Count == 0 {
		f.Count = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.envelopeFaults = append(s.envelopeFaults, &f)
}

func (s *Server) takeEnvelopeFaultLocked(kind string) *EnvelopeFault {
	for i, f := range s.envelopeFaults {
		if f.Type != "" && f.Type != kind {
			continue
		}
		if f.Count > 0 {
			f.Count--
		}
		if f.Count == 0 {
			s.envelopeFaults = slices.Delete(s.envelopeFaults, i, i+1)
		}
		return f
	}
	return nil
}

// mistreatLocked writes an envelope's frame as a fault wants it.
func (s *Server) mistreatLocked(l *link, e *Envelope, frame []byte, f *EnvelopeFault) {
	first := frame
	if f.Malformed {
		first = frame[:len(frame)/2]
	}
	s.afterLocked(f.Delay, func() {
		if l != nil && !f.Lose {
			l.send(first)
		}
		if l != nil && f.Cut {
			l.send(cutHere)
		}
	})
	if f.Repeat {
		s.afterLocked(f.Delay+f.Again, func() {
			if other, _ := s.pickLocked(); other != nil {
				other.send(frame)
			}
		})
	}
	if f.Reissue {
		s.afterLocked(f.Delay+f.Again, func() {
			twin := s.issueLocked(e.Type, e.Payload, e.RetryAttempt, nil)
			time.AfterFunc(ackTime, func() { s.forget(twin) })
		})
	}
}

// afterLocked runs f under the lock: at once, or after a pause unless the
// workspace has been closed by then.
func (s *Server) afterLocked(pause time.Duration, f func()) {
	if pause <= 0 {
		f()
		return
	}
	time.AfterFunc(pause, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			f()
		}
	})
}

// forget ends the time in which an envelope may be acknowledged.
func (s *Server) forget(e *Envelope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, e.ID)
}

// SendRaw writes a text frame on every connection as it is, for frames that no
// fault describes. It does nothing with an empty one.
func (s *Server) SendRaw(frame string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.links {
		if frame != "" {
			l.send([]byte(frame))
		}
	}
}

// CloseOnArrival makes the next n connections end right after they were
// accepted, before hello and without a close frame.
func (s *Server) CloseOnArrival(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slams = n
}

// Haunt sets how many ghosts there are: connections that Slack takes for alive
// though their client has gone without a close frame. They count in hello and
// against the limit of 10, and take their share of the envelopes. Source:
// https://github.com/slackapi/python-slack-sdk/issues/1940.
func (s *Server) Haunt(ghosts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ghosts = ghosts
}

// EnableSocketMode switches Socket Mode on again after
// Disconnect("link_disabled").
func (s *Server) EnableSocketMode() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disabled = false
}
