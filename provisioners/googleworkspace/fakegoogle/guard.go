package fakegoogle

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// method is one emulated method.
type method struct {
	id     string // as the discovery document calls it
	serve  http.HandlerFunc
	absent []string // parameters that Google has and the emulator has not
}

// grant is what an access token stands for.
type grant struct {
	subject string // id of the impersonated user; empty for the service account itself
	scopes  []string
	expires time.Time
}

// guard checks the token, its scopes, the impersonated administrator, his
// quota, the query and the body, in the order in which Google reports them.
func (s *Server) guard(o route, w http.ResponseWriter, r *http.Request) {
	g, ok := s.grantOf(r)
	if !ok {
		fail(w, http.StatusUnauthorized, "authError", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.")
		return
	}
	if !slices.ContainsFunc(o.rule.Scopes, func(scope string) bool { return slices.Contains(g.scopes, scope) }) {
		fail(w, http.StatusForbidden, "insufficientPermissions", "Request had insufficient authentication scopes.")
		return
	}
	if o.direct && !s.isAdmin(g.subject) {
		fail(w, http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api")
		return
	}
	if s.overQuota(g.subject) {
		code, reason, message := UserRate.words(r)
		fail(w, code, reason, message)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if problem := o.rule.queryProblem(r.URL.Query()); problem != "" {
		badRequest(w, problem)
		return
	}
	for _, name := range o.absent {
		if r.URL.Query().Has(name) {
			absent(w, "the parameter "+name)
			return
		}
	}
	if problem := contentProblem(r, body); problem != "" {
		fail(w, http.StatusBadRequest, "badContent", problem)
		return
	}
	if problem := o.rule.bodyProblem(body); problem != "" {
		fail(w, http.StatusBadRequest, "badRequest", problem)
		return
	}
	o.serve(w, r)
}

// contentProblem refuses a body that says to be something else than JSON.
func contentProblem(r *http.Request, body []byte) string {
	said := r.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(said)
	if len(body) == 0 || said == "" || err == nil && kind == "application/json" {
		return ""
	}
	return "Unsupported content with type: " + said
}

// absent refuses what Google can do and the emulator cannot, instead of giving
// an answer that looks like success.
func absent(w http.ResponseWriter, what string) {
	fail(w, http.StatusNotImplemented, "notImplemented", "fakegoogle does not have "+what)
}

func (s *Server) grantOf(r *http.Request) (grant, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return grant{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.tokens[token]
	return g, ok && s.options.Now().Before(g.expires)
}

// RevokeTokens makes every access token given out so far invalid.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

func (s *Server) isAdmin(subject string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(subject)
	return u != nil && u.Admin && !u.Suspended
}

// overQuota counts a call in the current minute of a user, where a limit is set.
func (s *Server) overQuota(subject string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	minute := s.options.Now().Truncate(time.Minute)
	if s.options.QueriesPerMinute == 0 {
		return false
	}
	if !minute.Equal(s.minute) {
		s.minute = minute
		clear(s.queries)
	}
	s.queries[subject]++
	return s.queries[subject] > s.options.QueriesPerMinute
}
