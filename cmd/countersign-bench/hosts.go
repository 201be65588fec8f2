package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"countersign/bot/fakeslack"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// socketHost is where Slack sends apps for their websocket.
const socketHost = "wss-primary.slack.com"

// realHosts are the hosts that the product asks.
var realHosts = []string{"slack.com", socketHost, "oauth2.googleapis.com", "admin.googleapis.com"}

// hosts is Slack and Google under their own names: a CONNECT proxy on loopback
// that ends TLS itself and gives each host to its emulator. The product is told
// of it by HTTPS_PROXY and SSL_CERT_FILE alone.
type hosts struct {
	slack   *fakeslack.Server
	google  *fakegoogle.Server
	inside  *http.Server
	tunnels tunnels
	front   *http.Server
	proxy   string // URL
	example []byte // the example configuration
	key     []byte // of Google's service account
	ca      []byte // PEM
}

// openHosts fills both emulators with the people and channels that the example
// configuration names.
func openHosts(dir string) (h *hosts, err error) {
	h = &hosts{slack: fakeslack.New(fakeslack.Options{CallRate: -1}), google: fakegoogle.New(fakegoogle.Options{}), tunnels: tunnels{c: make(chan net.Conn), ended: make(chan struct{})}}
	if err := h.settle(); err != nil {
		return nil, err
	}
	var certificate tls.Certificate
	if certificate, h.ca, err = selfSigned(); err != nil {
		return nil, err
	}
	if h.key, err = h.google.ServiceAccountKey("https://oauth2.googleapis.com/token"); err != nil {
		return nil, err
	}
	if h.front, h.proxy, err = serve(http.HandlerFunc(h.connect)); err != nil {
		return nil, err
	}
	h.inside = &http.Server{
		Handler: h, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 5 * time.Second,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
	}
	go h.inside.ServeTLS(h.tunnels, "", "")
	return h, nil
}

func (h *hosts) close() {
	h.slack.Close()
	h.front.Close()
	h.inside.Close()
}

// settle adds who and what the configuration names.
func (h *hosts) settle() (err error) {
	if h.example, err = os.ReadFile("config.example.yaml"); err != nil {
		return fmt.Errorf("read the example (run this from the top of the project): %w", err)
	}
	cfg, problems := config.Parse("config.example.yaml", h.example, func(string) (string, bool) { return "set", true })
	if cfg == nil || problems.Fatal() || cfg.Google == nil {
		return fmt.Errorf("the example configuration has problems: %s", problems)
	}
	people := map[string]bool{}
	for _, email := range slices.Concat(cfg.Admins, cfg.Security) {
		people[email] = true
	}
	for _, a := range cfg.Apps {
		for _, email := range slices.Concat(a.Owners, a.Backups) {
			people[email] = true
		}
	}
	for i, email := range slices.Sorted(maps.Keys(people)) {
		name, _, _ := strings.Cut(email, "@")
		h.slack.AddUser(fakeslack.User{ID: chatID(i), Name: name, RealName: name, Email: email})
		h.google.AddUser(fakegoogle.User{Email: email, GivenName: name, FamilyName: "Person"})
	}
	h.google.AddUser(fakegoogle.User{Email: cfg.Google.AdminSubject, GivenName: "Workspace", FamilyName: "Admin", Admin: true})
	ch := cfg.Slack.Channels
	for _, name := range []string{ch.Requests, ch.Vendors, ch.Compliance} {
		h.slack.AddChannel(fakeslack.Channel{Name: name})
	}
	h.slack.AddChannel(fakeslack.Channel{Name: ch.People, Private: true, Members: []string{"U0BOT"}})
	return nil
}

// prepare puts into a folder what the command serve finds there.
func (h *hosts) prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{"config.yaml": h.example, "service-account.json": h.key, "ca.pem": h.ca} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (h *hosts) environment(dir string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "HTTPS_PROXY=" + h.proxy, "SSL_CERT_FILE=" + filepath.Join(dir, "ca.pem"),
		"SLACK_APP_TOKEN=xapp-1-fake", "SLACK_BOT_TOKEN=xoxb-fake",
	}
}

// connect answers CONNECT for the hosts that are served.
func (h *hosts) connect(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || err != nil || !slices.Contains(realHosts, host) {
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
	h.tunnels.take(conn)
}

// ServeHTTP answers what came through the proxy, as the host that was meant.
func (h *hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.Host, "slack.com") {
		h.google.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == "/api/apps.connections.open" {
		r.Host = socketHost // the emulator builds the address from the host it was asked under
	}
	h.slack.ServeHTTP(w, r)
}
