package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"countersign/store/postgrestest"
	"countersign/workflows"
)

// openedPG opens a PostgreSQL database until the end of the test.
func openedPG(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(context.Background(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func TestAWriterSeesTheNewestWhateverTheServersDefaultIs(t *testing.T) {
	t.Parallel()
	s := openedPG(t, postgrestest.Shared(t).URL(t)+"&default_transaction_isolation=repeatable%20read")
	err := s.Update(t.Context(), func(wtx workflows.Tx) error {
		var level string
		err := wtx.(*tx).q.row(`SHOW transaction_isolation`, nil, &level)
		if level != "read committed" {
			t.Errorf("a writer reads at level %q: it would decide on what was before its turn", level)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPoolTooSmallIsRefused(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), postgrestest.Shared(t).URL(t)+"&pool_max_conns=1", Options{})
	if err == nil {
		t.Error(errors.Join(errors.New("one connection was taken for enough"), s.Close()))
	}
}

func TestAJobWhoseFetchWasLostIsRunAfterAll(t *testing.T) {
	t.Parallel()
	s := openedPG(t, postgrestest.Shared(t).URL(t))
	err := s.Update(t.Context(), func(tx workflows.Tx) error {
		return tx.Enqueue(workflows.Job{Kind: "grant.take", Record: "GR-1"})
	})
	if err != nil {
		t.Fatal(err)
	}
	p := s.engine.(*postgres)
	if _, err := p.pool.Exec(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = ARRAY[$1]`, processName(p.locks.process)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ran, ended := make(chan int, 9), make(chan error)
	go func() {
		ended <- s.Work(ctx, 2, func(ctx context.Context, j workflows.Job) error {
			ran <- j.Attempt
			return s.Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
		})
	}()
	select {
	case attempt := <-ran:
		if attempt != 1 {
			t.Errorf("it ran as attempt %d, want 1", attempt)
		}
	case <-time.After(time.Minute):
		t.Error("the job never ran")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
