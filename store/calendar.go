package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"countersign/workflows"
)

// Schedule sets when something is due. A recurring moment that is overdue stays
// so: it was missed, and is to fire once.
func (t *tx) Schedule(d workflows.Due) error {
	if d.Cron != "" {
		if _, err := nextTime(d.Cron, t.now); err != nil {
			return fmt.Errorf("schedule %s: %w", d.Kind, err)
		}
	}
	_, err := t.q.exec(`INSERT INTO calendar (kind, record, due_at, cron) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, record) DO UPDATE SET cron = $4,
			due_at = CASE WHEN $4 <> '' AND calendar.cron = $4 AND calendar.due_at < $3 THEN calendar.due_at ELSE $3 END`, d.Kind, d.Record, ms(d.At), d.Cron)
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

// dueKey names a moment.
type dueKey struct{ kind, record string }

// Fire fires what is due until ctx ends.
func (s *Store) Fire(ctx context.Context, f func(workflows.Tx, workflows.Due) error) error {
	held := make(holds[dueKey])
	reading := episode{log: s.options.Log, begin: "the calendar cannot be read", over: "the calendar can be read again"}
	putting := episode{log: s.options.Log, begin: "a due moment could be neither handled nor put off: each such moment is held back and tried again", over: "due moments can be handled again"}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		for {
			d, ok, err := s.nextDue(ctx, held)
			if ctx.Err() != nil {
				return nil
			}
			reading.note(err)
			if err != nil || !ok {
				break
			}
			err = s.fireOne(ctx, d, f)
			if ctx.Err() != nil {
				return nil
			}
			putting.note(err, "kind", d.Kind, "record", d.Record)
			held.settle(dueKey{d.Kind, d.Record}, err, leastHold)
		}
		timer.Reset(pollEvery)
		select {
		case <-ctx.Done():
			return nil
		case <-s.ring.c:
		case <-timer.C:
			held.sweep()
		}
	}
}

const nextDueText = `SELECT kind, record, due_at, cron FROM calendar WHERE due_at <= $1 ORDER BY due_at, kind, record LIMIT $2`

// nextDue returns the moment that is due longest and not held back.
func (s *Store) nextDue(ctx context.Context, held holds[dueKey]) (d workflows.Due, ok bool, err error) {
	var due []workflows.Due
	err = s.View(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		due, err = rows(t.q, scanDue, nextDueText, ms(t.now), len(held)+1)
		return err
	})
	for _, d := range due {
		if !held.keeps(dueKey{d.Kind, d.Record}) {
			return d, true, err
		}
	}
	return d, false, err
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
// be handled comes again later and stops nothing else. An error says that the
// moment stayed due, as when the disk is full: the caller holds it back then.
func (s *Store) fireOne(ctx context.Context, d workflows.Due, f func(workflows.Tx, workflows.Due) error) error {
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
		return nil
	}
	stuck := s.Update(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		_, err := t.q.exec(`UPDATE calendar SET due_at = $4 WHERE kind = $1 AND record = $2 AND due_at = $3`, d.Kind, d.Record, ms(d.At), ms(t.now.Add(fireRetry)))
		return err
	})
	if stuck != nil {
		return errors.Join(fmt.Errorf("put off: %w", stuck), err)
	}
	s.options.Log.Error("a due moment could not be handled", "kind", d.Kind, "record", d.Record, "err", err)
	return nil
}
