package fakegoogle

import (
	"net/http"
	"slices"
)

// Token is what somebody granted to an application of somebody else. One
// application may hold several.
type Token struct {
	ClientID  string
	Name      string   // of the application
	Scopes    []string // as URLs
	NativeApp bool     // runs on a computer or telephone
	Anonymous bool     // not registered with Google
}

// Grant lets an application act for an account.
func (s *Server) Grant(key string, t Token) error {
	return s.alter(key, func(u *user) string {
		u.access.tokens = append(u.access.tokens, t)
		return t.Name + " granted access by " + u.Email
	})
}

// Tokens returns what an account granted to applications, oldest first.
func (s *Server) Tokens(key string) ([]Token, error) {
	var out []Token
	err := s.look(key, func(u *user) { out = slices.Clone(u.access.tokens) })
	return out, err
}

type wireToken struct {
	Kind      string   `json:"kind"`
	Etag      string   `json:"etag"`
	ClientID  string   `json:"clientId"`
	Name      string   `json:"displayText"`
	Anonymous bool     `json:"anonymous"`
	NativeApp bool     `json:"nativeApp"`
	UserKey   string   `json:"userKey"`
	Scopes    []string `json:"scopes"`
}

func wireTokenOf(u *user, t Token) wireToken {
	return wireToken{"admin#directory#token", u.etag, t.ClientID, t.Name, t.Anonymous, t.NativeApp, u.ID, t.Scopes}
}

// listTokens tells nothing of when a grant was made or used: Google does not.
func (s *Server) listTokens(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.namedUserLocked(w, r)
	if u == nil {
		return
	}
	answer := listOf[wireToken]{Kind: "admin#directory#tokenList", Etag: u.etag}
	for _, t := range u.access.tokens {
		answer.Items = append(answer.Items, wireTokenOf(u, t))
	}
	reply(w, http.StatusOK, answer)
}

func (s *Server) getToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.namedUserLocked(w, r)
	if u == nil {
		return
	}
	i := slices.IndexFunc(u.access.tokens, func(t Token) bool { return t.ClientID == r.PathValue("clientId") })
	if i < 0 {
		notFound(w, "clientId")
		return
	}
	reply(w, http.StatusOK, wireTokenOf(u, u.access.tokens[i]))
}

// deleteToken takes away everything that one application was granted.
func (s *Server) deleteToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	client := r.PathValue("clientId")
	if !s.revokeLocked(u, client, s.options.LogNow()) {
		notFound(w, "clientId")
		return
	}
	s.changedLocked("access of application " + client + " to " + u.Email + " ended")
	w.WriteHeader(http.StatusNoContent)
}

// listOf is a listing without pages.
type listOf[T any] struct {
	Kind  string `json:"kind"`
	Etag  string `json:"etag"`
	Items []T    `json:"items,omitempty"`
}

// namedUserLocked is the account that the path names, or an answer that there is
// none. A new one may be read at once.
func (s *Server) namedUserLocked(w http.ResponseWriter, r *http.Request) *user {
	u := s.userLocked(r.PathValue("userKey"))
	if u == nil {
		notFound(w, "userKey")
	}
	return u
}
