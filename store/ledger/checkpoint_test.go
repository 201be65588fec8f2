package ledger_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"countersign/store/ledger"
)

func signed(t *testing.T, key *ledger.Key, records int64) []byte {
	t.Helper()
	text, err := key.SignCheckpoint(keyName, records, rootOf(t, records, grow(t, bodies(records))))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestACheckpointIsANoteThatTheNotePackageOpens(t *testing.T) {
	key := newKey(t)
	text := signed(t, key, 12)
	v, err := note.NewVerifier(key.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := note.Open(text, note.VerifierList(v))
	if err != nil {
		t.Fatal(err)
	}
	want := keyName + "\n12\n" + definition(bodies(12)).String() + "\n"
	if opened.Text != want {
		t.Errorf("text = %q, want %q", opened.Text, want)
	}
}

func TestAVerifiedCheckpointSaysWhatWasSigned(t *testing.T) {
	key := newKey(t)
	got, err := ledger.VerifyCheckpoint(signed(t, key, 12), key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if got.Origin != keyName || got.Size != 12 || got.Root != definition(bodies(12)) || got.Extensions != nil {
		t.Errorf("checkpoint = %+v, want that of 12 records of %s", got, keyName)
	}
	if len(got.Signers) != 1 || !strings.HasPrefix(key.VerifierKey(), got.Signers[0]+"+") {
		t.Errorf("signers = %v, want the start of %s", got.Signers, key.VerifierKey())
	}
}

func TestTheEmptyLedgerHasACheckpoint(t *testing.T) {
	key := newKey(t)
	got, err := ledger.VerifyCheckpoint(signed(t, key, 0), key.Verifier())
	if err != nil || got.Size != 0 || got.Root != definition(nil) {
		t.Errorf("checkpoint = %+v, %v, want that of no records", got, err)
	}
}

func TestAnEditedCheckpointIsNotVerified(t *testing.T) {
	key := newKey(t)
	text := signed(t, key, 12)
	covered := bytes.Index(text, []byte("\n\n"))
	for at := range covered {
		edited := bytes.Clone(text)
		edited[at] ^= 1
		if _, err := ledger.VerifyCheckpoint(edited, key.Verifier()); err == nil {
			t.Errorf("byte %d changed, and still verified", at)
		}
	}
	grown := bytes.Replace(text, []byte("\n12\n"), []byte("\n13\n"), 1)
	if _, err := ledger.VerifyCheckpoint(grown, key.Verifier()); !errors.Is(err, ledger.ErrNotSigned) {
		t.Errorf("another size: %v, want %v", err, ledger.ErrNotSigned)
	}
	if c, err := ledger.ParseCheckpoint(grown); err != nil || c.Size != 13 {
		t.Errorf("read without its key: %+v, %v, want the claim of 13 records", c, err)
	}
}

func TestAnotherKeyOfTheSameNameVerifiesNothing(t *testing.T) {
	key, other := newKey(t), newKey(t)
	_, err := ledger.VerifyCheckpoint(signed(t, key, 3), other.Verifier())
	if !errors.Is(err, ledger.ErrNotSigned) {
		t.Errorf("another key: %v, want %v", err, ledger.ErrNotSigned)
	}
	if _, err := ledger.VerifyCheckpoint(signed(t, key, 3), ledger.Verifier{}); err == nil {
		t.Error("no key at all verified a checkpoint")
	}
}

func TestAWitnessMaySignBesides(t *testing.T) {
	key := newKey(t)
	secret, _, err := note.GenerateKey(nil, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	witness, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(key.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := note.Open(signed(t, key, 3), note.VerifierList(v))
	if err != nil {
		t.Fatal(err)
	}
	both, err := note.Sign(opened, witness)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ledger.VerifyCheckpoint(both, key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Signers) != 2 || !slices.ContainsFunc(c.Signers, func(s string) bool { return strings.HasPrefix(s, "witness.example+") }) {
		t.Errorf("signers = %v, want ours and the witness", c.Signers)
	}
}

func TestAPastedCheckpointIsVerified(t *testing.T) {
	key := newKey(t)
	text := string(signed(t, key, 12))
	for name, pasted := range map[string]string{
		"as it was":       text,
		"no last newline": strings.TrimSuffix(text, "\n"),
		"Windows lines":   strings.ReplaceAll(text, "\n", "\r\n"),
		"marked UTF-8":    "\ufeff" + text,
		"space around":    "\n  " + text + "\n\n",
	} {
		if _, err := ledger.VerifyCheckpoint(ledger.PastedCheckpoint([]byte(pasted)), key.Verifier()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnUnfitOriginOrSizeIsNotSigned(t *testing.T) {
	key := newKey(t)
	for _, origin := range []string{"", "example.com\n999", "a\r", "a\x00", "\xff"} {
		if _, err := key.SignCheckpoint(origin, 1, ledger.Hash{}); err == nil {
			t.Errorf("origin %q was signed", origin)
		}
	}
	for _, size := range []int64{-1, ledger.MaxSize + 1} {
		if _, err := key.SignCheckpoint(keyName, size, ledger.Hash{}); err == nil {
			t.Errorf("size %d was signed", size)
		}
	}
}

func TestMalformedCheckpointsAreRefusedEvenWhenSigned(t *testing.T) {
	secret, vkey, err := note.GenerateKey(nil, keyName)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ledger.ParseVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	root := ledger.LeafHash(nil).String()
	for text, ok := range map[string]bool{
		"o\n1\n" + root + "\n":                   true,
		"o\n1\n" + root + "\nmore\n":             true,
		"o\n1\n":                                 false,
		"o\n01\n" + root + "\n":                  false,
		"o\n+1\n" + root + "\n":                  false,
		"o\n-1\n" + root + "\n":                  false,
		"o\n9223372036854775807\n" + root + "\n": false,
		"o\n1\n" + root[4:] + "\n":               false,
		"\n1\n" + root + "\n":                    false,
		"o\n1\n" + root + "\n\nx\n":              false,
		"o\n1\n" + root[:42] + "R=\n":            false, // bits past the hash's end
	} {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.VerifyCheckpoint(signed, v); (err == nil) != ok {
			t.Errorf("%q: %v, want accepted %t", text, err, ok)
		}
	}
	for _, text := range []string{"", "\n", "o\n1\n" + root + "\n", strings.Repeat("x", 1<<20)} {
		if _, err := ledger.ParseCheckpoint([]byte(text)); err == nil {
			t.Errorf("a text of %d bytes without a signature was read", len(text))
		}
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	root := ledger.LeafHash(nil).String()
	f.Add([]byte("example.com/log\n1\n" + root + "\n\n— example.com/log AAAAAAA=\n"))
	f.Add([]byte("o\n0\n" + root + "\nmore\n\n— a AAAAAAA=\n— b AAAAAAA=\n"))
	f.Add([]byte("o\n9007199254740992\n" + root + "\n\n— a AAAAAAA=\n"))
	f.Add([]byte("o\n1\n\n— a AAAAAAA=\n"))
	f.Add([]byte("\n\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ledger.ParseCheckpoint(text)
		if err != nil {
			return
		}
		if c.Origin == "" || c.Size < 0 || c.Size > ledger.MaxSize || len(c.Signers) == 0 {
			t.Errorf("accepted %+v", c)
		}
		if !bytes.HasPrefix(text, []byte(c.Origin+"\n")) || !bytes.Contains(text, []byte("\n"+c.Root.String()+"\n")) {
			t.Errorf("%+v is not what %q says", c, text)
		}
	})
}
