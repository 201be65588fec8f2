package fakeslack

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// These are pinned; schema/generate.js names the first two as well.
const (
	typesPackage   = "@slack/types@3.2.0"
	tscPackage     = "typescript@5.9.3"
	webAPIPackage  = "@slack/web-api@8.2.0"
	boltPackage    = "@slack/bolt@5.1.0"
	rulesFile      = "schema/rules.json"
	rulesGenerator = "schema/generate.js"
)

// npmInstall installs packages into a folder of the test and returns it, or
// skips the test where the package registry may not be used.
func npmInstall(t *testing.T, packages ...string) string {
	t.Helper()
	_, noNode := exec.LookPath("node")
	npm, noNPM := exec.LookPath("npm")
	if noNode != nil || noNPM != nil || os.Getenv("COUNTERSIGN_NPM") == "" {
		t.Skipf("needs node, npm and COUNTERSIGN_NPM=1, which installs %s from the registry", strings.Join(packages, ", "))
	}
	dir := t.TempDir()
	args := []string{"install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--prefix", dir}
	install := exec.CommandContext(t.Context(), npm, append(args, packages...)...)
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	return dir
}

func TestTheRulesAreMadeOfSlacksTypes(t *testing.T) {
	dir := npmInstall(t, typesPackage, tscPackage)
	got, err := exec.CommandContext(t.Context(), "node", rulesGenerator, dir).Output()
	check(t, err)
	if want := must2(os.ReadFile(rulesFile))(t); !bytes.Equal(got, want) {
		t.Errorf("%s makes %d bytes that are not the %d bytes of %s; make it anew", rulesGenerator, len(got), len(want), rulesFile)
	}
}

func TestTheRulesSayWhatTheyAreMadeOf(t *testing.T) {
	script := string(must2(os.ReadFile(rulesGenerator))(t))
	if want := " " + typesPackage + " " + tscPackage + "\n"; !strings.Contains(script, want) {
		t.Errorf("%s does not install%s", rulesGenerator, want)
	}
	if want := `"from": "` + strings.Replace(typesPackage, "s@", "s ", 1) + `"`; !bytes.Contains(rulesJSON, []byte(want)) {
		t.Errorf("%s does not say %s", rulesFile, want)
	}
}

// typeCheck gives a program to Slack's own types and returns what the compiler
// has against it, an error each.
func typeCheck(t *testing.T, dir, program string) []string {
	t.Helper()
	check(t, os.WriteFile(filepath.Join(dir, "answers.ts"), []byte(program), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "types.ts"), must2(os.ReadFile("testdata/types.ts"))(t), 0o600))
	tsc := exec.CommandContext(t.Context(), "node", "node_modules/typescript/lib/tsc.js", "--noEmit", "--strict", "--skipLibCheck",
		"--pretty", "false", "--target", "es2022", "--module", "node16", "--moduleResolution", "node16", "--types", "node", "answers.ts")
	tsc.Dir = dir
	out, err := tsc.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || len(out) == 0) {
		t.Fatal(err)
	}
	var said []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, " ") { // what goes on from the line before
			said = append(said, strings.TrimSpace(line))
		}
	}
	return said
}
