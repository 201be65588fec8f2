package store

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// The spaces of our advisory locks, the first of their two keys.
const (
	lockAlive int32 = 0x43530001 // a process that is alive, by its number
	lockTurn  int32 = 0x43530002 // work under way, by the hash of its key
)

// pgLocks are locks that end with the process that holds them, however it ends:
// advisory locks of one connection kept for nothing else. They tell which jobs
// are under way and which processes are alive.
type pgLocks struct {
	config  *pgx.ConnConfig
	process int32 // this process

	mu   sync.Mutex
	conn *pgx.Conn
	held map[int32]bool // turns this process has
}

// lockWithin is how long a question about a lock may take.
const lockWithin = 5 * time.Second

func newPGLocks(ctx context.Context, config *pgx.ConnConfig) (*pgLocks, error) {
	l := &pgLocks{config: config, process: rand.Int32(), held: make(map[int32]bool)}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l, l.connect(ctx)
}

// connect makes sure of a connection that says this process is alive. After a
// lost one, the turns under way are taken anew as far as nobody else has them.
func (l *pgLocks) connect(ctx context.Context) (err error) {
	if l.conn != nil && !l.conn.IsClosed() {
		return nil
	}
	if l.conn, err = pgx.ConnectConfig(ctx, l.config); err != nil {
		return err
	}
	if _, err = l.conn.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, lockAlive, l.process); err != nil {
		return errors.Join(err, l.conn.Close(ctx))
	}
	for key := range l.held {
		if _, err := l.conn.Exec(ctx, `SELECT pg_try_advisory_lock($1, $2)`, lockTurn, key); err != nil {
			return errors.Join(err, l.conn.Close(ctx))
		}
	}
	return nil
}

// hold makes sure that the locks are held still: a lost connection shows only when
// it is used.
func (l *pgLocks) hold(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockWithin) // from now: the wait was somebody else's
	defer cancel()
	if l.conn != nil && !l.conn.IsClosed() && l.conn.Ping(ctx) != nil {
		_ = l.conn.Close(ctx) // its error says no more than the one before
	}
	return l.connect(ctx)
}

// try takes the turn of a key, or says that somebody has it: here or in another
// process. Keys with the same hash share a turn.
func (l *pgLocks) try(ctx context.Context, key string) (end func(), ok bool, err error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	n := int32(h.Sum32())
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockWithin) // from now: the wait was somebody else's
	defer cancel()
	if l.held[n] {
		return nil, false, nil
	}
	if err := l.connect(ctx); err != nil {
		return nil, false, err
	}
	if err := l.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1, $2)`, lockTurn, n).Scan(&ok); err != nil || !ok {
		return nil, false, err
	}
	l.held[n] = true
	return func() { l.end(n) }, true, nil
}

// end gives a turn back. Where that fails the connection is closed, and with it
// everything it held.
func (l *pgLocks) end(n int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), lockWithin)
	defer cancel()
	delete(l.held, n)
	if l.conn == nil || l.conn.IsClosed() {
		return
	}
	if _, err := l.conn.Exec(ctx, `SELECT pg_advisory_unlock($1, $2)`, lockTurn, n); err != nil {
		_ = l.conn.Close(ctx) // its error says no more than the one before
	}
}

func (l *pgLocks) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockWithin)
	defer cancel()
	return l.conn.Close(ctx)
}
