package main

import (
	"context"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"countersign/workflows"
)

// stepping is the product's database as the simulation hands it out: one job, or
// what is due, happens at a time and only when it is told to, and the process
// may die at any commit.
type stepping struct {
	workflows.Store
	fate *fate

	jobs chan *episode // Work waits here for leave to run one job
	dues chan *episode // Fire waits here for leave to fire what is due

	mu  sync.Mutex
	now *episode
}

func newStepping(real workflows.Store, f *fate) *stepping {
	return &stepping{Store: real, fate: f, jobs: make(chan *episode), dues: make(chan *episode)}
}

// episode is one leave to work.
type episode struct {
	ctx  context.Context
	stop context.CancelFunc
	done chan struct{} // closed when nothing of it goes on

	mu      sync.Mutex
	waiting []*waitingJob
}

type waitingJob struct {
	job   workflows.Job
	leave chan struct{}
	ended chan struct{}
}

// Update runs a transaction, or dies of it.
func (s *stepping) Update(ctx context.Context, f func(workflows.Tx) error) error {
	return s.fate.meet("commit", func() error { return s.Store.Update(ctx, f) })
}

// View reads, as long as the product lives.
func (s *stepping) View(ctx context.Context, f func(workflows.Tx) error) error {
	if s.fate.isDead() {
		return errDead
	}
	return s.Store.View(ctx, f)
}

// Work runs one job for each episode.
func (s *stepping) Work(ctx context.Context, _ int, do func(context.Context, workflows.Job) error) error {
	return s.each(ctx, s.jobs, func(e *episode) error {
		const all = 1000
		return s.Store.Work(e.ctx, all, func(ctx context.Context, j workflows.Job) error { return e.run(ctx, j, do) })
	})
}

// Fire fires what is due for each episode.
func (s *stepping) Fire(ctx context.Context, f func(workflows.Tx, workflows.Due) error) error {
	return s.each(ctx, s.dues, func(e *episode) error { return s.Store.Fire(e.ctx, f) })
}

func (s *stepping) each(ctx context.Context, episodes chan *episode, do func(*episode) error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-episodes:
			e.ctx, e.stop = context.WithCancel(ctx)
			s.begin(e)
			err := do(e)
			e.stop()
			close(e.done)
			if err != nil {
				return err
			}
		}
	}
}

func (s *stepping) begin(e *episode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = e
	if s.fate.isDead() {
		e.stop()
	}
}

// halt ends the work in hand where it is.
func (s *stepping) halt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil {
		s.now.stop()
	}
}

// run waits for its turn, which most jobs of an episode never get.
func (e *episode) run(ctx context.Context, j workflows.Job, do func(context.Context, workflows.Job) error) error {
	w := &waitingJob{job: j, leave: make(chan struct{}), ended: make(chan struct{})}
	e.mu.Lock()
	e.waiting = append(e.waiting, w)
	e.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.leave:
	}
	defer close(w.ended)
	return do(ctx, j)
}

// due returns the jobs that wait, in the order of their numbers.
func (e *episode) due() []*waitingJob {
	e.mu.Lock()
	defer e.mu.Unlock()
	slices.SortFunc(e.waiting, func(a, b *waitingJob) int { return int(a.job.ID - b.job.ID) })
	return e.waiting
}

// longestJob is more machine time than any job takes that is not stuck.
const longestJob = 30 * time.Minute

// one runs one of the jobs that are due, chosen by pick, to its end. ok is false
// where none is due.
func (s *stepping) one(pick func(n int) int) (ran workflows.Job, ok, stuck bool) {
	e := &episode{done: make(chan struct{})}
	s.jobs <- e
	synctest.Wait()
	due := e.due()
	if len(due) > 0 {
		w := due[pick(len(due))]
		ran, ok = w.job, true
		close(w.leave)
		stuck = !settled(w.ended)
	}
	e.stop()
	<-e.done
	return ran, ok, stuck
}

// settled waits until something has ended and nothing goes on because of it.
func settled(ended chan struct{}) bool {
	for begun := time.Now(); time.Since(begun) < longestJob; time.Sleep(100 * time.Millisecond) {
		synctest.Wait()
		select {
		case <-ended:
			return true
		default:
		}
	}
	return false
}

// fire fires everything that is due.
func (s *stepping) fire() {
	e := &episode{done: make(chan struct{})}
	s.dues <- e
	synctest.Wait()
	e.stop()
	<-e.done
}
