package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"countersign/bot"
	"countersign/bot/fakeslack"
	"countersign/bot/fakeslack/web"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/store"
)

// demoConfig is config.example.yaml; a test keeps the two the same.
//
//go:embed demo/config.yaml
var demoConfig []byte

// demoCommand runs the whole product with nothing outside it.
type demoCommand struct {
	Addr string `help:"Address of the page; loopback only." default:"127.0.0.1:8089"`
	DB   string `name:"db" help:"Keep the database in this file; without it everything is forgotten at the end." type:"path"`
}

// demo is one running demo: the product, wired as for serving, and the two
// emulators it talks to.
type demo struct {
	clock   *demoClock
	slack   *fakeslack.Server
	google  *fakegoogle.Server
	app     *app
	db      string         // path of the database
	server  string         // address of a PostgreSQL database in place of it; db then only says where the key lies
	settled int            // length of the emulated Workspace's log when the company was complete
	began   []shownAccount // its accounts at that moment
	page    http.Handler
	close   []func()
}

// Run serves the page until it is told to stop.
func (d *demoCommand) Run(e *env) error {
	host, _, err := net.SplitHostPort(d.Addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("--addr %q: the demo lets anyone act as everyone, so it listens on loopback only, for example 127.0.0.1:8089", d.Addr)
	}
	listener, err := net.Listen("tcp", d.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w (another address can be given with --addr)", err)
	}
	log := slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	running, err := startDemo(e.ctx, d.DB, "", log)
	if err != nil && e.ctx.Err() != nil { // told to stop before it had begun
		return listener.Close()
	}
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer running.stop()
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	server := &http.Server{Handler: running.page, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go server.Serve(listener)
	fmt.Fprintf(e.stdout, "Countersign demo: open http://%s/ in a browser. Ctrl-C ends it.\n", listener.Addr())
	err = running.app.run(ctx)
	cancel()
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	return errors.Join(err, server.Shutdown(closing))
}

// startDemo starts the emulators on loopback, fills them with a small company
// and wires the product to them. The database is a file, or with an address that
// of a server.
func startDemo(ctx context.Context, db, server string, log *slog.Logger) (_ *demo, err error) {
	d := &demo{clock: &demoClock{}, db: db, server: server}
	defer func() {
		if err != nil {
			d.stop()
		}
	}()
	if d.db == "" {
		dir, err := os.MkdirTemp("", "countersign-demo-")
		if err != nil {
			return nil, err
		}
		d.close = append(d.close, func() { os.RemoveAll(dir) })
		d.db = filepath.Join(dir, "demo.db")
	}
	if err := d.catchUp(ctx); err != nil {
		return nil, err
	}
	cfg, err := d.config()
	if err != nil {
		return nil, err
	}
	d.slack = fakeslack.New(fakeslack.Options{Now: d.clock.Now, Logger: log, TeamName: cfg.Organization.Name})
	d.close = append(d.close, d.slack.Close)
	d.google = fakegoogle.New(fakegoogle.Options{LogNow: d.clock.Now})
	if err := d.settle(cfg); err != nil {
		return nil, err
	}
	d.settled, d.began = len(d.google.Log()), d.accounts()
	slackURL, err := d.serve(d.slack)
	if err != nil {
		return nil, err
	}
	googleURL, err := d.serve(d.google)
	if err != nil {
		return nil, err
	}
	key, err := d.google.ServiceAccountKey(googleURL + "/token")
	if err != nil {
		return nil, err
	}
	d.app, err = wire(ctx, assembly{
		config: cfg, log: log, now: d.clock.Now,
		slackURL: slackURL + "/api/", googleURL: googleURL, googleKey: key,
	})
	if err != nil {
		return nil, err
	}
	d.clock.moved = d.app.store.Wake
	d.page = d.newPage(cfg)
	d.seat(cfg, log)
	return d, nil
}

// url is the address of the database.
func (d *demo) url() string {
	if d.server != "" {
		return d.server
	}
	return "sqlite:" + d.db
}

// keyFile is there from the first start on.
func (d *demo) keyFile() string { return d.db + ".key" }

// catchUp moves the clock to where a kept database left it, so that time does not
// run backwards in it.
func (d *demo) catchUp(ctx context.Context) (err error) {
	if d.server == "" && !exists(d.db) || !exists(d.keyFile()) {
		return nil
	}
	r, err := store.OpenReader(ctx, d.url())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	newest, err := r.Newest(ctx)
	if err == nil {
		d.clock.Advance(time.Until(newest))
	}
	return err
}

// config is the example configuration with the demo's tokens and files.
func (d *demo) config() (*config.Config, error) {
	tokens := map[string]string{"SLACK_APP_TOKEN": "xapp-1-fake", "SLACK_BOT_TOKEN": "xoxb-fake"}
	cfg, problems := config.Parse("config.example.yaml", demoConfig, func(name string) (string, bool) {
		v, ok := tokens[name]
		return v, ok
	})
	if cfg == nil || problems.Fatal() {
		return nil, fmt.Errorf("the built-in configuration has problems: %s", problems)
	}
	cfg.Store.URL, cfg.Ledger.KeyFile = d.url(), d.keyFile()
	cfg.Google.Discovery = demoDiscovery
	return cfg, nil
}

// serve puts a handler on a loopback port of its own and returns its base URL.
func (d *demo) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for an emulator: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go s.Serve(l)
	d.close = append(d.close, func() { s.Close() })
	return "http://" + l.Addr().String(), nil
}

// stop ends what startDemo began, the newest first.
func (d *demo) stop() {
	for i := len(d.close) - 1; i >= 0; i-- {
		d.close[i]()
	}
}

// newPage is the page in the browser.
func (d *demo) newPage(cfg *config.Config) http.Handler {
	o := web.Options{
		Slack: d.slack, Title: cfg.Organization.Name, Clock: d.clock, Tour: demoTour,
		Panels: []web.Panel{
			{ID: "google", Title: "Google Workspace", Render: d.googlePanel, Changed: d.google.Changed, Press: d.signIn},
			{ID: "ledger", Title: "Audit trail", Render: d.ledgerPanel},
		},
		Shortcuts: []web.Shortcut{{CallbackID: "request_access", Name: "Request access"}, {CallbackID: "start_vendor_request", Name: "Start vendor request", OnMessage: true}},
	}
	o.Commands = demoCommands()
	for _, p := range demoPeople {
		if p.role != "" {
			o.Personas = append(o.Personas, web.Persona{UserID: p.slackID(), Name: p.name(), Role: p.role, Hint: p.hint})
		}
	}
	return web.New(o)
}

// demoCommands are the slash commands of the app's manifest, as a Slack client
// offers them while one types.
func demoCommands() []web.Command {
	var manifest struct {
		Features struct {
			Commands []struct {
				Name  string `json:"command"`
				Usage string `json:"usage_hint"`
				Does  string `json:"description"`
			} `json:"slash_commands"`
		} `json:"features"`
	}
	body, err := bot.Manifest()
	if err != nil || json.Unmarshal(body, &manifest) != nil {
		return nil
	}
	var out []web.Command
	for _, c := range manifest.Features.Commands {
		out = append(out, web.Command{Name: c.Name, Usage: c.Usage, Description: c.Does})
	}
	return out
}
