package fakeslack

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// listener keeps the answers of the Web API as they came.
type listener struct {
	http.RoundTripper
	mu      sync.Mutex
	answers []answer
}

// answer is a Web API method, or a kind of payload, and its JSON.
type answer struct {
	kind string
	body object
}

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.RoundTripper.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, "/api/") {
		return res, err
	}
	data, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(data))
	a := answer{kind: path.Base(r.URL.Path)}
	if err == nil {
		err = decode(data, &a.body)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, a)
	return res, err
}

// aDay is what happens in a workspace: every method is called and people do all
// that they can. It returns the answers and the payloads that the app got.
func aDay(t *testing.T) (answers, payloads []answer) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		l := &listener{RoundTripper: w.http.Transport}
		w.http.Transport = l
		defer w.http.CloseIdleConnections()
		a := w.connect()
		readingDay(t, w)
		postingDay(t, w)
		modalDay(t, w, a)
		answers = l.answers
		for _, e := range w.Envelopes() {
			var body object
			check(t, decode(e.Payload, &body))
			payloads = append(payloads, answer{payloadKind(body), body})
		}
	})
	return answers, payloads
}

// call sends a form to a method that must take it.
func (w *world) call(method string, args ...string) {
	w.t.Helper()
	form := url.Values{"token": {"xoxb-fake"}}
	for i := 0; i < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	if _, _, body := w.raw(method, form); !strings.Contains(body, `"ok":true`) {
		w.t.Errorf("%s: got %s", method, body)
	}
}

func readingDay(t *testing.T, w *world) {
	open := w.AddChannel(Channel{Name: "open", Topic: "All", Members: []string{w.ana.ID}})
	w.call("auth.test")
	w.call("users.list", "limit", "2")
	w.call("users.info", "user", w.ana.ID)
	w.call("users.lookupByEmail", "email", w.ana.Email)
	w.call("conversations.join", "channel", open.ID)
	w.call("conversations.open", "users", w.ana.ID)
	w.call("conversations.list", "types", "public_channel,private_channel,im")
	w.call("conversations.info", "channel", open.ID)
	w.call("conversations.members", "channel", w.room.ID)
	w.AddUser(User{Name: "new", RealName: "New Person"})
	w.bob.Title = "Owner"
	w.UpdateUser(w.bob)
	_, err := w.client("xoxb-other").AuthTestContext(t.Context())
	wantCode(t, err, "invalid_auth")
}

func postingDay(t *testing.T, w *world) {
	ts := w.postCard()
	reply := must2(w.Say(t.Context(), w.ana.ID, w.room.ID, ts, "why?"))(t)
	w.call("chat.postEphemeral", "channel", w.room.ID, "user", w.ana.ID, "text", "only you")
	w.call("conversations.history", "channel", w.room.ID, "include_all_metadata", "true")
	w.call("conversations.replies", "channel", w.room.ID, "ts", ts, "include_all_metadata", "true")
	// After the replies, whose type alone does not know a username.
	w.call("chat.postMessage", "channel", w.room.ID, "thread_ts", ts, "text", "because", "username", "Robot")
	w.call("chat.getPermalink", "channel", w.room.ID, "message_ts", reply)
	check(t, w.Click(t.Context(), w.ana.ID, Place{Channel: w.room.ID, TS: ts}, Action{ActionID: "approve"}))
	check(t, w.MessageShortcut(t.Context(), w.ana.ID, w.room.ID, ts, "vendor"))
	said := must2(w.Say(t.Context(), w.ana.ID, w.room.ID, "", "figma.com?"))(t)
	check(t, w.Edit(t.Context(), w.ana.ID, w.room.ID, said, "miro.com?"))
	check(t, w.upload(w.room.ID, "register.pdf", "x"))
	check(t, w.Delete(t.Context(), w.ana.ID, w.room.ID, said))
	w.call("chat.update", "channel", w.room.ID, "ts", ts, "text", "approved")
	w.call("chat.delete", "channel", w.room.ID, "ts", ts)
	_, _, err := w.api.PostMessageContext(t.Context(), w.room.ID, slack.MsgOptionBlocks(slack.NewHeaderBlock(nil)))
	if err == nil {
		t.Error("a header without text was taken")
	}
}

// choices are one element of each kind that a person can choose from.
const choices = `[{"type":"actions","block_id":"a","elements":[
	{"type":"static_select","action_id":"one","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]},
	{"type":"checkboxes","action_id":"some","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]},
	{"type":"users_select","action_id":"who"},
	{"type":"channels_select","action_id":"where"},
	{"type":"datepicker","action_id":"when"},
	{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]}]}]`

func modalDay(t *testing.T, w *world, a *app) {
	w.call("views.publish", "user_id", w.ana.ID, "view", `{"type":"home","blocks":`+choices+`}`)
	check(t, w.OpenHome(t.Context(), w.ana.ID))
	for id, choice := range map[string]string{
		"one": "a", "some": "a", "who": w.ana.ID, "where": w.room.ID, "when": "2026-11-22", "more": "a",
	} {
		check(t, w.Click(t.Context(), w.ana.ID, Place{Home: true}, Action{ActionID: id, Selected: choice}))
	}
	view := w.open(a)
	w.call("views.update", "view_id", view.ID, "hash", view.Hash, "view", form)
	a.answerWith(object{"options": []any{object{"text": object{"type": "plain_text", "text": "GitHub"}, "value": "gh"}}})
	must2(w.Suggest(t.Context(), w.ana.ID, Place{ViewID: view.ID}, "app", "app", "git"))(t)
	a.answerWith(nil)
	check(t, w.Click(t.Context(), w.ana.ID, Place{ViewID: view.ID}, Action{ActionID: "app", Selected: "gh"}))
	check(t, w.Shortcut(t.Context(), w.ana.ID, "access"))
	trigger := a.interaction(t).TriggerID
	w.call("views.push", "trigger_id", trigger, "view", form)
	check(t, w.CloseView(t.Context(), w.ana.ID, w.Views(w.ana.ID)[1].ID))
	why := object{"type": "plain_text_input", "value": "on call"}
	check(t, w.Submit(t.Context(), w.ana.ID, view.ID, map[string]map[string]any{"why": {"why": why}}))
	time.Sleep(time.Minute) // of the bubble: the rates of the tiers
}

// payloadKind is the name of a payload's type in Slack's framework.
func payloadKind(body object) string {
	switch kind := str(body, "type"); kind {
	case "":
		return "SlashCommand"
	case "event_callback":
		event := sub(body, "event")
		words := strings.Split(str(event, "type"), "_")
		if subtype := str(event, "subtype"); subtype != "" {
			words = strings.Split(subtype, "_")
		} else if words[0] == "message" {
			words = []string{"generic", "message"}
		}
		return titled(words) + "Event"
	default:
		return map[string]string{
			"block_actions": "BlockAction", "block_suggestion": "BlockSuggestion", "view_submission": "ViewSubmitAction",
			"view_closed": "ViewClosedAction", "shortcut": "GlobalShortcut", "message_action": "MessageShortcut",
		}[kind]
	}
}

func titled(words []string) string {
	name := ""
	for _, word := range words {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}

// withoutNulls takes away the fields that are null in Slack's own examples and
// that its types, made of other examples, do not let be null.
func withoutNulls(v any, names ...string) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for name, item := range v {
			if item != nil || !slices.Contains(names, name) {
				out[name] = withoutNulls(item, names...)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, withoutNulls(item, names...))
		}
		return out
	}
	return v
}

func TestAnswersAndPayloadsAreOfSlacksTypes(t *testing.T) {
	answers, payloads := aDay(t)
	called := map[string]bool{}
	p := program{lines: []string{"import type * as api from '@slack/web-api';", "import type * as ours from './types';"}}
	for _, a := range answers {
		if a.body["ok"] == true {
			called[a.kind] = true
		}
		kind := "ours.Answer<api." + titled(strings.Split(a.kind, ".")) + "Response>"
		p.declare(kind, withoutNulls(a.body, "title", "close", "submit", "previous_view_id", "value", "selected_option", "selected_user"))
	}
	for name := range methods {
		if !called[name] {
			t.Errorf("%s was not called", name)
		}
	}
	for _, a := range payloads {
		p.declare("ours."+a.kind, withoutNulls(a.body, "enterprise", "context_enterprise_id"))
	}
	dir := npmInstall(t, webAPIPackage, boltPackage, typesPackage, tscPackage)
	said := typeCheck(t, dir, strings.Join(p.lines, "\n"))
	for _, text := range said {
		if !slices.ContainsFunc(p.wrong, func(line int) bool { return strings.HasPrefix(text, lineOf(line)) }) {
			t.Errorf("%s", text)
		}
	}
	for _, line := range p.wrong {
		if !slices.ContainsFunc(said, func(text string) bool { return strings.HasPrefix(text, lineOf(line)) }) {
			t.Errorf("the compiler takes a field that Slack does not have: %.80s", p.lines[line-1])
		}
	}
}

// program declares values of types, each once as it is and once with a field
// too many, which shows that the type is closed.
type program struct {
	lines []string
	wrong []int // numbers of lines that must not compile
}

func (p *program) declare(kind string, body any) {
	n := len(p.lines)
	p.lines = append(p.lines, fmt.Sprintf("const v%d: %s = %s;", n, kind, encode(body)))
	if kind == "ours.SlashCommand" {
		return // it is open in Slack's types
	}
	more := clone(body).(object)
	more["colour"] = "red"
	p.lines = append(p.lines, fmt.Sprintf("const w%d: %s = %s;", n, kind, encode(more)))
	p.wrong = append(p.wrong, len(p.lines))
}

// lineOf is how the compiler begins what it says of a line.
func lineOf(n int) string { return fmt.Sprintf("answers.ts(%d,", n) }
