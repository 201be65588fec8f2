package fakeslack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

const form = `{"type":"modal","callback_id":"access","private_metadata":"v1","notify_on_close":true,
	"title":{"type":"plain_text","text":"Request access"},"submit":{"type":"plain_text","text":"Request"},
	"blocks":[
	{"type":"input","block_id":"app","dispatch_action":true,"label":{"type":"plain_text","text":"App"},
	 "element":{"type":"external_select","action_id":"app","min_query_length":0}},
	{"type":"input","block_id":"why","label":{"type":"plain_text","text":"Business justification"},
	 "element":{"type":"plain_text_input","action_id":"why","multiline":true,"min_length":5,"max_length":20}},
	{"type":"input","block_id":"for","optional":true,"label":{"type":"plain_text","text":"For"},
	 "element":{"type":"users_select","action_id":"for"}},
	{"type":"section","block_id":"note","text":{"type":"mrkdwn","text":"note"}}]}`

// trigger has ana type a command and returns its trigger.
func (w *world) trigger(a *app) string {
	w.t.Helper()
	check(w.t, w.Command(w.t.Context(), w.ana.ID, w.room.ID, "/access", ""))
	frames := a.got("slash_commands")
	var cmd slack.SlashCommand
	check(w.t, json.Unmarshal(frames[len(frames)-1].Payload, &cmd))
	return cmd.TriggerID
}

// open opens the form for ana.
func (w *world) open(a *app) slack.View {
	w.t.Helper()
	res, err := w.api.OpenViewContext(w.t.Context(), w.trigger(a), modalOf(w.t, form))
	check(w.t, err)
	return res.View
}

func TestATriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		trigger := w.trigger(a)
		bad := modalOf(t, form)
		bad.Title.Text = strings.Repeat("x", 25)
		_, err := w.api.OpenViewContext(t.Context(), trigger, bad)
		if res, ok := err.(slack.SlackErrorResponse); !ok || res.Err != "invalid_arguments" || len(res.ResponseMetadata.Messages) == 0 {
			t.Errorf("got %#v, want invalid_arguments with messages", err)
		}
		res := must2(w.api.OpenViewContext(t.Context(), trigger, modalOf(t, form)))(t)
		if v := res.View; v.ID == "" || v.Hash == "" || v.RootViewID != v.ID || v.State == nil || len(v.Blocks.BlockSet) != 4 {
			t.Errorf("got %+v", v)
		}
		_, err = w.api.OpenViewContext(t.Context(), trigger, modalOf(t, form))
		wantCode(t, err, "exchanged_trigger_id")
		late := w.trigger(a)
		time.Sleep(3*time.Second + time.Millisecond)
		_, err = w.api.OpenViewContext(t.Context(), late, modalOf(t, form))
		wantCode(t, err, "expired_trigger_id")
		_, err = w.api.OpenViewContext(t.Context(), "1.2.x", modalOf(t, form))
		wantCode(t, err, "invalid_trigger_id")
	})
}

func TestTheStackHoldsThreeViews(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		root := w.open(a)
		must2(w.api.PushViewContext(t.Context(), w.trigger(a), modalOf(t, form)))(t)
		third := must2(w.api.PushViewContext(t.Context(), w.trigger(a), modalOf(t, form)))(t)
		if third.RootViewID != root.ID || third.PreviousViewID == root.ID {
			t.Errorf("got root %s, previous %s", third.RootViewID, third.PreviousViewID)
		}
		_, err := w.api.PushViewContext(t.Context(), w.trigger(a), modalOf(t, form))
		wantCode(t, err, "push_limit_reached")
		wantIs(t, w.Submit(t.Context(), w.ana.ID, root.ID, nil), ErrNotNow)
		check(t, w.CloseView(t.Context(), w.ana.ID, root.ID)) // the x
		if n := len(w.Views(w.ana.ID)); n != 0 {
			t.Errorf("got %d views after the x, want 0", n)
		}
		if ic := a.interaction(t); ic.Type != slack.InteractionTypeViewClosed || !ic.IsCleared || ic.View.ID != root.ID {
			t.Errorf("got %+v", ic)
		}
	})
}

func TestAnUpdateWithAStaleHashIsRefused(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		v := w.open(w.connect())
		must2(w.api.UpdateViewContext(t.Context(), modalOf(t, form), "", v.Hash, v.ID))(t)
		_, err := w.api.UpdateViewContext(t.Context(), modalOf(t, form), "", v.Hash, v.ID)
		wantCode(t, err, "hash_conflict")
		_, err = w.api.UpdateViewContext(t.Context(), modalOf(t, form), "", "", "V404")
		wantCode(t, err, "not_found")
		check(t, w.CloseView(t.Context(), w.ana.ID, v.ID))
		_, err = w.api.UpdateViewContext(t.Context(), modalOf(t, form), "", "", v.ID)
		wantCode(t, err, "not_found")
	})
}

func TestExternalIDsAreUnique(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		named := modalOf(t, form)
		named.ExternalID = "one"
		must2(w.api.OpenViewContext(t.Context(), w.trigger(a), named))(t)
		_, err := w.api.PushViewContext(t.Context(), w.trigger(a), named)
		wantCode(t, err, "duplicate_external_id")
		must2(w.api.UpdateViewContext(t.Context(), named, "one", "", ""))(t)
	})
}

func TestTypedTextSurvivesAnUpdateThatKeepsItsElement(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		v := w.open(w.connect())
		check(t, w.SetState(w.ana.ID, v.ID, "why", "why", map[string]any{"value": "on call"}))
		res := must2(w.api.UpdateViewContext(t.Context(), modalOf(t, form), "", "", v.ID))(t)
		if got := res.View.State.Values["why"]["why"].Value; got != "on call" {
			t.Errorf("got %q, want the typed text", got)
		}
		renamed := modalOf(t, strings.ReplaceAll(form, `"block_id":"why"`, `"block_id":"why2"`))
		res = must2(w.api.UpdateViewContext(t.Context(), renamed, "", "", v.ID))(t)
		if got := res.View.State.Values["why2"]["why"].Value; got != "" {
			t.Errorf("got %q in a new block, want nothing", got)
		}
	})
}

func TestAHomeIsPublishedForOnePerson(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		publish := func(user, hash string) (*slack.ViewResponse, error) {
			home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: blocksOf(t, card)}
			req := slack.PublishViewContextRequest{UserID: user, View: home}
			if hash != "" {
				req.Hash = &hash
			}
			return w.api.PublishViewContext(t.Context(), req)
		}
		first := must2(publish(w.ana.ID, ""))(t)
		second := must2(publish(w.ana.ID, first.Hash))(t)
		if first.View.ID != second.View.ID {
			t.Errorf("got view %s then %s, want the same", first.View.ID, second.View.ID)
		}
		_, err := publish(w.ana.ID, first.View.Hash)
		wantCode(t, err, "hash_conflict")
		_, err = publish("U404", "")
		wantCode(t, err, "user_not_found")
		if _, has := w.Home(w.bob.ID); has {
			t.Error("bob has ana's home")
		}
		a := w.connect()
		check(t, w.Click(t.Context(), w.ana.ID, Place{Home: true}, Action{ActionID: "approve"}))
		if ic := a.interaction(t); ic.View.Type != slack.VTHomeTab || ic.Container.Type != "view" {
			t.Errorf("got %+v", ic)
		}
	})
}
