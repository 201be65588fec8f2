package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"countersign/store/ledger"
	"countersign/workflows"
)

// commit returns the commitment to a personal value, keeping value and salt in
// table pii. The same value of the same owner and field has one commitment for
// as long as it is kept. An empty value needs none.
func (t *tx) commit(p workflows.Personal) (string, error) {
	if p.Value == "" {
		return "", nil
	}
	p.Value = plain(p.Value) // what is committed to is what is kept
	if c, ok := t.kept[p]; ok {
		return c, nil
	}
	c, err := t.commitment(p)
	if err == nil {
		if t.kept == nil {
			t.kept = make(map[workflows.Personal]string)
		}
		t.kept[p] = c
	}
	return c, err
}

const commitmentText = `SELECT commitment FROM pii WHERE owner = $1 AND field = $2 AND value = $3`

// commitment finds the commitment to a value, or makes one.
func (t *tx) commitment(p workflows.Personal) (c string, err error) {
	err = t.q.row(commitmentText, []any{p.Owner, p.Field, p.Value}, &c)
	if err == nil {
		return c, nil
	}
	if !errors.Is(err, workflows.ErrNotFound) {
		return "", fmt.Errorf("look for %s of %s: %w", p.Field, p.Owner, err)
	}
	salt, err := ledger.NewSalt(t.store.options.Random)
	if err != nil {
		return "", err
	}
	c = ledger.Commit(salt, []byte(p.Value))
	if _, err := t.q.exec(`INSERT INTO pii (commitment, owner, field, value, salt) VALUES ($1, $2, $3, $4, $5)`,
		c, p.Owner, p.Field, p.Value, salt[:]); err != nil {
		return "", fmt.Errorf("keep %s of %s: %w", p.Field, p.Owner, err)
	}
	return c, nil
}

// commits is commit for several fields of one owner.
func (t *tx) commits(owner string, fields map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(fields))
	for _, field := range slices.Sorted(maps.Keys(fields)) { // in one order, as salts are drawn
		value := fields[field]
		c, err := t.commit(workflows.Personal{Owner: owner, Field: field, Value: value})
		if err != nil {
			return nil, err
		}
		out[field] = c
	}
	return out, nil
}
