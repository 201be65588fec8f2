package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var records = []testCase{
	{"a person is read as it was put, every field", roundTrip(func(p *workflows.Person, id string) { p.ID = id },
		func(tx workflows.Tx, p *workflows.Person) error { return tx.PutPerson(p) },
		func(tx workflows.Tx, id string) (workflows.Person, error) { return tx.Person(id) })},
	{"a request is read as it was put, every field", roundTrip(func(r *workflows.Request, id string) { r.ID = id },
		func(tx workflows.Tx, r *workflows.Request) error { return tx.PutRequest(r) },
		func(tx workflows.Tx, id string) (workflows.Request, error) { return tx.Request(id) })},
	{"a grant is read as it was put, every field", roundTrip(func(g *workflows.Grant, id string) { g.ID = id },
		func(tx workflows.Tx, g *workflows.Grant) error { return tx.PutGrant(g) },
		func(tx workflows.Tx, id string) (workflows.Grant, error) { return tx.Grant(id) })},
	{"a task is read as it was put, every field", roundTrip(func(k *workflows.Task, id string) { k.ID, k.GrantID = id, parentGrant },
		func(tx workflows.Tx, k *workflows.Task) error { return tx.PutTask(k) },
		func(tx workflows.Tx, id string) (workflows.Task, error) { return tx.Task(id) })},
	{"a decision is read as it was added, every field, and never added twice", decisionKept},
	{"decisions come in their order", decisionsInOrder},
	{"requests are found by who they are of and whether they wait", requestsFound},
	{"grants are found by request, holder and target", grantsFound},
	{"tasks are found while undone", tasksFound},
}

// What the rows under test refer to.
const (
	parentRequest = "AR-000900"
	parentGrant   = "GR-000900"
)

func putParents(t *testing.T, s Store) {
	t.Helper()
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutRequest(&workflows.Request{ID: parentRequest, State: workflows.RequestApproved}),
			tx.PutGrant(&workflows.Grant{ID: parentGrant, Record: parentRequest}),
			tell(tx, "access_request.approved"))
	})
}

// fill sets every field of the struct that v points to, each to another value,
// so that a column forgotten or swapped shows. Another round gives other values.
func fill(v any, round int) {
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		fillField(s.Field(i), s.Type().Field(i).Name, i, round)
	}
}

// fillField sets the field that is number i of its struct.
func fillField(f reflect.Value, name string, i, round int) {
	n := int64(100*round + i + 1)
	switch f.Interface().(type) {
	case time.Time:
		f.Set(reflect.ValueOf(time.UnixMilli(1_700_000_000_000 + 1001*n).UTC()))
		return
	case time.Duration:
		f.SetInt(n * int64(time.Minute))
		return
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(fmt.Sprintf("%s <&> \"é\u2028\" %d", name, n))
	case reflect.Int, reflect.Int64:
		f.SetInt(n)
	case reflect.Bool:
		f.SetBool((i+round)%2 == 0)
	case reflect.Struct:
		fill(f.Addr().Interface(), round)
	case reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), 2, 2))
		fillField(f.Index(0), name, i, round)
		fillField(f.Index(1), name, i+1, round)
	default:
		panic("a record has a field of a kind that the suite does not know: " + name)
	}
}

// roundTrip puts a record in three rounds, so that each flag was set and unset,
// the last with every optional value absent.
func roundTrip[T any](name func(*T, string), put func(workflows.Tx, *T) error, get func(workflows.Tx, string) (T, error)) func(*testing.T, Database) {
	return func(t *testing.T, db Database) {
		s := opened(t, db)
		putParents(t, s)
		const id = "XX-000001"
		for round := range 3 {
			var want T
			if round < 2 {
				fill(&want, round)
			}
			name(&want, id)
			version := reflect.ValueOf(&want).Elem().FieldByName("Version")
			version.SetInt(int64(round))
			update(t, s, func(tx workflows.Tx) error { return errors.Join(put(tx, &want), tell(tx, "something.changed")) })
			if version.Int() != int64(round+1) {
				t.Errorf("got version %d after put %d", version.Int(), round+1)
			}
			got := read(t, s, func(tx workflows.Tx) (T, error) { return get(tx, id) })
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("round %d: read another than was put (-got +want):\n%s", round, diff)
			}
		}
		view(t, s, func(tx workflows.Tx) error {
			_, err := get(tx, "XX-000002")
			notFound(t, "an unknown id", err)
			return nil
		})
		db.Leaves(t)
	}
}

func decisionKept(t *testing.T, db Database) {
	s := opened(t, db)
	putParents(t, s)
	var d workflows.Decision
	fill(&d, 0)
	d.RequestID = parentRequest
	add := func(tx workflows.Tx) error { return errors.Join(tx.AddDecision(d), tell(tx, "access_request.denied")) }
	update(t, s, add)
	want := []workflows.Decision{d}
	d.Reason = "another"
	if err := s.Update(t.Context(), add); err == nil {
		t.Error("a decision was added twice")
	}
	got := read(t, s, func(tx workflows.Tx) ([]workflows.Decision, error) { return tx.Decisions(parentRequest) })
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("decisions differ (-got +want):\n%s", diff)
	}
}

func decisionsInOrder(t *testing.T, db Database) {
	s := opened(t, db)
	putParents(t, s)
	for _, step := range []int{1, 2, 3} {
		update(t, s, func(tx workflows.Tx) error {
			d := workflows.Decision{ID: fmt.Sprintf("%s/%d", parentRequest, step), RequestID: parentRequest, Step: step, At: tx.Now()}
			return errors.Join(tx.AddDecision(d), tell(tx, "access_request.approved"))
		})
	}
	var got []int
	for _, d := range read(t, s, func(tx workflows.Tx) ([]workflows.Decision, error) { return tx.Decisions(parentRequest) }) {
		got = append(got, d.Step)
	}
	if diff := cmp.Diff(got, []int{1, 2, 3}); diff != "" {
		t.Errorf("steps differ (-got +want):\n%s", diff)
	}
}

func requestsFound(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutRequest(&workflows.Request{ID: "AR-000001", State: workflows.RequestWaiting, Requester: "P-1", Subject: "P-1"}),
			tx.PutRequest(&workflows.Request{ID: "AR-000002", State: workflows.RequestDenied, Requester: "P-2", Subject: "P-1"}),
			tx.PutRequest(&workflows.Request{ID: "AR-000003", State: workflows.RequestWaiting, Requester: "P-1", Subject: "P-2"}),
			tx.PutRequest(&workflows.Request{ID: "AR-000004", State: workflows.RequestWaiting, Requester: "P-3", Subject: "P-3"}),
			tell(tx, "access_request.created"))
	})
	for what, c := range map[string]struct {
		find func(workflows.Tx) ([]workflows.Request, error)
		want []string
	}{
		"those that wait":     {func(tx workflows.Tx) ([]workflows.Request, error) { return tx.OpenRequests() }, []string{"AR-000001", "AR-000003", "AR-000004"}},
		"those of a person":   {func(tx workflows.Tx) ([]workflows.Request, error) { return tx.RequestsOf("P-1", 9) }, []string{"AR-000003", "AR-000002", "AR-000001"}},
		"the newest two":      {func(tx workflows.Tx) ([]workflows.Request, error) { return tx.RequestsOf("P-1", 2) }, []string{"AR-000003", "AR-000002"}},
		"those of a stranger": {func(tx workflows.Tx) ([]workflows.Request, error) { return tx.RequestsOf("P-9", 9) }, nil},
	} {
		var got []string
		for _, r := range read(t, s, c.find) {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(got, c.want); diff != "" {
			t.Errorf("%s differ (-got +want):\n%s", what, diff)
		}
	}
}

func grantsFound(t *testing.T, db Database) {
	s := opened(t, db)
	putParents(t, s)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutRequest(&workflows.Request{ID: "AR-000001"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000001", Record: "AR-000001", Person: "P-1", TargetKey: "group-1"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000002", Record: parentRequest, Person: "P-1", TargetKey: "group-2"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000003", Record: parentRequest, Person: "P-1", TargetKey: "group-1"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000004", Record: parentRequest, Person: "P-2", TargetKey: "group-1"}),
			tell(tx, "grant.started"))
	})
	for what, c := range map[string]struct {
		find func(workflows.Tx) ([]workflows.Grant, error)
		want []string
	}{
		"those on a target": {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsOn("P-1", "group-1") }, []string{"GR-000001", "GR-000003"}},
		"those of a holder": {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsOf("P-1", 9) }, []string{"GR-000003", "GR-000002", "GR-000001"}},
		"the newest":        {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsOf("P-1", 1) }, []string{"GR-000003"}},
	} {
		var got []string
		for _, g := range read(t, s, c.find) {
			got = append(got, g.ID)
		}
		if diff := cmp.Diff(got, c.want); diff != "" {
			t.Errorf("%s differ (-got +want):\n%s", what, diff)
		}
	}
	view(t, s, func(tx workflows.Tx) error {
		g, err := tx.GrantOf("AR-000001")
		if g.ID != "GR-000001" {
			t.Errorf("got grant %q of the request, want GR-000001", g.ID)
		}
		_, none := tx.GrantOf("AR-000002")
		notFound(t, "the grant of a request without one", none)
		return err
	})
}

func tasksFound(t *testing.T, db Database) {
	s := opened(t, db)
	putParents(t, s)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutTask(&workflows.Task{ID: "TK-000001", GrantID: parentGrant, Done: true}),
			tx.PutTask(&workflows.Task{ID: "TK-000002", GrantID: parentGrant}),
			tell(tx, "task.created"))
	})
	view(t, s, func(tx workflows.Tx) error {
		all, err := tx.OpenTasks()
		if len(all) != 1 || all[0].ID != "TK-000002" {
			t.Errorf("got open tasks %v, want TK-000002 alone", all)
		}
		k, second := tx.OpenTask(parentGrant)
		if k.ID != "TK-000002" {
			t.Errorf("got open task %q of the grant, want TK-000002", k.ID)
		}
		_, none := tx.OpenTask("GR-000001")
		notFound(t, "the open task of a grant without one", none)
		return errors.Join(err, second)
	})
}
