package googleworkspace

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"
)

// class is what a failed call means for us.
type class int

const (
	final     class = iota // a repeat gives the same answer
	config                 // an administrator must change something
	throttle               // too much at once
	transient              // may work the next time; it may also have worked this time
	eventual               // true soon: Google has not told all its servers yet
	conflict               // another change is on its way
	duplicate              // it is there already, or hangs half-made
	missing                // no such thing
)

var throttleReasons = []string{"userRateLimitExceeded", "rateLimitExceeded", "RATE_LIMIT_EXCEEDED", "quotaExceeded"}

// classify sorts an error by Google's lists of them:
// https://developers.google.com/workspace/admin/directory/v1/limits and
// https://developers.google.com/workspace/admin/directory/v1/guides/troubleshoot-error-codes.
// What is not an answer at all (end of file, reset, time limit) is transient.
func classify(err error) class {
	if _, ok := errors.AsType[*missingIdentity](err); ok {
		return config
	}
	if t, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return classifyToken(t)
	}
	g, ok := errors.AsType[*googleapi.Error](err)
	if !ok {
		return transient
	}
	switch {
	case isPage(g):
		return transient
	case g.Code == http.StatusTooManyRequests, g.Code == http.StatusForbidden && isThrottle(g):
		return throttle
	case g.Code == http.StatusForbidden:
		return config
	case g.Code == http.StatusUnauthorized, g.Code == http.StatusRequestTimeout:
		return transient // a token that was withdrawn is fetched anew
	case g.Code == http.StatusNotFound, g.Code == http.StatusPreconditionFailed && strings.Contains(g.Message, "User is deleted"):
		return missing // the latter by id, while it can be restored: https://github.com/firezone/firezone/pull/15169
	case g.Code == http.StatusConflict && slices.Contains(reasons(g), "duplicate"):
		return duplicate
	case g.Code == http.StatusConflict:
		return conflict
	case g.Code == http.StatusPreconditionFailed && strings.Contains(g.Message, "User creation is not complete"):
		return eventual
	case g.Code >= 500 && g.Code != http.StatusNotImplemented:
		return transient
	}
	return final
}

func classifyToken(t *oauth2.RetrieveError) class {
	switch status := t.Response.StatusCode; {
	case status == http.StatusTooManyRequests:
		return throttle
	case status >= 500:
		return transient
	}
	return config
}

// isPage tells an answer of Google's front end, which is a page for people.
func isPage(g *googleapi.Error) bool {
	return strings.HasPrefix(g.Header.Get("Content-Type"), "text/html")
}

func isThrottle(g *googleapi.Error) bool {
	return strings.Contains(strings.ToLower(g.Message), "quota exceeded for quota metric") ||
		slices.ContainsFunc(reasons(g), func(r string) bool { return slices.Contains(throttleReasons, r) })
}

func reasons(g *googleapi.Error) []string {
	var out []string
	for _, item := range g.Errors {
		out = append(out, item.Reason)
	}
	return out
}

// retryAfter is how long Google asked us to wait; zero where it did not say.
// The header may hold seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(err error, now time.Time) time.Duration {
	var header http.Header
	if g, ok := errors.AsType[*googleapi.Error](err); ok {
		header = g.Header
	}
	if t, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		header = t.Response.Header
	}
	value := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// tokenError is the body of a failed token request (RFC 6749, section 5.2). The
// library leaves its own field for the code empty on the way we use.
type tokenError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func tokenErrorOf(t *oauth2.RetrieveError) tokenError {
	var out tokenError
	if err := json.Unmarshal(t.Body, &out); err != nil {
		return tokenError{Code: "HTTP " + strconv.Itoa(t.Response.StatusCode)}
	}
	return out
}
