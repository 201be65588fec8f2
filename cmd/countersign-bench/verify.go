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

// verify measures the check of a whole ledger against the least that any check
// must do: read the same rows and hash them.
func verify(ctx context.Context, l lab) (err error) {
	path := filepath.Join(l.dir, "verify.db")
	at := time.Now()
	if err := fill(ctx, l.dir, path, l.n); err != nil {
		return err
	}
	fmt.Printf("  written in %s\n", time.Since(at).Round(time.Millisecond))
	r, err := store.OpenReader(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	const times = 3
	var checking, hashing time.Duration
	for range times {
		at := time.Now()
		report, err := r.Verify(ctx, store.Expectation{})
		if err != nil || report.Wrong != "" || report.Events < int64(l.n) {
			return errors.Join(err, fmt.Errorf("verify: %d events, wrong: %q", report.Events, report.Wrong))
		}
		checking += time.Since(at) / times
		at = time.Now()
		if err := hash(ctx, path); err != nil {
			return err
		}
		hashing += time.Since(at) / times
	}
	fmt.Printf("  verify %s, reading and hashing the same rows %s: %.1f times\n",
		checking.Round(time.Millisecond), hashing.Round(time.Millisecond), checking.Seconds()/hashing.Seconds())
	return nil
}

// fill writes events about a thousand people who change again and again.
func fill(ctx context.Context, dir, path string, n int) (err error) {
	key, err := ledger.CreateKey(filepath.Join(dir, "key"), origin)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, "sqlite:"+path, store.Options{Key: key, Origin: origin, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	people := make([]workflows.Person, 1000)
	for done := 0; done < n; done += len(people) {
		err := s.Update(ctx, func(tx workflows.Tx) error {
			for i := range people[:min(len(people), n-done)] {
				if err := change(tx, &people[i], i, done+i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// change changes a person for the n-th time that anybody is changed.
func change(tx workflows.Tx, p *workflows.Person, i, n int) error {
	p.ID, p.Email, p.Active = fmt.Sprintf("P-%06d", i+1), fmt.Sprintf("p%d@bench.example", i), n%2 == 0
	if err := tx.PutPerson(p); err != nil {
		return err
	}
	_, err := tx.Append(workflows.Event{Type: "person.changed", Actor: workflows.System, Outcome: workflows.Success, Source: "job", Data: map[string]any{"n": n}})
	return err
}

// hash reads every row that Verify has to read in such a ledger, and hashes it.
func hash(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_query_only=on")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, text := range []string{
		`SELECT seq, event_id, recorded_at, body, leaf_hash FROM events ORDER BY seq`,
		`SELECT i, hash FROM ledger_hashes ORDER BY i`,
		`SELECT commitment, value, salt FROM pii`,
		`SELECT * FROM people`,
	} {
		if err := hashRows(ctx, db, text); err != nil {
			return err
		}
	}
	return nil
}

func hashRows(ctx context.Context, db *sql.DB, text string) (err error) {
	rows, err := db.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, at := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		at[i] = &values[i]
	}
	sum := sha256.New()
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		for _, v := range values {
			sum.Write(v)
		}
	}
	return rows.Err()
}
