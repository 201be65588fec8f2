package fakeslack

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func TestMetadataBeyondItsSizeIsRefused(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		post := func(n int) error {
			meta := slack.SlackMetadata{EventType: "card", EventPayload: map[string]any{"x": strings.Repeat("x", n)}}
			_, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, slack.MsgOptionText("x", false), slack.MsgOptionMetadata(meta))
			return err
		}
		check(t, post(maxMetadata-100))
		wantCode(t, post(maxMetadata), "metadata_too_large")
	})
}

func TestMetadataIsAnEventWithAPayloadOfAnyForm(t *testing.T) {
	for given, want := range map[string]string{
		`{}`: "",
		`{"event_type":"card","event_payload":{}}`:                         "",
		`{"event_type":"card","event_payload":{"a":[1,{"b":{"c":null}}]}}`: "",
		`{"event_type":"card","event_payload":{},"entities":[]}`:           "",
		`{"event_type":"","event_payload":{}}`:                             "/metadata/event_type",
		`{"event_type":1,"event_payload":{}}`:                              "/metadata/event_type",
		`{"event_type":"card"}`:                                            "/metadata",
		`{"event_payload":{}}`:                                             "/metadata",
		`{"event_type":"card","event_payload":"x"}`:                        "/metadata/event_payload",
		`{"event_type":"card","event_payload":["a"]}`:                      "/metadata/event_payload",
	} {
		var args object
		check(t, decode([]byte(`{"metadata":`+given+`}`), &args))
		got := readMetadata(args, &message{})
		switch {
		case want == "" && got != nil:
			t.Errorf("%s: got %v %v, want no error", given, got, got.messages)
		case want != "" && (got == nil || got.code != "invalid_metadata_schema" || len(got.messages) != 1 ||
			!strings.HasSuffix(got.messages[0], "[json-pointer:"+want+"]")):
			t.Errorf("%s: got %+v, want one error at %s", given, got, want)
		}
	}
}

func TestAnUpdateHasFourThousandCharactersAndAPostFortyThousand(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		text := func(n int) slack.MsgOption { return slack.MsgOptionText(strings.Repeat("é", n), false) }
		ts := w.post(text(40_000))
		_, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, text(40_001))
		wantCode(t, err, "msg_too_long")
		_, _, _, err = w.api.UpdateMessageContext(t.Context(), w.room.ID, ts, text(4_000))
		check(t, err)
		_, _, _, err = w.api.UpdateMessageContext(t.Context(), w.room.ID, ts, text(4_001))
		wantCode(t, err, "msg_too_long")
	})
}

// whisper shows a card to ana alone.
func (w *world) whisper() string {
	w.t.Helper()
	return must2(w.api.PostEphemeralContext(w.t.Context(), w.room.ID, w.ana.ID,
		slack.MsgOptionText("only you", false), slack.MsgOptionBlocks(blocksOf(w.t, card).BlockSet...)))(w.t)
}

func TestAnEphemeralMessageIsGoneOnReload(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		w.postCard()
		ts := w.whisper()
		w.Reload(w.bob.ID)
		if n := len(w.Messages(w.ana.ID, w.room.ID)); n != 2 {
			t.Errorf("after bob's reload ana sees %d messages, want 2", n)
		}
		w.Reload(w.ana.ID)
		got := w.Messages(w.ana.ID, w.room.ID)
		if len(got) != 1 || got[0].Ephemeral {
			t.Errorf("got %+v, want the card alone", got)
		}
		err := w.Click(t.Context(), w.ana.ID, Place{Channel: w.room.ID, TS: ts}, Action{ActionID: "approve"})
		wantIs(t, err, ErrNotThere)
	})
}

func TestAnEphemeralMessageNeverBecomesOneForEverybody(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		ts := w.whisper()
		check(t, w.Click(t.Context(), w.ana.ID, Place{Channel: w.room.ID, TS: ts}, Action{ActionID: "approve"}))
		link := a.interaction(t).ResponseURL
		w.respond(link, `{"text":"Approved","replace_original":true,"response_type":"in_channel"}`)
		got := w.Messages(w.ana.ID, w.room.ID)
		if len(got) != 1 || got[0].Text != "Approved" || !got[0].Ephemeral {
			t.Errorf("ana got %+v, want the replaced message, still hers alone", got)
		}
		if n := len(w.Messages(w.bob.ID, w.room.ID)); n != 0 {
			t.Errorf("bob sees %d messages, want none", n)
		}
		_, _, err := w.api.DeleteMessageContext(t.Context(), w.room.ID, ts)
		wantCode(t, err, "message_not_found")
	})
}

func TestBlocksThatAreTooLongInAllAreRefused(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		blocks := func(last int) slack.MsgOption {
			var out []slack.Block
			for _, n := range []int{3000, 3000, 3000, 3000, last} {
				out = append(out, slack.NewSectionBlock(slack.NewTextBlockObject(slack.PlainTextType, strings.Repeat("é", n), false, false), nil, nil))
			}
			return slack.MsgOptionBlocks(out...)
		}
		ts := w.post(blocks(1_200))
		_, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, blocks(1_201))
		wantCode(t, err, "msg_blocks_too_long")
		_, _, _, err = w.api.UpdateMessageContext(t.Context(), w.room.ID, ts, blocks(1_201))
		wantCode(t, err, "msg_blocks_too_long")
	})
}
