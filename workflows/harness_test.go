package workflows_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/provisioners/manual"
	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

// company is the product at work: the real service on a real database, with the
// real Google client before an emulated Google and a small chat system. It lives
// in a synctest bubble, so that waiting costs nothing.
type company struct {
	t      *testing.T
	cat    *workflows.Catalogue
	google *fakegoogle.Server
	slack  *slack
	wrap   func(provisioners.Provisioner) provisioners.Provisioner // around the Google provisioner
	around func(provisioners.Accounts) provisioners.Accounts       // around that of accounts
	bare   bool                                                    // works without Google
	log    io.Writer                                               // where the service writes its log; nil: nowhere
	key    *ledger.Key

	credentials []byte // of the service account in Google

	url    string
	ahead  atomic.Int64 // how far the clock was moved
	store  *store.Store
	svc    *workflows.Service
	kill   context.CancelFunc
	ended  chan error
	raw    *sql.DB
	before map[string]bool // group and member id of memberships that are none of ours
	spoken []string        // words that people wrote

	checked int // events of the ledger that were looked at for personal values
}

// story runs a test in a bubble with a company that is open for business.
// Adjustments happen before it opens.
func story(t *testing.T, tell func(t *testing.T, h *company), adjust ...func(h *company)) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := &company{t: t, cat: catalogue(), slack: newSlack(), before: map[string]bool{}}
		h.google = workspaceAt(h.now)
		h.url = "sqlite:" + filepath.Join(dir, "countersign.db")
		key, err := ledger.CreateKey(filepath.Join(dir, "ledger.key"), "acme.example/countersign")
		if err != nil {
			t.Fatal(err)
		}
		h.key = key
		for _, f := range adjust {
			f(h)
		}
		h.Open()
		t.Cleanup(h.Close)
		if err := h.svc.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		sign := func(tx workflows.Tx) error {
			_, err := tx.Checkpoint() // as the first start does
			return err
		}
		if err := h.store.Update(context.Background(), sign); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		tell(t, h)
		h.Settle()
	})
}

// now is the company's clock.
func (h *company) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// Open opens the database and starts the service.
func (h *company) Open() {
	h.t.Helper()
	log := slog.New(slog.DiscardHandler)
	if h.log != nil {
		log = slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	var err error
	h.store, err = store.Open(context.Background(), h.url, store.Options{
		Now: h.now, Key: h.key, Origin: "acme.example/countersign", PolicyVersion: "p1", ConfigHash: h.cat.ConfigHash, AppVersion: "test", Log: log,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if h.raw, err = sql.Open("sqlite", "file:"+strings.ReplaceAll(h.url[len("sqlite:"):], "#", "%23")+"?_busy_timeout=10000&_query_only=on"); err != nil {
		h.t.Fatal(err)
	}
	workspace := h.workspace(log)
	var google provisioners.Provisioner = workspace
	if h.wrap != nil {
		google = h.wrap(google)
	}
	var accounts provisioners.Accounts = googleworkspace.NewAccounts(workspace)
	if h.around != nil {
		accounts = h.around(accounts)
	}
	parts := workflows.Parts{
		Store: h.store, Catalogue: h.cat, Directory: workspace, Accounts: accounts, Discovery: workspace, Members: h.slack, Notifier: h.slack, Team: team, Log: log,
		Provisioners: map[string]provisioners.Provisioner{"google_group": google, "manual": manual.New()},
	}
	if h.bare {
		parts.Directory, parts.Accounts, parts.Discovery = nil, nil, nil
		delete(parts.Provisioners, "google_group")
	}
	h.svc = workflows.New(parts)
	ctx, kill := context.WithCancel(context.Background())
	h.kill, h.ended = kill, make(chan error, 1)
	go func(svc *workflows.Service) { h.ended <- svc.Run(ctx) }(h.svc)
}

func (h *company) workspace(log *slog.Logger) *googleworkspace.Workspace {
	if h.credentials == nil { // a process that starts again reads the same file
		key, err := h.google.ServiceAccountKey("http://google.test/token")
		if err != nil {
			h.t.Fatal(err)
		}
		h.credentials = key
	}
	w, err := googleworkspace.Open(context.Background(), googleworkspace.Config{
		Credentials: h.credentials, AdminSubject: mail("root"), Endpoint: "http://google.test", Transport: inProcess{h.google}, Rate: 10000, Now: h.now,
	}, log)
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

// Close ends the service and the database. Closing twice is closing once.
func (h *company) Close() {
	h.t.Helper()
	if h.kill == nil {
		return
	}
	h.kill()
	ended := <-h.ended
	h.kill = nil
	if err := errors.Join(ended, h.raw.Close(), h.store.Close()); err != nil {
		h.t.Fatal("close: ", err)
	}
}

// Restart ends the process and starts it again, with a changed configuration if
// there is a change.
func (h *company) Restart(change ...func(*workflows.Catalogue)) {
	h.t.Helper()
	h.Close()
	h.cat = catalogue()
	for _, f := range change {
		f(h.cat)
		h.cat.ConfigHash = "c0ffee2"
	}
	h.Open()
	if len(change) > 0 {
		if err := h.Start(); err != nil {
			h.t.Fatal(err)
		}
	}
}

// Start does what the process does before it listens.
func (h *company) Start() error {
	return h.svc.Start(context.Background(), workflows.StartOptions{
		Effective: []byte("configuration " + h.cat.ConfigHash), Host: "gate", User: "ops", Fingerprint: h.key.Fingerprint(),
		Diff: func(before, now []byte) []string { return []string{"owner of github: was somebody else"} },
	})
}

// patience is how long, in the bubble's time, work may take to settle.
const patience = 2 * time.Hour

// Settle lets everything happen that is due, waits for what is tried again, and
// then checks what must always hold.
func (h *company) Settle() {
	h.t.Helper()
	h.Quiet()
	h.Check()
}

// Quiet is Settle without the check.
func (h *company) Quiet() {
	h.t.Helper()
	for begun := time.Now(); ; time.Sleep(time.Second) {
		synctest.Wait()
		if h.count("SELECT count(*) FROM jobs") == 0 && h.nextDue().After(h.now()) {
			return
		}
		if time.Since(begun) > patience {
			h.t.Fatalf("jobs still open after %s", patience)
		}
	}
}

// Advance moves the clock. What is due on the way happens at its own time.
func (h *company) Advance(d time.Duration) {
	h.t.Helper()
	for end := h.now().Add(d); h.now().Before(end); {
		next := h.nextDue()
		if next.After(end) {
			next = end
		}
		if left := next.Sub(h.now()); left > 0 {
			h.ahead.Add(int64(left))
		}
		h.store.Wake()
		h.Quiet()
	}
	h.Check()
}

// nextDue is the next moment of the calendar.
func (h *company) nextDue() time.Time {
	h.t.Helper()
	n := h.count("SELECT coalesce(min(due_at), 0) FROM calendar")
	if n == 0 {
		return h.now().Add(1000 * day)
	}
	return time.UnixMilli(n)
}

func (h *company) count(query string) (n int64) {
	h.t.Helper()
	if err := h.raw.QueryRow(query).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// inProcess is a transport without a network.
type inProcess struct{ server http.Handler }

// RoundTrip calls the server. A dropped connection is an end of file.
func (p inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			err = io.ErrUnexpectedEOF
		default:
			panic(v)
		}
	}()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	p.server.ServeHTTP(rec, r)
	return rec.Result(), nil
}

// UntilDeath lets everything happen that is due now, also where the process dies
// of it.
func (h *company) UntilDeath() { synctest.Wait() }
