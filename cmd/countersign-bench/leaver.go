package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"countersign/provisioners"
	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

// appTime is how long each app of the leaver takes to give or to take access.
const appTime = 300 * time.Millisecond

// leaver measures an offboarding from the sent form until all access was read
// back as gone, of somebody with so many apps, each in a system of its own.
func leaver(ctx context.Context, l lab) (err error) {
	apps := &slowApps{has: make(map[string]bool)}
	s, svc, err := company(ctx, l, apps)
	if err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- svc.Run(working) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended, s.Close())
	}()
	for i := range l.n {
		who := workflows.Clicker{ChatID: "U-0"}
		values := map[string]string{"app": slowApp(i), "level": "user", "for": "U-0", "duration": time.Hour.String(), "justification": "to be measured"}
		if err := done(svc.Submit(ctx, workflows.Submission{Key: slowApp(i), Kind: workflows.AccessRequest, By: who, Values: values})); err != nil {
			return err
		}
		if err := approve(ctx, svc, i); err != nil {
			return err
		}
	}
	if err := until(ctx, func() (bool, error) { return apps.holding() == l.n, nil }); err != nil {
		return err
	}
	var id string
	if err := s.View(ctx, func(tx workflows.Tx) error {
		p, err := tx.PersonByChat("U-0")
		id = p.ID
		return err
	}); err != nil {
		return err
	}
	today := time.Now().UTC().Format(time.DateOnly)
	begun := time.Now()
	err = done(svc.Submit(ctx, workflows.Submission{
		Key: "leave", Kind: workflows.OffboardingFlow, Record: id, By: workflows.Clicker{ChatID: "U-OWNER"},
		Values: map[string]string{"last_day": today, "told_by": "U-OWNER", "mail": string(provisioners.MailStop), "confirm": "p0@bench.example"},
	}))
	if err != nil {
		return err
	}
	answered := time.Since(begun)
	err = until(ctx, func() (over bool, err error) {
		err = s.View(ctx, func(tx workflows.Tx) error {
			off, err := tx.OffboardingOf(id)
			over = off.State == workflows.OffboardingCompleted
			return err
		})
		return over, err
	})
	if err != nil {
		return err
	}
	took := time.Since(begun)
	fmt.Printf("  answered after %v; all %d apps of %v each read back as gone after %v: %.2f times the slowest\n",
		answered.Round(time.Millisecond), l.n, appTime, took.Round(time.Millisecond), float64(took)/float64(appTime))
	return nil
}

// until looks again and again until something holds.
func until(ctx context.Context, holds func() (bool, error)) error {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		ok, err := holds()
		if ok || err != nil {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func slowApp(i int) string { return fmt.Sprintf("app-%d", i) }

// company is a service with one admin, one leaver and so many apps.
func company(ctx context.Context, l lab, apps provisioners.Provisioner) (*store.Store, *workflows.Service, error) {
	key, err := ledger.CreateKey(filepath.Join(l.dir, "key"), origin)
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(l.dir, "bench.db"), store.Options{Key: key, Origin: origin, Log: log})
	if err != nil {
		return nil, nil, err
	}
	cat := &workflows.Catalogue{
		Location: time.UTC, Admins: []string{"owner@bench.example"},
		Access:      workflows.AccessPolicy{JustificationMin: 1, RequestExpires: 24 * time.Hour},
		Offboarding: workflows.OffboardingPolicy{IdentityWithin: 24 * time.Hour, AppsWithin: 72 * time.Hour},
	}
	for i := range l.n {
		cat.Apps = append(cat.Apps, workflows.App{ID: slowApp(i), Name: slowApp(i), Owners: []string{"owner@bench.example"}, Levels: []workflows.Level{{
			ID: "user", Name: "User", Durations: []time.Duration{time.Hour}, Provisioner: "slow", Target: slowApp(i),
		}}})
	}
	svc := workflows.New(workflows.Parts{
		Store: s, Catalogue: cat, Members: everybody(1), Notifier: nobodyLooks{}, Log: log,
		Provisioners: map[string]provisioners.Provisioner{"slow": apps},
	})
	if err := svc.Sync(ctx); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, svc, nil
}

// slowApps are apps that take their time to change something.
type slowApps struct {
	mu  sync.Mutex
	has map[string]bool
}

func (a *slowApps) holding() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, has := range a.has {
		if has {
			n++
		}
	}
	return n
}

// TargetKey is the target itself.
func (*slowApps) TargetKey(_ context.Context, target string) (string, error) { return target, nil }

// Apply takes appTime.
func (a *slowApps) Apply(ctx context.Context, c provisioners.Change) (provisioners.Result, error) {
	select {
	case <-time.After(appTime):
	case <-ctx.Done():
		return provisioners.Result{}, ctx.Err()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	changed := a.has[c.Target] != c.Present
	a.has[c.Target] = c.Present
	return provisioners.Result{Changed: changed}, nil
}

// Read answers at once.
func (a *slowApps) Read(_ context.Context, c provisioners.Change) (provisioners.Observation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return provisioners.Observation{Present: a.has[c.Target], Checked: true, Source: "bench", At: time.Now()}, nil
}

// nobodyLooks is a chat system without anybody in it.
type nobodyLooks struct{}

// Show shows a card to nobody.
func (nobodyLooks) Show(context.Context, workflows.Card, workflows.Person, func() (workflows.CardView, error)) (workflows.Posted, error) {
	return workflows.Posted{Channel: "C1", ID: "1"}, nil
}
