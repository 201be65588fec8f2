package ledger

import (
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxSize is the largest tree this package computes with: the largest range of
// integers that every JSON reader holds exactly (RFC 8259, section 6). Sizes and
// indexes come from files that others wrote, and past 2⁶² tlog's loops never end.
const MaxSize = 1<<53 - 1

// Hash is a SHA-256 hash of a record or of a tree. Its String is base64, as
// checkpoints have it; Hex gives the form used everywhere else.
type Hash = tlog.Hash

// HashReader reads stored hashes by their storage index. It must return as many
// as were asked for, in that order, or an error.
type HashReader = tlog.HashReader

// HashReaderFunc is a function as a HashReader.
type HashReaderFunc = tlog.HashReaderFunc

// Hex returns the hash as 64 digits of lower-case hex.
func Hex(h Hash) string { return hex.EncodeToString(h[:]) }

// ParseHex reads what Hex writes, and nothing else: upper-case digits are
// refused, so that a hash has one spelling.
func ParseHex(s string) (Hash, error) {
	var h Hash
	if len(s) != hex.EncodedLen(len(h)) {
		return Hash{}, fmt.Errorf("hash has %d characters, want %d", len(s), hex.EncodedLen(len(h)))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil || s != strings.ToLower(s) {
		return Hash{}, fmt.Errorf("hash %q is not lower-case hexadecimal", s)
	}
	return h, nil
}

// LeafHash returns the hash of a record: SHA-256 of a zero byte and the body
// (RFC 6962, section 2.1).
func LeafHash(body []byte) Hash { return tlog.RecordHash(body) }

// StoredHashes returns the hashes to be stored with record n, counted from 0:
// its leaf hash and those of the subtrees it completes. They belong at
// consecutive storage indexes from StoredHashCount(n). It reads earlier hashes
// from r, at most log₂ n of them and all in one call.
func StoredHashes(n int64, body []byte, r HashReader) ([]Hash, error) {
	return storedHashes(n, LeafHash(body), r)
}

func storedHashes(n int64, leaf Hash, r HashReader) ([]Hash, error) {
	if n < 0 || n >= MaxSize {
		return nil, fmt.Errorf("no record has index %d", n)
	}
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, r)
	if err != nil {
		return nil, fmt.Errorf("hash record %d: %w", n, err)
	}
	return hashes, nil
}

// StoredHashIndex returns the storage index of the n'th hash of a level; level 0
// has the leaf hashes. Both must be from a tree of at most MaxSize records.
func StoredHashIndex(level int, n int64) int64 { return tlog.StoredHashIndex(level, n) }

// StoredHashCount returns how many hashes a tree of that size has stored, which
// is also the storage index of the next record's first hash.
func StoredHashCount(size int64) int64 { return tlog.StoredHashCount(size) }

// Root returns the root hash of the first size records. The empty tree's root is
// the hash of nothing. It reads at most 1 + log₂ size hashes, in one call.
func Root(size int64, r HashReader) (Hash, error) {
	if size < 0 || size > MaxSize {
		return Hash{}, fmt.Errorf("no tree has size %d", size)
	}
	root, err := tlog.TreeHash(size, r)
	if err != nil {
		return Hash{}, fmt.Errorf("root of %d records: %w", size, err)
	}
	return root, nil
}

// Tree keeps a tree's hashes in memory, 64 bytes a record, so that roots and
// proofs can be computed from the records alone. Its zero value is the empty
// tree. It is a HashReader, and not safe for use while it grows.
type Tree struct {
	size   int64
	hashes []Hash
}

// Append adds a record and returns its leaf hash.
func (t *Tree) Append(body []byte) (Hash, error) {
	leaf := LeafHash(body)
	return leaf, t.AppendLeaf(leaf)
}

// AppendLeaf adds a record of which only the leaf hash is known.
func (t *Tree) AppendLeaf(leaf Hash) error {
	hashes, err := storedHashes(t.size, leaf, t)
	if err != nil {
		return err
	}
	t.hashes = append(t.hashes, hashes...)
	t.size++
	return nil
}

// Size returns the number of records.
func (t *Tree) Size() int64 { return t.size }

// ReadHashes implements HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("a tree of %d records has no hash %d", t.size, index)
		}
		out[i] = t.hashes[index]
	}
	return out, nil
}
