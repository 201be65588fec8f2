package bot

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// wires is a network inside a bubble: connections are pipes, so that nothing
// waits for the machine's clock or its network.
type wires struct {
	dials chan net.Conn
	done  chan struct{}

	mu  sync.Mutex
	all []*cable
}

// newWires serves a handler on a network of its own until the test ends.
func newWires(t *testing.T, h http.Handler) *wires {
	n := &wires{dials: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: h}
	go server.Serve(n)
	t.Cleanup(func() {
		close(n.done)
		server.Close()
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, c := range n.all {
			c.Conn.Close()
			c.Close()
		}
	})
	return n
}

func (n *wires) Accept() (net.Conn, error) {
	select {
	case c := <-n.dials:
		return c, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}
func (n *wires) Close() error   { return nil }
func (n *wires) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (n *wires) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	a, b := net.Pipe()
	here, there := newCable(a), newCable(b)
	n.mu.Lock()
	n.all = append(n.all, here, there)
	n.mu.Unlock()
	select {
	case n.dials <- there:
		return here, nil
	case <-ctx.Done():
	case <-n.done:
	}
	here.Close()
	there.Close()
	return nil, net.ErrClosed
}

func (n *wires) client(t *testing.T) *http.Client {
	c := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: n.dial}}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// cable is one end of a pipe that takes what is written without waiting for the
// reader, as a socket does.
type cable struct {
	net.Conn
	mu      sync.Mutex
	waiting bytes.Buffer
	closed  bool
	cut     bool // what is written goes nowhere
	wake    chan struct{}
}

func newCable(c net.Conn) *cable {
	end := &cable{Conn: c, wake: make(chan struct{}, 1)}
	go end.carry()
	return end
}

func (c *cable) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, net.ErrClosed
	}
	if !c.cut {
		c.waiting.Write(p)
		offer(c.wake, struct{}{})
	}
	return len(p), nil
}

// Close sends what was written before, for at most a second.
func (c *cable) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		_ = c.Conn.SetDeadline(time.Now().Add(time.Second))
		_ = c.Conn.SetReadDeadline(time.Now())
		offer(c.wake, struct{}{})
	}
	return nil
}

func (c *cable) SetWriteDeadline(time.Time) error { return nil }

// halve makes this end silent: nobody is told that nothing arrives any more.
func (c *cable) halve() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
}

func (c *cable) carry() {
	defer c.Conn.Close()
	for range c.wake {
		c.mu.Lock()
		load, closed := bytes.Clone(c.waiting.Bytes()), c.closed
		c.waiting.Reset()
		c.mu.Unlock()
		if _, err := c.Conn.Write(load); err != nil || closed {
			return
		}
	}
}

// journal is a log that a test reads.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// lines returns those that hold a text.
func (j *journal) lines(text string) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []string
	r := bytes.NewBuffer(bytes.Clone(j.text.Bytes()))
	for {
		line, err := r.ReadString('\n')
		if strings.Contains(line, text) {
			out = append(out, line)
		}
		if err == io.EOF {
			return out
		}
	}
}

// last returns the newest lines.
func (j *journal) last(n int) []string {
	all := j.lines("")
	return all[max(0, len(all)-n):]
}
