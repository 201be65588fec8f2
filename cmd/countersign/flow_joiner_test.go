package main

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSomebodyNewHasWhatTheyNeedOnTheFirstMorning(t *testing.T) {
	onEachDatabase(t, somebodyNewArrives)
}

func somebodyNewArrives(t *testing.T, begin func(*testing.T) (*story, func())) {
	s, _ := begin(t)
	s.commands("U0NORA", "/onboard", "")
	s.whispers("U0NORA", "Only admins can onboard somebody", "Ada Lang")
	s.commands("U0ADA", "/onboard", "")
	start := s.clock.Now().AddDate(0, 0, 3)
	s.fills("U0ADA", map[string]string{
		"first_name": "Mia", "last_name": "Sato", "work_email": "mia.sato@acme.example", "personal_email": "mia.sato@mail.example",
		"start_date": start.Format(time.DateOnly), "employment_type": "full_time", "manager": "U0BOB", "role": "software-engineer",
	})
	s.inPeople("ON-0001", "Mia Sato joins as Software Engineer", "Ready for")
	if u, ok := s.accountOf("mia.sato@acme.example"); !ok || u.OrgUnit != "/Future hires" || s.member("github-members@acme.example", "mia.sato") {
		t.Errorf("before the start date: account %v in %s, in github %v", ok, u.OrgUnit, s.member("github-members@acme.example", "mia.sato"))
	}
	secret := s.firstPassword("U0BOB")
	s.sees("U0MIA", "Welcome to Acme, Mia")

	s.clock.Advance(4 * 24 * time.Hour)
	s.until("the full role", func() bool { return s.member("github-members@acme.example", "mia.sato") })
	s.presses("U0MIA", s.sees("U0MIA", "Please read and accept"), "Accept")
	s.presses("U0MIA", s.sees("U0MIA", "Please do the training"), "Done")
	s.until("both to be on record", func() bool {
		trail := s.trail("ON-0001")
		return slices.Contains(trail, "policy.acknowledged") && slices.Contains(trail, "training.completed")
	})
	if u, _ := s.accountOf("mia.sato@acme.example"); u.OrgUnit != "/Employees" {
		t.Errorf("after the start date the account is in %s", u.OrgUnit)
	}
	s.nowhere(secret)
}

// firstPassword has a manager see the first password, and then not again.
func (s *story) firstPassword(manager string) string {
	s.t.Helper()
	card := s.sees(manager, "joins your team", "Show first password")
	s.presses(manager, card, "Show first password")
	var secret string
	s.until("the first password", func() bool {
		for _, v := range s.slack.Views(manager) {
			secret = passwordLike.FindString(string(v.Raw))
		}
		return secret != ""
	})
	s.presses(manager, card, "Show first password")
	s.until("the second look to be refused", func() bool {
		v := s.slack.Views(manager)
		return len(v) > 0 && strings.Contains(string(v[len(v)-1].Raw), "was shown before")
	})
	return secret
}

// passwordLike is how a first password looks.
var passwordLike = regexp.MustCompile(`\b[A-Za-z0-9]{4}(-[A-Za-z0-9]{4}){3}\b`)

// nowhere searches every text of every table for a secret.
func (s *story) nowhere(secret string) {
	s.t.Helper()
	driver, name := "sqlite", "file:"+s.db+"?_query_only=on"
	tables := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if s.server != "" {
		driver, name = "pgx", s.server
		tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(tables)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			s.t.Fatal(err)
		}
		all = append(all, table)
	}
	if len(all) < 10 {
		s.t.Fatalf("only %d tables were found", len(all))
	}
	if !s.holds(db, "pii", "mia.sato@mail.example") {
		s.t.Fatal("the search does not find what is there")
	}
	for _, table := range all {
		if s.holds(db, table, secret) {
			s.t.Errorf("table %s holds the first password", table)
		}
	}
}

// holds says whether any row of a table has a text in it.
func (s *story) holds(db *sql.DB, table, text string) bool {
	s.t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			s.t.Fatal(err)
		}
		for _, v := range values {
			switch x := (*v.(*any)).(type) {
			case []byte:
				if strings.Contains(string(x), text) {
					return true
				}
			default:
				if strings.Contains(fmt.Sprint(x), text) {
					return true
				}
			}
		}
	}
	return rows.Err() != nil
}
