package fakeslack

import (
	"fmt"
	"slices"
	"time"
)

// crossRules are what Slack's reference says about several fields of a shape
// together, or about the form of a text, which the types cannot say.
var crossRules = map[string]func(*checker, object, string){
	"SectionBlock":      anyOf("text", "fields"),
	"CardBlock":         anyOf("hero_image", "title", "actions", "body"),
	"ContainerBlock":    anyOf("title", "rich_text_title"),
	"InputBlock":        func(c *checker, _ object, _ string) { c.inputs++ },
	"MarkdownBlock":     (*checker).markdown,
	"StaticSelect":      (*checker).choices,
	"MultiStaticSelect": (*checker).choices,
	"Checkboxes":        (*checker).initials,
	"RadioButtons":      (*checker).initials,
	"PlainTextInput":    (*checker).bounds,
	"Datepicker":        timeText("initial_date", time.DateOnly, "YYYY-MM-DD"),
	"Timepicker":        timeText("initial_time", "15:04", "HH:mm"),
	"ModalView":         (*checker).submit,
	"TableBlock":        (*checker).table,
}

// anyOf is the rule that an object has one of several fields at least.
func anyOf(names ...string) func(*checker, object, string) {
	return func(c *checker, o object, at string) {
		if !slices.ContainsFunc(names, func(name string) bool { _, has := o[name]; return has }) {
			c.bad(at, "missing required field: one of %s", encode(names))
		}
	}
}

// timeText is the rule that a text is a date or a time.
func timeText(name, layout, pattern string) func(*checker, object, string) {
	return func(c *checker, o object, at string) {
		text, ok := o[name].(string)
		if _, err := time.Parse(layout, text); ok && err != nil {
			c.bad(at+"/"+name, "must match the pattern %s", pattern)
		}
	}
}

// markdown: the limit is for all markdown blocks of a message together.
func (c *checker) markdown(b object, at string) {
	const most = 12_000
	n := runes(str(b, "text"))
	c.prose += n
	if c.prose > most && n <= most {
		c.bad(at+"/text", "markdown text must be less than %d characters in total", most+1)
	}
}

// choices: a select has options or option groups.
func (c *checker) choices(e object, at string) {
	_, flat := e["options"]
	_, grouped := e["option_groups"]
	if flat == grouped {
		c.bad(at, "must have either options or option_groups")
		return
	}
	c.initials(e, at)
}

// initials refuses an initial option that is not among the options as given.
func (c *checker) initials(e object, at string) {
	check := func(v any, at string) {
		same := func(o object) bool { return string(encode(o)) == string(encode(v)) }
		if !slices.ContainsFunc(optionsOf(e), same) {
			c.bad(at, "must be one of the options")
		}
	}
	if v, has := e["initial_option"]; has {
		check(v, at+"/initial_option")
	}
	for i, v := range list(e, "initial_options") {
		check(v, fmt.Sprintf("%s/initial_options/%d", at, i))
	}
}

func (c *checker) bounds(e object, at string) {
	least, hasLeast := number(e["min_length"])
	most, hasMost := number(e["max_length"])
	if hasLeast && hasMost && least > most {
		c.bad(at+"/min_length", "must be no more than max_length")
	}
}

// submit: a modal with input blocks has a submit button.
func (c *checker) submit(o object, at string) {
	if _, has := o["submit"]; c.inputs > 0 && !has {
		c.bad(at, "missing required field: submit, needed with input blocks")
	}
}

// table: a message has one table, https://github.com/vercel/chat/pull/194, and
// all its cells 10,000 characters together,
// https://github.com/NousResearch/hermes-agent/pull/56102. Slack's reference does
// not say either.
func (c *checker) table(b object, at string) {
	const most = 10_000
	if c.tables++; c.tables > 1 {
		c.bad(at, "only_one_table_allowed")
	}
	if n := bulk(b["rows"]); n > most {
		c.bad(at+"/rows", "must be less than %d characters in total", most+1)
	}
}

// unique refuses a block id that two blocks have, and an action id that two
// elements of one block have.
func (c *checker) unique(blocks []any, at string) {
	ids := map[string]bool{}
	for i, b := range blocks {
		at := fmt.Sprintf("%s/%d", at, i)
		block, _ := b.(object)
		if id := str(block, "block_id"); id != "" {
			if ids[id] {
				c.bad(at+"/block_id", "block_id %q already exists", id)
			}
			ids[id] = true
		}
		c.uniqueActions(block, at)
	}
}

func (c *checker) uniqueActions(block object, at string) {
	ids := map[string]bool{}
	for i, v := range list(block, "elements") {
		e, _ := v.(object)
		id := str(e, "action_id")
		if id == "" {
			continue
		}
		if ids[id] {
			c.bad(fmt.Sprintf("%s/elements/%d/action_id", at, i), "action_id %q already exists", id)
		}
		ids[id] = true
	}
}
