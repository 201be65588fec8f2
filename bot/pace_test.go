package bot

import (
	"errors"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

func TestABurstOfCardsWaitsAndIsNotLookedFor(t *testing.T) {
	w := posting(t)
	now := time.Unix(1_700_000_000, 0)
	w.bot.clock = func() time.Time { return now }
	var waits []int64
	for id := range int64(postBurst + 3) {
		_, err := w.bot.Show(t.Context(), logCard(id), workflows.Person{}, drawn(approverCard()))
		if later, ok := errors.AsType[*workflows.Later](err); ok {
			waits = append(waits, id)
			if later.After <= 0 || later.After > 10*time.Second {
				t.Errorf("card %d waits %v, want a few seconds", id, later.After)
			}
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if len(waits) == 0 {
		t.Fatal("nobody waits")
	}
	for _, id := range waits {
		now = now.Add(time.Second)
		c := logCard(id)
		c.Tried = true // as the job says from the second time on
		show(t, w, c, approverCard())
	}
	if n := w.CallCount("conversations.history"); n != 0 {
		t.Errorf("looked %d times for posts that were never made", n)
	}
}

func TestACardIsDrawnWhenItsTurnHasComeAndNotBefore(t *testing.T) {
	w := posting(t)
	now := time.Unix(1_700_000_000, 0)
	w.bot.clock = func() time.Time { return now }
	times := 0
	view := func() (workflows.CardView, error) {
		times++
		return approverCard(), nil
	}
	for id := range int64(postBurst + 3) {
		c := logCard(id)
		_, err := w.bot.Show(t.Context(), c, workflows.Person{}, view)
		if _, late := errors.AsType[*workflows.Later](err); err != nil && !late {
			t.Fatal(err)
		}
	}
	if posts := w.CallCount("chat.postMessage"); times != posts || posts == 0 {
		t.Errorf("%d cards were drawn and %d posted", times, posts)
	}
}

func TestATurnThatIsGivenBackServesAnother(t *testing.T) {
	p, now := newPace(updatesPerSecond, updateBurst, updatesKept), time.Unix(1_700_000_000, 0)
	for id := range int64(100) {
		turn := p.turnOf(logCard(id), now)
		if turn.wait > 0 {
			t.Fatalf("card %d waits although every turn before it was given back", id)
		}
		turn.giveBack()
	}
}

// queue asks for a card's turn until it has one, and returns when that was.
func queue(p *pace, c workflows.Card, now time.Time) time.Time {
	for {
		wait := p.turnOf(c, now).wait
		if wait == 0 {
			return now
		}
		now = now.Add(wait)
	}
}

func TestThousandsOfLogCardsDoNotDelayARequester(t *testing.T) {
	for name, p := range map[string]*pace{
		"changes": newPace(updatesPerSecond, updateBurst, updatesKept), "posts": newPace(postsPerSecond, postBurst, postsKept),
	} {
		start := time.Unix(1_700_000_000, 0)
		next := make(map[int64]time.Time) // when each log card asks again
		for id := range int64(10_000) {
			next[id] = start
		}
		now, went := start, 0
		for range 60 {
			for id, at := range next {
				if at.After(now) {
					continue
				}
				wait := p.turnOf(logCard(id), now).wait
				if wait == 0 {
					delete(next, id)
					went++
				}
				next[id] = now.Add(wait)
				if wait > otherWait {
					t.Fatalf("%s: told to wait %v, want at most %v", name, wait, otherWait)
				}
			}
			now = now.Add(time.Second)
			if now.Sub(start)%(10*time.Second) == 0 {
				c := workflows.Card{ID: 1_000_000 + now.Unix(), Kind: workflows.CardRequester}
				if got := queue(p, c, now).Sub(now); got > 3*time.Second {
					t.Errorf("%s: a requester's card waits %v behind the log", name, got)
				}
			}
		}
		if went < 40 {
			t.Errorf("%s: %d log cards went in a minute; they are starved", name, went)
		}
	}
}

func TestUrgentCardsShareWhatIsKeptForThem(t *testing.T) {
	p, now := newPace(updatesPerSecond, updateBurst, updatesKept), time.Unix(1_700_000_000, 0)
	for id := int64(0); ; id++ {
		if wait := p.turnOf(logCard(id), now).wait; wait > 0 {
			break
		}
	}
	went := 0
	for i, kind := range []workflows.CardKind{
		workflows.CardRequester, workflows.CardHolder, workflows.CardApprover, workflows.CardTask, workflows.CardIdentity, workflows.CardRequester,
	} {
		wait := p.turnOf(workflows.Card{ID: int64(100 + i), Kind: kind}, now).wait
		if wait == 0 {
			went++
		} else if wait > urgentWait {
			t.Errorf("an urgent card waits %v, want at most %v", wait, urgentWait)
		}
	}
	if went != updatesKept {
		t.Errorf("%d urgent cards went at once, want %d", went, updatesKept)
	}
}

func TestACardThatNobodyShowsAnyMoreIsForgotten(t *testing.T) {
	p, now := newPace(postsPerSecond, postBurst, postsKept), time.Unix(1_700_000_000, 0)
	for id := range int64(100) {
		p.turnOf(logCard(id), now)
	}
	p.turnOf(logCard(1), now.Add(forgotten+time.Second))
	if n := len(p.held[0]); n > 1 {
		t.Errorf("%d cards are still counted", n)
	}
}

func TestWhatStandsThereAlreadyIsNotSentAgain(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	c.At = show(t, w, c, approverCard())
	again := show(t, w, c, approverCard())
	if n := w.CallCount("chat.update"); n != 0 {
		t.Errorf("changed %d times, want never", n)
	}
	if again.ID != c.At.ID || again.Channel != c.At.Channel || again.Text != "" || again.Layout != "" {
		t.Errorf("returned %+v, want the place without a copy", again)
	}
	show(t, w, c, grantedCard())
	back := show(t, w, c, approverCard())
	if n := w.CallCount("chat.update"); n != 2 || back.Text == "" {
		t.Errorf("changed %d times, copy %q, want both changes sent", n, back.Text)
	}
}

func TestAChangeWhoseAnswerWasLostIsSentAgain(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	c.At = show(t, w, c, approverCard())
	w.Fail(fakeslack.Fault{Method: "chat.update", Status: 500, Applied: true})
	if _, err := w.bot.Show(t.Context(), c, workflows.Person{}, drawn(grantedCard())); err == nil {
		t.Fatal("the failed change was not reported")
	}
	show(t, w, c, approverCard())
	if n := w.CallCount("chat.update"); n != 2 {
		t.Errorf("changed %d times, want twice: what stands there was not known", n)
	}
}

func TestWhatWasSentIsForgottenInTime(t *testing.T) {
	s := newSent()
	for id := range int64(sentMax + 1) {
		s.keep(id, [32]byte{})
	}
	if n := len(s.last); n > sentMax {
		t.Errorf("%d cards are remembered, want at most %d", n, sentMax)
	}
}
