package store_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"countersign/store"
	"countersign/store/postgrestest"
)

// newPGHistory is a history kept in PostgreSQL.
func newPGHistory(t *testing.T) (*pgDatabase, []byte) {
	t.Helper()
	server := postgrestest.Shared(t)
	d := newPGDatabase(t, server, server.URL(t))
	s := d.Open(t, func() time.Time { return noon }, slog.New(slog.DiscardHandler))
	defer closeIt(t, s)
	return d, fillHistory(t, s.(*store.Store))
}

func (d *pgDatabase) verify(t *testing.T, x store.Expectation) store.Report {
	t.Helper()
	r, err := store.OpenReader(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, r)
	report, err := r.Verify(t.Context(), x)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return report
}

func TestPostgreSQLRefusesEverythingButNewRowsInTheAppendOnlyTables(t *testing.T) {
	t.Parallel()
	d, kept := newPGHistory(t)
	for _, statement := range []string{
		`UPDATE events SET body = body WHERE seq = 1`, `DELETE FROM events WHERE seq = 6`, `TRUNCATE events`,
		`INSERT INTO events SELECT * FROM events WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET body = EXCLUDED.body`,
		`WITH gone AS (DELETE FROM events RETURNING *) SELECT count(*) FROM gone`,
		`MERGE INTO events e USING (SELECT 1 AS seq) x ON e.seq = x.seq WHEN MATCHED THEN DELETE`,
		`UPDATE ledger_hashes SET hash = hash WHERE i = 0`, `DELETE FROM ledger_hashes`, `TRUNCATE ledger_hashes`,
		`UPDATE decisions SET verdict = 'deny'`, `DELETE FROM decisions`, `TRUNCATE decisions`, `TRUNCATE requests CASCADE`,
		`UPDATE vendor_decisions SET verdict = 'approve'`, `DELETE FROM vendor_decisions`, `TRUNCATE vendor_decisions`,
		`UPDATE vendor_assessments SET result = ''`, `DELETE FROM vendor_assessments`, `TRUNCATE vendor_assessments`,
		`UPDATE checkpoints SET note = note`, `DELETE FROM checkpoints`, `TRUNCATE checkpoints`, `TRUNCATE people, checkpoints`,
	} {
		err := d.server.Try(t, d.url, statement)
		if err == nil || !strings.Contains(err.Error(), "append-only") && !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: got error %v, want a refusal by a trigger", statement, err)
		}
	}
	if r := d.verify(t, store.Expectation{Key: d.key.VerifierKey(), Checkpoint: kept}); r.Wrong != "" || r.Events != 6 {
		t.Errorf("got %d events, wrong: %q; want 6 and nothing", r.Events, r.Wrong)
	}
}

func TestVerifyCatchesInPostgreSQLWhatWasChangedBehindTheLedger(t *testing.T) {
	t.Parallel()
	d, kept := newPGHistory(t)
	for name, c := range map[string]struct{ table, change, want string }{
		"a person's manager":     {"people", `UPDATE people SET manager_id = 'P-000009' WHERE id = 'P-000002'`, "people P-000002 is not as the newest event"},
		"a person added":         {"people", `INSERT INTO people SELECT 'P-000003', kind, email, name, chat_id, account_id, other_chat, manager_id, role_id, active, hold, version FROM people WHERE id = 'P-000001'`, "people P-000003 is in the tables but no event made it"},
		"a person's address":     {"people", `UPDATE people SET email = (SELECT email FROM people WHERE id = 'P-000001') WHERE id = 'P-000002'`, "people P-000002 is not as the newest event"},
		"a grant's end":          {"grants", `UPDATE grants SET ends_at = 1`, "grants GR-000001 is not as the newest event"},
		"a decision's verdict":   {"decisions", `UPDATE decisions SET verdict = 'deny'`, "decisions AR-000001/1 is not as the newest event"},
		"a decision removed":     {"decisions", `DELETE FROM decisions`, "decisions AR-000001/1 stands in the ledger but not in the tables"},
		"a byte of an event":     {"events", `UPDATE events SET body = set_byte(body, 40, 65) WHERE seq = 5`, "event 5 does not have the hash"},
		"an event in the middle": {"events", `DELETE FROM events WHERE seq = 3`, "event 3 is missing"},
		"the head":               {"ledger_head", `UPDATE ledger_head SET size = 7`, "says it has 7 events, but 6 are there"},
		"a stored hash":          {"ledger_hashes", `UPDATE ledger_hashes SET hash = decode(repeat('00', 32), 'hex') WHERE i = 4`, "stored hash 4"},
		"a personal value":       {"pii", `UPDATE pii SET value = 'eve@acme.example' WHERE value = 'bob@acme.example'`, "a personal value does not match its commitment"},
		"a checkpoint's signer":  {"checkpoints", `UPDATE checkpoints SET note = replace(note, 'acme.example', 'evil.example') WHERE size = 2`, "is not signed by the key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			copied := &pgDatabase{url: d.server.Copy(t, d.url), key: d.key, server: d.server}
			d.server.Exec(t, copied.url, `ALTER TABLE `+c.table+` DISABLE TRIGGER USER`, c.change, `ALTER TABLE `+c.table+` ENABLE TRIGGER USER`)
			r := copied.verify(t, store.Expectation{Key: d.key.VerifierKey(), Checkpoint: kept})
			if !strings.Contains(r.Wrong, c.want) {
				t.Errorf("got wrong %q, want it to say %q", r.Wrong, c.want)
			}
		})
	}
}
