package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"countersign/workflows"
)

// querier is the little that the statements of this package need of a
// transaction.
type querier struct {
	ctx context.Context
	tx  *sql.Tx
}

// exec runs a statement and returns how many rows it changed.
func (q querier) exec(text string, args ...any) (int64, error) {
	res, err := q.tx.ExecContext(q.ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// row reads one row; none is an error that matches workflows.ErrNotFound.
func (q querier) row(text string, args []any, dest ...any) error {
	err := q.tx.QueryRowContext(q.ctx, text, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return workflows.ErrNotFound
	}
	return err
}

// scanner is what a row is read from.
type scanner interface{ Scan(dest ...any) error }

// rows reads all rows to their end before anything else is asked: a second query
// on an open one would hang on a single connection.
func rows[T any](q querier, scan func(scanner) (T, error), text string, args ...any) (out []T, err error) {
	r, err := q.tx.QueryContext(q.ctx, text, args...)
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
