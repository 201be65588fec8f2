package fakeslack

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestATokenIsTakenFromTheFormAndFromTheHeader(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		got := must2(w.api.AuthTestContext(t.Context()))(t) // slack-go: in the form
		if got.UserID != "U0BOT" || got.TeamID != "T0COUNTER" || got.BotID == "" {
			t.Errorf("got %+v", got)
		}
		_, err := w.api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{ // in the header
			UserID: w.ana.ID, View: slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}},
		})
		check(t, err)
		for _, c := range w.Calls() {
			if _, has := c.Args["token"]; has {
				t.Errorf("%s: the recorded arguments hold the token", c.Method)
			}
		}
	})
}

func TestWrongTokensAreRefusedWithSlacksCodes(t *testing.T) {
	inSlack(t, Options{Scopes: []string{"users:read"}}, func(t *testing.T, w *world) {
		_, err := w.client("xoxb-other").AuthTestContext(t.Context())
		wantCode(t, err, "invalid_auth")
		_, err = w.client("").AuthTestContext(t.Context())
		wantCode(t, err, "not_authed")
		_, err = w.client("xapp-1-fake").AuthTestContext(t.Context())
		wantCode(t, err, "not_allowed_token_type")
		_, err = w.api.GetUserByEmailContext(t.Context(), w.ana.Email)
		wantCode(t, err, "missing_scope")
		_, _, body := w.raw("nonsense.method", url.Values{"token": {"xoxb-fake"}})
		if !strings.Contains(body, `"unknown_method"`) {
			t.Errorf("got %s, want unknown_method", body)
		}
	})
}

func TestUsersArePagedAndLookedUp(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		users := must2(w.api.GetUsersContext(t.Context(), slack.GetUsersOptionLimit(1)))(t)
		if got, want := len(users), 4; got != want { // Slackbot, the bot, two people
			t.Errorf("got %d users, want %d", got, want)
		}
		ana := must2(w.api.GetUserByEmailContext(t.Context(), "ANA@acme.example"))(t)
		if ana.ID != w.ana.ID || ana.Profile.Email != w.ana.Email || ana.TZ == "" || ana.IsBot {
			t.Errorf("got %+v", ana)
		}
		w.Deactivate(w.ana.ID)
		_, err := w.api.GetUserByEmailContext(t.Context(), w.ana.Email)
		wantCode(t, err, "users_not_found")
		if got := must2(w.api.GetUserInfoContext(t.Context(), w.ana.ID))(t); !got.Deleted {
			t.Error("a deactivated user is not marked as deleted")
		}
		_, err = w.api.GetUserInfoContext(t.Context(), "U404")
		wantCode(t, err, "user_not_found")
	})
}

func TestTheAppSeesPublicChannelsAndItsOwnPrivateOnes(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		for i := range 4 {
			w.AddChannel(Channel{Name: "public-" + string(rune('a'+i))})
		}
		names := map[string]bool{}
		params := &slack.GetConversationsParameters{Types: []string{"public_channel", "private_channel"}, Limit: 2}
		for {
			page, next, err := w.api.GetConversationsContext(t.Context(), params)
			check(t, err)
			for _, c := range page {
				names[c.Name] = true
			}
			if params.Cursor = next; next == "" {
				break
			}
		}
		if len(names) != 5 || names["people-ops"] {
			t.Errorf("got %v, want the 5 public channels", names)
		}
		_, err := w.api.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: w.ops.ID})
		wantCode(t, err, "channel_not_found")
		got := must2(w.api.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: w.room.ID}))(t)
		if got.Name != "access-requests" || !got.IsMember || got.IsPrivate {
			t.Errorf("got %+v", got)
		}
		members, _, err := w.api.GetUsersInConversationContext(t.Context(), &slack.GetUsersInConversationParameters{ChannelID: w.room.ID})
		check(t, err)
		if len(members) != 3 {
			t.Errorf("got members %v", members)
		}
	})
}

func TestADirectMessageIsOpenedOnce(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		open := func() (string, bool) {
			ch, _, already, err := w.api.OpenConversationContext(t.Context(), &slack.OpenConversationParameters{Users: []string{w.ana.ID}})
			check(t, err)
			return ch.ID, already
		}
		first, old := open()
		second, again := open()
		if first != second || old || !again || !strings.HasPrefix(first, "D") {
			t.Errorf("got %s (%v) and %s (%v)", first, old, second, again)
		}
		if got := w.Channels(w.ana.ID); got[len(got)-1].Name != "Countersign" {
			t.Errorf("got %+v, want the direct message named after the bot", got[len(got)-1])
		}
		if n := len(w.Channels(w.bob.ID)); n != 2 {
			t.Errorf("bob sees %d channels, want 2: not ana's direct message", n)
		}
	})
}

func TestFaultsFailACallBeforeOrAfterItTookEffect(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		post := func() error {
			_, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, slack.MsgOptionText("x", false))
			return err
		}
		w.Fail(Fault{Method: "chat.postMessage", Error: "internal_error"})
		wantCode(t, post(), "internal_error")
		if n := len(w.Messages(w.ana.ID, w.room.ID)); n != 0 {
			t.Errorf("got %d messages after a failure, want 0", n)
		}
		w.Fail(Fault{Method: "chat.postMessage", Status: 500, Applied: true})
		if post() == nil {
			t.Error("no error for status 500")
		}
		w.Fail(Fault{Method: "chat.postMessage", Drop: true, Applied: true})
		if post() == nil {
			t.Error("no error for a cut connection")
		}
		if n := len(w.Messages(w.ana.ID, w.room.ID)); n != 2 {
			t.Errorf("got %d messages, want the 2 applied ones", n)
		}
		w.Fail(Fault{Method: "chat.postMessage", RetryAfter: 7})
		limited, ok := post().(*slack.RateLimitedError)
		if !ok || limited.RetryAfter != 7*time.Second {
			t.Errorf("got %v, want a rate limit of 7 s", limited)
		}
		w.Fail(Fault{Method: "chat.postMessage", Delay: time.Minute})
		before := time.Now()
		check(t, post())
		if waited := time.Since(before); waited != time.Minute {
			t.Errorf("the delayed call took %v", waited)
		}
	})
}

// must2 lets a two-valued call be used in an expression.
func must2[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		return must(t, v, err)
	}
}
