package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A decoder fills a Config from a YAML tree and goes on after a mistake. The
// yaml tag of a field gives its key and then any of: required (present and not
// empty), email and id (checked so), secret (its value is never shown), derived
// (no key of the file: what the configuration works out).
type decoder struct {
	file      string
	getenv    func(string) (string, bool)
	positions map[string]position
	// untrusted are the paths whose value is wrong or not known, so that
	// nothing further is said about it.
	untrusted map[string]bool
	// written holds, for the paths whose value has a variable in it, what the
	// file says there, which may be shown where the value may not.
	written  map[string]string
	anchors  map[string]ast.Node
	problems Problems
	unset    Problems
}

func newDecoder(file string, getenv func(string) (string, bool)) *decoder {
	return &decoder{
		file: file, getenv: getenv, positions: map[string]position{},
		untrusted: map[string]bool{}, written: map[string]string{}, anchors: map[string]ast.Node{},
	}
}

type options struct {
	name                                 string
	required, email, id, secret, derived bool
}

func fieldOptions(field reflect.StructField) options {
	name, rest, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	o := options{name: name}
	for _, word := range strings.Split(rest, ",") {
		switch word {
		case "required":
			o.required = true
		case "email":
			o.email = true
		case "id":
			o.id = true
		case "secret":
			o.secret = true
		case "derived":
			o.derived = true
		}
	}
	return o
}

func (d *decoder) fail(path string, at position, format string, args ...any) {
	d.untrusted[path] = true
	d.problems = append(d.problems, Problem{d.file, at.line, at.column, path, fmt.Sprintf(format, args...), true})
}

// parse returns the file's only mapping, or nil and a problem.
func (d *decoder) parse(data []byte) ast.Node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := position{1, 1}, "not readable as YAML"
		var syntax yaml.Error
		if errors.As(err, &syntax) { // the text of err itself would quote the file
			message += ": " + syntax.GetMessage()
			if token := syntax.GetToken(); token != nil && token.Position != nil {
				at = position{token.Position.Line, token.Position.Column}
			}
		}
		d.fail("", at, "%s", message)
		return nil
	}
	if len(file.Docs) > 1 && file.Docs[1].Body != nil {
		d.fail("", positionOf(file.Docs[1].Body), "a second document: the configuration must be a single one")
		return nil
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		d.fail("", position{1, 1}, "the file is empty; copy config.example.yaml and edit it")
		return nil
	}
	ast.Walk(d, file.Docs[0].Body)
	root := d.resolve("", file.Docs[0].Body)
	if root == nil {
		return nil
	}
	if _, _, ok := entriesOf(root); !ok {
		d.fail("", positionOf(root), "must be a mapping of sections, not %s", kindOf(root))
		return nil
	}
	return root
}

// document fills c from the file's mapping.
func (d *decoder) document(root ast.Node, c *Config) {
	d.mapping("", root, reflect.ValueOf(c).Elem())
}

// Visit notes an anchor, so that an alias finds it wherever it stands.
func (d *decoder) Visit(node ast.Node) ast.Visitor {
	if n, ok := node.(*ast.AnchorNode); ok {
		d.anchors[n.Name.GetToken().Value] = n.Value
	}
	return d
}

// resolve follows anchors and aliases; it returns nil where they lead nowhere.
// A tag is a mistake, since the types are fixed.
func (d *decoder) resolve(path string, node ast.Node) ast.Node {
	for range 2 + 2*len(d.anchors) { // more steps than this go in a circle
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.AliasNode:
			node = d.anchors[n.Value.GetToken().Value]
		case *ast.TagNode:
			d.fail(path, positionOf(n), "tags such as %s are not used here", n.GetToken().Value)
			return nil
		default:
			if node == nil {
				d.fail(path, nearest(d.positions, path), "an alias stands for nothing")
			}
			return node
		}
	}
	d.fail(path, nearest(d.positions, path), "an alias stands for itself")
	return nil
}

// value decodes one node into target.
func (d *decoder) value(path string, node ast.Node, target reflect.Value, o options) {
	node = d.resolve(path, node)
	if node == nil {
		return
	}
	d.positions[path] = positionOf(node)
	if parse := textParser(target); parse != nil {
		d.parsed(path, node, target, o, parse)
		return
	}
	switch target.Kind() {
	case reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		d.mapping(path, node, target.Elem())
	case reflect.Struct:
		d.mapping(path, node, target)
	case reflect.Slice:
		d.list(path, node, target, o)
	default:
		d.scalar(path, node, target, o)
	}
}

func (d *decoder) mapping(path string, node ast.Node, target reflect.Value) {
	entries, start, ok := entriesOf(node)
	if !ok {
		d.fail(path, positionOf(node), "must be a mapping of keys to values, not %s", kindOf(node))
		return
	}
	if withDefaults, ok := target.Addr().Interface().(interface{ setDefaults() }); ok {
		withDefaults.setDefaults()
	}
	given := d.keys(path, entries, target.Type())
	for i := range target.NumField() {
		o := fieldOptions(target.Type().Field(i))
		if o.name == "" {
			continue
		}
		below := join(path, o.name)
		entry := given[o.name]
		if entry == nil || isNull(entry.Value) {
			if o.required {
				d.fail(below, start, "is required, but missing")
			}
			continue
		}
		field := target.Field(i)
		d.value(below, entry.Value, field, o)
		empty := field.Kind() == reflect.Slice || field.Kind() == reflect.String
		if o.required && empty && field.Len() == 0 && !d.untrusted[below] {
			d.fail(below, d.positions[below], "must not be empty")
		}
	}
}

// keys finds the entry of each known key and reports the others.
func (d *decoder) keys(path string, entries []*ast.MappingValueNode, t reflect.Type) map[string]*ast.MappingValueNode {
	var known []string
	for i := range t.NumField() {
		if o := fieldOptions(t.Field(i)); o.name != "" && !o.derived {
			known = append(known, o.name)
		}
	}
	given := map[string]*ast.MappingValueNode{}
	for _, entry := range entries {
		key := entry.Key.GetToken().Value
		at := positionOf(entry.Key)
		first := given[key]
		switch {
		case !slices.Contains(known, key):
			d.fail(join(path, key), at, "unknown key%s", suggest(key, known))
		case first != nil:
			d.fail(join(path, key), at, "given twice; first on line %d", positionOf(first.Key).line)
		default:
			given[key] = entry
		}
	}
	return given
}

func (d *decoder) list(path string, node ast.Node, target reflect.Value, o options) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		d.fail(path, positionOf(node), "must be a list, not %s", kindOf(node))
		return
	}
	target.Set(reflect.MakeSlice(target.Type(), len(sequence.Values), len(sequence.Values)))
	for i, value := range sequence.Values {
		below := fmt.Sprintf("%s[%d]", path, i)
		if isNull(value) {
			d.fail(below, positionOf(value), "must not be empty")
			continue
		}
		d.value(below, value, target.Index(i), options{email: o.email, id: o.id, secret: o.secret})
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
