package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/manual"
	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

// decided is how many requests are decided in each part of the measurement.
const decided = 2000

// decisions measures Approve, from the press to the durable outcome, against
// bare commits of one small row.
func decisions(ctx context.Context, dir string) (err error) {
	bare, err := commits(ctx, filepath.Join(dir, "bare.db"))
	if err != nil {
		return err
	}
	s, svc, err := company(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for i := range 2 * decided {
		if err := ask(ctx, svc, i); err != nil {
			return err
		}
	}
	approve := func(i int) error {
		out, err := svc.Act(ctx, workflows.Press{Verb: workflows.VerbApprove, Record: fmt.Sprintf("AR-%06d", i+1), Version: 1, By: workflows.Clicker{ChatID: "U-OWNER"}})
		if err == nil && out.Kind != workflows.OutcomeDone {
			err = fmt.Errorf("approve %d: %s", i, out.Message)
		}
		return err
	}
	one, err := together(1, 0, approve)
	if err != nil {
		return err
	}
	if _, err := together(64, decided, approve); err != nil {
		return err
	}
	fmt.Printf("  one decision costs %.1f bare commits\n", one.Seconds()/bare.Seconds())
	return nil
}

// together does something for so many records with n callers at once and returns
// how long one took on average.
func together(n, from int, do func(i int) error) (time.Duration, error) {
	took := make(times, decided)
	next := make(chan int)
	failed := make(chan error, n)
	var callers sync.WaitGroup
	begun := time.Now()
	for range n {
		callers.Go(func() {
			for i := range next {
				at := time.Now()
				if err := do(from + i); err != nil {
					failed <- err
					return
				}
				took[i] = time.Since(at)
			}
		})
	}
	for i := range decided {
		select {
		case next <- i:
		case err := <-failed:
			close(next)
			return 0, err
		}
	}
	close(next)
	callers.Wait()
	all := time.Since(begun)
	took.say(fmt.Sprintf("decisions, %d in flight", n), all)
	return all / decided, nil
}

// commits measures one small row a transaction, durable.
func commits(ctx context.Context, path string) (each time.Duration, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT)"); err != nil {
		return 0, err
	}
	took := make(times, decided)
	begun := time.Now()
	for i := range took {
		at := time.Now()
		if _, err := db.ExecContext(ctx, "INSERT INTO t (x) VALUES ($1)", "a small row"); err != nil {
			return 0, err
		}
		took[i] = time.Since(at)
	}
	all := time.Since(begun)
	took.say("bare commits", all)
	return all / decided, nil
}

// company is a service with an owner and enough people who ask.
func company(ctx context.Context, dir string) (*store.Store, *workflows.Service, error) {
	key, err := ledger.CreateKey(filepath.Join(dir, "key"), "bench.example/countersign")
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "bench.db"), store.Options{Key: key, Origin: "bench.example/countersign", Log: log})
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
		Store: s, Catalogue: cat, Members: everybody{}, Log: log,
		Provisioners: map[string]provisioners.Provisioner{"manual": manual.New()},
	})
	return s, svc, svc.Sync(ctx)
}

func ask(ctx context.Context, svc *workflows.Service, i int) error {
	who := fmt.Sprintf("U-%d", i)
	out, err := svc.Submit(ctx, workflows.Submission{Key: who, Kind: workflows.AccessRequest, By: workflows.Clicker{ChatID: who}, Values: map[string]string{
		"app": "app", "level": "user", "for": who, "duration": time.Hour.String(), "justification": "to be measured",
	}})
	if err == nil && out.Kind != workflows.OutcomeDone {
		err = fmt.Errorf("submit %d: %s %v", i, out.Message, out.Fields)
	}
	return err
}

// everybody is the chat directory of the company.
type everybody struct{}

// Members lists the owner and one person for each request.
func (everybody) Members(context.Context) ([]workflows.Member, workflows.Reading, error) {
	all := []workflows.Member{{ChatID: "U-OWNER", Email: "owner@bench.example", Name: "Owner", Kind: workflows.KindMember}}
	for i := range 2 * decided {
		all = append(all, workflows.Member{ChatID: fmt.Sprintf("U-%d", i), Email: fmt.Sprintf("p%d@bench.example", i), Name: fmt.Sprintf("Person %d", i), Kind: workflows.KindMember})
	}
	return all, workflows.Reading{Source: "bench", Rows: len(all), At: time.Now()}, nil
}

// Member finds nobody else.
func (everybody) Member(context.Context, string) (workflows.Member, error) {
	return workflows.Member{}, workflows.ErrNotFound
}
