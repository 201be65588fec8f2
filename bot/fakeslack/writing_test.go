package fakeslack

import (
	"encoding/json"
	"testing"

	"github.com/slack-go/slack"
)

// told is what the app is told of messages.
type told struct {
	Subtype string
	Channel string
	User    string
	BotID   string `json:"bot_id"`
	Text    string
	TS      string
	Thread  string `json:"thread_ts"`
	Message *struct {
		Subtype, Text string
		Edited        *struct{ User string }
	}
	Previous *struct{ Text string } `json:"previous_message"`
	Files    []struct{ ID, Name string }
}

// messages are the message events that the app got, oldest first.
func (a *app) messages(t *testing.T) []told {
	t.Helper()
	var out []told
	for _, f := range a.got("events_api") {
		var p struct{ Event json.RawMessage }
		check(t, json.Unmarshal(f.Payload, &p))
		var m told
		check(t, json.Unmarshal(p.Event, &m))
		out = append(out, m)
	}
	return out
}

func TestAPersonsMessageHasLinksAsSlackWritesThem(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		for said, want := range map[string]string{
			"use https://miro.com/a?b=1&c=2, ok?": "use <https://miro.com/a?b=1&amp;c=2>, ok?",
			"figma.com please":                    "<http://figma.com|figma.com> please",
			"linear.app/pricing.":                 "<http://linear.app/pricing|linear.app/pricing>.",
			"ask kim@acme.example":                "ask <mailto:kim@acme.example|kim@acme.example>",
			"<https://figma.com|Figma>":           "<https://figma.com|Figma>",
			"@bob e.g. v1.2 <b> & <!channel>":     "<@" + w.bob.ID + "> e.g. v1.2 &lt;b&gt; &amp; &lt;!channel&gt;",
		} {
			must2(w.Say(t.Context(), w.ana.ID, w.room.ID, "", said))(t)
			all := a.messages(t)
			if got := all[len(all)-1]; got.Text != want || got.User != w.ana.ID || got.BotID != "" || got.Thread != "" {
				t.Errorf("%q came as %+v, want %q", said, got, want)
			}
		}
	})
}

func TestAMessageThatSomebodyChangesOrDeletesComesAsAnEvent(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		ts := must2(w.Say(t.Context(), w.ana.ID, w.room.ID, "", "first"))(t)
		check(t, w.Edit(t.Context(), w.ana.ID, w.room.ID, ts, "second figma.com"))
		wantIs(t, w.Edit(t.Context(), w.bob.ID, w.room.ID, ts, "mine"), ErrNotNow)
		wantIs(t, w.Delete(t.Context(), w.bob.ID, w.room.ID, ts), ErrNotNow)
		check(t, w.Delete(t.Context(), w.ana.ID, w.room.ID, ts))
		wantIs(t, w.Delete(t.Context(), w.ana.ID, w.room.ID, ts), ErrNotThere)
		got := a.messages(t)
		if len(got) != 3 || got[1].Subtype != "message_changed" || got[1].Message.Text != "second <http://figma.com|figma.com>" ||
			got[1].Message.Edited == nil || got[1].Previous.Text != "first" || got[2].Subtype != "message_deleted" {
			t.Errorf("the app was told %+v", got)
		}
		_, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, slack.MsgOptionText("x", false), slack.MsgOptionTS(ts))
		wantCode(t, err, "thread_not_found")
	})
}

func TestADeletedMessageWithRepliesLeavesItsThread(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		ts := must2(w.Say(t.Context(), w.ana.ID, w.room.ID, "", "first"))(t)
		reply := must2(w.Say(t.Context(), w.bob.ID, w.room.ID, ts, "why?"))(t)
		if _, err := w.Say(t.Context(), w.bob.ID, w.room.ID, reply, "under a reply"); err == nil {
			t.Error("a reply got replies of its own")
		}
		check(t, w.Delete(t.Context(), w.ana.ID, w.room.ID, ts))
		all := a.messages(t)
		if last := all[len(all)-1]; last.Subtype != "message_changed" || last.Message.Subtype != "tombstone" {
			t.Errorf("the app was told %+v", last)
		}
		w.post(slack.MsgOptionText("still here", false), slack.MsgOptionTS(ts))
		if seen := w.Replies(w.bob.ID, w.room.ID, ts); len(seen) != 3 || !seen[0].Gone || seen[0].Text != "This message was deleted." {
			t.Errorf("the thread is %+v", seen)
		}
	})
}

func TestAMessageEventNeedsItsScope(t *testing.T) {
	inSlack(t, Options{Scopes: []string{"chat:write", "channels:read", "groups:history"}}, func(t *testing.T, w *world) {
		a := w.connect()
		private := w.AddChannel(Channel{Name: "closed", Private: true, Members: []string{w.ana.ID, "U0BOT"}})
		must2(w.Say(t.Context(), w.ana.ID, w.room.ID, "", "in a public channel"))(t)
		must2(w.Say(t.Context(), w.bob.ID, w.ops.ID, "", "where the app is not"))(t)
		must2(w.Say(t.Context(), w.ana.ID, private.ID, "", "in a private channel"))(t)
		if got := a.messages(t); len(got) != 1 || got[0].Channel != private.ID {
			t.Errorf("the app was told %+v, want the private channel alone", got)
		}
	})
}
