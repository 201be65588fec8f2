package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

// tableQueue keeps jobs in a table of a database that one process uses. It runs
// on the store's own clock.
type tableQueue struct {
	store *Store
	wake  *bell // jobs were added
}

func newTableQueue(s *Store) *tableQueue { return &tableQueue{s, newBell()} }

func (k *tableQueue) ring() { k.wake.strike() }

func (k *tableQueue) enqueue(t *tx, j workflows.Job) error {
	_, err := t.q.exec(`INSERT INTO jobs (kind, record, urgent, attempt, due_at) VALUES ($1, $2, $3, 0, $4)`,
		j.Kind, j.Record, flag(j.Urgent), ms(t.now))
	return err
}

func (k *tableQueue) complete(t *tx, j workflows.Job) error {
	_, err := t.q.exec(`DELETE FROM jobs WHERE id = $1`, j.ID)
	return err
}

// jobKey is what two jobs must differ in to run at once.
type jobKey struct{ kind, record string }

// jobEnd is how a run ended. Where err is set, the job could not be put down: it
// is still due, and must be held back for the pause.
type jobEnd struct {
	jobKey
	pause time.Duration
	err   error
}

// work runs jobs until ctx ends. A claim lives in memory alone: one process uses
// the database, so the jobs of a dead one are simply there again.
func (k *tableQueue) work(ctx context.Context, n int, do runJob) error {
	s := k.store
	running, held := make(map[jobKey]bool), make(holds[jobKey])
	reading := episode{log: s.options.Log, begin: "jobs cannot be read", over: "jobs can be read again"}
	putting := episode{log: s.options.Log, begin: "a job could not be put down: each such job is held back and tried again", over: "jobs can be put down again"}
	ended := make(chan jobEnd, n)
	defer func() {
		for range len(running) {
			<-ended
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if len(running) < n {
			due, err := k.due(ctx, n+len(held)) // those under way or held back are still due, and hide no other
			if ctx.Err() == nil {
				reading.note(err)
			}
			for _, j := range due {
				key := jobKey{j.Kind, j.Record}
				if len(running) == n || running[key] || held.keeps(key) {
					continue
				}
				running[key] = true
				go func() {
					pause, err := k.run(ctx, j, do)
					ended <- jobEnd{key, pause, err}
				}()
			}
		}
		timer.Reset(pollEvery)
		select {
		case <-ctx.Done():
			return nil
		case e := <-ended:
			delete(running, e.jobKey)
			held.settle(e.jobKey, e.err, e.pause)
			if ctx.Err() == nil {
				putting.note(e.err, "kind", e.kind, "record", e.record)
			}
		case <-k.wake.c:
		case <-timer.C:
			held.sweep()
		}
	}
}

// dueJobsText finds what may run of the urgent or of the other jobs: one for each
// kind and record, since two of those never run at once. An index has them in
// this order, so that a long queue costs no more than a short one.
const dueJobsText = `SELECT id, kind, record, attempt FROM jobs j WHERE urgent = $1 AND due_at <= $2
	AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.kind = j.kind AND o.record = j.record AND o.due_at <= $2 AND o.id < j.id)
	ORDER BY due_at, id LIMIT $3`

// due returns at most so many jobs that may run now, the urgent first.
func (k *tableQueue) due(ctx context.Context, most int) (due []workflows.Job, err error) {
	err = k.store.View(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		for _, urgent := range []bool{true, false} {
			some, err := rows(t.q, func(r scanner) (workflows.Job, error) {
				j := workflows.Job{Urgent: urgent}
				err := r.Scan(&j.ID, &j.Kind, &j.Record, &j.Attempt)
				j.Attempt++
				return j, err
			}, dueJobsText, flag(urgent), ms(t.now), most-len(due))
			if err != nil {
				return err
			}
			due = append(due, some...)
		}
		return nil
	})
	return due, err
}

// run does one job. A panic is a failed attempt like any other. An error says
// that the job could not be put down, and with it what made it fail.
func (k *tableQueue) run(ctx context.Context, j workflows.Job, do runJob) (pause time.Duration, err error) {
	err = guard(func() error { return do(ctx, j) })
	if ctx.Err() != nil {
		return 0, nil
	}
	if err == nil {
		return workflows.Backoff(j.Attempt), k.settle(ctx, j)
	}
	if later, ok := errors.AsType[*workflows.Later](err); ok {
		return later.After, k.postpone(ctx, j, later.After, 0)
	}
	pause = spread(k.store.options.Random, workflows.Backoff(j.Attempt))
	if stuck := k.postpone(ctx, j, pause, 1); stuck != nil {
		return pause, errors.Join(stuck, err)
	}
	k.store.options.Log.Warn("job failed and will be tried again", "kind", j.Kind, "record", j.Record, "attempt", j.Attempt, "err", err)
	return 0, nil
}

// settle notices a job that ended well but did not complete itself: run again
// for ever it would eat the machine.
func (k *tableQueue) settle(ctx context.Context, j workflows.Job) error {
	left := false
	err := k.store.View(ctx, func(wtx workflows.Tx) error {
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
	if err := k.postpone(ctx, j, workflows.Backoff(j.Attempt), 1); err != nil {
		return fmt.Errorf("ended without completing: %w", err)
	}
	k.store.options.Log.Error("job ended without completing", "kind", j.Kind, "record", j.Record)
	return nil
}

// postpone sets when a job comes again.
func (k *tableQueue) postpone(ctx context.Context, j workflows.Job, pause time.Duration, attempts int) error {
	err := k.store.Update(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		_, err := t.q.exec(`UPDATE jobs SET attempt = attempt + $2, due_at = $3 WHERE id = $1`, j.ID, attempts, ms(t.now.Add(pause)))
		return err
	})
	if err != nil {
		return fmt.Errorf("put off: %w", err)
	}
	return nil
}
