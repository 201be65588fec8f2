package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// network connects the product with the emulators inside a bubble. Connections
// are pipes: a loopback socket would keep the bubble's clock from moving.
type network struct {
	hosts map[string]*listener

	mu     sync.Mutex
	ours   []*cable // the product's ends
	theirs []*cable
}

func newNetwork(hosts map[string]http.Handler) *network {
	n := &network{hosts: make(map[string]*listener)}
	for name, h := range hosts {
		l := &listener{dials: make(chan net.Conn), done: make(chan struct{})}
		l.server = &http.Server{Handler: h}
		n.hosts[name] = l
		go l.server.Serve(l)
	}
	return n
}

// dial opens a connection to one of the hosts.
func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, _ := strings.Cut(address, ":")
	l, ok := n.hosts[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host}
	}
	a, b := net.Pipe()
	here, there := newCable(a), newCable(b)
	n.mu.Lock()
	n.ours, n.theirs = append(n.ours, here), append(n.theirs, there)
	n.mu.Unlock()
	select {
	case l.dials <- there:
		return here, nil
	case <-ctx.Done():
	case <-l.done:
	}
	here.Close()
	there.Close()
	return nil, net.ErrClosed
}

// cut ends every connection at the product's end, as the death of a process does:
// what it had written still arrives.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.ours {
		c.Close()
	}
	n.ours = nil
}

// close ends the network.
func (n *network) close() {
	for _, l := range n.hosts {
		close(l.done)
		l.server.Close()
	}
	n.cut()
	for _, c := range n.theirs {
		c.Close()
	}
}

// listener hands dialled connections to a server.
type listener struct {
	server *http.Server
	dials  chan net.Conn
	done   chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.dials:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *listener) Close() error   { return nil }
func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// cable is one end of a pipe that takes what is written without waiting for the
// reader, as a socket does.
type cable struct {
	net.Conn
	wake chan struct{}

	mu      sync.Mutex
	waiting bytes.Buffer
	closed  bool
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
	c.waiting.Write(p)
	c.ring()
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
		c.ring()
	}
	return nil
}

func (c *cable) SetWriteDeadline(time.Time) error { return nil }

func (c *cable) ring() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
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
