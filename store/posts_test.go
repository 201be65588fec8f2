package store_test

import (
	"database/sql"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

// posts reads the words of everything posted, oldest first.
func (d *database) posts(t *testing.T) (out []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+d.path())
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, db)
	r, err := db.QueryContext(t.Context(), `SELECT c.record || ' ' || p.version || ' ' || p.said || ' ' || p.layout FROM posts p JOIN cards c ON c.id = p.card_id ORDER BY p.n`)
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, r)
	for r.Next() {
		var line string
		if err := r.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOnlyWhatWasSaidIsKeptAsPosted(t *testing.T) {
	d := newDatabase(t)
	s := d.opened(t)
	c := workflows.Card{Kind: workflows.CardLog, Record: "AR-000001"}
	update(t, s, func(tx workflows.Tx) error { return tx.AddCard(&c) })
	at := workflows.Posted{Channel: "C1", ID: "171.001"}
	for version, text := range []string{1: "asked", 2: "", 3: "approved", 4: ""} {
		if version == 0 {
			continue
		}
		p := at
		p.Text = text
		if text != "" {
			p.Layout = "[]"
		}
		update(t, s, func(tx workflows.Tx) error { return tx.CardShown(c.ID, p, version) })
	}
	late := at
	late.Text = "asked, late"
	update(t, s, func(tx workflows.Tx) error { return tx.CardShown(c.ID, late, 3) })
	if diff := cmp.Diff(d.posts(t), []string{"AR-000001 1 asked []", "AR-000001 3 approved []"}); diff != "" {
		t.Errorf("posts differ (-got +want):\n%s", diff)
	}
}
