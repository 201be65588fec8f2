package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var cards = []testCase{
	{"a card added twice keeps one row and is wanted once more", cardTwice},
	{"a card stays in the thread it was first meant for", cardThread},
	{"a card for another recipient is another card", cardRecipients},
	{"what a card shows never goes back", cardShown},
	{"a card that is not there is not found", cardUnknown},
}

func cardTwice(t *testing.T, db Database) {
	s := opened(t, db)
	var c workflows.Card
	fillCard(&c)
	update(t, s, func(tx workflows.Tx) error { return tx.AddCard(&c) })
	id, at := c.ID, workflows.Posted{Channel: "C1", ID: "171.001"}
	update(t, s, func(tx workflows.Tx) error { return tx.CardShown(id, at, 1) })
	c.Body, c.Pre = "other words", "other figures"
	update(t, s, func(tx workflows.Tx) error { return tx.AddCard(&c) })
	if c.ID != id {
		t.Errorf("got id %d the second time, want %d", c.ID, id)
	}
	want := workflows.Card{ID: id, Kind: c.Kind, Record: c.Record, Channel: c.Channel, Person: c.Person, Body: c.Body, Pre: c.Pre, Wanted: 2, Shown: 1, At: at}
	got := read(t, s, func(tx workflows.Tx) ([]workflows.Card, error) { return tx.Cards(c.Record) })
	if diff := cmp.Diff(got, []workflows.Card{want}); diff != "" {
		t.Errorf("cards differ (-got +want):\n%s", diff)
	}
}

func cardThread(t *testing.T, db Database) {
	s := opened(t, db)
	first := workflows.Card{Kind: workflows.CardVendor, Record: "VN-0001", ThreadIn: "C1", ThreadID: "171.001"}
	again := workflows.Card{Kind: workflows.CardVendor, Record: "VN-0001", ThreadIn: "C2", ThreadID: "172.002"}
	none := workflows.Card{Kind: workflows.CardVendor, Record: "VN-0001"}
	for _, c := range []*workflows.Card{&first, &again, &none} {
		update(t, s, func(tx workflows.Tx) error { return tx.AddCard(c) })
		if c.ThreadIn != "C1" || c.ThreadID != "171.001" {
			t.Errorf("got thread %s %s once it is added, want the first", c.ThreadIn, c.ThreadID)
		}
	}
	got := read(t, s, func(tx workflows.Tx) (workflows.Card, error) { return tx.Card(first.ID) })
	want := workflows.Card{ID: first.ID, Kind: first.Kind, Record: first.Record, ThreadIn: "C1", ThreadID: "171.001", Wanted: 3}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("card differs (-got +want):\n%s", diff)
	}
}

// fillCard sets what a card is made with; the rest is the store's.
func fillCard(c *workflows.Card) {
	*c = workflows.Card{
		Kind: workflows.CardNotice, Record: "AR-000001", Channel: workflows.ChannelRequests, Person: "P-000001",
		Body: "words <&> é", Pre: "  figures\n\t1", Wanted: 7, Shown: 7, Tried: true, At: workflows.Posted{Channel: "C9", ID: "9"},
	}
}

func cardRecipients(t *testing.T, db Database) {
	s := opened(t, db)
	list := []workflows.Card{
		{Kind: workflows.CardApprover, Record: "AR-000001", Person: "P-1"},
		{Kind: workflows.CardApprover, Record: "AR-000001", Person: "P-2"},
		{Kind: workflows.CardLog, Record: "AR-000001", Channel: workflows.ChannelRequests},
		{Kind: workflows.CardApprover, Record: "AR-000002", Person: "P-1"},
	}
	update(t, s, func(tx workflows.Tx) (err error) {
		for i := range list {
			err = errors.Join(err, tx.AddCard(&list[i]))
			list[i].Wanted = 1
		}
		return err
	})
	got := read(t, s, func(tx workflows.Tx) ([]workflows.Card, error) { return tx.Cards("AR-000001") })
	if diff := cmp.Diff(got, list[:3]); diff != "" {
		t.Errorf("cards differ (-got +want):\n%s", diff)
	}
}

func cardShown(t *testing.T, db Database) {
	s := opened(t, db)
	c := workflows.Card{Kind: workflows.CardLog, Record: "AR-000001"}
	first, late := workflows.Posted{Channel: "C1", ID: "1"}, workflows.Posted{Channel: "C1", ID: "late"}
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.AddCard(&c), tx.WantCard(c.ID), tx.WantCard(c.ID), tx.CardPosting(c.ID))
	})
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.CardShown(c.ID, first, 2), tx.CardShown(c.ID, late, 1))
	})
	got := read(t, s, func(tx workflows.Tx) (workflows.Card, error) { return tx.Card(c.ID) })
	want := workflows.Card{ID: c.ID, Kind: c.Kind, Record: c.Record, Wanted: 3, Shown: 2, Tried: true, At: first}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("card differs (-got +want):\n%s", diff)
	}
}

func cardUnknown(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		_, err := tx.Card(7)
		notFound(t, "reading it", err)
		notFound(t, "wanting it", tx.WantCard(7))
		notFound(t, "posting it", tx.CardPosting(7))
		return nil
	})
}
