package fakegoogle

import (
	"net/http"
	"time"
)

// Lag makes Google slow to tell all its servers: for so long after it was made,
// whatever is made from now on is there and not there. An account can be read,
// but is not listed and cannot be changed (412) or added by id; added by address
// it becomes a pending membership. Every other call that names a new group, or
// reads a new membership, finds nothing, the first one first. Zero ends the lag
// for things made later.
func (s *Server) Lag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = d
}

// settling is how far a new thing has come. The zero value is known everywhere.
type settling struct {
	until time.Time
	asked int
}

func (s *Server) settlingLocked() settling {
	if s.lag == 0 {
		return settling{}
	}
	return settling{until: s.options.Now().Add(s.lag)}
}

func (s *Server) freshLocked(n settling) bool { return s.options.Now().Before(n.until) }

// hiddenLocked tells whether this call meets a server that does not know the
// thing yet.
func (s *Server) hiddenLocked(n *settling) bool {
	if !s.freshLocked(*n) {
		return false
	}
	n.asked++
	return n.asked%2 == 1
}

// shownGroupLocked is the group that the path names, or an answer that there is
// none.
func (s *Server) shownGroupLocked(w http.ResponseWriter, r *http.Request) *group {
	g := s.groupLocked(r.PathValue("groupKey"))
	if g == nil || s.hiddenLocked(&g.settling) {
		notFound(w, "groupKey")
		return nil
	}
	return g
}

// settledUserLocked is the account that the path names, if it may be changed.
func (s *Server) settledUserLocked(w http.ResponseWriter, r *http.Request) *user {
	u := s.userLocked(r.PathValue("userKey"))
	switch {
	case u == nil:
		notFound(w, "userKey")
		return nil
	case s.freshLocked(u.settling):
		NotComplete.fail(w, r)
		return nil
	}
	return u
}
