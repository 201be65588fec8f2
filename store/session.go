package store

import (
	"context"
	"errors"
	"fmt"

	"countersign/workflows"
)

// engine is one kind of database. All SQL of this package but the migrations is
// written once for all kinds.
type engine interface {
	// begin begins a transaction that writes, alone among those that do, or one
	// that reads one consistent snapshot.
	begin(ctx context.Context, write bool) (session, error)
	// columns is the statement that lists every column of the database with its
	// table.
	columns() string
	close() error
}

// session is one transaction. Rolling back after a commit does nothing.
type session interface {
	exec(ctx context.Context, text string, args []any) (changed int64, err error)
	query(ctx context.Context, text string, args []any) (cursor, error)
	commit(ctx context.Context) error
	rollback() error
}

// cursor is a result that is read row by row.
type cursor interface {
	scanner
	Next() bool
	Err() error
	Close() error
}

// scanner is what a row is read from.
type scanner interface{ Scan(dest ...any) error }

// querier asks within one transaction.
type querier struct {
	ctx context.Context
	in  session
}

// exec runs a statement and returns how many rows it changed.
func (q querier) exec(text string, args ...any) (int64, error) {
	return q.in.exec(q.ctx, text, keepable(args))
}

// row reads one row; none is an error that matches workflows.ErrNotFound.
func (q querier) row(text string, args []any, dest ...any) error {
	_, err := one(rows(q, func(r scanner) (struct{}, error) { return struct{}{}, r.Scan(dest...) }, text, args...))
	return err
}

// rows reads all rows to their end before anything else is asked: a second query
// on an open one would hang on a single connection.
func rows[T any](q querier, scan func(scanner) (T, error), text string, args ...any) (out []T, err error) {
	r, err := q.in.query(q.ctx, text, keepable(args))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		v, err := scan(r)
		if err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		out = append(out, v)
	}
	return out, r.Err()
}

// one returns the first of the rows, or workflows.ErrNotFound.
func one[T any](list []T, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(list) == 0 {
		return none, workflows.ErrNotFound
	}
	return list[0], nil
}
