package store_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"countersign/store"
	"countersign/store/ledger"
	"countersign/store/postgrestest"
	"countersign/store/storetest"
)

// pgDatabase is a PostgreSQL database that the suite opens.
type pgDatabase struct {
	url    string
	key    *ledger.Key
	server *postgrestest.Server
}

func newPGDatabase(t *testing.T, server *postgrestest.Server, url string) *pgDatabase {
	t.Helper()
	key, err := ledger.CreateKey(filepath.Join(t.TempDir(), "ledger.key"), origin)
	if err != nil {
		t.Fatal(err)
	}
	return &pgDatabase{url, key, server}
}

func (d *pgDatabase) Open(t *testing.T, now func() time.Time, log *slog.Logger) storetest.Store {
	t.Helper()
	s, err := store.Open(context.Background(), d.url, store.Options{
		Now: now, Key: d.key, Origin: origin, Log: log, Poll: true,
		PolicyVersion: storetest.PolicyVersion, ConfigHash: storetest.ConfigHash, AppVersion: storetest.AppVersion,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *pgDatabase) Leaves(t *testing.T) []storetest.Leaf { return leaves(t, d.url) }

// Late is half a second of polling and a little; what is put off for more than
// five seconds waits for a scheduler that comes every five.
func (d *pgDatabase) Late() (start, pause time.Duration) {
	return 600 * time.Millisecond, 6 * time.Second
}

func TestPostgreSQLPassesTheSuiteOfEveryDatabase(t *testing.T) {
	server := postgrestest.Shared(t)
	made := server.URL(t)
	s, err := store.Open(t.Context(), made, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	closeIt(t, s)
	storetest.Run(t, func(t *testing.T) storetest.Database { return newPGDatabase(t, server, server.Copy(t, made)) })
}
