package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var transactions = []testCase{
	{"a transaction that changes a row without an event is refused and leaves nothing", unnamedRow},
	{"a row put after the last event is not named by it", rowAfterEvent},
	{"a rollback leaves nothing", rollback},
	{"a panic leaves nothing and the store usable", panicInside},
	{"a stale version is a conflict", staleVersion},
	{"ids count up by prefix without gaps, across a reopening, joiners, leavers, vendors and apps in use with four digits", idsCountUp},
	{"a view sees one snapshot", oneSnapshot},
	{"a write in a view fails", writeInView},
	{"the time of a transaction stands still and is whole milliseconds in UTC", timeStandsStill},
	{"the configuration applied last is returned", appliedConfig},
}

func unnamedRow(t *testing.T, db Database) {
	s := opened(t, db)
	err := s.Update(t.Context(), func(tx workflows.Tx) error {
		return tx.PutPerson(&workflows.Person{ID: "P-000001"})
	})
	if err == nil {
		t.Error("a row changed without an event, and the transaction was committed")
	}
	view(t, s, func(tx workflows.Tx) error {
		_, err := tx.Person("P-000001")
		notFound(t, "the refused row", err)
		return nil
	})
}

func rowAfterEvent(t *testing.T, db Database) {
	s := opened(t, db)
	err := s.Update(t.Context(), func(tx workflows.Tx) error {
		return errors.Join(tell(tx, "person.changed"), tx.PutPerson(&workflows.Person{ID: "P-000001"}))
	})
	if err == nil {
		t.Error("a row changed after the last event, and the transaction was committed")
	}
	if n := len(db.Leaves(t)); n != 0 {
		t.Errorf("got %d events, want none", n)
	}
}

// everything changes one of everything a transaction can change.
func everything(tx workflows.Tx) error {
	_, err := tx.NextID("AR")
	return errors.Join(err,
		tx.PutPerson(&workflows.Person{ID: "P-000001", ChatID: "U1"}),
		tx.PutRequest(&workflows.Request{ID: "AR-000001", State: workflows.RequestWaiting}),
		tx.AddDecision(workflows.Decision{ID: "AR-000001/1", RequestID: "AR-000001"}),
		tx.PutGrant(&workflows.Grant{ID: "GR-000001", Record: "AR-000001"}),
		tx.PutTask(&workflows.Task{ID: "TK-000001", GrantID: "GR-000001"}),
		tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0001"}),
		tx.PutOffboarding(&workflows.Offboarding{ID: "OF-0001"}),
		tx.PutStep(&workflows.Step{ID: "OF-0001/tokens", Record: "OF-0001"}),
		tx.PutDuty(&workflows.Duty{ID: "DU-000001"}),
		newVendor().put(tx),
		tx.AddAssessment(newVendor().assessment),
		tx.AddVendorDecision(newVendor().decision),
		tx.SetReadUpTo("token", tx.Now()),
		tx.AddCard(&workflows.Card{Kind: workflows.CardLog, Record: "AR-000001"}),
		tx.Enqueue(workflows.Job{Kind: "work", Record: "AR-000001"}),
		tx.Schedule(workflows.Due{Kind: "due", Record: "AR-000001", At: tx.Now()}),
		tx.Remember("key", workflows.Outcome{Kind: workflows.OutcomeDone}),
		tx.ApplyConfig("hash", []byte("effective")),
		tell(tx, "access_request.created"),
	)
}

// traces names what everything left behind.
func traces(t *testing.T, s Store) (found []string) {
	t.Helper()
	view(t, s, func(tx workflows.Tx) error {
		_, person := tx.Person("P-000001")
		_, request := tx.Request("AR-000001")
		_, grant := tx.Grant("GR-000001")
		_, task := tx.Task("TK-000001")
		_, on := tx.Onboarding("ON-0001")
		_, off := tx.Offboarding("OF-0001")
		_, step := tx.Step("OF-0001/tokens")
		_, duty := tx.Duty("DU-000001")
		_, vendor := tx.Vendor("VN-0001")
		_, action := tx.VendorAction("VN-0001/A1")
		_, report := tx.VendorReport("VN-0001/R1")
		_, app := catalogueApp(tx, "miro")
		_, discovered := tx.Discovered("DA-0001")
		for what, err := range map[string]error{
			"person": person, "request": request, "grant": grant, "task": task, "onboarding": on, "offboarding": off, "step": step, "duty": duty,
			"vendor": vendor, "action": action, "report": report, "app made of a vendor": app, "discovered app": discovered,
		} {
			if !errors.Is(err, workflows.ErrNotFound) {
				found = append(found, fmt.Sprintf("%s (%v)", what, err))
			}
		}
		decisions, err := tx.Decisions("AR-000001")
		if err != nil || len(decisions) > 0 {
			found = append(found, fmt.Sprintf("decision (%v)", err))
		}
		assessments, err := tx.Assessments("VN-0001")
		if err != nil || len(assessments) > 0 {
			found = append(found, fmt.Sprintf("assessment (%v)", err))
		}
		judged, err := tx.VendorDecisions("VN-0001")
		if err != nil || len(judged) > 0 {
			found = append(found, fmt.Sprintf("decision on a vendor (%v)", err))
		}
		upTo, err := tx.ReadUpTo("token")
		if err != nil || !upTo.IsZero() {
			found = append(found, fmt.Sprintf("reading (%v)", err))
		}
		cards, err := tx.Cards("AR-000001")
		if err != nil || len(cards) > 0 {
			found = append(found, fmt.Sprintf("card (%v)", err))
		}
		_, answered, err := tx.Answer("key")
		if err != nil || answered {
			found = append(found, fmt.Sprintf("answer (%v)", err))
		}
		config, err := tx.AppliedConfig()
		if err != nil || config != nil {
			found = append(found, fmt.Sprintf("configuration (%v)", err))
		}
		return nil
	})
	return found
}

func rollback(t *testing.T, db Database) {
	s := opened(t, db)
	stop := errors.New("stop")
	err := s.Update(t.Context(), func(tx workflows.Tx) error { return errors.Join(everything(tx), stop) })
	if !errors.Is(err, stop) {
		t.Fatalf("got error %v, want the one returned", err)
	}
	if found := traces(t, s); len(found) > 0 {
		t.Errorf("a rollback left %v", found)
	}
	if n := len(db.Leaves(t)); n != 0 {
		t.Errorf("a rollback left %d events", n)
	}
	update(t, s, everything) // counts AR up from 1 again
	if found := traces(t, s); len(found) != 20 {
		t.Errorf("a commit left only %v", found)
	}
}

func panicInside(t *testing.T, db Database) {
	s := opened(t, db)
	for _, run := range []func(f func(workflows.Tx) error) error{
		func(f func(workflows.Tx) error) error { return s.Update(t.Context(), f) },
		func(f func(workflows.Tx) error) error { return s.View(t.Context(), f) },
	} {
		func() {
			defer func() {
				if r := recover(); r != "oops" {
					t.Errorf("got panic %v, want the one of the transaction", r)
				}
			}()
			_ = run(func(tx workflows.Tx) error {
				_ = everything(tx)
				panic("oops")
			})
		}()
		if found := traces(t, s); len(found) > 0 {
			t.Errorf("a panic left %v", found)
		}
	}
	putPerson(t, s, &workflows.Person{ID: "P-000009"})
}

func staleVersion(t *testing.T, db Database) {
	s := opened(t, db)
	p := workflows.Person{ID: "P-000001", Name: "Ada"}
	putPerson(t, s, &p)
	if p.Version != 1 {
		t.Errorf("got version %d after the first put, want 1", p.Version)
	}
	stale := p
	p.Name = "Ada Lovelace"
	putPerson(t, s, &p)
	for what, old := range map[string]workflows.Person{
		"an older version": stale, "a second first one": {ID: "P-000001"}, "a newer version": {ID: "P-000001", Version: 3}, "nobody": {ID: "P-000002", Version: 1},
	} {
		before := old.Version
		err := s.Update(t.Context(), func(tx workflows.Tx) error { return tx.PutPerson(&old) })
		if !errors.Is(err, workflows.ErrConflict) {
			t.Errorf("put of %s: got error %v, want ErrConflict", what, err)
		}
		if old.Version != before {
			t.Errorf("put of %s: the version was raised though nothing was put", what)
		}
	}
	got := read(t, s, func(tx workflows.Tx) (workflows.Person, error) { return tx.Person("P-000001") })
	if diff := cmp.Diff(got, p); diff != "" {
		t.Errorf("after the conflicts the row is another (-got +want):\n%s", diff)
	}
}

func idsCountUp(t *testing.T, db Database) {
	var got []string
	for range 2 {
		s := db.Open(t, newClock().now, nil)
		for _, prefix := range []string{"AR", "GR", "AR", "ON", "OF", "VN", "DU", "DA"} {
			update(t, s, func(tx workflows.Tx) error {
				id, err := tx.NextID(prefix)
				got = append(got, id)
				return err
			})
			_ = s.Update(t.Context(), func(tx workflows.Tx) error {
				_, err := tx.NextID(prefix)
				return errors.Join(err, errors.New("not taken after all"))
			})
		}
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	want := []string{"AR-000001", "GR-000001", "AR-000002", "ON-0001", "OF-0001", "VN-0001", "DU-000001", "DA-0001",
		"AR-000003", "GR-000002", "AR-000004", "ON-0002", "OF-0002", "VN-0002", "DU-000002", "DA-0002"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("ids differ (-got +want):\n%s", diff)
	}
}

func oneSnapshot(t *testing.T, db Database) {
	s := opened(t, db)
	p := workflows.Person{ID: "P-000001", Name: "before"}
	putPerson(t, s, &p)
	view(t, s, func(tx workflows.Tx) error {
		first, err := tx.Person(p.ID)
		if err != nil {
			return err
		}
		p.Name = "after"
		putPerson(t, s, &p)
		second, err := tx.Person(p.ID)
		if diff := cmp.Diff(second, first); diff != "" {
			t.Errorf("a snapshot changed while it was read (-second +first):\n%s", diff)
		}
		return err
	})
	got := read(t, s, func(tx workflows.Tx) (workflows.Person, error) { return tx.Person(p.ID) })
	if got.Name != "after" {
		t.Errorf("a later snapshot has name %q, want the newer one", got.Name)
	}
}

func writeInView(t *testing.T, db Database) {
	s := opened(t, db)
	for what, write := range map[string]func(workflows.Tx) error{
		"a row":    func(tx workflows.Tx) error { return tx.PutPerson(&workflows.Person{ID: "P-000001"}) },
		"an event": func(tx workflows.Tx) error { return tell(tx, "sync.ran") },
		"a job":    func(tx workflows.Tx) error { return tx.Enqueue(workflows.Job{Kind: "work"}) },
		"an id":    func(tx workflows.Tx) error { _, err := tx.NextID("AR"); return err },
	} {
		if err := s.View(t.Context(), write); err == nil {
			t.Errorf("%s was written in a view", what)
		}
	}
	if found := traces(t, s); len(found) > 0 {
		t.Errorf("a view left %v", found)
	}
}

func timeStandsStill(t *testing.T, db Database) {
	c := newClock()
	c.move(456 * time.Microsecond)
	s := open(t, db, func() time.Time { return c.now().In(time.FixedZone("elsewhere", 7200)) })
	check := func(tx workflows.Tx) error {
		first := tx.Now()
		c.move(time.Hour)
		if second := tx.Now(); second != first {
			t.Errorf("the time of a transaction went from %v to %v", first, second)
		}
		if first != first.UTC().Truncate(time.Millisecond) {
			t.Errorf("got time %v, want whole milliseconds in UTC", first)
		}
		return nil
	}
	update(t, s, check)
	view(t, s, check)
}

func appliedConfig(t *testing.T, db Database) {
	s := opened(t, db)
	config := func(tx workflows.Tx) ([]byte, error) { return tx.AppliedConfig() }
	if got := read(t, s, config); got != nil {
		t.Errorf("got configuration %q before any was applied, want nil", got)
	}
	for _, c := range []string{"first", "second", "first"} {
		update(t, s, func(tx workflows.Tx) error { return tx.ApplyConfig("hash of "+c, []byte(c)) })
		if got := read(t, s, config); string(got) != c {
			t.Errorf("got configuration %q, want %q", got, c)
		}
	}
}
