package fakeslack

import (
	"fmt"
	"strings"
	"testing"
)

const (
	textA  = `{"type":"plain_text","text":"a"}`
	button = `{"type":"button","action_id":"b","text":` + textA + `}`
	option = `{"text":` + textA + `,"value":"v"}`
	input  = `{"type":"input","label":` + textA + `,"element":%s}`
)

func times(n int, item string) string {
	return strings.TrimSuffix(strings.Repeat(item+",", n), ",")
}

func long(n int) string { return strings.Repeat("é", n) }

func plainText(n int) string { return `{"type":"plain_text","text":"` + long(n) + `"}` }

func actionsOf(elements string) string { return `{"type":"actions","elements":[` + elements + `]}` }

func inputOf(element string) string { return fmt.Sprintf(input, element) }

// refusals is what is wrong with blocks on a surface, the blocks being at
// /blocks in messages and views alike.
func refusals(blocks []any, on surface) []string {
	c := &checker{on: on}
	switch on {
	case onMessage:
		return checkBlocks(blocks)
	case onHome:
		c.shape(object{"type": "home", "blocks": blocks}, "HomeView", nil, "")
	default:
		text := object{"type": "plain_text", "text": "a"}
		c.shape(object{"type": "modal", "title": text, "submit": text, "blocks": blocks}, "ModalView", nil, "")
	}
	c.unique(blocks, "/blocks")
	return c.errs
}

func TestBlocksAreRefusedBeyondSlacksLimits(t *testing.T) {
	section := func(n int) string { return `{"type":"section","text":` + plainText(n) + `}` }
	selectOf := func(n int) string {
		return actionsOf(`{"type":"static_select","options":[` + times(n, option) + `]}`)
	}
	valued := func(n int) string {
		return actionsOf(`{"type":"static_select","options":[{"text":` + textA + `,"value":"` + long(n) + `"}]}`)
	}
	ruled := func(name string) func(int) string {
		return func(n int) string {
			return actionsOf(`{"type":"button","text":` + textA + `,"` + name + `":"` + long(n) + `"}`)
		}
	}
	confirmed := func(field string) func(int) string {
		return func(n int) string {
			text := map[string]string{"title": textA, "text": textA, "confirm": textA, "deny": textA}
			text[field] = plainText(n)
			return actionsOf(fmt.Sprintf(`{"type":"button","text":%s,"confirm":{"title":%s,"text":%s,"confirm":%s,"deny":%s}}`,
				textA, text["title"], text["text"], text["confirm"], text["deny"]))
		}
	}
	for name, c := range map[string]struct {
		most  int
		block func(int) string
		on    surface
	}{
		"header":         {150, func(n int) string { return `{"type":"header","text":` + plainText(n) + `}` }, onMessage},
		"section text":   {3000, section, onMessage},
		"field":          {2000, func(n int) string { return `{"type":"section","fields":[` + plainText(n) + `]}` }, onMessage},
		"fields":         {10, func(n int) string { return `{"type":"section","fields":[` + times(n, textA) + `]}` }, onMessage},
		"block_id":       {255, func(n int) string { return `{"type":"divider","block_id":"` + long(n) + `"}` }, onMessage},
		"button text":    {75, func(n int) string { return actionsOf(`{"type":"button","text":` + plainText(n) + `}`) }, onMessage},
		"button value":   {2000, ruled("value"), onMessage},
		"action_id":      {255, ruled("action_id"), onMessage},
		"accessibility":  {75, ruled("accessibility_label"), onMessage},
		"button url":     {3000, ruled("url"), onMessage},
		"actions":        {25, func(n int) string { return actionsOf(times(n, `{"type":"button","text":`+textA+`}`)) }, onMessage},
		"context":        {10, func(n int) string { return `{"type":"context","elements":[` + times(n, textA) + `]}` }, onMessage},
		"select options": {100, selectOf, onMessage},
		"option value":   {150, valued, onMessage},
		"radio buttons":  {10, func(n int) string { return inputOf(`{"type":"radio_buttons","options":[` + times(n, option) + `]}`) }, onModal},
		"overflow":       {5, func(n int) string { return actionsOf(`{"type":"overflow","options":[` + times(n, option) + `]}`) }, onHome},
		"option text": {75, func(n int) string {
			return actionsOf(`{"type":"overflow","options":[{"value":"v","text":` + plainText(n) + `}]}`)
		}, onMessage},
		"input label": {2000, func(n int) string {
			return `{"type":"input","element":{"type":"plain_text_input"},"label":` + plainText(n) + `}`
		}, onModal},
		"placeholder":       {150, func(n int) string { return inputOf(`{"type":"plain_text_input","placeholder":` + plainText(n) + `}`) }, onModal},
		"max_length":        {3000, func(n int) string { return inputOf(fmt.Sprintf(`{"type":"plain_text_input","max_length":%d}`, n)) }, onModal},
		"alt_text":          {2000, func(n int) string { return `{"type":"image","image_url":"https://x","alt_text":"` + long(n) + `"}` }, onMessage},
		"confirm title":     {100, confirmed("title"), onMessage},
		"confirm text":      {300, confirmed("text"), onMessage},
		"confirm confirm":   {30, confirmed("confirm"), onMessage},
		"confirm deny":      {30, confirmed("deny"), onMessage},
		"markdown":          {12_000, func(n int) string { return `{"type":"markdown","text":"` + long(n) + `"}` }, onMessage},
		"blocks of message": {50, func(n int) string { return times(n, `{"type":"divider"}`) }, onMessage},
		"blocks of modal":   {100, func(n int) string { return times(n, `{"type":"divider"}`) }, onModal},
		"blocks of home":    {100, func(n int) string { return times(n, `{"type":"divider"}`) }, onHome},
	} {
		if errs := refusals(parseBlocks(t, c.block(c.most)), c.on); len(errs) > 0 {
			t.Errorf("%s of %d: got %v, want no error", name, c.most, errs)
		}
		if errs := refusals(parseBlocks(t, c.block(c.most+1)), c.on); len(errs) == 0 {
			t.Errorf("%s of %d was taken", name, c.most+1)
		}
	}
}

func TestMalformedBlocksAreRefusedWithAPointer(t *testing.T) {
	for name, c := range map[string]struct {
		block, pointer string
		on             surface
	}{
		"unknown block":            {`{"type":"hologram"}`, "/blocks/0/type", onMessage},
		"unknown element":          {actionsOf(`{"type":"lever"}`), "/blocks/0/elements/0/type", onMessage},
		"unknown property":         {`{"type":"divider","colour":"red"}`, "/blocks/0", onMessage},
		"emoji in mrkdwn":          {`{"type":"section","text":{"type":"mrkdwn","text":"a","emoji":true}}`, "/blocks/0/text", onMessage},
		"section without text":     {`{"type":"section"}`, "/blocks/0", onMessage},
		"empty text":               {`{"type":"section","text":{"type":"mrkdwn","text":""}}`, "/blocks/0/text/text", onMessage},
		"mrkdwn header":            {`{"type":"header","text":{"type":"mrkdwn","text":"a"}}`, "/blocks/0/text/type", onMessage},
		"mrkdwn option":            {inputOf(`{"type":"static_select","options":[{"text":{"type":"mrkdwn","text":"a"},"value":"v"}]}`), "/blocks/0/element/options/0/text/type", onModal},
		"image without alt_text":   {`{"type":"image","image_url":"https://x"}`, "/blocks/0", onMessage},
		"repeated block_id":        {`{"type":"divider","block_id":"x"},{"type":"divider","block_id":"x"}`, "/blocks/1/block_id", onMessage},
		"repeated action_id":       {actionsOf(button + "," + button), "/blocks/0/elements/1/action_id", onMessage},
		"markdown in a modal":      {`{"type":"markdown","text":"a"}`, "/blocks/0/type", onModal},
		"number input in a home":   {inputOf(`{"type":"number_input","is_decimal_allowed":false}`), "/blocks/0/element/type", onHome},
		"email input in a message": {inputOf(`{"type":"email_text_input"}`), "/blocks/0/element/type", onMessage},
		"button in an input":       {inputOf(button), "/blocks/0/element/type", onModal},
		"text input in actions":    {actionsOf(`{"type":"plain_text_input"}`), "/blocks/0/elements/0/type", onModal},
		"wrong style":              {actionsOf(`{"type":"button","text":` + textA + `,"style":"loud"}`), "/blocks/0/elements/0/style", onMessage},
		"options and groups":       {actionsOf(`{"type":"static_select"}`), "/blocks/0/elements/0", onMessage},
		"unknown initial option":   {actionsOf(`{"type":"static_select","options":[` + option + `],"initial_option":{"text":` + textA + `,"value":"w"}}`), "/blocks/0/elements/0/initial_option", onMessage},
		"markdown in total":        {times(2, `{"type":"markdown","text":"`+long(6_001)+`"}`), "/blocks/1/text", onMessage},
		"input without element":    {`{"type":"input","label":` + textA + `}`, "/blocks/0", onModal},
	} {
		errs := refusals(parseBlocks(t, c.block), c.on)
		if len(errs) != 1 || !strings.HasSuffix(errs[0], "[json-pointer:"+c.pointer+"]") {
			t.Errorf("%s: got %q, want one error at %s", name, errs, c.pointer)
		}
	}
}

func TestModalsAreRefusedBeyondSlacksLimits(t *testing.T) {
	view := func(fields string) any {
		var v any
		check(t, decode([]byte(`{"type":"modal",`+fields+`}`), &v))
		return v
	}
	good := `"title":` + plainText(24) + `,"submit":` + plainText(24) + `,"close":` + plainText(24) + `,"blocks":[` + inputOf(`{"type":"plain_text_input"}`) + `]`
	if _, bad := checkView(view(good), "modal"); bad != nil {
		t.Fatalf("got %v %v for a good modal", bad, bad.messages)
	}
	for name, c := range map[string]struct{ fields, code string }{
		"title":            {`"title":` + plainText(25) + `,"blocks":[]`, "invalid_arguments"},
		"no title":         {`"blocks":[]`, "invalid_arguments"},
		"no blocks":        {`"title":` + textA, "invalid_arguments"},
		"no submit":        {`"title":` + textA + `,"blocks":[` + inputOf(`{"type":"plain_text_input"}`) + `]`, "invalid_arguments"},
		"private_metadata": {good + `,"private_metadata":"` + long(3001) + `"`, "invalid_arguments"},
		"callback_id":      {good + `,"callback_id":"` + long(256) + `"`, "invalid_arguments"},
		"size":             {good + `,"x":"` + long(125_000) + `"`, "view_too_large"},
	} {
		if _, bad := checkView(view(c.fields), "modal"); bad == nil || bad.code != c.code {
			t.Errorf("%s: got %v, want %s", name, bad, c.code)
		}
	}
}

func parseBlocks(t *testing.T, text string) []any {
	t.Helper()
	var out []any
	check(t, decode([]byte("["+text+"]"), &out))
	return out
}
