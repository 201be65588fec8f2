package fakegoogle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// checker compares JSON values with schemas. A strict one, for requests, also
// refuses fields that only Google writes and asks for those that it needs.
type checker struct {
	method string
	strict bool
}

// problem says what is wrong with a value; empty means nothing.
func (c checker) problem(at string, s schema, value any) string {
	if s.Ref != "" {
		return c.objectProblem(at, s.Ref, google.Schemas[s.Ref], value)
	}
	if value == nil {
		return "" // clears the field
	}
	invalid := fmt.Sprintf("Invalid value at '%s' (%s), %s", at, s.Type, quoted(value))
	switch s.Type {
	case "any":
		return ""
	case "object":
		return c.objectProblem(at, "", s, value)
	case "array":
		items, ok := value.([]any)
		if !ok {
			return invalid
		}
		for i, item := range items {
			if problem := c.problem(fmt.Sprintf("%s[%d]", at, i), *s.Items, item); problem != "" {
				return problem
			}
		}
		return ""
	case "boolean":
		if _, ok := value.(bool); !ok {
			return invalid
		}
		return ""
	case "string": // 64 bits come as text, too
		text, ok := value.(string)
		if !ok {
			return invalid
		}
		return s.textProblem(at, text)
	}
	number, ok := value.(json.Number)
	if !ok {
		return invalid
	}
	return s.textProblem(at, number.String())
}

func (c checker) objectProblem(at, name string, s schema, value any) string {
	if s.Type != "object" {
		return c.problem(at, s, value)
	}
	fields, ok := value.(map[string]any)
	if !ok && value != nil {
		return fmt.Sprintf("Invalid value at '%s' (object), %s", at, quoted(value))
	}
	for key, field := range fields {
		rule, known := s.Properties[key]
		if !known && s.Additional != nil {
			rule, known = *s.Additional, true
		}
		if !known {
			return fmt.Sprintf("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", key, at)
		}
		if c.strict && (rule.ReadOnly || slices.Contains(immutable[name], key)) {
			return "Invalid Input: " + join(at, key) + " is written by Google only"
		}
		if problem := c.problem(join(at, key), rule, field); problem != "" {
			return problem
		}
	}
	if !c.strict {
		return ""
	}
	for key, rule := range s.Properties {
		field := fields[key]
		if slices.Contains(rule.Annotations.Required, c.method) && (field == nil || field == "") {
			return "Missing required field: " + join(at, key)
		}
	}
	return ""
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func quoted(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "?"
	}
	return string(text)
}

// soleNames refuses what a decoder would take silently: a name that comes twice
// in one object, and text after the value.
func soleNames(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if err := walk(d); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("unexpected text after the value")
	}
	return nil
}

// walk reads one value.
func walk(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	opening, _ := token.(json.Delim)
	seen := map[any]bool{}
	for opening != 0 && d.More() {
		if opening == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if seen[name] {
				return fmt.Errorf("the name %q comes twice", name)
			}
			seen[name] = true
		}
		if err := walk(d); err != nil {
			return err
		}
	}
	if opening != 0 {
		_, err = d.Token()
	}
	return err
}
