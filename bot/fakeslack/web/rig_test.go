package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/bot/fakeslack"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// rig is the page over a real emulator, with a small app behind it that asks
// for access in a modal, posts a card and takes its button.
type rig struct {
	t     *testing.T
	slack *fakeslack.Server
	room  string
	url   string
	api   string // of the emulator
	clock *handClock

	mu    sync.Mutex
	group []string // what the panel shows
	told  []string // what the app was told, one line each
	news  chan struct{}
}

type handClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *handClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

const (
	nora = "U0NORA"
	bob  = "U0BOB"
)

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, news: make(chan struct{}), clock: &handClock{at: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)}}
	r.slack = fakeslack.New(fakeslack.Options{Now: r.clock.Now})
	r.slack.AddUser(fakeslack.User{ID: nora, Name: "nora", RealName: "Nora Lindqvist", Title: "Engineer", TZ: "Europe/Berlin"})
	r.slack.AddUser(fakeslack.User{ID: bob, Name: "bob", RealName: "Bob Okafor", Title: "Owns GitHub", TZ: "Europe/London"})
	r.room = r.slack.AddChannel(fakeslack.Channel{Name: "access-requests", Topic: "Requests", Members: []string{nora, bob, "U0BOT"}}).ID
	r.slack.AddChannel(fakeslack.Channel{Name: "lounge", Members: []string{bob}})
	r.startApp(t)

	page := httptest.NewUnstartedServer(New(Options{
		Slack: r.slack, Title: "Acme", Clock: r.clock,
		Personas:  []Persona{{UserID: nora, Role: "Employee"}, {UserID: bob, Role: "Owner"}},
		Panels:    []Panel{{ID: "google", Title: "Google Workspace", Render: r.panel, Changed: r.slack.Changed}},
		Tour:      []Step{{nora, "Type `/access`"}, {"Bob Okafor", "Press *Approve*"}},
		Commands:  []Command{{"/access", "[mine]", "Ask for access"}},
		Shortcuts: []Shortcut{{"request", "Request access", false}, {"vendor", "Start vendor request", true}},
	}))
	ctx, cancel := context.WithCancel(context.Background())
	page.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	page.Start()
	t.Cleanup(func() { cancel(); page.Close() })
	r.url = page.URL
	return r
}

func (r *rig) panel(context.Context) (template.HTML, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return template.HTML("<ul><li>" + strings.Join(append([]string{"bob@acme.example"}, r.group...), "</li><li>") + "</li></ul>"), nil
}

// startApp connects the app through the real client and waits until it is in.
func (r *rig) startApp(t *testing.T) {
	api := httptest.NewServer(r.slack)
	r.api = api.URL
	client := slack.New("xoxb-fake", slack.OptionAppLevelToken("xapp-1-fake"), slack.OptionAPIURL(api.URL+"/api/"),
		slack.OptionLog(log.New(io.Discard, "", 0)))
	socket := socketmode.New(client, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = socket.RunContext(ctx) }()
	connected := make(chan struct{})
	go func() {
		for {
			select {
			case e := <-socket.Events:
				if e.Type == socketmode.EventTypeHello {
					close(connected)
				}
				if e.Request != nil {
					r.answer(client, socket, e)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); r.slack.Close(); <-done; api.Close() })
	select {
	case <-connected:
	case <-time.After(5 * time.Second):
		t.Fatal("the app did not connect")
	}
}

func (r *rig) answer(client *slack.Client, socket *socketmode.Client, e socketmode.Event) {
	switch data := e.Data.(type) {
	case slack.SlashCommand:
		r.tell(data.Command + " " + data.Text)
		if data.Text == "help" {
			socket.Ack(*e.Request, map[string]any{"text": "Try `/access`."})
			return
		}
		modal := accessModal
		if data.Command == "/offboard" {
			modal = leaverModal
		}
		_, err := client.OpenView(data.TriggerID, decodeInto[slack.ModalViewRequest](modal))
		r.note(err)
		socket.Ack(*e.Request)
	case slack.InteractionCallback:
		r.interact(client, socket, e, data)
	default:
		if e.Type == socketmode.EventTypeEventsAPI {
			_, err := client.PublishView(nora, decodeInto[slack.HomeTabViewRequest](homeView), "")
			r.note(err)
		}
		socket.Ack(*e.Request)
	}
}

func (r *rig) interact(client *slack.Client, socket *socketmode.Client, e socketmode.Event, cb slack.InteractionCallback) {
	switch cb.Type {
	case slack.InteractionTypeBlockSuggestion:
		socket.Ack(*e.Request, map[string]any{"options": []any{map[string]any{
			"text": map[string]any{"type": "plain_text", "text": "GitHub"}, "value": "github"}}})
	case slack.InteractionTypeViewSubmission:
		in := cb.View.State.Values
		if cb.View.CallbackID == "leaver" {
			socket.Ack(*e.Request)
			r.tell(fmt.Sprintf("leaves %q %d %q %d", in["last"]["last"].SelectedDate, in["when"]["when"].SelectedDateTime, in["end"]["end"].SelectedDate, in["then"]["then"].SelectedDateTime))
			return
		}
		if in["why"]["why"].Value == "just because I want it" {
			socket.Ack(*e.Request, map[string]any{"response_action": "errors", "errors": map[string]string{"why": "Say what for."}})
			return
		}
		socket.Ack(*e.Request)
		r.tell("submitted " + in["app"]["app"].SelectedOption.Value + " " + in["level"]["level"].SelectedOption.Value)
		r.post(client, cb.User.ID)
	case slack.InteractionTypeBlockActions:
		socket.Ack(*e.Request)
		a := cb.ActionCallback.BlockActions[0]
		r.tell(a.ActionID + " " + a.Value + a.SelectedOption.Value)
		if a.ActionID == "approve" {
			r.mu.Lock()
			r.group = append(r.group, "nora@acme.example")
			r.mu.Unlock()
			_, _, _, err := client.UpdateMessage(cb.Channel.ID, cb.Message.Timestamp, slack.MsgOptionText("*Granted*", false))
			r.note(err)
		}
	default:
		r.tell(string(cb.Type) + " " + cb.CallbackID + " " + cb.Message.Text)
		socket.Ack(*e.Request)
	}
}

func (r *rig) post(client *slack.Client, requester string) {
	for _, to := range []string{r.room, bob} {
		_, _, err := client.PostMessage(to, slack.MsgOptionText("AR-000001", false),
			slack.MsgOptionBlocks(decodeInto[slack.Blocks](cardBlocks).BlockSet...))
		r.note(err)
	}
	_, err := client.PostEphemeral(r.room, requester, slack.MsgOptionText("Sent to <@"+bob+">.", false))
	r.note(err)
}

func (r *rig) note(err error) {
	if err != nil {
		r.tell("error: " + err.Error())
	}
}

func (r *rig) tell(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, line)
	close(r.news)
	r.news = make(chan struct{})
}

// waitTold waits until the app was told line.
func (r *rig) waitTold(line string) {
	r.t.Helper()
	timeout := time.After(5 * time.Second)
	for {
		r.mu.Lock()
		all, news := strings.Join(r.told, "\n"), r.news
		r.mu.Unlock()
		if strings.Contains(all, line) {
			return
		}
		select {
		case <-news:
		case <-timeout:
			r.t.Fatalf("the app was told:\n%s\nand not: %s", all, line)
		}
	}
}

func decodeInto[T any](src string) T {
	var v T
	if err := json.Unmarshal([]byte(src), &v); err != nil {
		panic(err)
	}
	return v
}

const accessModal = `{"type":"modal","title":{"type":"plain_text","text":"Request access"},"submit":{"type":"plain_text","text":"Request"},"blocks":[
{"type":"input","block_id":"app","label":{"type":"plain_text","text":"App"},"element":{"type":"external_select","action_id":"app","min_query_length":0}},
{"type":"input","block_id":"level","label":{"type":"plain_text","text":"Level"},"element":{"type":"static_select","action_id":"level","options":[{"text":{"type":"plain_text","text":"Member"},"value":"member"},{"text":{"type":"plain_text","text":"Owner"},"value":"admin"}],"initial_option":{"text":{"type":"plain_text","text":"Member"},"value":"member"}}},
{"type":"input","block_id":"why","label":{"type":"plain_text","text":"Business justification"},"element":{"type":"plain_text_input","action_id":"why","multiline":true,"min_length":20}}]}`

const cardBlocks = `[{"type":"section","text":{"type":"mrkdwn","text":"*AR-000001* <script>alert(1)</script>"}},
{"type":"actions","block_id":"decide","elements":[{"type":"button","style":"primary","action_id":"approve","value":"AR-000001","text":{"type":"plain_text","text":"Approve"}},
{"type":"button","style":"danger","action_id":"deny","value":"AR-000001","text":{"type":"plain_text","text":"Deny"},"confirm":{"title":{"type":"plain_text","text":"Deny?"},"text":{"type":"plain_text","text":"Nora is told."},"confirm":{"type":"plain_text","text":"Deny"},"deny":{"type":"plain_text","text":"Not now"}}}]}]`

const homeView = `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Your access"}}]}`

func (r *rig) get(path string) (int, string) {
	r.t.Helper()
	res, err := http.Get(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// act posts a deed and returns the status and the answer.
func (r *rig) act(name string, deed map[string]any) (int, map[string]any) {
	r.t.Helper()
	data, _ := json.Marshal(deed)
	res, err := http.Post(r.url+"/act/"+name, "application/json", strings.NewReader(string(data)))
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, out
}
