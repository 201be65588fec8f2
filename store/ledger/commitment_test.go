package ledger_test

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"countersign/store/ledger"
)

func TestACommitmentIsTheHashOfSaltAndValue(t *testing.T) {
	salt := [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	got := ledger.Commit(salt, []byte("ana@example.com"))
	const want = "sha256:d7a9798a6e44a9bbe01c275d3dcc8592d2aebc207e889816f0028ce609208a01"
	if got != want {
		t.Errorf("commitment = %s, want %s", got, want)
	}
}

func TestACommitmentHoldsForItsSaltAndValueOnly(t *testing.T) {
	salt := newSalt(t)
	saltHex := hex.EncodeToString(salt[:])
	commitment := ledger.Commit(salt, []byte("Ana"))
	if err := ledger.CheckCommitment(commitment, saltHex, []byte("Ana")); err != nil {
		t.Errorf("own value: %v", err)
	}
	if err := ledger.CheckCommitment(commitment, saltHex, []byte("Ann")); !errors.Is(err, ledger.ErrCommitment) {
		t.Errorf("another value: %v, want %v", err, ledger.ErrCommitment)
	}
	other := newSalt(t)
	if err := ledger.CheckCommitment(commitment, hex.EncodeToString(other[:]), []byte("Ana")); !errors.Is(err, ledger.ErrCommitment) {
		t.Errorf("another salt: %v, want %v", err, ledger.ErrCommitment)
	}
}

func TestMalformedCommitmentsAreErrorsOfTheirOwn(t *testing.T) {
	salt := newSalt(t)
	saltHex := hex.EncodeToString(salt[:])
	good := ledger.Commit(salt, []byte("v"))
	for name, c := range map[string]struct{ commitment, salt string }{
		"no prefix":       {strings.TrimPrefix(good, "sha256:"), saltHex},
		"other algorithm": {strings.Replace(good, "sha256", "sha512", 1), saltHex},
		"upper case":      {"sha256:" + strings.Repeat("AB", 32), saltHex},
		"short":           {good[:70], saltHex},
		"short salt":      {good, saltHex[2:]},
		"no salt":         {good, ""},
		"salt not hex":    {good, "zz" + saltHex[2:]},
	} {
		err := ledger.CheckCommitment(c.commitment, c.salt, []byte("v"))
		if err == nil || errors.Is(err, ledger.ErrCommitment) {
			t.Errorf("%s: %v, want an error about the form", name, err)
		}
	}
}

func TestEverySaltIsAnother(t *testing.T) {
	seen := make(map[[16]byte]bool)
	for range 100 {
		seen[newSalt(t)] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d different salts of 100", len(seen))
	}
}

func newSalt(t *testing.T) [16]byte {
	t.Helper()
	salt, err := ledger.NewSalt(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return salt
}

func TestWithoutRandomnessThereIsNoSalt(t *testing.T) {
	if salt, err := ledger.NewSalt(strings.NewReader("too short")); err == nil {
		t.Errorf("got salt %x, want an error", salt)
	}
}
