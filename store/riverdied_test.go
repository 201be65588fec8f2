package store_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"countersign/store"
	"countersign/store/postgrestest"
	"countersign/workflows"
)

// ran is a job that was run, and when.
type ran struct {
	workflows.Job
	at time.Time
}

// workingOn works on jobs until the end of the test, and completes each.
func workingOn(t *testing.T, s *store.Store) <-chan ran {
	t.Helper()
	out := make(chan ran, 100)
	beside(t, func(ctx context.Context) error {
		return s.Work(ctx, 4, func(ctx context.Context, j workflows.Job) error {
			out <- ran{j, time.Now()}
			return s.Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
		})
	})
	return out
}

// gone waits until the server noticed that all processes but this many are gone:
// it takes its time, and a bubble's clock does not tell it.
func gone(t *testing.T, url string, left int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for n := left + 1; n > left; {
		if err := conn.QueryRow(t.Context(), `SELECT count(DISTINCT objid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = $1
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, uint32(0x43530001)).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}

// soon is how long the job of a process that died may wait for another process.
const soon = 15 * time.Second

func TestTheJobOfAKilledProcessIsRunByAnotherAndCountsNoAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := postgrestest.Shared(t)
		d := newPGDatabase(t, server, server.URL(t))
		s := d.Open(t, time.Now, slog.New(slog.DiscardHandler)).(*store.Store)
		t.Cleanup(func() { closeIt(t, s) })
		update(t, s, func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1"}) })
		other := startProcess(t, "hang", d.url)
		other.wants("has GR-1 1")
		jobs := workingOn(t, s)
		time.Sleep(3 * soon)
		if len(jobs) > 0 {
			t.Fatal("the job of a process that lives was taken over")
		}
		other.kill()
		gone(t, d.url, 1)
		begin := time.Now()
		got := <-jobs
		if got.Record != "GR-1" || got.Attempt != 1 {
			t.Errorf("got job %s, attempt %d; want GR-1 at its first: being cut off is no failure", got.Record, got.Attempt)
		}
		if took := got.at.Sub(begin); took > soon {
			t.Errorf("it was taken over after %v, want %v at most", took, soon)
		}
		time.Sleep(time.Minute)
		if len(jobs) > 0 {
			t.Error("the job ran once more")
		}
	})
}

func TestTheJobOfAKilledProcessRunsSoonAfterTheNextStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := postgrestest.Shared(t)
		d := newPGDatabase(t, server, server.URL(t))
		first := d.Open(t, time.Now, slog.New(slog.DiscardHandler)).(*store.Store)
		update(t, first, func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1"}) })
		closeIt(t, first)
		other := startProcess(t, "hang", d.url)
		other.wants("has GR-1 1")
		other.kill()
		gone(t, d.url, 0)
		s := d.Open(t, time.Now, slog.New(slog.DiscardHandler)).(*store.Store)
		t.Cleanup(func() { closeIt(t, s) })
		begin := time.Now()
		got := <-workingOn(t, s)
		if took := got.at.Sub(begin); took > soon || got.Attempt != 1 {
			t.Errorf("the job ran after %v as attempt %d, want %v at most and the first", took, got.Attempt, soon)
		}
	})
}

// A process is known to live by a lock that one connection holds. When that
// breaks, another process may look before it is there again.
func TestAJobInHandIsNotTakenOverWhenTheConnectionBreaksThatHoldsItsLocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, stores := twoStores(t)
		update(t, stores[0], func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1"}) })
		begun, hold := make(chan int, 9), make(chan struct{})
		work := func(i int) {
			beside(t, func(ctx context.Context) error {
				return stores[i].Work(ctx, 1, func(ctx context.Context, j workflows.Job) error {
					begun <- i
					<-hold
					return stores[i].Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
				})
			})
		}
		work(0)
		<-begun
		time.Sleep(time.Second)
		work(1) // so that it looks a second after the other
		time.Sleep(20 * time.Second)
		for range 5 {
			d.server.Exec(t, d.url, `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN river_job j ON j.attempted_by[1] = 'countersign-' || l.objid::bigint
				WHERE l.locktype = 'advisory' AND l.classid = 1129512961`)
			time.Sleep(3 * time.Second) // it falls on every part of the loops' pause
		}
		time.Sleep(time.Minute)
		close(hold)
		time.Sleep(time.Minute)
		if len(begun) > 0 {
			t.Errorf("the job was begun again, by store %d", <-begun)
		}
	})
}
