package fakegoogle

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// AddUnmanaged says that somebody has a consumer account under an address of the
// Workspace, and that the console is set to invite such people. It is in the way
// of an account of that address.
func (s *Server) AddUnmanaged(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unmanaged[strings.ToLower(address)] = false
	s.changedLocked("consumer account " + address + " made")
}

// Invited returns the consumer accounts that were asked to join, sorted.
func (s *Server) Invited() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(func(yield func(string) bool) {
		for address, invited := range maps.All(s.unmanaged) {
			if invited && !yield(address) {
				return
			}
		}
	})
}

// unclaimedLocked tells whether no consumer account is in the way of an address.
// Otherwise it answers as the discovery document says of users.insert: 202 where
// the consumer account is to be invited, 409 where not. No account is made.
func (s *Server) unclaimedLocked(w http.ResponseWriter, r *http.Request, address string) bool {
	key := strings.ToLower(address)
	if _, claimed := s.unmanaged[key]; !claimed {
		return true
	}
	if r.URL.Query().Get("resolveConflictAccount") != "true" {
		fail(w, http.StatusConflict, "duplicate", "Entity already exists.")
		return false
	}
	s.unmanaged[key] = true
	s.changedLocked("consumer account " + address + " invited")
	reply(w, http.StatusAccepted, map[string]string{"kind": "admin#directory#user", "primaryEmail": address})
	return false
}
