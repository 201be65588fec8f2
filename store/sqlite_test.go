package store_test

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"countersign/store"
	"countersign/store/ledger"
	"countersign/store/storetest"
	"countersign/workflows"
)

const origin = "acme.example/countersign"

// database is a SQLite file that the suite opens.
type database struct {
	url string
	key *ledger.Key
}

func newDatabase(t *testing.T) *database {
	t.Helper()
	dir := t.TempDir()
	key, err := ledger.CreateKey(filepath.Join(dir, "ledger.key"), origin)
	if err != nil {
		t.Fatal(err)
	}
	return &database{"sqlite:" + filepath.Join(dir, "countersign.db"), key}
}

func (d *database) path() string { return d.url[len("sqlite:"):] }

func (d *database) open(now func() time.Time, log *slog.Logger) (*store.Store, error) {
	return store.Open(context.Background(), d.url, store.Options{
		Now: now, Key: d.key, Origin: origin, Log: log,
		PolicyVersion: storetest.PolicyVersion, ConfigHash: storetest.ConfigHash, AppVersion: storetest.AppVersion,
	})
}

func (d *database) Open(t *testing.T, now func() time.Time, log *slog.Logger) storetest.Store {
	t.Helper()
	s, err := d.open(now, log)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *database) Leaves(t *testing.T) []storetest.Leaf { return leaves(t, d.url) }

// Late is nothing at the start, and half a second of polling and a little after a
// pause.
func (d *database) Late() (start, pause time.Duration) { return 0, time.Second }

// leaves verifies a database and returns its ledger.
func leaves(t *testing.T, url string) (out []storetest.Leaf) {
	t.Helper()
	r, err := store.OpenReader(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, r)
	err = r.Events(context.Background(), store.Filter{}, func(e store.Entry) error {
		line, err := e.Line()
		out = append(out, storetest.Leaf{Body: e.Body, Line: line})
		return err
	})
	if err != nil {
		t.Fatalf("read events: %v", err)
	}
	report, err := r.Verify(context.Background(), store.Expectation{})
	if err != nil || report.Wrong != "" {
		t.Errorf("the ledger does not verify: %s (%v)", report.Wrong, err)
	}
	return out
}

// entries reads the whole ledger.
func (d *database) entries(t *testing.T) (out []store.Entry) {
	t.Helper()
	r := d.reader(t)
	defer closeIt(t, r)
	err := r.Events(context.Background(), store.Filter{}, func(e store.Entry) error {
		out = append(out, e)
		return nil
	})
	if err != nil {
		t.Fatalf("read events: %v", err)
	}
	return out
}

func (d *database) reader(t *testing.T) *store.Reader {
	t.Helper()
	r, err := store.OpenReader(context.Background(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *database) verify(t *testing.T, x store.Expectation) store.Report {
	t.Helper()
	r := d.reader(t)
	defer closeIt(t, r)
	report, err := r.Verify(context.Background(), x)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return report
}

// raw runs statements through a second connection, as somebody would who has the
// file and not the program. It returns the error of the first that fails.
func (d *database) raw(t *testing.T, statements ...string) error {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+d.path()+"?_busy_timeout=10000")
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, db)
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			return err
		}
	}
	return nil
}

func closeIt(t *testing.T, c interface{ Close() error }) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// opened opens the database until the end of the test.
func (d *database) opened(t *testing.T) *store.Store {
	t.Helper()
	s, err := d.open(time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeIt(t, s) })
	return s
}

func update(t *testing.T, s *store.Store, f func(workflows.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func TestSQLitePassesTheSuiteOfEveryDatabase(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Database { return newDatabase(t) })
}
