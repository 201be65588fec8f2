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
	writer *sql.DB // one connection: transactions take turns
	reader *sql.DB // read-only snapshots
	lock   *fileLock
}

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

func (e *sqliteFile) open(ctx context.Context, path string) (err error) {
	base := "file:" + escapePath(path) + "?_busy_timeout=10000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on"
	if e.writer, err = sql.Open("sqlite", base+"&_txlock=immediate"); err != nil {
		return err
	}
	e.writer.SetMaxOpenConns(1)
	if err := assertPragmas(ctx, e.writer); err != nil {
		return err
	}
	if err := migrateSQLite(ctx, e.writer); err != nil {
		return err
	}
	if e.reader, err = sql.Open("sqlite", base+"&_query_only=on&_txlock=deferred"); err != nil {
		return err
	}
	e.reader.SetMaxOpenConns(4)
	return e.reader.PingContext(ctx)
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
	db := e.reader
	if write {
		db = e.writer
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return sqlSession{tx}, nil
}

func (e *sqliteFile) close() error {
	var errs []error
	for _, db := range []*sql.DB{e.reader, e.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if e.lock != nil {
		errs = append(errs, e.lock.release())
	}
	return errors.Join(errs...)
}

// sqlSession is a transaction of database/sql.
type sqlSession struct{ tx *sql.Tx }

func (s sqlSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	res, err := s.tx.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (s sqlSession) query(ctx context.Context, text string, args []any) (cursor, error) {
	return s.tx.QueryContext(ctx, text, args...)
}

func (s sqlSession) commit(context.Context) error { return s.tx.Commit() }

func (s sqlSession) rollback() error {
	if err := s.tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}
