package fakeslack

import "fmt"

// textKind is which text objects a place takes.
type textKind int

const (
	either textKind = iota
	plain
)

// text checks a text object in a field of o.
func (c *checker) text(o object, name, at string, kind textKind, most int, required bool) {
	v, has := o[name]
	if !has {
		if required {
			c.bad(at, "missing required field: %s", name)
		}
		return
	}
	c.textObject(v, at+"/"+name, kind, most)
}

func (c *checker) textObject(v any, at string, kind textKind, most int) {
	t, ok := v.(object)
	if !ok {
		c.bad(at, "must be a text object")
		return
	}
	switch typ := str(t, "type"); {
	case typ == "plain_text":
		c.fields(t, at, []string{"text", "emoji"})
	case typ == "mrkdwn" && kind == either:
		c.fields(t, at, []string{"text", "verbatim"})
	default:
		c.bad(at+"/type", "unsupported type: %q", typ)
	}
	c.string(t, "text", at, most, true)
}

// string checks a string field: one that is given must not be too long, one
// that is required must not be empty either.
func (c *checker) string(o object, name, at string, most int, required bool) {
	v, has := o[name]
	text, ok := v.(string)
	switch {
	case !has && required:
		c.bad(at, "missing required field: %s", name)
	case !has:
	case !ok:
		c.bad(at+"/"+name, "must be a string")
	case text == "" && required:
		c.bad(at+"/"+name, "must be more than 0 characters")
	case runes(text) > most:
		c.bad(at+"/"+name, "must be less than %d characters", most+1)
	}
}

func (c *checker) boolean(o object, name, at string) {
	if v, has := o[name]; has {
		if _, ok := v.(bool); !ok {
			c.bad(at+"/"+name, "must be a boolean")
		}
	}
}

// count checks the length of a list field that has to be there.
func (c *checker) count(o object, name, at string, least, most int) {
	v, ok := o[name].([]any)
	switch {
	case !ok:
		c.bad(at, "missing required field: %s", name)
	case len(v) < least:
		c.bad(at+"/"+name, "no fewer than %d items allowed", least)
	case len(v) > most:
		c.bad(at+"/"+name, "no more than %d items allowed", most)
	}
}

// confirm checks a confirmation dialog.
func (c *checker) confirm(e object, at string) {
	v, has := e["confirm"]
	if !has {
		return
	}
	at += "/confirm"
	d, ok := v.(object)
	if !ok {
		c.bad(at, "must be an object")
		return
	}
	c.fields(d, at, []string{"title", "text", "confirm", "deny", "style"})
	c.text(d, "title", at, plain, 100, true)
	c.text(d, "text", at, either, 300, true)
	c.text(d, "confirm", at, plain, 30, true)
	c.text(d, "deny", at, plain, 30, true)
	c.style(d, at)
}

func (c *checker) style(o object, at string) {
	if v, has := o["style"]; has && v != "primary" && v != "danger" {
		c.bad(at+"/style", "must be primary or danger")
	}
}

// option checks one option; labels says which text its label may be.
func (c *checker) option(v any, at string, labels textKind, url bool) {
	o, ok := v.(object)
	if !ok {
		c.bad(at, "must be an object")
		return
	}
	known := []string{"text", "value", "description"}
	if url {
		known = append(known, "url")
	}
	c.fields(o, at, known)
	c.text(o, "text", at, labels, 75, true)
	c.string(o, "value", at, 150, true)
	described := plain
	if labels == either { // radio buttons and checkboxes take mrkdwn in both
		described = either
	}
	c.text(o, "description", at, described, 75, false)
	c.string(o, "url", at, 3000, false)
}

// options checks a list of options.
func (c *checker) options(o object, name, at string, labels textKind, most int, url bool) {
	c.count(o, name, at, 1, most)
	for i, v := range list(o, name) {
		c.option(v, fmt.Sprintf("%s/%s/%d", at, name, i), labels, url)
	}
}

// choices checks options or option groups, of which exactly one is there.
func (c *checker) choices(o object, at string) {
	_, flat := o["options"]
	_, grouped := o["option_groups"]
	switch {
	case flat == grouped:
		c.bad(at, "must have either options or option_groups")
	case flat:
		c.options(o, "options", at, plain, 100, false)
	default:
		c.count(o, "option_groups", at, 1, 100)
		for i, v := range list(o, "option_groups") {
			at := fmt.Sprintf("%s/option_groups/%d", at, i)
			g, _ := v.(object)
			c.fields(g, at, []string{"label", "options"})
			c.text(g, "label", at, plain, 75, true)
			c.options(g, "options", at, plain, 100, false)
		}
	}
}

// optionsOf returns an element's options, those in groups included.
func optionsOf(e object) []object {
	var out []object
	add := func(options []any) {
		for _, v := range options {
			if o, ok := v.(object); ok {
				out = append(out, o)
			}
		}
	}
	add(list(e, "options"))
	for _, g := range list(e, "option_groups") {
		group, _ := g.(object)
		add(list(group, "options"))
	}
	return out
}

func findOption(options []object, value string) object {
	for _, o := range options {
		if str(o, "value") == value {
			return o
		}
	}
	return nil
}
