// Package provisionertest is the suite that every provisioner passes, whatever
// it reaches: what the rest of Countersign relies on without looking.
package provisionertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"countersign/provisioners"
)

// Fixture is one provisioner with a system behind it, made anew for each test.
type Fixture struct {
	Provisioner provisioners.Provisioner
	Target      string                     // a target that exists
	Person      provisioners.Person        // somebody whom the system knows, without the access
	Stranger    provisioners.Person        // somebody whom the system does not know
	KnowsPeople bool                       // false where the provisioner cannot tell strangers
	Confirmed   *provisioners.Confirmation // set where only a person can tell; goes with every change
	State       func() any                 // everything in the system, to see that reading changes nothing; may be nil
}

func (f Fixture) change(present bool) provisioners.Change {
	return provisioners.Change{Key: "G-000001", Person: f.Person, Target: f.Target, Present: present, Confirmed: f.Confirmed}
}

// Run runs the suite. Open is called once for each test.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for name, check := range map[string]func(*testing.T, Fixture){
		"adding twice is adding once":                      addingTwice,
		"removing what is not there is no failure":         removingNothing,
		"what was added can be removed and added again":    roundTrip,
		"an unknown person is a permanent failure":         unknownPerson,
		"reading changes nothing":                          readingChangesNothing,
		"a read agrees with what the change saw":           readAgrees,
		"a target has one key, however often it is asked":  stableKey,
		"a target that means nothing is permanently wrong": badTarget,
		"a cancelled context ends every call at once":      cancelled,
	} {
		t.Run(name, func(t *testing.T) { check(t, open(t)) })
	}
}

func apply(t *testing.T, f Fixture, present bool) provisioners.Result {
	t.Helper()
	r, err := f.Provisioner.Apply(t.Context(), f.change(present))
	if err != nil {
		t.Fatalf("Apply(present %t): %v", present, err)
	}
	if r.Waiting || r.Task != "" {
		t.Fatalf("Apply(present %t) waits for a person, want it done", present)
	}
	if r.Seen.Present != present {
		t.Fatalf("Apply(present %t) saw present %t", present, r.Seen.Present)
	}
	if r.Seen.Source == "" || r.Seen.Query == "" || r.Seen.At.IsZero() {
		t.Errorf("Apply(present %t) saw %+v, want a source, a query and a time", present, r.Seen)
	}
	return r
}

func read(t *testing.T, f Fixture, present bool) provisioners.Observation {
	t.Helper()
	o, err := f.Provisioner.Read(t.Context(), f.change(present))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return o
}

// checksItself tells a provisioner that reads its system from one that has
// only somebody's word, and so cannot know what held before.
func (f Fixture) checksItself() bool { return f.Confirmed == nil }

func addingTwice(t *testing.T, f Fixture) {
	if first := apply(t, f, true); !first.Changed {
		t.Error("first Apply changed nothing, want a change")
	}
	state := f.state()
	if second := apply(t, f, true); second.Changed && f.checksItself() {
		t.Error("second Apply says that it changed something")
	}
	if diff := cmp.Diff(f.state(), state); diff != "" {
		t.Errorf("second Apply changed the system (-got +want):\n%s", diff)
	}
}

func removingNothing(t *testing.T, f Fixture) {
	state := f.state()
	if r := apply(t, f, false); r.Changed && f.checksItself() {
		t.Error("Apply says that it removed something")
	}
	if diff := cmp.Diff(f.state(), state); diff != "" {
		t.Errorf("Apply changed the system (-got +want):\n%s", diff)
	}
}

func roundTrip(t *testing.T, f Fixture) {
	for _, present := range []bool{true, false, true} {
		if r := apply(t, f, present); !r.Changed {
			t.Errorf("Apply(present %t) changed nothing, want a change", present)
		}
	}
}

func unknownPerson(t *testing.T, f Fixture) {
	if !f.KnowsPeople {
		t.Skip("the provisioner cannot know people")
	}
	f.Person = f.Stranger
	_, err := f.Provisioner.Apply(t.Context(), f.change(true))
	p, ok := errors.AsType[*provisioners.Permanent](err)
	if !ok {
		t.Fatalf("Apply for a stranger: error %v, want a *Permanent", err)
	}
	if p.Reason == "" || p.Next == "" {
		t.Errorf("Apply for a stranger: %+v, want a reason and a next step", p)
	}
	if !errors.Is(err, provisioners.ErrNoAccount) {
		t.Errorf("Apply for a stranger: cause %v, want ErrNoAccount", p.Err)
	}
}

func readingChangesNothing(t *testing.T, f Fixture) {
	for _, present := range []bool{true, false} {
		apply(t, f, present)
		state := f.state()
		first := read(t, f, present)
		second := read(t, f, present)
		if diff := cmp.Diff(second, first, ignoreTime); diff != "" {
			t.Errorf("second Read differs from the first (-got +want):\n%s", diff)
		}
		if diff := cmp.Diff(f.state(), state); diff != "" {
			t.Errorf("Read changed the system (-got +want):\n%s", diff)
		}
	}
}

func readAgrees(t *testing.T, f Fixture) {
	for _, present := range []bool{true, false} {
		seen := apply(t, f, present).Seen
		if diff := cmp.Diff(read(t, f, present), seen, ignoreTime); diff != "" {
			t.Errorf("Read after Apply(present %t) (-got +want):\n%s", present, diff)
		}
	}
}

func stableKey(t *testing.T, f Fixture) {
	key, err := f.Provisioner.TargetKey(t.Context(), f.Target)
	if err != nil || key == "" {
		t.Fatalf("TargetKey = %q, %v, want a key", key, err)
	}
	apply(t, f, true)
	if again, err := f.Provisioner.TargetKey(t.Context(), f.Target); again != key || err != nil {
		t.Errorf("TargetKey after a change = %q, %v, want %q", again, err, key)
	}
}

func badTarget(t *testing.T, f Fixture) {
	f.Target = "no-such-target"
	_, keyErr := f.Provisioner.TargetKey(t.Context(), f.Target)
	_, applyErr := f.Provisioner.Apply(t.Context(), f.change(true))
	_, readErr := f.Provisioner.Read(t.Context(), f.change(true))
	for name, err := range map[string]error{"TargetKey": keyErr, "Apply": applyErr, "Read": readErr} {
		if _, ok := errors.AsType[*provisioners.Permanent](err); !ok {
			t.Errorf("%s: error %v, want a *Permanent", name, err)
		}
	}
}

// cancelled allows a second, which no call needs that looks at its context.
func cancelled(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begun := time.Now()
	_, keyErr := f.Provisioner.TargetKey(ctx, f.Target)
	_, applyErr := f.Provisioner.Apply(ctx, f.change(true))
	_, readErr := f.Provisioner.Read(ctx, f.change(true))
	if took := time.Since(begun); took > time.Second {
		t.Errorf("three cancelled calls took %v", took)
	}
	for name, err := range map[string]error{"TargetKey": keyErr, "Apply": applyErr, "Read": readErr} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want context.Canceled", name, err)
		}
		if _, permanent := errors.AsType[*provisioners.Permanent](err); permanent {
			t.Errorf("%s: a cancelled call is a *Permanent, want one that can be repeated", name)
		}
	}
}

var ignoreTime = cmpopts.IgnoreFields(provisioners.Observation{}, "At")

func (f Fixture) state() any {
	if f.State == nil {
		return nil
	}
	return f.State()
}
