package web

import (
	"encoding/json"
	"time"
)

// filled is what the browser says an input holds. Label is the shown text of
// a choice that came from a type-ahead, which no option in the view has.
type filled struct {
	Value  string   `json:"value"`
	Values []string `json:"values"` // of checkboxes and other multiple choices
	Label  string   `json:"label"`
}

// blocksOf are the blocks of the view a deed is about, home or modal.
func (s *site) blocksOf(d deed) []object {
	views := s.Slack.Views(d.As)
	if home, ok := s.Slack.Home(d.As); ok {
		views = append(views[:len(views):len(views)], home)
	}
	for _, v := range views {
		var m modal
		if v.ID == d.ViewID && json.Unmarshal(v.Raw, &m) == nil {
			return decodeBlocks(m.Blocks)
		}
	}
	return nil
}

// stateOf turns what the browser says into view.state.values. What is not in
// the view, as after a change in another window, is left out.
func (s *site) stateOf(d deed) map[string]map[string]any {
	zone := s.newScene(d.As).Zone
	out := map[string]map[string]any{}
	for _, b := range s.blocksOf(d) {
		for _, e := range inputs(b) {
			if f, ok := d.Values[b.BlockID][e.ActionID]; ok {
				if out[b.BlockID] == nil {
					out[b.BlockID] = map[string]any{}
				}
				out[b.BlockID][e.ActionID] = stateValue(e, f, zone)
			}
		}
	}
	return out
}

// inputs are a block's elements that hold something.
func inputs(b object) []object {
	all := b.Elements
	if b.Element != nil {
		all = append(all[:len(all):len(all)], *b.Element)
	}
	if b.Accessory != nil {
		all = append(all[:len(all):len(all)], *b.Accessory)
	}
	var out []object
	for _, e := range all {
		if e.Type != "button" && e.Type != "overflow" && e.Type != "image" && e.ActionID != "" {
			out = append(out, e)
		}
	}
	return out
}

// stateValue is one entry of view.state.values, see "state" in
// https://api.slack.com/reference/interaction-payloads/views. Nothing chosen
// is null, as with Slack.
func stateValue(e object, f filled, zone *time.Location) map[string]any {
	v := map[string]any{"type": e.Type}
	single := any(nil)
	if f.Value != "" {
		single = f.Value
	}
	switch e.Type {
	case "static_select", "radio_buttons":
		v["selected_option"] = pick(e, f.Value)
	case "external_select":
		v["selected_option"] = nil
		if f.Value != "" {
			v["selected_option"] = option(text{Type: "plain_text", Text: f.Label}, f.Value)
		}
	case "checkboxes", "multi_static_select":
		chosen := []any{}
		for _, value := range f.Values {
			if o := pick(e, value); o != nil {
				chosen = append(chosen, o)
			}
		}
		v["selected_options"] = chosen
	case "users_select":
		v["selected_user"] = single
	case "multi_users_select":
		v["selected_users"] = append([]string{}, f.Values...)
	case "channels_select":
		v["selected_channel"] = single
	case "conversations_select":
		v["selected_conversation"] = single
	case "datepicker":
		v["selected_date"] = single
	case "timepicker":
		v["selected_time"] = single
	case "datetimepicker":
		v["selected_date_time"] = nil
		if t, ok := localTime(f.Value, zone); ok {
			v["selected_date_time"] = t
		}
	default:
		v["value"] = single
	}
	return v
}

// pick is the offered option with this value, in Slack's form; nil without one.
func pick(e object, value string) any {
	for _, o := range e.allOptions() {
		if o.Value == value {
			full := option(o.Text, o.Value)
			if o.Description.Text != "" {
				full["description"] = textObject(o.Description)
			}
			return full
		}
	}
	return nil
}

func option(t text, value string) map[string]any {
	return map[string]any{"text": textObject(t), "value": value}
}

func textObject(t text) map[string]any {
	out := map[string]any{"type": t.Type, "text": t.Text}
	if t.Type == "plain_text" {
		out["emoji"] = true
	}
	return out
}

// localTime reads a browser's date and time, which has no zone, as seconds
// since 1970.
func localTime(src string, zone *time.Location) (unix int64, ok bool) {
	t, err := time.ParseInLocation("2006-01-02T15:04", src, zone)
	return t.Unix(), err == nil
}
