package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"golang.org/x/mod/sumdb/note"
)

// SSHNamespace is the namespace of our SSH signatures, what ssh-keygen -Y verify
// takes after -n. It never changes: kept signatures would stop to verify.
const SSHNamespace = "countersign"

// Key is the ledger's Ed25519 private key. It signs checkpoints as C2SP notes and
// anything as SSH signatures. The secret is in no field that fmt or JSON can
// reach. A Key is safe for use by several goroutines.
type Key struct {
	verifier Verifier
	note     note.Signer
	signSSH  func(message []byte) (*sshsig.Signature, error) // no ssh.Signer: fmt prints its fields under a wrong verb
}

// generateKey returns a new key in the signer form of the Go note package,
// PRIVATE+KEY+NAME+HASH+KEY.
func generateKey(name string) (string, error) {
	if !validName(name) {
		return "", fmt.Errorf("ledger key name %q is empty or has spaces, control characters or a plus sign", clip(name))
	}
	secret, _, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return "", fmt.Errorf("generate ledger key: %w", err)
	}
	return secret, nil
}

var errMalformedKey = errors.New("ledger key is malformed")

// parseKey reads what generateKey returns. Its errors quote nothing.
func parseKey(secret string) (*Key, error) {
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, errMalformedKey
	}
	if !validName(signer.Name()) {
		return nil, errMalformedKey
	}
	parts := strings.SplitN(secret, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return nil, errMalformedKey
	}
	private := ed25519.NewKeyFromSeed(raw[1:])
	sshSigner, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, errMalformedKey
	}
	v, err := newVerifier(signer.Name(), private.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	sign := func(message []byte) (*sshsig.Signature, error) {
		return sshsig.Sign(bytes.NewReader(message), sshSigner, sshsig.HashSHA512, SSHNamespace)
	}
	return &Key{verifier: v, note: signer, signSSH: sign}, nil
}

// validName is the note format's rule for key names (c2sp.org/signed-note), and
// refuses control characters besides, for they could not stand in a note.
func validName(name string) bool {
	bad := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, bad) < 0
}

// Name returns the name the key was created with.
func (k *Key) Name() string { return k.verifier.Name() }

// Verifier returns the public half.
func (k *Key) Verifier() Verifier { return k.verifier }

// VerifierKey returns the public half in C2SP form, NAME+HASH+KEY.
func (k *Key) VerifierKey() string { return k.verifier.Key() }

// Fingerprint returns the SHA-256 of VerifierKey's text as lower-case hex.
func (k *Key) Fingerprint() string { return k.verifier.Fingerprint() }

// SSHPublicKey returns the public half as a line of authorized_keys, without a
// line end. With a principal's name before it, it is a line of the allowed
// signers file that ssh-keygen -Y verify takes.
func (k *Key) SSHPublicKey() string { return k.verifier.SSHPublicKey() }

// String names the key by its public half.
func (k *Key) String() string { return "ledger key " + k.verifier.id() }

// SignCheckpoint returns the checkpoint of a tree as a C2SP signed note. The
// origin names the log; it is customarily the key's name and must be one line.
// Whoever calls it makes sure that every tree it signs contains the one signed
// before: this function cannot know.
func (k *Key) SignCheckpoint(origin string, size int64, root Hash) ([]byte, error) {
	text, err := formatTreeHead(origin, size, root)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: text}, k.note)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint of %d records: %w", size, err)
	}
	return signed, nil
}

// SignSSH returns an armored SSH signature over message by the same key, in
// SSHNamespace, over its SHA-512
// (github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig).
func (k *Key) SignSSH(message []byte) ([]byte, error) {
	sig, err := k.signSSH(message)
	if err != nil {
		return nil, fmt.Errorf("make SSH signature: %w", err)
	}
	return sshsig.Armor(sig), nil
}
