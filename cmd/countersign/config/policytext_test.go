package config_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/cmd/countersign/config"

	"github.com/google/go-cmp/cmp"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestTheBuiltInPolicyHasATextThatFitsInSlack(t *testing.T) {
	c := parse(t, minimal)
	if problems := c.ReadPolicies(os.ReadFile); len(problems) > 0 {
		t.Fatalf("problems without a file to read:\n%s", problems)
	}
	p := c.Policies[0]
	if n := len(strings.Fields(p.Text)); n < 250 || n > 400 || !strings.HasPrefix(p.Text, "# Acceptable Use Policy\n") || len(p.Text) > 10_000 {
		t.Errorf("the text has %d words and %d bytes and begins %.40q", n, len(p.Text), p.Text)
	}
	if want := hashOf(p.Text); p.TextHash != want {
		t.Errorf("got hash %s, want %s", p.TextHash, want)
	}
}

func TestAFileReplacesTheBuiltInTextByteByByte(t *testing.T) {
	const text = "# Ours\r\n\r\nDo no harm; naïve use is fine.\n"
	path := filepath.Join(t.TempDir(), "aup.md")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := parse(t, minimal+"policies: [{id: aup, version: \"2\", file: \"${POLICY}\"}]\n", "POLICY", path)
	if got := c.Policies[0].Text; got != "" {
		t.Errorf("before the file is read the text is %.40q", got)
	}
	if problems := c.ReadPolicies(os.ReadFile); len(problems) > 0 {
		t.Fatalf("problems with a good file:\n%s", problems)
	}
	if got := c.Policies[0]; got.Text != text || got.TextHash != hashOf(text) {
		t.Errorf("got %q with hash %s, want %q with %s", got.Text, got.TextHash, text, hashOf(text))
	}
}

func TestAChangedTextIsAChangedConfiguration(t *testing.T) {
	effective := func(text string) []byte {
		c := parse(t, minimal+"policies: [{id: travel, version: \"1\", file: travel.md}]\n")
		if problems := c.ReadPolicies(func(string) ([]byte, error) { return []byte(text), nil }); len(problems) > 0 {
			t.Fatalf("problems with a good text:\n%s", problems)
		}
		data, _ := c.Effective()
		return data
	}
	const before, after = "Book early and travel light.", "Book late and travel light."
	want := []string{"policies[travel].text_hash: " + hashOf(before) + " → " + hashOf(after)}
	if diff := cmp.Diff(want, config.Diff(effective(before), effective(after))); diff != "" {
		t.Errorf("diff (-want +got):\n%s", diff)
	}
}

func TestAPolicyThatNobodyCouldAcceptIsAFatalProblemWithItsPlace(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"short", "   Be good.   \n\n\n\n\n\n", "has 8 characters; a policy has at least 20"},
		{"long", strings.Repeat("ä", 10_001), "has 10001 characters; at most 10000 can be shown in Slack"},
		{"no text", strings.Repeat("\xff", 30), "is no text in UTF-8"},
		{"control", "Keep to all of this policy.\n\x1b[31mAlways.", "has a control character on line 2"},
	} {
		c := parse(t, minimal+"policies: [{id: aup, version: \"2\", file: aup.md}]\n")
		problems := c.ReadPolicies(func(string) ([]byte, error) { return []byte(test.text), nil })
		want := "config.yaml:11:42: policies[0].file: " + test.want + "\n"
		if got := problems.String(); got != want || !problems.Fatal() {
			t.Errorf("%s: got  %swant %s", test.name, got, want)
		}
	}
	c := parse(t, minimal+"policies: [{id: aup, version: \"2\", file: \"${POLICY}\"}]\n", "POLICY", filepath.Join(t.TempDir(), "hunter2.md"))
	if got, want := c.ReadPolicies(os.ReadFile).String(), "config.yaml:11:42: policies[0].file: no such file\n"; got != want {
		t.Errorf("missing: got %q, want %q", got, want)
	}
}

func TestAPolicyWhoseFileIsAnUnsetVariableIsToldOnce(t *testing.T) {
	c, problems := config.Parse("c.yaml", []byte(minimal+"policies: [{id: travel, version: \"1\", file: \"${POLICY}\"}]\n"), environment())
	if len(problems) > 0 || len(c.Missing()) != 1 {
		t.Errorf("got problems %v and missing %v, want only one missing variable", problems, c.Missing())
	}
}
