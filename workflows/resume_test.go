package workflows_test

import (
	"database/sql"
	"testing"
	"time"

	"countersign/workflows"
)

// rob changes the database as somebody would who can write the file.
func (h *company) rob(statement string) {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.url[len("sqlite:"):]+"?_busy_timeout=10000")
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		h.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		h.t.Fatal(err)
	}
}

func TestAnEmptiedCalendarKeepsNoAccessAlive(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		waiting := h.Asks("mona", "github", "member", 8*time.Hour)
		h.Close()
		h.rob("DELETE FROM calendar")
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.Advance(8 * time.Hour)
		h.is(id, "Expired")
		if h.In(members, "nora") {
			t.Error("the access outlived its end")
		}
		h.Advance(7 * day)
		h.is(waiting, "Lapsed")
	})
}

func TestEmptiedJobsAreMadeAgainAtTheNextStart(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Asks("nora", "github", "member", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		h.Close()
		h.rob("DELETE FROM jobs")
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		if g := h.Grant(id); g.State != workflows.GrantHeld {
			t.Errorf("the approved grant is %s, want it given", g.State)
		}
	})
}
