package web

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// richText draws a rich_text block's sections, lists, quotes and code.
func (s scene) richText(parts []object) template.HTML {
	var b strings.Builder
	for _, p := range parts {
		switch p.Type {
		case "rich_text_section":
			b.WriteString("<div>" + s.runs(p.Elements) + "</div>")
		case "rich_text_quote":
			b.WriteString("<blockquote>" + s.runs(p.Elements) + "</blockquote>")
		case "rich_text_preformatted":
			b.WriteString("<pre>" + s.runs(p.Elements) + "</pre>")
		case "rich_text_list":
			b.WriteString(s.richList(p))
		}
	}
	return template.HTML(b.String())
}

func (s scene) richList(p object) string {
	tag := "ul"
	if p.word() == "ordered" {
		tag = "ol"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<%s class="indent-%d">`, tag, min(p.Indent, 4))
	for _, e := range p.Elements {
		b.WriteString("<li>" + s.runs(e.Elements) + "</li>")
	}
	b.WriteString("</" + tag + ">")
	return b.String()
}

// runs draws the pieces of one rich text section.
func (s scene) runs(elements []object) string {
	var b strings.Builder
	for _, e := range elements {
		b.WriteString(styled(e, s.run(e)))
	}
	return b.String()
}

func (s scene) run(e object) string {
	switch e.Type {
	case "user":
		return mention("@" + s.person(e.UserID, ""))
	case "channel":
		return mention("#" + s.channel(e.ChannelID, ""))
	case "broadcast":
		return mention("@" + e.Range)
	case "link":
		label := e.Text.Text
		if label == "" {
			label = e.URL
		}
		return anchor(e.URL, template.HTMLEscapeString(label))
	case "emoji":
		if picture, ok := emoji[e.Name]; ok {
			return picture
		}
		return template.HTMLEscapeString(":" + e.Name + ":")
	case "date":
		return s.date(fmt.Sprintf("!date^%d^%s", e.Timestamp, e.Format), e.Fallback)
	}
	return strings.ReplaceAll(template.HTMLEscapeString(e.Text.Text), "\n", "<br>")
}

// styled wraps a run in its marks; elements that carry a style word have none.
func styled(e object, inner string) string {
	var style struct{ Bold, Italic, Strike, Code bool }
	if json.Unmarshal(e.Style, &style) != nil {
		return inner
	}
	for _, mark := range []struct {
		on  bool
		tag string
	}{{style.Code, "code"}, {style.Strike, "del"}, {style.Italic, "em"}, {style.Bold, "strong"}} {
		if mark.on {
			inner = "<" + mark.tag + ">" + inner + "</" + mark.tag + ">"
		}
	}
	return inner
}
