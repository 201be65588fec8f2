package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

func TestBeforeItIsOpenCardsComeLater(t *testing.T) {
	w := newWorld(t)
	for _, c := range []workflows.Card{logCard(1), {ID: 2, Person: "P-000001"}, {ID: 3, Channel: "elsewhere"}} {
		_, err := w.bot.Show(t.Context(), c, workflows.Person{ID: "P-000001", ChatID: w.ana.ID}, drawn(approverCard()))
		if later, ok := errors.AsType[*workflows.Later](err); !ok || later.After != 5*time.Second {
			t.Errorf("Show: %v, want to come again after 5s", err)
		}
	}
	_, _, err := w.bot.Members(t.Context())
	if _, ok := errors.AsType[*workflows.Later](err); ok || err == nil {
		t.Errorf("Members: %v, want an error", err)
	}
	if _, err := w.bot.Member(t.Context(), w.ana.ID); err == nil || errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("Member: %v, want an error that says nothing about the member", err)
	}
	var changed eventCallback
	changed.Event.Type, changed.Event.User = "user_change", []byte(`{"id":"U1"}`)
	if err := w.bot.react(t.Context(), changed, nil); !errors.Is(err, errNotOpen) {
		t.Errorf("user_change: %v, want Slack to send it again", err)
	}
	if n := len(w.Calls()); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestOpenCanBeCalledAgainAfterItFailed(t *testing.T) {
	w := newWorld(t)
	w.Fail(fakeslack.Fault{Method: "conversations.list", Status: 503})
	if err := w.bot.Open(t.Context()); err == nil || Lasting(err) {
		t.Errorf("Open: %v, lasting %t, want a passing error", err, Lasting(err))
	}
	if got := w.bot.Team(); got != "" {
		t.Errorf("the team is %q before Open succeeded", got)
	}
	for range 2 {
		if err := w.bot.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	show(t, w, logCard(1), approverCard())
}

func TestOpenTellsWhatOnlyAPersonCanMend(t *testing.T) {
	w := newWorld(t)
	w.AddChannel(fakeslack.Channel{Name: "shared", Shared: true})
	w.AddChannel(fakeslack.Channel{Name: "old", Archived: true})
	for _, c := range []struct {
		what    string
		channel string
		fault   fakeslack.Fault
		want    bool
	}{
		{"bad token", "access-requests", fakeslack.Fault{Method: "auth.test", Error: "invalid_auth"}, true},
		{"no token", "access-requests", fakeslack.Fault{Method: "auth.test", Error: "not_authed"}, true},
		{"revoked token", "access-requests", fakeslack.Fault{Method: "auth.test", Error: "token_revoked"}, true},
		{"inactive account", "access-requests", fakeslack.Fault{Method: "auth.test", Error: "account_inactive"}, true},
		{"missing scope", "access-requests", fakeslack.Fault{Method: "conversations.list", Error: "missing_scope"}, true},
		{"missing channel", "nowhere", fakeslack.Fault{}, true},
		{"missing channel id", "C0NOWHERE0", fakeslack.Fault{}, true},
		{"shared channel", "shared", fakeslack.Fault{}, true},
		{"archived channel", "old", fakeslack.Fault{}, true},
		{"outage", "access-requests", fakeslack.Fault{Method: "auth.test", Status: 502}, false},
		{"a fault of Slack's", "access-requests", fakeslack.Fault{Method: "conversations.join", Error: "internal_error"}, false},
		{"too many calls", "access-requests", fakeslack.Fault{Method: "auth.test", Error: "ratelimited"}, false},
		{"a cut line", "access-requests", fakeslack.Fault{Method: "auth.test", Drop: true}, false},
	} {
		if c.fault.Method != "" {
			w.Fail(c.fault)
		}
		err := w.newBot(Config{Channels: map[string]string{"requests": c.channel}}).Open(t.Context())
		if err == nil || Lasting(err) != c.want {
			t.Errorf("%s: %v is lasting %t, want %t", c.what, err, Lasting(err), c.want)
		}
	}
}

func TestOfSeveralProblemsOneLastingIsEnough(t *testing.T) {
	w := newWorld(t)
	w.Fail(fakeslack.Fault{Method: "conversations.join", Error: "internal_error"})
	err := w.newBot(Config{Channels: map[string]string{"a": "access-requests", "b": "nowhere"}}).Open(t.Context())
	if !Lasting(err) {
		t.Errorf("Open: %v, want it lasting", err)
	}
	if Lasting(nil) || Lasting(context.Canceled) {
		t.Error("nothing, or a stop, is lasting")
	}
}

func TestAnUnreachableSlackMayPass(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	b, err := New(Config{AppToken: "xapp-1", BotToken: "xoxb-1", APIURL: gone.URL + "/api/"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Open(t.Context()); err == nil || Lasting(err) {
		t.Errorf("Open: %v, lasting %t, want a passing error", err, Lasting(err))
	}
}

func TestTheBotIsUsedWhileItOpens(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	all.Go(func() {
		if err := w.bot.Open(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for id := range int64(4) {
		all.Go(func() {
			for range 20 {
				_ = w.bot.Team()
				_, err := w.bot.Show(t.Context(), logCard(id), workflows.Person{}, drawn(approverCard()))
				if later, ok := errors.AsType[*workflows.Later](err); err != nil && (!ok || later.After <= 0) {
					t.Error(fmt.Errorf("show: %w", err))
				}
			}
		})
	}
	all.Wait()
	if w.bot.Team() == "" {
		t.Error("the team is not known after Open")
	}
}
