package web

import (
	"encoding/json"
	"html/template"
	"slices"
	"strconv"
	"time"
)

// control is one interactive element, ready for the templates.
type control struct {
	Kind              string
	BlockID, ActionID string
	ID                string // the HTML id its label points at
	Label             template.HTML
	Bare              bool // without a label of its own
	Dispatch          bool // a change is sent at once
	Required          bool
	Invalid           bool
	Described         string // ids of hint and error, for screen readers

	Text, Value, Style, URL string
	Confirm                 string // the dialog as JSON, for the script

	Placeholder string
	Multiline   bool
	Min, Max    string // lengths of texts, bounds of numbers
	Step        string
	MinQuery    int

	Initial      string // text, or the value of the single choice
	InitialLabel string
	Groups       []choiceGroup
}

type choiceGroup struct {
	Label   string
	Choices []choice
}

type choice struct {
	Text, Value, Description string
	Drawn                    template.HTML `json:"-"` // where the text has markup
	Selected                 bool          `json:"-"`
}

// control prepares the element e of block b. A view's state wins over the
// initial values, so that a reload keeps what was filled in.
func (s scene) control(e, b object) control {
	c := control{
		Kind: e.Type, BlockID: b.BlockID, ActionID: e.ActionID,
		ID:       "f-" + s.At.ViewID + s.At.TS + "-" + b.BlockID + "-" + e.ActionID,
		Bare:     b.Type != "input",
		Dispatch: b.Type != "input" || b.DispatchAction,
		Required: b.Type == "input" && !b.Optional,
		Invalid:  s.Errors[b.BlockID] != "",
		Text:     glyphs(e.Text.Text), Value: e.Value, Style: e.word(),
		Placeholder: e.Placeholder.Text, Multiline: e.Multiline,
		Min: e.MinValue, Max: e.MaxValue, Step: "1", MinQuery: 3,
	}
	if e.Type == "image" {
		c.Text = e.AltText
	}
	if webAddress(e.URL) {
		c.URL = e.URL
	}
	if e.Confirm != nil {
		data, _ := json.Marshal(map[string]string{
			"title": glyphs(e.Confirm.Title.Text), "text": string(s.text(e.Confirm.Text)),
			"confirm": glyphs(e.Confirm.Confirm.Text), "deny": glyphs(e.Confirm.Deny.Text), "style": e.Confirm.Style,
		})
		c.Confirm = string(data)
	}
	if e.IsDecimalAllowed {
		c.Step = "any"
	}
	if e.MinQueryLength != nil {
		c.MinQuery = *e.MinQueryLength
	}
	if e.MinLength > 0 {
		c.Min = strconv.Itoa(e.MinLength)
	}
	if e.MaxLength > 0 {
		c.Max = strconv.Itoa(e.MaxLength)
	}
	s.fill(&c, e, b.BlockID)
	return c
}

// fill sets what the control holds and offers.
func (s scene) fill(c *control, e object, blockID string) {
	h, kept := s.State[blockID][e.ActionID]
	if !kept {
		h = s.initial(e)
	}
	switch e.Type {
	case "users_select", "multi_users_select":
		c.Initial, c.InitialLabel = h.SelectedUser, s.People[h.SelectedUser]
		c.Groups = []choiceGroup{{Choices: slices.Clone(s.Roster)}}
		c.mark(h.SelectedUsers...)
	case "channels_select":
		c.Initial, c.InitialLabel = h.SelectedChannel, s.Channels[h.SelectedChannel]
	case "conversations_select":
		c.Initial, c.InitialLabel = h.SelectedConversation, s.Channels[h.SelectedConversation]
	case "datepicker":
		c.Initial = h.SelectedDate
	case "timepicker":
		c.Initial = h.SelectedTime
	case "datetimepicker":
		if h.SelectedDateTime > 0 {
			c.Initial = time.Unix(h.SelectedDateTime, 0).In(s.Zone).Format("2006-01-02T15:04")
		}
	default:
		if h.Value != nil {
			c.Initial = *h.Value
		}
		c.Groups = s.groups(e)
		if h.SelectedOption != nil {
			c.Initial, c.InitialLabel = h.SelectedOption.Value, glyphs(h.SelectedOption.Text.Text)
			c.mark(c.Initial)
		}
		for _, o := range h.SelectedOptions {
			c.mark(o.Value)
		}
	}
}

// initial is the state an element starts with.
func (s scene) initial(e object) held {
	h := held{
		SelectedOption: e.InitialOption, SelectedOptions: e.InitialOptions,
		SelectedUser: e.InitialUser, SelectedUsers: e.InitialUsers,
		SelectedChannel: e.InitialChannel, SelectedConversation: e.InitialConversation,
		SelectedDate: e.InitialDate, SelectedTime: e.InitialTime, SelectedDateTime: e.InitialDateTime,
	}
	if e.InitialValue != "" {
		h.Value = &e.InitialValue
	}
	return h
}

// mark selects the choices with these values.
func (c *control) mark(values ...string) {
	for _, g := range c.Groups {
		for i := range g.Choices {
			if slices.Contains(values, g.Choices[i].Value) {
				g.Choices[i].Selected = true
			}
		}
	}
}

func (s scene) groups(e object) []choiceGroup {
	var out []choiceGroup
	if len(e.Options) > 0 {
		out = append(out, choiceGroup{Choices: s.choices(e.Options)})
	}
	for _, g := range e.OptionGroups {
		out = append(out, choiceGroup{Label: g.Label.Text, Choices: s.choices(g.Options)})
	}
	return out
}

func (s scene) choices(options []object) []choice {
	var out []choice
	for _, o := range options {
		c := choice{Text: glyphs(o.Text.Text), Value: o.Value, Description: glyphs(o.Description.Text)}
		if o.Text.Type == "mrkdwn" {
			c.Drawn = s.mrkdwn(o.Text.Text)
		}
		out = append(out, c)
	}
	return out
}
