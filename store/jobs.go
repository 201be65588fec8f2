package store

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"countersign/workflows"
)

// pollEvery is how often the loops look at the clock when nothing wakes them: a
// moved or corrected clock is noticed within this time.
const pollEvery = 500 * time.Millisecond

// runJob does one job.
type runJob = func(context.Context, workflows.Job) error

// queue keeps jobs and runs them, in the way of one kind of database.
type queue interface {
	enqueue(t *tx, j workflows.Job) error
	complete(t *tx, j workflows.Job) error
	work(ctx context.Context, n int, do runJob) error
	// ring says that jobs were added or the clock was moved.
	ring()
}

// Enqueue adds a job.
func (t *tx) Enqueue(j workflows.Job) error {
	if err := t.store.queue.enqueue(t, j); err != nil {
		return fmt.Errorf("enqueue %s %s: %w", j.Kind, j.Record, err)
	}
	t.enqueued = true
	return nil
}

// Complete removes a job.
func (t *tx) Complete(j workflows.Job) error {
	if err := t.store.queue.complete(t, j); err != nil {
		return fmt.Errorf("complete %s %s: %w", j.Kind, j.Record, err)
	}
	return nil
}

// Work runs jobs until ctx ends.
func (s *Store) Work(ctx context.Context, n int, do func(context.Context, workflows.Job) error) error {
	return s.queue.work(ctx, n, do)
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
