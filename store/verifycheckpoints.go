package store

import (
	"fmt"

	"countersign/store/ledger"
)

// checkpoints checks each stored checkpoint against the tree, and its signatures
// where a key is expected.
func (v *verification) checkpoints() error {
	type stored struct {
		size            int64
		note, signature string
	}
	all, err := rows(v.q, func(r scanner) (c stored, err error) { return c, r.Scan(&c.size, &c.note, &c.signature) },
		`SELECT size, note, signature FROM checkpoints ORDER BY size`)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := v.checkpoint([]byte(c.note), fmt.Sprintf("stored checkpoint of %d events", c.size)); err != nil {
			return err
		}
		if v.expect.Key == "" {
			continue
		}
		key, err := ledger.ParseVerifier(v.expect.Key)
		if err != nil {
			return fmt.Errorf("read --key: %w", err)
		}
		if err := ledger.VerifySSH([]byte(c.note), []byte(c.signature), key.SSHPublicKey()); err != nil {
			return wrong("stored checkpoint of %d events: %v", c.size, err)
		}
	}
	v.ok("%d stored checkpoints agree with the events", len(all))
	return nil
}

// kept checks the checkpoint that the verifier kept from before.
func (v *verification) kept() error {
	if v.expect.Checkpoint == nil {
		return nil
	}
	if err := v.checkpoint(ledger.PastedCheckpoint(v.expect.Checkpoint), "the kept checkpoint"); err != nil {
		return err
	}
	v.ok("the kept checkpoint agrees with the events: nothing before it was changed or cut off")
	return nil
}

// checkpoint checks one signed note against the tree.
func (v *verification) checkpoint(note []byte, what string) error {
	cp, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return wrong("%s cannot be read: %v", what, err)
	}
	if v.expect.Key != "" {
		key, err := ledger.ParseVerifier(v.expect.Key)
		if err != nil {
			return fmt.Errorf("read --key: %w", err)
		}
		v.report.Fingerprint = key.Fingerprint()
		if cp, err = ledger.VerifyCheckpoint(note, key); err != nil {
			return wrong("%s is not signed by the key: %v", what, err)
		}
	}
	if cp.Size > v.tree.Size() {
		return wrong("%s is of %d events, but only %d are there: the tail was cut", what, cp.Size, v.tree.Size())
	}
	root, err := ledger.Root(cp.Size, &v.tree)
	if err != nil {
		return err
	}
	if root != cp.Root {
		return wrong("%s has another root than the first %d events: the past was changed", what, cp.Size)
	}
	return nil
}
