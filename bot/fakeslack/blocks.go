package fakeslack

import (
	"fmt"
	"slices"
)

// surface is where blocks are shown; some kinds are for some surfaces only.
type surface int

const (
	onMessage surface = 1 << iota
	onModal
	onHome
	everywhere = onMessage | onModal | onHome
)

// blockRule is what Slack's reference says about one kind of block.
type blockRule struct {
	on     surface
	fields []string // besides type and block_id
	check  func(*checker, object, string)
}

var blockRules = map[string]blockRule{
	"section":   {everywhere, []string{"text", "fields", "accessory", "expand"}, (*checker).section},
	"header":    {everywhere, []string{"text", "level"}, func(c *checker, b object, at string) { c.text(b, "text", at, plain, 150, true) }},
	"divider":   {everywhere, nil, func(*checker, object, string) {}},
	"actions":   {everywhere, []string{"elements"}, (*checker).actions},
	"context":   {everywhere, []string{"elements"}, (*checker).context},
	"input":     {everywhere, []string{"label", "element", "hint", "optional", "dispatch_action"}, (*checker).input},
	"image":     {everywhere, []string{"image_url", "slack_file", "alt_text", "title"}, (*checker).image},
	"markdown":  {onMessage, []string{"text"}, (*checker).markdown},
	"rich_text": {everywhere, []string{"elements"}, func(c *checker, b object, at string) { c.count(b, "elements", at, 1, 1000) }},
	"video":     {everywhere, nil, nil},
	"table":     {onMessage, nil, nil},
	"file":      {onMessage, nil, nil},
}

// checker collects the faults of a set of blocks, each with the JSON pointer
// that Slack would give.
type checker struct {
	on     surface
	errs   []string
	prose  int
	inputs int
}

func (c *checker) bad(at, format string, args ...any) {
	c.errs = append(c.errs, "[ERROR] "+fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
}

// checkBlocks returns what Slack would refuse about a message's or a view's
// blocks; at is the pointer to what holds them.
func checkBlocks(blocks []any, on surface, at string) []string {
	c := &checker{on: on}
	c.blocks(blocks, at+"/blocks")
	return c.errs
}

func (c *checker) blocks(blocks []any, at string) {
	most := 100
	if c.on == onMessage {
		most = 50
	}
	if len(blocks) > most {
		c.bad(at, "no more than %d items allowed", most)
	}
	seen := map[string]bool{}
	for i, b := range blocks {
		at := fmt.Sprintf("%s/%d", at, i)
		block, ok := b.(object)
		if !ok {
			c.bad(at, "must be an object")
			continue
		}
		c.block(block, at)
		id := str(block, "block_id")
		if id != "" && seen[id] {
			c.bad(at+"/block_id", "block_id %q already exists", id)
		}
		seen[id] = true
	}
}

func (c *checker) block(b object, at string) {
	kind := str(b, "type")
	rule, known := blockRules[kind]
	switch {
	case !known:
		c.bad(at+"/type", "unsupported type: %s", kind)
		return
	case rule.on&c.on == 0:
		c.bad(at+"/type", "unsupported type: %s is not allowed on this surface", kind)
		return
	}
	c.string(b, "block_id", at, 255, false)
	if rule.check == nil {
		return
	}
	c.fields(b, at, append([]string{"block_id"}, rule.fields...))
	rule.check(c, b, at)
}

// fields refuses what the reference does not name.
func (c *checker) fields(o object, at string, known []string) {
	for name := range o {
		if name != "type" && !slices.Contains(known, name) {
			c.bad(at, "invalid additional property: %s", name)
		}
	}
}

func (c *checker) section(b object, at string) {
	_, hasText := b["text"]
	fields := list(b, "fields")
	if !hasText && len(fields) == 0 {
		c.bad(at, "missing required field: text or fields")
	}
	if hasText {
		c.text(b, "text", at, either, 3000, true)
	}
	if _, has := b["fields"]; has {
		c.count(b, "fields", at, 1, 10)
	}
	for i := range fields {
		c.textObject(fields[i], fmt.Sprintf("%s/fields/%d", at, i), either, 2000)
	}
	if acc, has := b["accessory"]; has {
		c.element(acc, at+"/accessory", inSection, map[string]bool{})
	}
}

func (c *checker) actions(b object, at string) {
	c.count(b, "elements", at, 1, 25)
	seen := map[string]bool{}
	for i, e := range list(b, "elements") {
		c.element(e, fmt.Sprintf("%s/elements/%d", at, i), inActions, seen)
	}
}

func (c *checker) context(b object, at string) {
	c.count(b, "elements", at, 1, 10)
	for i, e := range list(b, "elements") {
		at := fmt.Sprintf("%s/elements/%d", at, i)
		o, _ := e.(object)
		if str(o, "type") == "image" {
			c.fields(o, at, []string{"image_url", "slack_file", "alt_text"})
			c.image(o, at)
			continue
		}
		c.textObject(e, at, either, 3000)
	}
}

func (c *checker) input(b object, at string) {
	c.inputs++
	c.text(b, "label", at, plain, 2000, true)
	c.text(b, "hint", at, plain, 2000, false)
	c.boolean(b, "optional", at)
	c.boolean(b, "dispatch_action", at)
	if e, has := b["element"]; has {
		c.element(e, at+"/element", inInput, map[string]bool{})
	} else {
		c.bad(at, "missing required field: element")
	}
}

func (c *checker) image(b object, at string) {
	c.string(b, "alt_text", at, 2000, true)
	c.string(b, "image_url", at, 3000, false)
	_, file := b["slack_file"]
	if _, url := b["image_url"]; url == file {
		c.bad(at, "must have either image_url or slack_file")
	}
	c.text(b, "title", at, plain, 2000, false)
}

// markdown: the limit is for all markdown blocks of a message together.
func (c *checker) markdown(b object, at string) {
	c.string(b, "text", at, 12_000, true)
	c.prose += runes(str(b, "text"))
	if c.prose > 12_000 && runes(str(b, "text")) <= 12_000 {
		c.bad(at+"/text", "markdown text must be less than 12001 characters in total")
	}
}

// withBlockIDs copies blocks and gives an id to those that have none, as Slack
// does. They must have passed checkBlocks.
func withBlockIDs(blocks []any) []any {
	out := clone(blocks)
	for _, b := range out {
		block := b.(object)
		if str(block, "block_id") == "" {
			block["block_id"] = randomHex(3)
		}
		for _, e := range elementsOf(block) {
			if interactive(e) && str(e, "action_id") == "" {
				e["action_id"] = randomHex(3)
			}
		}
	}
	return out
}

// elementsOf returns the elements of a block that a person could act on.
func elementsOf(block object) []object {
	var out []object
	add := func(v any) {
		if e, ok := v.(object); ok && interactive(e) {
			out = append(out, e)
		}
	}
	switch str(block, "type") {
	case "section":
		add(block["accessory"])
	case "input":
		add(block["element"])
	case "actions":
		for _, e := range list(block, "elements") {
			add(e)
		}
	}
	return out
}

func interactive(e object) bool { return str(e, "type") != "image" && str(e, "type") != "" }
