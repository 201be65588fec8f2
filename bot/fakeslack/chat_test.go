package fakeslack

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func (w *world) post(options ...slack.MsgOption) string {
	w.t.Helper()
	_, ts, err := w.api.PostMessageContext(w.t.Context(), w.room.ID, options...)
	check(w.t, err)
	return ts
}

const card = `[{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"*Ana* asks"}},
	{"type":"actions","block_id":"act","elements":[{"type":"button","action_id":"approve","value":"AR-000001",
	"text":{"type":"plain_text","text":"Approve"},"style":"primary"}]}]`

func (w *world) postCard() string {
	w.t.Helper()
	return w.post(slack.MsgOptionText("Ana asks", false), slack.MsgOptionBlocks(blocksOf(w.t, card).BlockSet...),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "card", EventPayload: map[string]any{"id": "AR-000001"}}))
}

func TestAPostedCardIsSeenByPeopleAndInTheHistory(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		changed := w.Changed()
		ts := w.postCard()
		select {
		case <-changed:
		default:
			t.Error("Changed was not closed by a post")
		}
		seen := w.Messages(w.ana.ID, w.room.ID)
		if len(seen) != 1 || seen[0].TS != ts || seen[0].Username != "Countersign" || !strings.Contains(string(seen[0].Blocks), "Approve") {
			t.Fatalf("got %+v", seen)
		}
		history := must2(w.api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{
			ChannelID: w.room.ID, IncludeAllMetadata: true,
		}))(t)
		m := history.Messages[0]
		if m.Metadata.EventType != "card" || m.Metadata.EventPayload["id"] != "AR-000001" || len(m.Blocks.BlockSet) != 2 || m.BotID == "" {
			t.Errorf("got %+v", m)
		}
		history = must2(w.api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: w.room.ID}))(t)
		if history.Messages[0].Metadata.EventType != "" {
			t.Error("metadata came without being asked for")
		}
		link := must2(w.api.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: w.room.ID, Ts: ts}))(t)
		if !strings.HasSuffix(link, "/p"+strings.ReplaceAll(ts, ".", "")) {
			t.Errorf("got permalink %s", link)
		}
	})
}

func TestPostsAreRefusedWhereSlackRefusesThem(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		closed := w.AddChannel(Channel{Name: "old", Archived: true, Members: []string{"U0BOT"}})
		foreign := w.AddChannel(Channel{Name: "random"})
		for _, c := range []struct{ channel, text, code string }{
			{w.ops.ID, "x", "channel_not_found"},
			{"C404", "x", "channel_not_found"},
			{closed.ID, "x", "is_archived"},
			{foreign.ID, "x", "not_in_channel"},
			{w.room.ID, "", "no_text"},
			{w.room.ID, strings.Repeat("x", 40_001), "msg_too_long"},
		} {
			_, _, err := w.api.PostMessageContext(t.Context(), c.channel, slack.MsgOptionText(c.text, false))
			wantCode(t, err, c.code)
		}
		_, _, _, err := w.api.JoinConversationContext(t.Context(), foreign.ID)
		check(t, err)
		_, _, err = w.api.PostMessageContext(t.Context(), "#random", slack.MsgOptionText("x", false))
		check(t, err)
	})
}

func TestAnUpdateWithTextAloneTakesTheBlocksAndKeepsTheMetadata(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		ts := w.postCard()
		_, _, _, err := w.api.UpdateMessageContext(t.Context(), w.room.ID, ts, slack.MsgOptionText("Approved", false))
		check(t, err)
		m := w.Messages(w.ana.ID, w.room.ID)[0]
		if m.Text != "Approved" || m.Blocks != nil || !m.Edited || m.Metadata == nil {
			t.Errorf("got %+v", m)
		}
		_, _, _, err = w.api.UpdateMessageContext(t.Context(), w.room.ID, ts, slack.MsgOptionText(strings.Repeat("x", 4001), false))
		wantCode(t, err, "msg_too_long")
		_, _, _, err = w.api.UpdateMessageContext(t.Context(), w.room.ID, "1.000000", slack.MsgOptionText("x", false))
		wantCode(t, err, "message_not_found")
		said := must2(w.Say(t.Context(), w.ana.ID, w.room.ID, "", "hello"))(t)
		_, _, _, err = w.api.UpdateMessageContext(t.Context(), w.room.ID, said, slack.MsgOptionText("x", false))
		wantCode(t, err, "cant_update_message")
		_, _, err = w.api.DeleteMessageContext(t.Context(), w.room.ID, ts)
		check(t, err)
		if n := len(w.Messages(w.ana.ID, w.room.ID)); n != 1 {
			t.Errorf("got %d messages after the deletion, want 1", n)
		}
	})
}

func TestAnEphemeralMessageIsSeenByOnePersonAndByNoMethod(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		ts := must2(w.api.PostEphemeralContext(t.Context(), w.room.ID, w.ana.ID, slack.MsgOptionText("only you", false)))(t)
		if got := w.Messages(w.ana.ID, w.room.ID); len(got) != 1 || !got[0].Ephemeral {
			t.Errorf("ana got %+v", got)
		}
		if got := w.Messages(w.bob.ID, w.room.ID); len(got) != 0 {
			t.Errorf("bob got %+v", got)
		}
		_, _, _, err := w.api.UpdateMessageContext(t.Context(), w.room.ID, ts, slack.MsgOptionText("x", false))
		wantCode(t, err, "message_not_found")
		history := must2(w.api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: w.room.ID}))(t)
		if len(history.Messages) != 0 {
			t.Errorf("got history %+v", history.Messages)
		}
		cat := w.AddUser(User{Name: "cat"})
		_, err = w.api.PostEphemeralContext(t.Context(), w.room.ID, cat.ID, slack.MsgOptionText("x", false))
		wantCode(t, err, "user_not_in_channel")
	})
}

func TestAThreadHasItsParentAndRepliesAndTheChannelOnlyTheParent(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		parent := w.post(slack.MsgOptionText("card", false))
		must2(w.Say(t.Context(), w.ana.ID, w.room.ID, parent, "why?"))(t)
		w.post(slack.MsgOptionText("because", false), slack.MsgOptionTS(parent))
		if got := w.Messages(w.bob.ID, w.room.ID); len(got) != 1 || got[0].ReplyCount != 2 {
			t.Errorf("got %+v", got)
		}
		if got := w.Replies(w.bob.ID, w.room.ID, parent); len(got) != 3 || got[1].Text != "why?" {
			t.Errorf("got %+v", got)
		}
		replies, more, _, err := w.api.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{
			ChannelID: w.room.ID, Timestamp: parent,
		})
		check(t, err)
		if len(replies) != 3 || more || replies[2].ParentUserId != "U0BOT" {
			t.Errorf("got %+v", replies)
		}
		_, _, err = w.api.PostMessageContext(t.Context(), w.room.ID, slack.MsgOptionText("x", false), slack.MsgOptionTS("1.000000"))
		wantCode(t, err, "thread_not_found")
	})
}

func TestHistoryIsCutByTimeAndPaged(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		var all []string
		for range 5 {
			all = append(all, w.post(slack.MsgOptionText("x", false)))
		}
		ask := func(p slack.GetConversationHistoryParameters) *slack.GetConversationHistoryResponse {
			p.ChannelID = w.room.ID
			return must2(w.api.GetConversationHistoryContext(t.Context(), &p))(t)
		}
		if got := ask(slack.GetConversationHistoryParameters{Oldest: all[1], Latest: all[3]}); len(got.Messages) != 1 {
			t.Errorf("got %d messages between, want 1", len(got.Messages))
		}
		if got := ask(slack.GetConversationHistoryParameters{Oldest: all[1], Latest: all[3], Inclusive: true}); len(got.Messages) != 3 {
			t.Errorf("got %d messages inclusive, want 3", len(got.Messages))
		}
		first := ask(slack.GetConversationHistoryParameters{Limit: 3})
		second := ask(slack.GetConversationHistoryParameters{Limit: 3, Cursor: first.ResponseMetaData.NextCursor})
		if !first.HasMore || second.HasMore || len(second.Messages) != 2 || first.Messages[0].Timestamp != all[4] {
			t.Errorf("got %+v then %+v", first, second)
		}
	})
}

func TestBadBlocksAndMetadataAreRefusedWithMessages(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		long := slack.NewHeaderBlock(slack.NewTextBlockObject("plain_text", strings.Repeat("x", 151), false, false))
		_, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, slack.MsgOptionText("x", false), slack.MsgOptionBlocks(long))
		res, ok := err.(slack.SlackErrorResponse)
		want := "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
		if !ok || res.Err != "invalid_blocks" || len(res.ResponseMetadata.Messages) != 1 || res.ResponseMetadata.Messages[0] != want {
			t.Errorf("got %#v, want %s", err, want)
		}
		for metadata, code := range map[string]string{
			`{"event_type":"x"}`: "invalid_metadata_schema",
			`[1]`:                "invalid_metadata_format",
			`{`:                  "invalid_metadata_format",
		} {
			_, _, body := w.raw("chat.postMessage", url.Values{
				"token": {"xoxb-fake"}, "channel": {w.room.ID}, "text": {"x"}, "metadata": {metadata},
			})
			if !strings.Contains(body, code) {
				t.Errorf("%s: got %s, want %s", metadata, body, code)
			}
		}
	})
}

func TestABodyMayBeJSON(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		body := `{"channel":"` + w.room.ID + `","text":"hello","blocks":[{"type":"divider"}]}`
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://slack.test/api/chat.postMessage", strings.NewReader(body))
		check(t, err)
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		req.Header.Set("Authorization", "Bearer xoxb-fake")
		_, header, answer := w.read(w.http.Do(req))
		if !strings.Contains(answer, `"ok":true`) || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
			t.Errorf("got %s", answer)
		}
		if got := w.Messages(w.ana.ID, w.room.ID); len(got) != 1 || got[0].Text != "hello" {
			t.Errorf("got %+v", got)
		}
	})
}
