package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"countersign/store/ledger"
)

// proofOf returns the .tlog-proof of one of 12 records.
func proofOf(t *testing.T, key *ledger.Key, index int64) []byte {
	t.Helper()
	hashes, err := ledger.ProveRecord(12, index, grow(t, bodies(12)))
	if err != nil {
		t.Fatal(err)
	}
	return ledger.MarshalProof(index, hashes, signed(t, key, 12))
}

func TestAProofFileProvesItsRecordAndNoOther(t *testing.T) {
	key := newKey(t)
	records := bodies(12)
	for i, body := range records {
		text := proofOf(t, key, int64(i))
		c, err := ledger.CheckProof(text, body, key.Verifier())
		if err != nil || c.Size != 12 || c.Origin != keyName {
			t.Errorf("record %d: %+v, %v, want the checkpoint of 12 records", i, c, err)
		}
		if _, err := ledger.CheckProof(text, records[(i+1)%12], key.Verifier()); !errors.Is(err, ledger.ErrProof) {
			t.Errorf("another body for record %d: %v, want %v", i, err, ledger.ErrProof)
		}
		if _, err := ledger.CheckProof(text, body, newKey(t).Verifier()); !errors.Is(err, ledger.ErrNotSigned) {
			t.Errorf("another key for record %d: %v, want %v", i, err, ledger.ErrNotSigned)
		}
	}
}

func TestEveryEditOfAProofFileAboveItsSignaturesIsCaught(t *testing.T) {
	key := newKey(t)
	text := proofOf(t, key, 7)
	for at := range bytes.LastIndex(text, []byte("\n\n")) {
		edited := bytes.Clone(text)
		edited[at] ^= 1
		if _, err := ledger.CheckProof(edited, bodies(12)[7], key.Verifier()); err == nil {
			t.Errorf("byte %d changed from %q, and still holds", at, text[at])
		}
	}
}

func TestAProofFileHasTheC2SPForm(t *testing.T) {
	a, b := ledger.Hash{1}, ledger.Hash{2}
	got := string(ledger.MarshalProof(73894, ledger.RecordProof{a, b}, []byte("the checkpoint\n")))
	want := "c2sp.org/tlog-proof@v1\nindex 73894\n" +
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" +
		"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" +
		"\nthe checkpoint\n"
	if got != want {
		t.Errorf("proof = %q, want %q", got, want)
	}
	p, err := ledger.ParseProof([]byte(strings.Replace(want, "index", "extra aGk=\nindex", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if string(p.Extra) != "hi" || p.Index != 73894 || len(p.Hashes) != 2 || p.Hashes[1] != b || string(p.Checkpoint) != "the checkpoint\n" {
		t.Errorf("read back with extra data: %+v", p)
	}
}

func TestMalformedProofFilesAreRefused(t *testing.T) {
	const hash = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	const head = "c2sp.org/tlog-proof@v1\n"
	for name, text := range map[string]string{
		"empty":             "",
		"no checkpoint":     head + "index 1\n" + hash + "\n",
		"other version":     "c2sp.org/tlog-proof@v2\nindex 1\n\nc\n",
		"no index":          head + "\nc\n",
		"hash for index":    head + hash + "\n\nc\n",
		"leading zero":      head + "index 01\n\nc\n",
		"negative index":    head + "index -1\n\nc\n",
		"index too large":   head + "index 9223372036854775807\n\nc\n",
		"short hash":        head + "index 1\nAQAA\n\nc\n",
		"hash with return":  head + "index 1\n" + hash + "\r\n\nc\n",
		"loose hash":        head + "index 1\n" + hash[:42] + "B=\n\nc\n",
		"extra not base64":  head + "extra ?\nindex 1\n\nc\n",
		"extra after index": head + "index 1\nextra aGk=\n\nc\n",
		"too many hashes":   head + "index 1\n" + strings.Repeat(hash+"\n", 54) + "\nc\n",
		"too long":          head + "index 1\n\n" + strings.Repeat("c", 1<<20),
	} {
		if p, err := ledger.ParseProof([]byte(text)); err == nil {
			t.Errorf("%s: read as %+v", name, p)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	const hash = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for _, seed := range []string{
		"c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n",
		"c2sp.org/tlog-proof@v1\nindex 7\n" + hash + "\n" + hash + "\n\no\n8\n" + hash + "\n\n— o AAAAAAA=\n",
		"c2sp.org/tlog-proof@v1\nextra aGk=\nindex 7\n\n",
		"c2sp.org/tlog-proof@v1\nindex 9007199254740992\n\n",
		"c2sp.org/tlog-proof@v1\n\n\n",
		"\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ledger.ParseProof(text)
		if err != nil {
			return
		}
		again := ledger.MarshalProof(p.Index, p.Hashes, p.Checkpoint)
		if p.Extra != nil {
			_, rest, _ := bytes.Cut(text, []byte("\nindex "))
			text = fmt.Appendf(nil, "c2sp.org/tlog-proof@v1\nindex %s", rest)
		}
		if !bytes.Equal(again, text) {
			t.Errorf("%q was read and written back as %q", text, again)
		}
	})
}
