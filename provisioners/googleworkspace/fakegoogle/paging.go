package fakegoogle

import (
	"encoding/base64"
	"net/http"
	"strconv"
)

// page cuts rows to the page that the request asks for. Page tokens are opaque
// to the caller and bound to the path they were given out for. It answers the
// request itself where the token is not one of ours.
func page[T any](w http.ResponseWriter, r *http.Request, rows []T, usual, most, forced int) (part []T, next string, ok bool) {
	size := usual
	if n, err := strconv.Atoi(r.URL.Query().Get("maxResults")); err == nil {
		size = min(n, most)
	}
	if forced > 0 {
		size = min(size, forced)
	}
	start := 0
	if token := r.URL.Query().Get("pageToken"); token != "" {
		start = pageStart(r.URL.Path, token)
		if start < 0 || start > len(rows) {
			badRequest(w, "Invalid Input: pageToken")
			return nil, "", false
		}
	}
	end := min(start+size, len(rows))
	if end < len(rows) {
		next = pageToken(r.URL.Path, end)
	}
	return rows[start:end], next, true
}

func pageToken(path string, start int) string {
	return base64.URLEncoding.EncodeToString([]byte(path + "@" + strconv.Itoa(start)))
}

// pageStart returns -1 for a token that was not given out for this path.
func pageStart(path, token string) int {
	raw, err := base64.URLEncoding.DecodeString(token)
	if err != nil || len(raw) <= len(path) || string(raw[:len(path)+1]) != path+"@" {
		return -1
	}
	n, err := strconv.Atoi(string(raw[len(path)+1:]))
	if err != nil {
		return -1
	}
	return n
}
