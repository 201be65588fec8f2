package fakegoogle

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// route is one method with the expression that its paths match.
type route struct {
	method
	rule   methodRule
	path   *regexp.Regexp
	names  []string // of the parts of the path
	fixed  int      // how much of the path is literal
	admin  bool     // of the Admin SDK, which only an administrator may call
	direct bool     // of the Directory API, whose limits are the emulator's
}

var placeholder = regexp.MustCompile(`\{\+?\w+\}`)

// newRoute compiles the path template of the discovery document. A part written
// {+name} may hold slashes and is held to the pattern of its parameter.
func newRoute(m method) route {
	rule, ok := google.Methods[m.id]
	if !ok {
		panic("fakegoogle: the discovery document has no method " + m.id)
	}
	out := route{method: m, rule: rule, admin: strings.HasPrefix(rule.Path, "admin/"), direct: strings.HasPrefix(rule.Path, directory[1:])}
	var expression strings.Builder
	rest := rule.Path
	for _, at := range placeholder.FindAllString(rule.Path, -1) {
		literal, after, _ := strings.Cut(rest, at)
		name := strings.Trim(at, "{+}")
		part := `[^/]+`
		if pattern := rule.Parameters[name].Pattern; pattern != "" && at[1] == '+' {
			part = strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
		}
		expression.WriteString(regexp.QuoteMeta(literal) + "(" + part + ")")
		out.names = append(out.names, name)
		out.fixed += len(literal)
		rest = after
	}
	out.fixed += len(rest)
	out.path = regexp.MustCompile("^/" + expression.String() + regexp.QuoteMeta(rest) + "$")
	return out
}

// bind keeps the parts of a path with the request, if the path is the route's.
func (o route) bind(r *http.Request) bool {
	parts := o.path.FindStringSubmatch(r.URL.EscapedPath())
	if r.Method != o.rule.HTTPMethod || parts == nil {
		return false
	}
	for i, name := range o.names {
		value, err := url.PathUnescape(parts[i+1])
		if err != nil {
			return false
		}
		r.SetPathValue(name, value)
	}
	return true
}

// sortRoutes puts the more literal path first, which is the one that Google
// takes where two match.
func sortRoutes(routes []route) {
	slices.SortStableFunc(routes, func(a, b route) int { return b.fixed - a.fixed })
}

// dispatch finds the method that a request means.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" && r.Method == http.MethodPost {
		s.token(w, r)
		return
	}
	for _, o := range s.routes {
		if o.bind(r) {
			s.guard(o, w, r)
			return
		}
	}
	page404(w)
}

// page404 is what Google's front end says of a path that no API has.
func page404(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusNotFound)
	w.Write([]byte("<!DOCTYPE html><html><title>Error 404 (Not Found)!!1</title><p>The requested URL was not found on this server.</html>"))
}
