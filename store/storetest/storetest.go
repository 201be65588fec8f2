// Package storetest is what every database must pass to keep Countersign's
// records. It tests through workflows.Store alone, so that one text of it judges
// them all.
package storetest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"countersign/workflows"
)

// The stamps a Database must be opened with.
const (
	PolicyVersion = "policy-7"
	ConfigHash    = "sha256:config"
	AppVersion    = "v1.2.3"
)

// Store is a store as the suite uses it. Close is called after Work and Fire
// have returned.
type Store interface {
	workflows.Store
	Close() error
}

// Database is one database, empty at first.
type Database interface {
	// Open opens it, again after a Close, stamping every event with the constants
	// of this package.
	Open(t *testing.T, now func() time.Time, log *slog.Logger) Store
	// Leaves verifies the database, failing the test if anything is wrong with it,
	// and returns the ledger from its first event. It is called while the store is
	// open.
	Leaves(t *testing.T) []Leaf
	// Start is how long a job may wait from its commit until it runs; 0 says that
	// the commit itself starts it. Pause is how much longer than its pause a job
	// may wait that failed or was put off.
	Late() (start, pause time.Duration)
}

// Leaf is one event as it can be read from outside.
type Leaf struct {
	Body []byte // as it was hashed
	Line []byte // as `audit log --json` prints it
}

type testCase struct {
	name string
	run  func(*testing.T, Database)
}

// Run runs the suite, each test on a database of its own.
func Run(t *testing.T, create func(t *testing.T) Database) {
	for _, list := range [][]testCase{transactions, records, checklists, duties, vendors, vendorLedger, people, leaves, cards, answers, traps, plainTexts, jobs, jobTraps, calendar, concurrency} {
		for _, c := range list {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, create(t))
			})
		}
	}
}

// clock is a clock that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 2, 9, 30, 0, 123e6, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// open opens the database until the end of the test.
func open(t *testing.T, db Database, now func() time.Time) Store {
	t.Helper()
	s := db.Open(t, now, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// opened opens the database with a clock that stands still.
func opened(t *testing.T, db Database) Store {
	t.Helper()
	return open(t, db, newClock().now)
}

// update runs f in a transaction that must succeed.
func update(t *testing.T, s Store, f func(workflows.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatalf("update: %v", err)
	}
}

// view runs f on a snapshot; f must succeed.
func view(t *testing.T, s Store, f func(workflows.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), f); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// read returns what f reads on a snapshot.
func read[T any](t *testing.T, s Store, f func(workflows.Tx) (T, error)) (out T) {
	t.Helper()
	view(t, s, func(tx workflows.Tx) (err error) {
		out, err = f(tx)
		return err
	})
	return out
}

// notFound fails the test unless err matches workflows.ErrNotFound.
func notFound(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("%s: got error %v, want ErrNotFound", what, err)
	}
}

// event is an event of which only the type matters.
func event(kind string) workflows.Event {
	return workflows.Event{Type: kind, Actor: workflows.System, Outcome: workflows.Success, Source: "job"}
}

// tell appends an event of which only the type matters.
func tell(tx workflows.Tx, kind string) error {
	_, err := tx.Append(event(kind))
	return err
}

// putPerson stores a person together with an event.
func putPerson(t *testing.T, s Store, p *workflows.Person) {
	t.Helper()
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.PutPerson(p), tell(tx, "person.changed"))
	})
}

// during runs f beside the test until stop is called, which waits for it.
func during(t *testing.T, f func(ctx context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("got error %v at the end, want none", err)
		}
	})
}
