package bot

import (
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Slack takes one post a second in a channel, with short bursts, and chat.update
// 50 times a minute or more (https://docs.slack.dev/apis/web-api/rate-limits).
const (
	postsPerSecond   = 1
	postBurst        = 3
	updatesPerSecond = 50.0 / 60
	updateBurst      = 10
)

// pace hands out turns. Who must wait keeps the turn that was promised, so that
// many cards for one channel line up instead of all coming back at once.
type pace struct {
	mu    sync.Mutex
	limit *rate.Limiter
	held  map[int64]turn
}

// turn is when a card may go. fresh says that it had not been tried before it
// was told to wait.
type turn struct {
	at    time.Time
	fresh bool
}

func newPace(perSecond float64, burst int) *pace {
	return &pace{limit: rate.NewLimiter(rate.Limit(perSecond), burst), held: make(map[int64]turn)}
}

// turnOf returns how long a card has to wait, zero if it may go now, and whether
// it is known not to have been posted.
func (p *pace) turnOf(card int64, tried bool, now time.Time) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.held[card]; ok {
		if wait := t.at.Sub(now); wait > 0 {
			return wait, t.fresh
		}
		delete(p.held, card)
		return 0, t.fresh
	}
	wait := p.limit.ReserveN(now, 1).DelayFrom(now)
	if wait <= 0 {
		return 0, !tried
	}
	if len(p.held) > counterMax { // left by cards that nobody shows any more
		maps.DeleteFunc(p.held, func(_ int64, t turn) bool { return t.at.Before(now) })
	}
	p.held[card] = turn{at: now.Add(wait), fresh: !tried}
	return wait, !tried
}

// paceOf returns the pace of posts in a channel.
func (b *Bot) paceOf(channel string) *pace {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.paces[channel]
	if p == nil {
		p = newPace(postsPerSecond, postBurst)
		b.paces[channel] = p
	}
	return p
}
