package fakeslack

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// sample makes the least object that a shape takes.
func sample(name string) object {
	s := shapes()[name]
	o := object{}
	if s.Type != "" {
		o["type"] = s.Type
	}
	for field, r := range s.Fields {
		if r.Required {
			o[field] = sampleOf(r)
		}
	}
	if len(s.OneOf) > 0 {
		for _, field := range s.OneOf[0] {
			o[field] = sampleOf(s.Fields[field])
		}
	}
	// One of the fields that go together, where none is required by itself.
	together := map[string]string{
		"SectionBlock": "text", "CardBlock": "title", "ContainerBlock": "title",
		"StaticSelect": "options", "MultiStaticSelect": "options", "ModalView": "submit",
	}
	if field := together[name]; field != "" {
		o[field] = sampleOf(s.Fields[field])
	}
	return o
}

func sampleOf(r *rule) any {
	if len(r.Enum) > 0 {
		return r.Enum[0]
	}
	least := 0
	if r.Min != nil {
		least = *r.Min
	}
	switch kind := r.Is[0]; kind {
	case "string":
		return long(least)
	case "number", "decimal":
		return least
	case "boolean":
		return true
	case "object":
		return object{}
	case "list":
		items := []any{}
		for range least {
			items = append(items, sampleOf(r.Items))
		}
		return items
	default:
		return sample(kind)
	}
}

// faults checks an object on the first surface that takes it.
func faults(name string, o object) []string {
	on, limited := surfaces[name]
	if !limited {
		on = onModal | onMessage
	}
	c := &checker{on: on}
	c.shape(clone(o), name, nil, "")
	return c.errs
}

// wantFault expects a fault at a pointer, or none there.
func wantFault(t *testing.T, name string, o object, pointer string, want bool) {
	t.Helper()
	got := faults(name, o)
	at := func(text string) bool { return strings.HasSuffix(text, "[json-pointer:"+pointer+"]") }
	if slices.ContainsFunc(got, at) != want {
		t.Errorf("%s %.300s: got %q, want an error at %q: %v", name, encode(o), got, pointer, want)
	}
}

func eachField(f func(name, field string, r *rule)) {
	for _, name := range slices.Sorted(maps.Keys(shapes())) {
		for _, field := range slices.Sorted(maps.Keys(shapes()[name].Fields)) {
			f(name, field, shapes()[name].Fields[field])
		}
	}
}

func TestABlockHasTheFieldsOfSlacksTypesAndNoOthers(t *testing.T) {
	for name, s := range shapes() {
		if got := faults(name, sample(name)); len(got) > 0 {
			t.Errorf("%s: got %q for %s", name, got, encode(sample(name)))
		}
		o := sample(name)
		o["colour"] = "red"
		if s.Open == nil {
			wantFault(t, name, o, "", true)
		}
	}
	eachField(func(name, field string, r *rule) {
		o := sample(name)
		o[field] = nil
		wantFault(t, name, o, "/"+field, true)
		if delete(o, field); r.Required {
			wantFault(t, name, o, "", true)
		}
		o[field] = "nonsense \x00"
		if len(r.Enum) > 0 || !r.takes("string") {
			wantFault(t, name, o, "/"+field, true)
		}
	})
}

func TestEachLimitOfSlacksTypesIsKept(t *testing.T) {
	limits := 0
	eachField(func(name, field string, r *rule) {
		o := sample(name)
		for _, c := range []struct {
			limit *int
			step  int
		}{{r.Min, -1}, {r.Max, 1}} {
			if c.limit == nil || *c.limit+c.step < 0 {
				continue
			}
			limits++
			o[field] = sampleOf(resized(r, *c.limit))
			wantFault(t, name, o, "/"+field, false)
			o[field] = sampleOf(resized(r, *c.limit+c.step))
			wantFault(t, name, o, "/"+field, true)
		}
		if r.Text != nil {
			limits++
			text := object{"type": shapes()[r.Is[0]].Type, "text": long(*r.Text)}
			o[field] = text
			wantFault(t, name, o, "/"+field+"/text", false)
			text["text"] = long(*r.Text + 1)
			wantFault(t, name, o, "/"+field+"/text", true)
		}
	})
	if limits < 200 {
		t.Errorf("got %d limits, want all that the types state", limits)
	}
}

// resized is a rule whose sample has a size.
func resized(r *rule, n int) *rule {
	out := *r
	out.Min = &n
	return &out
}

func TestAnElementLiesOnlyWhereSlacksTypesLetIt(t *testing.T) {
	check := func(name, field string, r *rule, put func(object, any)) {
		for element, s := range shapes() {
			if s.Type == "" || len(r.Is) == 0 || shapes()[r.Is[0]] == nil {
				continue
			}
			same := func(other string) bool { return shapes()[other].Type == s.Type || shapes()[other].Type == "" }
			if slices.ContainsFunc(r.Is, func(n string) bool { return n == "object" || same(n) }) {
				continue
			}
			o := sample(name)
			put(o, sample(element))
			if got := faults(name, o); !slices.ContainsFunc(got, func(text string) bool { return strings.Contains(text, "unsupported type: "+s.Type) }) {
				t.Errorf("%s.%s of %s: got %q, want an unsupported type", name, field, element, got)
			}
		}
	}
	eachField(func(name, field string, r *rule) {
		check(name, field, r, func(o object, v any) { o[field] = v })
		if r.Items != nil {
			check(name, field, r.Items, func(o object, v any) { o[field] = []any{v} })
		}
	})
}

func TestSomeBlocksAndElementsAreForSomeSurfacesOnly(t *testing.T) {
	for name, on := range surfaces {
		block := sample(name)
		if !strings.HasSuffix(name, "Block") {
			block = object{"type": "input", "label": sample("PlainTextElement"), "element": block}
		}
		for _, where := range []surface{onMessage, onModal, onHome} {
			got := refusals([]any{clone(block)}, where)
			if taken := len(got) == 0; taken != (on&where != 0) {
				t.Errorf("%s on surface %d: got %q", name, where, got)
			}
		}
	}
}

func TestEachCorrectionStillChangesTheRules(t *testing.T) {
	for _, c := range slices.Concat(corrections, additions) {
		all := must2(readRules())(t)
		before := string(encode(all))
		c.apply(all)
		if string(encode(all)) == before {
			t.Errorf("%s: the types now say so themselves", c.field)
		}
		if c.why == "" {
			t.Errorf("%s: no reason is given", c.field)
		}
	}
}

func TestFieldsThatGoTogetherAreRefusedApart(t *testing.T) {
	text := sample("PlainTextElement")
	options := []any{object{"text": text, "value": "v"}}
	other := object{"text": text, "value": "w"}
	for name, c := range map[string]struct {
		shape   string
		change  object
		without string
		pointer string
	}{
		"a section without text and fields":   {"SectionBlock", nil, "text", ""},
		"a card of nothing":                   {"CardBlock", nil, "title", ""},
		"a container without title":           {"ContainerBlock", nil, "title", ""},
		"an image from nowhere":               {"ImageBlock", nil, "image_url", ""},
		"an image from two places":            {"ImageBlock", object{"slack_file": object{"id": "F1"}}, "", ""},
		"a file by ID and URL":                {"SlackFile", object{"id": "F1"}, "", ""},
		"a select of nothing":                 {"StaticSelect", nil, "options", ""},
		"a select with options and groups":    {"StaticSelect", object{"option_groups": []any{object{"label": text, "options": options}}}, "", ""},
		"an initial option that is not there": {"RadioButtons", object{"options": options, "initial_option": other}, "", "/initial_option"},
		"initial options that are not there":  {"Checkboxes", object{"options": options, "initial_options": []any{other}}, "", "/initial_options/0"},
		"a link in a select":                  {"StaticSelect", object{"options": []any{object{"text": text, "value": "v", "url": "https://x"}}}, "", "/options/0"},
		"more at least than at most":          {"PlainTextInput", object{"min_length": 2, "max_length": 1}, "", "/min_length"},
		"a date of another form":              {"Datepicker", object{"initial_date": "1.2.2026"}, "", "/initial_date"},
		"a time of another form":              {"Timepicker", object{"initial_time": "9pm"}, "", "/initial_time"},
		"inputs without submit": {"ModalView", object{"blocks": []any{
			object{"type": "input", "label": text, "element": object{"type": "plain_text_input"}}}}, "submit", ""},
	} {
		o := sample(c.shape)
		maps.Copy(o, c.change)
		delete(o, c.without)
		if got := faults(c.shape, o); len(got) != 1 || !strings.HasSuffix(got[0], "[json-pointer:"+c.pointer+"]") {
			t.Errorf("%s: got %q, want one error at %q", name, got, c.pointer)
		}
	}
	link := object{"type": "overflow", "options": []any{object{"text": text, "value": "v", "url": "https://x"}}}
	if got := faults("Overflow", link); len(got) > 0 {
		t.Errorf("got %q for a link in an overflow menu", got)
	}
}
