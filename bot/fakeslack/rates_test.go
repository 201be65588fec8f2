package fakeslack

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

func TestEveryMethodHasItsOwnRateTier(t *testing.T) {
	for name := range methods {
		if tiers[name].perMinute == 0 {
			t.Errorf("%s has no tier", name)
		}
	}
	for name := range tiers {
		if methods[name].handle == nil {
			t.Errorf("the tier of %s belongs to no method", name)
		}
	}
	inSlack(t, Options{CallRate: 0.05}, func(t *testing.T, w *world) {
		var err error
		for range 3 { // tier 2 has a burst of 2 at this rate
			_, _, err = w.api.GetConversationsContext(t.Context(), &slack.GetConversationsParameters{})
		}
		if _, ok := err.(*slack.RateLimitedError); !ok {
			t.Errorf("conversations.list: got %v, want a rate limit", err)
		}
		must2(w.api.GetUserByEmailContext(t.Context(), w.ana.Email))(t) // not the same allowance
	})
}

func TestACallBeyondItsTierIsRefusedWithTheTimeToWait(t *testing.T) {
	inSlack(t, Options{CallRate: 0.1}, func(t *testing.T, w *world) {
		lookup := func() error {
			_, err := w.api.GetUserByEmailContext(t.Context(), w.ana.Email)
			return err
		}
		for range 10 { // a tenth of tier 3: a burst of 10, then 5 a minute
			check(t, lookup())
		}
		limited, ok := lookup().(*slack.RateLimitedError)
		if !ok || limited.RetryAfter != 12*time.Second {
			t.Fatalf("got %v, want a rate limit of 12 s", limited)
		}
		time.Sleep(limited.RetryAfter)
		check(t, lookup())
		if lookup() == nil {
			t.Error("the waiting gave back more than one call")
		}
	})
	inSlack(t, Options{CallRate: -1}, func(t *testing.T, w *world) {
		for range 300 {
			must2(w.api.GetUserByEmailContext(t.Context(), w.ana.Email))(t)
		}
	})
}

func TestPostsPerChannelAreLimited(t *testing.T) {
	inSlack(t, Options{PostBurst: 2}, func(t *testing.T, w *world) {
		post := func(channel string) error {
			_, _, err := w.api.PostMessageContext(t.Context(), channel, slack.MsgOptionText("x", false))
			return err
		}
		check(t, post(w.room.ID))
		check(t, post(w.room.ID))
		limited, ok := post(w.room.ID).(*slack.RateLimitedError)
		if !ok || limited.RetryAfter != time.Second {
			t.Fatalf("got %v, want a rate limit of 1 s", limited)
		}
		check(t, post(w.ana.ID)) // another channel
		time.Sleep(time.Second)
		check(t, post(w.room.ID))
	})
}

func TestLinksAreGivenOutWithTheHostsOfTheOptions(t *testing.T) {
	o := Options{SocketURL: "wss://wss-primary.slack.com/", ResponseURL: "https://hooks.slack.com"}
	synctest.Test(t, func(t *testing.T) {
		s := New(o)
		s.AddUser(User{ID: "U1", Name: "ana"})
		room := s.AddChannel(Channel{Name: "room", Members: []string{"U1"}})
		opened, bad := s.connectionsOpenLocked(nil)
		if got := str(opened, "url"); bad != nil || len(got) < 40 || got[:40] != "wss://wss-primary.slack.com/link/?ticket" {
			t.Errorf("got %s, %v", got, bad)
		}
		wantIs(t, s.Command(t.Context(), "U1", room.ID, "/access", ""), ErrNoAnswer)
		var payload object
		check(t, decode(s.Envelopes()[0].Payload, &payload))
		if got := str(payload, "response_url"); len(got) < 33 || got[:33] != "https://hooks.slack.com/response/" {
			t.Errorf("got %s", got)
		}
	})
}
