package fakegoogle

import (
	"bytes"
	"context"
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

// actor is the key under which a request carries the id of the user in whose
// name it is made.
type actor struct{}

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
		unauthorized(w)
		return
	}
	if !slices.ContainsFunc(o.rule.Scopes, func(scope string) bool { return slices.Contains(g.scopes, scope) }) {
		lacksScope(w, o.rule.Scopes)
		return
	}
	if o.admin && !s.isAdmin(g.subject) {
		fail(w, http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api")
		return
	}
	if o.direct {
		done, broken := s.admit(o.id, payer(r, g.subject))
		if broken != "" {
			broken.fail(w, r)
			return
		}
		defer done()
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if problem := o.pathProblem(r.PathValue); problem != "" {
		fail(w, http.StatusBadRequest, "invalidParameter", problem)
		return
	}
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
	s.work(r)
	serveFields(o, w, r.WithContext(context.WithValue(r.Context(), actor{}, g.subject)))
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
