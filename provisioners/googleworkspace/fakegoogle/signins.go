package fakegoogle

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// access is what lets somebody in: a session, a second step, grants and app passwords.
type access struct {
	signedIn bool // a session is open
	lastIn   time.Time
	lastOut  time.Time // when an administrator last ended all sessions
	agreed   bool      // to the terms of service

	twoStep TwoStep
	codes   []string // the backup codes that are valid
	tokens  []Token
	asps    []AppPassword
}

// Session is what is known of the sign-ins of an account.
type Session struct {
	Open      bool      // somebody is signed in
	LastIn    time.Time // zero for somebody who never signed in
	SignedOut time.Time // when an administrator last ended all sessions; zero if never
}

// ErrNoEntry is what SignIn returns for an account that cannot sign in.
var ErrNoEntry = errors.New("the account cannot sign in")

// SignIn lets somebody sign in. The first time is also the agreement to the
// terms of service. Whoever must change his password takes one that nobody else
// knows. The error is ErrNoEntry for an account that is suspended or archived.
func (s *Server) SignIn(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(key)
	if u == nil {
		return fmt.Errorf("sign in: no user %s", key)
	}
	if u.Suspended || u.Archived {
		return fmt.Errorf("sign in %s: %w", u.Email, ErrNoEntry)
	}
	now := s.options.Now()
	if u.password.MustChange {
		u.password.set(randomHex(16), "", now)
		u.password.MustChange = false
	}
	u.access.signedIn, u.access.lastIn, u.access.agreed = true, now, true
	s.changedLocked("account " + u.Email + " signed in")
	return nil
}

// Session returns what is known of the sign-ins of an account.
func (s *Server) Session(key string) (Session, error) {
	var out Session
	err := s.look(key, func(u *user) { out = Session{u.access.signedIn, u.access.lastIn, u.access.lastOut} })
	return out, err
}

// signOut ends every session of an account. That there was none is no error.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	u.access.signedIn, u.access.lastOut = false, s.options.Now()
	s.changedLocked("account " + u.Email + " signed out everywhere")
	w.WriteHeader(http.StatusNoContent)
}

// makeAdmin makes a super administrator or ends it, and does nothing where that
// is so already.
func (s *Server) makeAdmin(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Status bool `json:"status"`
	}
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	switch {
	case in.Status && !u.Admin:
		s.promoteLocked(u)
	case !in.Status && u.Admin:
		s.demoteLocked(u)
	}
	w.WriteHeader(http.StatusNoContent)
}

// look reads an account by id or address.
func (s *Server) look(key string, read func(*user)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(key)
	if u == nil {
		return fmt.Errorf("no user %s", key)
	}
	read(u)
	return nil
}

// alter changes an account by id or address and logs what change returns.
func (s *Server) alter(key string, change func(*user) string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(key)
	if u == nil {
		return fmt.Errorf("no user %s", key)
	}
	s.changedLocked(change(u))
	return nil
}
