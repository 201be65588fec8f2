package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"countersign/store/ledger"
	"countersign/workflows"
)

// Append writes an event to the ledger. The row of the ledger's head gives it
// its number and puts concurrent writers in order.
func (t *tx) Append(e workflows.Event) (string, error) {
	id, err := t.append(e)
	if err != nil {
		return "", fmt.Errorf("append %s: %w", e.Type, err)
	}
	t.dirty = nil
	return id, nil
}

func (t *tx) append(e workflows.Event) (string, error) {
	l, err := t.leaf(e)
	if err != nil {
		return "", err
	}
	var recorded int64
	err = t.q.row(`UPDATE ledger_head SET size = size + 1, recorded_at = CASE WHEN recorded_at > $1 THEN recorded_at ELSE $1 END
		WHERE one = 1 RETURNING size, recorded_at`, []any{ms(t.now)}, &l.Seq, &recorded)
	if err != nil {
		return "", fmt.Errorf("take a number: %w", err)
	}
	l.RecordedAt = timestamp(at(recorded))
	if l.OccurredAt == "" {
		l.OccurredAt = l.RecordedAt
	}
	body, err := compact(l)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return l.EventID, t.store.insertLeaf(t.q, l, recorded, body)
}

// leaf fills in everything but the number and the time of recording.
func (t *tx) leaf(e workflows.Event) (l leaf, err error) {
	o := t.store.options
	id, err := newEventID(o.Random)
	if err != nil {
		return l, err
	}
	l = leaf{
		EventID: id, Type: e.Type, Workflow: text(e.Workflow), WorkflowID: text(e.WorkflowID), Decision: text(e.Decision),
		Outcome: e.Outcome, Source: e.Source, SourceRef: text(e.SourceRef),
		PolicyVersion: text(o.PolicyVersion), ConfigHash: text(o.ConfigHash), AppVersion: text(o.AppVersion),
	}
	if !e.OccurredAt.IsZero() {
		l.OccurredAt = timestamp(e.OccurredAt)
	}
	if l.Actor, err = t.actor(e.Actor); err != nil {
		return l, err
	}
	for _, r := range []struct {
		from *workflows.Ref
		to   **leafRef
	}{{e.OnBehalfOf, &l.OnBehalfOf}, {e.Subject, &l.Subject}, {e.Target, &l.Target}} {
		if *r.to, err = t.ref(r.from); err != nil {
			return l, err
		}
	}
	if e.Reason != nil {
		c, err := t.commit(*e.Reason)
		if err != nil {
			return l, err
		}
		l.Reason = text(c)
	}
	data, err := t.private(map[string]any(e.Data))
	if err != nil {
		return l, err
	}
	m := data.(map[string]any)
	if _, taken := m["state"]; taken {
		return l, errors.New("event data may not have a key \"state\", which names the rows that changed")
	}
	if len(t.dirty) > 0 {
		m["state"] = t.dirty
	}
	l.Data = m
	return l, nil
}

func newEventID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return "E-" + hex.EncodeToString(b[:]), nil
}

// insertLeaf stores a leaf with its hashes.
func (s *Store) insertLeaf(q querier, l leaf, recorded int64, body []byte) error {
	n := l.Seq - 1
	hashes, err := ledger.StoredHashes(n, body, hashReader(q))
	if err != nil {
		return fmt.Errorf("hash: %w", err)
	}
	hash := ledger.LeafHash(body)
	if _, err := q.exec(`INSERT INTO events (seq, event_id, recorded_at, body, leaf_hash) VALUES ($1, $2, $3, $4, $5)`,
		l.Seq, l.EventID, recorded, body, hash[:]); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	var text strings.Builder
	text.WriteString(`INSERT INTO ledger_hashes (i, hash) VALUES `)
	var args []any
	for i, h := range hashes {
		fmt.Fprintf(&text, "%s($%d, $%d)", strings.Repeat(", ", min(i, 1)), 2*i+1, 2*i+2)
		args = append(args, ledger.StoredHashCount(n)+int64(i), h[:])
	}
	if _, err := q.exec(text.String(), args...); err != nil {
		return fmt.Errorf("store hashes: %w", err)
	}
	return nil
}

// hashReader reads stored hashes inside a transaction.
func hashReader(q querier) ledger.HashReaderFunc {
	return func(indexes []int64) ([]ledger.Hash, error) {
		out := make([]ledger.Hash, len(indexes))
		for i, index := range indexes {
			var b []byte
			if err := q.row(`SELECT hash FROM ledger_hashes WHERE i = $1`, []any{index}, &b); err != nil {
				return nil, fmt.Errorf("hash %d: %w", index, err)
			}
			if len(b) != len(out[i]) {
				return nil, fmt.Errorf("hash %d has %d bytes", index, len(b))
			}
			copy(out[i][:], b)
		}
		return out, nil
	}
}
