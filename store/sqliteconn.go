package store

import (
	"context"
	"database/sql"
	"errors"
)

// sqliteConn is one connection with its statements, each compiled once: to
// compile one takes longer than to run it. One goroutine uses it at a time.
type sqliteConn struct {
	conn     *sql.Conn
	compiled map[string]*sql.Stmt
}

func newSQLiteConn(ctx context.Context, db *sql.DB) (*sqliteConn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{conn, make(map[string]*sql.Stmt)}, nil
}

func (c *sqliteConn) statement(text string) (*sql.Stmt, error) {
	if s, ok := c.compiled[text]; ok {
		return s, nil
	}
	s, err := c.conn.PrepareContext(context.Background(), text)
	if err == nil {
		c.compiled[text] = s
	}
	return s, err
}

// exec and query look at ctx before a statement and not during it: SQLite ends
// the whole transaction when a statement that writes is interrupted, and with it
// the work of those who share the commit.
func (c *sqliteConn) exec(ctx context.Context, text string, args []any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s, err := c.statement(text)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *sqliteConn) query(ctx context.Context, text string, args []any) (cursor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := c.statement(text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (c *sqliteConn) close() error {
	var errs []error
	for _, s := range c.compiled {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.conn.Close())...)
}
