package fakeslack

import (
	"fmt"
	"slices"
)

// holder is the kind of block an element lies in.
type holder int

const (
	inSection holder = 1 << iota
	inActions
	inInput
	inAny = inSection | inActions | inInput
)

// elementRule is what Slack's reference says about one kind of element.
type elementRule struct {
	in     holder
	on     surface
	fields []string // besides type, action_id, confirm, focus_on_load and placeholder
	check  func(*checker, object, string)
}

var elementRules = map[string]elementRule{
	"button": {inSection | inActions, everywhere,
		[]string{"text", "url", "value", "style", "accessibility_label", "visible_to_user_ids"}, (*checker).button},
	"overflow":   {inSection | inActions, everywhere, []string{"options"}, (*checker).overflow},
	"checkboxes": {inAny, everywhere, []string{"options", "initial_options"}, (*checker).boxes},
	"radio_buttons": {inAny, everywhere,
		[]string{"options", "initial_option"}, (*checker).boxes},
	"static_select": {inAny, everywhere, []string{"options", "option_groups", "initial_option"}, (*checker).staticSelect},
	"multi_static_select": {inSection | inInput, everywhere,
		[]string{"options", "option_groups", "initial_options", "max_selected_items"}, (*checker).staticSelect},
	"external_select": {inAny, everywhere, []string{"initial_option", "min_query_length"}, (*checker).externalSelect},
	"multi_external_select": {inSection | inInput, everywhere,
		[]string{"initial_options", "min_query_length", "max_selected_items"}, (*checker).externalSelect},
	"users_select":       {inAny, everywhere, []string{"initial_user"}, nil},
	"multi_users_select": {inSection | inInput, everywhere, []string{"initial_users", "max_selected_items"}, nil},
	"channels_select":    {inAny, everywhere, []string{"initial_channel", "response_url_enabled"}, nil},
	"multi_channels_select": {inSection | inInput, everywhere,
		[]string{"initial_channels", "max_selected_items"}, nil},
	"conversations_select": {inAny, everywhere,
		[]string{"initial_conversation", "default_to_current_conversation", "filter", "response_url_enabled"}, nil},
	"multi_conversations_select": {inSection | inInput, everywhere,
		[]string{"initial_conversations", "default_to_current_conversation", "filter", "max_selected_items"}, nil},
	"datepicker":     {inAny, everywhere, []string{"initial_date"}, (*checker).dateInput},
	"timepicker":     {inAny, everywhere, []string{"initial_time", "timezone"}, nil},
	"datetimepicker": {inActions | inInput, everywhere, []string{"initial_date_time"}, nil},
	"plain_text_input": {inInput, everywhere,
		[]string{"initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"}, (*checker).textInput},
	"number_input": {inInput, onModal,
		[]string{"is_decimal_allowed", "initial_value", "min_value", "max_value", "dispatch_action_config"}, (*checker).numberInput},
	"email_text_input": {inInput, onModal, []string{"initial_value", "dispatch_action_config"}, nil},
	"url_text_input":   {inInput, onModal, []string{"initial_value", "dispatch_action_config"}, nil},
	"file_input":       {inInput, onModal, []string{"filetypes", "max_files"}, nil},
	"rich_text_input":  {inInput, onModal | onMessage, []string{"initial_value", "dispatch_action_config"}, nil},
	"image":            {inSection, everywhere, []string{"image_url", "slack_file", "alt_text"}, (*checker).image},
}

// element checks one element. seen holds the action ids of its block so far.
func (c *checker) element(v any, at string, in holder, seen map[string]bool) {
	e, ok := v.(object)
	kind := str(e, "type")
	rule, known := elementRules[kind]
	switch {
	case !ok:
		c.bad(at, "must be an object")
		return
	case !known || rule.in&in == 0:
		c.bad(at+"/type", "unsupported type: %s", kind)
		return
	case rule.on&c.on == 0:
		c.bad(at+"/type", "unsupported type: %s is not allowed on this surface", kind)
		return
	}
	allowed := rule.fields
	if kind != "image" {
		allowed = append([]string{"action_id", "confirm", "focus_on_load", "placeholder"}, allowed...)
	}
	c.fields(e, at, allowed)
	c.string(e, "action_id", at, 255, false)
	c.text(e, "placeholder", at, plain, 150, false)
	c.boolean(e, "focus_on_load", at)
	c.confirm(e, at)
	if id := str(e, "action_id"); id != "" {
		if seen[id] {
			c.bad(at+"/action_id", "action_id %q already exists", id)
		}
		seen[id] = true
	}
	if rule.check != nil {
		rule.check(c, e, at)
	}
}

func (c *checker) button(e object, at string) {
	c.text(e, "text", at, plain, 75, true)
	c.string(e, "value", at, 2000, false)
	c.string(e, "url", at, 3000, false)
	c.string(e, "accessibility_label", at, 75, false)
	c.style(e, at)
}

func (c *checker) overflow(e object, at string) { c.options(e, "options", at, plain, 5, true) }

func (c *checker) boxes(e object, at string) {
	c.options(e, "options", at, either, 10, false)
	c.initials(e, at)
}

func (c *checker) staticSelect(e object, at string) {
	c.choices(e, at)
	c.initials(e, at)
	c.mostSelected(e, at)
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
	if _, has := e["initial_options"]; has {
		c.count(e, "initial_options", at, 1, 100)
	}
	for i, v := range list(e, "initial_options") {
		check(v, fmt.Sprintf("%s/initial_options/%d", at, i))
	}
}

func (c *checker) externalSelect(e object, at string) {
	if v, has := e["initial_option"]; has {
		c.option(v, at+"/initial_option", plain, false)
	}
	for i, v := range list(e, "initial_options") {
		c.option(v, fmt.Sprintf("%s/initial_options/%d", at, i), plain, false)
	}
	c.integer(e, "min_query_length", at, 0, 1000)
	c.mostSelected(e, at)
}

func (c *checker) mostSelected(e object, at string) { c.integer(e, "max_selected_items", at, 1, 1000) }

func (c *checker) dateInput(e object, at string) {
	if v, has := e["initial_date"]; has && !validDate(fmt.Sprint(v)) {
		c.bad(at+"/initial_date", "must match the pattern YYYY-MM-DD")
	}
}

func (c *checker) textInput(e object, at string) {
	c.integer(e, "min_length", at, 0, 3000)
	c.integer(e, "max_length", at, 1, 3000)
	c.string(e, "initial_value", at, 3000, false)
	c.boolean(e, "multiline", at)
	least, hasLeast := number(e["min_length"])
	most, hasMost := number(e["max_length"])
	if hasLeast && hasMost && least > most {
		c.bad(at+"/min_length", "must be no more than max_length")
	}
}

func (c *checker) numberInput(e object, at string) {
	if _, ok := e["is_decimal_allowed"].(bool); !ok {
		c.bad(at, "missing required field: is_decimal_allowed")
	}
	for _, name := range []string{"initial_value", "min_value", "max_value"} {
		c.string(e, name, at, 100, false)
	}
}

func (c *checker) integer(e object, name, at string, least, most float64) {
	v, has := e[name]
	if !has {
		return
	}
	n, ok := number(v)
	if !ok || n != float64(int(n)) {
		c.bad(at+"/"+name, "must be an integer")
		return
	}
	if n < least || n > most {
		c.bad(at+"/"+name, "must be between %d and %d", int(least), int(most))
	}
}
