package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgres is a PostgreSQL database that several processes may use.
type postgres struct {
	pool  *pgxpool.Pool
	locks *pgLocks      // nil: only read
	turn  chan struct{} // holds one value while somebody in this process writes
}

// leastConnections is how many connections a process may have at least: eight
// jobs, their readings, and what River keeps for itself. pool_max_conns in the
// URL says otherwise.
const leastConnections = 16

// fewestConnections are needed at once: a write, a reading, a lock while tables
// are made, and the one that listens.
const fewestConnections = 4

// endWithin is how long the end of a transaction may take. It is not cut short
// with the caller: whether a commit that was cut came through, nobody knows.
const endWithin = 15 * time.Second

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// connect opens a pool with the settings on which the rest relies: commits wait
// for the disk, and a transaction whose process hangs lets go of its locks.
func connect(ctx context.Context, url string) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("store.url cannot be read as an address of PostgreSQL") // the cause may quote the password
	}
	if !strings.Contains(url, "pool_max_conns=") {
		c.MaxConns = max(c.MaxConns, leastConnections)
	}
	if c.MaxConns < fewestConnections {
		return nil, fmt.Errorf("store.url: pool_max_conns is %d, it must be at least %d", c.MaxConns, fewestConnections)
	}
	for name, value := range map[string]string{
		"application_name": "countersign", "idle_in_transaction_session_timeout": "60000",
		"tcp_keepalives_idle": "20", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
	} {
		if _, given := c.ConnConfig.RuntimeParams[name]; !given {
			c.ConnConfig.RuntimeParams[name] = value
		}
	}
	c.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	if err := assertServer(ctx, pool); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return pool, nil
}

// assertServer refuses a database that cannot keep every text.
func assertServer(ctx context.Context, pool *pgxpool.Pool) error {
	var encoding string
	if err := pool.QueryRow(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database has encoding %s, it must be UTF8", encoding)
	}
	return nil
}

// openPostgres connects the store to a PostgreSQL database, making and migrating
// its tables as needed.
func (s *Store) openPostgres(ctx context.Context, url string) error {
	pool, err := connect(ctx, url)
	if err != nil {
		return err
	}
	e := &postgres{pool: pool, turn: make(chan struct{}, 1)}
	if err = migratePostgres(ctx, pool); err == nil {
		e.locks, err = newPGLocks(ctx, pool.Config().ConnConfig)
	}
	if err == nil {
		s.queue, err = newRiverQueue(s, e)
	}
	if err != nil {
		return errors.Join(err, e.close())
	}
	s.engine = e
	return nil
}

// begin begins a transaction. Those that write take turns on the ledger's head
// from their first statement on, so that each decides on what the one before it
// left behind; in one process only one at a time waits there.
func (e *postgres) begin(ctx context.Context, write bool) (_ session, err error) {
	if !write {
		tx, err := e.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return nil, err
		}
		return &pgSession{tx: tx}, nil
	}
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s := &pgSession{turn: e.turn}
	if s.tx, err = e.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}); err != nil {
		s.pass()
		return nil, err
	}
	if _, err := one(rows(querier{ctx, s}, func(r scanner) (n int64, err error) { return n, r.Scan(&n) },
		`SELECT size FROM ledger_head WHERE one = 1 FOR UPDATE`)); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the ledger's head: %w", err), s.rollback())
	}
	return s, nil
}

func (e *postgres) columns() string {
	return `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`
}

func (e *postgres) close() error {
	var err error
	if e.locks != nil {
		err = e.locks.close()
	}
	e.pool.Close()
	return err
}

// pgSession is a transaction of pgx.
type pgSession struct {
	tx   pgx.Tx
	turn chan struct{} // to be given back at the end; nil: none is held
}

func (s *pgSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	tag, err := s.tx.Exec(ctx, text, args...)
	return tag.RowsAffected(), err
}

func (s *pgSession) query(ctx context.Context, text string, args []any) (cursor, error) {
	r, err := s.tx.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgCursor{r}, nil
}

func (s *pgSession) commit(ctx context.Context) error {
	defer s.pass()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	return s.tx.Commit(ctx)
}

// rollback cannot fail: where the server does not answer, pgx closes the connection,
// and the server rolls back by itself. The connection is the pool's again after it.
func (s *pgSession) rollback() error {
	defer s.pass()
	ctx, cancel := context.WithTimeout(context.Background(), endWithin)
	defer cancel()
	_ = s.tx.Rollback(ctx)
	return nil
}

// pass gives the turn to the next writer.
func (s *pgSession) pass() {
	if s.turn != nil {
		<-s.turn
		s.turn = nil
	}
}

// pgCursor is a result of pgx, whose Close tells no error: Err does.
type pgCursor struct{ pgx.Rows }

func (c pgCursor) Close() error {
	c.Rows.Close()
	return nil
}
