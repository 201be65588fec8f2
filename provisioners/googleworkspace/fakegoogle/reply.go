package fakegoogle

import (
	"encoding/json"
	"net/http"
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
	Message string `json:"message"`
	Domain  string `json:"domain"`
	Reason  string `json:"reason"`
}

func fail(w http.ResponseWriter, code int, reason, message string) {
	status := map[int]string{
		http.StatusUnauthorized:       "UNAUTHENTICATED",
		http.StatusForbidden:          "PERMISSION_DENIED",
		http.StatusTooManyRequests:    "RESOURCE_EXHAUSTED",
		http.StatusServiceUnavailable: "UNAVAILABLE",
	}[code]
	reply(w, code, apiError{apiErrorBody{
		Code: code, Message: message, Status: status,
		Errors: []apiErrorItem{{Message: message, Domain: "global", Reason: reason}},
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
