package store_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"countersign/store"
	"countersign/store/postgrestest"
)

// sameKind says what a kind of SQLite's is called in PostgreSQL.
var sameKind = map[string]string{"INTEGER": "bigint", "TEXT": "text", "BLOB": "bytea"}

func TestBothDatabasesHaveTheSameTablesAndColumns(t *testing.T) {
	t.Parallel()
	lite := newDatabase(t)
	closeIt(t, lite.Open(t, time.Now, nil))
	got, want := pgColumns(t), liteColumns(t, lite)
	for name := range want {
		if strings.HasPrefix(name, "jobs.") { // River has tables of its own
			delete(want, name)
		}
	}
	if len(want) < 80 {
		t.Fatalf("SQLite has %d columns, want all of them", len(want))
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("columns differ (-PostgreSQL +SQLite):\n%s", diff)
	}
}

// liteColumns returns the kinds of all columns of ours in SQLite, by table and
// name, as PostgreSQL calls them.
func liteColumns(t *testing.T, d *database) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+d.path())
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, db)
	rows, err := db.QueryContext(t.Context(), `SELECT m.name, c.name, c.type, c."notnull" OR c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, rows)
	out := make(map[string]string)
	for rows.Next() {
		var table, column, kind string
		var filled bool
		if err := rows.Scan(&table, &column, &kind, &filled); err != nil {
			t.Fatal(err)
		}
		out[table+"."+column] = described(sameKind[kind], filled)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func described(kind string, filled bool) string {
	if filled {
		return kind + " not null"
	}
	return kind
}

func pgColumns(t *testing.T) map[string]string {
	t.Helper()
	server := postgrestest.Shared(t)
	url := server.URL(t)
	s, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	closeIt(t, s)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	rows, err := pool.Query(t.Context(), `SELECT table_name, column_name, data_type, is_nullable = 'NO', coalesce(collation_name, '') FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT LIKE 'river%' AND table_name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := make(map[string]string)
	for rows.Next() {
		var table, column, kind, collation string
		var filled bool
		if err := rows.Scan(&table, &column, &kind, &filled, &collation); err != nil {
			t.Fatal(err)
		}
		out[table+"."+column] = described(kind, filled)
		if kind == "text" && collation != "C" {
			t.Errorf("%s.%s is compared as the server's language does, want bytes", table, column)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
