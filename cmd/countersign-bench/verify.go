package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"countersign/store"
	"countersign/store/ledger"
	"countersign/workflows"
)

// verified is how many events are checked.
const verified = 100_000

// verify measures the check of a whole ledger against the least that any check
// must do: read the same bytes and hash them.
func verify(ctx context.Context, dir string) (err error) {
	path := filepath.Join(dir, "verify.db")
	if err := fill(ctx, dir, path); err != nil {
		return err
	}
	r, err := store.OpenReader(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var checking, hashing time.Duration
	for range 3 {
		at := time.Now()
		report, err := r.Verify(ctx, store.Expectation{})
		if err != nil || report.Wrong != "" || report.Events < verified {
			return fmt.Errorf("verify: %w; %d events, wrong: %s", err, report.Events, report.Wrong)
		}
		checking += time.Since(at) / 3
		at = time.Now()
		if err := hash(ctx, path); err != nil {
			return err
		}
		hashing += time.Since(at) / 3
	}
	fmt.Printf("  verify %s, reading and hashing the same bytes %s: %.1f times\n",
		checking.Round(time.Millisecond), hashing.Round(time.Millisecond), checking.Seconds()/hashing.Seconds())
	return nil
}

// fill writes events about people who change again and again.
func fill(ctx context.Context, dir, path string) (err error) {
	key, err := ledger.CreateKey(filepath.Join(dir, "key"), "bench.example/countersign")
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, "sqlite:"+path, store.Options{Key: key, Origin: "bench.example/countersign", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	people := make([]workflows.Person, 1000)
	for done := 0; done < verified; {
		err := s.Update(ctx, func(tx workflows.Tx) error {
			for range 1000 {
				p := &people[done%len(people)]
				p.ID = fmt.Sprintf("P-%06d", done%len(people)+1)
				p.Email, p.Active = fmt.Sprintf("p%d@bench.example", done%len(people)), done%2 == 0
				if err := tx.PutPerson(p); err != nil {
					return err
				}
				e := workflows.Event{Type: "person.changed", Actor: workflows.System, Outcome: workflows.Success, Source: "job", Data: map[string]any{"n": done}}
				if _, err := tx.Append(e); err != nil {
					return err
				}
				done++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hash reads every leaf and hashes it.
func hash(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_query_only=on")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "SELECT body FROM events ORDER BY seq")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	sum := sha256.New()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		sum.Write(body)
	}
	return rows.Err()
}
