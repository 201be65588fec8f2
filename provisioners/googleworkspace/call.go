package googleworkspace

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"countersign/provisioners"
)

// attempts is how often one call is made before the job that wanted it is told.
// The job has a longer patience of its own.
const attempts = 3

// lastRepeat is how long after its begin a call is no longer repeated, which
// keeps a Google that hangs from holding a job for minutes.
const lastRepeat = 10 * time.Second

// call is one request to Google.
type call struct {
	what string                      // "read the group x@acme.example", for errors
	do   func(context.Context) error // the request

	scope string // the only scope of the token it uses; empty for the token with Scopes
	as    string // whom it acts as; empty for the administrator

	// settled is set where repeating do could do harm or mislead: it tells
	// whether a request whose answer was lost was carried out after all.
	settled func(context.Context) (bool, error)

	// expected says that the thing exists for certain, so that "not found"
	// means that Google has not told all its servers yet.
	expected bool
}

func (c call) repeatable(k class) bool {
	switch k {
	case throttle, transient, eventual, conflict:
		return true
	case missing:
		return c.expected
	}
	return false
}

// run makes a call at the account's pace, repeats it while that may help, and
// returns what Provisioner promises about errors. A missing or duplicate thing
// is left for the caller to judge, by classify.
func (w *Workspace) run(ctx context.Context, c call) error {
	begun := time.Now()
	for attempt := 1; ; attempt++ {
		if err := w.pace.wait(ctx); err != nil {
			return waitFailure(c.what, err)
		}
		err := c.do(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return &failure{c.what, ctx.Err()}
		}
		k := classify(err)
		if !c.repeatable(k) {
			return w.explain(c, err)
		}
		delay := w.pace.delay(attempt)
		if k == throttle {
			delay = max(delay, retryAfter(err, time.Now()))
			w.pace.pause(delay)
		}
		if attempt == attempts || delay > w.pace.patience() || time.Since(begun) > lastRepeat {
			return w.explain(c, err)
		}
		w.log.LogAttrs(ctx, slog.LevelDebug, "google: call repeated",
			slog.String("call", c.what), slog.Int("attempt", attempt), slog.Duration("delay", delay), slog.String("error", brief(err)))
		if err := sleep(ctx, delay); err != nil {
			return &failure{c.what, err}
		}
		if c.settled == nil {
			continue
		}
		if done, err := c.settled(ctx); err != nil || done {
			return err
		}
	}
}

func waitFailure(what string, err error) error {
	if t, ok := errors.AsType[*provisioners.Throttled](err); ok {
		return &provisioners.Throttled{After: t.After, Err: &failure{what, t.Err}}
	}
	return &failure{what, err}
}

// pace keeps all calls of the account below Google's limits, and holds every
// one of them back after Google asked one to wait.
type pace struct {
	limiter *rate.Limiter
	base    time.Duration

	mu    sync.Mutex
	until time.Time // no call before; guarded by mu
}

var errPaused = errors.New("google asked to wait")

func newPace(perSecond float64, base time.Duration) *pace {
	return &pace{limiter: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/2))), base: base}
}

// patience is the longest wait inside one call; what is longer is the job's.
func (p *pace) patience() time.Duration { return 4 * p.base }

// delay doubles with each attempt and adds chance, so that many callers do not
// return at the same moment.
func (p *pace) delay(attempt int) time.Duration {
	return p.base<<(attempt-1) + rand.N(p.base)
}

func (p *pace) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.until) {
		p.until = until
	}
}

func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	left := time.Until(p.until)
	p.mu.Unlock()
	if left > p.patience() {
		return &provisioners.Throttled{After: left, Err: errPaused}
	}
	if err := sleep(ctx, left); err != nil {
		return err
	}
	return p.limiter.Wait(ctx)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
