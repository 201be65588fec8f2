package workflows

import (
	"testing"
	"time"

	"countersign/provisioners"
)

func TestAccessThatWasThereIsOursOnlyIfAnotherGrantOfOursMadeIt(t *testing.T) {
	for _, tt := range []struct {
		name   string
		there  bool
		others []Grant
		want   bool
	}{
		{"absent", false, nil, true},
		{"there before us", true, nil, false},
		{"made by another grant", true, []Grant{{Ours: true}}, true},
		{"found by another grant too", true, []Grant{{Ours: false}}, false},
	} {
		g := Grant{State: GrantApproved}.looked("k", provisioners.Observation{Present: tt.there}, tt.others)
		if g.Ours != tt.want || g.Found != tt.there || !g.Looked {
			t.Errorf("%s: ours %v found %v, want %v %v", tt.name, g.Ours, g.Found, tt.want, tt.there)
		}
		if again := g.looked("k", provisioners.Observation{Present: !tt.there}, nil); again.Ours != g.Ours || again.Found != g.Found {
			t.Errorf("%s: a second look changed what the first one saw", tt.name)
		}
	}
}

func TestTheTimeOfAGrantBeginsOnceItIsThereAndOnlyOnce(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	g := Grant{State: GrantProvisioning, Duration: time.Hour}.held(begin)
	if !g.StartsAt.Equal(begin) || !g.EndsAt.Equal(begin.Add(time.Hour)) {
		t.Fatalf("got %s to %s", g.StartsAt, g.EndsAt)
	}
	g.State = GrantProvisioning // it had to be made again
	if g = g.held(begin.Add(30 * time.Minute)); !g.EndsAt.Equal(begin.Add(time.Hour)) {
		t.Errorf("ends at %s, want still %s", g.EndsAt, begin.Add(time.Hour))
	}
}

func TestAGrantThatWaitsForAnythingStillTouchesItsTarget(t *testing.T) {
	for state, want := range map[GrantState][2]bool{
		GrantApproved: {true, true}, GrantProvisioning: {true, true}, GrantByHand: {true, true}, GrantHeld: {true, true},
		GrantEnding: {false, true}, GrantEndByHand: {false, true}, GrantEndFailed: {false, true},
		GrantFailed: {false, false}, GrantExpired: {false, false},
	} {
		g := Grant{State: state}
		if got := [2]bool{g.Live(), g.Touching()}; got != want {
			t.Errorf("%s: live and touching are %v, want %v", state, got, want)
		}
	}
}
