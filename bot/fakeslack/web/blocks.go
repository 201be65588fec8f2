package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
)

// shown is one block, ready for the templates: every text is finished HTML.
type shown struct {
	Kind, ID  string
	Text      template.HTML
	Fields    []template.HTML
	Accessory *control
	Controls  []control
	Items     []item   // a context block's
	Rows      [][]cell // a table's, the headings first

	// An input block's.
	Label, Hint template.HTML
	Required    bool
	Optional    bool
	Error       string
}

// item is a text or a small picture in a context block.
type item struct {
	Text template.HTML
	Alt  string
}

// Blocks draws Block Kit JSON as HTML. What it does not know becomes a small
// grey note, so that a missing piece is seen and nothing else is lost.
func (s scene) Blocks(raw json.RawMessage) template.HTML {
	var list []shown
	for i, b := range decodeBlocks(raw) {
		list = append(list, s.block(b, i))
	}
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, "blocks", list); err != nil {
		return plain("These blocks cannot be shown: " + err.Error())
	}
	return template.HTML(out.String())
}

func (s scene) block(b object, index int) shown {
	v := shown{Kind: b.Type, ID: b.BlockID}
	if v.ID == "" {
		v.ID = fmt.Sprintf("block-%d", index)
	}
	b.BlockID = v.ID
	switch b.Type {
	case "header":
		v.Text = plain(b.Text.Text)
	case "section":
		v.Text = s.text(b.Text)
		for _, f := range b.Fields {
			v.Fields = append(v.Fields, s.text(f))
		}
		if b.Accessory != nil {
			c := s.control(*b.Accessory, b)
			v.Accessory = &c
		}
	case "context":
		for _, e := range b.Elements {
			v.Items = append(v.Items, s.item(e))
		}
	case "actions":
		for _, e := range b.Elements {
			v.Controls = append(v.Controls, s.control(e, b))
		}
	case "input":
		v.Label, v.Hint = plain(b.Label.Text), plain(b.Hint.Text)
		v.Optional, v.Required, v.Error = b.Optional, !b.Optional, s.Errors[v.ID]
		if b.Element != nil {
			c := s.control(*b.Element, b)
			v.Controls = []control{c}
		}
	case "image":
		v.Text, v.Items = plain(b.Title.Text), []item{{Alt: b.AltText}}
	case "rich_text":
		v.Text = s.richText(b.Elements)
	case "markdown":
		v.Text = s.markdown(b.Text.Text)
	case "table":
		v.Rows = s.table(b)
	case "divider":
	default:
		v.Kind, v.Text = "note", plain("A block of type “"+b.Type+"” is not drawn here.")
	}
	return v
}

// text draws a text object by its type.
func (s scene) text(t text) template.HTML {
	if t.Type == "mrkdwn" {
		return s.mrkdwn(t.Text)
	}
	return plain(t.Text)
}

// item draws an element of a context block, which carries its text where
// other elements carry theirs as an object.
func (s scene) item(e object) item {
	if e.Type == "image" {
		return item{Alt: e.AltText}
	}
	return item{Text: s.text(text{Type: e.Type, Text: e.Text.Text})}
}

// cell is one of a table.
type cell struct {
	Text    template.HTML
	Right   bool
	Wrapped bool
}

func (s scene) table(b object) [][]cell {
	var out [][]cell
	for _, row := range b.Rows {
		var cells []cell
		for i, e := range row {
			c := cell{Text: template.HTML(template.HTMLEscapeString(e.Text.Text))}
			if e.Type == "rich_text" {
				c.Text = s.richText(e.Elements)
			}
			if i < len(b.ColumnSettings) {
				c.Right, c.Wrapped = b.ColumnSettings[i].Align == "right", b.ColumnSettings[i].IsWrapped
			}
			cells = append(cells, c)
		}
		out = append(out, cells)
	}
	return out
}
