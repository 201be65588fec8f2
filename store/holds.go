package store

import (
	"log/slog"
	"maps"
	"time"

	"countersign/workflows"
)

// leastHold is the shortest time for which something is held back.
const leastHold = time.Second

// holds keeps back, in memory, what is still due because the database took no
// word of its having been tried: with a full disk it would run again at once and
// for ever. The pauses run on the machine's clock and grow from try to try.
type holds[K comparable] map[K]hold

type hold struct {
	until time.Time
	times int // tries in a row that could not be put down
}

// settle takes how a try of k ended. After an error k is held back, for pause or
// longer.
func (h holds[K]) settle(k K, err error, pause time.Duration) {
	if err == nil {
		delete(h, k)
		return
	}
	times := h[k].times + 1
	h[k] = hold{time.Now().Add(max(leastHold, pause, workflows.Backoff(times))), times}
}

// keeps says whether k must wait.
func (h holds[K]) keeps(k K) bool { return time.Now().Before(h[k].until) }

// sweep forgets what was let go long ago and did not come again.
func (h holds[K]) sweep() {
	maps.DeleteFunc(h, func(_ K, v hold) bool { return time.Since(v.until) > 2*time.Minute })
}

// episode says in the log when something begins to fail and when that is over,
// and nothing in between. One goroutine uses it.
type episode struct {
	log         *slog.Logger
	begin, over string
	failing     bool
}

// note takes how a try ended. The arguments are for the log, where it begins to
// fail.
func (e *episode) note(err error, args ...any) {
	switch {
	case err != nil && !e.failing:
		e.log.Error(e.begin, append(args, "err", err)...)
	case err == nil && e.failing:
		e.log.Info(e.over)
	}
	e.failing = err != nil
}
