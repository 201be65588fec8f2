package fakegoogle

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// apiError is the JSON that Google's older APIs answer with, for instance
// https://developers.google.com/workspace/admin/directory/v1/limits.
type apiError struct {
	Error apiErrorBody `json:"error"`
}

type apiErrorBody struct {
	Code    int            `json:"code"`
	Message string         `json:"message"`
	Errors  []apiErrorItem `json:"errors"`
	Status  string         `json:"status,omitempty"`
}

type apiErrorItem struct {
	Message      string `json:"message"`
	Domain       string `json:"domain"`
	Reason       string `json:"reason"`
	Location     string `json:"location,omitempty"`
	LocationType string `json:"locationType,omitempty"`
}

// usageLimits are the refusals that Google's front end gives in a domain of its
// own, before the request comes to the API. All are 403.
var usageLimits = []string{"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "accessNotConfigured"}

// realm begins the WWW-Authenticate header of RFC 6750, section 3.
const realm = `Bearer realm="https://accounts.google.com/", error=`

// unauthorized refuses an access token.
func unauthorized(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", realm+"invalid_token")
	reply(w, http.StatusUnauthorized, apiError{apiErrorBody{
		Code: http.StatusUnauthorized, Status: "UNAUTHENTICATED",
		Message: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
		Errors:  []apiErrorItem{{"Invalid Credentials", "global", "authError", "Authorization", "header"}},
	}})
}

// lacksScope refuses a token that was not given for the method. The texts are
// those in https://github.com/matomo-org/plugin-GoogleAnalyticsImporter/issues/113.
func lacksScope(w http.ResponseWriter, scopes []string) {
	w.Header().Set("WWW-Authenticate", realm+`insufficient_scope, scope="`+strings.Join(scopes, " ")+`"`)
	reply(w, http.StatusForbidden, apiError{apiErrorBody{
		Code: http.StatusForbidden, Status: "PERMISSION_DENIED", Message: "Request had insufficient authentication scopes.",
		Errors: []apiErrorItem{{Message: "Insufficient Permission", Domain: "global", Reason: "insufficientPermissions"}},
	}})
}

func fail(w http.ResponseWriter, code int, reason, message string) {
	status := map[int]string{
		http.StatusForbidden:          "PERMISSION_DENIED",
		http.StatusTooManyRequests:    "RESOURCE_EXHAUSTED",
		http.StatusServiceUnavailable: "UNAVAILABLE",
	}[code]
	domain := "global"
	if code == http.StatusForbidden && slices.Contains(usageLimits, reason) {
		domain = "usageLimits"
	}
	reply(w, code, apiError{apiErrorBody{
		Code: code, Message: message, Status: status,
		Errors: []apiErrorItem{{Message: message, Domain: domain, Reason: reason}},
	}})
}

func notFound(w http.ResponseWriter, key string) {
	fail(w, http.StatusNotFound, "notFound", "Resource Not Found: "+key)
}

func badRequest(w http.ResponseWriter, message string) {
	fail(w, http.StatusBadRequest, "invalid", message)
}

func reply(w http.ResponseWriter, code int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	w.Write(body)
}
