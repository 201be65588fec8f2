package storetest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var jobs = []testCase{
	{"a committed job runs and one rolled back does not", inBubble(jobCommitted)},
	{"an urgent job goes first", inBubble(jobUrgent)},
	{"a failing job comes again after its pause", inBubble(jobFails)},
	{"a job that must wait does not count an attempt", inBubble(jobWaits)},
	{"two jobs with the same kind and record never run at once", inBubble(jobAlone)},
	{"no more jobs run at once than allowed", inBubble(jobLimit)},
	{"a panic is a failed attempt, inside a transaction too", inBubble(jobPanics)},
	{"jobs left by a closed store run after reopening", inBubble(jobsLeft)},
	{"a job that ends well without completing is tried again and said", inBubble(jobIncomplete)},
	{"work returns only when its last job has", inBubble(workWaits)},
}

// inBubble runs a test on a clock that moves only when all of it waits.
func inBubble(f func(*testing.T, Database)) func(*testing.T, Database) {
	return func(t *testing.T, db Database) {
		synctest.Test(t, func(t *testing.T) { f(t, db) })
	}
}

// notebook keeps what happened, in order.
type notebook struct {
	mu    sync.Mutex
	lines []string
}

func (n *notebook) write(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

func (n *notebook) read() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string{}, n.lines...)
}

func enqueue(t *testing.T, s Store, list ...workflows.Job) {
	t.Helper()
	update(t, s, func(tx workflows.Tx) (err error) {
		for _, j := range list {
			err = errors.Join(err, tx.Enqueue(j))
		}
		return err
	})
}

func complete(ctx context.Context, s Store, j workflows.Job) error {
	return s.Update(ctx, func(tx workflows.Tx) error { return tx.Complete(j) })
}

// begin waits as long as a committed job may wait.
func begin(db Database) {
	start, _ := db.Late()
	time.Sleep(start)
	synctest.Wait()
}

// working runs jobs beside the test.
func working(t *testing.T, s Store, n int, do func(context.Context, workflows.Job) error) (stop func()) {
	t.Helper()
	return during(t, func(ctx context.Context) error { return s.Work(ctx, n, do) })
}

func jobCommitted(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	var ran notebook
	stop := working(t, s, 2, func(ctx context.Context, j workflows.Job) error {
		ran.write(j.Kind + " " + j.Record)
		return complete(ctx, s, j)
	})
	defer stop()
	_ = s.Update(t.Context(), func(tx workflows.Tx) error {
		return errors.Join(tx.Enqueue(workflows.Job{Kind: "give", Record: "undone"}), errors.New("roll back"))
	})
	enqueue(t, s, workflows.Job{Kind: "give", Record: "GR-1"})
	begin(db)
	if diff := cmp.Diff(ran.read(), []string{"give GR-1"}); diff != "" {
		t.Errorf("jobs differ (-got +want):\n%s", diff)
	}
	time.Sleep(10 * time.Second)
	if got := ran.read(); len(got) != 1 {
		t.Errorf("a completed job ran again: %v", got)
	}
}

func jobUrgent(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	enqueue(t, s, workflows.Job{Kind: "card", Record: "1"}, workflows.Job{Kind: "card", Record: "2"}, workflows.Job{Kind: "take", Record: "3", Urgent: true})
	var ran notebook
	stop := working(t, s, 1, func(ctx context.Context, j workflows.Job) error {
		ran.write(j.Record)
		if j.Urgent != (j.Record == "3") {
			t.Errorf("job %s says urgent is %t", j.Record, j.Urgent)
		}
		return complete(ctx, s, j)
	})
	defer stop()
	time.Sleep(5 * time.Second)
	synctest.Wait()
	if diff := cmp.Diff(ran.read(), []string{"3", "1", "2"}); diff != "" {
		t.Errorf("order differs (-got +want):\n%s", diff)
	}
}

func jobFails(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	enqueue(t, s, workflows.Job{Kind: "give", Record: "GR-1"})
	type try struct {
		at      time.Time
		attempt int
	}
	tries := make(chan try, 10)
	stop := working(t, s, 1, func(ctx context.Context, j workflows.Job) error {
		tries <- try{time.Now(), j.Attempt}
		if j.Attempt < 7 {
			return errors.New("the target is down")
		}
		return complete(ctx, s, j)
	})
	defer stop()
	_, late := db.Late()
	before := <-tries
	for n := 1; n < 7; n++ {
		now := <-tries
		if now.attempt != n+1 {
			t.Errorf("got attempt %d, want %d", now.attempt, n+1)
		}
		least, most := workflows.Backoff(n), workflows.Backoff(n)*5/4+late
		if pause := now.at.Sub(before.at); pause < least || pause > most {
			t.Errorf("attempt %d came after %v, want %v to %v", n+1, pause, least, most)
		}
		before = now
	}
}

func jobWaits(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	enqueue(t, s, workflows.Job{Kind: "card", Record: "1"})
	begin := time.Now()
	var attempts []int
	ended := make(chan time.Duration)
	stop := working(t, s, 1, func(ctx context.Context, j workflows.Job) error {
		attempts = append(attempts, j.Attempt)
		if len(attempts) < 3 {
			return &workflows.Later{After: 7 * time.Second, Err: errors.New("rate limited")}
		}
		defer func() { ended <- time.Since(begin) }()
		return complete(ctx, s, j)
	})
	defer stop()
	_, late := db.Late()
	if took := <-ended; took < 14*time.Second || took > 14*time.Second+3*late {
		t.Errorf("two pauses of 7 s took %v", took)
	}
	if diff := cmp.Diff(attempts, []int{1, 1, 1}); diff != "" {
		t.Errorf("attempts differ (-got +want):\n%s", diff)
	}
}

func jobAlone(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	same := workflows.Job{Kind: "give", Record: "GR-1"}
	enqueue(t, s, same, same, workflows.Job{Kind: "take", Record: "GR-1"}, workflows.Job{Kind: "give", Record: "GR-2"}, same)
	var ran notebook
	var sames atomic.Int32
	hold := make(chan struct{})
	stop := working(t, s, 5, func(ctx context.Context, j workflows.Job) error {
		ran.write(j.Kind + " " + j.Record)
		if j.Kind == same.Kind && j.Record == same.Record {
			if n := sames.Add(1); n != 1 {
				t.Errorf("%d jobs of one kind and record run at once", n)
			}
			defer sames.Add(-1)
		}
		<-hold
		return complete(ctx, s, j)
	})
	defer stop()
	time.Sleep(3 * time.Second)
	if got := len(ran.read()); got != 3 {
		t.Errorf("at first %d jobs run, want 3: %v", got, ran.read())
	}
	close(hold)
	time.Sleep(5 * time.Second)
	synctest.Wait()
	if got := len(ran.read()); got != 5 {
		t.Errorf("in the end %d jobs ran, want 5: %v", got, ran.read())
	}
}

func jobLimit(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	for _, r := range []string{"1", "2", "3", "4", "5"} {
		enqueue(t, s, workflows.Job{Kind: "card", Record: r})
	}
	var ran notebook
	hold := make(chan struct{})
	stop := working(t, s, 2, func(ctx context.Context, j workflows.Job) error {
		ran.write(j.Record)
		<-hold
		return complete(ctx, s, j)
	})
	defer stop()
	for want := 2; want <= 5; want++ {
		time.Sleep(2 * time.Second)
		if got := len(ran.read()); got != want {
			t.Errorf("%d jobs have begun, want %d", got, want)
		}
		hold <- struct{}{}
	}
	close(hold)
}

func jobPanics(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	enqueue(t, s, workflows.Job{Kind: "give", Record: "GR-1"})
	attempts := make(chan int, 5)
	stop := working(t, s, 1, func(ctx context.Context, j workflows.Job) error {
		attempts <- j.Attempt
		switch j.Attempt {
		case 1:
			panic("outside a transaction")
		case 2:
			return s.Update(ctx, func(workflows.Tx) error { panic("inside a transaction") })
		}
		return complete(ctx, s, j)
	})
	defer stop()
	for want := 1; want <= 3; want++ {
		if got := <-attempts; got != want {
			t.Errorf("got attempt %d, want %d", got, want)
		}
	}
}

func jobsLeft(t *testing.T, db Database) {
	first := db.Open(t, time.Now, slog.New(slog.DiscardHandler))
	enqueue(t, first, workflows.Job{Kind: "give", Record: "cut off"}, workflows.Job{Kind: "give", Record: "never begun"})
	begun := make(chan struct{})
	stop := working(t, first, 1, func(ctx context.Context, j workflows.Job) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	<-begun
	stop()
	if err := first.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	s := open(t, db, time.Now)
	var ran notebook
	stop = working(t, s, 1, func(ctx context.Context, j workflows.Job) error {
		ran.write(j.Record)
		if j.Attempt != 1 {
			t.Errorf("%s: got attempt %d, want 1: being cut off is no failure", j.Record, j.Attempt)
		}
		return complete(ctx, s, j)
	})
	defer stop()
	time.Sleep(5 * time.Second)
	synctest.Wait()
	if diff := cmp.Diff(ran.read(), []string{"cut off", "never begun"}); diff != "" {
		t.Errorf("jobs differ (-got +want):\n%s", diff)
	}
}

// errorLog notes the messages of level Error.
type errorLog struct {
	slog.Handler
	notes *notebook
}

func (l errorLog) Enabled(context.Context, slog.Level) bool { return true }

func (l errorLog) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		l.notes.write(r.Message)
	}
	return nil
}

func jobIncomplete(t *testing.T, db Database) {
	var said notebook
	s := db.Open(t, time.Now, slog.New(errorLog{slog.DiscardHandler, &said}))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	enqueue(t, s, workflows.Job{Kind: "give", Record: "GR-1"})
	attempts := make(chan int, 9)
	stop := working(t, s, 1, func(ctx context.Context, j workflows.Job) error {
		attempts <- j.Attempt
		if j.Attempt == 1 {
			return nil
		}
		return complete(ctx, s, j)
	})
	defer stop()
	begin := time.Now()
	<-attempts
	if got := <-attempts; got != 2 {
		t.Errorf("got attempt %d, want 2", got)
	}
	if pause := time.Since(begin); pause < workflows.Backoff(1) {
		t.Errorf("it came again after %v, want a pause", pause)
	}
	if got := said.read(); len(got) != 1 {
		t.Errorf("the log says %q, want one error", got)
	}
}

func workWaits(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	enqueue(t, s, workflows.Job{Kind: "give", Record: "GR-1"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begun, hold, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- s.Work(ctx, 3, func(context.Context, workflows.Job) error {
			close(begun)
			<-hold
			return nil
		})
	}()
	<-begun
	cancel()
	time.Sleep(5 * time.Second)
	select {
	case err := <-ended:
		t.Errorf("Work returned %v while a job ran", err)
	default:
	}
	close(hold)
	if err := <-ended; err != nil {
		t.Errorf("got error %v, want none", err)
	}
}
