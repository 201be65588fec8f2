package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// socketHost is where Slack sends apps for their websocket; it differs from the
// host of the Web API, as the real one does.
const socketHost = "wss-primary.slack.com"

// hosts is Slack and Google under their own names: a CONNECT proxy on loopback
// that ends TLS itself, with certificates of a throw-away authority, and gives
// each host to its emulator. It stands for the network between a company and
// them; the product is told of it by HTTPS_PROXY and SSL_CERT_FILE alone.
type hosts struct {
	slack  *fakeslack.Server
	google *fakegoogle.Server
	proxy  string // URL
	ca     []byte // PEM
	lines  lines

	mu    sync.Mutex
	asked []string // "HOST METHOD PATH", in order
	stray []string // what no real host would have answered
	gate  *gate
	busy  int // websockets to refuse
}

// gate keeps one request on its way, until who asked goes away.
type gate struct {
	what    func(asked string) bool
	applied bool // it is carried out, and the answer lost
	arrived chan struct{}
}

// serves says which host answers which paths.
var serves = map[string][]string{
	"slack.com":                     {"/api/", "/response/"},
	socketHost:                      {"/link/", "/response/"},
	"oauth2.googleapis.com":         {"/token"},
	"iamcredentials.googleapis.com": {"/v1/projects/-/serviceAccounts/"},
	"admin.googleapis.com":          {"/admin/directory/v1/"},
}

// openHosts starts the proxy and what is behind it.
func openHosts(t *testing.T, slack *fakeslack.Server, google *fakegoogle.Server) *hosts {
	t.Helper()
	authority, certificates := authority(t)
	h := &hosts{slack: slack, google: google, ca: authority, lines: lines{c: make(chan net.Conn), ended: make(chan struct{})}}
	quiet := log.New(io.Discard, "", 0) // a killed process ends its connections rudely
	inside := &http.Server{
		Handler: h, ErrorLog: quiet, ReadHeaderTimeout: 5 * time.Second,
		TLSConfig: &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if c := certificates[hello.ServerName]; c != nil {
				return c, nil
			}
			return nil, fmt.Errorf("no certificate for %q", hello.ServerName)
		}},
	}
	go inside.ServeTLS(h.lines, "", "")
	front := httptest.NewUnstartedServer(http.HandlerFunc(h.connect))
	front.Config.ErrorLog = quiet
	front.Start()
	h.proxy = front.URL
	t.Cleanup(func() {
		slack.Close()
		front.Close()
		inside.Close()
	})
	return h
}

// connect answers CONNECT, and nothing else, for the hosts that are served.
func (h *hosts) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || err != nil || port != "443" || serves[host] == nil {
		h.strays("%s %s", r.Method, r.Host)
		http.Error(w, "no way there", http.StatusForbidden)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	h.lines.take(conn)
}

// ServeHTTP answers what came through the proxy, as the host that was meant.
func (h *hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	prefixes := serves[r.Host]
	if r.TLS == nil || r.TLS.ServerName != r.Host || !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(r.URL.Path, p) }) {
		h.strays("%s https://%s%s", r.Method, r.Host, r.URL.Path)
		http.NotFound(w, r)
		return
	}
	g, refuse := h.note(r)
	switch {
	case g != nil:
		h.keep(g, r)
	case refuse:
		http.Error(w, "try later", http.StatusServiceUnavailable)
	case !strings.HasSuffix(r.Host, "slack.com"):
		h.google.ServeHTTP(w, r)
	case r.URL.Path == "/api/apps.connections.open":
		r.Host = socketHost // the emulator builds the address from the host it was asked under
		h.slack.ServeHTTP(w, r)
	default:
		h.slack.ServeHTTP(w, r)
	}
}

// note keeps what was asked, and says whether it is to be held or refused.
func (h *hosts) note(r *http.Request) (g *gate, refuse bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := r.Host + " " + r.Method + " " + r.URL.Path
	h.asked = append(h.asked, asked)
	if h.gate != nil && h.gate.what(asked) {
		g, h.gate = h.gate, nil
	}
	if r.Host == socketHost && h.busy > 0 {
		h.busy--
		refuse = true
	}
	return g, refuse
}

// keep holds a request until who asked has gone.
func (h *hosts) keep(g *gate, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil && g.applied {
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		h.google.ServeHTTP(httptest.NewRecorder(), again)
	}
	close(g.arrived)
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// hold keeps the next request of a kind, "HOST METHOD PATH", on its way, and
// says when it is there.
func (h *hosts) hold(applied bool, what func(asked string) bool) (arrived <-chan struct{}) {
	g := &gate{what: what, applied: applied, arrived: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gate = g
	return g.arrived
}

// pass holds nothing any more that has not arrived.
func (h *hosts) pass() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gate = nil
}

// ofMembership is a change of a Google group.
func ofMembership(asked string) bool {
	return strings.HasPrefix(asked, "admin.googleapis.com POST ") && strings.HasSuffix(asked, "/members")
}

// ofPeople is the reading of Google's directory.
func ofPeople(asked string) bool {
	return asked == "admin.googleapis.com GET /admin/directory/v1/users"
}

// refuseSockets answers the next n websockets with an error.
func (h *hosts) refuseSockets(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.busy = n
}

func (h *hosts) strays(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stray = append(h.stray, fmt.Sprintf(format, args...))
}

// seen returns what was asked so far, and what nobody should have asked.
func (h *hosts) seen() (asked, stray []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.asked), slices.Clone(h.stray)
}

// names returns the hosts that were asked, sorted.
func (h *hosts) names() []string {
	asked, _ := h.seen()
	for i, a := range asked {
		asked[i], _, _ = strings.Cut(a, " ")
	}
	slices.Sort(asked)
	return slices.Compact(asked)
}

// lines is a listener of the connections that are handed to it.
type lines struct {
	c     chan net.Conn
	ended chan struct{}
}

func (l lines) take(c net.Conn) {
	select {
	case l.c <- c:
	case <-l.ended:
		c.Close()
	}
}

func (l lines) Accept() (net.Conn, error) {
	select {
	case c := <-l.c:
		return c, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}

func (l lines) Close() error   { close(l.ended); return nil }
func (l lines) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// authority makes a certificate authority and a certificate for each host.
func authority(t *testing.T) (ca []byte, certificates map[string]*tls.Certificate) {
	t.Helper()
	now := time.Now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Throw-away CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey := ellipticKey(t)
	rootDER := signed(t, root, root, rootKey, rootKey)
	certificates = make(map[string]*tls.Certificate)
	for host := range serves {
		leafKey := ellipticKey(t)
		leaf := &x509.Certificate{
			SerialNumber: big.NewInt(int64(len(certificates) + 2)), DNSNames: []string{host},
			NotBefore: root.NotBefore, NotAfter: root.NotAfter,
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		certificates[host] = &tls.Certificate{Certificate: [][]byte{signed(t, leaf, root, leafKey, rootKey)}, PrivateKey: leafKey}
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), certificates
}

func ellipticKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signed(t *testing.T, c, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
