// Package store keeps everything Countersign knows: its tables, the ledger's
// rows, the calendar and the jobs. It decides nothing; the rules are in package
// workflows, and the ledger's mathematics in package ledger.
//
// All SQL is written once for SQLite and PostgreSQL: $1 placeholders, RETURNING,
// ON CONFLICT, times as integer milliseconds, flags as 0 and 1.
//
// In the ledger and in the rows it vouches for (people, requests, decisions,
// grants, tasks), personal values stand as commitments; the values lie in table
// pii. Outside of those some stand in clear: what was posted or is to be posted
// (posts.said, posts.layout, cards.body) and the direct conversation it went to
// (posts.channel, cards.at_channel), answers as they were given
// (answers.outcome), addresses in the configuration (named.email,
// configurations.effective), and chat ids of people who are not known yet
// (refusals.person, calendar.record, jobs.record, pii.owner).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"countersign/store/ledger"
	"countersign/workflows"

	_ "modernc.org/sqlite" // the database driver
)

// Options is what a store is opened with.
type Options struct {
	Now           func() time.Time // the clock of everything that is stored; nil: the real one
	Key           *ledger.Key      // signs checkpoints; nil: none can be made
	Origin        string           // name of the log on checkpoints
	PolicyVersion string           // stamped on every event
	ConfigHash    string
	AppVersion    string
	Random        io.Reader // source of event ids, salts and the spread of pauses; nil: the system's
	Log           *slog.Logger
}

// Store is one open database. Its methods are safe for concurrent use.
type Store struct {
	options Options
	writer  *sql.DB // one connection: transactions take turns
	reader  *sql.DB // read-only snapshots
	lock    *fileLock
	wake    *bell // jobs were added
	ring    *bell // the calendar changed
}

// Open opens the database that url names ("sqlite:FILE"), creating and migrating
// it as needed. It fails when another process has it open.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || path == "" {
		return nil, fmt.Errorf("store %q: only sqlite:FILE is known", redact(url))
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Random = source(o.Random)
	s := &Store{options: o, lock: lock, wake: newBell(), ring: newBell()}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.Close())
	}
	return s, nil
}

// redact keeps the scheme of a URL, which may hold a password.
func redact(url string) string {
	scheme, _, _ := strings.Cut(url, ":")
	return scheme + ":…"
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	base := "file:" + escapePath(path) + "?_busy_timeout=10000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on"
	if s.writer, err = sql.Open("sqlite", base+"&_txlock=immediate"); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	if err := assertPragmas(ctx, s.writer); err != nil {
		return err
	}
	if err := migrate(ctx, s.writer); err != nil {
		return err
	}
	if s.reader, err = sql.Open("sqlite", base+"&_query_only=on&_txlock=deferred"); err != nil {
		return err
	}
	s.reader.SetMaxOpenConns(4)
	if err := s.bindKey(ctx); err != nil {
		return err
	}
	return s.reader.PingContext(ctx)
}

// escapePath keeps characters of a file name from being read as part of a URI.
func escapePath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// assertPragmas makes sure that the database took the settings on which "durable"
// rests: an unknown key in the name of a database is easily ignored.
func assertPragmas(ctx context.Context, db *sql.DB) error {
	for _, want := range []struct{ name, value string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"busy_timeout", "10000"},
	} {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+want.name).Scan(&got); err != nil {
			return fmt.Errorf("read pragma %s: %w", want.name, err)
		}
		if got != want.value {
			return fmt.Errorf("pragma %s is %s, want %s", want.name, got, want.value)
		}
	}
	return nil
}

// Close closes the database. Work and Fire must have returned.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.lock.release())...)
}

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.options.Now() }

// Wake looks at once for what is due: for a clock that was moved.
func (s *Store) Wake() {
	s.wake.strike()
	s.ring.strike()
}

// Update runs f in one durable transaction, alone.
func (s *Store) Update(ctx context.Context, f func(workflows.Tx) error) (err error) {
	sqlTx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// Deferred, so that a panic in f does not keep the only connection for ever.
	defer func() { err = errors.Join(err, ignoreDone(sqlTx.Rollback())) }()
	t := &tx{store: s, q: querier{ctx: ctx, tx: sqlTx}, now: truncate(s.options.Now())}
	if err := f(t); err != nil {
		return err
	}
	if err := t.settled(); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if t.enqueued {
		s.wake.strike()
	}
	if t.scheduled {
		s.ring.strike()
	}
	return nil
}

// View runs f on one consistent snapshot; a write in it fails.
func (s *Store) View(ctx context.Context, f func(workflows.Tx) error) (err error) {
	sqlTx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() { err = errors.Join(err, ignoreDone(sqlTx.Rollback())) }()
	return f(&tx{store: s, q: querier{ctx: ctx, tx: sqlTx}, now: truncate(s.options.Now())})
}

// ignoreDone drops the error of a rollback that the driver had done itself.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// truncate cuts a time to what is stored.
func truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
