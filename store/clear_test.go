package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/store/postgrestest"
	"countersign/store/storetest"
	"countersign/workflows"
)

func TestPersonalValuesAndWordsPeopleWroteAreInNoTableButPii(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		d := newDatabase(t)
		onlyInPii(t, d, "sqlite", "file:"+d.path(), `SELECT name FROM sqlite_master WHERE type = 'table'`)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server := postgrestest.Shared(t)
		d := newPGDatabase(t, server, server.URL(t))
		onlyInPii(t, d, "pgx", d.url, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
	})
}

func onlyInPii(t *testing.T, d storetest.Database, driver, name, tables string) {
	secrets := []string{"Grace", "Hopper", "grace@home.example", "her account is locked", "two tokens of hers", "the Admiral said so",
		"the whiteboard is full", "looked at it twice", "only for drawings", "ask for a newer report", "mailed by Grace H.",
		"https://drive.example/soc2", "page nine is odd", "one late leaver", "use single sign-on", "Bob plays it at home"}
	s := d.Open(t, time.Now, nil)
	err := s.Update(t.Context(), func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0001", GivenName: secrets[0], FamilyName: secrets[1], PersonalEmail: secrets[2], Role: "engineer"}),
			tx.PutStep(&workflows.Step{ID: "OF-0001/tokens", Problem: secrets[3], Seen: secrets[4], Note: secrets[5], NextStep: "unlock it"}),
			tx.PutVendor(&workflows.Vendor{ID: "VN-0001", Name: "Miro", About: workflows.VendorAbout{Why: secrets[6]}}),
			tx.AddAssessment(workflows.VendorAssessment{ID: "VN-0001/1", Vendor: "VN-0001", Words: secrets[7], Kind: "first"}),
			tx.AddVendorDecision(workflows.VendorDecision{ID: "VN-0001/D1", Vendor: "VN-0001", Words: secrets[8], Verdict: workflows.VendorIf}),
			tx.PutVendorAction(&workflows.VendorAction{ID: "VN-0001/A1", Vendor: "VN-0001", Text: secrets[9], Proof: secrets[10], Kind: workflows.ActionReport}),
			tx.PutVendorReport(&workflows.VendorReport{ID: "VN-0001/R1", Vendor: "VN-0001", Link: secrets[11], Notes: secrets[12], Exceptions: secrets[13], Duties: secrets[14], Kind: "SOC 2"}),
			tx.PutDiscovered(&workflows.Discovered{ID: "DA-0001", Key: "oauth:1", Reason: secrets[15]}),
			tellSync(tx))
	})
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, s)
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, db)
	content := make(map[string]string)
	for _, table := range strings.Fields(everyCell(t, db, tables)) {
		content[table] = everyCell(t, db, "SELECT * FROM "+table)
	}
	for _, want := range []struct{ table, text string }{{"onboardings", "engineer"}, {"steps", "unlock it"},
		{"vendors", "Miro"}, {"vendor_assessments", "first"}, {"vendor_decisions", "conditional"}, {"vendor_actions", "report"}, {"vendor_reports", "SOC 2"}, {"discovered", "oauth:1"}} {
		if !strings.Contains(content[want.table], want.text) {
			t.Errorf("table %s holds %q, want what stands there in clear", want.table, content[want.table])
		}
	}
	for _, secret := range secrets {
		for table, cells := range content {
			if in := strings.Contains(cells, secret); in != (table == "pii") {
				t.Errorf("%q in table %s: %v", secret, table, in)
			}
		}
	}
}

// everyCell returns all values of a result, each in a line.
func everyCell(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, rows)
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for rows.Next() {
		row, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			at[i] = &row[i]
		}
		if err := rows.Scan(at...); err != nil {
			t.Fatal(err)
		}
		for _, v := range row {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			fmt.Fprintln(&out, v)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
