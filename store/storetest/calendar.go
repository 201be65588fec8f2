package storetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var calendar = []testCase{
	{"a moment fires once at its time and never before", inBubble(firesOnce)},
	{"a moved time replaces the old one, a forgotten one never fires", inBubble(firesMoved)},
	{"a recurring moment comes again", inBubble(firesAgain)},
	{"a recurring moment that was missed fires once", inBubble(firesMissed)},
	{"a moment fires in one transaction with its effects, and again when that fails", inBubble(firesWhole)},
	{"a handler that panics stops no other", inBubble(firesPanic)},
	{"a handler may set its own moment anew", inBubble(firesAnew)},
	{"a time that cannot be is refused", neverTime},
}

func schedule(t *testing.T, s Store, list ...workflows.Due) {
	t.Helper()
	update(t, s, func(tx workflows.Tx) (err error) {
		for _, d := range list {
			err = errors.Join(err, tx.Schedule(d))
		}
		return err
	})
}

// firing fires what is due beside the test.
func firing(t *testing.T, s Store, f func(workflows.Tx, workflows.Due) error) (stop func()) {
	t.Helper()
	return during(t, func(ctx context.Context) error { return s.Fire(ctx, f) })
}

// firingInto notes what fires, by record and by seconds since now.
func firingInto(t *testing.T, s Store, n *notebook) (stop func()) {
	begin := time.Now()
	return firing(t, s, func(tx workflows.Tx, d workflows.Due) error {
		n.write(fmt.Sprintf("%s %.0f", d.Record, tx.Now().Sub(begin).Truncate(time.Second).Seconds()))
		return nil
	})
}

func firesOnce(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	due := time.Now().Add(time.Minute + time.Millisecond) // just after the loop looks
	schedule(t, s, workflows.Due{Kind: "end", Record: "GR-1", At: due})
	fired := make(chan workflows.Due, 9)
	stop := firing(t, s, func(tx workflows.Tx, d workflows.Due) error {
		if tx.Now().Before(due) || tx.Now().After(due.Add(time.Second)) {
			t.Errorf("fired at %v, want %v", tx.Now(), due)
		}
		fired <- d
		return nil
	})
	defer stop()
	time.Sleep(time.Minute)
	synctest.Wait()
	if len(fired) > 0 {
		t.Error("fired before its time")
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	if len(fired) != 1 {
		t.Fatalf("fired %d times, want once", len(fired))
	}
	if diff := cmp.Diff(<-fired, workflows.Due{Kind: "end", Record: "GR-1", At: due.UTC()}); diff != "" {
		t.Errorf("moment differs (-got +want):\n%s", diff)
	}
}

func firesMoved(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	in := func(kind, record string, seconds int) workflows.Due {
		return workflows.Due{Kind: kind, Record: record, At: time.Now().Add(time.Duration(seconds) * time.Second)}
	}
	schedule(t, s, in("end", "later", 5), in("end", "sooner", 60), in("end", "forgotten", 5), in("lapse", "sooner", 15))
	var fired notebook
	stop := firingInto(t, s, &fired)
	defer stop()
	schedule(t, s, in("end", "later", 20), in("end", "sooner", 10))
	update(t, s, func(tx workflows.Tx) error { return tx.Unschedule("end", "forgotten") })
	time.Sleep(90 * time.Second)
	synctest.Wait()
	if diff := cmp.Diff(fired.read(), []string{"sooner 10", "sooner 15", "later 20"}); diff != "" {
		t.Errorf("moments differ (-got +want):\n%s", diff)
	}
}

func firesAgain(t *testing.T, db Database) {
	s := open(t, db, time.Now) // a bubble's clock begins at a full minute
	schedule(t, s, workflows.Due{Kind: "sync", Record: "hourly", At: time.Now().Add(30 * time.Second), Cron: "* * * * *"})
	var fired notebook
	stop := firingInto(t, s, &fired)
	defer stop()
	time.Sleep(3*time.Minute - time.Second)
	synctest.Wait()
	if diff := cmp.Diff(fired.read(), []string{"hourly 30", "hourly 60", "hourly 120"}); diff != "" {
		t.Errorf("moments differ (-got +want):\n%s", diff)
	}
}

func firesMissed(t *testing.T, db Database) {
	first := db.Open(t, time.Now, slog.New(slog.DiscardHandler))
	schedule(t, first,
		workflows.Due{Kind: "sync", Record: "hourly", At: time.Now().Add(time.Hour), Cron: "0 * * * *"},
		workflows.Due{Kind: "end", Record: "GR-1", At: time.Now().Add(time.Minute)})
	if err := first.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	time.Sleep(72*time.Hour - time.Minute)
	s := open(t, db, time.Now)
	var fired notebook
	stop := firingInto(t, s, &fired)
	defer stop()
	time.Sleep(90 * time.Second)
	synctest.Wait()
	if diff := cmp.Diff(fired.read(), []string{"GR-1 0", "hourly 0", "hourly 60"}); diff != "" {
		t.Errorf("moments differ (-got +want):\n%s", diff)
	}
}

func firesWhole(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	now := time.Now()
	schedule(t, s, workflows.Due{Kind: "end", Record: "bad", At: now}, workflows.Due{Kind: "end", Record: "good", At: now})
	fails, tried := 1, notebook{}
	stop := firing(t, s, func(tx workflows.Tx, d workflows.Due) error {
		tried.write(fmt.Sprintf("%s %.0f", d.Record, tx.Now().Sub(now).Truncate(time.Minute).Minutes()))
		id, err := tx.NextID("GR")
		if err != nil {
			return err
		}
		err = errors.Join(tx.PutPerson(&workflows.Person{ID: "P-" + id}), tell(tx, "grant.expired"))
		if d.Record == "bad" && fails > 0 {
			fails--
			return errors.Join(err, errors.New("not today"))
		}
		return err
	})
	defer stop()
	time.Sleep(30 * time.Second)
	synctest.Wait()
	if n := len(db.Leaves(t)); n != 1 {
		t.Errorf("got %d events after one failure and one success, want 1", n)
	}
	time.Sleep(90 * time.Second)
	synctest.Wait()
	if diff := cmp.Diff(tried.read(), []string{"bad 0", "good 0", "bad 1"}); diff != "" {
		t.Errorf("moments differ (-got +want):\n%s", diff)
	}
	if got := read(t, s, func(tx workflows.Tx) ([]workflows.Person, error) { return tx.People() }); len(got) != 2 || got[1].ID != "P-GR-000002" {
		t.Errorf("got effects %v, want two without a gap", got)
	}
}

func firesPanic(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	now := time.Now()
	schedule(t, s, workflows.Due{Kind: "end", Record: "bad", At: now}, workflows.Due{Kind: "end", Record: "good", At: now.Add(time.Second)})
	var fired notebook
	stop := firing(t, s, func(tx workflows.Tx, d workflows.Due) error {
		fired.write(d.Record)
		if d.Record == "bad" {
			panic("oops")
		}
		return nil
	})
	defer stop()
	time.Sleep(10 * time.Second)
	synctest.Wait()
	if diff := cmp.Diff(fired.read(), []string{"bad", "good"}); diff != "" {
		t.Errorf("moments differ (-got +want):\n%s", diff)
	}
}

func firesAnew(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	begin := time.Now()
	schedule(t, s, workflows.Due{Kind: "end", Record: "GR-1", At: begin})
	var fired notebook
	stop := firing(t, s, func(tx workflows.Tx, d workflows.Due) error {
		fired.write(fmt.Sprint(d.At.Sub(begin).Seconds()))
		if d.At.Sub(begin) >= 20*time.Second {
			return nil
		}
		return tx.Schedule(workflows.Due{Kind: d.Kind, Record: d.Record, At: d.At.Add(10 * time.Second)})
	})
	defer stop()
	time.Sleep(time.Minute)
	synctest.Wait()
	if diff := cmp.Diff(fired.read(), []string{"0", "10", "20"}); diff != "" {
		t.Errorf("moments differ (-got +want):\n%s", diff)
	}
}

func neverTime(t *testing.T, db Database) {
	s := opened(t, db)
	for _, expression := range []string{"every day", "99 * * * *", "0 0 30 2 *"} {
		err := s.Update(t.Context(), func(tx workflows.Tx) error {
			return tx.Schedule(workflows.Due{Kind: "sync", At: tx.Now(), Cron: expression})
		})
		if err == nil {
			t.Errorf("a moment recurring at %q was taken", expression)
		}
	}
}
