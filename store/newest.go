package store

import (
	"context"
	"time"
)

// Newest returns when the newest event was recorded, zero for an empty ledger.
func (r *Reader) Newest(ctx context.Context) (newest time.Time, err error) {
	err = r.view(ctx, func(q querier) error {
		var recorded int64
		if err := q.row(`SELECT recorded_at FROM ledger_head WHERE one = 1`, nil, &recorded); err != nil {
			return err
		}
		newest = at(recorded)
		return nil
	})
	return newest, err
}
