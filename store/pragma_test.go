package store

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"
)

func TestEachConnectionHasTheSettingsOnWhichDurabilityRests(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	file := s.engine.(*sqliteFile)
	for what, c := range map[string]struct {
		conn      *sqliteConn
		queryOnly string
	}{"writer": {file.writer.conn, "0"}, "reader": {<-file.readers, "1"}} {
		for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "query_only": c.queryOnly} {
			var got string
			if err := c.conn.conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
				t.Errorf("%s has %s %q (%v), want %q", what, name, got, err, want)
			}
		}
	}
}

func TestAConnectionWithOtherSettingsIsRefused(t *testing.T) {
	good := "_busy_timeout=10000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on"
	for _, c := range []struct {
		settings string
		ok       bool
	}{
		{good, true}, {"", false}, {good + "&_synchronous=NORMAL", true}, // the first of two counts
		{"_busy_timeout=10000&_journal_mode=DELETE&_synchronous=FULL&_foreign_keys=on", false},
		{"_busy_timeout=10000&_journal_mode=WAL&_synchronous=NORMAL&_foreign_keys=on", false},
		{"_busy_timeout=10000&_journal_mode=WAL&_synchronous=FULL", false},
		{"_busy_timeout=1&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on", false},
	} {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "x.db")+"?"+c.settings)
		if err != nil {
			t.Fatal(err)
		}
		if err := assertPragmas(t.Context(), db); (err == nil) != c.ok {
			t.Errorf("settings %q: got error %v, want one: %t", c.settings, err, !c.ok)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
