package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the top of the project, seen from this package.
const root = "../.."

// source is one Go file of the project.
type source struct {
	path string // slash-separated, from the top
	dir  string // its package's folder
	test bool
	file *ast.File
	line int // number of lines
}

// sources parses every Go file once.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		out = append(out, source{rel, filepath.ToSlash(filepath.Dir(rel)), strings.HasSuffix(name, "_test.go"), f, bytes.Count(text, []byte("\n"))})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// imports returns what a file imports.
func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		out = append(out, path)
	}
	return out
}

// may says which packages of ours a package may import, by the longest matching
// folder. The reason stands with it, for who breaks the rule.
var may = []struct {
	dir    string
	of     []string
	reason string
}{
	{"provisioners/googleworkspace/fakegoogle", nil, "an emulator that shares the product's types cannot see its mistakes"},
	{"provisioners/provisionertest", []string{"provisioners"}, "the suite tests the contract, not one provisioner"},
	{"provisioners/", []string{"provisioners"}, "a provisioner knows targets and changes, never requests, Slack or the database"},
	{"provisioners", nil, "the contract is for many authors and must be readable alone"},
	{"workflows/vendorrisk", nil, "the matrix is pure: an auditor computes it again alone"},
	{"workflows", []string{"provisioners", "workflows/vendorrisk"}, "the rules must be readable and testable without Slack, Google or SQL"},
	{"store/ledger", nil, "the ledger is bytes in, proofs out: an auditor reads it alone"},
	{"store/storetest", []string{"workflows", "workflows/vendorrisk", "store/ledger"}, "the suite tests every database through the interface"},
	{"store/postgrestest", nil, "a server for tests knows nothing of what is kept in it"},
	{"store", []string{"workflows", "workflows/vendorrisk", "store/ledger"}, "the database decides nothing and knows no chat system"},
	{"bot/fakeslack/web", []string{"bot/fakeslack"}, "the page is a person at the emulator, not a part of the product"},
	{"bot/fakeslack", nil, "an emulator that shares the product's types cannot see its mistakes"},
	{"bot", []string{"workflows"}, "Slack translates; it neither stores nor provisions"},
	{"cmd/countersign/config", nil, "the configuration is data; cmd turns it into the product's words"},
}

func TestPackagesImportOnlyWhatTheirPlaceAllows(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || strings.HasPrefix(s.dir+"/", "cmd/") && !strings.HasPrefix(s.dir, "cmd/countersign/config") {
			continue
		}
		i := slices.IndexFunc(may, func(m struct {
			dir    string
			of     []string
			reason string
		}) bool {
			return s.dir == strings.TrimSuffix(m.dir, "/") && !strings.HasSuffix(m.dir, "/") || strings.HasPrefix(s.dir+"/", strings.TrimSuffix(m.dir, "/")+"/") && s.dir != strings.TrimSuffix(m.dir, "/")
		})
		if i < 0 {
			t.Errorf("%s: folder %s has no place in the import table", s.path, s.dir)
			continue
		}
		for _, path := range s.imports() {
			ours, ok := strings.CutPrefix(path, "countersign/")
			if ok && ours != s.dir && !slices.Contains(may[i].of, ours) {
				t.Errorf("%s imports %s: %s", s.path, ours, may[i].reason)
			}
		}
	}
}

func TestTheRulesKnowNoSlackGoogleOrSQL(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.dir != "workflows" && s.dir != "provisioners" {
			continue
		}
		for _, path := range s.imports() {
			if strings.Contains(path, "slack") || strings.Contains(path, "google.golang.org") || strings.HasPrefix(path, "database/sql") {
				t.Errorf("%s imports %s: the rules must be readable and testable without Slack, Google or SQL", s.path, path)
			}
		}
	}
}

func TestNothingShippedLinksTheTestingPackage(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test && !strings.HasSuffix(s.dir, "test") && slices.Contains(s.imports(), "testing") {
			t.Errorf("%s imports testing: the emulators are part of the binary", s.path)
		}
	}
}

func TestEveryPackageHasExactlyOnePackageComment(t *testing.T) {
	comments := make(map[string][]string)
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if comments[s.dir] == nil {
			comments[s.dir] = []string{}
		}
		if s.file.Doc != nil {
			comments[s.dir] = append(comments[s.dir], s.path)
		}
	}
	for dir, with := range comments {
		if len(with) != 1 {
			t.Errorf("package %s has %d package comments %v, want 1", dir, len(with), with)
		}
	}
}

func TestEveryExportedNameSaysWhatItIs(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && receiverIsExported(d) {
					t.Errorf("%s: %s has no comment", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
						t.Errorf("%s: type %s has no comment", s.path, ts.Name.Name)
					}
				}
			}
		}
	}
}

func receiverIsExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

// longest is how many lines a file may have: past that nobody reads it whole.
const longest = 400

func TestFilesStayShortEnoughToRead(t *testing.T) {
	for _, s := range sources(t) {
		if s.line > longest {
			t.Errorf("%s has %d lines, more than %d: split it by what changes together", s.path, s.line, longest)
		}
	}
}

func TestNoFileIsACupboard(t *testing.T) {
	for _, s := range sources(t) {
		for _, part := range strings.Split(strings.TrimSuffix(s.path, ".go"), "/") {
			if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "manager", "misc"}, strings.TrimSuffix(part, "_test")) {
				t.Errorf("%s: name it for what it does", s.path)
			}
		}
	}
}

func TestTheDemoRunsOnTheExampleConfiguration(t *testing.T) {
	example, err := os.ReadFile(filepath.Join(root, "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(example, demoConfig) {
		t.Error("cmd/countersign/demo/config.yaml is not config.example.yaml: copy it over")
	}
}
