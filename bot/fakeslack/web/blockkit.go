package web

import "encoding/json"

// object is any Block Kit object: block, element or option. The fields are
// Slack's own, from https://api.slack.com/reference/block-kit, as far as the
// page draws them.
type object struct {
	Type     string `json:"type"`
	BlockID  string `json:"block_id"`
	ActionID string `json:"action_id"`

	Text      text            `json:"text"`
	Title     text            `json:"title"`
	Label     text            `json:"label"`
	Hint      text            `json:"hint"`
	Fields    []text          `json:"fields"`
	Accessory *object         `json:"accessory"`
	Element   *object         `json:"element"`
	Elements  []object        `json:"elements"`
	Style     json.RawMessage `json:"style"` // a word on buttons and lists, an object on rich text

	Optional       bool     `json:"optional"`
	DispatchAction bool     `json:"dispatch_action"`
	Placeholder    text     `json:"placeholder"`
	Confirm        *confirm `json:"confirm"`
	Value          string   `json:"value"`
	URL            string   `json:"url"`
	Description    text     `json:"description"`
	ImageURL       string   `json:"image_url"`
	AltText        string   `json:"alt_text"`

	Options      []object `json:"options"`
	OptionGroups []struct {
		Label   text     `json:"label"`
		Options []object `json:"options"`
	} `json:"option_groups"`
	InitialOption       *object  `json:"initial_option"`
	InitialOptions      []object `json:"initial_options"`
	InitialValue        string   `json:"initial_value"`
	InitialUser         string   `json:"initial_user"`
	InitialUsers        []string `json:"initial_users"`
	InitialChannel      string   `json:"initial_channel"`
	InitialConversation string   `json:"initial_conversation"`
	InitialDate         string   `json:"initial_date"`
	InitialTime         string   `json:"initial_time"`
	InitialDateTime     int64    `json:"initial_date_time"`

	Multiline        bool   `json:"multiline"`
	MinLength        int    `json:"min_length"`
	MaxLength        int    `json:"max_length"`
	MinValue         string `json:"min_value"`
	MaxValue         string `json:"max_value"`
	IsDecimalAllowed bool   `json:"is_decimal_allowed"`
	MinQueryLength   *int   `json:"min_query_length"`

	// Tables only.
	Rows           [][]object `json:"rows"`
	ColumnSettings []struct {
		Align     string `json:"align"`
		IsWrapped bool   `json:"is_wrapped"`
	} `json:"column_settings"`

	// Rich text only.
	Name      string `json:"name"`
	UserID    string `json:"user_id"`
	ChannelID string `json:"channel_id"`
	Range     string `json:"range"`
	Timestamp int64  `json:"timestamp"`
	Format    string `json:"format"`
	Fallback  string `json:"fallback"`
	Indent    int    `json:"indent"`
	Offset    int    `json:"offset"`
}

// confirm is the dialog shown before an action is sent.
type confirm struct {
	Title   text   `json:"title"`
	Text    text   `json:"text"`
	Confirm text   `json:"confirm"`
	Deny    text   `json:"deny"`
	Style   string `json:"style"`
}

// text is a text object, or the bare string that markdown blocks and rich
// text carry in the same place.
type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// UnmarshalJSON accepts both forms.
func (t *text) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &t.Text)
	}
	type plain text
	return json.Unmarshal(data, (*plain)(t))
}

// word is the style of a button or list; empty for rich text's style object.
func (o object) word() string {
	var s string
	if json.Unmarshal(o.Style, &s) != nil {
		return ""
	}
	return s
}

// allOptions lists the options with and without groups.
func (o object) allOptions() []object {
	all := o.Options
	for _, g := range o.OptionGroups {
		all = append(all[:len(all):len(all)], g.Options...)
	}
	return all
}

// decodeBlocks decodes each block for itself, so that one the page does not
// understand leaves the others standing (its type is kept).
func decodeBlocks(raw json.RawMessage) []object {
	var each []json.RawMessage
	if json.Unmarshal(raw, &each) != nil {
		return nil
	}
	blocks := make([]object, 0, len(each))
	for _, one := range each {
		var b object
		if json.Unmarshal(one, &b) != nil {
			b = object{Type: "unreadable"}
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// modal is a view object as Slack returns it, without what only the app reads.
type modal struct {
	Type   string          `json:"type"`
	Title  text            `json:"title"`
	Submit text            `json:"submit"`
	Close  text            `json:"close"`
	Blocks json.RawMessage `json:"blocks"`
	State  struct {
		Values map[string]map[string]held `json:"values"`
	} `json:"state"`
}

// held is what an input holds, in the form Slack keeps in view.state.values.
type held struct {
	Type                 string   `json:"type"`
	Value                *string  `json:"value"`
	SelectedOption       *object  `json:"selected_option"`
	SelectedOptions      []object `json:"selected_options"`
	SelectedUser         string   `json:"selected_user"`
	SelectedUsers        []string `json:"selected_users"`
	SelectedChannel      string   `json:"selected_channel"`
	SelectedConversation string   `json:"selected_conversation"`
	SelectedDate         string   `json:"selected_date"`
	SelectedTime         string   `json:"selected_time"`
	SelectedDateTime     int64    `json:"selected_date_time"`
}
