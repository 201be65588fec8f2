package fakegoogle

import (
	"net/http"
	"slices"
	"strings"
)

// mostAliases is how many further addresses an account may have:
// https://support.google.com/a/answer/33327.
const mostAliases = 30

// wireAlias is a further address of a user or group.
type wireAlias struct {
	Kind    string `json:"kind,omitempty"`
	ID      string `json:"id,omitempty"`
	Etag    string `json:"etag,omitempty"`
	Primary string `json:"primaryEmail,omitempty"`
	Alias   string `json:"alias"`
}

func (u *user) wireAlias(alias string) wireAlias {
	return wireAlias{"admin#directory#alias", u.ID, u.etag, u.Email, alias}
}

func (s *Server) listUserAliases(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.namedUserLocked(w, r)
	if u == nil {
		return
	}
	answer := struct {
		Kind    string      `json:"kind"`
		Etag    string      `json:"etag"`
		Aliases []wireAlias `json:"aliases,omitempty"`
	}{Kind: "admin#directory#aliases", Etag: u.etag}
	for _, a := range u.Aliases {
		answer.Aliases = append(answer.Aliases, u.wireAlias(a))
	}
	reply(w, http.StatusOK, answer)
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
	if len(u.Aliases) >= mostAliases {
		fail(w, http.StatusPreconditionFailed, "limitExceeded", "Domain alias limit exceeded")
		return
	}
	u.Aliases, u.etag = append(u.Aliases, in.Alias), s.etagLocked()
	s.changedLocked("address " + in.Alias + " given to " + u.Email)
	reply(w, http.StatusOK, u.wireAlias(in.Alias))
}

// deleteUserAlias takes a further address away. Nobody can have it before the
// news is everywhere. GAM (https://github.com/GAM-team/GAM) knows the words of
// one that is none, and that it has to wait.
func (s *Server) deleteUserAlias(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	i := slices.IndexFunc(u.Aliases, func(a string) bool { return sameAddress(a, r.PathValue("alias")) })
	if i < 0 {
		badRequest(w, "Invalid Input: resource_id")
		return
	}
	alias := u.Aliases[i]
	u.Aliases, u.etag = slices.Delete(u.Aliases, i, i+1), s.etagLocked()
	s.released[strings.ToLower(alias)] = s.options.Now().Add(s.lag)
	s.changedLocked("address " + alias + " taken from " + u.Email)
	w.WriteHeader(http.StatusNoContent)
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
