package ledger_test

import (
	"errors"
	"math"
	"testing"

	"countersign/store/ledger"
)

func TestEveryRecordOfEveryTreeCanBeProved(t *testing.T) {
	records := bodies(70)
	tree := grow(t, records)
	for size := int64(1); size <= 70; size++ {
		root := rootOf(t, size, tree)
		for index := range size {
			proof, err := ledger.ProveRecord(size, index, tree)
			if err != nil {
				t.Fatal(err)
			}
			leaf := ledger.LeafHash(records[index])
			if err := ledger.CheckRecord(proof, size, root, index, leaf); err != nil {
				t.Errorf("record %d of %d: %v", index, size, err)
			}
			other := ledger.LeafHash(records[(index+1)%70])
			if err := ledger.CheckRecord(proof, size, root, index, other); !errors.Is(err, ledger.ErrProof) {
				t.Errorf("another body for record %d of %d: %v, want %v", index, size, err, ledger.ErrProof)
			}
			if err := ledger.CheckRecord(proof, size, flipped(root), index, leaf); !errors.Is(err, ledger.ErrProof) {
				t.Errorf("another root for record %d of %d: %v, want %v", index, size, err, ledger.ErrProof)
			}
			if err := ledger.CheckRecord(append(proof, leaf), size, root, index, leaf); !errors.Is(err, ledger.ErrProof) {
				t.Errorf("a longer proof for record %d of %d: %v, want %v", index, size, err, ledger.ErrProof)
			}
		}
	}
}

// flipped returns a hash that differs in one bit.
func flipped(h ledger.Hash) ledger.Hash {
	h[31] ^= 1
	return h
}

func TestEverySingleByteChangeOfABodyBreaksItsProof(t *testing.T) {
	records := bodies(21)
	tree := grow(t, records)
	root := rootOf(t, 21, tree)
	for index, body := range records {
		proof, err := ledger.ProveRecord(21, int64(index), tree)
		if err != nil {
			t.Fatal(err)
		}
		for at := range body {
			for _, flip := range []byte{1, 0x20, 0x80} {
				changed := append([]byte(nil), body...)
				changed[at] ^= flip
				err := ledger.CheckRecord(proof, 21, root, int64(index), ledger.LeafHash(changed))
				if !errors.Is(err, ledger.ErrProof) {
					t.Fatalf("byte %d of record %d changed: %v, want %v", at, index, err, ledger.ErrProof)
				}
			}
		}
	}
}

func TestEveryTwoSizesAreConsistent(t *testing.T) {
	tree := grow(t, bodies(70))
	for size := range int64(71) {
		root := rootOf(t, size, tree)
		for old := range size + 1 {
			oldRoot := rootOf(t, old, tree)
			proof, err := ledger.ProveTree(size, old, tree)
			if err != nil {
				t.Fatal(err)
			}
			if err := ledger.CheckTree(proof, size, root, old, oldRoot); err != nil {
				t.Errorf("%d within %d: %v", old, size, err)
			}
			if err := ledger.CheckTree(proof, size, root, old, flipped(oldRoot)); !errors.Is(err, ledger.ErrProof) {
				t.Errorf("another old root, %d within %d: %v, want %v", old, size, err, ledger.ErrProof)
			}
			if old == 0 && size > 0 {
				continue // everything begins with the empty tree
			}
			if err := ledger.CheckTree(proof, size, flipped(root), old, oldRoot); !errors.Is(err, ledger.ErrProof) {
				t.Errorf("another root, %d within %d: %v, want %v", old, size, err, ledger.ErrProof)
			}
		}
	}
}

func TestARewrittenHistoryIsNotConsistentWithWhatWasKept(t *testing.T) {
	records := bodies(40)
	keptRoot := rootOf(t, 25, grow(t, records))
	records[7] = []byte(`{"seq":8,"type":"grant.revoked"}`)
	rewritten := grow(t, records)
	proof, err := ledger.ProveTree(40, 25, rewritten)
	if err != nil {
		t.Fatal(err)
	}
	err = ledger.CheckTree(proof, 40, rootOf(t, 40, rewritten), 25, keptRoot)
	if !errors.Is(err, ledger.ErrProof) {
		t.Errorf("rewritten history: %v, want %v", err, ledger.ErrProof)
	}
}

func TestACutTailIsCaughtAgainstAKeptCheckpoint(t *testing.T) {
	key := newKey(t)
	records := bodies(30)
	whole := grow(t, records)
	text, err := key.SignCheckpoint(key.Name(), 30, rootOf(t, 30, whole))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := ledger.VerifyCheckpoint(text, key.Verifier())
	if err != nil {
		t.Fatal(err)
	}

	cut := grow(t, records[:26])
	if _, err := ledger.Root(kept.Size, cut); err == nil {
		t.Error("a tree of 26 records gave a root of 30")
	}
	if _, err := ledger.ProveTree(cut.Size(), kept.Size, cut); err == nil {
		t.Error("a tree of 26 records was proved to contain 30")
	}
	if err := ledger.CheckTree(nil, cut.Size(), rootOf(t, 26, cut), kept.Size, kept.Root); err == nil {
		t.Error("a tree of 26 records was accepted as beginning with 30")
	}

	// Filled up with other records, the size is right and the root is not.
	for _, body := range bodies(4) {
		if _, err := cut.Append(body); err != nil {
			t.Fatal(err)
		}
	}
	if rootOf(t, kept.Size, cut) == kept.Root {
		t.Error("a refilled tail has the kept root")
	}
}

func TestProofsOfImpossibleSizesAreErrors(t *testing.T) {
	tree := grow(t, bodies(3))
	for _, c := range []struct{ size, index int64 }{
		{0, 0}, {3, 3}, {3, -1}, {-1, 0}, {4, 0}, {math.MaxInt64, 1}, {math.MinInt64, 0},
	} {
		if _, err := ledger.ProveRecord(c.size, c.index, tree); err == nil {
			t.Errorf("ProveRecord(%d, %d) of a tree of 3 gave no error", c.size, c.index)
		}
		if err := ledger.CheckRecord(nil, c.size, ledger.Hash{}, c.index, ledger.Hash{}); err == nil {
			t.Errorf("CheckRecord(%d, %d) gave no error", c.size, c.index)
		}
	}
	for _, c := range []struct{ size, old int64 }{
		{2, 3}, {3, -1}, {math.MaxInt64, 1}, {-2, -3}, {4, 3},
	} {
		if _, err := ledger.ProveTree(c.size, c.old, tree); err == nil {
			t.Errorf("ProveTree(%d, %d) of a tree of 3 gave no error", c.size, c.old)
		}
		if err := ledger.CheckTree(nil, c.size, ledger.Hash{}, c.old, ledger.Hash{1}); err == nil {
			t.Errorf("CheckTree(%d, %d) gave no error", c.size, c.old)
		}
	}
}
