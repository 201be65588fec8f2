package config

import (
	"encoding"
	"errors"
	"fmt"
	"net/mail"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// textParser returns how text becomes a value of the target's type, or nil for
// the types that YAML itself knows.
func textParser(target reflect.Value) func(string) error {
	if zone, ok := target.Addr().Interface().(**time.Location); ok {
		return func(s string) error {
			parsed, err := parseZone(s)
			if err == nil {
				*zone = parsed
			}
			return err
		}
	}
	if value, ok := target.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return func(s string) error { return value.UnmarshalText([]byte(s)) }
	}
	return nil
}

func (d *decoder) parsed(path string, node ast.Node, target reflect.Value, o options, parse func(string) error) {
	text, shown, ok := d.text(path, node, o)
	if !ok {
		return
	}
	if err := parse(text); err != nil {
		d.fail(path, positionOf(node), "%v%s", err, shown)
	}
}

func (d *decoder) scalar(path string, node ast.Node, target reflect.Value, o options) {
	at := positionOf(node)
	switch target.Kind() {
	case reflect.String:
		text, shown, ok := d.text(path, node, o)
		text, err := checked(text, o)
		if ok && err != nil {
			d.fail(path, at, "%v%s", err, shown)
		}
		target.SetString(text)
	case reflect.Bool:
		if n, ok := node.(*ast.BoolNode); ok {
			target.SetBool(n.Value)
			return
		}
		d.parsed(path, node, target, o, func(s string) error {
			value, err := strconv.ParseBool(s)
			if err != nil || s != "true" && s != "false" || !named(node) {
				return errors.New("must be true or false")
			}
			target.SetBool(value)
			return nil
		})
	case reflect.Int:
		n, _ := node.(*ast.IntegerNode)
		if n == nil && !named(node) {
			d.fail(path, at, "must be a whole number, not %s", kindOf(node))
			return
		}
		if n != nil {
			d.number(path, at, n.GetToken().Value, target)
			return
		}
		if text, _, ok := d.text(path, node, o); ok {
			d.number(path, at, text, target)
		}
	}
}

func (d *decoder) number(path string, at position, text string, target reflect.Value) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil {
		d.fail(path, at, "must be a whole number in decimal digits, at most %d", 1<<31-1)
		return
	}
	target.SetInt(n)
}

// text returns the text of a node with its variables replaced, and how to
// quote it at the end of a message. It is not ok where the node is no text or
// a variable is missing, which has been noted then.
func (d *decoder) text(path string, node ast.Node, o options) (text, shown string, ok bool) {
	raw, isText := textOf(node)
	if !isText {
		hint := ""
		if kind := kindOf(node); strings.HasPrefix(kind, "a number") || kind == "true or false" {
			hint = "; if it is meant as text, put it in quotes"
		}
		d.fail(path, positionOf(node), "must be text, not %s%s", kindOf(node), hint)
		return "", "", false
	}
	text, names, err := expand(raw, d.getenv)
	if err != nil {
		d.fail(path, positionOf(node), "%v", err)
		return "", "", false
	}
	at := positionOf(node)
	for _, name := range names {
		d.untrusted[path] = true
		d.unset = append(d.unset, Problem{d.file, at.line, at.column, path, "the environment variable " + name + " is not set", true})
	}
	if len(names) > 0 {
		return "", "", false
	}
	if text != raw {
		d.written[path] = raw
	}
	if !o.secret {
		shown = fmt.Sprintf(", not %q", shorten(raw))
	}
	return text, shown, true
}

func textOf(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// named reports whether the node is text that names a variable.
func named(node ast.Node) bool {
	raw, _ := textOf(node)
	return strings.Contains(raw, "${")
}

var slackToken = regexp.MustCompile(`(xox[a-z]|xapp)-\S*`)

// shorten makes a value fit for a message. A Slack token that stands in the
// wrong place is cut at its prefix.
func shorten(s string) string {
	const limit = 60
	s = slackToken.ReplaceAllString(s, "$1-…")
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}

var (
	idForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	errID      = errors.New("must be 1 to 64 lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit")
	errEmail   = errors.New("must be an e-mail address such as bob@acme.example")
)

// checked applies the checks of a field's tag to its text.
func checked(text string, o options) (string, error) {
	switch {
	case o.id && !idForm.MatchString(text):
		return "", errID
	case o.email:
		return parseEmail(text)
	}
	return text, nil
}

// parseEmail accepts a bare address with a dotted domain and lower-cases it.
func parseEmail(s string) (string, error) {
	lower := strings.ToLower(s)
	address, err := mail.ParseAddress(lower)
	if err != nil || address.Address != lower || address.Name != "" {
		return "", errEmail
	}
	if _, domain, _ := strings.Cut(lower, "@"); !domainForm.MatchString(domain) || strings.ContainsFunc(lower, unprintable) {
		return "", errEmail
	}
	return lower, nil
}
