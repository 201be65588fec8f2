package fakegoogle

import (
	"net/http"
	"path"
)

// fail answers as Google does when it fails this way.
func (k Kind) fail(w http.ResponseWriter, r *http.Request) {
	if k == Unauthorized {
		unauthorized(w)
		return
	}
	code, reason, message := k.words(r)
	fail(w, code, reason, message)
}

// words are Google's own, as far as people have written them down: quotaExceeded
// in https://github.com/hashicorp/terraform-provider-googleworkspace/issues/159,
// the 429 in https://github.com/mxngls/gmail-cleaner/issues/5, the limit of a
// project in https://github.com/SCRT-HQ/PSGSuite/issues/350, the duplicate after
// a change that was made in https://github.com/googleapis/google-api-go-client/issues/556.
func (k Kind) words(r *http.Request) (code int, reason, message string) {
	switch k {
	case TooMany:
		return http.StatusTooManyRequests, "rateLimitExceeded", "Resource has been exhausted (e.g. check quota)."
	case UserRate:
		return http.StatusForbidden, "userRateLimitExceeded", "User Rate Limit Exceeded"
	case Quota:
		return http.StatusForbidden, "quotaExceeded", "Request rate higher than configured."
	case RateLimit:
		return http.StatusForbidden, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'admin.googleapis.com' for consumer 'project_number:1'."
	case Internal:
		return http.StatusInternalServerError, "internalError", "Internal error encountered."
	case Late:
		return http.StatusGatewayTimeout, "gatewayTimeout", "Gateway Timeout"
	case Forbidden:
		return http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api"
	case Disabled:
		return http.StatusForbidden, "accessNotConfigured", "Admin SDK API has not been used in project 1 before or it is disabled."
	case NotComplete:
		return http.StatusPreconditionFailed, "conditionNotMet", "User creation is not complete."
	case Conflict:
		return http.StatusConflict, "conflict", "Conflict: the entity is being changed."
	case Duplicate:
		return http.StatusConflict, "duplicate", "Entity already exists."
	case Flicker:
		return http.StatusNotFound, "notFound", "Resource Not Found: " + lastKey(r.URL.Path)
	}
	return http.StatusServiceUnavailable, "backendError", "The service is currently unavailable."
}

// keys name what comes after each of these parts of a path.
var keys = map[string]string{
	"users": "userKey", "groups": "groupKey", "members": "memberKey", "hasMember": "memberKey", "tokens": "clientId", "asps": "codeId",
	"mobile": "resourceId", "roleassignments": "roleAssignmentId", "transfers": "dataTransferId",
}

// lastKey names the part of the path that was not found; in a list of members it
// is the one in the body.
func lastKey(p string) string {
	if path.Base(p) == "members" {
		return "memberKey"
	}
	for ; p != "/" && p != "."; p = path.Dir(p) {
		if key := keys[path.Base(path.Dir(p))]; key != "" {
			return key
		}
	}
	return "resourceId"
}
