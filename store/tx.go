package store

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"countersign/workflows"
)

// tx is one transaction. It implements workflows.Tx.
type tx struct {
	store     *Store
	q         querier
	now       time.Time
	dirty     []rowName // rows put since the last event
	enqueued  bool
	scheduled bool
}

var _ workflows.Tx = (*tx)(nil)

// Now is the time of the transaction.
func (t *tx) Now() time.Time { return t.now }

// NextID counts up the ids of a prefix. People and records have six digits.
func (t *tx) NextID(prefix string) (string, error) {
	var n int64
	err := t.q.row(`INSERT INTO counters (prefix, n) VALUES ($1, 1)
		ON CONFLICT (prefix) DO UPDATE SET n = counters.n + 1 RETURNING n`, []any{prefix}, &n)
	if err != nil {
		return "", fmt.Errorf("next %s: %w", prefix, err)
	}
	return fmt.Sprintf("%s-%06d", prefix, n), nil
}

// touched remembers that a state row changed and must be named by an event.
func (t *tx) touched(table, id string) {
	n := rowName{table, id}
	for _, d := range t.dirty {
		if d == n {
			return
		}
	}
	t.dirty = append(t.dirty, n)
}

// settled refuses a transaction that changed state without saying so.
func (t *tx) settled() error {
	if len(t.dirty) == 0 {
		return nil
	}
	var names []string
	for _, d := range t.dirty {
		names = append(names, d.table+" "+d.id)
	}
	return fmt.Errorf("rows changed that no event names: %s", strings.Join(names, ", "))
}

// put writes a versioned row: an insert where version is 0, else an update of
// exactly that version. Columns and values are without id and version.
func (t *tx) put(table, id string, version *int, columns []string, values []any) error {
	args := append([]any{id, *version}, values...)
	var text strings.Builder
	if *version == 0 {
		fmt.Fprintf(&text, "INSERT INTO %s (id, version, %s) VALUES ($1, $2 + 1", table, strings.Join(columns, ", "))
		for i := range columns {
			fmt.Fprintf(&text, ", $%d", i+3)
		}
		text.WriteString(") ON CONFLICT (id) DO NOTHING")
	} else {
		fmt.Fprintf(&text, "UPDATE %s SET version = version + 1", table)
		for i, c := range columns {
			fmt.Fprintf(&text, ", %s = $%d", c, i+3)
		}
		text.WriteString(" WHERE id = $1 AND version = $2")
	}
	n, err := t.q.exec(text.String(), args...)
	if err != nil {
		return fmt.Errorf("put %s %s: %w", table, id, err)
	}
	if n != 1 {
		return fmt.Errorf("put %s %s, version %d: %w", table, id, *version, workflows.ErrConflict)
	}
	*version++
	t.touched(table, id)
	return nil
}

// ms is a time as it is stored; the zero time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at is a stored time.
func at(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// found turns an update of nothing into an error that matches ErrNotFound.
func found(n int64, err error, what, id string) error {
	if err == nil && n == 0 {
		err = workflows.ErrNotFound
	}
	return missing(err, what, id)
}

// missing names what was looked for in an error that matches ErrNotFound.
func missing(err error, what, id string) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, workflows.ErrNotFound) {
		return fmt.Errorf("%s %s: %w", what, id, workflows.ErrNotFound)
	}
	return fmt.Errorf("read %s %s: %w", what, id, err)
}
