package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

// What engines for jobs do that must not happen here.
var jobTraps = []testCase{
	{"a job added while its like runs is run after it", inBubble(jobAgain)},
	{"a job fails as often as it must and is tried again each time", inBubble(jobFailsForLong)},
	{"many short jobs are done at once by few hands", inBubble(jobMany)},
}

// Engines that take jobs with the same key for one lose what was added last.
func jobAgain(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	same := workflows.Job{Kind: "card", Record: "1"}
	begun, hold := make(chan int64, 9), make(chan struct{})
	stop := working(t, s, 4, func(ctx context.Context, j workflows.Job) error {
		begun <- j.ID
		<-hold
		return complete(ctx, s, j)
	})
	defer stop()
	enqueue(t, s, same)
	first := <-begun
	enqueue(t, s, same, same)
	time.Sleep(2 * time.Second)
	close(hold)
	seen := map[int64]bool{first: true, <-begun: true, <-begun: true}
	time.Sleep(5 * time.Second)
	synctest.Wait()
	if len(seen) != 3 || len(begun) > 0 {
		t.Errorf("jobs %v ran and %d more, want three, each once", seen, len(begun))
	}
}

// River gives a job up after 25 attempts and says nothing.
func jobFailsForLong(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	enqueue(t, s, workflows.Job{Kind: "give", Record: "GR-1"})
	const enough = 28
	var attempts, want []int
	ended := make(chan struct{})
	last := time.Now()
	_, late := db.Late()
	longest := time.Minute*5/4 + late
	stop := working(t, s, 1, func(ctx context.Context, j workflows.Job) error {
		attempts = append(attempts, j.Attempt)
		if pause := time.Since(last); pause > longest {
			t.Errorf("attempt %d came after %v, want %v at most", j.Attempt, pause, longest)
		}
		last = time.Now()
		if j.Attempt < enough {
			return errors.New("the target is down")
		}
		defer close(ended)
		return complete(ctx, s, j)
	})
	defer stop()
	select {
	case <-ended:
	case <-time.After(enough * longest):
		t.Fatalf("after %d attempts the job was given up", len(attempts))
	}
	for n := range enough {
		want = append(want, n+1)
	}
	if diff := cmp.Diff(attempts, want); diff != "" {
		t.Errorf("attempts differ (-got +want):\n%s", diff)
	}
}

// River runs a hundred at once at most and looks ten times a second.
func jobMany(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	const n = 300
	update(t, s, func(tx workflows.Tx) (err error) {
		for i := range n {
			err = errors.Join(err, tx.Enqueue(workflows.Job{Kind: "card", Record: fmt.Sprint(i)}))
		}
		return err
	})
	begin := time.Now()
	var done atomic.Int32
	ended := make(chan time.Duration, 1)
	stop := working(t, s, 8, func(ctx context.Context, j workflows.Job) error {
		err := complete(ctx, s, j)
		if done.Add(1) == n {
			ended <- time.Since(begin)
		}
		return err
	})
	defer stop()
	if took := <-ended; took > 5*time.Second {
		t.Errorf("%d jobs took %v, want a few seconds", n, took)
	}
}
