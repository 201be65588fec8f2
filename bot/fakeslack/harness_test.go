package fakeslack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

// world is a workspace served over pipes inside a synctest bubble, with Slack's
// real Go client.
type world struct {
	*Server
	t     *testing.T
	api   *slack.Client
	http  *http.Client
	dials chan net.Conn
	done  chan struct{}
	// buffer is how much the app writes in one frame; 0 means 64 KB.
	buffer int

	ana, bob  User
	room, ops Channel // public with the bot, private without it
}

func (w *world) Accept() (net.Conn, error) {
	select {
	case c := <-w.dials:
		return c, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}
func (w *world) Close() error   { return nil }
func (w *world) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (w *world) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case w.dials <- there:
		return here, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

// inSlack runs body in a bubble with a workspace of two people.
func inSlack(t *testing.T, o Options, body func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{Server: New(o), t: t, dials: make(chan net.Conn), done: make(chan struct{})}
		w.http = &http.Client{Transport: &http.Transport{DialContext: w.dial}}
		w.api = w.client("xoxb-fake")
		server := &http.Server{Handler: w.Server}
		go server.Serve(w)
		t.Cleanup(func() {
			w.Server.Close()
			w.DropConnections()
			w.http.CloseIdleConnections()
			close(w.done)
			server.Close()
		})
		w.ana = w.AddUser(User{Name: "ana", RealName: "Ana Lopez", Email: "ana@acme.example"})
		w.bob = w.AddUser(User{Name: "bob", RealName: "Bob Ott", Email: "bob@acme.example"})
		w.room = w.AddChannel(Channel{Name: "access-requests", Members: []string{w.ana.ID, w.bob.ID, "U0BOT"}})
		w.ops = w.AddChannel(Channel{Name: "people-ops", Private: true, Members: []string{w.bob.ID}})
		body(t, w)
	})
}

func (w *world) client(token string) *slack.Client {
	return slack.New(token, slack.OptionAppLevelToken("xapp-1-fake"), slack.OptionHTTPClient(w.http),
		slack.OptionAPIURL("http://slack.test/api/"))
}

// frame is what arrives on a Socket Mode connection.
type frame struct {
	Type           string          `json:"type"`
	EnvelopeID     string          `json:"envelope_id"`
	Payload        json.RawMessage `json:"payload"`
	Accepts        bool            `json:"accepts_response_payload"`
	RetryAttempt   int             `json:"retry_attempt"`
	RetryReason    string          `json:"retry_reason"`
	Reason         string          `json:"reason"`
	NumConnections int             `json:"num_connections"`
	DebugInfo      struct {
		Time int `json:"approximate_connection_time"`
	} `json:"debug_info"`
}

// app is one Socket Mode connection that acknowledges what it is told to.
type app struct {
	conn *websocket.Conn

	mu     sync.Mutex
	frames []frame
	pings  int
	closed error
	answer func(frame) (payload any, ack bool)
}

// connect opens a connection that acknowledges everything with nothing.
func (w *world) connect() *app {
	w.t.Helper()
	_, link, err := w.api.StartSocketModeContext(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	conn, _, err := w.dialSocket(link)
	if err != nil {
		w.t.Fatal(err)
	}
	a := &app{conn: conn, answer: func(frame) (any, bool) { return nil, true }}
	conn.SetPingHandler(func(data string) error {
		a.mu.Lock()
		a.pings++
		a.mu.Unlock()
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	go a.read()
	w.t.Cleanup(func() { conn.Close() })
	synctest.Wait()
	return a
}

func (w *world) dialSocket(link string) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{NetDialContext: w.dial, WriteBufferSize: cmp.Or(w.buffer, 64*1024)}
	return d.Dial(link, http.Header{"Origin": {"https://api.slack.com"}})
}

func (a *app) read() {
	for {
		_, data, err := a.conn.ReadMessage()
		if err != nil {
			a.mu.Lock()
			a.closed = err
			a.mu.Unlock()
			return
		}
		var f frame
		json.Unmarshal(data, &f)
		a.mu.Lock()
		a.frames = append(a.frames, f)
		answer := a.answer
		a.mu.Unlock()
		if f.EnvelopeID == "" {
			continue
		}
		if payload, ack := answer(f); ack {
			a.conn.WriteJSON(map[string]any{"envelope_id": f.EnvelopeID, "payload": payload})
		}
	}
}

func (a *app) answerWith(payload any) { a.on(func(frame) (any, bool) { return payload, true }) }
func (a *app) ignoreAll()             { a.on(func(frame) (any, bool) { return nil, false }) }

func (a *app) on(f func(frame) (any, bool)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = f
}

// got returns the frames of one type.
func (a *app) got(kind string) []frame {
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []frame
	for _, f := range a.frames {
		if f.Type == kind {
			out = append(out, f)
		}
	}
	return out
}

// interaction decodes the last interactive payload with slack-go.
func (a *app) interaction(t *testing.T) slack.InteractionCallback {
	t.Helper()
	frames := a.got("interactive")
	if len(frames) == 0 {
		t.Fatal("the app got no interaction")
	}
	var ic slack.InteractionCallback
	if err := json.Unmarshal(frames[len(frames)-1].Payload, &ic); err != nil {
		t.Fatal(err)
	}
	return ic
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil || err.Error() != code {
		t.Errorf("got error %v, want %s", err, code)
	}
}

func wantIs(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("got error %v, want %v", err, target)
	}
}

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// blocksOf parses Block Kit JSON into slack-go's types.
func blocksOf(t *testing.T, text string) slack.Blocks {
	t.Helper()
	var b slack.Blocks
	check(t, json.Unmarshal([]byte(text), &b))
	return b
}

func modalOf(t *testing.T, text string) slack.ModalViewRequest {
	t.Helper()
	var v slack.ModalViewRequest
	check(t, json.Unmarshal([]byte(text), &v))
	return v
}

// raw posts a form to a method, or JSON to a response URL, and returns the
// answer.
func (w *world) raw(method string, form url.Values) (status int, header http.Header, body string) {
	w.t.Helper()
	res, err := w.http.PostForm("http://slack.test/api/"+method, form)
	return w.read(res, err)
}

func (w *world) respond(responseURL, body string) (status int, answer string) {
	w.t.Helper()
	res, err := w.http.Post(responseURL, "application/json", strings.NewReader(body))
	status, _, answer = w.read(res, err)
	return status, answer
}

func (w *world) read(res *http.Response, err error) (int, http.Header, string) {
	w.t.Helper()
	check(w.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	check(w.t, err)
	return res.StatusCode, res.Header, string(data)
}
