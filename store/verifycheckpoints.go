package store

import (
	"fmt"

	"countersign/store/ledger"
)

// checkpoints checks each stored checkpoint against the tree, and its signatures
// where a key is known.
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
		cp, err := v.checkpoint([]byte(c.note), v.signer, fmt.Sprintf("stored checkpoint of %d events", c.size))
		if err != nil {
			return err
		}
		if cp.Size != c.size {
			return wrong("the checkpoint stored for %d events is of %d events", c.size, cp.Size)
		}
		if v.signer == nil {
			continue
		}
		if err := ledger.VerifySSH([]byte(c.note), []byte(c.signature), v.signer.SSHPublicKey()); err != nil {
			return wrong("stored checkpoint of %d events: %v", c.size, err)
		}
	}
	if len(all) == 0 && v.expect.Key != "" && v.expect.Checkpoint == nil && v.tree.Size() > 0 {
		return wrong("no checkpoint is stored, so nothing here is signed by the key: a ledger has one from its first start on")
	}
	if len(all) == 0 {
		v.ok("no checkpoint is stored, so nothing here is signed")
		return nil
	}
	v.ok("%d stored checkpoints agree with the events", len(all))
	return nil
}

// kept checks the checkpoint that the verifier kept from before.
func (v *verification) kept() error {
	if v.expect.Checkpoint == nil {
		return nil
	}
	signer := v.signer
	if v.expect.Key == "" { // the key that the database names says nothing about what was kept outside
		signer = nil
	}
	if _, err := v.checkpoint(ledger.PastedCheckpoint(v.expect.Checkpoint), signer, "the kept checkpoint"); err != nil {
		return err
	}
	v.ok("the kept checkpoint agrees with the events: nothing before it was changed or cut off")
	return nil
}

// checkpoint checks one signed note against the tree, and its signature where a
// signer is known.
func (v *verification) checkpoint(note []byte, signer *ledger.Verifier, what string) (ledger.Checkpoint, error) {
	cp, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return cp, wrong("%s cannot be read: %v", what, err)
	}
	if signer != nil {
		if cp, err = ledger.VerifyCheckpoint(note, *signer); err != nil {
			return cp, wrong("%s is not signed by the key: %v", what, err)
		}
	}
	if cp.Size > v.tree.Size() {
		return cp, wrong("%s is of %d events, but only %d are there: the tail was cut", what, cp.Size, v.tree.Size())
	}
	root, err := ledger.Root(cp.Size, &v.tree)
	if err != nil {
		return cp, err
	}
	if root != cp.Root {
		return cp, wrong("%s has another root than the first %d events: the past was changed", what, cp.Size)
	}
	return cp, nil
}
