package workflows_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

func TestAGrantEndsAtItsTimeAndNotBefore(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.Advance(h.Grant(id).EndsAt.Sub(h.now()) - time.Second)
		h.is(id, "Granted")
		if !h.In(members, "nora") {
			t.Fatal("nora lost her access before its end")
		}
		h.Advance(time.Second)
		h.is(id, "Expired")
		if h.In(members, "nora") {
			t.Error("nora still has her access after its end")
		}
	})
}

func TestAccessStaysWhileAnyGrantHoldsIt(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second time.Duration
	}{{"the first ends first", 8 * time.Hour, day}, {"the second ends first", day, 8 * time.Hour}} {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(t *testing.T, h *company) {
				one := h.Gets("nora", "github", "member", tt.first, "bob")
				two := h.Gets("nora", "ci", "user", tt.second, "bob") // another app, another address of the group
				short, long := one, two
				if tt.second < tt.first {
					short, long = two, one
				}
				h.Advance(8*time.Hour + time.Minute)
				h.is(short, "Expired")
				h.is(long, "Granted")
				if !h.In(members, "nora") {
					t.Fatal("the access went although another grant holds it")
				}
				h.Advance(16 * time.Hour)
				h.is(long, "Expired")
				if h.In(members, "nora") {
					t.Error("the access stayed after the last grant ended")
				}
			})
		})
	}
}

func TestAGrantOverAPreexistingMembershipLeavesItToTheOthers(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.WasThere(members, "nora")
		one := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		two := h.Gets("nora", "github", "triage", day, "bob")
		h.Advance(day + time.Minute)
		h.is(one, "Expired")
		h.is(two, "Expired")
	})
}

func TestWhatAFailedGrantLeftBehindIsOursForTheNextOne(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.Fail(fakegoogle.Fault{Method: "POST", Path: memberships, Kind: fakegoogle.Unavailable, Applied: true})
		h.google.Fail(fakegoogle.Fault{Method: "GET", Path: membership, Kind: fakegoogle.Unavailable, Skip: 2, Count: 3 * workflows.MaxAttempts})
		one := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.is(one, "Failed")
		h.google.Heal()
		if !h.In(members, "nora") {
			t.Fatal("this needs a failed grant that took effect")
		}
		two := h.Gets("nora", "ci", "user", day, "bob")
		h.is(two, "Granted")
		h.Advance(day + time.Hour)
		h.is(two, "Expired")
		if h.In(members, "nora") {
			t.Error("what a failed grant added was left behind")
		}
	})
}

func TestARefusedEndWarnsSecurityAndIsTriedEveryHour(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.google.Fail(fakegoogle.Fault{Method: "DELETE", Path: membership, Kind: fakegoogle.Forbidden, Count: 3})
		h.Advance(8 * time.Hour)
		h.is(id, "Failed")
		for _, who := range []string{chat("sam"), chat("sid"), workflows.ChannelCompliance} {
			p, ok := h.slack.card(workflows.CardNotice, h.Grant(id).ID+"/end", who)
			if !ok {
				t.Fatalf("%s was not warned", who)
			}
			h.says(p.view.Title, "still there", "Nora Newcomer", id)
		}
		h.Advance(time.Hour)
		h.is(id, "Failed")
		if n := len(h.Events("grant.revoke_failed")); n != 1 {
			t.Errorf("got %d of the same failure, want 1", n)
		}
		h.Advance(2 * time.Hour)
		h.is(id, "Expired")
		if h.In(members, "nora") {
			t.Error("nora still has access")
		}
	})
}

func TestARefusedEndCanBeRetriedAtOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.google.Fail(fakegoogle.Fault{Method: "DELETE", Path: membership, Kind: fakegoogle.Forbidden})
		h.Advance(8 * time.Hour)
		h.is(id, "Failed")
		h.done(h.As("sam").Retries(id))
		h.Settle()
		h.is(id, "Expired")
	})
}

func TestTheAccessOfSomebodySuspendedEndsToo(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Advance(8 * time.Hour)
		h.is(id, "Expired")
		if h.In(members, "nora") {
			t.Error("a suspended account kept its membership")
		}
	})
}

// gate is a provisioner that stops at one kind of change, before or after it was
// made, until it is let go.
type gate struct {
	provisioners.Provisioner
	stops func(provisioners.Change) bool
	after bool
	once  *sync.Once
	there chan struct{} // closed when it has stopped
	open  chan struct{} // closed to let it go
}

// Apply stops if this is the change to stop at.
func (g gate) Apply(ctx context.Context, c provisioners.Change) (r provisioners.Result, err error) {
	wait := func() {
		if g.stops(c) {
			g.once.Do(func() { close(g.there); <-g.open })
		}
	}
	if !g.after {
		wait()
	}
	r, err = g.Provisioner.Apply(ctx, c)
	if g.after {
		wait()
	}
	return r, err
}

// gated makes the Google provisioner stop at such changes.
func gated(g *gate, after bool, stops func(provisioners.Change) bool) func(*company) {
	return func(h *company) {
		h.wrap = func(p provisioners.Provisioner) provisioners.Provisioner {
			*g = gate{p, stops, after, &sync.Once{}, make(chan struct{}), make(chan struct{})}
			return g
		}
	}
}

func TestAGrantThatBeganWhileAnotherEndedIsRestored(t *testing.T) {
	for name, after := range map[string]bool{"before the removal": false, "after the removal": true} {
		t.Run(name, func(t *testing.T) {
			var end gate
			story(t, func(t *testing.T, h *company) {
				one := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
				h.ahead.Add(int64(8*time.Hour + time.Minute))
				h.store.Wake()
				<-end.there
				two := h.Asks("nora", "ci", "user", day)
				h.done(h.As("bob").Approves(two))
				time.Sleep(time.Minute) // the second grant is looked at and given meanwhile
				close(end.open)
				h.Settle()
				h.is(one, "Expired")
				h.is(two, "Granted")
				ends := h.Grant(two).EndsAt
				h.Advance(ends.Sub(h.now()))
				h.is(two, "Expired")
				if h.In(members, "nora") {
					t.Error("the restored access did not end")
				}
			}, gated(&end, after, func(c provisioners.Change) bool { return !c.Present }))
		})
	}
}

func TestAGrantWaitsForItsTurnWhileAnotherOneEnds(t *testing.T) {
	var end gate
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		h.ahead.Add(int64(8*time.Hour + time.Minute))
		h.store.Wake()
		<-end.there
		two := h.Asks("nora", "ci", "user", day)
		h.done(h.As("bob").Approves(two))
		time.Sleep(time.Second)
		if g := h.Grant(two); g.State != workflows.GrantApproved {
			t.Fatalf("the second grant is %s while the first ends, want it to wait", g.State)
		}
		close(end.open)
		h.Settle()
		h.is(two, "Granted")
		if g := h.Grant(two); !g.Ours || g.Found {
			t.Errorf("the second grant is %+v, want its access made by it", g)
		}
	}, gated(&end, false, func(c provisioners.Change) bool { return !c.Present }))
}

// reading makes the Google provisioner stop once, after it was read for a person
// who should have the access.
type reading struct {
	provisioners.Provisioner
	there, open chan struct{}
	armed       *atomic.Bool
}

func (r reading) Read(ctx context.Context, c provisioners.Change) (provisioners.Observation, error) {
	seen, err := r.Provisioner.Read(ctx, c)
	if c.Present && r.armed.CompareAndSwap(true, false) {
		close(r.there)
		<-r.open
	}
	return seen, err
}

func slowReading(r *reading) func(*company) {
	*r = reading{there: make(chan struct{}), open: make(chan struct{}), armed: &atomic.Bool{}}
	return func(h *company) {
		r.there, r.open = make(chan struct{}), make(chan struct{}) // of the bubble
		h.wrap = func(p provisioners.Provisioner) provisioners.Provisioner {
			r.Provisioner = p
			return *r
		}
	}
}

func TestAGrantWhoseTimeIsUpDuringItsFirstLookIsNeverGiven(t *testing.T) {
	var r reading
	story(t, func(t *testing.T, h *company) {
		r.armed.Store(true)
		id := h.Asks("nora", "github", "member", time.Second)
		h.done(h.As("bob").Approves(id))
		<-r.there
		time.Sleep(time.Minute)
		close(r.open)
		h.Settle()
		h.is(id, "Expired")
		if h.In(members, "nora") {
			t.Error("access was given after its time was up")
		}
	}, slowReading(&r))
}

func TestOurOwnMembershipIsNotTakenForOneThatWasThereBefore(t *testing.T) {
	var r reading
	story(t, func(t *testing.T, h *company) {
		one := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		two := h.Asks("nora", "ci", "user", day)
		h.ahead.Add(int64(h.Grant(one).EndsAt.Sub(h.now()) - time.Second))
		r.armed.Store(true)
		h.done(h.As("bob").Approves(two))
		<-r.there
		time.Sleep(time.Minute) // the first one's end comes while the second is looked at
		close(r.open)
		h.Settle()
		h.is(one, "Expired")
		h.is(two, "Granted")
		if !h.In(members, "nora") {
			t.Fatal("the second grant's access is gone")
		}
		h.Advance(2 * day)
		h.is(two, "Expired")
		if h.In(members, "nora") {
			t.Error("access that Countersign made was left behind")
		}
	}, slowReading(&r))
}

func TestAccessThatComesAfterItsOwnEndIsTakenAway(t *testing.T) {
	for name, after := range map[string]bool{"sent late": false, "answered late": true} {
		t.Run(name, func(t *testing.T) {
			var give gate
			story(t, func(t *testing.T, h *company) {
				id := h.Asks("nora", "github", "member", time.Second)
				h.done(h.As("bob").Approves(id))
				<-give.there
				time.Sleep(time.Minute)
				close(give.open)
				h.Settle()
				h.is(id, "Expired")
				if h.In(members, "nora") {
					t.Error("access was given after its time was up")
				}
			}, gated(&give, after, func(c provisioners.Change) bool { return c.Present }))
		})
	}
}
