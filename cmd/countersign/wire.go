package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/user"
	"strings"
	"time"

	"countersign/bot"
	"countersign/cmd/countersign/config"
	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/manual"
	"countersign/store"
	"countersign/store/evidence"
	"countersign/store/ledger"
	"countersign/workflows"
)

// assembly is everything that may differ between serving a company and the demo.
// Zero fields mean the real thing.
type assembly struct {
	config    *config.Config
	log       *slog.Logger
	now       func() time.Time
	slackURL  string // base URL of the Web API
	googleURL string // base URL of the Directory API
	googleKey []byte // service account key, instead of the configured file

	transport http.RoundTripper                     // reaches Google and Slack; an *http.Transport dials Slack's websocket too
	random    io.Reader                             // of event ids, salts and the spread of pauses
	jitter    func() float64                        // of the pauses between posts, 0 to 1
	around    func(workflows.Store) workflows.Store // lies between the product and its database

	acceptLeavers bool
}

// app is the wired product.
type app struct {
	store   *store.Store
	bot     *bot.Bot
	service *workflows.Service
	key     *ledger.Key
	log     *slog.Logger
	waiting bool // Slack could not be reached yet
}

// wire is the one place that names every package. What it returns has read its
// configuration, its database and its people, and listens once run is called.
func wire(ctx context.Context, a assembly) (_ *app, err error) {
	cfg, cat := a.config, catalogue(a.config)
	out := &app{log: a.log}
	defer func() {
		if err != nil && out.store != nil {
			err = errors.Join(err, out.store.Close())
		}
	}()
	var made bool
	if out.key, made, err = ledgerKey(cfg); err != nil {
		return nil, err
	}
	out.store, err = store.Open(ctx, cfg.Store.URL, store.Options{
		Now: a.now, Key: out.key, Origin: logName(cfg), Log: a.log,
		PolicyVersion: cat.PolicyVersion, ConfigHash: cat.ConfigHash, AppVersion: cat.AppVersion, Random: a.random,
	})
	if err != nil {
		if made { // a new key for a database that has one would only be in the way of the right file
			err = errors.Join(err, os.Remove(cfg.Ledger.KeyFile))
		}
		return nil, err
	}
	parts := workflows.Parts{
		Store: out.store, Catalogue: cat, Log: a.log,
		Provisioners: map[string]provisioners.Provisioner{byHand: manual.New()},
	}
	if a.around != nil {
		parts.Store = a.around(out.store)
	}
	if cfg.Google != nil {
		google, err := googleworkspace.Open(ctx, googleConfig(a), a.log)
		if err != nil {
			return nil, err
		}
		parts.Provisioners[googleGroup], parts.Directory, parts.Accounts = google, google, googleworkspace.NewAccounts(google)
		if cat.Discovery != "" {
			parts.Discovery = google
		}
	}
	if out.bot, err = bot.New(bot.Config{
		AppToken: cfg.Slack.AppToken, BotToken: cfg.Slack.BotToken, APIURL: a.slackURL, Log: a.log, Clock: a.now,
		HTTPClient: slackClient(a), Jitter: a.jitter, Print: printer(a, cat, out.store),
		Channels: map[string]string{
			workflows.ChannelRequests: cfg.Slack.Channels.Requests, workflows.ChannelCompliance: cfg.Slack.Channels.Compliance,
			workflows.ChannelPeople: cfg.Slack.Channels.People, workflows.ChannelVendors: cfg.Slack.Channels.Vendors,
		},
	}); err != nil {
		return nil, err
	}
	unreached := out.bot.Open(ctx)
	if bot.Lasting(unreached) || ctx.Err() != nil {
		return nil, fmt.Errorf("reach Slack: %w", errors.Join(unreached, ctx.Err()))
	}
	parts.Notifier, parts.Members, parts.Team = out.bot, out.bot, out.bot.Team()
	out.service = workflows.New(parts)
	options := startOptions(cfg, out.key)
	options.AcceptLeavers = a.acceptLeavers
	err = out.service.Start(ctx, options)
	if unreached == nil {
		return out, err
	}
	if err != nil { // nobody is known yet, and nobody can be
		return nil, fmt.Errorf("reach Slack: %w; %w", unreached, err)
	}
	a.log.Warn("Slack cannot be reached; going on with what is known, and trying again", "err", unreached)
	out.waiting = true
	return out, nil
}

// ledgerSizeTime is how long a page waits to know the size of the ledger.
const ledgerSizeTime = 5 * time.Second

// printer draws listings as PDF.
func printer(a assembly, cat *workflows.Catalogue, s *store.Store) func(workflows.Listing) ([]byte, error) {
	return func(l workflows.Listing) ([]byte, error) {
		now := time.Now
		if a.now != nil {
			now = a.now
		}
		ctx, cancel := context.WithTimeout(context.Background(), ledgerSizeTime)
		defer cancel()
		size, err := s.LedgerSize(ctx)
		if err != nil {
			return nil, err
		}
		return evidence.ListingPDF(l, evidence.Page{Organization: cat.Organization, At: now(), Zone: cat.Location, LedgerSize: size})
	}
}

// slackClient reaches Slack; nil leaves the choice to the bot.
func slackClient(a assembly) *http.Client {
	if a.transport == nil {
		return nil
	}
	return &http.Client{Timeout: 10 * time.Second, Transport: a.transport}
}

func googleConfig(a assembly) googleworkspace.Config {
	g := a.config.Google
	c := googleworkspace.Config{
		CredentialsFile: g.CredentialsFile, Impersonate: g.Impersonate, AdminSubject: g.AdminSubject, Customer: g.Customer,
		Now: a.now, Transport: a.transport, Endpoint: a.googleURL,
	}
	if a.googleKey != nil {
		c.CredentialsFile, c.Impersonate, c.Credentials = "", "", a.googleKey
	}
	return c
}

// logName is the name of this company's ledger, on checkpoints and in its key.
func logName(c *config.Config) string { return c.Organization.Domain + "/countersign" }

// ledgerKey loads the key, or makes it at the first start. A database whose key
// is gone is not given a new one: that would look like somebody else's ledger.
func ledgerKey(c *config.Config) (key *ledger.Key, made bool, err error) {
	key, err = ledger.LoadKey(c.Ledger.KeyFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	if path, ok := strings.CutPrefix(c.Store.URL, "sqlite:"); ok {
		if _, err := os.Stat(path); err == nil {
			return nil, false, fmt.Errorf("the database %s is there but its ledger key %s is not: put the key file back", path, c.Ledger.KeyFile)
		}
	}
	key, err = ledger.CreateKey(c.Ledger.KeyFile, logName(c))
	return key, err == nil, err
}

func startOptions(c *config.Config, key *ledger.Key) workflows.StartOptions {
	effective, _ := c.Effective()
	o := workflows.StartOptions{Effective: effective, Diff: config.Diff, Fingerprint: key.Fingerprint(), Host: "unknown", User: "unknown"}
	if host, err := os.Hostname(); err == nil {
		o.Host = host
	}
	if u, err := user.Current(); err == nil {
		o.User = u.Username
	}
	return o
}

// run serves until ctx ends. It stops listening first, so that everything
// acknowledged is in the database, then puts down the work in hand; what is not
// done is there at the next start.
func (a *app) run(ctx context.Context) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	worked := make(chan error, 1)
	go func() { worked <- a.service.Run(working) }()
	err := a.reach(ctx)
	if err == nil && ctx.Err() == nil {
		err = a.bot.Run(ctx, a.service)
	}
	stop()
	return errors.Join(err, <-worked, a.store.Close())
}

// reachEvery is the longest pause between two tries to reach Slack.
const reachEvery = time.Minute

// reach opens the bot where Slack could not be reached at the start. Meanwhile
// everything goes on that needs no Slack: above all, access ends at its time.
func (a *app) reach(ctx context.Context) error {
	for pause := time.Second; a.waiting; pause = min(2*pause, reachEvery) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		err := a.bot.Open(ctx)
		if bot.Lasting(err) {
			return fmt.Errorf("reach Slack: %w", err)
		}
		if err != nil {
			a.log.Warn("Slack cannot be reached yet", "err", err)
			continue
		}
		a.waiting = false
		a.service.BelongTo(a.bot.Team())
		a.log.Info("Slack is reached")
	}
	return nil
}
