package ledger

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// ErrNotSigned says that a checkpoint is well formed but carries no valid
// signature by the key it was checked against.
var ErrNotSigned = errors.New("checkpoint is not signed by this key")

// Checkpoint is a tree's head at one moment.
type Checkpoint struct {
	Origin     string   // which log it is of
	Size       int64    // how many records it has
	Root       Hash     // the root hash over them
	Extensions []string // further lines; we write none, other logs may
	Signers    []string // NAME+HASH of each signature line, checked or not
}

// ParseCheckpoint reads a checkpoint without checking any signature: what it
// returns is a claim. The text must be a C2SP signed note with at least one
// signature line.
func ParseCheckpoint(text []byte) (Checkpoint, error) {
	if len(text) > maxCheckpointText {
		return Checkpoint{}, fmt.Errorf("checkpoint has %d bytes, the limit is %d", len(text), maxCheckpointText)
	}
	_, err := note.Open(text, note.VerifierList())
	unverified, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return parseTreeHead(unverified.Note)
}

// VerifyCheckpoint reads a checkpoint and checks that v signed it. Signatures by
// other keys are passed over, as the note format asks, so that witnesses may add
// theirs. The error is ErrNotSigned where v's signature is missing or wrong. The
// caller compares Origin with the log it expected: one key may sign several.
func VerifyCheckpoint(text []byte, v Verifier) (Checkpoint, error) {
	c, err := ParseCheckpoint(text)
	if err != nil {
		return Checkpoint{}, err
	}
	if v.note == nil {
		return Checkpoint{}, errors.New("verify checkpoint: no verifier key given")
	}
	if _, err := note.Open(text, note.VerifierList(v.note)); err != nil {
		return Checkpoint{}, fmt.Errorf("verify checkpoint of %d records with key %s: %w", c.Size, v.id(), ErrNotSigned)
	}
	return c, nil
}

// PastedCheckpoint returns the signed note within text that a person copied from
// a chat or a mail, which leaves off the last line's end or has another
// system's line ends. It changes nothing that a signature covers.
func PastedCheckpoint(text []byte) []byte {
	s := strings.ReplaceAll(string(text), "\r\n", "\n")
	s = strings.Trim(strings.TrimPrefix(s, "\ufeff"), "\n \t")
	return []byte(s + "\n")
}

func parseTreeHead(n *note.Note) (Checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	if len(lines) < 3 {
		return Checkpoint{}, fmt.Errorf("checkpoint has %d lines before its signatures, want origin, size and root", len(lines))
	}
	for i, line := range lines {
		if line == "" {
			return Checkpoint{}, fmt.Errorf("line %d of checkpoint is empty", i+1)
		}
	}
	size, err := parseSize(lines[1])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("size of checkpoint: %w", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("root of checkpoint: %w", err)
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if len(lines) > 3 {
		c.Extensions = lines[3:]
	}
	for _, sig := range n.UnverifiedSigs {
		c.Signers = append(c.Signers, fmt.Sprintf("%s+%08x", sig.Name, sig.Hash))
	}
	return c, nil
}

// formatTreeHead returns the text that is signed. An origin with a line end in
// it would be read back as another size and root.
func formatTreeHead(origin string, size int64, root Hash) (string, error) {
	if origin == "" || !utf8.ValidString(origin) || strings.IndexFunc(origin, unicode.IsControl) >= 0 {
		return "", fmt.Errorf("origin %q of checkpoint is empty or not plain text", clip(origin))
	}
	if size < 0 || size > MaxSize {
		return "", fmt.Errorf("no tree has size %d", size)
	}
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, root), nil
}
