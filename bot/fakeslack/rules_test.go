package fakeslack

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// testName is the name of a rule's test.
func testName(rule string) string {
	name := "Test"
	for word := range strings.FieldsFuncSeq(strings.ReplaceAll(rule, "'", ""), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}

func TestEveryRuleOfThePackageCommentHasATestOfItsName(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	check(t, err)
	tests := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		check(t, err)
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				tests[fn.Name.Name] = true
			}
		}
	}
	doc := string(must2(os.ReadFile("doc.go"))(t))
	rules := regexp.MustCompile(`(?m)^//   - ([^\[\n]+)`).FindAllStringSubmatch(doc, -1)
	if len(rules) < 50 {
		t.Errorf("got %d rules, want the whole list", len(rules))
	}
	for _, rule := range rules {
		if name := testName(strings.TrimSpace(rule[1])); !tests[name] {
			t.Errorf("rule %q has no test %s", rule[1], name)
		}
	}
}
