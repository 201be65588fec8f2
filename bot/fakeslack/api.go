package fakeslack

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// method is one Web API method. Its handler runs under the server's lock; the
// answer is encoded under it as well.
type method struct {
	handle func(*Server, *call) (object, *apiError)
	scopes []string // any one of them is enough; none means no scope is needed
	app    bool     // wants the app-level token
}

var methods = map[string]method{
	"apps.connections.open":        {handle: (*Server).connectionsOpenLocked, app: true},
	"auth.test":                    {handle: (*Server).authTestLocked},
	"users.list":                   {handle: (*Server).usersListLocked, scopes: []string{"users:read"}},
	"users.info":                   {handle: (*Server).usersInfoLocked, scopes: []string{"users:read"}},
	"users.lookupByEmail":          {handle: (*Server).lookupByEmailLocked, scopes: []string{"users:read.email"}},
	"conversations.list":           {handle: (*Server).conversationsListLocked, scopes: readScopes("read")},
	"conversations.info":           {handle: (*Server).conversationsInfoLocked, scopes: readScopes("read")},
	"conversations.members":        {handle: (*Server).conversationsMembersLocked, scopes: readScopes("read")},
	"conversations.history":        {handle: (*Server).historyLocked, scopes: readScopes("history")},
	"conversations.replies":        {handle: (*Server).repliesLocked, scopes: readScopes("history")},
	"conversations.open":           {handle: (*Server).conversationsOpenLocked, scopes: []string{"im:write"}},
	"conversations.join":           {handle: (*Server).conversationsJoinLocked, scopes: []string{"channels:join"}},
	"chat.postMessage":             {handle: (*Server).postMessageLocked, scopes: []string{"chat:write"}},
	"chat.postEphemeral":           {handle: (*Server).postEphemeralLocked, scopes: []string{"chat:write"}},
	"chat.update":                  {handle: (*Server).chatUpdateLocked, scopes: []string{"chat:write"}},
	"chat.delete":                  {handle: (*Server).chatDeleteLocked, scopes: []string{"chat:write"}},
	"chat.getPermalink":            {handle: (*Server).permalinkLocked},
	"files.getUploadURLExternal":   {handle: (*Server).uploadURLLocked, scopes: []string{"files:write"}},
	"files.completeUploadExternal": {handle: (*Server).completeUploadLocked, scopes: []string{"files:write"}},
	"views.open":                   {handle: (*Server).viewsOpenLocked},
	"views.push":                   {handle: (*Server).viewsPushLocked},
	"views.update":                 {handle: (*Server).viewsUpdateLocked},
	"views.publish":                {handle: (*Server).viewsPublishLocked},
}

// readScopes are the four scopes of a conversations method; which one is
// needed depends on the kind of conversation.
func readScopes(verb string) []string {
	return []string{"channels:" + verb, "groups:" + verb, "im:" + verb, "mpim:" + verb}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	c, bad := readCall(r)
	fault := s.takeFault(c.method)
	if !fault.pause(r.Context()) {
		return
	}
	if fault.fails() && !fault.Applied {
		s.record(c, fault.Error)
		fault.answer(w)
		return
	}
	body, bad := s.run(c, bad)
	if fault.fails() {
		s.record(c, fault.Error)
		fault.answer(w)
		return
	}
	code := ""
	if bad != nil {
		code = bad.code
	}
	s.record(c, code)
	writeAnswer(w, body, bad)
}

// run answers the call and returns the encoded body.
func (s *Server) run(c *call, bad *apiError) ([]byte, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteBaseLocked(c)
	var answer object
	m, known := methods[c.method]
	if bad == nil && !known {
		bad = fail("unknown_method")
		bad.extra = object{"req_method": c.method}
	}
	if bad == nil {
		bad = s.authorizeLocked(c, m)
	}
	if bad == nil {
		bad = s.meterLocked(c.method)
	}
	if bad == nil {
		answer, bad = m.handle(s, c)
	}
	if bad != nil {
		return encode(bad.body()), bad
	}
	if answer == nil {
		answer = object{}
	}
	answer["ok"] = true
	return encode(answer), nil
}

// authorizeLocked gives Slack's answers to a wrong token, a wrong kind of token
// and a missing scope.
func (s *Server) authorizeLocked(c *call, m method) *apiError {
	switch {
	case c.token == "":
		return fail("not_authed")
	case c.token != s.o.AppToken && c.token != s.o.BotToken:
		return fail("invalid_auth")
	case m.app != (c.token == s.o.AppToken):
		return fail("not_allowed_token_type")
	case m.app || len(m.scopes) == 0:
		return nil
	}
	if slices.ContainsFunc(m.scopes, s.hasScope) {
		return nil
	}
	return s.missingScope(m.scopes[0])
}

func (s *Server) missingScope(needed string) *apiError {
	e := fail("missing_scope")
	e.extra = object{"needed": needed, "provided": strings.Join(s.o.Scopes, ",")}
	return e
}

func (s *Server) hasScope(scope string) bool {
	if s.o.Scopes == nil {
		return scope != "chat:write.public"
	}
	return slices.Contains(s.o.Scopes, scope)
}

func (s *Server) noteBaseLocked(c *call) {
	scheme := "http"
	if c.secure {
		scheme = "https"
	}
	s.base = scheme + "://" + c.host
}

func writeAnswer(w http.ResponseWriter, body []byte, bad *apiError) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	status := http.StatusOK
	if bad != nil && bad.status != 0 {
		status = bad.status
	}
	if bad != nil && bad.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(bad.retry))
	}
	w.WriteHeader(status)
	w.Write(body)
}
