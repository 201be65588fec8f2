package bot

import (
	"sync"
	"time"
)

// Slack repeats an event up to five minutes later, and was seen to repeat one
// under the same envelope id as its first delivery
// (https://github.com/slackapi/bolt-js/issues/2487).
const (
	seenFor = 2 * time.Hour
	seenMax = 20_000
)

// seen remembers which envelopes and events came before, and what was answered.
type seen struct {
	mu    sync.Mutex
	known map[string]*answered
	order []string
}

type answered struct {
	at    time.Time
	done  bool
	frame []byte // payload of the acknowledgement
	again []func(frame []byte, ok bool)
}

func newSeen() *seen { return &seen{known: make(map[string]*answered)} }

// first notes a key. Where it came before, it returns what is known of it.
func (s *seen) first(key string, now time.Time) (answered, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.order) > 0 {
		oldest, ok := s.known[s.order[0]]
		if ok && len(s.order) < seenMax && now.Sub(oldest.at) < seenFor {
			break
		}
		delete(s.known, s.order[0])
		s.order = s.order[1:]
	}
	if a, ok := s.known[key]; ok {
		return *a, false
	}
	s.known[key] = &answered{at: now}
	s.order = append(s.order, key)
	return answered{}, true
}

// frameKept is the longest answer that is kept to be given again; type-ahead
// lists are longer, and nobody waits for them twice.
const frameKept = 4096

// settle keeps the answer that was given.
func (s *seen) settle(key string, frame []byte) {
	kept := frame
	if len(kept) > frameKept {
		kept = nil
	}
	s.tell(key, frame, true, func(a *answered) { a.done, a.frame = true, kept })
}

// forget lets a key come again, after its handling failed.
func (s *seen) forget(key string) {
	s.tell(key, nil, false, func(*answered) { delete(s.known, key) })
}

// tell changes what is known of a key and tells those who wait for it.
func (s *seen) tell(key string, frame []byte, ok bool, change func(*answered)) {
	s.mu.Lock()
	var waiting []func([]byte, bool)
	if a := s.known[key]; a != nil {
		waiting, a.again = a.again, nil
		change(a)
	}
	s.mu.Unlock()
	for _, f := range waiting {
		f(frame, ok)
	}
}

// await calls f once, with the answer to a key that came before, as soon as
// there is one. ok is false where its handling failed.
func (s *seen) await(key string, f func(frame []byte, ok bool)) {
	s.mu.Lock()
	a := s.known[key]
	if a != nil && !a.done {
		a.again = append(a.again, f)
		s.mu.Unlock()
		return
	}
	var frame []byte
	if a != nil {
		frame = a.frame
	}
	s.mu.Unlock()
	f(frame, a != nil)
}

// counterMax bounds a counter; what is forgotten is only a convenience.
const counterMax = 10_000

// counter counts by key, and forgets everything when it is full.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func newCounter() *counter { return &counter{n: make(map[string]int)} }

func (c *counter) add(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.n) >= counterMax {
		clear(c.n)
	}
	c.n[key]++
}

func (c *counter) of(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[key]
}
