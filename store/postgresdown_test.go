package store_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"countersign/store"
	"countersign/store/postgrestest"
	"countersign/workflows"
)

func TestAStoppedServerIsSurvivedByAnOpenStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := postgrestest.Start(t)
		d := newPGDatabase(t, server, server.URL(t))
		log := &diary{Handler: slog.DiscardHandler}
		s := d.Open(t, time.Now, slog.New(log)).(*store.Store)
		t.Cleanup(func() { closeIt(t, s) })
		jobs := workingOn(t, s)
		fired := make(chan string, 100)
		beside(t, func(ctx context.Context) error {
			return s.Fire(ctx, func(tx workflows.Tx, due workflows.Due) error {
				fired <- due.Record
				return tellSync(tx)
			})
		})
		give := func(record string) func(workflows.Tx) error {
			return func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "give", Record: record}) }
		}
		update(t, s, give("before"))
		if got := <-jobs; got.Record != "before" {
			t.Errorf("got job %s, want the one from before", got.Record)
		}
		update(t, s, func(tx workflows.Tx) error {
			return tx.Schedule(workflows.Due{Kind: "end", Record: "due meanwhile", At: tx.Now().Add(10 * time.Second)})
		})

		time.Sleep(2 * time.Second) // until the first job is put down as done
		server.Stop(t)
		for range 3 {
			if err := s.Update(t.Context(), give("never")); err == nil {
				t.Error("a transaction was committed by a server that does not run")
			}
			if err := s.View(t.Context(), func(workflows.Tx) error { return nil }); err == nil {
				t.Error("something was read from a server that does not run")
			}
			time.Sleep(10 * time.Second)
		}
		server.Restart(t)

		time.Sleep(2 * time.Second)
		update(t, s, give("after"))
		begin := time.Now()
		if got := <-jobs; got.Record != "after" || got.Attempt != 1 {
			t.Errorf("got job %s, attempt %d, want the one from after at its first", got.Record, got.Attempt)
		}
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("after the restart a job waited %v", took)
		}
		if got := <-fired; got != "due meanwhile" {
			t.Errorf("got moment %q", got)
		}
		time.Sleep(time.Minute)
		if len(jobs) > 0 || len(fired) > 0 {
			t.Errorf("%d jobs and %d moments came again", len(jobs), len(fired))
		}
		if got := len(d.Leaves(t)); got != 1 {
			t.Errorf("got %d events, want 1", got)
		}
		lines := log.read()
		for _, want := range []string{"ERROR the calendar cannot be read", "INFO the calendar can be read again"} {
			if n := len(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l != want })); n != 1 {
				t.Errorf("the log says %q %d times, want once", want, n)
			}
		}
		if len(lines) > 25 {
			t.Errorf("the log has %d lines about half a minute: %q", len(lines), lines)
		}
	})
}

// While the server was away nobody held the locks that say who is alive, and
// nothing that failed could be put down.
func TestJobsInHandOutliveARestartOfTheServerAndAreRunByNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := postgrestest.Start(t)
		d := newPGDatabase(t, server, server.URL(t))
		var stores [2]*store.Store
		for i := range stores {
			s := d.Open(t, time.Now, slog.New(slog.DiscardHandler)).(*store.Store)
			t.Cleanup(func() { closeIt(t, s) })
			stores[i] = s
		}
		update(t, stores[0], func(tx workflows.Tx) error {
			return errors.Join(tx.Enqueue(workflows.Job{Kind: "give", Record: "long"}), tx.Enqueue(workflows.Job{Kind: "give", Record: "fails"}))
		})
		begun := map[string]chan int{"long": make(chan int, 100), "fails": make(chan int, 100)}
		hold, away := make(chan struct{}), make(chan struct{})
		for i, s := range stores {
			beside(t, func(ctx context.Context) error {
				return s.Work(ctx, 4, func(ctx context.Context, j workflows.Job) error {
					begun[j.Record] <- i
					<-map[string]chan struct{}{"long": hold, "fails": away}[j.Record]
					return s.Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
				})
			})
		}
		first := <-begun["long"]
		<-begun["fails"]
		time.Sleep(time.Minute)
		server.Stop(t)
		close(away)
		time.Sleep(time.Minute)
		server.Restart(t)
		restarted := time.Now()
		<-begun["fails"]
		if took := time.Since(restarted); took > 30*time.Second {
			t.Errorf("a job that failed while the server was away came again after %v", took)
		}
		time.Sleep(time.Minute)
		if len(begun["long"]) > 0 {
			t.Errorf("the job of store %d was begun by store %d too", first, <-begun["long"])
		}
		close(hold)
		time.Sleep(time.Minute)
		if n := len(begun["long"]) + len(begun["fails"]); n > 0 {
			t.Errorf("jobs ran %d times more after they were done", n)
		}
	})
}
