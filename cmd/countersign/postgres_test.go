package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"countersign/store/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// onEachDatabase runs a test on each kind of database. What it begins a second
// time goes on where the first ended.
func onEachDatabase(t *testing.T, test func(t *testing.T, begin func(*testing.T) (*story, func()))) {
	t.Parallel() // stories wait more than they work
	for name, server := range map[string]func(*testing.T) string{
		"SQLite":     func(*testing.T) string { return "" },
		"PostgreSQL": func(t *testing.T) string { return postgrestest.Shared(t).URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, db := server(t), filepath.Join(t.TempDir(), "story.db")
			test(t, func(t *testing.T) (*story, func()) {
				s, stop := beginStory(t, db, url)
				stop = sync.OnceFunc(stop)
				t.Cleanup(stop)
				return s, stop
			})
		})
	}
}

// auditVerifies checks the audit trail as an auditor does, by the address of the
// database and by the configuration, and as the demo's page does.
func (s *story) auditVerifies() {
	s.t.Helper()
	key, verified := s.app.key.VerifierKey(), "verified; signer checked, fingerprint "+s.app.key.Fingerprint()
	path := filepath.Join(s.t.TempDir(), "config.yaml")
	file := strings.Replace(string(demoConfig), `url: "sqlite:countersign.db"`, `url: "`+s.url()+`"`, 1)
	if !strings.Contains(file, s.url()) {
		s.t.Fatal("the example's store.url was not found")
	}
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		s.t.Fatal(err)
	}
	for _, where := range [][]string{{"--db", s.url()}, {"--config", path}} {
		if code, out, errs := shell(s.t, append([]string{"audit", "verify", "--key", key}, where...)...); code != exitDone || !strings.Contains(out, verified) {
			s.t.Errorf("audit verify %s: exit %d\n%s%s", where[0], code, out, errs)
		}
		if code, out, errs := shell(s.t, append([]string{"audit", "log", "--person", "nora@acme.example"}, where...)...); code != exitDone || !strings.Contains(out, "grant.verified_absent") || !strings.Contains(out, why) {
			s.t.Errorf("audit log %s: exit %d\n%s%s", where[0], code, out, errs)
		}
	}
	panel, err := s.ledgerPanel(s.ctx)
	if err != nil || !strings.Contains(string(panel), "all verified just now") {
		s.t.Errorf("the demo's panel shows %s (%v)", panel, err)
	}
}

func TestADatabaseThatIsNotOursIsNotVerified(t *testing.T) {
	url := postgrestest.Shared(t).URL(t)
	code, out, errs := shell(t, "audit", "verify", "--db", url)
	if code == exitDone || !strings.Contains(errs, "is not a database of Countersign") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestADatabaseWithoutItsLedgerKeyIsNotGivenAnother(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, begin func(*testing.T) (*story, func())) {
		s, stop := begin(t)
		stop()
		if err := os.Remove(s.keyFile()); err != nil {
			t.Fatal(err)
		}
		d, err := startDemo(t.Context(), s.db, s.server, slog.New(slog.DiscardHandler))
		if err == nil {
			d.stop()
			t.Fatal("a database whose key is gone was opened")
		}
		if !strings.Contains(err.Error(), "put the ") {
			t.Errorf("got error %q, want one that says what to do", err)
		}
		if _, err := os.Stat(s.keyFile()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a new key was left where the old one belongs (%v)", err)
		}
	})
}
