package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var people = []testCase{
	{"a person is found by chat id and by address", personFound},
	{"a person is not found by what they were known by before", personRenamed},
	{"an address that two had finds the active one", addressOfTwo},
	{"nobody is found by nothing", personByNothing},
}

func personFound(t *testing.T, db Database) {
	s := opened(t, db)
	ada := workflows.Person{ID: "P-000001", Email: "ada@acme.example", Name: "Ada", ChatID: "U1", AccountID: "108", Active: true}
	bob := workflows.Person{ID: "P-000002", Email: "bob@acme.example", Name: "Ada", ChatID: "U2", AccountID: "109", Active: true}
	putPerson(t, s, &bob)
	putPerson(t, s, &ada)
	view(t, s, func(tx workflows.Tx) error {
		for what, find := range map[string]func() (workflows.Person, error){
			"chat id": func() (workflows.Person, error) { return tx.PersonByChat("U1") },
			"address": func() (workflows.Person, error) { return tx.PersonByEmail("ada@acme.example") },
			"account": func() (workflows.Person, error) { return tx.PersonByAccount("108") },
		} {
			got, err := find()
			if err != nil {
				t.Errorf("by %s: %v", what, err)
			}
			if diff := cmp.Diff(got, ada); diff != "" {
				t.Errorf("by %s another was found (-got +want):\n%s", what, diff)
			}
		}
		// A value of another field finds nobody.
		for _, key := range []string{"U9", "ada@acme.example", "Ada"} {
			_, err := tx.PersonByChat(key)
			notFound(t, "chat id "+key, err)
		}
		for _, key := range []string{"eve@acme.example", "U1", "Ada"} {
			_, err := tx.PersonByEmail(key)
			notFound(t, "address "+key, err)
		}
		all, err := tx.People()
		if diff := cmp.Diff(all, []workflows.Person{ada, bob}); diff != "" {
			t.Errorf("people differ (-got +want):\n%s", diff)
		}
		return err
	})
}

func personRenamed(t *testing.T, db Database) {
	s := opened(t, db)
	p := workflows.Person{ID: "P-000001", Email: "ada@acme.example", ChatID: "U1"}
	putPerson(t, s, &p)
	p.Email, p.ChatID = "ada.king@acme.example", "U2"
	putPerson(t, s, &p)
	view(t, s, func(tx workflows.Tx) error {
		_, err := tx.PersonByChat("U1")
		notFound(t, "the old chat id", err)
		_, err = tx.PersonByEmail("ada@acme.example")
		notFound(t, "the old address", err)
		_, err = tx.PersonByEmail("ada.king@acme.example")
		return err
	})
	p.Email, p.ChatID = "ada@acme.example", "U1"
	putPerson(t, s, &p)
	view(t, s, func(tx workflows.Tx) error {
		_, err := tx.PersonByChat("U1")
		return err
	})
}

func addressOfTwo(t *testing.T, db Database) {
	s := opened(t, db)
	left := workflows.Person{ID: "P-000001", Email: "ada@acme.example"}
	here := workflows.Person{ID: "P-000002", Email: "ada@acme.example", Active: true}
	putPerson(t, s, &left)
	putPerson(t, s, &here)
	got := read(t, s, func(tx workflows.Tx) (workflows.Person, error) { return tx.PersonByEmail("ada@acme.example") })
	if got.ID != here.ID {
		t.Errorf("got %s, want the active %s", got.ID, here.ID)
	}
}

func personByNothing(t *testing.T, db Database) {
	s := opened(t, db)
	putPerson(t, s, &workflows.Person{ID: "P-000001"})
	view(t, s, func(tx workflows.Tx) error {
		_, err := tx.PersonByChat("")
		notFound(t, "an empty chat id", err)
		_, err = tx.PersonByEmail("")
		notFound(t, "an empty address", err)
		return nil
	})
}
