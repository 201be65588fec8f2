package store

import (
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

// Name remembers whom the configuration names in a scope.
func (t *tx) Name(scope string, emails []string, first bool) error {
	before, err := rows(t.q, func(r scanner) (e string, err error) { return e, r.Scan(&e) }, `SELECT email FROM named WHERE scope = $1`, scope)
	if err != nil {
		return fmt.Errorf("read who is named for %s: %w", scope, err)
	}
	now := make(map[string]bool, len(emails))
	since := ms(t.now)
	if first {
		since = 0
	}
	for _, e := range emails {
		now[e] = true
		if _, err := t.q.exec(`INSERT INTO named (scope, email, since) VALUES ($1, $2, $3) ON CONFLICT (scope, email) DO NOTHING`, scope, e, since); err != nil {
			return fmt.Errorf("name somebody for %s: %w", scope, err)
		}
	}
	for _, e := range before {
		if now[e] {
			continue
		}
		if _, err := t.q.exec(`DELETE FROM named WHERE scope = $1 AND email = $2`, scope, e); err != nil {
			return fmt.Errorf("forget somebody for %s: %w", scope, err)
		}
	}
	return nil
}

// NamedSince returns since when somebody is named.
func (t *tx) NamedSince(scope, email string) (time.Time, error) {
	var since int64
	err := t.q.row(`SELECT since FROM named WHERE scope = $1 AND email = $2`, []any{scope, email}, &since)
	if errors.Is(err, workflows.ErrNotFound) {
		return time.Time{}, nil
	}
	return at(since), err
}
