package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	admin "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/option"
)

// desk is the counter at which Google takes calls. It looks at each change of an
// account on its way in, and gives Google the time: the calendar's, so that what
// Google notes is the same each time, except for what access tokens last, which
// their holder counts on the machine's clock.
type desk struct {
	w *world

	machine atomic.Bool // a token is being given out
	mu      sync.Mutex
	changed map[string]bool // accounts, by id or address, that were to be changed
	opened  []string        // calls that asked to open an account again
	made    map[string]int  // accounts that were made, by their recovery address
}

// aeons is how far the machine's clock is ahead of the calendar, so that no token
// is old by the calendar.
const aeons = 200 * 365 * 24 * time.Hour

func (d *desk) now() time.Time {
	if d.machine.Load() {
		return time.Now()
	}
	return d.w.now()
}

// ServeHTTP hands a call on, one at a time.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.machine.Store(r.URL.Path == "/token")
	defer d.machine.Store(false)
	if strings.HasPrefix(r.URL.Path, "/admin/datatransfer/") || r.URL.Path == "/token" {
		rec := httptest.NewRecorder()
		defer d.steady(w, rec)
		w = rec
	}
	if r.Method == http.MethodGet {
		d.w.google.ServeHTTP(w, r)
		return
	}
	d.note(r, body)
	made := make(map[string]bool)
	for _, u := range d.w.google.Users() {
		made[u.ID] = true
	}
	defer func() { // also of a call whose answer is lost
		for _, u := range d.w.google.Users() {
			if !made[u.ID] && r.URL.Path == usersPath {
				d.made[u.RecoveryEmail]++
			}
		}
	}()
	d.w.google.ServeHTTP(w, r)
}

// steady hands an answer on without what differs from one run to the next: the
// ids of transfers, which are random and which the ledger keeps, and the end of an
// access token, which the machine's clock brings.
func (d *desk) steady(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	body := strings.ReplaceAll(rec.Body.String(), `"expires_in":3599`, `"expires_in":359900000`)
	for i, t := range d.w.google.Transfers() {
		body = strings.ReplaceAll(body, t.ID, fmt.Sprintf("transfer%d", i+1))
	}
	maps.Copy(w.Header(), rec.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	_, _ = io.WriteString(w, body)
}

const usersPath = "/admin/directory/v1/users"

// note keeps which account a call wants to change.
func (d *desk) note(r *http.Request, body []byte) {
	var in struct {
		Suspended, Archived          *bool
		OldOwnerUserID, AssignedToID string
	}
	_ = json.Unmarshal(body, &in)
	key := ""
	for _, prefix := range []string{usersPath + "/", "/gmail/v1/users/"} {
		if rest, ok := strings.CutPrefix(r.URL.Path, prefix); ok {
			key, _, _ = strings.Cut(rest, "/")
		}
	}
	if strings.HasPrefix(r.URL.Path, "/admin/datatransfer/") {
		key = in.OldOwnerUserID
	}
	if key != "" {
		d.changed[key] = true
	}
	if in.Suspended != nil && !*in.Suspended || in.Archived != nil && !*in.Archived {
		d.opened = append(d.opened, r.Method+" "+r.URL.Path+" "+string(body))
	}
}

// taken returns the accounts that were to be changed since it was asked last.
func (d *desk) taken() map[string]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := maps.Clone(d.changed)
	clear(d.changed)
	return out
}

// console is Google's own console, in which administrators work past the product
// and its network.
func (w *world) console() *admin.Service {
	jwt, err := google.JWTConfigFromJSON(w.key, admin.AdminDirectoryUserScope)
	w.must(err)
	jwt.Subject = w.cfg.Google.AdminSubject
	through := &http.Client{Transport: past{w}}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, through)
	service, err := admin.NewService(ctx, option.WithHTTPClient(jwt.Client(ctx)), option.WithEndpoint("http://google.test"))
	w.must(err)
	return service
}

// past reaches Google without the network.
type past struct{ w *world }

// RoundTrip serves a request at once.
func (p past) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	rec := httptest.NewRecorder()
	defer func() {
		if recover() != nil { // an answer that is dropped
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	p.w.desk.machine.Store(r.URL.Path == "/token")
	defer p.w.desk.machine.Store(false)
	p.w.google.ServeHTTP(rec, r)
	return rec.Result(), nil
}
