package store

import (
	"path/filepath"
	"strings"
	"testing"

	"countersign/workflows"
)

// plan is what SQLite means to do for a statement.
func plan(t *testing.T, s *Store, text string, args ...any) (steps []string) {
	t.Helper()
	err := s.View(t.Context(), func(wtx workflows.Tx) (err error) {
		steps, err = rows(wtx.(*tx).q, func(r scanner) (step string, err error) {
			var id, parent, unused int
			return step, r.Scan(&id, &parent, &unused, &step)
		}, "EXPLAIN QUERY PLAN "+text, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return steps
}

// scans says whether a plan reads all of some table. To read all of an index, or
// to build one for the occasion, is no better.
func scans(steps []string) bool {
	for _, s := range steps {
		if strings.HasPrefix(s, "SCAN ") || strings.Contains(s, "AUTOMATIC") {
			return true
		}
	}
	return false
}

func TestWhatIsAskedOftenReadsNoWholeTable(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	for what, c := range map[string]struct {
		text string
		args []any
	}{
		"a person by chat id":      {personByChatText, []any{"U1"}},
		"a person by account":      {personByAccountText, []any{"1"}},
		"a person by address":      {personByEmailText, []any{"ada@acme.example"}},
		"grants on a target":       {grantsOnText, []any{"P-000001", "x"}},
		"grants that rest on it":   {grantsFromText, []any{"ON-0001"}},
		"grants that it ended":     {grantsEndedByText, []any{"OF-0001"}},
		"somebody's onboarding":    {onboardingOfText, []any{"P-000001"}},
		"somebody's offboarding":   {offboardingOfText, []any{"P-000001"}},
		"the steps of a record":    {stepsText, []any{"OF-0001"}},
		"somebody's duties":        {dutiesOfText, []any{"P-000001"}},
		"duties that belong to it": {dutiesFromText, []any{"ON-0001"}},
		"what was assessed":        {assessmentsText, []any{"VN-0001"}},
		"what was decided":         {vendorDecisionsText, []any{"VN-0001"}},
		"a vendor's actions":       {vendorActionsText, []any{"VN-0001"}},
		"a vendor's reports":       {vendorReportsText, []any{"VN-0001"}},
		"a discovered app by key":  {discoveredByKeyText, []any{"oauth:1"}},
		"jobs that are due":        {dueJobsText, []any{1, 1, 200}},
		"what is due next":         {nextDueText, []any{1, 1}},
	} {
		if steps := plan(t, s, c.text, c.args...); len(steps) == 0 || scans(steps) {
			t.Errorf("%s: the plan reads a whole table: %q", what, steps)
		}
	}
	if steps := plan(t, s, commitmentText, "P-1", "email", "ada@acme.example"); len(steps) != 1 || !strings.Contains(steps[0], "pii_by_owner (owner=? AND field=? AND value=?)") {
		t.Errorf("one owner's value is looked for so: %q", steps)
	}
	if steps := plan(t, s, `SELECT * FROM people WHERE role_id = $1`, "x"); !scans(steps) {
		t.Errorf("a search without an index is not seen as one: %q", steps)
	}
}

// What is open is read from beginning to end, but of an index that holds nothing
// else: what is over grows for ever.
func TestWhatIsOpenIsReadFromAnIndexOfWhatIsOpenAlone(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	for text, index := range map[string]string{
		unendedGrantsText: "grants_unended", openOnboardingsText: "onboardings_open",
		openOffboardingsText: "offboardings_open", openDutiesText: "duties_open",
	} {
		steps := plan(t, s, text)
		if len(steps) == 0 || !strings.HasPrefix(steps[0], "SCAN ") || !strings.Contains(steps[0], "INDEX "+index) {
			t.Errorf("%s: the plan is %q, want it to read %s", text, steps, index)
		}
	}
}
