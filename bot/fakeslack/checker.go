package fakeslack

import (
	"fmt"
	"maps"
	"slices"
)

// checker collects the faults of blocks, views and metadata, each with the JSON
// pointer that Slack would give.
type checker struct {
	on     surface
	errs   []string
	prose  int // characters in markdown blocks so far
	inputs int // input blocks so far
	tables int // tables so far
}

func (c *checker) bad(at, format string, args ...any) {
	c.errs = append(c.errs, "[ERROR] "+fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
}

// value checks what lies at a pointer. JSON's null is no value of any kind.
func (c *checker) value(v any, r *rule, at string) {
	kind := kindOf(v)
	switch {
	case r.takes("any"):
	case kind == "object" && r.takesObjects():
		c.object(v.(object), r, at)
	case kind == "number" && r.takes("decimal"):
	case !r.takes(kind):
		c.bad(at, "must be %s", r.wanted())
	case len(r.Enum) > 0:
		same := func(one any) bool { return string(encode(one)) == string(encode(v)) }
		if !slices.ContainsFunc(r.Enum, same) {
			c.bad(at, "must be one of %s", encode(r.Enum))
		}
	case kind == "string":
		c.length(v.(string), r, at)
	case kind == "number":
		c.number(v, r, at)
	case kind == "list":
		c.list(v.([]any), r, at)
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "list"
	case object:
		return "object"
	}
	if _, ok := number(v); ok {
		return "number"
	}
	return "null"
}

func (r *rule) takes(kind string) bool { return slices.Contains(r.Is, kind) }

// takesObjects reports whether a shape or any object will do.
func (r *rule) takesObjects() bool {
	return slices.ContainsFunc(r.Is, func(name string) bool { return name == "object" || shapes()[name] != nil })
}

func (r *rule) wanted() string {
	names := map[string]string{
		"string": "a string", "number": "an integer", "decimal": "a number", "boolean": "a boolean", "list": "an array",
	}
	if name := names[r.Is[0]]; name != "" {
		return name
	}
	return "an object"
}

func (c *checker) length(text string, r *rule, at string) {
	switch n := runes(text); {
	case r.Min != nil && n < *r.Min:
		c.bad(at, "must be more than %d characters", *r.Min-1)
	case r.Max != nil && n > *r.Max:
		c.bad(at, "must be less than %d characters", *r.Max+1)
	}
}

func (c *checker) number(v any, r *rule, at string) {
	switch n, _ := number(v); {
	case n != float64(int64(n)):
		c.bad(at, "must be an integer")
	case r.Min != nil && n < float64(*r.Min):
		c.bad(at, "must be at least %d", *r.Min)
	case r.Max != nil && n > float64(*r.Max):
		c.bad(at, "must be at most %d", *r.Max)
	}
}

func (c *checker) list(items []any, r *rule, at string) {
	switch {
	case r.Min != nil && len(items) < *r.Min:
		c.bad(at, "no fewer than %d items allowed", *r.Min)
	case r.Max != nil && len(items) > *r.Max:
		c.bad(at, "no more than %d items allowed", *r.Max)
	}
	for i, item := range items {
		c.value(item, r.Items, fmt.Sprintf("%s/%d", at, i))
	}
}

// object checks an object against the one shape of the rule that has its type.
func (c *checker) object(o object, r *rule, at string) {
	kind := str(o, "type")
	for _, name := range r.Is {
		if s := shapes()[name]; s != nil && (s.Type == kind || s.Type == "") {
			c.shape(o, name, r.Text, at)
			return
		}
	}
	if !r.takes("object") {
		c.bad(at+"/type", "unsupported type: %s", kind)
	}
}

// shape checks an object's fields; most is the limit of its text field here.
func (c *checker) shape(o object, name string, most *int, at string) {
	if on, limited := surfaces[name]; limited && on&c.on == 0 {
		c.bad(at+"/type", "unsupported type: %s is not allowed on this surface", str(o, "type"))
		return
	}
	s := shapes()[name]
	for _, field := range slices.Sorted(maps.Keys(s.Fields)) {
		r := s.Fields[field]
		v, has := o[field]
		switch {
		case !has && r.Required:
			c.bad(at, "missing required field: %s", field)
		case has && field == "text" && most != nil:
			c.value(v, r.upTo(*most), at+"/text")
		case has:
			c.value(v, r, at+"/"+field)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(o)) {
		switch {
		case s.Fields[field] != nil || field == "type" && s.Type != "":
		case s.Open != nil:
			c.value(o[field], s.Open, at+"/"+field)
		default:
			c.bad(at, "invalid additional property: %s", field)
		}
	}
	c.oneOf(o, s.OneOf, at)
	if more := crossRules[name]; more != nil {
		more(c, o, at)
	}
}

// oneOf refuses an object that has none, or more than one, of the alternatives.
func (c *checker) oneOf(o object, groups [][]string, at string) {
	if len(groups) == 0 {
		return
	}
	n := 0
	for _, group := range groups {
		if slices.ContainsFunc(group, func(name string) bool { _, has := o[name]; return has }) {
			n++
		}
	}
	if n != 1 {
		c.bad(at, "must have exactly one of %s", encode(groups))
	}
}
