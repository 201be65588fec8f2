// Package store keeps everything Countersign knows: its tables, the ledger's
// rows, the calendar and the jobs. It decides nothing; the rules are in package
// workflows, and the ledger's mathematics in package ledger.
//
// All SQL is written once for SQLite and PostgreSQL: $1 placeholders, RETURNING,
// ON CONFLICT, times as integer milliseconds, flags as 0 and 1.
//
// In the ledger and in the rows it vouches for (people, requests, decisions,
// grants, tasks, onboardings, offboardings, steps, duties, vendors with all that
// belongs to them, discovered), personal values stand as commitments; the values
// lie in table pii. Outside of those some stand in clear: what was posted or is to be posted (posts.said, posts.layout, cards.body)
// and the direct conversation it went to (posts.channel, cards.at_channel),
// answers as they were given (answers.outcome), addresses in the configuration
// (named.email, configurations.effective), and chat ids of people who are not
// known yet (refusals.person, calendar.record, jobs.record, pii.owner).
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"countersign/store/ledger"
	"countersign/workflows"
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
	Poll          bool      // with PostgreSQL, look for jobs at intervals alone and keep no connection that waits for word of them

	clock bool // Now was given
	Log   *slog.Logger
}

// Store is one open database. Its methods are safe for concurrent use.
type Store struct {
	options Options
	engine  engine
	queue   queue
	ring    *bell // the calendar changed
}

// Open opens the database that url names ("sqlite:FILE" or "postgres://…"),
// creating and migrating its tables as needed. A SQLite file that another process
// has open is an error.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.clock = o.Now != nil; !o.clock {
		o.Now = time.Now
	}
	o.Random = source(o.Random)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{options: o, ring: newBell()}
	path, file := strings.CutPrefix(url, "sqlite:")
	var err error
	switch {
	case file && path != "":
		s.queue = newTableQueue(s)
		s.engine, err = openSQLite(ctx, path)
	case isPostgres(url):
		err = s.openPostgres(ctx, url)
	default:
		err = fmt.Errorf("store %q: only sqlite:FILE and postgres://USER@HOST/DATABASE are known", redact(url))
	}
	if err != nil {
		return nil, err
	}
	if err := s.bindKey(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", redact(url), err), s.Close())
	}
	return s, nil
}

// redact keeps of a URL what cannot hold a password.
func redact(url string) string {
	if strings.HasPrefix(url, "sqlite:") {
		return strings.TrimPrefix(url, "sqlite:")
	}
	scheme, _, found := strings.Cut(url, ":")
	if !found || strings.ContainsAny(scheme, " =@/") { // no URL: it may be "host=… password=…"
		return "…"
	}
	return scheme + ":…"
}

// Close closes the database. Work and Fire must have returned.
func (s *Store) Close() error { return s.engine.close() }

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.options.Now() }

// Wake looks at once for what is due: for a clock that was moved.
func (s *Store) Wake() {
	s.queue.ring()
	s.ring.strike()
}

// Update runs f in one durable transaction, alone.
func (s *Store) Update(ctx context.Context, f func(workflows.Tx) error) (err error) {
	in, err := s.engine.begin(ctx, true)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// Deferred, so that a panic in f does not keep the only connection for ever.
	defer func() { err = errors.Join(err, in.rollback()) }()
	t := &tx{store: s, q: querier{ctx, in}, now: truncate(s.options.Now())}
	if err := f(t); err != nil {
		return err
	}
	if err := t.settled(); err != nil {
		return err
	}
	if err := in.commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if t.enqueued {
		s.queue.ring()
	}
	if t.scheduled {
		s.ring.strike()
	}
	return nil
}

// View runs f on one consistent snapshot; a write in it fails.
func (s *Store) View(ctx context.Context, f func(workflows.Tx) error) (err error) {
	in, err := s.engine.begin(ctx, false)
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() { err = errors.Join(err, in.rollback()) }()
	return f(&tx{store: s, q: querier{ctx, in}, now: truncate(s.options.Now())})
}

// truncate cuts a time to what is stored.
func truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
