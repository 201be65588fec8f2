package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"countersign/workflows"
)

var concurrency = []testCase{
	{"transactions side by side keep the numbers without a gap", sideBySide},
	{"of many changes to one row, read and put in one transaction, none is lost", noneLost},
}

// together runs f n times at once.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func sideBySide(t *testing.T, db Database) {
	s := opened(t, db)
	const n = 64
	together(t, n, func(i int) error {
		return s.Update(t.Context(), func(tx workflows.Tx) error {
			id, err := tx.NextID("P")
			if err != nil {
				return err
			}
			return errors.Join(tx.PutPerson(&workflows.Person{ID: id, ChatID: fmt.Sprint("U", i)}), tell(tx, "person.joined"))
		})
	})
	all := db.Leaves(t)
	if len(all) != n {
		t.Fatalf("got %d events, want %d", len(all), n)
	}
	for i, leaf := range all {
		var l struct{ Seq int }
		if err := json.Unmarshal(leaf.Body, &l); err != nil || l.Seq != i+1 {
			t.Errorf("event %d says it is number %d (%v)", i+1, l.Seq, err)
		}
	}
	got := read(t, s, func(tx workflows.Tx) ([]workflows.Person, error) { return tx.People() })
	if len(got) != n || got[n-1].ID != fmt.Sprintf("P-%06d", n) {
		t.Errorf("got %d people, the last %v; want ids without a gap", len(got), got[len(got)-1].ID)
	}
}

func noneLost(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.PutRequest(&workflows.Request{ID: "AR-000001"}), tell(tx, "access_request.created"))
	})
	const n = 16
	together(t, n, func(int) error {
		return s.Update(t.Context(), func(tx workflows.Tx) error {
			r, err := tx.Request("AR-000001")
			if err != nil {
				return err
			}
			r.Steps++
			return errors.Join(tx.PutRequest(&r), tell(tx, "access_request.amended"))
		})
	})
	got := read(t, s, func(tx workflows.Tx) (workflows.Request, error) { return tx.Request("AR-000001") })
	if got.Steps != n || got.Version != n+1 {
		t.Errorf("got %d steps at version %d, want %d at %d", got.Steps, got.Version, n, n+1)
	}
}
