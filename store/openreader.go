package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Reader reads a database without changing it, also one that a running process
// uses or a copy of one.
type Reader struct{ engine engine }

// errForeign is the error of a file that is not Countersign's.
var errForeign = errors.New("is not a database of Countersign: it is empty, or another program's; check the path")

// OpenReader opens the database that url names for reading. A file that is none
// of Countersign's is an error that says so.
func OpenReader(ctx context.Context, url string) (*Reader, error) {
	if isPostgres(url) {
		return openPostgresReader(ctx, url)
	}
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return nil, fmt.Errorf("store %q: only sqlite:FILE and postgres://USER@HOST/DATABASE are known", redact(url))
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db, err := openToRead(ctx, path)
	e := &sqliteFile{db: []*sql.DB{db}}
	if err == nil {
		if err = e.readWith(ctx, db, 1); err != nil {
			err = errors.Join(err, e.close())
		}
	}
	if errors.Is(err, errForeign) {
		return nil, fmt.Errorf("%s %w", path, errForeign)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read as a database of Countersign: %w", path, err)
	}
	return &Reader{e}, nil
}

// openToRead opens a file in the gentlest way that works. With a -wal beside it,
// it is in use or a copy of one that was: mode=ro leaves both files as they are.
// Without one it was closed cleanly, and SQLite makes and removes a -wal of its
// own. Where the directory forbids that, nobody can write the file either, so it
// may be taken as immutable (https://www.sqlite.org/wal.html#read_only_databases).
func openToRead(ctx context.Context, path string) (*sql.DB, error) {
	if _, err := os.Stat(path + "-wal"); err == nil {
		return probe(ctx, path, "&mode=ro")
	}
	db, err := probe(ctx, path, "")
	if err == nil {
		return db, nil
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok && (e.Code()&0xff == sqlite3.SQLITE_CANTOPEN || e.Code()&0xff == sqlite3.SQLITE_READONLY) {
		return probe(ctx, path, "&mode=ro&immutable=1")
	}
	return nil, err
}

// probe opens a file and looks for tables that only Countersign makes. One that
// lacks some of them is damaged and not foreign: verifying it says what is missing.
func probe(ctx context.Context, path, how string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+escapePath(path)+"?_busy_timeout=10000&_query_only=on&_txlock=deferred"+how)
	if err != nil {
		return nil, err
	}
	var n int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table'
		AND name IN ('ledger_head', 'ledger_hashes', 'ledger_keys')`).Scan(&n)
	if e, ok := errors.AsType[*sqlite.Error](err); (ok && e.Code()&0xff == sqlite3.SQLITE_NOTADB) || (err == nil && n == 0) {
		err = errForeign
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close closes the database.
func (r *Reader) Close() error { return r.engine.close() }

// view runs f on one snapshot.
func (r *Reader) view(ctx context.Context, f func(querier) error) error {
	in, err := r.engine.begin(ctx, false)
	if err != nil {
		return err
	}
	return errors.Join(f(querier{ctx, in}), in.rollback())
}

// openPostgresReader opens a PostgreSQL database for reading.
func openPostgresReader(ctx context.Context, url string) (*Reader, error) {
	pool, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	var n int
	err = pool.QueryRow(ctx, `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()
		AND table_name IN ('ledger_head', 'ledger_hashes', 'ledger_keys')`).Scan(&n)
	if err == nil && n == 0 {
		err = fmt.Errorf("the database %w", errForeign)
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &Reader{&postgres{pool: pool}}, nil
}
