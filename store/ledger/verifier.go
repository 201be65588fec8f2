package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"golang.org/x/mod/sumdb/note"
)

// ErrSSHSignature says that an SSH signature is not a valid one of the message
// by the key it was checked against, in our namespace.
var ErrSSHSignature = errors.New("SSH signature does not hold")

// Verifier is the public half of a ledger key. Its zero value verifies nothing.
type Verifier struct {
	key  string // C2SP form
	ssh  string // authorized_keys form
	note note.Verifier
}

// ParseVerifier reads a verifier key in C2SP form, NAME+HASH+KEY, of the Ed25519
// type. Spaces around it are passed over. Key returns the same key in the one
// spelling that is fingerprinted.
func ParseVerifier(vkey string) (Verifier, error) {
	vkey = strings.TrimSpace(vkey)
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return Verifier{}, fmt.Errorf("read verifier key %q: %w", clip(vkey), err)
	}
	if !validName(v.Name()) {
		return Verifier{}, fmt.Errorf("read verifier key %q: its name is not plain text", clip(vkey))
	}
	parts := strings.SplitN(vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return Verifier{}, fmt.Errorf("read verifier key %q: %w", clip(vkey), err)
	}
	return newVerifier(v.Name(), ed25519.PublicKey(raw[1:])) // raw[0] is the type, which note checked
}

func newVerifier(name string, public ed25519.PublicKey) (Verifier, error) {
	vkey, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return Verifier{}, fmt.Errorf("write verifier key of %s: %w", name, err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return Verifier{}, fmt.Errorf("write verifier key of %s: %w", name, err)
	}
	sshKey, err := ssh.NewPublicKey(public)
	if err != nil {
		return Verifier{}, fmt.Errorf("write SSH key of %s: %w", name, err)
	}
	line := strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(sshKey)), "\n") + " " + name
	return Verifier{key: vkey, ssh: line, note: v}, nil
}

// Name returns the key's name, or "" for the zero Verifier.
func (v Verifier) Name() string {
	if v.note == nil {
		return ""
	}
	return v.note.Name()
}

// Key returns the key in C2SP form, NAME+HASH+KEY.
func (v Verifier) Key() string { return v.key }

// Fingerprint returns the SHA-256 of Key's text as lower-case hex.
func (v Verifier) Fingerprint() string { return FingerprintOf(v.key) }

// SSHPublicKey returns the same key as a line of authorized_keys, with the name
// as its comment and without a line end. So one announced key is enough to check
// both kinds of signature.
func (v Verifier) SSHPublicKey() string { return v.ssh }

// id returns NAME+HASH, how a note's signature line names its key.
func (v Verifier) id() string { return fmt.Sprintf("%s+%08x", v.note.Name(), v.note.KeyHash()) }

// FingerprintOf returns the SHA-256, as lower-case hex, of a verifier key's text
// exactly as given, which printf %s KEY | sha256sum repeats. For a key that a
// person typed, use ParseVerifier and Fingerprint.
func FingerprintOf(vkey string) string {
	sum := sha256.Sum256([]byte(vkey))
	return hex.EncodeToString(sum[:])
}

// VerifySSH checks an armored SSH signature over message against an Ed25519 key,
// given as a line of authorized_keys. The error is ErrSSHSignature when message,
// key or namespace is another, and another one when either text is malformed.
func VerifySSH(message, armored []byte, pub string) error {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(pub))
	if err != nil {
		return fmt.Errorf("read SSH public key: %w", err)
	}
	if key.Type() != ssh.KeyAlgoED25519 {
		return fmt.Errorf("SSH public key is of type %s, want %s", key.Type(), ssh.KeyAlgoED25519)
	}
	sig, err := sshsig.Unarmor(armored)
	if err != nil {
		return fmt.Errorf("read SSH signature: %w", err)
	}
	err = sshsig.Verify(bytes.NewReader(message), sig, key, sig.HashAlgorithm, SSHNamespace)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSSHSignature, err)
	}
	return nil
}
