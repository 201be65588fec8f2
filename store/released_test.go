package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"countersign/store"
	"countersign/store/postgrestest"
	"countersign/workflows"
)

// released is a database as the program made it that had only the first
// migrations, closed. Its rows and events were written by that program.
type released struct {
	url string
	run func(statements ...string) error
}

// The verifier key that is in testdata/released.sql.
const releasedKey = "acme.example/countersign+983b0ffd+AR15j0N4sFB2jEBxUf2umUEZ5pin3D0UhDMx9BmIDPN4"

// onReleased runs a test on such a database of each kind.
func onReleased(t *testing.T, test func(*testing.T, released)) {
	written, err := os.ReadFile("testdata/released.sql")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("SQLite", func(t *testing.T) {
		d := newDatabase(t)
		migrateTo(t, goose.DialectSQLite3, "sqlite", "file:"+d.path(), 2)
		r := released{d.url, func(statements ...string) error { return d.raw(t, statements...) }}
		r.must(t, string(written))
		test(t, r)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server := postgrestest.Shared(t)
		url := server.URL(t)
		migrateTo(t, goose.DialectPostgres, "pgx", url, 1)
		r := released{url, func(statements ...string) error { return server.Try(t, url, statements...) }}
		r.must(t, regexp.MustCompile(`X'([0-9A-F]*)'`).ReplaceAllString(string(written), `'\x$1'::bytea`))
		test(t, r)
	})
}

// migrateTo makes the tables of an older program in an empty database.
func migrateTo(t *testing.T, dialect goose.Dialect, driver, name string, version int64) {
	t.Helper()
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, db)
	dir := map[goose.Dialect]string{goose.DialectSQLite3: "migrations/sqlite", goose.DialectPostgres: "migrations/postgres"}[dialect]
	p, err := goose.NewProvider(dialect, db, os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

func (r released) must(t *testing.T, statements ...string) {
	t.Helper()
	if err := r.run(statements...); err != nil {
		t.Fatal(err)
	}
}

// migrated opens the database, which brings its tables up to date, until the end
// of the test.
func (r released) migrated(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), r.url, store.Options{Poll: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeIt(t, s) })
	return s
}

func (r released) verify(t *testing.T) store.Report {
	t.Helper()
	d := database{url: r.url}
	return d.verify(t, store.Expectation{Key: releasedKey})
}

func (r released) wantGood(t *testing.T, when string, events int64) {
	t.Helper()
	if got := r.verify(t); got.Wrong != "" || got.Events != events {
		t.Errorf("%s: got %d events, wrong: %q; want %d and nothing", when, got.Events, got.Wrong, events)
	}
}

func TestADatabaseOfTheFirstMigrationsVerifiesBeforeItIsMigratedAndAfter(t *testing.T) {
	onReleased(t, func(t *testing.T, r released) {
		r.wantGood(t, "as it was kept", 12)
		s := r.migrated(t)
		r.wantGood(t, "migrated", 12)
		update(t, s, func(tx workflows.Tx) error {
			ada, err := tx.Person("P-000001")
			g, err2 := tx.Grant("GR-000002")
			ada.Stage, ada.EndsOn, g.EndedBy, g.State = workflows.StageActive, "2026-12-31", "OF-0001", workflows.GrantRevoked
			return errors.Join(err, err2, tx.PutPerson(&ada), tx.PutGrant(&g), tellSync(tx))
		})
		r.wantGood(t, "with some rows changed since", 13)
	})
}

func TestWhatWasThereBeforeAMigrationIsReadAsItWas(t *testing.T) {
	onReleased(t, func(t *testing.T, r released) {
		s := r.migrated(t)
		update(t, s, func(tx workflows.Tx) error {
			bob, err := tx.Person("P-000002")
			if bob.Name != "Bob Builder" || bob.ManagerID != "P-000001" || bob.Stage != "" || bob.Terms != "" || bob.StartsOn != "" || bob.EndsOn != "" {
				t.Errorf("got %+v, want Bob as he was, at no stage and without days", bob)
			}
			open, err2 := tx.UnendedGrants()
			if len(open) != 2 || open[0].ID != "GR-000002" || open[1].ID != "GR-000003" {
				t.Errorf("got unended grants %+v, want the second and the third", open)
			}
			for _, g := range open {
				if g.Source != workflows.SourceRequest || !strings.HasPrefix(g.Record, "AR-") || g.Role != "" || g.EndedBy != "" || !g.CreatedAt.IsZero() {
					t.Errorf("got %+v, want a grant that rests on its request, made nobody knows when", g)
				}
			}
			k, err3 := tx.OpenTask("GR-000003")
			if k.ID != "TK-000001" || k.Record != "AR-000003" {
				t.Errorf("got task %+v, want the one of the third request", k)
			}
			id, err4 := tx.NextID("GR")
			if id != "GR-000004" {
				t.Errorf("got %s as the next grant, want the ids to go on at GR-000004", id)
			}
			err5 := tx.PutGrant(&workflows.Grant{ID: id, Record: "ON-0001", Source: workflows.SourceBirthright, Role: "engineer"})
			return errors.Join(err, err2, err3, err4, err5, tellSync(tx))
		})
		if err := s.Update(t.Context(), func(tx workflows.Tx) error {
			return errors.Join(tx.PutTask(&workflows.Task{ID: "TK-000009", GrantID: "GR-000009"}), tellSync(tx))
		}); err == nil {
			t.Error("a task of a grant that is not there was kept")
		}
		r.wantGood(t, "after a birthright", 13)
	})
}

func TestARowThatOnlyAnOldEventTellsOfCannotBeChangedBehindTheLedger(t *testing.T) {
	const grantColumns = `person, app, level, provisioner, target, target_key, state, duration_ms, looked, found, ours, starts_at, ends_at, problem, next_step, confirmed_by, version`
	onReleased(t, func(t *testing.T, r released) {
		r.migrated(t)
		for change, c := range map[string]struct{ back, want string }{
			`UPDATE people SET active = 1 WHERE id = 'P-000004'`:             {`UPDATE people SET active = 0 WHERE id = 'P-000004'`, "people P-000004 is not as"},
			`UPDATE people SET stage = 'left' WHERE id = 'P-000001'`:         {`UPDATE people SET stage = ''`, "people P-000001 is not as"},
			`UPDATE people SET ends_on = '2030-01-01' WHERE id = 'P-000002'`: {`UPDATE people SET ends_on = ''`, "people P-000002 is not as"},
			`UPDATE grants SET state = 'expired' WHERE id = 'GR-000002'`:     {`UPDATE grants SET state = 'granted' WHERE id = 'GR-000002'`, "grants GR-000002 is not as"},
			`UPDATE grants SET source = 'birthright' WHERE id = 'GR-000002'`: {`UPDATE grants SET source = 'request'`, "grants GR-000002 is not as"},
			`UPDATE grants SET created_at = 1 WHERE id = 'GR-000001'`:        {`UPDATE grants SET created_at = 0`, "grants GR-000001 is not as"},
			`UPDATE grants SET ended_by = 'OF-0001' WHERE id = 'GR-000001'`:  {`UPDATE grants SET ended_by = ''`, "grants GR-000001 is not as"},
			`INSERT INTO grants (id, request_id, ` + grantColumns + `) SELECT 'GR-000009', 'AR-000004', ` + grantColumns + ` FROM grants WHERE id = 'GR-000002'`: {
				`DELETE FROM grants WHERE id = 'GR-000009'`, "grants GR-000009 is in the tables but no event made it"},
		} {
			r.must(t, change)
			if got := r.verify(t); !strings.Contains(got.Wrong, c.want) {
				t.Errorf("%s: got wrong %q, want it to say %q", change, got.Wrong, c.want)
			}
			r.must(t, c.back)
			r.wantGood(t, "with that undone: "+change, 12)
		}
		r.must(t, `DELETE FROM tasks`)
		if got, want := r.verify(t).Wrong, "tasks TK-000001 stands in the ledger but not in the tables"; !strings.Contains(got, want) {
			t.Errorf("a task removed: got wrong %q, want it to say %q", got, want)
		}
	})
}

func TestACardFromBeforeAMigrationIsInNoThreadAndStaysSo(t *testing.T) {
	onReleased(t, func(t *testing.T, r released) {
		r.must(t, `INSERT INTO cards (kind, record, channel, person, body, pre, wanted, shown, tried, at_channel, at_id)
			VALUES ('request.log', 'AR-000009', 'requests', '', '', '', 1, 1, 0, 'C1', '171.001')`)
		s := r.migrated(t)
		update(t, s, func(tx workflows.Tx) error {
			c := workflows.Card{Kind: workflows.CardLog, Record: "AR-000009", Channel: workflows.ChannelRequests}
			err := tx.AddCard(&c)
			got, err2 := tx.Card(c.ID)
			if got.ThreadIn != "" || got.ThreadID != "" || got.Wanted != 2 || got.At.ID != "171.001" {
				t.Errorf("got %+v, want the card that is there, in no thread", got)
			}
			return errors.Join(err, err2)
		})
	})
}
