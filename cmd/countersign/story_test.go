package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"countersign/bot/fakeslack"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/store"
)

// story is the demo, run as it is, with the test acting as its people through
// the emulated Slack: the real Slack and Google clients lie in between.
type story struct {
	*demo
	t     *testing.T
	ctx   context.Context
	early string // a copy of the database from before anything was asked, if one was kept
}

// patience is how long a step may take before the test gives up. Nothing waits
// for it: each wait ends when the emulators show what is waited for.
const patience = time.Minute

func tellStory(t *testing.T) *story {
	t.Helper()
	return tellStoryIn(t, filepath.Join(t.TempDir(), "story.db"))
}

func tellStoryIn(t *testing.T, db string) *story {
	t.Helper()
	s, stop := beginStory(t, db, "")
	t.Cleanup(stop)
	return s
}

// beginStory starts a story that the test ends itself. With an address it is kept
// in that database of PostgreSQL.
func beginStory(t *testing.T, db, server string) (_ *story, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d, err := startDemo(ctx, db, server, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.app.run(ctx) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the product stopped with %v", err)
		}
		d.stop()
	}
	s := &story{demo: d, t: t, ctx: ctx}
	select {
	case <-d.app.bot.Connected():
	case <-time.After(patience):
		stop()
		t.Fatal("the bot did not connect")
	}
	return s, stop
}

// until waits until both emulators show something, looking again at each change.
func (s *story) until(what string, ok func() bool) {
	s.t.Helper()
	late := time.After(patience)
	look := time.NewTicker(20 * time.Millisecond) // for what neither emulator sees
	defer look.Stop()
	for {
		slack, google := s.slack.Changed(), s.google.Changed()
		if ok() {
			return
		}
		select {
		case <-slack:
		case <-google:
		case <-look.C:
		case <-late:
			s.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// find returns the newest message that somebody sees with all of the texts in
// it.
func (s *story) find(user string, texts ...string) (found fakeslack.Message, ok bool) {
	for _, c := range s.slack.Channels(user) {
		for _, m := range s.slack.Messages(user, c.ID) {
			all := m.Text + string(m.Blocks)
			if !slices.ContainsFunc(texts, func(t string) bool { return !strings.Contains(all, t) }) && m.TS >= found.TS {
				found, ok = m, true
			}
		}
	}
	return found, ok
}

// sees waits until somebody sees a message with all of the texts in it.
func (s *story) sees(user string, texts ...string) fakeslack.Message {
	s.t.Helper()
	var m fakeslack.Message
	s.until(fmt.Sprintf("%s to see %q", user, texts), func() (ok bool) {
		m, ok = s.find(user, texts...)
		return ok
	})
	return m
}

// view returns the modal on top of somebody's screen.
func (s *story) view(user string) fakeslack.View {
	s.t.Helper()
	var top fakeslack.View
	s.until("a modal before "+user, func() bool {
		v := s.slack.Views(user)
		if len(v) > 0 {
			top = v[len(v)-1]
		}
		return len(v) > 0
	})
	return top
}

// element is an interactive element of a message or a view.
type element struct{ block, action, kind, text, value string }

// elements lists the interactive elements in blocks, wherever they lie.
func elements(t *testing.T, raw json.RawMessage) []element {
	t.Helper()
	if len(raw) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var out []element
	var walk func(v any, block string)
	walk = func(v any, block string) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, block)
			}
		case map[string]any:
			if id, ok := v["block_id"].(string); ok {
				block = id
			}
			if id, ok := v["action_id"].(string); ok {
				e := element{block: block, action: id, kind: fmt.Sprint(v["type"])}
				if text, ok := v["text"].(map[string]any); ok {
					e.text = fmt.Sprint(text["text"])
				}
				if value, ok := v["value"].(string); ok {
					e.value = value
				}
				out = append(out, e)
			}
			for _, e := range v {
				walk(e, block)
			}
		}
	}
	walk(v, "")
	return out
}

// presses presses a button on a message, by its label.
func (s *story) presses(user string, m fakeslack.Message, label string) {
	s.t.Helper()
	for _, e := range elements(s.t, m.Blocks) {
		if e.text == label {
			err := s.slack.Click(s.ctx, user, fakeslack.Place{Channel: m.Channel, TS: m.TS}, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value})
			if err != nil {
				s.t.Fatalf("%s presses %s: %v", user, label, err)
			}
			return
		}
	}
	s.t.Fatalf("no button %q on %s", label, m.Blocks)
}

// field returns the input of a view whose block begins with an id.
func (s *story) field(v fakeslack.View, id string) element {
	s.t.Helper()
	for _, e := range elements(s.t, v.Raw) {
		if e.block == id || strings.HasPrefix(e.block, id) {
			return e
		}
	}
	s.t.Fatalf("no field %q in %s", id, v.Raw)
	return element{}
}

// asks fills in the access form and sends it. What is left empty keeps what the
// form proposes.
func (s *story) asks(user, app, level, duration, reason, subject string) fakeslack.View {
	s.t.Helper()
	if err := s.slack.Command(s.ctx, user, s.general(user), "/access", ""); err != nil {
		s.t.Fatalf("%s types /access: %v", user, err)
	}
	v := s.view(user)
	f := s.field(v, "app")
	options, err := s.slack.Suggest(s.ctx, user, fakeslack.Place{ViewID: v.ID}, f.block, f.action, app)
	if err != nil || len(options) == 0 {
		s.t.Fatalf("nothing is offered for %q: %v %v", app, options, err)
	}
	if err := s.slack.Click(s.ctx, user, fakeslack.Place{ViewID: v.ID}, fakeslack.Action{BlockID: f.block, ActionID: f.action, Selected: options[0].Value}); err != nil {
		s.t.Fatalf("%s chooses %s: %v", user, app, err)
	}
	s.until("the form to show levels", func() bool { v = s.view(user); return strings.Contains(string(v.Raw), "Duration") })
	values := make(map[string]map[string]any)
	set := func(id string, value map[string]any) {
		f := s.field(v, id)
		values[f.block] = map[string]any{f.action: value}
	}
	option := func(v string) map[string]any { return map[string]any{"selected_option": map[string]any{"value": v}} }
	if level != "" {
		f := s.field(v, "level")
		if err := s.slack.Click(s.ctx, user, fakeslack.Place{ViewID: v.ID}, fakeslack.Action{BlockID: f.block, ActionID: f.action, Selected: level}); err != nil {
			s.t.Fatalf("%s chooses level %s: %v", user, level, err)
		}
		hash := v.Hash
		s.until("the form to be drawn again", func() bool { v = s.view(user); return v.Hash != hash })
		set("level", option(level))
	}
	if duration != "" {
		set("duration", option(duration))
	}
	if subject != "" {
		set("for", map[string]any{"type": "users_select", "selected_user": subject})
	}
	set("justification", map[string]any{"type": "plain_text_input", "value": reason})
	if err := s.slack.Submit(s.ctx, user, v.ID, values); err != nil {
		s.t.Fatalf("%s sends the form: %v", user, err)
	}
	if left := s.slack.Views(user); len(left) > 0 {
		return left[len(left)-1]
	}
	return fakeslack.View{}
}

func (s *story) general(user string) string { return s.channel(user, "general") }

// channel returns the id of a channel that somebody is in.
func (s *story) channel(user, name string) string {
	for _, c := range s.slack.Channels(user) {
		if c.Name == name {
			return c.ID
		}
	}
	s.t.Fatalf("%s is not in #%s", user, name)
	return ""
}

// member says whether somebody is in a group of the emulated Google.
func (s *story) member(group, handle string) bool {
	members, err := s.google.Members(group)
	if err != nil {
		s.t.Fatal(err)
	}
	return slices.ContainsFunc(members, func(m fakegoogle.Member) bool { return strings.HasPrefix(m.Email, handle+"@") })
}

// trail returns the types of the events about a record, in order, and verifies
// the ledger.
func (s *story) trail(record string) []string {
	s.t.Helper()
	r, err := store.OpenReader(s.ctx, s.url())
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close()
	report, err := r.Verify(s.ctx, store.Expectation{Key: s.app.key.VerifierKey()})
	if err != nil || report.Wrong != "" {
		s.t.Fatalf("the ledger does not verify: %v %s", err, report.Wrong)
	}
	var types []string
	err = r.Events(s.ctx, store.Filter{}, func(x store.Entry) error {
		if l := shown(x); l.WorkflowID == record {
			types = append(types, l.Type)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return types
}

// whispers waits for an answer that only this person sees.
func (s *story) whispers(user string, texts ...string) {
	s.t.Helper()
	s.until(fmt.Sprintf("%s to be told %q", user, texts), func() bool {
		for _, c := range s.slack.Channels(user) {
			for _, m := range s.slack.Messages(user, c.ID) {
				if m.Ephemeral && !slices.ContainsFunc(texts, func(t string) bool { return !strings.Contains(m.Text+string(m.Blocks), t) }) {
					return true
				}
			}
		}
		return false
	})
}

// fills sends the modal on somebody's screen with texts by field.
func (s *story) fills(user string, texts map[string]string) {
	s.t.Helper()
	v := s.view(user)
	values := make(map[string]map[string]any)
	for id, text := range texts {
		f := s.field(v, id)
		value := map[string]any{"type": f.kind, "value": text}
		switch f.kind {
		case "static_select":
			value = map[string]any{"type": f.kind, "selected_option": map[string]any{"value": text}}
		case "users_select":
			value = map[string]any{"type": f.kind, "selected_user": text}
		case "datepicker":
			value = map[string]any{"type": f.kind, "selected_date": text}
		}
		values[f.block] = map[string]any{f.action: value}
	}
	if err := s.slack.Submit(s.ctx, user, v.ID, values); err != nil {
		s.t.Fatalf("%s sends the form: %v", user, err)
	}
}

// logCard waits for the card of a request in the requests channel.
func (s *story) logCard(user, record string) fakeslack.Message {
	s.t.Helper()
	var card fakeslack.Message
	s.until("the card of "+record+" in its channel", func() bool {
		for _, c := range s.slack.Channels(user) {
			if c.Name != "access-requests" {
				continue
			}
			for _, m := range s.slack.Messages(user, c.ID) {
				if !m.Ephemeral && strings.Contains(string(m.Blocks), record) {
					card = m
					return true
				}
			}
		}
		return false
	})
	return card
}

// keptPosts checks that copies of what each of so many cards said are kept.
func (s *story) keptPosts(cards int, said ...string) {
	s.t.Helper()
	driver, name := "sqlite", "file:"+s.db+"?_query_only=on"
	if s.server != "" {
		driver, name = "pgx", s.server
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	for _, text := range said {
		s.until(fmt.Sprintf("%d kept posts that say %q", cards, text), func() bool {
			var n int
			if err := db.QueryRow(`SELECT count(DISTINCT card_id) FROM posts WHERE layout LIKE '%' || $1 || '%'`, text).Scan(&n); err != nil {
				s.t.Fatal(err)
			}
			return n == cards
		})
	}
}
