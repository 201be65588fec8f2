package ledger

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrProof says that a proof does not show what it was meant to show: a record,
// a root or the proof itself has been changed.
var ErrProof = errors.New("proof does not hold")

// RecordProof shows that a tree contains a record: the hashes from the leaf's
// sibling up to the root's child, the audit path of RFC 6962, section 2.1.1.
type RecordProof = tlog.RecordProof

// TreeProof shows that a tree begins with all the records of a smaller one: the
// consistency proof of RFC 6962, section 2.1.2, in the same order.
type TreeProof = tlog.TreeProof

// ProveRecord proves that the tree of that size contains the record with that
// index, counted from 0. Both must be within what r has; a size just beyond it is
// not always noticed here, only when the proof is checked against a root.
func ProveRecord(size, index int64, r HashReader) (RecordProof, error) {
	if err := checkRange(size, index); err != nil {
		return nil, err
	}
	proof, err := tlog.ProveRecord(size, index, r)
	if err != nil {
		return nil, fmt.Errorf("prove record %d of %d: %w", index, size, err)
	}
	return proof, nil
}

// CheckRecord checks that the tree of that size and root has a record with that
// leaf hash at index, counted from 0. The error is ErrProof when it has not, and
// another one when no tree of that size could have such an index.
func CheckRecord(proof RecordProof, size int64, root Hash, index int64, leaf Hash) error {
	if err := checkRange(size, index); err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, size, root, index, leaf); err != nil {
		return fmt.Errorf("record %d of %d: %w", index, size, ErrProof)
	}
	return nil
}

// ProveTree proves that the tree of size records begins with the tree of the
// first oldSize of them. Nothing needs proving where oldSize is 0 or equal to
// size; the proof is then empty.
func ProveTree(size, oldSize int64, r HashReader) (TreeProof, error) {
	if err := checkSizes(size, oldSize); err != nil {
		return nil, err
	}
	if oldSize == 0 {
		return TreeProof{}, nil
	}
	proof, err := tlog.ProveTree(size, oldSize, r)
	if err != nil {
		return nil, fmt.Errorf("prove %d records within %d: %w", oldSize, size, err)
	}
	return proof, nil
}

// CheckTree checks that the tree of that size and root begins with the tree of
// oldSize and oldRoot: that nothing was changed, removed or reordered between
// two checkpoints. The error is ErrProof when it does not, and another one when
// oldSize is larger than size.
func CheckTree(proof TreeProof, size int64, root Hash, oldSize int64, oldRoot Hash) error {
	if err := checkSizes(size, oldSize); err != nil {
		return err
	}
	failed := fmt.Errorf("%d records within %d: %w", oldSize, size, ErrProof)
	if oldSize > 0 {
		if err := tlog.CheckTree(proof, size, root, oldSize, oldRoot); err != nil {
			return failed
		}
		return nil
	}
	// tlog has no proofs from the empty tree. It is the beginning of every
	// tree, and has one root.
	empty, err := Root(0, nil)
	if err != nil {
		return err
	}
	if len(proof) > 0 || oldRoot != empty || (size == 0 && root != empty) {
		return failed
	}
	return nil
}

func checkRange(size, index int64) error {
	if size < 0 || size > MaxSize || index < 0 || index >= size {
		return fmt.Errorf("a tree of %d records has no index %d", size, index)
	}
	return nil
}

func checkSizes(size, oldSize int64) error {
	if oldSize < 0 || size < oldSize || size > MaxSize {
		return fmt.Errorf("a tree of %d records does not begin with one of %d", size, oldSize)
	}
	return nil
}
