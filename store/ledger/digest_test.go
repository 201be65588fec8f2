package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"countersign/store/ledger"
)

func digest(t interface {
	Helper()
	Fatal(...any)
}, table string, version int, columns ...ledger.Column) string {
	t.Helper()
	got, err := ledger.Digest(table, version, columns)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestADigestIsTheHashOfItsDocumentedForm(t *testing.T) {
	// Made with Python: hashlib.sha256(json.dumps([...], separators=(",", ":"),
	// ensure_ascii=False).encode()).hexdigest()
	got := digest(t, "grants", 2,
		ledger.Column{Name: "id", Value: "AR-000042"},
		ledger.Column{Name: "person", Value: "P-000007"},
		ledger.Column{Name: "ends_at", Value: nil},
		ledger.Column{Name: "step", Value: int64(-9007199254740993)},
		ledger.Column{Name: "privileged", Value: true},
		ledger.Column{Name: "mark", Value: []byte{0, 0xab, 0xff}},
		ledger.Column{Name: "text", Value: "é \u2028 <&> \"\\/ \b\f\n\r\t\x01\x1f\x7f 😀"},
	)
	const want = "6e94c85c7f570e09eea59f54ae8ad8fcc40dc2749b81b99a2c826d243ea3dbd0"
	if got != want {
		t.Errorf("digest = %s, want %s", got, want)
	}
	const empty = "0f5abc6cb10c8ee16f43253a927621b58fba6885910147e7aafc035bb3ef747a" // printf %s '["t",1]' | sha256sum
	if got := digest(t, "t", 1); got != empty {
		t.Errorf("digest without columns = %s, want %s", got, empty)
	}
}

func TestADigestIsThatOfOrdinaryJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.NewReplacer("\u2028", "", "\u2029", "").Replace(rapid.String().Draw(t, "text"))
		number := rapid.Int64().Draw(t, "number")
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode([]any{"requests", 3, []any{"a", text}, []any{"b", number}}); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
		got := digest(t, "requests", 3, ledger.Column{Name: "a", Value: text}, ledger.Column{Name: "b", Value: number})
		if want := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("digest of %q and %d = %s, want %s", text, number, got, want)
		}
	})
}

func TestEveryPartOfARowIsInItsDigest(t *testing.T) {
	seen := map[string]string{}
	for name, got := range map[string]string{
		"plain":           digest(t, "t", 1, ledger.Column{Name: "a", Value: "1"}),
		"other table":     digest(t, "u", 1, ledger.Column{Name: "a", Value: "1"}),
		"other version":   digest(t, "t", 2, ledger.Column{Name: "a", Value: "1"}),
		"other column":    digest(t, "t", 1, ledger.Column{Name: "b", Value: "1"}),
		"other value":     digest(t, "t", 1, ledger.Column{Name: "a", Value: "2"}),
		"number":          digest(t, "t", 1, ledger.Column{Name: "a", Value: int64(1)}),
		"null":            digest(t, "t", 1, ledger.Column{Name: "a", Value: nil}),
		"empty":           digest(t, "t", 1, ledger.Column{Name: "a", Value: ""}),
		"the word null":   digest(t, "t", 1, ledger.Column{Name: "a", Value: "null"}),
		"more columns":    digest(t, "t", 1, ledger.Column{Name: "a", Value: "1"}, ledger.Column{Name: "b", Value: ""}),
		"shifted columns": digest(t, "t", 1, ledger.Column{Name: "a", Value: `1"],["b","`}),
	} {
		if before, ok := seen[got]; ok {
			t.Errorf("%s and %s have one digest", name, before)
		}
		seen[got] = name
	}
}

func TestEmptyAndMissingBytesHaveOneDigest(t *testing.T) {
	a := digest(t, "t", 1, ledger.Column{Name: "a", Value: []byte{}})
	if b := digest(t, "t", 1, ledger.Column{Name: "a", Value: []byte(nil)}); a != b {
		t.Errorf("digest of nil bytes = %s, of empty ones %s", b, a)
	}
}

func TestAValueWithoutOneSpellingHasNoDigest(t *testing.T) {
	for _, value := range []any{1, 1.5, uint64(1), []string{"a"}, struct{}{}, "secret\xff"} {
		got, err := ledger.Digest("t", 1, []ledger.Column{{Name: "a", Value: value}})
		if err == nil || got != "" {
			t.Errorf("Digest of %T = %q, %v, want an error", value, got, err)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error quotes the value: %v", err)
		}
	}
	if _, err := ledger.Digest("t\xff", 1, nil); err == nil {
		t.Error("a broken table name has a digest")
	}
	if _, err := ledger.Digest("t", 1, []ledger.Column{{Name: "\xff"}}); err == nil {
		t.Error("a broken column name has a digest")
	}
}
