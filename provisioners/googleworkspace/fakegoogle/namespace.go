package fakegoogle

import (
	"fmt"
	"net/http"
	"strings"
)

// takeLocked tells whether an address may be given to a user or group, as first
// address or alias: all of them share one namespace, without regard to case. It
// answers the request itself where not.
func (s *Server) takeLocked(w http.ResponseWriter, address string) bool {
	if !isAddress(address) {
		badRequest(w, "Invalid Input: "+address)
		return false
	}
	_, taken := s.memberIDLocked(address)
	if taken || s.options.Now().Before(s.released[strings.ToLower(address)]) {
		fail(w, http.StatusConflict, "duplicate", "Entity already exists.")
		return false
	}
	return true
}

func (s *Server) newUserIDLocked() string  { return fmt.Sprintf("1%020d", s.nextLocked()) }
func (s *Server) newGroupIDLocked() string { return fmt.Sprintf("01%013x", s.nextLocked()) }

func (s *Server) insertGroup(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Email       string `json:"email"`
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.takeLocked(w, in.Email) {
		return
	}
	g := &group{Group: Group{ID: s.newGroupIDLocked(), Email: in.Email, Name: in.Name, Description: in.Description}, etag: s.etagLocked(), settling: s.settlingLocked()}
	if g.Name == "" {
		g.Name, _, _ = strings.Cut(in.Email, "@")
	}
	s.groups = append(s.groups, g)
	s.changedLocked("group " + g.Email + " made")
	reply(w, http.StatusOK, wireGroupOf(g))
}
