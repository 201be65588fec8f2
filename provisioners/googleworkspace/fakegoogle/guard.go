package fakegoogle

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// method is one emulated method of the Directory API.
type method struct {
	pattern    string   // "GET users/{userKey}"
	scopes     []string // one of these is enough; without their common prefix
	serve      http.HandlerFunc
	parameters []string // allowed in the query, besides the standard ones
}

// standardParameters may be sent with any method, says the discovery document.
// access_token is left out on purpose: a token does not belong in a URL.
var standardParameters = []string{"alt", "prettyPrint", "quotaUser", "fields"}

const scopePrefix = "https://www.googleapis.com/auth/"

// grant is what an access token stands for.
type grant struct {
	subject string // id of the impersonated user; empty for the service account itself
	scopes  []string
	expires time.Time
}

// guard checks the token, its scopes, the impersonated administrator and the
// query, in the order in which Google reports them.
func (s *Server) guard(m method) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g, ok := s.grantOf(r)
		if !ok {
			fail(w, http.StatusUnauthorized, "authError", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.")
			return
		}
		if !slices.ContainsFunc(m.scopes, func(scope string) bool { return slices.Contains(g.scopes, scopePrefix+scope) }) {
			fail(w, http.StatusForbidden, "insufficientPermissions", "Request had insufficient authentication scopes.")
			return
		}
		if !s.isAdmin(g.subject) {
			fail(w, http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api")
			return
		}
		for name, values := range r.URL.Query() {
			if !slices.Contains(m.parameters, name) && !slices.Contains(standardParameters, name) {
				badRequest(w, "Invalid JSON payload received. Unknown name \""+name+"\": Cannot bind query parameter.")
				return
			}
			if problem := parameterProblem(name, values); problem != "" {
				badRequest(w, problem)
				return
			}
		}
		m.serve(w, r)
	})
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

// enums are those of the discovery document.
var enums = map[string][]string{
	"projection":                     {"basic", "custom", "full"},
	"viewType":                       {"admin_view", "domain_public"},
	"orderBy":                        {"email", "familyName", "givenName"},
	"sortOrder":                      {"ASCENDING", "DESCENDING"},
	"includeIndirectRoleAssignments": {"true", "false"},
	"includeDerivedMembership":       {"true", "false"},
	"showDeleted":                    {"false"},
	"alt":                            {"json"},
}

func parameterProblem(name string, values []string) string {
	if len(values) != 1 {
		return "Invalid value for repeated parameter " + name
	}
	value := values[0]
	if allowed, ok := enums[name]; ok && !slices.Contains(allowed, value) {
		return "Invalid value at '" + name + "', \"" + value + "\""
	}
	if name != "maxResults" {
		return ""
	}
	if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 500 {
		return "Invalid value '" + value + "'. Values must be within the range: [1, 500]"
	}
	return ""
}
