package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/manual"
	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

// inFlight is how many callers there are at once where there are many.
const inFlight = 64

// decisions measures Approve, from the call to the durable outcome, against bare
// commits of one small row. Nothing draws cards or makes grants meanwhile.
func decisions(ctx context.Context, l lab) (err error) {
	bare, err := commits(ctx, filepath.Join(l.dir, "bare.db"), l.n)
	if err != nil {
		return err
	}
	bare.say("bare commits")
	s, svc, err := desk(ctx, l.dir, 2*l.n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for i := range 2 * l.n {
		if err := ask(ctx, svc, i); err != nil {
			return err
		}
	}
	alone, err := together(l.n, 1, func(i int) error { return approve(ctx, svc, i) })
	if err != nil {
		return err
	}
	alone.say("decisions, one at a time")
	many, err := together(l.n, inFlight, func(i int) error { return approve(ctx, svc, l.n+i) })
	if err != nil {
		return err
	}
	many.say(fmt.Sprintf("decisions, %d in flight", inFlight))
	fmt.Printf("  one decision costs %.1f bare commits, with %d in flight %.1f\n", bare.rate/alone.rate, inFlight, bare.rate/many.rate)
	return nil
}

// commits measures one small row a transaction, durable.
func commits(ctx context.Context, path string, n int) (_ figure, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		return figure{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT)"); err != nil {
		return figure{}, err
	}
	insert, err := db.PrepareContext(ctx, "INSERT INTO t (x) VALUES ($1)")
	if err != nil {
		return figure{}, err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	return together(n, 1, func(int) error {
		_, err := insert.ExecContext(ctx, "a small row")
		return err
	})
}

// desk is a service with one owner and so many people who ask.
func desk(ctx context.Context, dir string, people int) (_ *store.Store, _ *workflows.Service, err error) {
	key, err := ledger.CreateKey(filepath.Join(dir, "key"), origin)
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "bench.db"), store.Options{Key: key, Origin: origin, Log: log})
	if err != nil {
		return nil, nil, err
	}
	cat := &workflows.Catalogue{
		Location: time.UTC, Access: workflows.AccessPolicy{JustificationMin: 1, RequestExpires: 24 * time.Hour},
		Apps: []workflows.App{{ID: "app", Name: "App", Owners: []string{"owner@bench.example"}, Levels: []workflows.Level{{
			ID: "user", Name: "User", Durations: []time.Duration{time.Hour}, Provisioner: "manual", Target: "app/user: do it",
		}}}},
	}
	svc := workflows.New(workflows.Parts{
		Store: s, Catalogue: cat, Members: everybody(people), Log: log,
		Provisioners: map[string]provisioners.Provisioner{"manual": manual.New()},
	})
	if err := svc.Sync(ctx); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, svc, nil
}

// origin is the name of the ledgers made here.
const origin = "bench.example/countersign"

func ask(ctx context.Context, svc *workflows.Service, i int) error {
	who := fmt.Sprintf("U-%d", i)
	return done(svc.Submit(ctx, workflows.Submission{Key: who, Kind: workflows.AccessRequest, By: workflows.Clicker{ChatID: who}, Values: map[string]string{
		"app": "app", "level": "user", "for": who, "duration": time.Hour.String(), "justification": "to be measured",
	}}))
}

func approve(ctx context.Context, svc *workflows.Service, i int) error {
	return done(svc.Act(ctx, workflows.Press{
		Verb: workflows.VerbApprove, Record: fmt.Sprintf("AR-%06d", i+1), Version: 1, By: workflows.Clicker{ChatID: "U-OWNER"},
	}))
}

// done makes an error of every outcome but success.
func done(out workflows.Outcome, err error) error {
	if err == nil && out.Kind != workflows.OutcomeDone {
		err = fmt.Errorf("refused: %s %v", out.Message, out.Fields)
	}
	return err
}

// everybody is a chat directory of an owner and so many others.
type everybody int

// Members lists them all.
func (n everybody) Members(context.Context) ([]workflows.Member, workflows.Reading, error) {
	all := []workflows.Member{{ChatID: "U-OWNER", Email: "owner@bench.example", Name: "Owner", Kind: workflows.KindMember}}
	for i := range int(n) {
		all = append(all, workflows.Member{ChatID: fmt.Sprintf("U-%d", i), Email: fmt.Sprintf("p%d@bench.example", i), Name: fmt.Sprintf("Person %d", i), Kind: workflows.KindMember})
	}
	return all, workflows.Reading{Source: "bench", Rows: len(all), At: time.Now()}, nil
}

// Member finds nobody else.
func (everybody) Member(context.Context, string) (workflows.Member, error) {
	return workflows.Member{}, workflows.ErrNotFound
}
