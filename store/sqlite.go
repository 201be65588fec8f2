package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	_ "modernc.org/sqlite" // the database driver
)

// sqliteFile is a SQLite file that one process uses.
type sqliteFile struct {
	db      []*sql.DB // to be closed at the end
	writer  *writer   // nil: only read
	readers chan *sqliteConn
	lock    *fileLock
}

// readers is how many snapshots may be read at once.
const readers = 4

// openSQLite opens a file, creating and migrating it as needed. It fails when
// another process has it open.
func openSQLite(ctx context.Context, path string) (_ *sqliteFile, err error) {
	e := &sqliteFile{}
	if e.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := e.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), e.close())
	}
	return e, nil
}

func (e *sqliteFile) open(ctx context.Context, path string) error {
	base := "file:" + escapePath(path) + "?_busy_timeout=10000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on"
	db, err := e.openDB(base, 1)
	if err != nil {
		return err
	}
	if err := assertPragmas(ctx, db); err != nil {
		return err
	}
	if err := migrateSQLite(ctx, db); err != nil {
		return err
	}
	conn, err := newSQLiteConn(ctx, db)
	if err != nil {
		return err
	}
	e.writer = newWriter(conn)
	if db, err = e.openDB(base+"&_query_only=on", readers); err != nil {
		return err
	}
	return e.readWith(ctx, db, readers)
}

func (e *sqliteFile) openDB(name string, connections int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	e.db = append(e.db, db)
	return db, nil
}

// readWith takes n connections of a database to read with.
func (e *sqliteFile) readWith(ctx context.Context, db *sql.DB, n int) error {
	e.readers = make(chan *sqliteConn, n)
	for range n {
		c, err := newSQLiteConn(ctx, db)
		if err != nil {
			return err
		}
		e.readers <- c
	}
	return nil
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

func (e *sqliteFile) begin(ctx context.Context, write bool) (session, error) {
	if write {
		return e.writer.begin(ctx)
	}
	select {
	case c := <-e.readers:
		if _, err := c.exec(ctx, "BEGIN", nil); err != nil {
			e.readers <- c
			return nil, err
		}
		return &reading{sqliteConn: c, back: e.readers}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (e *sqliteFile) columns() string {
	return `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
}

// close closes the connections. Nothing may be under way.
func (e *sqliteFile) close() error {
	var errs []error
	if e.writer != nil {
		errs = append(errs, e.writer.conn.close())
	}
	for range len(e.readers) {
		errs = append(errs, (<-e.readers).close())
	}
	for _, db := range e.db {
		errs = append(errs, db.Close())
	}
	if e.lock != nil {
		errs = append(errs, e.lock.release())
	}
	return errors.Join(errs...)
}

// reading is one snapshot.
type reading struct {
	*sqliteConn
	back chan *sqliteConn // where the connection goes at the end; nil: it went
}

func (r *reading) commit(context.Context) error { return r.rollback() }

func (r *reading) rollback() error {
	if r.back == nil {
		return nil
	}
	_, err := r.exec(context.Background(), "ROLLBACK", nil)
	r.back <- r.sqliteConn
	r.back = nil
	return err
}
