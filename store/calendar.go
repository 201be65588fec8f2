package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"countersign/workflows"
)

// Schedule sets when something is due.
func (t *tx) Schedule(d workflows.Due) error {
	if d.Cron != "" {
		if _, err := nextTime(d.Cron, t.now); err != nil {
			return fmt.Errorf("schedule %s: %w", d.Kind, err)
		}
	}
	_, err := t.q.exec(`INSERT INTO calendar (kind, record, due_at, cron) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, record) DO UPDATE SET due_at = $3, cron = $4`, d.Kind, d.Record, ms(d.At), d.Cron)
	if err != nil {
		return fmt.Errorf("schedule %s %s: %w", d.Kind, d.Record, err)
	}
	t.scheduled = true
	return nil
}

// nextTime is when a cron expression comes next.
func nextTime(expression string, after time.Time) (time.Time, error) {
	c, err := cron.ParseStandard(expression)
	if err != nil {
		return time.Time{}, err
	}
	next := c.Next(after)
	if next.IsZero() {
		return next, fmt.Errorf("%q names no moment of the next five years", expression)
	}
	return next, nil
}

// Unschedule forgets when something is due.
func (t *tx) Unschedule(kind, record string) error {
	_, err := t.q.exec(`DELETE FROM calendar WHERE kind = $1 AND record = $2`, kind, record)
	return err
}

// Fire fires what is due until ctx ends.
func (s *Store) Fire(ctx context.Context, f func(workflows.Tx, workflows.Due) error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		for {
			d, ok, err := s.nextDue(ctx)
			if err != nil && ctx.Err() == nil {
				s.options.Log.Error("the calendar could not be read", "err", err)
			}
			if err != nil || !ok || !s.fireOne(ctx, d, f) {
				break
			}
		}
		timer.Reset(pollEvery)
		select {
		case <-ctx.Done():
			return nil
		case <-s.ring.c:
		case <-timer.C:
		}
	}
}

// nextDue returns the moment that is due longest.
func (s *Store) nextDue(ctx context.Context) (d workflows.Due, ok bool, err error) {
	err = s.View(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		d, err = one(rows(t.q, scanDue, `SELECT kind, record, due_at, cron FROM calendar WHERE due_at <= $1 ORDER BY due_at, kind, record LIMIT 1`, ms(t.now)))
		return err
	})
	if errors.Is(err, workflows.ErrNotFound) {
		return d, false, nil
	}
	return d, err == nil, err
}

func scanDue(r scanner) (d workflows.Due, err error) {
	var due int64
	err = r.Scan(&d.Kind, &d.Record, &due, &d.Cron)
	d.At = at(due)
	return d, err
}

// fireRetry is how long a moment waits whose handling failed.
const fireRetry = time.Minute

// fireOne claims one moment and handles it in the same transaction. What cannot
// be handled comes again later and stops nothing else. It reports false where the
// moment stayed due, as when the disk is full: the caller pauses then.
func (s *Store) fireOne(ctx context.Context, d workflows.Due, f func(workflows.Tx, workflows.Due) error) bool {
	err := s.Update(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		n, err := t.q.exec(`DELETE FROM calendar WHERE kind = $1 AND record = $2 AND due_at = $3`, d.Kind, d.Record, ms(d.At))
		if err != nil || n == 0 {
			return err
		}
		if d.Cron != "" {
			next, err := nextTime(d.Cron, t.now)
			if err != nil {
				return err
			}
			if err := t.Schedule(workflows.Due{Kind: d.Kind, Record: d.Record, At: next, Cron: d.Cron}); err != nil {
				return err
			}
		}
		return guard(func() error { return f(wtx, d) })
	})
	if err == nil || ctx.Err() != nil {
		return true
	}
	s.options.Log.Error("a due moment could not be handled", "kind", d.Kind, "record", d.Record, "err", err)
	err = s.Update(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		_, err := t.q.exec(`UPDATE calendar SET due_at = $4 WHERE kind = $1 AND record = $2 AND due_at = $3`, d.Kind, d.Record, ms(d.At), ms(t.now.Add(fireRetry)))
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.options.Log.Error("a due moment could not be put off", "kind", d.Kind, "record", d.Record, "err", err)
	}
	return err == nil
}
