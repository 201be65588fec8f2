package bot

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// service is a product that does what a test tells it.
type service struct {
	form       func(name, asker string, values map[string]string) (workflows.Form, error)
	choices    func(name, field, query string) []workflows.Choice
	submit     func(workflows.Submission) (workflows.Outcome, error)
	act        func(workflows.Press) (workflows.Outcome, error)
	open       func(name string, by workflows.Clicker, text string) (workflows.Form, *workflows.Refusal, error)
	reveal     func(workflows.Press) (workflows.Revealed, error)
	actionForm func(verb workflows.Verb, record string, version int) (workflows.Form, error)
	redrawn    func(verb workflows.Verb, record string, version int, values map[string]string) (workflows.Form, error)
	home       func(workflows.Clicker) (workflows.Home, error)
	look       func(workflows.Clicker, string) (workflows.CardView, *workflows.Refusal, error)
	lookPerson func(workflows.Clicker, string) (workflows.CardView, *workflows.Refusal, error)
	changed    func(workflows.Member) error
	noticed    func(workflows.VendorPost) error
	fromPost   func(workflows.VendorPost) (workflows.Form, *workflows.Refusal, error)
	list       func(workflows.Clicker, workflows.Query) (workflows.Listing, *workflows.Refusal, error)
}

func (s *service) LookPerson(_ context.Context, by workflows.Clicker, text string) (workflows.CardView, *workflows.Refusal, error) {
	return s.lookPerson(by, text)
}

func (s *service) Form(name, asker string, values map[string]string) (workflows.Form, error) {
	return s.form(name, asker, values)
}
func (s *service) Choices(name, field, query string) []workflows.Choice {
	return s.choices(name, field, query)
}
func (s *service) Submit(_ context.Context, sub workflows.Submission) (workflows.Outcome, error) {
	return s.submit(sub)
}
func (s *service) Act(_ context.Context, p workflows.Press) (workflows.Outcome, error) {
	return s.act(p)
}
func (s *service) Open(_ context.Context, name string, by workflows.Clicker, text string) (workflows.Form, *workflows.Refusal, error) {
	return s.open(name, by, text)
}
func (s *service) Reveal(_ context.Context, p workflows.Press) (workflows.Revealed, error) {
	return s.reveal(p)
}
func (s *service) ActionForm(_ context.Context, v workflows.Verb, r string, n int, values map[string]string) (workflows.Form, error) {
	if values != nil {
		return s.redrawn(v, r, n, values)
	}
	return s.actionForm(v, r, n)
}
func (s *service) Home(_ context.Context, by workflows.Clicker) (workflows.Home, error) {
	return s.home(by)
}
func (s *service) Look(_ context.Context, by workflows.Clicker, r string) (workflows.CardView, *workflows.Refusal, error) {
	return s.look(by, r)
}
func (s *service) VendorNoticed(_ context.Context, p workflows.VendorPost) error { return s.noticed(p) }
func (s *service) OpenFromPost(_ context.Context, p workflows.VendorPost) (workflows.Form, *workflows.Refusal, error) {
	return s.fromPost(p)
}
func (s *service) VendorList(_ context.Context, by workflows.Clicker, q workflows.Query) (workflows.Listing, *workflows.Refusal, error) {
	return s.list(by, q)
}
func (s *service) MemberChanged(_ context.Context, m workflows.Member) error { return s.changed(m) }

// quick is impatient enough for tests.
var quick = timing{
	gap: 20 * time.Millisecond, first: 10 * time.Millisecond, most: 100 * time.Millisecond, crowded: 60 * time.Millisecond,
	lived: time.Hour, hello: 5 * time.Second, ping: 50 * time.Millisecond, dead: 5 * time.Second,
	linger: 10 * time.Millisecond, drain: 5 * time.Second, farewell: time.Second,
	again: time.Millisecond,
}

// world is a workspace with the bot in it, two people and a channel.
type world struct {
	*fakeslack.Server
	t        *testing.T
	url      string
	bot      *Bot
	service  *service
	log      journal
	ana, bob fakeslack.User
	requests fakeslack.Channel
}

// newWorld has a bot that was neither opened nor started.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, service: &service{}, Server: fakeslack.New(fakeslack.Options{})}
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	t.Cleanup(w.DropConnections)
	w.url = server.URL + "/api/"
	w.ana = w.AddUser(fakeslack.User{Name: "ana", RealName: "Ana Lopez", Email: "Ana@acme.example"})
	w.bob = w.AddUser(fakeslack.User{Name: "bob", RealName: "Bob Ott", Email: "bob@acme.example"})
	w.requests = w.AddChannel(fakeslack.Channel{Name: "access-requests", Members: []string{w.ana.ID, w.bob.ID}})
	w.bot = w.newBot(Config{Channels: map[string]string{workflows.ChannelRequests: "#access-requests"}})
	return w
}

func (w *world) newBot(c Config) *Bot {
	w.t.Helper()
	c.AppToken, c.BotToken, c.APIURL = "xapp-1-fake", "xoxb-fake", w.url
	b, err := New(c)
	if err != nil {
		w.t.Fatal(err)
	}
	b.timing = quick
	return b
}

// running has a bot that listens until the test ends.
func running(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	if err := w.bot.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop := run(t, w.bot, w.service)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	<-w.bot.Connected()
	return w
}

// run starts a bot and returns what stops it and waits for it.
func run(t *testing.T, b *Bot, s Service) func() error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx, s) }()
	return sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(10 * time.Second):
			t.Error("Run did not return after its context ended")
			return nil
		}
	})
}

// until waits for something a person can see.
func (w *world) until(what string, is func() bool) {
	w.t.Helper()
	limit := time.After(5 * time.Second)
	for {
		next := w.Changed()
		if is() {
			return
		}
		select {
		case <-next:
		case <-limit:
			w.t.Fatalf("never happened: %s", what)
		}
	}
}

// modal waits for a person's top view to show a text.
func (w *world) modal(u fakeslack.User, text string) fakeslack.View {
	w.t.Helper()
	var v fakeslack.View
	w.until("a view with "+text, func() bool {
		views := w.Views(u.ID)
		if len(views) == 0 {
			return false
		}
		v = views[len(views)-1]
		return strings.Contains(string(v.Raw), text)
	})
	return v
}

// whispered waits for a message in the channel that only this person sees.
func (w *world) whispered(u fakeslack.User, text string) fakeslack.Message {
	w.t.Helper()
	var found fakeslack.Message
	w.until("an ephemeral message with "+text, func() bool {
		for _, m := range w.Messages(u.ID, w.requests.ID) {
			if m.Ephemeral && (strings.Contains(m.Text, text) || strings.Contains(string(m.Blocks), text)) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// home waits for a person's Home tab to show a text.
func (w *world) home(u fakeslack.User, text string) fakeslack.View {
	w.t.Helper()
	var v fakeslack.View
	w.until("a home tab with "+text, func() bool {
		got, ok := w.Home(u.ID)
		v = got
		return ok && strings.Contains(string(v.Raw), text)
	})
	return v
}

// element is an element of Block Kit with the block it lies in.
type element struct {
	block, action, value string
}

// find returns the first element whose action id begins with a prefix.
func find(t *testing.T, raw json.RawMessage, prefix string) element {
	t.Helper()
	var v struct{ Blocks json.RawMessage }
	if err := json.Unmarshal(raw, &v); err == nil && v.Blocks != nil {
		raw = v.Blocks
	}
	type part struct {
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
	}
	var blocks []struct {
		BlockID  string            `json:"block_id"`
		Element  part              `json:"element"`
		Elements []json.RawMessage `json:"elements"`
	}
	if err := json.Unmarshal(raw, &blocks); err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		parts := []part{b.Element}
		for _, e := range b.Elements {
			var p part
			_ = json.Unmarshal(e, &p)
			parts = append(parts, p)
		}
		for _, p := range parts {
			if p.ActionID != "" && strings.HasPrefix(p.ActionID, prefix) {
				return element{b.BlockID, p.ActionID, p.Value}
			}
		}
	}
	t.Fatalf("no element %s in %s", prefix, raw)
	return element{}
}

func typed(text string) map[string]any {
	return map[string]any{"type": "plain_text_input", "value": text}
}

// CallCount says how often the bot called a method.
func (w *world) CallCount(method string) int {
	n := 0
	for _, c := range w.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

// drawn is a view that is ready.
func drawn(v workflows.CardView) func() (workflows.CardView, error) {
	return func() (workflows.CardView, error) { return v, nil }
}
