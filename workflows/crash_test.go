package workflows_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"countersign/provisioners"
)

// mortal is a provisioner whose process dies at one of its calls, before the
// call or after it took effect.
type mortal struct {
	provisioners.Provisioner
	h     *company
	at    *atomic.Int64 // calls left until death; counted over restarts
	after bool
}

func (m mortal) call(ctx context.Context, f func() error) error {
	left := m.at.Add(-1)
	if left == 0 && !m.after {
		m.h.kill()
		return context.Cause(ctx)
	}
	err := f()
	if left == 0 {
		m.h.kill()
		return context.Cause(ctx)
	}
	return err
}

// TargetKey resolves the target.
func (m mortal) TargetKey(ctx context.Context, target string) (key string, err error) {
	err = m.call(ctx, func() (err error) { key, err = m.Provisioner.TargetKey(ctx, target); return err })
	return key, err
}

// Apply makes the change.
func (m mortal) Apply(ctx context.Context, c provisioners.Change) (r provisioners.Result, err error) {
	err = m.call(ctx, func() (err error) { r, err = m.Provisioner.Apply(ctx, c); return err })
	return r, err
}

// Read reads the target.
func (m mortal) Read(ctx context.Context, c provisioners.Change) (o provisioners.Observation, err error) {
	err = m.call(ctx, func() (err error) { o, err = m.Provisioner.Read(ctx, c); return err })
	return o, err
}

// TestAProcessThatDiesAtAnyCallGoesOnWhereItWas kills it at each call of giving
// (four) and of ending (two).
func TestAProcessThatDiesAtAnyCallGoesOnWhereItWas(t *testing.T) {
	const calls = 6
	for at := 1; at <= calls; at++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d after %v", at, after), func(t *testing.T) {
				var left atomic.Int64
				left.Store(int64(at))
				story(t, func(t *testing.T, h *company) {
					id := h.Asks("nora", "github", "member", 8*time.Hour)
					h.done(h.As("bob").Approves(id))
					h.survives(&left)
					h.is(id, "Granted")
					if !h.Grant(id).Ours {
						t.Error("after a restart the membership is not known as ours")
					}
					h.ahead.Add(int64(8*time.Hour + time.Minute))
					h.store.Wake()
					h.survives(&left)
					h.is(id, "Expired")
					if left.Load() > 0 {
						t.Fatalf("it never died: %d calls left", left.Load())
					}
					for _, kind := range []string{"grant.provisioned", "grant.verified", "grant.verified_absent"} {
						if n := len(h.Events(kind)); n != 1 {
							t.Errorf("got %d of %s, want 1", n, kind)
						}
					}
				}, func(h *company) {
					h.wrap = func(p provisioners.Provisioner) provisioners.Provisioner { return mortal{p, h, &left, after} }
				})
			})
		}
	}
}

// survives settles, over a restart if the process dies.
func (h *company) survives(left *atomic.Int64) {
	h.t.Helper()
	if left.Load() > 0 {
		h.UntilDeath()
		if left.Load() <= 0 {
			h.Restart()
		}
	}
	h.Settle()
}
