package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"countersign/bot"
	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

// productArg makes this binary the product in the folder that follows. The
// product's own binary knows only the real hosts of Slack, and reaching those on
// loopback would put a proxy and TLS into the figures.
const productArg = "product"

// The files of the product's folder.
const (
	settingsFile  = "settings.json"
	googleKeyFile = "google.json"
	productDB     = "product.db"
)

const adminAddress = "admin@bench.example"

func groupAddress(i int) string { return fmt.Sprintf("app%d@bench.example", i) }

// productSettings are what the measured process has to know.
type productSettings struct {
	Slack, Google string // base URLs
	People        int
}

// serveProduct assembles the product as cmd/countersign does, makes the requests
// that will be decided, and serves until its standard input or ctx ends.
func serveProduct(ctx context.Context, dir string) (err error) {
	body, err := os.ReadFile(filepath.Join(dir, settingsFile))
	if err != nil {
		return err
	}
	var o productSettings
	if err := json.Unmarshal(body, &o); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	key, err := ledger.CreateKey(filepath.Join(dir, "key"), origin)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, productDB), store.Options{Key: key, Origin: origin, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	slack, svc, err := assemble(ctx, dir, o, s, key, log)
	if err != nil {
		return err
	}
	for i := range o.People {
		if err := askForOthers(ctx, svc, i, o.People); err != nil {
			return err
		}
	}
	return work(ctx, slack, svc)
}

// assemble makes the parts that talk to others, and reads people.
func assemble(ctx context.Context, dir string, o productSettings, s *store.Store, key *ledger.Key, log *slog.Logger) (*bot.Bot, *workflows.Service, error) {
	google, err := googleworkspace.Open(ctx, googleworkspace.Config{
		CredentialsFile: filepath.Join(dir, googleKeyFile), AdminSubject: adminAddress, Endpoint: o.Google,
	}, log)
	if err != nil {
		return nil, nil, err
	}
	slack, err := bot.New(bot.Config{
		AppToken: "xapp-1-fake", BotToken: "xoxb-fake", APIURL: o.Slack, Log: log,
		Channels: map[string]string{workflows.ChannelRequests: requestsChannel, workflows.ChannelCompliance: complianceChannel},
	})
	if err != nil {
		return nil, nil, err
	}
	if err := slack.Open(ctx); err != nil {
		return nil, nil, err
	}
	svc := workflows.New(workflows.Parts{
		Store: s, Catalogue: productCatalogue(o.People), Directory: google, Members: slack, Notifier: slack, Team: slack.Team(), Log: log,
		Provisioners: map[string]provisioners.Provisioner{"google_group": google},
	})
	return slack, svc, svc.Start(ctx, workflows.StartOptions{
		Effective: []byte("{}"), Diff: func(_, _ []byte) []string { return nil }, Fingerprint: key.Fingerprint(), Host: "bench", User: "bench",
	})
}

// productCatalogue has an app for each person, who owns it.
func productCatalogue(people int) *workflows.Catalogue {
	cat := &workflows.Catalogue{Location: time.UTC, Access: workflows.AccessPolicy{JustificationMin: 20, RequestExpires: 7 * 24 * time.Hour}}
	for i := range people {
		cat.Apps = append(cat.Apps, workflows.App{
			ID: appID(i), Name: fmt.Sprintf("App %d", i), Owners: []string{address(i)}, InScope: true,
			Levels: []workflows.Level{{ID: "member", Name: "Member", Durations: []time.Duration{8 * time.Hour}, Provisioner: "google_group", Target: groupAddress(i)}},
		})
	}
	return cat
}

func appID(i int) string { return fmt.Sprintf("app%d", i) }

// askForOthers asks as one person for the apps of the next ones.
func askForOthers(ctx context.Context, svc *workflows.Service, i, people int) error {
	for k := range askedOf {
		app := appID((i + 1 + k) % people)
		err := done(svc.Submit(ctx, workflows.Submission{
			Key: chatID(i) + app, Kind: workflows.AccessRequest, By: workflows.Clicker{ChatID: chatID(i)},
			Values: map[string]string{
				"app": app, "level": "member", "for": chatID(i), "duration": (8 * time.Hour).String(), "justification": "On call this week for the team of " + app,
			},
		}))
		if err != nil {
			return fmt.Errorf("ask for %s: %w", app, err)
		}
	}
	return nil
}

// work serves until standard input or ctx ends, the bot first.
func work(ctx context.Context, slack *bot.Bot, svc *workflows.Service) error {
	listening, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	go func() {
		select {
		case <-slack.Connected():
			fmt.Println(connected)
		case <-listening.Done():
		}
	}()
	working, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	worked := make(chan error, 1)
	go func() { worked <- svc.Run(working) }()
	err := slack.Run(listening, svc)
	end()
	return errors.Join(err, <-worked)
}
