package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"testing"

	"countersign/store/ledger"
)

// bodies returns n different records.
func bodies(n int64) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = fmt.Appendf(nil, `{"seq":%d,"type":"grant.verified"}`, i+1)
	}
	return out
}

func grow(t *testing.T, records [][]byte) *ledger.Tree {
	t.Helper()
	var tree ledger.Tree
	for _, body := range records {
		if _, err := tree.Append(body); err != nil {
			t.Fatal(err)
		}
	}
	return &tree
}

func rootOf(t *testing.T, size int64, r ledger.HashReader) ledger.Hash {
	t.Helper()
	root, err := ledger.Root(size, r)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// definition is the tree hash as RFC 6962, section 2.1, defines it.
func definition(records [][]byte) ledger.Hash {
	switch len(records) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, records[0]...))
	}
	k := 1
	for 2*k < len(records) {
		k *= 2
	}
	left, right := definition(records[:k]), definition(records[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func TestRootsAreThoseOfTheCertificateTransparencyTestVectors(t *testing.T) {
	// From certificate-transparency-go, merkletree tests.
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var tree ledger.Tree
	for size, want := range roots {
		if got := ledger.Hex(rootOf(t, int64(size), &tree)); got != want {
			t.Errorf("root of %d = %s, want %s", size, got, want)
		}
		if size == len(leaves) {
			break
		}
		body, err := hex.DecodeString(leaves[size])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tree.Append(body); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheLeafHashIsOfAZeroByteAndTheBody(t *testing.T) {
	// printf '\0abc' | sha256sum
	const want = "609f6e36d2405585188d5cfd761f407c7cc46a7d3f314c88270469dde315fcd1"
	sum := sha256.Sum256([]byte("\x00abc"))
	if got := ledger.LeafHash([]byte("abc")); got != sum {
		t.Errorf("leaf hash = %x, want %x", got, sum)
	}
	if got := ledger.Hex(ledger.LeafHash([]byte("abc"))); got != want {
		t.Errorf("leaf hash in hex = %s, want %s", got, want)
	}
}

func TestEveryRootIsTheOneTheStandardDefines(t *testing.T) {
	records := bodies(70)
	tree := grow(t, records)
	for size := range len(records) + 1 {
		if got, want := rootOf(t, int64(size), tree), definition(records[:size]); got != want {
			t.Errorf("root of %d = %s, want %s", size, got, want)
		}
	}
}

func TestStoredHashesBuildTheSameStoreAsTheTreeInMemory(t *testing.T) {
	records := bodies(70)
	tree := grow(t, records)
	var stored []ledger.Hash
	reader := ledger.HashReaderFunc(func(indexes []int64) ([]ledger.Hash, error) {
		var out []ledger.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, body := range records {
		if got, want := int64(len(stored)), ledger.StoredHashCount(int64(i)); got != want {
			t.Fatalf("%d hashes stored before record %d, want %d", got, i, want)
		}
		if got, want := int64(len(stored)), ledger.StoredHashIndex(0, int64(i)); got != want {
			t.Fatalf("leaf hash of record %d is stored at %d, want %d", i, got, want)
		}
		hashes, err := ledger.StoredHashes(int64(i), body, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
	}
	for i, got := range stored {
		want, err := tree.ReadHashes([]int64{int64(i)})
		if err != nil {
			t.Fatal(err)
		}
		if got != want[0] {
			t.Errorf("stored hash %d = %s, want %s", i, got, want[0])
		}
	}
}

func TestEverySingleByteChangeOfABodyChangesTheRoot(t *testing.T) {
	records := bodies(9)
	want := rootOf(t, 9, grow(t, records))
	for i, body := range records {
		for at := range body {
			changed := append([][]byte(nil), records...)
			changed[i] = append([]byte(nil), body...)
			changed[i][at] ^= 1
			if got := rootOf(t, 9, grow(t, changed)); got == want {
				t.Errorf("root unchanged after a change of byte %d of record %d", at, i)
			}
		}
	}
}

func TestATreeOfLeafHashesIsTheTreeOfTheirBodies(t *testing.T) {
	records := bodies(13)
	var tree ledger.Tree
	for _, body := range records {
		if err := tree.AppendLeaf(ledger.LeafHash(body)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := rootOf(t, 13, &tree), definition(records); got != want || tree.Size() != 13 {
		t.Errorf("root of %d leaves = %s, want that of 13, %s", tree.Size(), got, want)
	}
}

func TestSizesAndIndexesNoTreeHasAreErrors(t *testing.T) {
	tree := grow(t, bodies(3))
	for _, size := range []int64{-1, math.MinInt64, 4, ledger.MaxSize, ledger.MaxSize + 1, math.MaxInt64} {
		if _, err := ledger.Root(size, tree); err == nil {
			t.Errorf("Root(%d) of a tree of 3 gave no error", size)
		}
	}
	for _, n := range []int64{-1, ledger.MaxSize, math.MaxInt64} {
		if _, err := ledger.StoredHashes(n, nil, tree); err == nil {
			t.Errorf("StoredHashes(%d) gave no error", n)
		}
	}
	if _, err := tree.ReadHashes([]int64{0, -1}); err == nil {
		t.Error("hash -1 was read")
	}
}

func TestAHashHasOneSpellingInHex(t *testing.T) {
	h := ledger.LeafHash([]byte("x"))
	got, err := ledger.ParseHex(ledger.Hex(h))
	if err != nil || got != h {
		t.Errorf("ParseHex(Hex(h)) = %s, %v, want %s", got, err, h)
	}
	s := ledger.Hex(h)
	for _, bad := range []string{"", s[1:], s + "0", "zz" + s[2:], "AB" + s[2:]} {
		if _, err := ledger.ParseHex(bad); err == nil {
			t.Errorf("ParseHex(%q) gave no error", bad)
		}
	}
}
