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
	name, domain, ok := strings.Cut(address, "@")
	if !ok || name == "" || !strings.Contains(domain, ".") || strings.ContainsAny(address, " \t\r\n") || strings.Contains(domain, "@") {
		badRequest(w, "Invalid Input: "+address)
		return false
	}
	if _, taken := s.memberIDLocked(address); taken {
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

// wireAlias is a further address of a user or group.
type wireAlias struct {
	Kind    string `json:"kind,omitempty"`
	ID      string `json:"id,omitempty"`
	Etag    string `json:"etag,omitempty"`
	Primary string `json:"primaryEmail,omitempty"`
	Alias   string `json:"alias"`
}

func (s *Server) insertUserAlias(w http.ResponseWriter, r *http.Request) {
	var in wireAlias
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil || !s.takeLocked(w, in.Alias) {
		return
	}
	u.Aliases, u.etag = append(u.Aliases, in.Alias), s.etagLocked()
	s.changedLocked("address " + in.Alias + " given to " + u.Email)
	reply(w, http.StatusOK, wireAlias{"admin#directory#alias", u.ID, u.etag, u.Email, in.Alias})
}

func (s *Server) insertGroupAlias(w http.ResponseWriter, r *http.Request) {
	var in wireAlias
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.shownGroupLocked(w, r)
	if g == nil || !s.takeLocked(w, in.Alias) {
		return
	}
	g.Aliases, g.etag = append(g.Aliases, in.Alias), s.etagLocked()
	s.changedLocked("address " + in.Alias + " given to " + g.Email)
	reply(w, http.StatusOK, wireAlias{"admin#directory#alias", g.ID, g.etag, g.Email, in.Alias})
}
