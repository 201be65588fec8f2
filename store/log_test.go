package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/store"
	"countersign/workflows"
)

// fillMore appends one event and returns a checkpoint.
func fillMore(t *testing.T, s *store.Store) (kept []byte) {
	t.Helper()
	update(t, s, func(tx workflows.Tx) error {
		if _, err := tx.Append(workflows.Event{Type: "sync.ran", Actor: workflows.System, Outcome: workflows.Success, Source: "job"}); err != nil {
			return err
		}
		cp, err := tx.Checkpoint()
		kept = []byte(cp.Note)
		return err
	})
	return kept
}

func TestTheFilterOfTheLogLetsThroughWhatItNames(t *testing.T) {
	d := newDatabase(t)
	now := noon
	s, err := d.open(func() time.Time { return now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, s)
	ada := workflows.Person{ID: "P-000001", Email: "ada@acme.example"}
	person := &workflows.Ref{Kind: "person", ID: "P-000001"}
	for _, e := range []workflows.Event{
		{Actor: workflows.Actor{Kind: "user", Person: ada}},
		{Actor: workflows.System, Subject: person},
		{Actor: workflows.System, Target: &workflows.Ref{Kind: "level", ID: "github/admin"}},
		{Actor: workflows.System, Data: map[string]any{"app": "github"}},
		{Actor: workflows.System, Target: &workflows.Ref{Kind: "app", ID: "github-enterprise"}},
		{Actor: workflows.System, WorkflowID: "VN-0001"},
		{Actor: workflows.System, Subject: person, Data: map[string]any{"app": "github"}},
	} {
		e.Type, e.Outcome, e.Source = "sync.ran", workflows.Success, "job"
		update(t, s, func(tx workflows.Tx) error { _, err := tx.Append(e); return err })
		now = now.Add(time.Hour)
	}
	r := d.reader(t)
	defer closeIt(t, r)
	for what, c := range map[string]struct {
		filter store.Filter
		want   string
	}{
		"everything":        {store.Filter{}, "[1 2 3 4 5 6 7]"},
		"an address":        {store.Filter{Person: "Ada@Acme.example"}, "[1 2 7]"},
		"a person id":       {store.Filter{Person: "P-000001"}, "[1 2 7]"},
		"a stranger":        {store.Filter{Person: "eve@acme.example"}, "[]"},
		"an app":            {store.Filter{App: "github"}, "[3 4 7]"},
		"a vendor":          {store.Filter{Vendor: "VN-0001"}, "[6]"},
		"a time":            {store.Filter{Since: noon.Add(time.Hour), To: noon.Add(3 * time.Hour)}, "[2 3 4]"},
		"person and app":    {store.Filter{Person: "P-000001", App: "github"}, "[7]"},
		"an app and a time": {store.Filter{App: "github", Since: noon.Add(3 * time.Hour)}, "[4 7]"},
	} {
		got := []int64{}
		err := r.Events(t.Context(), c.filter, func(e store.Entry) error {
			got = append(got, e.Seq)
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if diff := cmp.Diff(fmt.Sprint(got), c.want); diff != "" {
			t.Errorf("%s: events differ (-got +want):\n%s", what, diff)
		}
	}
}

func TestALedgerOfSeveralPagesIsReadToItsEnd(t *testing.T) {
	d := newDatabase(t)
	s := d.opened(t)
	const n = 1001 // two full pages and one event
	update(t, s, func(tx workflows.Tx) error {
		for range n {
			if _, err := tx.Append(workflows.Event{Type: "sync.ran", Actor: workflows.System, Outcome: workflows.Success, Source: "job"}); err != nil {
				return err
			}
		}
		return nil
	})
	if got := len(d.entries(t)); got != n {
		t.Errorf("got %d events, want %d", got, n)
	}
	if r := d.verify(t, store.Expectation{}); r.Wrong != "" || r.Events != n {
		t.Errorf("got %d events, wrong: %q; want %d and nothing", r.Events, r.Wrong, n)
	}
}

func TestTheSizeOfTheLedgerIsHowManyEventsItHas(t *testing.T) {
	d := newDatabase(t)
	s, err := d.open(func() time.Time { return noon }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, s)
	for want := range int64(3) {
		if got, err := s.LedgerSize(t.Context()); got != want || err != nil {
			t.Errorf("size %d, %v; want %d", got, err, want)
		}
		fillMore(t, s)
	}
}
