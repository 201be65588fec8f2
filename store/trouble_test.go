package store_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/store"
	"countersign/workflows"
)

// diary keeps the lines of a log.
type diary struct {
	slog.Handler
	mu    sync.Mutex
	lines []string
}

func (d *diary) Enabled(context.Context, slog.Level) bool { return true }

func (d *diary) Handle(_ context.Context, r slog.Record) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, r.Level.String()+" "+r.Message)
	return nil
}

// read returns the lines since it was called last.
func (d *diary) read() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := append([]string{}, d.lines...)
	d.lines = nil
	return out
}

// sick is a store whose jobs and calendar can no longer be written, as when the
// disk is full.
func sick(t *testing.T, fill func(workflows.Tx) error) (d *database, s *store.Store, log *diary) {
	t.Helper()
	d, log = newDatabase(t), &diary{Handler: slog.DiscardHandler}
	s, err := d.open(time.Now, slog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeIt(t, s) })
	update(t, s, fill)
	err = d.raw(t,
		`CREATE TRIGGER jobs_full BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'disk is full'); END`,
		`CREATE TRIGGER jobs_stuck BEFORE DELETE ON jobs BEGIN SELECT RAISE(ABORT, 'disk is full'); END`,
		`CREATE TRIGGER calendar_full BEFORE UPDATE ON calendar BEGIN SELECT RAISE(ABORT, 'disk is full'); END`,
		`CREATE TRIGGER calendar_stuck BEFORE DELETE ON calendar BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
	if err != nil {
		t.Fatal(err)
	}
	return d, s, log
}

func (d *database) heal(t *testing.T) {
	t.Helper()
	if err := d.raw(t, `DROP TRIGGER jobs_full`, `DROP TRIGGER jobs_stuck`, `DROP TRIGGER calendar_full`, `DROP TRIGGER calendar_stuck`); err != nil {
		t.Fatal(err)
	}
}

// beside runs f until the end of the test.
func beside(t *testing.T, f func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("got error %v at the end, want none", err)
		}
	})
}

// tally counts runs. A loop without a pause would stop a bubble's clock for
// ever, so that from a hundred runs on each waits for the end.
type tally struct {
	mu   sync.Mutex
	runs map[string]int
}

func (c *tally) count(ctx context.Context, what string) {
	c.mu.Lock()
	c.runs[what]++
	n := c.runs[what]
	c.mu.Unlock()
	if n >= 100 {
		<-ctx.Done()
	}
}

func (c *tally) read(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.runs[what]
}

func TestAJobThatCannotBePutDownRunsAgainAfterAPauseOnly(t *testing.T) {
	for what, end := range map[string]func(context.Context, *store.Store, workflows.Job) error{
		"a failing job": func(context.Context, *store.Store, workflows.Job) error { return errors.New("the target is down") },
		"a job that must wait": func(context.Context, *store.Store, workflows.Job) error {
			return &workflows.Later{After: time.Millisecond, Err: errors.New("rate limited")}
		},
		"a job without an end": func(context.Context, *store.Store, workflows.Job) error { return nil },
		"a job that completes itself": func(ctx context.Context, s *store.Store, j workflows.Job) error {
			return s.Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, s, _ := sick(t, func(tx workflows.Tx) error {
					return errors.Join(tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1"}), tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-2"}))
				})
				runs := tally{runs: make(map[string]int)}
				beside(t, func(ctx context.Context) error {
					return s.Work(ctx, 2, func(ctx context.Context, j workflows.Job) error {
						runs.count(ctx, j.Record)
						return end(ctx, s, j)
					})
				})
				time.Sleep(900 * time.Millisecond)
				if got := runs.read("GR-1"); got != 1 {
					t.Errorf("within a second the job ran %d times, want once", got)
				}
				time.Sleep(5 * time.Minute)
				for _, r := range []string{"GR-1", "GR-2"} {
					if got := runs.read(r); got < 5 || got > 20 {
						t.Errorf("in five minutes job %s ran %d times, want 5 to 20", r, got)
					}
				}
			})
		})
	}
}

func TestTroubleWithJobsIsSaidOnceAndSoIsItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, log := sick(t, func(tx workflows.Tx) error {
			return errors.Join(tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1"}), tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-2"}))
		})
		runs := tally{runs: make(map[string]int)}
		beside(t, func(ctx context.Context) error {
			return s.Work(ctx, 2, func(ctx context.Context, j workflows.Job) error {
				runs.count(ctx, j.Record)
				return s.Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
			})
		})
		time.Sleep(5 * time.Minute)
		if diff := cmp.Diff(log.read(), []string{"ERROR a job could not be put down: each such job is held back and tried again"}); diff != "" {
			t.Errorf("log differs (-got +want):\n%s", diff)
		}
		d.heal(t)
		time.Sleep(2 * time.Minute)
		if diff := cmp.Diff(log.read(), []string{"INFO jobs can be put down again"}); diff != "" {
			t.Errorf("log differs (-got +want):\n%s", diff)
		}
		before := runs.read("GR-1") + runs.read("GR-2")
		time.Sleep(5 * time.Minute)
		if after := runs.read("GR-1") + runs.read("GR-2"); after != before {
			t.Errorf("jobs ran %d times after they were done", after-before)
		}
	})
}

func TestAJobHeldBackHindersNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, _ := sick(t, func(tx workflows.Tx) error {
			return tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1", Urgent: true})
		})
		begun := make(chan string, 100)
		beside(t, func(ctx context.Context) error {
			return s.Work(ctx, 1, func(_ context.Context, j workflows.Job) error {
				begun <- j.Record
				return errors.New("the target is down")
			})
		})
		if got := <-begun; got != "GR-1" {
			t.Errorf("got job %s, want GR-1", got)
		}
		update(t, s, func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-2"}) })
		if got := <-begun; got != "GR-2" {
			t.Errorf("got job %s, want GR-2 while GR-1 is held back", got)
		}
	})
}

func TestAMomentThatCannotBePutOffIsTriedAgainAfterAPauseAndSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, log := sick(t, func(tx workflows.Tx) error {
			return errors.Join(tx.Schedule(workflows.Due{Kind: "end", Record: "GR-1", At: tx.Now()}),
				tx.Schedule(workflows.Due{Kind: "end", Record: "GR-2", At: tx.Now()}))
		})
		var mu sync.Mutex
		fired := make(map[string]int)
		beside(t, func(ctx context.Context) error {
			return s.Fire(ctx, func(_ workflows.Tx, d workflows.Due) error {
				mu.Lock()
				defer mu.Unlock()
				fired[d.Record]++
				return nil
			})
		})
		time.Sleep(5 * time.Minute)
		if diff := cmp.Diff(log.read(), []string{"ERROR a due moment could be neither handled nor put off: each such moment is held back and tried again"}); diff != "" {
			t.Errorf("log differs (-got +want):\n%s", diff)
		}
		d.heal(t)
		time.Sleep(2 * time.Minute)
		if diff := cmp.Diff(log.read(), []string{"INFO due moments can be handled again"}); diff != "" {
			t.Errorf("log differs (-got +want):\n%s", diff)
		}
		mu.Lock()
		defer mu.Unlock()
		if diff := cmp.Diff(fired, map[string]int{"GR-1": 1, "GR-2": 1}); diff != "" {
			t.Errorf("moments handled differ (-got +want):\n%s", diff)
		}
	})
}

// A moment's handler runs before the commit, and so may run though nothing of it
// is kept.
func TestAMomentWhoseHandlingIsNotKeptIsHandledAgainAfterAPauseOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, _ := sick(t, func(tx workflows.Tx) error {
			return errors.Join(tx.Schedule(workflows.Due{Kind: "end", Record: "bad", At: tx.Now()}), tx.Schedule(workflows.Due{Kind: "end", Record: "good", At: tx.Now()}))
		})
		if err := d.raw(t, `DROP TRIGGER calendar_stuck`); err != nil { // handling begins, putting off still fails
			t.Fatal(err)
		}
		runs := tally{runs: make(map[string]int)}
		beside(t, func(ctx context.Context) error {
			return s.Fire(ctx, func(_ workflows.Tx, d workflows.Due) error {
				runs.count(ctx, d.Record)
				if d.Record == "bad" {
					return errors.New("not today")
				}
				return nil
			})
		})
		time.Sleep(900 * time.Millisecond)
		if bad, good := runs.read("bad"), runs.read("good"); bad != 1 || good != 1 {
			t.Errorf("within a second the bad moment was handled %d times and the good one %d times, want once each", bad, good)
		}
		time.Sleep(5 * time.Minute)
		if got := runs.read("bad"); got < 5 || got > 20 {
			t.Errorf("in five minutes the bad moment was handled %d times, want 5 to 20", got)
		}
	})
}

func TestAnUnreadableCalendarAndUnreadableJobsAreSaidOnceAndSoIsTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, log := newDatabase(t), &diary{Handler: slog.DiscardHandler}
		s, err := d.open(time.Now, slog.New(log))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeIt(t, s) })
		rename := func(from, to string) {
			if err := d.raw(t, `ALTER TABLE `+from+` RENAME TO `+to); err != nil {
				t.Fatal(err)
			}
		}
		rename("jobs", "jobs_away")
		rename("calendar", "calendar_away")
		beside(t, func(ctx context.Context) error {
			return s.Work(ctx, 1, func(context.Context, workflows.Job) error { return nil })
		})
		beside(t, func(ctx context.Context) error {
			return s.Fire(ctx, func(workflows.Tx, workflows.Due) error { return nil })
		})
		time.Sleep(time.Minute)
		got := map[string]bool{}
		lines := log.read()
		for _, l := range lines {
			got[l] = true
		}
		if diff := cmp.Diff(got, map[string]bool{"ERROR jobs cannot be read": true, "ERROR the calendar cannot be read": true}); diff != "" || len(lines) != 2 {
			t.Errorf("the log has %d lines, want 2 (-got +want):\n%s", len(lines), diff)
		}
		rename("jobs_away", "jobs")
		rename("calendar_away", "calendar")
		time.Sleep(time.Minute)
		if got := log.read(); len(got) != 2 {
			t.Errorf("the log says %q, want one line for each end", got)
		}
	})
}
