package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// Slack drops acknowledgements of 20 KB and more without a word; measured by
	// the author of slack-go, https://github.com/slack-go/slack/blob/v0.35.0/socketmode.
	ackMax = 19 * 1024
	// Slack does not put continuation frames together, so a frame must fit the
	// buffer.
	frameBuffer = 32 * 1024
	frameMax    = 4 << 20
	writeTime   = 5 * time.Second
)

// envelope is one Socket Mode frame,
// https://docs.slack.dev/apis/events-api/using-socket-mode.
type envelope struct {
	ID             string          `json:"envelope_id"`
	Type           string          `json:"type"`
	Payload        json.RawMessage `json:"payload"`
	Reason         string          `json:"reason"`
	NumConnections int             `json:"num_connections"`
}

// link is one Socket Mode connection.
type link struct {
	conn *websocket.Conn
	born time.Time
	dead time.Duration

	hello chan envelope // the greeting, one
	leave chan string   // the reason of a disconnect frame
	gone  chan struct{} // closed when nothing more is read

	writing sync.Mutex

	mu      sync.Mutex
	closing bool          // no new envelope is taken
	active  int           // envelopes that are being handled
	idle    chan struct{} // closed when active falls to zero; nil while it is zero
}

func newLink(conn *websocket.Conn, t timing) *link {
	l := &link{
		conn: conn, born: time.Now(), dead: t.dead,
		hello: make(chan envelope, 1), leave: make(chan string, 1), gone: make(chan struct{}),
	}
	conn.SetReadLimit(frameMax)
	conn.SetPongHandler(func(string) error { return l.alive() })
	conn.SetPingHandler(func(data string) error {
		_ = conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTime))
		return l.alive()
	})
	conn.SetCloseHandler(func(int, string) error {
		offer(l.leave, reasonClosed)
		l.settle(answerTime)
		l.sayClose()
		return nil
	})
	return l
}

// alive puts off the moment at which the connection counts as dead.
func (l *link) alive() error { return l.conn.SetReadDeadline(time.Now().Add(l.dead)) }

// read gives every envelope to take until the connection ends.
func (l *link) read(take func(*link, envelope)) {
	defer close(l.gone)
	defer l.conn.Close()
	for {
		_ = l.alive()
		kind, frame, err := l.conn.ReadMessage()
		if err != nil {
			return
		}
		if kind != websocket.TextMessage {
			continue
		}
		e := readEnvelope(frame)
		switch e.Type {
		case "hello":
			offer(l.hello, e)
		case "disconnect":
			offer(l.leave, e.Reason)
		default:
			if e.ID != "" && l.begin() {
				take(l, e)
			}
		}
	}
}

// readEnvelope reads what can be read of a frame: a field that is not as expected
// is left out, so that the rest can be handled, or at least acknowledged.
func readEnvelope(frame []byte) envelope {
	var e envelope
	if err := json.Unmarshal(frame, &e); err != nil && e.Type == "" {
		e.Type = "unreadable"
	}
	return e
}

func offer[T any](c chan T, v T) {
	select {
	case c <- v:
	default:
	}
}

// ping shows Slack and us every so often that the connection is not half open.
func (l *link) ping(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.gone:
			return
		case <-tick.C:
			if l.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)) != nil {
				l.conn.Close()
				return
			}
		}
	}
}

// begin notes that an envelope is being handled; false once the connection is
// being left.
func (l *link) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return false
	}
	if l.active++; l.active == 1 {
		l.idle = make(chan struct{})
	}
	return true
}

// hold lets an envelope that is being handled count once more; each is ended.
func (l *link) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active++
}

// end notes that an envelope begun was handled.
func (l *link) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.active--; l.active == 0 {
		close(l.idle)
		l.idle = nil
	}
}

// ack acknowledges an envelope on its own connection. payload is JSON or nil.
func (l *link) ack(id string, payload []byte) error {
	frame, err := json.Marshal(struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload,omitempty"`
	}{id, payload})
	if err != nil {
		return fmt.Errorf("encode an acknowledgement: %w", err)
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	_ = l.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if err := l.conn.WriteMessage(websocket.TextMessage, frame); err != nil {
		return fmt.Errorf("write an acknowledgement: %w", err)
	}
	return nil
}

// settle takes no more envelopes and waits until those begun are done, at most
// so long. It says whether they are.
func (l *link) settle(most time.Duration) bool {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	return l.lull(most)
}

// lull waits for a moment at which nothing is being handled, at most so long,
// and takes no more envelopes from that moment on. It says whether there was one.
func (l *link) lull(most time.Duration) bool {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		l.mu.Lock()
		idle := l.idle
		l.closing = l.closing || idle == nil
		l.mu.Unlock()
		if idle == nil {
			return true
		}
		select {
		case <-idle:
		case <-timer.C:
			return false
		}
	}
}

func (l *link) sayClose() {
	_ = l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeTime))
}

// leaveWith finishes what was begun and closes with a close frame, without which
// Slack counts the connection as live for a while and sends envelopes into it.
func (l *link) leaveWith(t timing) bool {
	done := l.settle(t.drain)
	l.sayClose()
	timer := time.NewTimer(t.farewell)
	defer timer.Stop()
	select {
	case <-l.gone:
	case <-timer.C:
		l.conn.Close()
		<-l.gone
	}
	return done
}

// dialer opens websockets the way the HTTP client opens its connections.
func dialer(c *http.Client) *websocket.Dialer {
	d := &websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second,
		ReadBufferSize: frameBuffer, WriteBufferSize: frameBuffer,
	}
	t, ok := c.Transport.(*http.Transport)
	if !ok {
		return d
	}
	d.Proxy, d.NetDialContext = t.Proxy, t.DialContext
	if t.TLSClientConfig != nil {
		d.TLSClientConfig = t.TLSClientConfig.Clone()
		d.TLSClientConfig.NextProtos = nil // HTTP/2 carries no websocket here
	}
	return d
}
