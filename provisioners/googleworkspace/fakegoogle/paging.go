package fakegoogle

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// pageLife is how long the token of a page is good for. The discovery document
// says so of users; the others are held to the same.
const pageLife = 3 * 24 * time.Hour

// bookmark is what a page token stands for. It belongs to one listing with all
// its parameters but the length of a page: https://google.aip.dev/158.
type bookmark struct {
	Listing string
	Start   int
	Until   int64 // seconds since 1970
}

// page cuts rows to the page that the request asks for. Page tokens are opaque
// to the caller. It answers the request itself where the token is not one of ours.
func page[T any](w http.ResponseWriter, r *http.Request, o Options, rows []T, usual, most int) (part []T, next string, ok bool) {
	size := usual
	if n, err := strconv.Atoi(r.URL.Query().Get("maxResults")); err == nil {
		size = min(n, most)
	}
	if o.PageSize > 0 {
		size = min(size, o.PageSize)
	}
	here := bookmark{Listing: listing(r.URL)}
	if token := r.URL.Query().Get("pageToken"); token != "" {
		there, known := readToken(token)
		if !known || there.Listing != here.Listing || there.Start > len(rows) || o.Now().Unix() >= there.Until {
			badRequest(w, "Invalid Input: pageToken")
			return nil, "", false
		}
		here.Start = there.Start
	}
	end := min(here.Start+size, len(rows))
	if end < len(rows) {
		next = bookmark{here.Listing, end, o.Now().Add(pageLife).Unix()}.token()
	}
	return rows[here.Start:end], next, true
}

// listing is what all pages of one list have in common.
func listing(u *url.URL) string {
	q := u.Query()
	for _, name := range append([]string{"pageToken", "maxResults"}, standardParameters...) {
		q.Del(name)
	}
	return u.Path + "?" + q.Encode()
}

func (b bookmark) token() string {
	text, err := json.Marshal(b)
	if err != nil { // a string and two numbers can always be written
		panic(err)
	}
	return base64.URLEncoding.EncodeToString(text)
}

func readToken(token string) (b bookmark, ok bool) {
	text, err := base64.URLEncoding.DecodeString(token)
	return b, err == nil && json.Unmarshal(text, &b) == nil && b.Start >= 0
}
