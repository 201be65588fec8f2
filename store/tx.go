package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
)

// tx is one transaction. It implements workflows.Tx.
type tx struct {
	store     *Store
	q         querier
	now       time.Time
	dirty     []stateRef                    // rows put since the last event, as they are
	kept      map[workflows.Personal]string // commitments that were looked up
	enqueued  bool
	scheduled bool
}

var _ workflows.Tx = (*tx)(nil)

// Now is the time of the transaction.
func (t *tx) Now() time.Time { return t.now }

// shortIDs are the prefixes of ids that have four digits: joiners, leavers, vendors
// and apps in use are few, and people say these ids to each other. All others have
// six.
var shortIDs = []string{"ON", "OF", "VN", "DA"}

// NextID counts up the ids of a prefix. Past its digits an id grows longer.
func (t *tx) NextID(prefix string) (string, error) {
	var n int64
	err := t.q.row(`INSERT INTO counters (prefix, n) VALUES ($1, 1)
		ON CONFLICT (prefix) DO UPDATE SET n = counters.n + 1 RETURNING n`, []any{prefix}, &n)
	if err != nil {
		return "", fmt.Errorf("next %s: %w", prefix, err)
	}
	digits := 6
	if slices.Contains(shortIDs, prefix) {
		digits = 4
	}
	return fmt.Sprintf("%s-%0*d", prefix, digits, n), nil
}

// settled refuses a transaction that changed state without saying so.
func (t *tx) settled() error {
	if len(t.dirty) == 0 {
		return nil
	}
	var names []string
	for _, d := range t.dirty {
		names = append(names, d.Table+" "+d.ID)
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
	err := t.write(table, id, text.String(), args)
	if errors.Is(err, workflows.ErrNotFound) {
		err = fmt.Errorf("version %d: %w", *version, workflows.ErrConflict)
	}
	if err != nil {
		return fmt.Errorf("put %s %s: %w", table, id, err)
	}
	*version++
	return nil
}

// write runs a statement that writes one state row, and keeps the digest of what
// it leaves there for the next event. No row is an error that matches
// workflows.ErrNotFound.
func (t *tx) write(table, id, text string, args []any) error {
	of, ok := stateTableNamed(table)
	if !ok {
		return fmt.Errorf("table %s is not one the ledger vouches for", table)
	}
	columns := of.versions[of.newest()-1]
	row, err := one(rows(t.q, func(r scanner) ([]any, error) { return scanAny(r, len(columns)) }, text+" RETURNING "+strings.Join(columns, ", "), args...))
	if err != nil {
		return err
	}
	digest, err := of.digest(of.newest(), row)
	if err != nil {
		return err
	}
	ref := stateRef{table, id, of.newest(), digest}
	for i, d := range t.dirty {
		if d.Table == table && d.ID == id {
			t.dirty[i] = ref
			return nil
		}
	}
	t.dirty = append(t.dirty, ref)
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
