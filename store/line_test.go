package store_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"
	"unicode"

	"countersign/store/ledger"
	"countersign/workflows"
)

func TestALineOfTheLogEscapesWhatATerminalObeysAndKeepsTheValue(t *testing.T) {
	const said = "for \u009b31m the\u202e build\u2066 \u200band\u007f\U000e0041 \u00fc\U0001f600 \\u202e \u2028end"
	d := newDatabase(t)
	s := d.opened(t)
	update(t, s, func(tx workflows.Tx) error {
		_, err := tx.Append(workflows.Event{
			Type: "access_request.created", Actor: workflows.System, Outcome: workflows.Success, Source: "slack",
			Reason: &workflows.Personal{Owner: "AR-000001", Field: "justification", Value: said},
		})
		return err
	})
	e := d.entries(t)[0]
	line, err := e.Line()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range string(line) {
		if !unicode.IsPrint(r) {
			t.Errorf("the line holds %U as it is", r)
		}
	}
	for _, want := range []string{"ü😀", `\u009b31m`, `\u202e`, `\u2066`, `\u200b`, `\u007f`, `\udb40\udc41`} {
		if !bytes.Contains(line, []byte(want)) {
			t.Errorf("the line is %s, want it to hold %s", line, want)
		}
	}
	var got struct {
		Reason string
		PII    map[string]struct{ Value, Salt string }
	}
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	p := got.PII["/reason"]
	if p.Value != said {
		t.Errorf("the value decodes to %q, want %q", p.Value, said)
	}
	var salt [16]byte
	if _, err := hex.Decode(salt[:], []byte(p.Salt)); err != nil {
		t.Fatal(err)
	}
	if c := ledger.Commit(salt, []byte(p.Value)); c != got.Reason {
		t.Errorf("the value has the commitment %s, want %s", c, got.Reason)
	}
}

// What is in a leaf is hashed: a line repeats it byte for byte.
func TestALineOfTheLogLeavesTheLeafAsItWasHashed(t *testing.T) {
	d := newDatabase(t)
	s := d.opened(t)
	update(t, s, func(tx workflows.Tx) error {
		_, err := tx.Append(workflows.Event{
			Type: "sync.ran", Actor: workflows.System, Outcome: workflows.Success, Source: "job",
			Target: &workflows.Ref{Kind: "app", ID: "github", Name: "Git\u200bHub"},
		})
		return err
	})
	e := d.entries(t)[0]
	line, err := e.Line()
	if err != nil {
		t.Fatal(err)
	}
	if want := append(bytes.TrimSuffix(bytes.Clone(e.Body), []byte("}")), `,"pii":`...); !bytes.HasPrefix(line, want) || !bytes.Contains(want, []byte("Git\u200bHub")) {
		t.Errorf("the line is %s, want it to begin with the leaf %s", line, e.Body)
	}
}
