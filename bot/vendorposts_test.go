package bot

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// vendorWorld is a workspace with a vendors channel and another that the bot is
// in, and one that it is not in.
type vendorWorld struct {
	*world
	vendors, lounge fakeslack.Channel
	stop            func() error

	mu    sync.Mutex
	posts []workflows.VendorPost
}

// withVendors has a bot that listens until it is stopped.
func withVendors(t *testing.T) *vendorWorld {
	t.Helper()
	w := &vendorWorld{world: newWorld(t)}
	w.vendors = w.AddChannel(fakeslack.Channel{Name: "vendor_requests", Members: []string{w.ana.ID, w.bob.ID}})
	w.lounge = w.AddChannel(fakeslack.Channel{Name: "lounge", Members: []string{w.ana.ID, w.bob.ID}})
	w.bot = w.newBot(Config{
		Log:   w.log.logger(),
		Clock: func() time.Time { return noon }, Print: func(workflows.Listing) ([]byte, error) { return []byte("%PDF-1.7"), nil },
		Channels: map[string]string{workflows.ChannelRequests: "#access-requests", workflows.ChannelVendors: "#vendor_requests"},
	})
	w.service.noticed = func(p workflows.VendorPost) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.posts = append(w.posts, p)
		return nil
	}
	if err := w.bot.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.stop = run(t, w.bot, w.service)
	t.Cleanup(func() { _ = w.stop() })
	<-w.bot.Connected()
	return w
}

func (w *vendorWorld) say(u fakeslack.User, channel, thread, text string) string {
	w.t.Helper()
	ts, err := w.Say(w.t.Context(), u.ID, channel, thread, text)
	if err != nil {
		w.t.Fatal(err)
	}
	return ts
}

func (w *vendorWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// settled stops the bot when it has got everything that was sent to it, and
// returns what the product was told of messages.
func (w *vendorWorld) settled() []workflows.VendorPost {
	w.t.Helper()
	w.must(w.Command(w.t.Context(), w.ana.ID, w.requests.ID, "/access", "help"))
	w.must(w.stop())
	var c eventCallback
	acked := make(map[string]bool)
	for _, e := range w.Envelopes() {
		if e.Acked && json.Unmarshal(e.Payload, &c) == nil {
			acked[c.EventID] = true
		}
	}
	for _, e := range w.Envelopes() {
		c = eventCallback{}
		// Of an event that comes twice at once, one envelope is enough.
		if err := json.Unmarshal(e.Payload, &c); err != nil || !e.Acked && e.RetryAttempt == 0 && (c.EventID == "" || !acked[c.EventID]) {
			w.t.Errorf("an envelope was not acknowledged: %s (%v)", e.Payload, err)
		}
	}
	return w.posts
}

func TestAMessageInTheVendorsChannelIsPassedOnOnce(t *testing.T) {
	w := withVendors(t)
	w.FailEnvelope(fakeslack.EnvelopeFault{Type: "events_api", Reissue: true, Repeat: true})
	ts := w.say(w.ana, w.vendors.ID, "", "@bob can we *use* <https://figma.com/pricing?a=1&amp;b=2|Figma> & miro.com?")
	posts := w.settled()
	if len(posts) != 1 {
		t.Fatalf("the product was told %d times, want once", len(posts))
	}
	p := posts[0]
	if p.Text != "can we use Figma & miro.com?" || !slices.Equal(p.Links, []string{"https://figma.com/pricing?a=1&b=2", "http://miro.com"}) {
		t.Errorf("read as %q, %q", p.Text, p.Links)
	}
	if p.By.ChatID != w.ana.ID || p.By.Team != w.bot.Team() || p.Channel != w.vendors.ID || p.ID != ts || time.Since(p.At).Abs() > time.Minute {
		t.Errorf("passed on as %+v", p)
	}
}

func TestChangesBotsThreadsAndOtherChannelsAreLeftAlone(t *testing.T) {
	w := withVendors(t)
	ts := w.say(w.ana, w.vendors.ID, "", "we need Figma")
	w.say(w.bob, w.vendors.ID, ts, "we need Miro too")
	w.must(w.Edit(t.Context(), w.ana.ID, w.vendors.ID, ts, "we need Sketch"))
	w.must(w.Delete(t.Context(), w.ana.ID, w.vendors.ID, ts))
	w.say(w.ana, w.requests.ID, "", "we need Linear")
	w.say(w.ana, w.lounge.ID, "", "we need Asana")
	if _, _, err := w.bot.api.PostMessageContext(t.Context(), w.vendors.ID, slack.MsgOptionText("we need Zoom", false)); err != nil {
		t.Fatal(err)
	}
	if posts := w.settled(); len(posts) != 1 || posts[0].Text != "we need Figma" {
		t.Errorf("the product was told %+v, want the first message alone", posts)
	}
}

func TestOnlyAPersonsOwnFreshMessageCounts(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"user":"U1","ts":"1.1"}`:                                         true,
		`{"user":"U1","ts":"1.1","thread_ts":"1.1"}`:                       true,
		`{"user":"U1","ts":"1.1","subtype":"file_share"}`:                  true,
		`{"user":"U1","ts":"1.1","edited":null}`:                           true,
		`{"user":"U1","ts":"1.1","thread_ts":"1.0"}`:                       false,
		`{"user":"U1","ts":"1.1","subtype":"file_share","bot_id":"B1"}`:    false,
		`{"user":"U1","ts":"1.1","app_id":"A1"}`:                           false,
		`{"user":"U1","ts":"1.1","edited":{"user":"U1"}}`:                  false,
		`{"user":"U1","ts":"1.1","hidden":true}`:                           false,
		`{"user":"U1","ts":"1.1","subtype":"channel_join"}`:                false,
		`{"user":"U1","ts":"1.1","subtype":"thread_broadcast"}`:            false,
		`{"ts":"1.1","subtype":"message_changed","message":{"user":"U1"}}`: false,
	} {
		var m messageEvent
		if err := json.Unmarshal([]byte(raw), &m); err != nil || m.fresh() != want {
			t.Errorf("%s counts: %t (%v), want %t", raw, m.fresh(), err, want)
		}
	}
}

func TestAMessageThatCouldNotBeKeptComesAgain(t *testing.T) {
	w := withVendors(t)
	tries := make(chan string, 4)
	fail := errors.New("disk full")
	w.service.noticed = func(p workflows.VendorPost) error {
		tries <- p.Text
		err := fail
		fail = nil
		return err
	}
	w.FailEnvelope(fakeslack.EnvelopeFault{Type: "events_api", Reissue: true, Again: 50 * time.Millisecond})
	w.say(w.ana, w.vendors.ID, "", "we need Figma")
	for range 2 {
		next(t, "a try", tries)
	}
}

// vendorForm is the form for a vendor that a message names.
func vendorForm(record string) workflows.Form {
	return workflows.Form{
		Kind: workflows.VendorFlow, Record: record, Title: "Vendor details", Submit: "Send",
		Fields: []workflows.Field{
			{ID: "name", Label: "Vendor", Kind: workflows.FieldText, Value: "Figma", Max: 100},
			{ID: "data", Label: "Types of data", Kind: workflows.FieldTicks, Value: "health,payment", Optional: true, Choices: []workflows.Choice{
				{Value: "payment", Label: "Payment data"}, {Value: "health", Label: "Health data", Hint: "Of anybody"}, {Value: "secrets", Label: "Secrets"},
			}},
		},
	}
}

func TestTheShortcutOfAMessageOpensTheFormWhereverItIs(t *testing.T) {
	w := withVendors(t)
	got := make(chan workflows.VendorPost, 1)
	w.service.fromPost = func(p workflows.VendorPost) (workflows.Form, *workflows.Refusal, error) {
		got <- p
		return vendorForm("VN-0007"), nil, nil
	}
	sent := submitted(w.world, workflows.Outcome{Kind: workflows.OutcomeDone})
	ts := w.say(w.bob, w.lounge.ID, "", "figma.com looks <good>")
	w.must(w.MessageShortcut(t.Context(), w.ana.ID, w.lounge.ID, ts, "start_vendor_request"))
	p := next(t, "the message", got)
	if p.By.ChatID != w.ana.ID || p.Channel != w.lounge.ID || p.ID != ts || p.Text != "figma.com looks <good>" || !slices.Equal(p.Links, []string{"http://figma.com"}) {
		t.Errorf("opened from %+v", p)
	}
	v := w.modal(w.ana, "Vendor details")
	w.must(w.Submit(t.Context(), w.ana.ID, v.ID, nil))
	if s := next(t, "the submission", sent); s.Record != "VN-0007" || s.Kind != workflows.VendorFlow || s.Values["name"] != "Figma" {
		t.Errorf("submitted %+v", s)
	}
}

func TestTheShortcutOfAMessageIsRefusedInItsOwnChannel(t *testing.T) {
	w := withVendors(t)
	w.service.fromPost = func(workflows.VendorPost) (workflows.Form, *workflows.Refusal, error) {
		return workflows.Form{}, &workflows.Refusal{Message: "Figma is known already: VN-0003."}, nil
	}
	ts := w.say(w.bob, w.lounge.ID, "", "figma")
	w.must(w.MessageShortcut(t.Context(), w.ana.ID, w.lounge.ID, ts, "start_vendor_request"))
	w.until("the refusal", func() bool {
		return slices.ContainsFunc(w.Messages(w.ana.ID, w.lounge.ID), func(m fakeslack.Message) bool {
			return m.Ephemeral && strings.Contains(m.Text, "VN-0003")
		})
	})
	for _, m := range w.Messages(w.bob.ID, w.lounge.ID) {
		if m.IsBot {
			t.Errorf("others see %q", m.Text)
		}
	}
}
