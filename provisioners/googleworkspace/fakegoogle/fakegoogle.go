// Package fakegoogle is a Google Workspace that lives in one process: the
// Admin SDK Directory API, the token endpoint and the signing of IAM, as far as
// access to groups needs them. It is as strict as the real thing about keys,
// scopes, ids and parameters, and can be told to fail the ways Google fails.
//
// It has its own wire types on purpose: a request that the product encodes
// wrongly must not be decoded with the same mistake.
package fakegoogle

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options sets what the emulated Workspace is. The zero value works.
type Options struct {
	Now             func() time.Time // the clock; time.Now if nil
	CustomerID      string           // answers to this and to "my_customer"; "C00fake01" if empty
	DelegatedScopes []string         // what domain-wide delegation allows the keys; nil allows every scope
	PageSize        int              // most rows in one page, to force paging; 0 leaves Google's own limits
	KeyBits         int              // length of the RSA keys it makes; 2048 if zero, tests need less
}

// Server is the emulator. It is an http.Handler for every Google host at once,
// and safe for use by many goroutines.
type Server struct {
	options Options
	mux     *http.ServeMux

	mu       sync.Mutex // guards everything below
	serial   int        // numbers users, groups, keys and revisions
	users    []*user
	groups   []*group
	roles    []roleAssignment
	keys     map[string]*signingKey // by service account address
	tokens   map[string]grant       // by access token
	faults   []*Fault
	requests []Request
	log      []Event
	changed  chan struct{} // closed and replaced at each change
}

// Request is one call as it arrived, for assertions about the wire. Bodies of
// the token and signing endpoints are left out, for they carry credentials.
type Request struct {
	At     time.Time
	Method string
	Path   string
	Query  string
	Body   string
	Status int // what was answered; 0 where the connection was dropped
}

// Event is one change of the emulated Workspace in words.
type Event struct {
	At   time.Time
	Text string
}

// New returns an empty Workspace.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CustomerID == "" {
		o.CustomerID = "C00fake01"
	}
	if o.KeyBits == 0 {
		o.KeyBits = 2048
	}
	s := &Server{
		options: o,
		mux:     http.NewServeMux(),
		keys:    map[string]*signingKey{},
		tokens:  map[string]grant{},
		changed: make(chan struct{}),
	}
	s.route()
	return s
}

// Requests returns every call received so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Log returns every change so far, oldest first.
func (s *Server) Log() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Changed returns a channel that is closed at the next change of users, groups,
// members or roles. Take it before reading the state, so that no change is missed.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// changedLocked records a change and wakes whoever waits for one.
func (s *Server) changedLocked(text string) {
	s.log = append(s.log, Event{At: s.options.Now(), Text: text})
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) nextLocked() int {
	s.serial++
	return s.serial
}
