package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// line is Slack's end of a connection, under the test's control.
type line struct {
	t      *testing.T
	conn   *websocket.Conn
	acks   chan ackFrame
	closed chan int // the code of the close frame, 1006 without one
}

type ackFrame struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
	size    int
}

// switchboard is the bare minimum of Slack inside a bubble: it lets connections
// in and hands them to the test. It sends no pings, and answers them.
type switchboard struct {
	*wires
	log      journal
	http     *http.Client
	lines    chan *line
	posted   chan []byte            // to the response URL
	refusal  atomic.Pointer[string] // answer of apps.connections.open
	greeting func(n int) string     // the first frame; empty: the connection is cut

	mu       sync.Mutex
	attempts []time.Time
	opened   int
}

const hello = `{"type":"hello","num_connections":1}`

// inBubble gives body a switchboard; time passes only when everybody waits.
func inBubble(t *testing.T, body func(t *testing.T, s *switchboard)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &switchboard{
			lines: make(chan *line, 4000), posted: make(chan []byte, 10),
			greeting: func(int) string { return hello },
		}
		mux := http.NewServeMux()
		mux.HandleFunc("/api/apps.connections.open", s.open)
		mux.HandleFunc("/response", func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			s.posted <- body
			fmt.Fprint(w, "ok")
		})
		mux.HandleFunc("/link", func(w http.ResponseWriter, r *http.Request) { s.link(t, w, r) })
		s.wires = newWires(t, mux)
		s.http = s.client(t)
		body(t, s)
	})
}

func (s *switchboard) open(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.attempts = append(s.attempts, time.Now())
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if no := s.refusal.Load(); no != nil {
		fmt.Fprintf(w, `{"ok":false,"error":%q}`, *no)
		return
	}
	fmt.Fprintf(w, `{"ok":true,"url":"ws://%s/link"}`, r.Host)
}

func (s *switchboard) link(t *testing.T, w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	s.mu.Lock()
	s.opened++
	first := s.greeting(s.opened)
	s.mu.Unlock()
	if first == "" {
		return
	}
	l := &line{t: t, conn: conn, acks: make(chan ackFrame, 1000), closed: make(chan int, 1)}
	l.send(first)
	s.lines <- l
	l.read()
}

// tries returns when a connection was asked for.
func (s *switchboard) tries() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.attempts)
}

func (l *line) send(frame string) {
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		l.t.Errorf("send: %v", err)
	}
}

// wire is the network end under the connection.
func (l *line) wire() *cable { return l.conn.NetConn().(*cable) }

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
		a := ackFrame{size: len(frame)}
		if err := json.Unmarshal(frame, &a); err != nil {
			l.t.Errorf("not an acknowledgement: %s", frame)
		}
		l.acks <- a
	}
}

// next waits for what comes over a channel; in a bubble for up to an hour of its
// time with later.
func next[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	return within(t, what, c, 5*time.Second)
}

func later[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	return within(t, what, c, time.Hour)
}

func within[T any](t *testing.T, what string, c <-chan T, most time.Duration) T {
	t.Helper()
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case v := <-c:
		return v
	case <-timer.C:
		t.Fatalf("never came: %s", what)
		panic("unreachable")
	}
}

// bot is as patient as in production.
func (s *switchboard) bot(t *testing.T) *Bot {
	t.Helper()
	b, err := New(Config{
		AppToken: "xapp-1-secret", BotToken: "xoxb-secret", APIURL: "http://slack.test/api/",
		HTTPClient: s.http, Log: s.log.logger(),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.opened.Store(&workspace{team: "T1", user: "U1"})
	return b
}

func (s *switchboard) start(t *testing.T, svc Service) (*line, func() error) {
	t.Helper()
	stop := run(t, s.bot(t), svc)
	t.Cleanup(func() { _ = stop() })
	return next(t, "a connection", s.lines), stop
}
