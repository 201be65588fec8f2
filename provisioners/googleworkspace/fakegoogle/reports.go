package fakegoogle

import (
	"fmt"
	"slices"
	"time"
)

// logDays is how far the logs of tokens and sign-ins go back:
// https://support.google.com/a/answer/7061566.
const logDays = 180 * 24 * time.Hour

// activity is one line of a log.
type activity struct {
	serial        int
	app           string // name of the log: token or saml
	at, shown     time.Time
	email, userID string // who did it, as it was then
	event         wireLogEvent
}

// AddAppUse has somebody use an app: it calls one of Google's APIs. The first time
// it is let in with the scopes of t, and holds them from then on.
func (s *Server) AddAppUse(email string, t Token, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(email)
	if u == nil {
		return fmt.Errorf("no user %s", email)
	}
	if !slices.ContainsFunc(u.access.tokens, func(held Token) bool { return held.ClientID == t.ClientID && held.Name == t.Name }) {
		u.access.tokens = append(u.access.tokens, t)
		s.logLocked(u, "token", at, tokenEvent("authorize", t, wireLogParameter{Name: "scope", Values: t.Scopes}))
	}
	s.logLocked(u, "token", at, tokenEvent("activity", t,
		wireLogParameter{Name: "api_name", Value: "people"}, wireLogParameter{Name: "method_name", Value: "people.get"},
		wireLogParameter{Name: "num_response_bytes", Int: "512"}, wireLogParameter{Name: "product_bucket", Value: "OTHER"}))
	s.changedLocked(u.Email + " used " + t.Name)
	return nil
}

// Revoke takes back what somebody granted to an app.
func (s *Server) Revoke(email, clientID string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(email)
	if u == nil || !s.revokeLocked(u, clientID, at) {
		return fmt.Errorf("no access of %s to %s", clientID, email)
	}
	s.changedLocked("access of application " + clientID + " to " + u.Email + " ended")
	return nil
}

// revokeLocked ends every grant of an account to an app, and says whether there
// was one.
func (s *Server) revokeLocked(u *user, clientID string, at time.Time) bool {
	i := slices.IndexFunc(u.access.tokens, func(t Token) bool { return t.ClientID == clientID })
	if i < 0 {
		return false
	}
	gone := u.access.tokens[i]
	u.access.tokens = slices.DeleteFunc(u.access.tokens, func(t Token) bool { return t.ClientID == clientID })
	s.logLocked(u, "token", at, tokenEvent("revoke", gone, wireLogParameter{Name: "scope", Values: gone.Scopes}))
	return true
}

// AddSAMLLogin has somebody sign in to an app through Google.
func (s *Server) AddSAMLLogin(email, app string, at time.Time) error {
	return s.samlLogin(email, app, "login_success", at)
}

// AddSAMLFailure has somebody fail to.
func (s *Server) AddSAMLFailure(email, app string, at time.Time) error {
	return s.samlLogin(email, app, "login_failure", at)
}

func (s *Server) samlLogin(email, app, event string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(email)
	if u == nil {
		return fmt.Errorf("no user %s", email)
	}
	s.logLocked(u, "saml", at, wireLogEvent{Type: "login", Name: event, Parameters: []wireLogParameter{
		{Name: "application_name", Value: app}, {Name: "initiated_by", Value: "sp"}, {Name: "orgunit_path", Value: u.OrgUnit},
	}})
	s.changedLocked(u.Email + ": " + event + " at " + app)
	return nil
}

// LogLag makes the logs late: what happens from now on is shown so long after it
// happened.
func (s *Server) LogLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logLag = d
}

func (s *Server) logLocked(u *user, app string, at time.Time, e wireLogEvent) {
	s.activities = append(s.activities, activity{
		serial: s.nextLocked(), app: app, at: at, shown: at.Add(s.logLag), email: u.Email, userID: u.ID, event: e,
	})
}

// tokenEvent is an event of the log of tokens:
// https://developers.google.com/workspace/admin/reports/v1/appendix/activity/token.
func tokenEvent(name string, t Token, more ...wireLogParameter) wireLogEvent {
	kind := "WEB"
	if t.NativeApp {
		kind = "NATIVE_DESKTOP"
	}
	return wireLogEvent{Type: "auth", Name: name, Parameters: append([]wireLogParameter{
		{Name: "client_id", Value: t.ClientID}, {Name: "app_name", Value: t.Name}, {Name: "client_type", Value: kind},
	}, more...)}
}
