package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/store"
	"countersign/workflows"
)

func personOf(t *testing.T, s *store.Store, id string) (p workflows.Person) {
	t.Helper()
	err := s.View(t.Context(), func(tx workflows.Tx) (err error) {
		p, err = tx.Person(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheAppendOnlyTablesRefuseEverythingButNewRows(t *testing.T) {
	h := newHistory(t)
	h.opened(t)
	for _, statement := range []string{
		`UPDATE events SET body = body WHERE seq = 1`, `DELETE FROM events WHERE seq = 6`,
		`INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 1`,
		`INSERT OR REPLACE INTO events SELECT 99, event_id, recorded_at, body, leaf_hash FROM events WHERE seq = 1`,
		`REPLACE INTO events SELECT * FROM events WHERE seq = 6`, `INSERT OR IGNORE INTO events SELECT * FROM events WHERE seq = 6`,
		`UPDATE OR REPLACE events SET seq = 1 WHERE seq = 2`,
		`UPDATE ledger_hashes SET hash = hash WHERE i = 0`, `DELETE FROM ledger_hashes`, `INSERT OR REPLACE INTO ledger_hashes SELECT * FROM ledger_hashes`,
		`UPDATE decisions SET verdict = 'deny'`, `DELETE FROM decisions`, `INSERT OR REPLACE INTO decisions SELECT * FROM decisions`,
		`UPDATE vendor_decisions SET verdict = 'approve'`, `DELETE FROM vendor_decisions`, `INSERT OR REPLACE INTO vendor_decisions SELECT * FROM vendor_decisions`,
		`UPDATE vendor_assessments SET result = ''`, `DELETE FROM vendor_assessments`, `INSERT OR REPLACE INTO vendor_assessments SELECT * FROM vendor_assessments`,
		`UPDATE checkpoints SET note = note`, `DELETE FROM checkpoints`, `INSERT OR REPLACE INTO checkpoints SELECT * FROM checkpoints`,
	} {
		err := h.raw(t, statement)
		if err == nil || !strings.Contains(err.Error(), "append-only") && !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: got error %v, want a refusal by a trigger", statement, err)
		}
	}
	if r := h.verify(t, store.Expectation{Checkpoint: h.kept}); r.Wrong != "" {
		t.Errorf("wrong: %s", r.Wrong)
	}
}

func TestASecondOpeningIsRefusedInClearWordsUntilTheFirstIsClosed(t *testing.T) {
	d := newDatabase(t)
	first := d.Open(t, time.Now, nil)
	second, err := d.open(time.Now, nil)
	if err == nil {
		closeIt(t, second)
		t.Fatal("a database was opened twice")
	}
	if want := "another process has this database open"; !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), d.path()) {
		t.Errorf("got error %q, want it to say %q and where", err, want)
	}
	closeIt(t, first)
	closeIt(t, d.Open(t, time.Now, nil))
}

func TestAFileNameIsTakenAsItIs(t *testing.T) {
	for _, name := range []string{"with space.db", "what?.db", "number#1.db", "50%41.db", "a&_query_only=on.db", "größe.db"} {
		d := newDatabase(t)
		dir := filepath.Dir(d.path())
		d.url = "sqlite:" + filepath.Join(dir, name)
		s := d.Open(t, time.Now, nil)
		if err := s.Update(t.Context(), func(tx workflows.Tx) error { _, err := tx.NextID("AR"); return err }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if r := d.verify(t, store.Expectation{}); r.Wrong != "" {
			t.Errorf("%s: wrong: %s", name, r.Wrong)
		}
		closeIt(t, s)
		want := map[string]bool{name: true, name + ".lock": true, "ledger.key": true}
		if got := listing(t, dir); !maps.Equal(got, want) {
			t.Errorf("got files %v, want %v", got, want)
		}
	}
}

func listing(t *testing.T, dir string) map[string]bool {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for _, e := range list {
		got[e.Name()] = true
	}
	return got
}

func TestADatabaseOfANewerProgramIsRefusedAndLeftAlone(t *testing.T) {
	h := newHistory(t)
	if err := h.raw(t, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
		t.Fatal(err)
	}
	s, err := h.open(time.Now, nil)
	if err == nil {
		closeIt(t, s)
		t.Fatal("a database of version 999 was opened")
	}
	if want := "version 999"; !strings.Contains(err.Error(), want) {
		t.Errorf("got error %q, want it to say %q", err, want)
	}
	if r := h.verify(t, store.Expectation{Checkpoint: h.kept}); r.Wrong != "" {
		t.Errorf("wrong: %s", r.Wrong)
	}
}

func TestWhatIsNoDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no database at all\n"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	other := &database{url: "sqlite:" + filepath.Join(dir, "other.db")}
	if err := other.raw(t, `CREATE TABLE t (x)`); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"", "sqlite:", "postgres://ada:secret@host/db", "countersign.db", "sqlite:" + text, "sqlite:" + filepath.Join(dir, "absent", "x.db")} {
		if s, err := store.Open(t.Context(), url, store.Options{Now: time.Now}); err == nil {
			closeIt(t, s)
			t.Errorf("store %q was opened", url)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error %q holds a password", err)
		}
	}
	for _, url := range []string{"", "postgres://ada:secret@host/db", "sqlite:" + text, other.url, "sqlite:" + filepath.Join(dir, "absent.db")} {
		if r, err := store.OpenReader(t.Context(), url); err == nil {
			closeIt(t, r)
			t.Errorf("store %q was opened for reading", url)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error %q holds a password", err)
		}
	}
	if listing(t, dir)["absent.db"] {
		t.Error("reading a database that is not there made one")
	}
}

func TestACheckpointNeedsAKey(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), store.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, s)
	err = s.Update(t.Context(), func(tx workflows.Tx) error { _, err := tx.Checkpoint(); return err })
	if err == nil {
		t.Error("a checkpoint was made without a key")
	}
}

func TestARefusedTransactionSaysWhichRowsNoEventNames(t *testing.T) {
	s := newDatabase(t).opened(t)
	err := s.Update(t.Context(), func(tx workflows.Tx) error {
		return errors.Join(tx.PutPerson(&workflows.Person{ID: "P-000001"}), tx.PutPerson(&workflows.Person{ID: "P-000002"}))
	})
	if want := "people P-000001, people P-000002"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want it to name %q", err, want)
	}
}

func TestTheDatabaseOfAnotherProgramIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "theirs.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, db)
	if _, err := db.Exec(`CREATE TABLE theirs (x)`); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), "sqlite:"+path, store.Options{})
	if err == nil {
		closeIt(t, s)
	}
	if err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("got %v, want it to be refused as another program's", err)
	}
	var tables int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_master WHERE type = 'table'`).Scan(&tables); err != nil || tables != 1 {
		t.Errorf("it has %d tables now, %v; want the 1 it had", tables, err)
	}
}
