package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"countersign/store"
	"countersign/store/postgrestest"
	"countersign/workflows"
)

// twoStores opens one database twice, as two machines do.
func twoStores(t *testing.T) (d *pgDatabase, stores [2]*store.Store) {
	t.Helper()
	server := postgrestest.Shared(t)
	d = newPGDatabase(t, server, server.URL(t))
	for i := range stores {
		s := d.Open(t, time.Now, slog.New(slog.DiscardHandler)).(*store.Store)
		t.Cleanup(func() { closeIt(t, s) })
		stores[i] = s
	}
	return d, stores
}

func TestOfChangesThroughTwoStoresNoneIsLostAndTheLedgerHasNoGap(t *testing.T) {
	t.Parallel()
	d, stores := twoStores(t)
	update(t, stores[0], func(tx workflows.Tx) error {
		return errors.Join(tx.PutRequest(&workflows.Request{ID: "AR-000001"}), tellSync(tx))
	})
	const n = 64
	var wg sync.WaitGroup
	errs := make([]error, 2*n)
	for i := range errs {
		wg.Go(func() {
			errs[i] = stores[i%2].Update(t.Context(), func(tx workflows.Tx) error {
				r, err := tx.Request("AR-000001")
				if err != nil {
					return err
				}
				r.Steps++
				return errors.Join(tx.PutRequest(&r), tellSync(tx))
			})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	all := d.Leaves(t)
	if len(all) != 2*n+1 {
		t.Errorf("got %d events, want %d", len(all), 2*n+1)
	}
	for i, leaf := range all {
		var l struct{ Seq int }
		if err := json.Unmarshal(leaf.Body, &l); err != nil || l.Seq != i+1 {
			t.Errorf("event %d says it is number %d (%v)", i+1, l.Seq, err)
		}
	}
	update(t, stores[1], func(tx workflows.Tx) error {
		if r, err := tx.Request("AR-000001"); r.Steps != 2*n || err != nil {
			t.Errorf("got %d changes (%v), want %d", r.Steps, err, 2*n)
		}
		return nil
	})
}

func TestADueMomentFiresOnceThoughTwoStoresFire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, stores := twoStores(t)
		const n = 40
		update(t, stores[0], func(tx workflows.Tx) (err error) {
			for i := range n {
				err = errors.Join(err, tx.Schedule(workflows.Due{Kind: "end", Record: fmt.Sprintf("GR-%06d", i), At: tx.Now().Add(time.Duration(i%5) * time.Second)}))
			}
			return errors.Join(err, tx.Schedule(workflows.Due{Kind: "sync", At: tx.Now().Add(30 * time.Second), Cron: "* * * * *"}))
		})
		var fired sync.Map
		for _, s := range stores {
			beside(t, func(ctx context.Context) error {
				return s.Fire(ctx, func(tx workflows.Tx, due workflows.Due) error {
					if _, before := fired.LoadOrStore(due.Record+due.At.String(), true); before {
						t.Errorf("%s %s fired twice", due.Kind, due.Record)
					}
					return tellSync(tx)
				})
			})
		}
		time.Sleep(80 * time.Second) // the recurring one at 30 and 60 s
		synctest.Wait()
		if got := len(d.Leaves(t)); got != n+2 {
			t.Errorf("got %d effects, want %d", got, n+2)
		}
	})
}

func TestEachJobRunsInOneOfTwoStores(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, stores := twoStores(t)
		const n = 60
		runs := tally{runs: make(map[string]int)}
		var busy [2]int
		var mu sync.Mutex
		for i, s := range stores {
			beside(t, func(ctx context.Context) error {
				return s.Work(ctx, 4, func(ctx context.Context, j workflows.Job) error {
					runs.count(ctx, j.Record)
					mu.Lock()
					busy[i]++
					mu.Unlock()
					time.Sleep(100 * time.Millisecond)
					return s.Update(ctx, func(tx workflows.Tx) error { return errors.Join(tx.Complete(j), tellSync(tx)) })
				})
			})
		}
		for i := range n {
			update(t, stores[i%2], func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "give", Record: fmt.Sprint(i)}) })
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		for i := range n {
			if got := runs.read(fmt.Sprint(i)); got != 1 {
				t.Errorf("job %d ran %d times, want once", i, got)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if slices.Contains(busy[:], 0) {
			t.Errorf("the stores ran %v jobs, want both to run some", busy)
		}
	})
}

func TestJobsOfOneKindAndRecordNeverRunAtOnceInTwoStores(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, stores := twoStores(t)
		const n = 8
		update(t, stores[0], func(tx workflows.Tx) (err error) {
			for range n {
				err = errors.Join(err, tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1"}))
			}
			return err
		})
		var mu sync.Mutex
		var now, all int
		for _, s := range stores {
			beside(t, func(ctx context.Context) error {
				return s.Work(ctx, 4, func(ctx context.Context, j workflows.Job) error {
					mu.Lock()
					now++
					all++
					if now > 1 {
						t.Errorf("%d jobs of one kind and record run at once", now)
					}
					mu.Unlock()
					time.Sleep(time.Second)
					defer func() {
						mu.Lock()
						defer mu.Unlock()
						now--
					}()
					return s.Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
				})
			})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if all != n {
			t.Errorf("%d jobs ran, want %d", all, n)
		}
	})
}
