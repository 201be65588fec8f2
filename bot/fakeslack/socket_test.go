package fakeslack

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func TestAConnectionGetsHelloAndPings(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		hello := a.got("hello")
		if len(hello) != 1 || hello[0].NumConnections != 1 || hello[0].DebugInfo.Time != 18060 {
			t.Fatalf("got %+v", hello)
		}
		time.Sleep(25 * time.Second)
		synctest.Wait()
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.pings != 3 {
			t.Errorf("got %d pings in 25 s, want one after hello and two more", a.pings)
		}
	})
}

func TestATicketOpensOneConnection(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		_, link, err := w.api.StartSocketModeContext(t.Context())
		check(t, err)
		if !strings.HasPrefix(link, "ws://slack.test/link/") {
			t.Errorf("got %s, want the host of the request", link)
		}
		conn, _, err := w.dialSocket(link)
		check(t, err)
		defer conn.Close()
		_, res, err := w.dialSocket(link)
		if err == nil || res.StatusCode != 403 {
			t.Errorf("a used ticket: got %v", err)
		}
		_, _, err = w.client("").StartSocketModeContext(t.Context())
		check(t, err) // the app token is its own
		_, _, err = slack.New("x", slack.OptionAppLevelToken("xoxb-fake"), slack.OptionHTTPClient(w.http),
			slack.OptionAPIURL("http://slack.test/api/")).StartSocketModeContext(t.Context())
		wantCode(t, err, "not_allowed_token_type")
	})
}

func TestTheEleventhConnectionIsTurnedAway(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		for range 10 {
			w.connect()
		}
		a := w.connect()
		if got := a.got("disconnect"); len(got) != 1 || got[0].Reason != "too_many_websockets" {
			t.Errorf("got %+v", got)
		}
		if n := w.Connections(); n != 10 {
			t.Errorf("got %d connections, want 10", n)
		}
	})
}

func TestEachEnvelopeGoesToOneOfTheConnections(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a, b := w.connect(), w.connect()
		for range 60 {
			check(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""))
		}
		first, second := len(a.got("slash_commands")), len(b.got("slash_commands"))
		if first+second != 60 || first == 0 || second == 0 {
			t.Errorf("got %d and %d of 60 commands", first, second)
		}
	})
}

func TestACommandWithoutAcknowledgementTimesOutAndIsNotSentAgain(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		wantIs(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""), ErrNoAnswer)
		a := w.connect()
		a.ignoreAll()
		before := time.Now()
		wantIs(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""), ErrNoAnswer)
		if waited := time.Since(before); waited != 3*time.Second {
			t.Errorf("waited %v, want 3 s", waited)
		}
		time.Sleep(10 * time.Minute)
		if n := len(a.got("slash_commands")); n != 1 {
			t.Errorf("got the command %d times, want once", n)
		}
	})
}

func TestAnAcknowledgementOf20KBIsIgnored(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		a.answerWith(map[string]string{"text": strings.Repeat("x", 19_000)})
		check(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""))
		a.answerWith(map[string]string{"text": strings.Repeat("x", 20*1024)})
		wantIs(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""), ErrNoAnswer)
	})
}

func TestAnEventThatIsNotAcknowledgedComesThreeMoreTimes(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		a.ignoreAll()
		start := time.Now()
		check(t, w.OpenHome(t.Context(), w.ana.ID))
		time.Sleep(10 * time.Minute)
		frames := a.got("events_api")
		if len(frames) != 4 {
			t.Fatalf("got %d deliveries, want 4", len(frames))
		}
		ids := map[string]bool{}
		for i, f := range frames {
			var p struct {
				EventID string `json:"event_id"`
			}
			json.Unmarshal(f.Payload, &p)
			ids[p.EventID] = true
			if f.RetryAttempt != i || (f.RetryReason == "timeout") != (i > 0) {
				t.Errorf("delivery %d has attempt %d, reason %q", i, f.RetryAttempt, f.RetryReason)
			}
		}
		if len(ids) != 1 {
			t.Errorf("got event ids %v, want one", ids)
		}
		want := []time.Duration{0, 3 * time.Second, 66 * time.Second, 369 * time.Second}
		for i, e := range w.Envelopes() {
			if got := e.Sent.Sub(start); got != want[i] {
				t.Errorf("delivery %d was after %v, want %v", i, got, want[i])
			}
		}
	})
}

func TestEventsDecodeWithTheRealClient(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		check(t, w.OpenHome(t.Context(), w.ana.ID))
		must2(w.Say(t.Context(), w.ana.ID, w.room.ID, "", "<!here> hello @bob <!channel>"))(t)
		dan := w.AddUser(User{Name: "dan", Email: "dan@acme.example"})
		dan.Title = "Engineer"
		w.UpdateUser(dan)
		w.postCard()
		var got []any
		for _, f := range a.got("events_api") {
			e, err := slackevents.ParseEvent(f.Payload, slackevents.OptionNoVerifyToken())
			check(t, err)
			got = append(got, e.InnerEvent.Data)
		}
		if len(got) != 5 {
			t.Fatalf("got %d events, want 5", len(got))
		}
		if e, ok := got[0].(*slackevents.AppHomeOpenedEvent); !ok || e.User != w.ana.ID || e.Tab != "home" {
			t.Errorf("got %+v", got[0])
		}
		want := "&lt;!here&gt; hello <@" + w.bob.ID + "> &lt;!channel&gt;"
		if e, ok := got[1].(*slackevents.MessageEvent); !ok || e.Text != want || e.ChannelType != "channel" {
			t.Errorf("got %+v, want text %q", got[1], want)
		}
		if e, ok := got[2].(*slackevents.TeamJoinEvent); !ok || e.User.ID != dan.ID {
			t.Errorf("got %+v", got[2])
		}
		if e, ok := got[3].(*slackevents.UserChangeEvent); !ok || e.User.Profile.Title != "Engineer" {
			t.Errorf("got %+v", got[3])
		}
		if e, ok := got[4].(*slackevents.MessageEvent); !ok || e.BotID == "" {
			t.Errorf("got %+v, want the app's own message", got[4])
		}
	})
}

func TestADisconnectIsAnnouncedAndClosedPolitely(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		w.Disconnect("refresh_requested")
		if got := a.got("disconnect"); len(got) != 1 || got[0].Reason != "refresh_requested" {
			t.Fatalf("got %+v", got)
		}
		fresh := w.connect()
		for range 10 {
			check(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""))
		}
		if n := len(fresh.got("slash_commands")); n != 10 {
			t.Errorf("the new connection got %d commands, want all 10", n)
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		a.mu.Lock()
		defer a.mu.Unlock()
		if !websocket.IsCloseError(a.closed, websocket.CloseNormalClosure) {
			t.Errorf("got %v, want close 1000", a.closed)
		}
	})
}

func TestDroppedConnectionsEndWithoutACloseFrame(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		w.DropConnections()
		synctest.Wait()
		if n := w.Connections(); n != 0 {
			t.Errorf("got %d connections, want 0", n)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.closed == nil || websocket.IsCloseError(a.closed, websocket.CloseNormalClosure) {
			t.Errorf("got %v, want an abrupt end", a.closed)
		}
	})
}

func TestAConnectionIsRefreshedAtTheEndOfItsLife(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		time.Sleep(18061 * time.Second)
		if got := a.got("disconnect"); len(got) != 1 || got[0].Reason != "refresh_requested" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestTheRealSocketModeClientIsServed(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(t.Context())
		client := socketmode.New(w.api, socketmode.OptionDialer(&websocket.Dialer{NetDialContext: w.dial, WriteBufferSize: 64 * 1024}))
		ended := make(chan error, 1)
		go func() { ended <- client.RunContext(ctx) }()
		got := make(chan slack.SlashCommand, 1)
		go func() {
			for {
				select {
				case e := <-client.Events:
					if cmd, ok := e.Data.(slack.SlashCommand); ok {
						got <- cmd
						client.Ack(*e.Request, map[string]any{"text": "seen"})
					}
				case <-ctx.Done():
					return
				}
			}
		}()
		synctest.Wait()
		check(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", "mine"))
		if cmd := <-got; cmd.Text != "mine" || cmd.TeamDomain != "acme" || cmd.IsEnterpriseInstall {
			t.Errorf("got %+v", cmd)
		}
		time.Sleep(5 * time.Minute) // it gives up on a server that does not ping
		if n := len(w.Messages(w.ana.ID, w.room.ID)); n != 1 || w.Connections() != 1 {
			t.Errorf("got %d messages and %d connections, want 1 and 1", n, w.Connections())
		}
		opened := 0
		for _, c := range w.Calls() {
			if c.Method == "apps.connections.open" {
				opened++
			}
		}
		if opened != 1 {
			t.Errorf("the client connected %d times, want once", opened)
		}
		stop()
		<-ended
	})
}

func TestManyPeopleMayActAtOnce(t *testing.T) {
	inSlack(t, Options{PostsPerSecond: -1}, func(t *testing.T, w *world) {
		a := w.connect()
		a.answerWith(map[string]string{"text": "seen"})
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				if err := w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""); err != nil {
					t.Error(err)
				}
				if _, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, slack.MsgOptionText("x", false)); err != nil {
					t.Error(err)
				}
				w.Messages(w.bob.ID, w.room.ID)
				w.Envelopes()
			})
		}
		all.Wait()
		if n := len(w.Messages(w.ana.ID, w.room.ID)); n != 128 {
			t.Errorf("ana sees %d messages, want 64 answers and 64 posts", n)
		}
	})
}
