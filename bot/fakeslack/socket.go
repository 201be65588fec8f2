package fakeslack

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxLinks    = 10               // connections of one app
	maxAck      = 20 * 1024        // bytes from which an acknowledgement is dropped, as is one in several frames
	pingEvery   = 10 * time.Second // clients give up after 30 s without one
	deadAfter   = 45 * time.Second // without a pong or a frame
	closeAfter  = 10 * time.Second // from a disconnect frame to the end of its connection
	linkLife    = 18060 * time.Second
	debugLife   = 360 * time.Second // with debug_reconnects=true
	frameBuffer = 32 * 1024
)

// link is one Socket Mode connection.
type link struct {
	s    *Server
	id   int
	conn *websocket.Conn
	life time.Duration

	frames *framedConn // belongs to read

	mu       sync.Mutex
	queue    [][]byte
	leaving  bool // a disconnect frame was sent
	closing  bool // a close frame was sent
	wake     chan struct{}
	done     chan struct{}
	doneOnce sync.Once
}

var upgrader = websocket.Upgrader{
	ReadBufferSize: frameBuffer, WriteBufferSize: frameBuffer,
	CheckOrigin: func(*http.Request) bool { return true }, // clients say https://api.slack.com
}

func (s *Server) connectionsOpenLocked(*call) (object, *apiError) {
	switch {
	case s.closed:
		return nil, fail("internal_error")
	case s.disabled:
		// Slack does not document the code for a switched off Socket Mode; this
		// is the nearest of those that it lists for the method.
		return nil, fail("forbidden_team")
	}
	ticket := randomHex(16)
	s.tickets[ticket] = true
	base := cmp.Or(s.o.SocketURL, strings.Replace(s.base, "http", "ws", 1))
	return object{"url": base + "/link/?ticket=" + ticket + "&app_id=" + s.o.AppID}, nil
}

func (s *Server) serveLink(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ticket := r.URL.Query().Get("ticket")
	known := s.tickets[ticket] && !s.closed
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !known {
		http.Error(w, "unknown or used ticket", http.StatusForbidden)
		return
	}
	framed := &framedWriter{ResponseWriter: w}
	conn, err := upgrader.Upgrade(framed, r, nil)
	if err != nil {
		return
	}
	l := &link{s: s, conn: conn, frames: framed.conn, life: linkLife, wake: make(chan struct{}, 1), done: make(chan struct{})}
	if r.URL.Query().Get("debug_reconnects") == "true" {
		l.life = debugLife
	}
	if !s.admit(l) {
		return
	}
	go l.write()
	l.read()
	l.end()
	s.mu.Lock()
	delete(s.links, l)
	s.touchLocked()
	s.mu.Unlock()
	conn.Close()
}

// admit greets a new connection, or turns it away.
func (s *Server) admit(l *link) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.links) + s.ghosts
	switch {
	case s.slams > 0:
		s.slams--
		l.conn.Close()
		return false
	case s.disabled:
		go l.turnAway("link_disabled", n)
		return false
	case n >= maxLinks:
		go l.turnAway("too_many_websockets", n+1)
		return false
	}
	s.linkSeq++
	l.id = s.linkSeq
	s.links[l] = true
	l.send(encode(object{
		"type": "hello", "num_connections": n + 1, "connection_info": object{"app_id": s.o.AppID},
		"debug_info": object{
			"host": "applink-fake", "build_number": 1, "approximate_connection_time": int(l.life.Seconds()),
		},
	}))
	s.touchLocked()
	return true
}

// turnAway says why there is no connection, and waits for the peer to leave.
func (l *link) turnAway(reason string, connections int) {
	l.conn.SetWriteDeadline(time.Now().Add(closeAfter))
	l.conn.WriteMessage(websocket.TextMessage, l.disconnectFrame(reason, connections))
	l.closePolitely(reason)
	for {
		if _, _, err := l.conn.ReadMessage(); err != nil {
			return
		}
	}
}

func (l *link) end() { l.doneOnce.Do(func() { close(l.done) }) }

// cutHere in the queue cuts the connection without a close frame.
var cutHere = []byte{}

// send queues a frame, or cutHere.
func (l *link) send(frame []byte) {
	l.mu.Lock()
	l.queue = append(l.queue, frame)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write owns the writing side: frames in order, a ping after the hello and then
// regularly, and the refresh at the end of the connection's life.
func (l *link) write() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	refresh := time.NewTimer(l.life)
	defer refresh.Stop()
	pinged := false
	for {
		l.mu.Lock()
		frames := l.queue
		l.queue = nil
		l.mu.Unlock()
		for _, f := range frames {
			if len(f) == 0 {
				l.conn.NetConn().Close()
				return
			}
			l.conn.SetWriteDeadline(time.Now().Add(closeAfter))
			if l.conn.WriteMessage(websocket.TextMessage, f) != nil {
				l.conn.Close()
				return
			}
			if !pinged {
				pinged = true
				l.ping()
			}
		}
		select {
		case <-l.wake:
		case <-ping.C:
			l.ping()
		case <-refresh.C:
			l.disconnect("refresh_requested")
		case <-l.done:
			return
		}
	}
}

func (l *link) ping() {
	l.conn.WriteControl(websocket.PingMessage, []byte("Ping from fakeslack"), time.Now().Add(closeAfter))
}

// read owns the reading side and returns when the connection has ended.
func (l *link) read() {
	alive := func() { l.conn.SetReadDeadline(time.Now().Add(deadAfter)) }
	alive()
	l.conn.SetReadLimit(maxBody)
	l.conn.SetPongHandler(func(string) error { alive(); return nil })
	l.conn.SetPingHandler(func(data string) error {
		alive()
		err := l.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(closeAfter))
		if errors.Is(err, websocket.ErrCloseSent) || errors.Is(err, net.ErrClosed) {
			return nil
		}
		return err
	})
	for {
		kind, frame, err := l.conn.ReadMessage()
		if err != nil {
			return
		}
		alive()
		whole := l.frames.nextWhole()
		if kind == websocket.TextMessage && len(frame) < maxAck && whole {
			l.s.acknowledge(l, frame)
		}
	}
}

func (l *link) disconnectFrame(reason string, connections int) []byte {
	return encode(object{
		"type": "disconnect", "reason": reason, "num_connections": connections,
		"debug_info": object{"host": "applink-fake"}, "connection_info": object{"app_id": l.s.o.AppID},
	})
}

func (l *link) disconnect(reason string) {
	l.mu.Lock()
	l.leaving = reason != "warning"
	l.mu.Unlock()
	l.send(l.disconnectFrame(reason, 0))
	wait := closeAfter
	if reason == "link_disabled" {
		wait = time.Second
	}
	time.AfterFunc(wait, func() { l.closePolitely(reason) })
}

// closePolitely sends a close frame and gives the peer a second to answer it.
func (l *link) closePolitely(reason string) {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	deadline := time.Now().Add(time.Second)
	l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, reason), deadline)
	time.AfterFunc(time.Second, func() { l.conn.Close() })
}

func (s *Server) linksLocked() []*link {
	out := make([]*link, 0, len(s.links))
	for l := range s.links {
		out = append(out, l)
	}
	return out
}

// Connections returns how many Socket Mode connections the app has.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links)
}

// Disconnect sends a disconnect frame on every connection: "warning",
// "refresh_requested" or "link_disabled". Each is closed 10 s later, with
// link_disabled after 1 s; then there is no new one before EnableSocketMode.
func (s *Server) Disconnect(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason == "link_disabled" {
		s.disabled = true
	}
	for l := range s.links {
		l.disconnect(reason)
	}
}

// DropConnections cuts every connection without a close frame.
func (s *Server) DropConnections() {
	s.mu.Lock()
	links := s.linksLocked()
	s.mu.Unlock()
	for _, l := range links {
		l.conn.NetConn().Close()
	}
}
