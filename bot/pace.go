package bot

import (
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"countersign/workflows"
)

// Slack takes one post a second in a channel, with short bursts, and chat.update
// 50 times a minute or more (https://docs.slack.dev/apis/web-api/rate-limits).
// What is kept is for urgent cards alone.
const (
	postsPerSecond   = 1
	postBurst        = 4
	postsKept        = 1
	updatesPerSecond = 50.0 / 60
	updateBurst      = 10
	updatesKept      = 5
)

// How long a card may be told to wait before it asks again.
const (
	urgentWait = 3 * time.Second
	otherWait  = 30 * time.Second
	// forgotten is after how long a card that did not ask again waits no more.
	forgotten = 2 * time.Minute
)

// pace hands out turns. Nobody's turn is kept: who must wait asks again after a
// while, and whoever asks when there is a turn has it. Some turns are kept for
// urgent cards, so that they pass any number of others.
type pace struct {
	mu     sync.Mutex
	limit  *rate.Limiter
	kept   float64 // turns that only urgent cards take
	held   [2]map[int64]waiting
	swept  time.Time
	jitter func() float64 // 0 to 1
}

// waiting is a card that was told to wait. fresh says that it had not been tried
// before.
type waiting struct {
	asked time.Time
	fresh bool
}

func newPace(perSecond float64, burst, kept int) *pace {
	return &pace{
		limit: rate.NewLimiter(rate.Limit(perSecond), burst), kept: float64(kept), jitter: rand.Float64,
		held: [2]map[int64]waiting{make(map[int64]waiting), make(map[int64]waiting)},
	}
}

// urgent says whether somebody waits for a card. The card under a vendor's request
// is what they wait for until it is there.
func urgent(c workflows.Card) bool {
	switch c.Kind {
	case workflows.CardVendor:
		return c.At.ID == ""
	case workflows.CardVendorAsker, workflows.CardVendorLead, workflows.CardVendorSponsor, workflows.CardVendorDecider:
		return true
	case workflows.CardRequester, workflows.CardHolder, workflows.CardApprover, workflows.CardTask, workflows.CardIdentity:
		return true
	}
	return false
}

// turn is the answer to a card that asks.
type turn struct {
	wait     time.Duration // before it asks again; zero: it may go now
	fresh    bool          // it is known not to have been posted
	giveBack func()        // lets another have the turn, where it was not needed
}

// turnOf gives a card its turn, or says how long it has to wait.
func (p *pace) turnOf(c workflows.Card, now time.Time) turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweepLocked(now)
	lane, most, kept := p.held[0], otherWait, p.kept
	if urgent(c) {
		lane, most, kept = p.held[1], urgentWait, 0
	}
	fresh := !c.Tried
	if before, ok := lane[c.ID]; ok {
		fresh = before.fresh
	}
	if p.limit.TokensAt(now) >= kept+1 {
		delete(lane, c.ID)
		taken := p.limit.ReserveN(now, 1)
		return turn{fresh: fresh, giveBack: func() { taken.CancelAt(now) }}
	}
	lane[c.ID] = waiting{asked: now, fresh: fresh}
	return turn{wait: p.waitLocked(len(lane), most), fresh: fresh}
}

// waitLocked spreads the cards that wait over the time their turns take, within
// a limit: a thousand of them must not all ask every second.
func (p *pace) waitLocked(waiting int, most time.Duration) time.Duration {
	all := time.Duration(float64(waiting) / float64(p.limit.Limit()) * float64(time.Second))
	all = min(max(all, time.Second), most)
	return all/2 + time.Duration(p.jitter()*float64(all/2))
}

// sweepLocked forgets cards that nobody shows any more.
func (p *pace) sweepLocked(now time.Time) {
	if now.Sub(p.swept) < forgotten {
		return
	}
	p.swept = now
	for _, lane := range p.held {
		maps.DeleteFunc(lane, func(_ int64, w waiting) bool { return now.Sub(w.asked) > forgotten })
	}
}

// paceOf returns the pace of posts in a channel.
func (b *Bot) paceOf(channel string) *pace {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.paces[channel]
	if p == nil {
		p = newPace(postsPerSecond, postBurst, postsKept)
		p.jitter = b.cfg.Jitter
		b.paces[channel] = p
	}
	return p
}
