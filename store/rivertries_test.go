package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"countersign/store"
	"countersign/store/postgrestest"
	"countersign/workflows"
)

// River gives a job up after a number of attempts and says nothing. It keeps the
// number in 16 bits.
func TestAJobIsNeverGivenUpHoweverOftenItFailed(t *testing.T) {
	t.Parallel()
	for _, before := range []int{24, 998, 32764} {
		t.Run(fmt.Sprint("after ", before), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := postgrestest.Shared(t)
				d := newPGDatabase(t, server, server.URL(t))
				s := d.Open(t, time.Now, slog.New(slog.DiscardHandler)).(*store.Store)
				t.Cleanup(func() { closeIt(t, s) })
				update(t, s, func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "give", Record: "GR-1"}) })
				server.Exec(t, d.url, fmt.Sprintf(`UPDATE river_job SET attempt = %d`, before))
				tries := make(chan int)
				beside(t, func(ctx context.Context) error {
					return s.Work(ctx, 1, func(ctx context.Context, j workflows.Job) error {
						select {
						case tries <- j.Attempt:
						case <-ctx.Done():
						}
						return errors.New("the target is down")
					})
				})
				last := before
				for range 5 {
					begin := time.Now()
					select {
					case got := <-tries:
						if got < workflows.MaxAttempts || got < last {
							t.Errorf("got attempt %d after %d", got, last)
						}
						last = got
					case <-time.After(5 * time.Minute):
						t.Fatalf("after attempt %d the job did not come again", last)
					}
					if pause := time.Since(begin); pause > 85*time.Second {
						t.Errorf("attempt %d came after %v, want a minute and a little", last, pause)
					}
				}
			})
		})
	}
}
