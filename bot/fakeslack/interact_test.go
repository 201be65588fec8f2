package fakeslack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestAButtonOnACardArrivesAsTheRealClientExpects(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		ts := w.postCard()
		at := Place{Channel: w.room.ID, TS: ts}
		check(t, w.Click(t.Context(), w.bob.ID, at, Action{BlockID: "act", ActionID: "approve", Value: "AR-000001"}))
		ic := a.interaction(t)
		action := ic.ActionCallback.BlockActions[0]
		switch {
		case ic.Type != slack.InteractionTypeBlockActions, ic.User.ID != w.bob.ID, ic.User.TeamID != "T0COUNTER",
			ic.Channel.ID != w.room.ID, ic.Container.MessageTs != ts, ic.Message.Timestamp != ts, ic.TriggerID == "",
			ic.APIAppID != "A0COUNTER", !strings.HasPrefix(ic.ResponseURL, "http://slack.test/response/"):
			t.Errorf("got %+v", ic)
		case action.ActionID != "approve", action.Value != "AR-000001", action.Text.Text != "Approve":
			t.Errorf("got action %+v", action)
		case ic.Message.Metadata.EventPayload["id"] != "AR-000001":
			t.Errorf("got metadata %+v", ic.Message.Metadata)
		}
	})
}

func TestOnlyWhatAPersonSeesCanBePressed(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		w.connect()
		ts := w.postCard()
		at := Place{Channel: w.room.ID, TS: ts}
		press := func(user string, at Place, action Action) error { return w.Click(t.Context(), user, at, action) }
		wantIs(t, press(w.ana.ID, at, Action{ActionID: "deny"}), ErrNotThere)
		wantIs(t, press(w.ana.ID, at, Action{ActionID: "approve", Value: "AR-000002"}), ErrNotThere)
		wantIs(t, press(w.ana.ID, Place{Channel: w.room.ID, TS: "1.000000"}, Action{ActionID: "approve"}), ErrNotThere)
		only := must2(w.api.PostEphemeralContext(t.Context(), w.room.ID, w.ana.ID, slack.MsgOptionText("x", false), slack.MsgOptionBlocks(blocksOf(t, card).BlockSet...)))(t)
		private := Place{Channel: w.room.ID, TS: only}
		wantIs(t, press(w.bob.ID, private, Action{ActionID: "approve"}), ErrNotThere)
		check(t, press(w.ana.ID, private, Action{ActionID: "approve"}))
		guest := w.AddUser(User{Name: "gus", IsGuest: true})
		wantIs(t, press(guest.ID, at, Action{ActionID: "approve"}), ErrNotThere)
		w.Deactivate(w.bob.ID)
		wantIs(t, press(w.bob.ID, at, Action{ActionID: "approve"}), ErrNotThere)
	})
}

func TestAnEphemeralMessageIsNotSentBack(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		ts := must2(w.api.PostEphemeralContext(t.Context(), w.room.ID, w.ana.ID, slack.MsgOptionText("x", false), slack.MsgOptionBlocks(blocksOf(t, card).BlockSet...)))(t)
		check(t, w.Click(t.Context(), w.ana.ID, Place{Channel: w.room.ID, TS: ts}, Action{ActionID: "approve"}))
		ic := a.interaction(t)
		if !ic.Container.IsEphemeral || ic.Container.MessageTs != ts || ic.Message.Timestamp != "" {
			t.Errorf("got container %+v, message %+v", ic.Container, ic.Message)
		}
		status, _ := w.respond(ic.ResponseURL, `{"delete_original":true}`)
		if n := len(w.Messages(w.ana.ID, w.room.ID)); status != 200 || n != 0 {
			t.Errorf("got status %d and %d messages, want the message deleted", status, n)
		}
	})
}

func TestASelectInAViewKeepsItsChoice(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		v := w.open(a)
		at := Place{ViewID: v.ID}
		a.answerWith(map[string]any{"options": []any{map[string]any{
			"text": map[string]any{"type": "plain_text", "text": "GitHub"}, "value": "github",
			"description": map[string]any{"type": "plain_text", "text": "Code"},
		}}})
		options := must2(w.Suggest(t.Context(), w.ana.ID, at, "app", "app", "git"))(t)
		if len(options) != 1 || options[0] != (Option{Text: "GitHub", Value: "github", Description: "Code"}) {
			t.Fatalf("got %+v", options)
		}
		ic := a.interaction(t)
		if ic.Type != slack.InteractionTypeBlockSuggestion || ic.Value != "git" || ic.ActionID != "app" || ic.BlockID != "app" || ic.View.ID != v.ID {
			t.Errorf("got %+v", ic)
		}
		a.answerWith(nil)
		check(t, w.Click(t.Context(), w.ana.ID, at, Action{BlockID: "app", ActionID: "app", Selected: "github"}))
		ic = a.interaction(t)
		if got := ic.View.State.Values["app"]["app"].SelectedOption; got.Value != "github" || got.Text.Text != "GitHub" {
			t.Errorf("got state %+v", got)
		}
		if got := ic.ActionCallback.BlockActions[0].SelectedOption.Value; got != "github" {
			t.Errorf("got action option %q", got)
		}
		wantIs(t, w.Click(t.Context(), w.ana.ID, at, Action{ActionID: "app", Selected: "never-offered"}), ErrNotThere)
	})
}

func TestAnInputWithoutDispatchActionSendsNothing(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		v := w.open(a)
		check(t, w.Click(t.Context(), w.ana.ID, Place{ViewID: v.ID}, Action{ActionID: "for", Selected: w.bob.ID}))
		if n := len(a.got("interactive")); n != 0 {
			t.Errorf("got %d interactions, want none", n)
		}
		if raw := string(w.Views(w.ana.ID)[0].Raw); !strings.Contains(raw, `"selected_user":"`+w.bob.ID) {
			t.Errorf("the choice was not kept: %s", raw)
		}
	})
}

func TestOptionsBeyondSlacksLimitsAreRefused(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		at := Place{ViewID: w.open(a).ID}
		for name, answer := range map[string]string{
			"nothing":   `{}`,
			"101":       `{"options":[` + times(101, option) + `]}`,
			"long text": `{"options":[{"value":"v","text":` + plainText(76) + `}]}`,
		} {
			a.answerWith(json.RawMessage(answer))
			if _, err := w.Suggest(t.Context(), w.ana.ID, at, "app", "app", "g"); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
		a.answerWith(json.RawMessage(`{"options":[]}`))
		_, err := w.Suggest(t.Context(), w.ana.ID, at, "app", "app", "g")
		check(t, err)
	})
}

func TestShortcutsArriveWithATrigger(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		check(t, w.Shortcut(t.Context(), w.ana.ID, "request_access"))
		if ic := a.interaction(t); ic.Type != slack.InteractionTypeShortcut || ic.CallbackID != "request_access" || ic.TriggerID == "" {
			t.Errorf("got %+v", ic)
		}
		ts := must2(w.Say(t.Context(), w.bob.ID, w.room.ID, "", "we need a vendor"))(t)
		check(t, w.MessageShortcut(t.Context(), w.ana.ID, w.room.ID, ts, "start_vendor"))
		ic := a.interaction(t)
		if ic.Type != slack.InteractionTypeMessageAction || ic.Message.Text != "we need a vendor" || ic.MessageTs != ts || ic.Channel.ID != w.room.ID {
			t.Errorf("got %+v", ic)
		}
	})
}

func TestACommandCarriesMentionsAndShowsItsAnswer(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		a.answerWith(map[string]string{"text": "done"})
		check(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/offboard", "@bob now <b>"))
		f := a.got("slash_commands")[0]
		var cmd slack.SlashCommand
		check(t, json.Unmarshal(f.Payload, &cmd))
		want := "<@" + w.bob.ID + "|bob> now &lt;b&gt;"
		if cmd.Text != want || cmd.Command != "/offboard" || cmd.UserID != w.ana.ID || cmd.ChannelName != "access-requests" || !f.Accepts {
			t.Errorf("got %+v, want text %q", cmd, want)
		}
		got := w.Messages(w.ana.ID, w.room.ID)
		if len(got) != 1 || !got[0].Ephemeral || got[0].Text != "done" {
			t.Errorf("got %+v", got)
		}
		a.answerWith(json.RawMessage(`{"blocks":[{"type":"hologram"}]}`))
		wantIs(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/offboard", ""), ErrBadAnswer)
		wantIs(t, w.Command(t.Context(), w.ana.ID, w.ops.ID, "/offboard", ""), ErrNotThere)
	})
}

func TestAResponseURLServesFiveTimesInThirtyMinutes(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		address := func() string {
			check(t, w.Command(t.Context(), w.ana.ID, w.room.ID, "/access", ""))
			frames := a.got("slash_commands")
			var cmd slack.SlashCommand
			check(t, json.Unmarshal(frames[len(frames)-1].Payload, &cmd))
			return cmd.ResponseURL
		}
		link := address()
		for range 4 {
			if status, body := w.respond(link, `{"text":"only you"}`); status != 200 || body != "ok" {
				t.Errorf("got %d %s", status, body)
			}
		}
		w.respond(link, `{"text":"all of you","response_type":"in_channel"}`)
		if status, body := w.respond(link, `{"text":"x"}`); status != 404 || !strings.Contains(body, "used_url") {
			t.Errorf("got %d %s, want used_url", status, body)
		}
		if mine, his := len(w.Messages(w.ana.ID, w.room.ID)), len(w.Messages(w.bob.ID, w.room.ID)); mine != 5 || his != 1 {
			t.Errorf("ana sees %d, bob %d; want 5 and 1", mine, his)
		}
		link = address()
		time.Sleep(30*time.Minute + time.Second)
		if status, body := w.respond(link, `{"text":"x"}`); status != 404 || !strings.Contains(body, "expired_url") {
			t.Errorf("got %d %s, want expired_url", status, body)
		}
	})
}

func TestAResponseURLReplacesTheMessageItCameFrom(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		ts := w.postCard()
		check(t, w.Click(t.Context(), w.ana.ID, Place{Channel: w.room.ID, TS: ts}, Action{ActionID: "approve"}))
		w.respond(a.interaction(t).ResponseURL, `{"text":"Approved","replace_original":true}`)
		got := w.Messages(w.bob.ID, w.room.ID)
		if len(got) != 1 || got[0].TS != ts || got[0].Text != "Approved" || got[0].Blocks != nil {
			t.Errorf("got %+v", got)
		}
	})
}
