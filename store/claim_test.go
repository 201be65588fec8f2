package store

import (
	"path/filepath"
	"testing"
	"time"

	"countersign/workflows"
)

// The loop finds what is due in one transaction and claims it in another.
func TestAMomentThatWasMovedBetweenFindingAndClaimingItDoesNotFire(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	found := workflows.Due{Kind: "end", Record: "GR-1", At: now}
	moved := workflows.Due{Kind: "end", Record: "GR-1", At: now.Add(time.Hour)}
	if err := s.Update(t.Context(), func(tx workflows.Tx) error { return tx.Schedule(moved) }); err != nil {
		t.Fatal(err)
	}
	fired := 0
	handle := func(workflows.Tx, workflows.Due) error { fired++; return nil }
	s.fireOne(t.Context(), found, handle)
	if fired != 0 {
		t.Error("the old time fired")
	}
	now = moved.At
	for range 2 {
		if d, ok, err := s.nextDue(t.Context(), nil); err != nil {
			t.Fatal(err)
		} else if ok {
			s.fireOne(t.Context(), d, handle)
		}
	}
	if fired != 1 {
		t.Errorf("the new time fired %d times, want once", fired)
	}
}
