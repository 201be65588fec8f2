package fakegoogle

import (
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"time"
)

// Kind is a way in which Google fails.
type Kind string

// The ways in which the emulator can fail.
const (
	Unavailable   Kind = "503"                   // 503 backendError as JSON
	BadGateway    Kind = "502"                   // 502 as the HTML page of a front end
	TooMany       Kind = "429"                   // 429 rateLimitExceeded, of the whole Workspace
	UserRate      Kind = "userRateLimitExceeded" // 403, of one user of one project
	Quota         Kind = "quotaExceeded"         // 403, too much at once of one method
	RateLimit     Kind = "rateLimitExceeded"     // 403, of one project
	Internal      Kind = "500"                   // 500 internalError
	Late          Kind = "504"                   // 504 gatewayTimeout
	Forbidden     Kind = "forbidden"             // 403, not an administrator of this
	Disabled      Kind = "accessNotConfigured"   // 403, the API is not switched on in the project
	Unauthorized  Kind = "401"                   // the access token is not accepted
	Dropped       Kind = "drop"                  // the connection ends without an answer
	NotComplete   Kind = "412"                   // "User creation is not complete", right after it
	Flicker       Kind = "404"                   // not found although it exists, right after creation
	Conflict      Kind = "409"                   // 409 conflict: another change is on its way
	Duplicate     Kind = "duplicate"             // 409 "Entity already exists.", even for a change that was made
	NotDelegated  Kind = "unauthorized_client"   // token endpoint: the key has no domain-wide delegation
	BadSubject    Kind = "invalid_grant"         // token endpoint: the administrator is unknown or deleted
	AccountLocked Kind = "access_denied"         // token endpoint: the administrator is restricted
)

// Fault makes matching calls fail. Both patterns are those of path.Match; an
// empty one matches everything.
type Fault struct {
	Method     string        // "POST"
	Path       string        // "/admin/directory/v1/groups/*/members"
	Kind       Kind          // how it fails
	Applied    bool          // the call is carried out first, and only its answer is lost
	Skip       int           // so many matching calls go through before
	Count      int           // so many fail; 0 means one, negative all
	RetryAfter time.Duration // sent in whole seconds with the answer, where not zero
}

// Fail adds a fault. Where several match a call the oldest is used.
func (s *Server) Fail(f Fault) {
	if f.Count == 0 {
		f.Count = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal removes every fault that is left.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) faultFor(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Count == 0 || !f.matches(r) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			return nil
		}
		f.Count--
		return f
	}
	return nil
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Method != "" && f.Method != r.Method {
		return false
	}
	ok, err := path.Match(f.Path, r.URL.Path)
	return f.Path == "" || ok && err == nil
}

func (f *Fault) answer(w http.ResponseWriter, r *http.Request) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
	}
	switch f.Kind {
	case Dropped:
		panic(http.ErrAbortHandler)
	case BadGateway:
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.WriteHeader(http.StatusBadGateway)
		w.Write([]byte("<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title><p>The server encountered a temporary error.</html>"))
	case NotDelegated, BadSubject, AccountLocked:
		tokenFail(w, string(f.Kind), map[Kind]string{
			NotDelegated:  "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
			BadSubject:    "The account has been deleted",
			AccountLocked: "Account restricted",
		}[f.Kind])
	default:
		f.Kind.fail(w, r)
	}
}

func tokenFail(w http.ResponseWriter, code, description string) {
	status := http.StatusBadRequest
	if code == "unauthorized_client" {
		status = http.StatusUnauthorized
	}
	body, err := json.Marshal(map[string]string{"error": code, "error_description": description})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body)
}
