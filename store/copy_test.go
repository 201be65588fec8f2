package store_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"countersign/store"
)

// copied is a copy of a database's files with these endings.
func (h history) copied(t *testing.T, endings ...string) history {
	t.Helper()
	dir := t.TempDir()
	for _, e := range endings {
		b, err := os.ReadFile(h.path() + e)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "copy.db"+e), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := history{database: &database{url: "sqlite:" + filepath.Join(dir, "copy.db"), key: h.key}, kept: h.kept}
	return c
}

// filled is a history whose store is still open, so that its newest events are
// in the -wal alone.
func filled(t *testing.T) history {
	t.Helper()
	h := history{database: newDatabase(t)}
	h.kept = fillHistory(t, h.opened(t))
	return h
}

func (h history) wantGood(t *testing.T) {
	t.Helper()
	r := h.verify(t, store.Expectation{Key: h.key.VerifierKey(), Checkpoint: h.kept})
	if r.Wrong != "" || r.Events != 6 {
		t.Errorf("got %d events, wrong: %q; want 6 and nothing", r.Events, r.Wrong)
	}
}

func TestVerifyWorksWhileAStoreIsOpen(t *testing.T) {
	h := filled(t)
	h.wantGood(t)
	h.wantGood(t)
}

func TestVerifyWorksOnACopyOfAnOpenDatabaseAndLeavesItAsItWas(t *testing.T) {
	h := filled(t)
	for what, endings := range map[string][]string{"with its -wal and -shm": {"", "-wal", "-shm"}, "with its -wal": {"", "-wal"}} {
		c := h.copied(t, endings...)
		c.wantGood(t)
		for _, e := range []string{"", "-wal"} {
			before, err := os.ReadFile(h.path() + e)
			if err != nil {
				t.Fatal(err)
			}
			after, err := os.ReadFile(c.path() + e)
			if err != nil || !bytes.Equal(after, before) {
				t.Errorf("a copy %s: file %q was changed by reading it (%v)", what, e, err)
			}
		}
	}
}

func TestVerifyWorksOnTheFileAloneAfterACleanCloseAndLeavesNothingBeside(t *testing.T) {
	h := newHistory(t)
	c := h.copied(t, "")
	before, err := os.ReadFile(c.path())
	if err != nil {
		t.Fatal(err)
	}
	c.wantGood(t)
	after, err := os.ReadFile(c.path())
	if err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file was changed by reading it (%v)", err)
	}
	if got := listing(t, filepath.Dir(c.path())); !maps.Equal(got, map[string]bool{"copy.db": true}) {
		t.Errorf("got files %v, want the copy alone", got)
	}
}

func TestACopyWithoutItsWalIsCaughtByTheKeptCheckpoint(t *testing.T) {
	h := newHistory(t)
	s := h.opened(t)
	kept := fillMore(t, s)
	c := h.copied(t, "")
	if r := c.verify(t, store.Expectation{}); r.Wrong != "" {
		t.Errorf("wrong: %s; want nothing, an older state is a good one", r.Wrong)
	}
	if r := c.verify(t, store.Expectation{Checkpoint: kept}); r.Wrong == "" {
		t.Error("events that stayed in the -wal were not missed")
	}
}

func TestVerifyWorksInADirectoryThatCannotBeWritten(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	open := filled(t)
	for what, c := range map[string]history{"closed": newHistory(t).copied(t, ""), "open": open.copied(t, "", "-wal", "-shm")} {
		t.Run(what, func(t *testing.T) {
			dir := filepath.Dir(c.path())
			for name := range listing(t, dir) {
				if err := os.Chmod(filepath.Join(dir, name), 0o400); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, 0o500); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := os.Chmod(dir, 0o700); err != nil {
					t.Error(err)
				}
			}()
			c.wantGood(t)
		})
	}
}
