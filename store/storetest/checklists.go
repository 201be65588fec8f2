package storetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var checklists = []testCase{
	{"an onboarding is read as it was put, every field", roundTrip(func(o *workflows.Onboarding, id string) { o.ID = id },
		func(tx workflows.Tx, o *workflows.Onboarding) error { return tx.PutOnboarding(o) },
		func(tx workflows.Tx, id string) (workflows.Onboarding, error) { return tx.Onboarding(id) })},
	{"an offboarding is read as it was put, every field", roundTrip(func(o *workflows.Offboarding, id string) { o.ID = id },
		func(tx workflows.Tx, o *workflows.Offboarding) error { return tx.PutOffboarding(o) },
		func(tx workflows.Tx, id string) (workflows.Offboarding, error) { return tx.Offboarding(id) })},
	{"a step is read as it was put, every field", roundTrip(func(s *workflows.Step, id string) { s.ID = id },
		func(tx workflows.Tx, s *workflows.Step) error { return tx.PutStep(s) },
		func(tx workflows.Tx, id string) (workflows.Step, error) { return tx.Step(id) })},
	{"onboardings are found by who comes and while not completed", onboardingsFound},
	{"offboardings are found by who leaves and while not over", offboardingsFound},
	{"the newest of a person is the newest past the last id of four digits too", pastFourDigits},
	{"a record's steps come in their places", stepsInPlaces},
	{"a stale joiner, leaver, step or duty is a conflict", staleChecklists},
	{"an event names the rows of joiners and leavers and none of their personal values", checklistLeaves},
	{"of many changes to one offboarding, read and put in one transaction, none is lost", noneLostOfLeaver},
}

// wantIDs fails the test unless a list of ids is the one wanted.
func wantIDs(t *testing.T, s Store, what string, want []string, find func(workflows.Tx) ([]string, error)) {
	t.Helper()
	if diff := cmp.Diff(read(t, s, find), want); diff != "" {
		t.Errorf("%s differ (-got +want):\n%s", what, diff)
	}
}

func openOnboardings(tx workflows.Tx) (ids []string, err error) {
	list, err := tx.OpenOnboardings()
	for _, o := range list {
		ids = append(ids, o.ID)
	}
	return ids, err
}

func openOffboardings(tx workflows.Tx) (ids []string, err error) {
	list, err := tx.OpenOffboardings()
	for _, o := range list {
		ids = append(ids, o.ID)
	}
	return ids, err
}

func onboardingsFound(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0004", State: workflows.OnboardingPreparing, Person: "P-3"}),
			tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0003", State: workflows.OnboardingCompleted, Person: "P-1", Rehire: true}),
			tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0002", State: workflows.OnboardingStarted, Person: "P-2"}),
			tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0001", State: workflows.OnboardingReady, Person: "P-1"}),
			tell(tx, "onboarding.created"))
	})
	wantIDs(t, s, "open onboardings", []string{"ON-0001", "ON-0002", "ON-0004"}, openOnboardings)
	view(t, s, func(tx workflows.Tx) error {
		o, err := tx.OnboardingOf("P-1")
		if o.ID != "ON-0003" || !o.Rehire {
			t.Errorf("got %q as the newest of who came twice, want ON-0003", o.ID)
		}
		_, none := tx.OnboardingOf("P-9")
		notFound(t, "the onboarding of who never came", none)
		return err
	})
}

func offboardingsFound(t *testing.T, db Database) {
	s := opened(t, db)
	states := []workflows.OffboardingState{
		workflows.OffboardingScheduled, workflows.OffboardingFound, workflows.OffboardingSecond,
		workflows.OffboardingStarted, workflows.OffboardingCompleted, workflows.OffboardingCancelled,
	}
	update(t, s, func(tx workflows.Tx) (err error) {
		for i := len(states); i > 0; i-- {
			o := workflows.Offboarding{ID: fmt.Sprintf("OF-%04d", i), State: states[i-1], Person: fmt.Sprint("P-", i%3)}
			err = errors.Join(err, tx.PutOffboarding(&o))
		}
		return errors.Join(err, tell(tx, "offboarding.created"))
	})
	wantIDs(t, s, "open offboardings", []string{"OF-0001", "OF-0002", "OF-0003", "OF-0004"}, openOffboardings)
	view(t, s, func(tx workflows.Tx) error {
		o, err := tx.OffboardingOf("P-1")
		if o.ID != "OF-0004" {
			t.Errorf("got %q as the newest of who left twice, want OF-0004", o.ID)
		}
		_, none := tx.OffboardingOf("P-9")
		notFound(t, "the offboarding of who never left", none)
		return err
	})
}

func pastFourDigits(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) (err error) {
		for _, n := range []string{"10000", "9999", "0001"} {
			err = errors.Join(err,
				tx.PutOnboarding(&workflows.Onboarding{ID: "ON-" + n, Person: "P-1"}),
				tx.PutOffboarding(&workflows.Offboarding{ID: "OF-" + n, Person: "P-1"}))
		}
		return errors.Join(err, tell(tx, "onboarding.created"))
	})
	wantIDs(t, s, "open onboardings", []string{"ON-0001", "ON-9999", "ON-10000"}, openOnboardings)
	wantIDs(t, s, "open offboardings", []string{"OF-0001", "OF-9999", "OF-10000"}, openOffboardings)
	view(t, s, func(tx workflows.Tx) error {
		on, err := tx.OnboardingOf("P-1")
		off, err2 := tx.OffboardingOf("P-1")
		if on.ID != "ON-10000" || off.ID != "OF-10000" {
			t.Errorf("got %q and %q as the newest, want those past four digits", on.ID, off.ID)
		}
		return errors.Join(err, err2)
	})
}

func stepsInPlaces(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) (err error) {
		for i, name := range []string{"z", "delegates", "a", "tokens", "m", "n", "o", "p", "q", "account", "b"} {
			k := workflows.Step{ID: "OF-0001/" + name, Record: "OF-0001", Name: name, Place: 11 - i}
			err = errors.Join(err, tx.PutStep(&k))
		}
		return errors.Join(err, tx.PutStep(&workflows.Step{ID: "OF-0002/a", Record: "OF-0002", Name: "a", Place: 1}), tell(tx, "offboarding.started"))
	})
	names := func(record string) func(workflows.Tx) ([]string, error) {
		return func(tx workflows.Tx) (out []string, err error) {
			list, err := tx.Steps(record)
			for _, k := range list {
				out = append(out, k.Name)
			}
			return out, err
		}
	}
	wantIDs(t, s, "steps", []string{"b", "account", "q", "p", "o", "n", "m", "tokens", "a", "delegates", "z"}, names("OF-0001"))
	wantIDs(t, s, "steps of nothing", nil, names("OF-0009"))
}

func staleChecklists(t *testing.T, db Database) {
	s := opened(t, db)
	puts := func(version int) map[string]func(workflows.Tx) error {
		return map[string]func(workflows.Tx) error{
			"an onboarding": func(tx workflows.Tx) error {
				return tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0001", Version: version})
			},
			"an offboarding": func(tx workflows.Tx) error {
				return tx.PutOffboarding(&workflows.Offboarding{ID: "OF-0001", Version: version})
			},
			"a step": func(tx workflows.Tx) error { return tx.PutStep(&workflows.Step{ID: "OF-0001/a", Version: version}) },
			"a duty": func(tx workflows.Tx) error { return tx.PutDuty(&workflows.Duty{ID: "DU-000001", Version: version}) },
		}
	}
	for what, put := range puts(0) {
		for _, version := range []int{0, 1} { // made, then changed
			update(t, s, func(tx workflows.Tx) error {
				if version == 0 {
					return errors.Join(put(tx), tell(tx, "something.created"))
				}
				return errors.Join(puts(1)[what](tx), tell(tx, "something.changed"))
			})
		}
	}
	for _, version := range []int{0, 1, 3} {
		for what, put := range puts(version) {
			if err := s.Update(t.Context(), put); !errors.Is(err, workflows.ErrConflict) {
				t.Errorf("%s of version %d, where 2 is stored: got error %v, want ErrConflict", what, version, err)
			}
		}
	}
	db.Leaves(t)
}

func checklistLeaves(t *testing.T, db Database) {
	s := opened(t, db)
	secrets := []string{"Grace", "Hopper", "grace@home.example", "the account of Grace is locked", "two tokens of hers", "Admiral says so"}
	on := workflows.Onboarding{ID: "ON-0001", GivenName: secrets[0], FamilyName: secrets[1], PersonalEmail: secrets[2]}
	off := workflows.Offboarding{ID: "OF-0001", Person: "P-000001"}
	step := workflows.Step{ID: "OF-0001/tokens", Record: off.ID, Problem: secrets[3], Seen: secrets[4], Note: secrets[5]}
	duty := workflows.Duty{ID: "DU-000001", Person: "P-000001"}
	for range 2 { // made, then changed
		update(t, s, func(tx workflows.Tx) error {
			return errors.Join(tx.PutOnboarding(&on), tx.PutOffboarding(&off), tx.PutStep(&step), tx.PutDuty(&duty), tell(tx, "offboarding.started"))
		})
		on.State, off.State, step.State, duty.DoneAt = workflows.OnboardingReady, workflows.OffboardingStarted, workflows.StepDone, newClock().now()
	}
	digests := make(map[string]int)
	for _, l := range db.Leaves(t) {
		for _, secret := range secrets {
			if bytes.Contains(l.Body, []byte(secret)) {
				t.Errorf("the leaf names %q in clear", secret)
			}
		}
		var e struct {
			Data struct {
				State []struct{ Table, ID, Digest string }
			}
		}
		if err := json.Unmarshal(l.Body, &e); err != nil {
			t.Fatal(err)
		}
		var named []string
		for _, r := range e.Data.State {
			named = append(named, r.Table+" "+r.ID)
			digests[r.Digest]++
		}
		if got, want := strings.Join(named, ", "), "onboardings ON-0001, offboardings OF-0001, steps OF-0001/tokens, duties DU-000001"; got != want {
			t.Errorf("the event names %s; want %s", got, want)
		}
	}
	if len(digests) != 8 {
		t.Errorf("got %d digests of four rows made and changed, want 8: %v", len(digests), digests)
	}
}

func noneLostOfLeaver(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.PutOffboarding(&workflows.Offboarding{ID: "OF-0001"}), tell(tx, "offboarding.created"))
	})
	const n = 16
	together(t, n, func(int) error {
		return s.Update(t.Context(), func(tx workflows.Tx) error {
			o, err := tx.Offboarding("OF-0001")
			if err != nil {
				return err
			}
			o.NewOwner += "x"
			return errors.Join(tx.PutOffboarding(&o), tell(tx, "offboarding.amended"))
		})
	})
	got := read(t, s, func(tx workflows.Tx) (workflows.Offboarding, error) { return tx.Offboarding("OF-0001") })
	if len(got.NewOwner) != n || got.Version != n+1 {
		t.Errorf("got %d changes at version %d, want %d at %d", len(got.NewOwner), got.Version, n, n+1)
	}
}
