package store_test

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"countersign/store"
	"countersign/workflows"
)

// fewer keeps the tests of this package within seconds: each round opens a
// database of its own. A number given on the command line stands.
func fewer(t *testing.T, rounds string) {
	t.Helper()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if set {
		return
	}
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", rounds); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set("rapid.checks", before); err != nil {
			t.Error(err)
		}
	})
}

// randomStep is one transaction of random puts and events. Some are rolled back.
func randomStep(rt *rapid.T, tx workflows.Tx) error {
	word := rapid.StringMatching(`[a-zé<&"\x{2028} ]{0,12}`)
	var errs []error
	for range rapid.IntRange(1, 4).Draw(rt, "puts") {
		n := rapid.IntRange(1, 3).Draw(rt, "row")
		switch rapid.SampledFrom([]string{"person", "request", "decision", "event", "checkpoint"}).Draw(rt, "what") {
		case "person":
			p, err := tx.Person(fmt.Sprint("P-", n))
			if err != nil && !errors.Is(err, workflows.ErrNotFound) {
				return err
			}
			p.ID, p.Name, p.Email = fmt.Sprint("P-", n), word.Draw(rt, "name"), word.Draw(rt, "address")
			errs = append(errs, tx.PutPerson(&p))
		case "request":
			r, err := tx.Request(fmt.Sprint("AR-", n))
			if err != nil && !errors.Is(err, workflows.ErrNotFound) {
				return err
			}
			r.ID, r.Justification, r.Steps = fmt.Sprint("AR-", n), word.Draw(rt, "why"), r.Steps+1
			errs = append(errs, tx.PutRequest(&r))
		case "decision":
			id, err := tx.NextID("D")
			d := workflows.Decision{ID: id, RequestID: fmt.Sprint("AR-", n), Reason: word.Draw(rt, "reason")}
			if _, none := tx.Request(d.RequestID); none == nil {
				errs = append(errs, err, tx.AddDecision(d))
			}
		case "checkpoint":
			_, err := tx.Checkpoint()
			errs = append(errs, err)
		default:
			_, err := tx.Append(workflows.Event{Type: "sync.ran", Actor: workflows.System, Data: map[string]any{"words": word.Draw(rt, "words")}})
			errs = append(errs, err)
		}
	}
	_, err := tx.Append(workflows.Event{Type: "control.ran", Actor: workflows.Actor{Kind: "cli", Host: word.Draw(rt, "host")}})
	return errors.Join(append(errs, err)...)
}

func TestEveryHistoryVerifiesAfterEveryStepAndNoFlippedBitOfAnEventGoesUnseen(t *testing.T) {
	fewer(t, "20")
	base := newDatabase(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		d := &database{url: "sqlite:" + filepath.Join(filepath.Dir(base.path()), fmt.Sprint(round, ".db")), key: base.key}
		s, err := d.open(time.Now, nil)
		if err != nil {
			rt.Fatal(err)
		}
		defer closeIt(t, s)
		regret := errors.New("roll back")
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			back := rapid.IntRange(0, 3).Draw(rt, "regret") == 0
			err := s.Update(t.Context(), func(tx workflows.Tx) error {
				if err := randomStep(rt, tx); err != nil || !back {
					return err
				}
				return regret
			})
			if err != nil && !errors.Is(err, regret) {
				rt.Fatalf("update: %v", err)
			}
			if r := d.verify(t, store.Expectation{}); r.Wrong != "" {
				rt.Fatalf("wrong: %s", r.Wrong)
			}
		}
		flipBits(t, rt, d)
	})
}

func flipBits(t *testing.T, rt *rapid.T, d *database) {
	all := d.entries(t)
	if len(all) == 0 {
		return
	}
	if err := d.raw(t, `DROP TRIGGER events_no_update`); err != nil {
		rt.Fatal(err)
	}
	put := func(seq int64, body []byte) {
		if err := d.raw(t, fmt.Sprintf(`UPDATE events SET body = x'%x' WHERE seq = %d`, body, seq)); err != nil {
			rt.Fatal(err)
		}
	}
	for range 3 {
		e := all[rapid.IntRange(0, len(all)-1).Draw(rt, "event")]
		body := append([]byte{}, e.Body...)
		i := rapid.IntRange(0, len(body)-1).Draw(rt, "byte")
		body[i] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		put(e.Seq, body)
		if r := d.verify(t, store.Expectation{}); r.Wrong == "" {
			rt.Errorf("byte %d of event %d was changed, and nothing is wrong", i, e.Seq)
		}
		put(e.Seq, e.Body)
	}
	if r := d.verify(t, store.Expectation{}); r.Wrong != "" {
		rt.Errorf("with all bytes put back: wrong: %s", r.Wrong)
	}
}
