package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"countersign/workflows"
)

// pollEvery is how often the loops look at the clock when nothing wakes them: a
// moved or corrected clock is noticed within this time.
const pollEvery = 500 * time.Millisecond

// Enqueue adds a job.
func (t *tx) Enqueue(j workflows.Job) error {
	_, err := t.q.exec(`INSERT INTO jobs (kind, record, urgent, attempt, due_at) VALUES ($1, $2, $3, 0, $4)`,
		j.Kind, j.Record, flag(j.Urgent), ms(t.now))
	if err != nil {
		return fmt.Errorf("enqueue %s %s: %w", j.Kind, j.Record, err)
	}
	t.enqueued = true
	return nil
}

// Complete removes a job.
func (t *tx) Complete(j workflows.Job) error {
	if _, err := t.q.exec(`DELETE FROM jobs WHERE id = $1`, j.ID); err != nil {
		return fmt.Errorf("complete %s %s: %w", j.Kind, j.Record, err)
	}
	return nil
}

// jobKey is what two jobs must differ in to run at once.
type jobKey struct{ kind, record string }

// Work runs jobs until ctx ends. A claim lives in memory alone: one process uses
// the database, so the jobs of a dead one are simply there again.
func (s *Store) Work(ctx context.Context, n int, do func(context.Context, workflows.Job) error) error {
	running := make(map[jobKey]bool)
	ended := make(chan jobKey, n)
	defer func() {
		for range len(running) {
			<-ended
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if len(running) < n {
			due, err := s.dueJobs(ctx)
			if err != nil && ctx.Err() == nil {
				s.options.Log.Error("jobs could not be read", "err", err)
			}
			for _, j := range due {
				key := jobKey{j.Kind, j.Record}
				if len(running) == n || running[key] {
					continue
				}
				running[key] = true
				go func() {
					s.run(ctx, j, do)
					ended <- key
				}()
			}
		}
		timer.Reset(pollEvery)
		select {
		case <-ctx.Done():
			return nil
		case key := <-ended:
			delete(running, key)
		case <-s.wake.c:
		case <-timer.C:
		}
	}
}

// dueJobs returns what may run now, the urgent first: one job for each kind and
// record, since two of those never run at once.
func (s *Store) dueJobs(ctx context.Context) (due []workflows.Job, err error) {
	err = s.View(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		due, err = rows(t.q, func(r scanner) (j workflows.Job, err error) {
			var urgent int64
			err = r.Scan(&j.ID, &j.Kind, &j.Record, &j.Attempt, &urgent)
			j.Attempt++
			j.Urgent = urgent == 1
			return j, err
		}, `SELECT id, kind, record, attempt, urgent FROM jobs j WHERE due_at <= $1
			AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.kind = j.kind AND o.record = j.record AND o.due_at <= $1 AND o.id < j.id)
			ORDER BY urgent DESC, due_at, id LIMIT 200`, ms(t.now))
		return err
	})
	return due, err
}

// run does one job. A panic is a failed attempt like any other.
func (s *Store) run(ctx context.Context, j workflows.Job, do func(context.Context, workflows.Job) error) {
	err := guard(func() error { return do(ctx, j) })
	if ctx.Err() != nil {
		return
	}
	later, patient := errors.AsType[*workflows.Later](err)
	switch {
	case err == nil:
		err = s.settle(ctx, j)
	case patient:
		err = s.postpone(ctx, j, later.After, 0)
	default:
		s.options.Log.Warn("job failed and will be tried again", "kind", j.Kind, "record", j.Record, "attempt", j.Attempt, "err", err)
		pause := workflows.Backoff(j.Attempt)
		err = s.postpone(ctx, j, pause+rand.N(pause/4+1), 1)
	}
	if err != nil && ctx.Err() == nil {
		s.options.Log.Error("job could not be put down", "kind", j.Kind, "record", j.Record, "err", err)
	}
}

// guard turns a panic in f into an error.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return f()
}

// settle notices a job that ended well but did not complete itself: run again
// for ever it would eat the machine.
func (s *Store) settle(ctx context.Context, j workflows.Job) error {
	left := false
	err := s.View(ctx, func(wtx workflows.Tx) error {
		var id int64
		err := wtx.(*tx).q.row(`SELECT id FROM jobs WHERE id = $1`, []any{j.ID}, &id)
		left = err == nil
		if errors.Is(err, workflows.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil || !left {
		return err
	}
	s.options.Log.Error("job ended without completing", "kind", j.Kind, "record", j.Record)
	return s.postpone(ctx, j, workflows.Backoff(j.Attempt), 1)
}

// postpone sets when a job comes again.
func (s *Store) postpone(ctx context.Context, j workflows.Job, pause time.Duration, attempts int) error {
	return s.Update(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		_, err := t.q.exec(`UPDATE jobs SET attempt = attempt + $2, due_at = $3 WHERE id = $1`, j.ID, attempts, ms(t.now.Add(pause)))
		return err
	})
}
