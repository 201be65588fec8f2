package store

import (
	"fmt"

	"countersign/workflows"
)

const selectCard = `SELECT id, kind, record, channel, person, thread_in, thread_id, body, pre, wanted, shown, tried, at_channel, at_id FROM cards `

func scanCard(r scanner) (c workflows.Card, err error) {
	var tried int64
	err = r.Scan(&c.ID, &c.Kind, &c.Record, &c.Channel, &c.Person, &c.ThreadIn, &c.ThreadID, &c.Body, &c.Pre, &c.Wanted, &c.Shown, &tried, &c.At.Channel, &c.At.ID)
	c.Tried = tried == 1
	return c, err
}

// Card returns a card.
func (t *tx) Card(id int64) (workflows.Card, error) {
	c, err := one(rows(t.q, scanCard, selectCard+`WHERE id = $1`, id))
	return c, missing(err, "card", fmt.Sprint(id))
}

// Cards returns all cards about a record, oldest first.
func (t *tx) Cards(record string) ([]workflows.Card, error) {
	return rows(t.q, scanCard, selectCard+`WHERE record = $1 ORDER BY id`, record)
}

// AddCard stores a card, or wants the one that is there once more, in the thread
// that it was first meant for.
func (t *tx) AddCard(c *workflows.Card) error {
	err := t.q.row(`INSERT INTO cards (kind, record, channel, person, body, pre, thread_in, thread_id, wanted, shown, tried, at_channel, at_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, 0, '', '')
		ON CONFLICT (kind, record, channel, person) DO UPDATE SET wanted = cards.wanted + 1, body = $5, pre = $6 RETURNING id, thread_in, thread_id`,
		[]any{string(c.Kind), c.Record, c.Channel, c.Person, c.Body, c.Pre, c.ThreadIn, c.ThreadID}, &c.ID, &c.ThreadIn, &c.ThreadID)
	if err != nil {
		return fmt.Errorf("add card %s of %s: %w", c.Kind, c.Record, err)
	}
	return nil
}

// WantCard has a card drawn again.
func (t *tx) WantCard(id int64) error {
	n, err := t.q.exec(`UPDATE cards SET wanted = wanted + 1 WHERE id = $1`, id)
	return found(n, err, "card", fmt.Sprint(id))
}

// CardPosting notes that a post is about to be tried.
func (t *tx) CardPosting(id int64) error {
	n, err := t.q.exec(`UPDATE cards SET tried = 1 WHERE id = $1`, id)
	return found(n, err, "card", fmt.Sprint(id))
}

// CardShown notes where a card stands and what it shows.
func (t *tx) CardShown(id int64, p workflows.Posted, version int) error {
	n, err := t.q.exec(`UPDATE cards SET at_channel = $2, at_id = $3, shown = $4 WHERE id = $1 AND shown < $4`, id, p.Channel, p.ID, version)
	if err != nil || n == 0 || p.Text == "" {
		return err
	}
	_, err = t.q.exec(`INSERT INTO posts (card_id, version, posted_at, channel, message, said, layout) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, version, ms(t.now), p.Channel, p.ID, p.Text, p.Layout)
	return err
}
