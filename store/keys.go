package store

import (
	"context"
	"errors"
	"fmt"

	"countersign/store/ledger"
	"countersign/workflows"
)

// bindKey notes the key that signs this database's ledger at its first start,
// and refuses another one later: its checkpoints would look like those of
// somebody else's ledger.
func (s *Store) bindKey(ctx context.Context) error {
	if s.options.Key == nil {
		return nil
	}
	return s.Update(ctx, func(wtx workflows.Tx) error {
		t := wtx.(*tx)
		bound, err := boundKey(t.q)
		if err != nil {
			return err
		}
		key := s.options.Key.VerifierKey()
		if bound == key {
			return nil
		}
		if bound != "" {
			return fmt.Errorf("the ledger key has fingerprint %s, but this database is signed by %s: put the right key file back",
				ledger.FingerprintOf(key), ledger.FingerprintOf(bound))
		}
		_, err = t.q.exec(`INSERT INTO ledger_keys (n, verifier, since) VALUES (1, $1, $2)`, key, ms(t.now))
		return err
	})
}

// boundKey returns the verifier key that the database names, or nothing.
func boundKey(q querier) (string, error) {
	var key string
	err := q.row(`SELECT verifier FROM ledger_keys ORDER BY n DESC LIMIT 1`, nil, &key)
	if errors.Is(err, workflows.ErrNotFound) {
		return "", nil
	}
	return key, err
}

// key finds the key that checkpoints are checked with: the expected one, else
// the one the database names, which proves nothing about who signed.
func (v *verification) key() error {
	bound, err := boundKey(v.q)
	if err != nil {
		return err
	}
	name := v.expect.Key
	if name == "" {
		name = bound
	}
	if name == "" {
		return nil
	}
	key, err := ledger.ParseVerifier(name)
	if err != nil && v.expect.Key != "" {
		return fmt.Errorf("read the expected key: %w", err)
	}
	if err != nil {
		return wrong("the key that the database names cannot be read: %v", err)
	}
	v.signer, v.report.Fingerprint = &key, key.Fingerprint()
	if v.expect.Key != "" && bound != "" && bound != key.Key() {
		return wrong("the database is not signed by the key: it names another, with fingerprint %s", ledger.FingerprintOf(bound))
	}
	return nil
}
