package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

// What one database forgives and another does not.
var traps = []testCase{
	{"after a refused put of an id that is there the transaction goes on", refusedPut},
	{"people come in the order of their bytes", peopleByBytes},
	{"requests, decisions, grants and tasks come in the order of their bytes", recordsByBytes},
	{"moments of one time fire in the order of their bytes", inBubble(momentsByBytes)},
	{"long texts are kept", longTexts},
	{"text of every script is kept as it is", oddTexts},
	{"a transaction asks for each of many rows while it goes through them", manyRows},
}

func refusedPut(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, everything)
	for what, again := range map[string]func(workflows.Tx) error{
		"a person":  func(tx workflows.Tx) error { return tx.PutPerson(&workflows.Person{ID: "P-000001"}) },
		"a request": func(tx workflows.Tx) error { return tx.PutRequest(&workflows.Request{ID: "AR-000001"}) },
		"a decision": func(tx workflows.Tx) error {
			return tx.AddDecision(workflows.Decision{ID: "AR-000001/1", RequestID: "AR-000001"})
		},
		"a grant": func(tx workflows.Tx) error {
			return tx.PutGrant(&workflows.Grant{ID: "GR-000001", Record: "AR-000001"})
		},
		"a task":         func(tx workflows.Tx) error { return tx.PutTask(&workflows.Task{ID: "TK-000001", GrantID: "GR-000001"}) },
		"an onboarding":  func(tx workflows.Tx) error { return tx.PutOnboarding(&workflows.Onboarding{ID: "ON-0001"}) },
		"an offboarding": func(tx workflows.Tx) error { return tx.PutOffboarding(&workflows.Offboarding{ID: "OF-0001"}) },
		"a step":         func(tx workflows.Tx) error { return tx.PutStep(&workflows.Step{ID: "OF-0001/tokens"}) },
		"a duty":         func(tx workflows.Tx) error { return tx.PutDuty(&workflows.Duty{ID: "DU-000001"}) },
	} {
		before := len(db.Leaves(t))
		var refused error
		err := s.Update(t.Context(), func(tx workflows.Tx) error {
			refused = again(tx)
			return tell(tx, "sync.ran")
		})
		if !errors.Is(refused, workflows.ErrConflict) {
			t.Errorf("%s that is there: got error %v, want ErrConflict", what, refused)
		}
		if err != nil {
			t.Errorf("%s that is there: the transaction could not go on: %v", what, err)
		}
		if after := len(db.Leaves(t)); after != before+1 {
			t.Errorf("%s that is there: %d events became %d, want one more", what, before, after)
		}
	}
}

// byBytes are ids in the order of their bytes. In the order of a language capitals
// stand beside their small letters and hyphens count for nothing.
var byBytes = []string{"X-10", "X-2", "X-B", "X-a", "X-a-1", "X-a10", "X-ab", "X-é", "XA", "Y", "x-1"}

// shuffled is byBytes out of order, the same each time.
func shuffled() []string {
	out := append([]string{}, byBytes...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func reversed(list []string) (out []string) {
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i])
	}
	return out
}

func peopleByBytes(t *testing.T, db Database) {
	s := opened(t, db)
	for _, id := range shuffled() {
		putPerson(t, s, &workflows.Person{ID: id, Email: "one@acme.example", Active: true})
	}
	var got []string
	for _, p := range read(t, s, func(tx workflows.Tx) ([]workflows.Person, error) { return tx.People() }) {
		got = append(got, p.ID)
	}
	if diff := cmp.Diff(got, byBytes); diff != "" {
		t.Errorf("order differs (-got +want):\n%s", diff)
	}
	first := read(t, s, func(tx workflows.Tx) (workflows.Person, error) { return tx.PersonByEmail("one@acme.example") })
	if first.ID != byBytes[0] {
		t.Errorf("of all with one address got %s, want %s", first.ID, byBytes[0])
	}
}

func recordsByBytes(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) (err error) {
		for _, id := range shuffled() {
			err = errors.Join(err,
				tx.PutRequest(&workflows.Request{ID: id, State: workflows.RequestWaiting, Requester: "P-1"}),
				tx.PutGrant(&workflows.Grant{ID: id, Record: id, Person: "P-1", TargetKey: "group"}),
				tx.PutTask(&workflows.Task{ID: id, GrantID: id}))
		}
		return errors.Join(err, tell(tx, "access_request.created"))
	})
	all := len(byBytes)
	for what, c := range map[string]struct {
		list func(workflows.Tx) ([]string, error)
		want []string
	}{
		"waiting requests":  {func(tx workflows.Tx) ([]string, error) { return requestIDs(tx.OpenRequests()) }, byBytes},
		"somebody's":        {func(tx workflows.Tx) ([]string, error) { return requestIDs(tx.RequestsOf("P-1", all)) }, reversed(byBytes)},
		"unended grants":    {func(tx workflows.Tx) ([]string, error) { return grantIDs(tx.UnendedGrants()) }, byBytes},
		"on a target":       {func(tx workflows.Tx) ([]string, error) { return grantIDs(tx.GrantsOn("P-1", "group")) }, byBytes},
		"somebody's newest": {func(tx workflows.Tx) ([]string, error) { return grantIDs(tx.GrantsOf("P-1", 3)) }, reversed(byBytes)[:3]},
		"open tasks": {func(tx workflows.Tx) (ids []string, err error) {
			list, err := tx.OpenTasks()
			for _, k := range list {
				ids = append(ids, k.ID)
			}
			return ids, err
		}, byBytes},
	} {
		if diff := cmp.Diff(read(t, s, c.list), c.want); diff != "" {
			t.Errorf("%s: order differs (-got +want):\n%s", what, diff)
		}
	}
	db.Leaves(t)
}

func requestIDs(list []workflows.Request, err error) (ids []string, _ error) {
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids, err
}

func grantIDs(list []workflows.Grant, err error) (ids []string, _ error) {
	for _, g := range list {
		ids = append(ids, g.ID)
	}
	return ids, err
}

func momentsByBytes(t *testing.T, db Database) {
	s := open(t, db, time.Now)
	due := time.Now()
	for _, record := range shuffled() {
		schedule(t, s, workflows.Due{Kind: "end", Record: record, At: due})
	}
	var fired notebook
	stop := firing(t, s, func(_ workflows.Tx, d workflows.Due) error {
		fired.write(d.Record)
		return nil
	})
	defer stop()
	time.Sleep(2 * time.Second)
	synctest.Wait()
	if diff := cmp.Diff(fired.read(), byBytes); diff != "" {
		t.Errorf("order differs (-got +want):\n%s", diff)
	}
}

// noise is text of so many bytes that cannot be made shorter, the same each time.
func noise(n int) string {
	from := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for b.Len() < n {
		b.WriteByte(byte('a' + from.IntN(26)))
	}
	return b.String()
}

// A row of an index holds a third of a page at most, where others hold all.
func longTexts(t *testing.T, db Database) {
	s := opened(t, db)
	putParents(t, s)
	long, address := noise(12_000), noise(300)+"@acme.example"
	r := workflows.Request{ID: "AR-000001", State: workflows.RequestWaiting, Justification: long}
	p := workflows.Person{ID: "P-000001", Email: address, Name: long, OtherChat: address}
	g := workflows.Grant{ID: "GR-000001", Record: r.ID, Problem: long, NextStep: long, Target: long}
	k := workflows.Task{ID: "TK-000001", GrantID: g.ID, Instruction: long, Note: long}
	c := workflows.Card{Kind: workflows.CardLog, Record: r.ID, Body: long, Pre: long}
	d := workflows.Decision{ID: "AR-000001/1", RequestID: r.ID, Reason: long}
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.PutRequest(&r), tx.PutPerson(&p), tx.PutGrant(&g), tx.PutTask(&k), tx.AddCard(&c), tx.AddDecision(d),
			tx.CardShown(c.ID, workflows.Posted{Channel: "C1", ID: "1", Text: long, Layout: long}, 1),
			tx.Remember("key", workflows.Outcome{Message: long}), tx.ApplyConfig("hash", []byte(long)), tx.Name("*", []string{address}, true),
			tell(tx, "access_request.created"))
	})
	view(t, s, func(tx workflows.Tx) error {
		person, err := tx.PersonByEmail(address)
		request, err2 := tx.Request(r.ID)
		grant, err3 := tx.Grant(g.ID)
		task, err4 := tx.Task(k.ID)
		card, err5 := tx.Card(c.ID)
		decisions, err6 := tx.Decisions(r.ID)
		answer, _, err7 := tx.Answer("key")
		for what, got := range map[string]string{
			"name": person.Name, "justification": request.Justification, "problem": grant.Problem, "next step": grant.NextStep, "target": grant.Target,
			"instruction": task.Instruction, "note": task.Note, "card": card.Body, "reason": decisions[0].Reason, "answer": answer.Message,
		} {
			if got != long {
				t.Errorf("%s: got %d bytes, want the %d that were put", what, len(got), len(long))
			}
		}
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
	db.Leaves(t)
}

func oddTexts(t *testing.T, db Database) {
	s := opened(t, db)
	for i, text := range []string{
		`'; DROP TABLE people; --`, `"quoted" \ back $1 ? %s`, "👩‍👩‍👧‍👦 🇺🇳", "\u202eright to left\u202c \u200fעברית", "e\u0301 is not \u00e9", "tab\tand\r\nlines",
		"\u0001\u001b[31m\u007f", "\ufffd\ufeff\uffff", " spaces ", "\U0010ffff",
	} {
		id := fmt.Sprintf("AR-%06d", i+1)
		update(t, s, func(tx workflows.Tx) error {
			return errors.Join(
				tx.PutPerson(&workflows.Person{ID: id, Name: text, Email: text, Hold: text}),
				tx.PutRequest(&workflows.Request{ID: id, App: text, Justification: text}),
				tx.Remember(id, workflows.Outcome{Message: text}),
				tx.Schedule(workflows.Due{Kind: "end", Record: text, At: tx.Now()}),
				tell(tx, "access_request.created"))
		})
		view(t, s, func(tx workflows.Tx) error {
			p, err := tx.PersonByEmail(text)
			r, err2 := tx.Request(id)
			o, _, err3 := tx.Answer(id)
			if diff := cmp.Diff([]string{p.ID, p.Name, p.Hold, r.App, r.Justification, o.Message}, []string{id, text, text, text, text, text}); diff != "" {
				t.Errorf("%q: read another than was put (-got +want):\n%s", text, diff)
			}
			return errors.Join(err, err2, err3)
		})
	}
	db.Leaves(t)
}

func manyRows(t *testing.T, db Database) {
	s := opened(t, db)
	const n = 300
	update(t, s, func(tx workflows.Tx) (err error) {
		for i := range n {
			err = errors.Join(err, tx.PutPerson(&workflows.Person{ID: fmt.Sprintf("P-%06d", i), Hold: "none"}))
		}
		return errors.Join(err, tell(tx, "person.imported"))
	})
	each := func(tx workflows.Tx) error {
		all, err := tx.People()
		if len(all) != n {
			t.Errorf("got %d people, want %d", len(all), n)
		}
		for _, p := range all {
			again, wrong := tx.Person(p.ID)
			if again.ID != p.ID {
				t.Errorf("got %s, want %s", again.ID, p.ID)
			}
			err = errors.Join(err, wrong)
		}
		return err
	}
	view(t, s, each)
	update(t, s, each)
}
