package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

const commitmentPrefix = "sha256:"

// ErrCommitment says that a value and a salt, both well formed, are not those
// that were committed to.
var ErrCommitment = errors.New("value does not match its commitment")

// NewSalt reads 16 bytes from a random source. Every commitment takes a fresh
// salt: names and addresses are few enough to be guessed by trying them all, and
// only the salt prevents that once it has been erased.
func NewSalt(random io.Reader) (salt [16]byte, err error) {
	if _, err = io.ReadFull(random, salt[:]); err != nil {
		return salt, fmt.Errorf("make a salt: %w", err)
	}
	return salt, nil
}

// Commit returns "sha256:" and the lower-case hex SHA-256 of the salt's 16 bytes
// followed by value. For a string, value is its UTF-8; for anything else its
// compact JSON, which the caller makes.
func Commit(salt [16]byte, value []byte) string {
	sum := sha256.Sum256(append(salt[:], value...))
	return commitmentPrefix + hex.EncodeToString(sum[:])
}

// CheckCommitment reports whether commitment was made from the salt (32 digits
// of hex) and value. A mismatch is ErrCommitment; any other error means that
// the commitment or the salt is malformed. The value appears in no error.
func CheckCommitment(commitment string, saltHex string, value []byte) error {
	digits, ok := strings.CutPrefix(commitment, commitmentPrefix)
	if !ok {
		return fmt.Errorf("commitment does not begin with %q", commitmentPrefix)
	}
	if _, err := ParseHex(digits); err != nil {
		return fmt.Errorf("read commitment: %w", err)
	}
	var salt [16]byte
	if len(saltHex) != hex.EncodedLen(len(salt)) {
		return fmt.Errorf("salt has %d characters, want %d", len(saltHex), hex.EncodedLen(len(salt)))
	}
	if _, err := hex.Decode(salt[:], []byte(saltHex)); err != nil {
		return errors.New("salt is not hexadecimal")
	}
	if Commit(salt, value) != commitment {
		return ErrCommitment
	}
	return nil
}
