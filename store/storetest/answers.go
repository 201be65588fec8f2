package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var answers = []testCase{
	{"the first answer under a key is kept and returned", answerKept},
	{"old answers are forgotten and newer ones kept", answersForgotten},
	{"refusals are counted within the window and afresh after it", refusalsCounted},
	{"the repeats of a refusal are returned once", repeatsOnce},
}

func answerKept(t *testing.T, db Database) {
	want := workflows.Outcome{Kind: workflows.OutcomeRefused, Record: "AR-000001", Message: "<no> & é", Fields: map[string]string{"reason": "too short"}, Rule: "self"}
	s := db.Open(t, newClock().now, nil)
	update(t, s, func(tx workflows.Tx) error { return tx.Remember("key", want) })
	update(t, s, func(tx workflows.Tx) error {
		return tx.Remember("key", workflows.Outcome{Kind: workflows.OutcomeDone})
	})
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	s = opened(t, db)
	view(t, s, func(tx workflows.Tx) error {
		got, ok, err := tx.Answer("key")
		if diff := cmp.Diff(got, want); !ok || diff != "" {
			t.Errorf("known: %t; outcome differs (-got +want):\n%s", ok, diff)
		}
		if got, ok, err := tx.Answer("other"); ok || err != nil {
			t.Errorf("an unknown key gave %v, %t, %v", got, ok, err)
		}
		return err
	})
}

func answersForgotten(t *testing.T, db Database) {
	c := newClock()
	s := open(t, db, c.now)
	keep := func(key string) {
		update(t, s, func(tx workflows.Tx) error { return tx.Remember(key, workflows.Outcome{Kind: workflows.OutcomeDone}) })
	}
	keep("old")
	c.move(time.Hour)
	keep("new")
	update(t, s, func(tx workflows.Tx) error { return tx.Forget(tx.Now()) })
	view(t, s, func(tx workflows.Tx) error {
		_, old, err := tx.Answer("old")
		if err != nil {
			return err
		}
		_, kept, err := tx.Answer("new")
		if old || !kept {
			t.Errorf("the old answer is kept: %t, the new one: %t; want only the new one", old, kept)
		}
		return err
	})
}

func refusalsCounted(t *testing.T, db Database) {
	c := newClock()
	s := open(t, db, c.now)
	key := workflows.RefusalKey{Person: "P-1", Record: "AR-000001", Action: "approve", Rule: "self"}
	other := []workflows.RefusalKey{
		{Person: "P-2", Record: "AR-000001", Action: "approve", Rule: "self"}, {Person: "P-1", Record: "AR-000002", Action: "approve", Rule: "self"},
		{Person: "P-1", Record: "AR-000001", Action: "deny", Rule: "self"}, {Person: "P-1", Record: "AR-000001", Action: "approve", Rule: "not_owner"},
	}
	count := func(k workflows.RefusalKey) (n int) {
		update(t, s, func(tx workflows.Tx) (err error) {
			n, err = tx.Refused(k, 10*time.Minute)
			return err
		})
		return n
	}
	for i, step := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {time.Minute, 1}, {8 * time.Minute, 2}, {time.Minute, 0}, {9 * time.Minute, 1}, {11 * time.Minute, 0}} {
		c.move(step.after)
		if got := count(key); got != step.want {
			t.Errorf("refusal %d came %d times before, want %d", i+1, got, step.want)
		}
	}
	for _, k := range other {
		if got := count(k); got != 0 {
			t.Errorf("another refusal %v came %d times before, want 0", k, got)
		}
	}
}

func repeatsOnce(t *testing.T, db Database) {
	s := opened(t, db)
	key := workflows.RefusalKey{Person: "P-1", Record: "AR-000001", Action: "approve", Rule: "self"}
	update(t, s, func(tx workflows.Tx) error {
		for range 3 {
			if _, err := tx.Refused(key, time.Minute); err != nil {
				return err
			}
		}
		return nil
	})
	for _, want := range []int{2, 0} {
		update(t, s, func(tx workflows.Tx) error {
			got, err := tx.Repeats(key)
			if got != want {
				t.Errorf("got %d repeats, want %d", got, want)
			}
			return err
		})
	}
	update(t, s, func(tx workflows.Tx) error {
		got, err := tx.Refused(key, time.Minute)
		if got != 0 {
			t.Errorf("a refusal after the count was closed came %d times before, want 0", got)
		}
		return err
	})
}
