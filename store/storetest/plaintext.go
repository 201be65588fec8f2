package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var plainTexts = []testCase{
	{"a NUL and bytes that are no UTF-8 are kept as U+FFFD", plainText},
}

// PostgreSQL refuses both, and Slack's JSON can hold a NUL.
func plainText(t *testing.T, db Database) {
	s := opened(t, db)
	for i, text := range []string{"a\x00b", "\x00", "a\xffb", "a\xc3"} {
		want := []string{"a\ufffdb", "\ufffd", "a\ufffdb", "a\ufffd"}[i]
		id := fmt.Sprintf("AR-%06d", i+1)
		update(t, s, func(tx workflows.Tx) error {
			return errors.Join(
				tx.PutPerson(&workflows.Person{ID: id, Name: text, Email: text, Hold: text}),
				tx.PutRequest(&workflows.Request{ID: id, App: text, Justification: text}),
				tx.AddDecision(workflows.Decision{ID: id + "/1", RequestID: id, Reason: text}),
				tx.AddCard(&workflows.Card{Kind: workflows.CardLog, Record: id, Body: text}),
				tx.Remember(id, workflows.Outcome{Kind: workflows.OutcomeDone}),
				tx.Enqueue(workflows.Job{Kind: "card", Record: text}),
				tx.Schedule(workflows.Due{Kind: "end", Record: text, At: tx.Now()}),
				tell(tx, "access_request.created"))
		})
		view(t, s, func(tx workflows.Tx) error {
			p, err := tx.Person(id)
			r, err2 := tx.Request(id)
			d, err3 := tx.Decisions(id)
			got := []string{p.ID, p.Email, p.Name, p.Hold, r.App, r.Justification}
			for _, one := range d {
				got = append(got, one.Reason)
			}
			if diff := cmp.Diff(got, []string{id, want, want, want, want, want, want}); diff != "" {
				t.Errorf("%q: kept otherwise (-got +want):\n%s", text, diff)
			}
			return errors.Join(err, err2, err3)
		})
	}
	db.Leaves(t)
}
