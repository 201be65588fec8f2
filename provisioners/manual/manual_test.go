package manual_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners"
	"countersign/provisioners/manual"
	"countersign/provisioners/provisionertest"
)

const target = "github/admin: Add as owner: then mark done."

var (
	ada  = provisioners.Person{ID: "P-000001", Email: "ada@acme.example"}
	word = &provisioners.Confirmation{By: "Bob", At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Note: "https://acme.example/1"}
)

func TestConformance(t *testing.T) {
	provisionertest.Run(t, func(*testing.T) provisionertest.Fixture {
		return provisionertest.Fixture{Provisioner: manual.New(), Target: target, Person: ada, Confirmed: word}
	})
}

func TestAChangeWithoutConfirmationWaitsWithATask(t *testing.T) {
	for _, c := range []struct {
		present bool
		task    string
	}{
		{true, "Add as owner: then mark done."},
		{false, "Take it away again. It was given so: Add as owner: then mark done."},
	} {
		got, err := manual.New().Apply(t.Context(), provisioners.Change{Person: ada, Target: target, Present: c.present})
		if err != nil {
			t.Fatal(err)
		}
		want := provisioners.Result{Waiting: true, Task: c.task}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("Apply(present %t) (-got +want):\n%s", c.present, diff)
		}
	}
}

func TestAConfirmedChangeIsSomebodysWord(t *testing.T) {
	got, err := manual.New().Apply(t.Context(), provisioners.Change{Person: ada, Target: target, Present: true, Confirmed: word})
	if err != nil {
		t.Fatal(err)
	}
	want := provisioners.Result{Changed: true, Seen: provisioners.Observation{
		Present: true, Checked: false, Source: "person", Query: "confirmed by Bob", At: word.At,
		Details: map[string]string{"by": "Bob", "note": "https://acme.example/1", "at": "2026-03-01T09:00:00Z"},
	}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("Apply (-got +want):\n%s", diff)
	}
}

func TestAnUnconfirmedChangeReadsAsNotMade(t *testing.T) {
	for _, present := range []bool{true, false} {
		got, err := manual.New().Read(t.Context(), provisioners.Change{Person: ada, Target: target, Present: present})
		if err != nil {
			t.Fatal(err)
		}
		if got.Present == present || got.Checked {
			t.Errorf("Read(wanted %t) = present %t, checked %t, want the opposite and unchecked", present, got.Present, got.Checked)
		}
	}
}

func TestTheSameInstructionForTwoAppsIsTwoTargets(t *testing.T) {
	keys := map[string]bool{}
	for _, target := range []string{"github/admin: Add as owner.", "figma/admin: Add as owner."} {
		key, err := manual.New().TargetKey(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		keys[key] = true
	}
	if want := map[string]bool{"manual:github/admin": true, "manual:figma/admin": true}; !cmp.Equal(keys, want) {
		t.Errorf("keys = %v, want %v", keys, want)
	}
}

func TestATargetWithoutInstructionIsRefused(t *testing.T) {
	for _, target := range []string{"", "github/admin", "github/admin: ", ": Add as owner."} {
		_, err := manual.New().TargetKey(t.Context(), target)
		if _, ok := errors.AsType[*provisioners.Permanent](err); !ok {
			t.Errorf("TargetKey(%q): error %v, want a *Permanent", target, err)
		}
	}
}
