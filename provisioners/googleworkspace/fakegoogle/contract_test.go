package fakegoogle_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestEveryServedMethodIsInTheDiscoveryDocument(t *testing.T) {
	if diff := cmp.Diff(fakegoogle.Documented(), fakegoogle.Served()); diff != "" {
		t.Errorf("documented (-) and served (+) methods differ:\n%s", diff)
	}
}

// called finds the methods in calls such as w.directory.Members.Get( and
// iam.Projects.ServiceAccounts.SignJwt(.
var called = regexp.MustCompile(`\b(directory|iam)((?:\.[A-Z]\w+)+)\(`)

func TestEveryMethodThatTheProductCallsIsServed(t *testing.T) {
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, call := range called.FindAllStringSubmatch(string(text), -1) {
			id := strings.Replace(call[1], "iam", "iamcredentials", 1)
			for part := range strings.SplitSeq(call[2][1:], ".") {
				id += "." + strings.ToLower(part[:1]) + part[1:]
			}
			found++
			if !slices.Contains(fakegoogle.Served(), id) {
				t.Errorf("%s calls %s, which is not served", file, id)
			}
		}
	}
	if found < 8 {
		t.Errorf("found %d calls in %v, want the product's eight at least", found, files)
	}
}

// TestTheDiscoveryDocumentIsThatOfTheLibrary tells when the copy must be made
// anew with go generate.
func TestTheDiscoveryDocumentIsThatOfTheLibrary(t *testing.T) {
	fresh := t.TempDir()
	if out, err := exec.Command("go", "run", "discovery/generate.go", fresh).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range []string{"datatransfer.json", "directory.json", "gmail.json", "iamcredentials.json", "reports.json"} {
		want, err := os.ReadFile(filepath.Join(fresh, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("discovery", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("discovery/%s differs from what the library's document gives: run go generate", name)
		}
	}
}

func TestEveryRuleOfThePackageCommentHasItsTest(t *testing.T) {
	tests := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var comment string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				tests[f.Name.Name] = true
			}
		}
		comment += f.Doc.Text()
	}
	rules := 0
	for line := range strings.Lines(comment) {
		rule, ok := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if !ok {
			continue
		}
		rules++
		name := "Test"
		for _, word := range strings.FieldsFunc(rule, func(r rune) bool { return !unicode.IsLetter(r) }) {
			name += strings.ToUpper(word[:1]) + word[1:]
		}
		if !tests[name] {
			t.Errorf("the rule %q has no test %s", rule, name)
		}
	}
	if rules < 80 {
		t.Errorf("%d rules in the package comment, want 80 at least", rules)
	}
}
