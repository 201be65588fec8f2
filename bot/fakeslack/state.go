package fakeslack

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// state is what a person has put in so far: block id, action id, Slack's state
// object. Buttons and overflow menus have none.
type state map[string]map[string]object

// holds is which field of the state object carries an element's value, and the
// field of the element that it starts with.
var holds = map[string]struct{ field, initial string }{
	"plain_text_input":           {"value", "initial_value"},
	"number_input":               {"value", "initial_value"},
	"email_text_input":           {"value", "initial_value"},
	"url_text_input":             {"value", "initial_value"},
	"rich_text_input":            {"rich_text_value", "initial_value"},
	"file_input":                 {"files", ""},
	"static_select":              {"selected_option", "initial_option"},
	"external_select":            {"selected_option", "initial_option"},
	"radio_buttons":              {"selected_option", "initial_option"},
	"checkboxes":                 {"selected_options", "initial_options"},
	"multi_static_select":        {"selected_options", "initial_options"},
	"multi_external_select":      {"selected_options", "initial_options"},
	"users_select":               {"selected_user", "initial_user"},
	"multi_users_select":         {"selected_users", "initial_users"},
	"channels_select":            {"selected_channel", "initial_channel"},
	"multi_channels_select":      {"selected_channels", "initial_channels"},
	"conversations_select":       {"selected_conversation", "initial_conversation"},
	"multi_conversations_select": {"selected_conversations", "initial_conversations"},
	"datepicker":                 {"selected_date", "initial_date"},
	"timepicker":                 {"selected_time", "initial_time"},
	"datetimepicker":             {"selected_date_time", "initial_date_time"},
}

// many reports whether a field of the state object is a list.
func many(field string) bool { return strings.HasSuffix(field, "s") }

// needsText reports whether a field of the state object is a plain string.
func needsText(field string) bool {
	return !many(field) && field != "selected_option" && field != "selected_date_time" && field != "rich_text_value"
}

// initialState is the state of blocks nobody has touched.
func initialState(blocks []any) state {
	st := state{}
	eachElement(blocks, func(block, e object) {
		h, stateful := holds[str(e, "type")]
		if !stateful {
			return
		}
		value := e[h.initial]
		if value == nil && many(h.field) {
			value = []any{}
		}
		st.put(str(block, "block_id"), str(e, "action_id"), object{"type": str(e, "type"), h.field: value})
	})
	return st
}

func (st state) put(blockID, actionID string, value object) {
	if st[blockID] == nil {
		st[blockID] = map[string]object{}
	}
	st[blockID][actionID] = value
}

// carriedTo is the state after blocks were redrawn: an element that is still
// there with the same block id, action id and type keeps what was put in, unless
// its options no longer have it.
func (st state) carriedTo(blocks []any) state {
	out := initialState(blocks)
	eachElement(blocks, func(block, e object) {
		b, a := str(block, "block_id"), str(e, "action_id")
		old, had := st[b][a]
		if had && str(old, "type") == str(e, "type") && stillOffered(e, old) {
			out.put(b, a, old)
		}
	})
	return out
}

func stillOffered(e, value object) bool {
	options := optionsOf(e)
	if len(options) == 0 {
		return true
	}
	if chosen := sub(value, "selected_option"); chosen != nil {
		return findOption(options, str(chosen, "value")) != nil
	}
	for _, v := range list(value, "selected_options") {
		chosen, _ := v.(object)
		if findOption(options, str(chosen, "value")) == nil {
			return false
		}
	}
	return true
}

func eachElement(blocks []any, f func(block, element object)) {
	for _, b := range blocks {
		block, _ := b.(object)
		for _, e := range elementsOf(block) {
			f(block, e)
		}
	}
}

// findElement looks an element up. An empty block id matches every block.
func findElement(blocks []any, blockID, actionID string) (block, element object) {
	eachElement(blocks, func(b, e object) {
		if element == nil && str(e, "action_id") == actionID && (blockID == "" || str(b, "block_id") == blockID) {
			block, element = b, e
		}
	})
	return block, element
}

// toState brings a value given by a page or a test into Slack's form: the right
// type, only the right field, and whole options for options named by value.
func toState(e object, given any, offered []object) (object, error) {
	kind := str(e, "type")
	h, stateful := holds[kind]
	if !stateful {
		return nil, fmt.Errorf("a %s holds no value", kind)
	}
	var in object
	if err := decode(encode(given), &in); err != nil {
		return nil, fmt.Errorf("value of a %s is no object: %w", kind, err)
	}
	if typ := str(in, "type"); typ != "" && typ != kind {
		return nil, fmt.Errorf("value is of a %s, the element is a %s", typ, kind)
	}
	value := in[h.field]
	if text, ok := value.(string); ok && text == "" {
		value = nil
	}
	if value == nil && many(h.field) {
		value = []any{}
	}
	var err error
	if _, text := value.(string); value != nil && !text && needsText(h.field) {
		return nil, fmt.Errorf("value of a %s is a %T, not a text", kind, value)
	}
	switch h.field {
	case "selected_option":
		value, err = wholeOption(e, value, offered)
	case "selected_options":
		chosen, _ := value.([]any)
		whole := []any{}
		for _, v := range chosen {
			o, bad := wholeOption(e, v, offered)
			if bad != nil {
				err = bad
			}
			whole = append(whole, o)
		}
		value = whole
	}
	return object{"type": kind, h.field: value}, err
}

// wholeOption completes an option from what the view or the type-ahead showed.
// Only a type-ahead's option may be unknown here, when it carries a text.
func wholeOption(e object, v any, offered []object) (any, error) {
	o, _ := v.(object)
	if o == nil {
		return nil, nil
	}
	value := str(o, "value")
	if known := findOption(append(optionsOf(e), offered...), value); known != nil {
		return known, nil
	}
	if strings.HasSuffix(str(e, "type"), "external_select") && sub(o, "text") != nil {
		return o, nil
	}
	return nil, fmt.Errorf("option %q: %w", value, ErrNotThere)
}

// chosen is the state object for a choice that comes as one string, a list
// being separated by commas.
func chosen(e object, selected string, offered []object) (object, error) {
	h := holds[str(e, "type")]
	var value any = selected
	switch {
	case h.field == "selected_option":
		value = object{"value": selected}
	case h.field == "selected_date_time":
		value = json.Number(selected)
	case many(h.field):
		items := []any{}
		for item := range strings.SplitSeq(selected, ",") {
			if item == "" {
				continue
			}
			if h.field == "selected_options" {
				items = append(items, object{"value": item})
			} else {
				items = append(items, item)
			}
		}
		value = items
	}
	if selected == "" {
		value = nil
	}
	return toState(e, object{h.field: value}, offered)
}

func validDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
