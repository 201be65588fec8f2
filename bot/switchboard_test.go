package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// line is Slack's end of a connection, under the test's control.
type line struct {
	t      *testing.T
	conn   *websocket.Conn
	opened time.Time
	acks   chan ackFrame
	closed chan int // the code of the close frame, 1006 without one
}

type ackFrame struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
}

// switchboard is the bare minimum of Slack: it lets connections in and hands
// them to the test.
type switchboard struct {
	url      string
	lines    chan *line
	attempts chan time.Time
	refusal  atomic.Pointer[string] // answer of apps.connections.open
	greeting func(n int) string     // the first frame
}

const hello = `{"type":"hello","num_connections":1}`

func newSwitchboard(t *testing.T) *switchboard {
	s := &switchboard{lines: make(chan *line, 100), attempts: make(chan time.Time, 1000), greeting: func(int) string { return hello }}
	n := 0
	mux := http.NewServeMux()
	mux.HandleFunc("/api/apps.connections.open", func(w http.ResponseWriter, r *http.Request) {
		s.attempts <- time.Now()
		w.Header().Set("Content-Type", "application/json")
		if no := s.refusal.Load(); no != nil {
			fmt.Fprintf(w, `{"ok":false,"error":%q}`, *no)
			return
		}
		fmt.Fprintf(w, `{"ok":true,"url":"ws://%s/link"}`, r.Host)
	})
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	mux.HandleFunc("/link", func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		l := &line{t: t, conn: conn, opened: time.Now(), acks: make(chan ackFrame, 100), closed: make(chan int, 1)}
		n++
		l.send(s.greeting(n))
		s.lines <- l
		l.read()
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL + "/api/"
	return s
}

func (l *line) send(frame string) {
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		l.t.Errorf("send: %v", err)
	}
}

func (l *line) read() {
	for {
		_, frame, err := l.conn.ReadMessage()
		if err != nil {
			code := websocket.CloseAbnormalClosure
			if e, ok := errors.AsType[*websocket.CloseError](err); ok {
				code = e.Code
			}
			l.closed <- code
			return
		}
		var a ackFrame
		if err := json.Unmarshal(frame, &a); err != nil {
			l.t.Errorf("not an acknowledgement: %s", frame)
		}
		l.acks <- a
	}
}

// next waits for what comes over a channel.
func next[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(5 * time.Second):
		t.Fatalf("never came: %s", what)
		panic("unreachable")
	}
}

func (s *switchboard) bot(t *testing.T, with timing) *Bot {
	t.Helper()
	b, err := New(Config{AppToken: "xapp-1-secret", BotToken: "xoxb-secret", APIURL: s.url})
	if err != nil {
		t.Fatal(err)
	}
	b.timing = with
	b.opened.Store(&workspace{team: "T1", user: "U1"})
	return b
}

func (s *switchboard) start(t *testing.T, svc Service) (*line, func() error) {
	t.Helper()
	stop := run(t, s.bot(t, quick), svc)
	t.Cleanup(func() { _ = stop() })
	return next(t, "a connection", s.lines), stop
}
