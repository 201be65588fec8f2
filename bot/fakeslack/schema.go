package fakeslack

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// The rules are made by schema/generate.js, which says how, from Slack's own
// types for blocks, views and metadata. A test makes them anew where it may use
// the package registry.
//
//go:embed schema/rules.json
var rulesJSON []byte

// shape is what one kind of object may hold.
type shape struct {
	Type   string           `json:"type"` // the value of its type field; empty when it has none
	Fields map[string]*rule `json:"fields"`
	// OneOf are groups of fields of which exactly one group is there.
	OneOf [][]string `json:"one_of"`
	// Open is the rule for fields that are not named; nil means there are none.
	Open *rule `json:"open"`
}

// rule is what one value may be.
type rule struct {
	Required bool `json:"required"`
	// Is lists kinds of JSON value (string, number, decimal, boolean, list,
	// object, any) and names of shapes. A number is a whole one.
	Is   []string `json:"is"`
	Enum []any    `json:"enum"`
	// Min and Max are characters of a string, items of a list, or a number.
	Min *int `json:"min"`
	Max *int `json:"max"`
	// Text is the most characters of a text object here, where that is less
	// than the text object's own limit.
	Text  *int  `json:"text"`
	Items *rule `json:"items"`
}

// upTo is the rule with another maximum.
func (r *rule) upTo(most int) *rule {
	out := *r
	out.Max = &most
	return &out
}

// readRules reads the rules as they were made.
func readRules() (map[string]*shape, error) {
	var file struct {
		Objects map[string]*shape `json:"objects"`
	}
	if err := decode(rulesJSON, &file); err != nil {
		return nil, fmt.Errorf("read the block rules: %w", err)
	}
	return file.Objects, nil
}

// shapes are the rules with our corrections, by the name that Slack's types give
// an object. Nobody changes them.
var shapes = sync.OnceValue(func() map[string]*shape {
	all, err := readRules()
	if err != nil {
		panic(err) // the file is part of the program
	}
	for _, c := range slices.Concat(corrections, additions) {
		c.apply(all)
	}
	return all
})

// correction changes the rule of one field: what it says replaces what the rule
// said of the same matter. An empty change takes the field away. The field * is
// every one that is not named.
type correction struct{ field, change, why string }

// place is the shape and the field that are corrected.
func (c correction) place() (string, string) {
	i := strings.LastIndex(c.field, ".")
	return c.field[:i], c.field[i+1:]
}

func (c correction) apply(all map[string]*shape) {
	name, field := c.place()
	s := all[name]
	if s == nil {
		s = &shape{Fields: map[string]*rule{}}
		all[name] = s
	}
	r := s.Fields[field]
	if r == nil {
		r = new(rule)
	}
	if c.change != "" {
		if err := decode([]byte(c.change), r); err != nil {
			panic(fmt.Sprintf("fakeslack: the change of %s: %v", c.field, err))
		}
	}
	switch {
	case c.change == "":
		delete(s.Fields, field)
	case field == "*":
		s.Open = r
	default:
		s.Fields[field] = r
	}
}
