package store

import (
	"context"
	"errors"
	"fmt"

	"countersign/store/ledger"
	"countersign/workflows"
)

// Checkpoint signs the ledger as it stands in this transaction and keeps the
// signed note.
func (t *tx) Checkpoint() (workflows.Checkpoint, error) {
	key := t.store.options.Key
	if key == nil {
		return workflows.Checkpoint{}, errors.New("no ledger key to sign a checkpoint with")
	}
	size, err := t.ledgerSize()
	if err != nil {
		return workflows.Checkpoint{}, err
	}
	root, err := ledger.Root(size, hashReader(t.q))
	if err != nil {
		return workflows.Checkpoint{}, fmt.Errorf("root of the ledger: %w", err)
	}
	note, err := key.SignCheckpoint(t.store.options.Origin, size, root)
	if err != nil {
		return workflows.Checkpoint{}, err
	}
	sig, err := key.SignSSH(note)
	if err != nil {
		return workflows.Checkpoint{}, err
	}
	cp := workflows.Checkpoint{Size: size, Note: string(note), Signature: string(sig)}
	return cp, t.keepCheckpoint(cp)
}

// LedgerSize returns how many events the ledger has.
func (s *Store) LedgerSize(ctx context.Context) (size int64, err error) {
	err = s.View(ctx, func(in workflows.Tx) (err error) {
		size, err = in.(*tx).ledgerSize()
		return err
	})
	return size, err
}

func (t *tx) ledgerSize() (size int64, err error) {
	if err := t.q.row(`SELECT size FROM ledger_head WHERE one = 1`, nil, &size); err != nil {
		return 0, fmt.Errorf("read size of the ledger: %w", err)
	}
	return size, nil
}

// keepCheckpoint stores a checkpoint, once for each size: a second one at the
// same size says the same.
func (t *tx) keepCheckpoint(cp workflows.Checkpoint) error {
	var have int64
	err := t.q.row(`SELECT size FROM checkpoints WHERE size = $1`, []any{cp.Size}, &have)
	if !errors.Is(err, workflows.ErrNotFound) {
		return err
	}
	if _, err := t.q.exec(`INSERT INTO checkpoints (size, made_at, note, signature) VALUES ($1, $2, $3, $4)`, cp.Size, ms(t.now), cp.Note, cp.Signature); err != nil {
		return fmt.Errorf("keep checkpoint of %d events: %w", cp.Size, err)
	}
	return nil
}
