package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// timing is how patient the connection is.
type timing struct {
	gap      time.Duration // least time between two attempts
	first    time.Duration // pause after the first failure, doubling
	most     time.Duration // longest pause
	crowded  time.Duration // pause when the app has too many connections
	lived    time.Duration // a connection shorter than this counts as a failure
	hello    time.Duration // for Slack to greet
	ping     time.Duration
	dead     time.Duration // without a sign of life
	linger   time.Duration // for Slack to end the old connection beside the new one
	drain    time.Duration // for what was begun
	farewell time.Duration // for Slack to answer our close frame
	again    time.Duration // before a window is filled again, growing
}

var usual = timing{
	gap: time.Second, first: time.Second, most: time.Minute, crowded: 2 * time.Minute,
	lived: 30 * time.Second, hello: 10 * time.Second, ping: 10 * time.Second, dead: 25 * time.Second,
	linger: 15 * time.Second, drain: 10 * time.Second, farewell: 2 * time.Second,
	again: 300 * time.Millisecond,
}

// The reasons of a disconnect frame, and ours for a connection that was closed
// without one.
const (
	reasonCrowded  = "too_many_websockets"
	reasonDisabled = "link_disabled"
	reasonClosed   = "closed by Slack"
)

// hopeless are answers of apps.connections.open that no patience cures.
var hopeless = []string{
	"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
	"no_permission", "not_allowed_token_type", "team_access_not_granted", "access_denied", "org_login_required", "forbidden_team",
}

// linkCount counts our own connections and waits for them.
type linkCount struct {
	sync.WaitGroup
	mu   sync.Mutex
	live int
}

func (c *linkCount) add(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live += n
	return c.live
}

// retry works out how long to wait before the next attempt.
type retry struct {
	t     timing
	fails int
	last  time.Time
	next  time.Duration // asked for by Slack
}

// wait is the pause before the next attempt, with jitter so that several bots do
// not come back at the same moment.
func (r *retry) wait(now time.Time) time.Duration {
	d := time.Duration(0)
	if r.fails > 0 {
		d = min(r.t.first<<min(r.fails-1, 16), r.t.most)
		d = d/2 + rand.N(d+1)
	}
	d = max(d, r.next)
	r.next = 0
	if !r.last.IsZero() {
		d = max(d, r.t.gap-now.Sub(r.last))
	}
	return d
}

// listen keeps one connection open, and two while one replaces the other. It
// returns when ctx has ended and everything begun is answered, or with an error
// that only a person can mend.
func (b *Bot) listen(ctx context.Context) error {
	defer b.linked.Wait()
	r := &retry{t: b.timing}
	var old *link
	leaveOld := func() {
		if old != nil {
			b.part(ctx, old, 0)
			old = nil
		}
	}
	defer leaveOld()
	for {
		if pause(ctx, r.wait(time.Now())) != nil {
			return nil
		}
		r.last = time.Now()
		l, err := b.connect(ctx)
		if ctx.Err() != nil {
			if l != nil {
				b.part(ctx, l, 0)
			}
			return nil
		}
		if err != nil {
			if err := b.judge(r, err); err != nil {
				return err
			}
			continue
		}
		if old != nil {
			b.part(ctx, old, b.timing.linger)
			old = nil
		}
		reason, err := b.stay(ctx, l)
		if err != nil || ctx.Err() != nil {
			b.part(ctx, l, 0)
			return err
		}
		if r.fails++; time.Since(l.born) >= b.timing.lived {
			r.fails = 0
		}
		if reason == reasonCrowded {
			b.tooMany(r)
			b.part(ctx, l, 0)
		} else if reason != "" {
			old = l
		}
	}
}

// errDisabled says that Socket Mode was switched off for this app.
var errDisabled = unfit("socket mode was switched off for this app (link_disabled)")

// stay waits until the connection has to be replaced. The reason is empty where
// it simply ended.
func (b *Bot) stay(ctx context.Context, l *link) (string, error) {
	select {
	case <-ctx.Done():
		return "", nil
	case <-l.gone:
		// A disconnect frame may have been the last thing it said.
		select {
		case reason := <-l.leave:
			if reason == reasonDisabled {
				return "", b.disabled()
			}
			if reason == reasonCrowded {
				return reason, nil
			}
		default:
		}
		b.log.Warn("the connection to Slack ended", "after", time.Since(l.born).Round(time.Millisecond).String())
		return "", nil
	case reason := <-l.leave:
		if reason == reasonDisabled {
			return "", b.disabled()
		}
		b.log.Info("Slack asks for a new connection", "reason", reason)
		return reason, nil
	}
}

func (b *Bot) disabled() error {
	return b.shutOut(fmt.Errorf("stay connected to slack: %w", errDisabled))
}

// shutOut says loudly that the bot stops.
func (b *Bot) shutOut(err error) error {
	b.log.Error("Slack does not let this app connect; nobody is listening", "err", err)
	return &lasting{err: err}
}

// judge decides whether a failed attempt is worth another.
func (b *Bot) judge(r *retry, err error) error {
	if errors.Is(err, errDisabled) {
		return b.disabled()
	}
	if slices.Contains(hopeless, slackCode(err)) {
		return b.shutOut(fmt.Errorf("connect to slack: %w", err))
	}
	r.fails++
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		r.next = limited.RetryAfter
	}
	if errors.Is(err, errCrowded) {
		b.tooMany(r)
		return nil
	}
	b.log.Warn("could not connect to Slack; trying again", "attempt", r.fails, "err", err)
	return nil
}

var errCrowded = errors.New("slack refused the connection: " + reasonCrowded)

func (b *Bot) tooMany(r *retry) {
	r.next = b.timing.crowded/2 + rand.N(b.timing.crowded+1)
	b.log.Error("this app has too many connections to Slack; is another copy running?", "waiting", r.next.Round(time.Second).String())
}

// connect opens one connection and waits for Slack's greeting.
func (b *Bot) connect(ctx context.Context) (*link, error) {
	asking, cancel := context.WithTimeout(ctx, apiTime)
	defer cancel()
	_, address, err := b.api.StartSocketModeContext(asking)
	if err != nil {
		return nil, explain("ask for a socket address", err)
	}
	conn, response, err := dialer(b.http).DialContext(asking, address, nil)
	if err != nil {
		if response != nil {
			return nil, fmt.Errorf("open the websocket: status %d: %w", response.StatusCode, err)
		}
		return nil, explain("open the websocket", err)
	}
	l := newLink(conn, b.timing)
	b.linked.add(1)
	b.linked.Go(func() {
		l.read(b.take)
		b.linked.add(-1)
	})
	b.linked.Go(func() { l.ping(b.timing.ping) })
	if err := b.greeted(ctx, l); err != nil {
		b.part(ctx, l, 0)
		return nil, err
	}
	return l, nil
}

// greeted waits for the hello frame.
func (b *Bot) greeted(ctx context.Context, l *link) error {
	timer := time.NewTimer(b.timing.hello)
	defer timer.Stop()
	select {
	case h := <-l.hello:
		own := b.linked.add(0)
		if h.NumConnections > own {
			b.log.Warn("Slack counts more connections than this process has; envelopes may go astray", "slack", h.NumConnections, "own", own)
		}
		b.log.Info("connected to Slack", "connections", h.NumConnections)
		b.greet.Do(func() { close(b.connected) })
		return nil
	case reason := <-l.leave:
		if reason == reasonCrowded {
			return errCrowded
		}
		if reason == reasonDisabled {
			return errDisabled
		}
		return fmt.Errorf("disconnected before the greeting: %s", reason)
	case <-l.gone:
		return errors.New("the connection ended before the greeting")
	case <-timer.C:
		return errors.New("slack did not greet in time")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// part leaves a connection in the background. After a warning Slack goes on
// sending on the old one until it ends it, about ten seconds later; to leave
// earlier would lose what is on its way, so it is read until then, or for linger.
func (b *Bot) part(ctx context.Context, l *link, linger time.Duration) {
	b.linked.Go(func() {
		timer := time.NewTimer(linger)
		defer timer.Stop()
		select {
		case <-l.gone:
		case <-ctx.Done():
		case <-timer.C:
			if linger > 0 {
				l.lull(b.timing.drain)
			}
		}
		if !l.leaveWith(b.timing) {
			b.log.Error("a connection was left before everything on it was answered")
		}
	})
}
