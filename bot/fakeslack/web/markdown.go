package web

import (
	"html/template"
	"regexp"
	"strings"
)

var (
	mdLink   = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)
	mdStrong = regexp.MustCompile(`\*\*([^*\n]+)\*\*`)
	mdEm     = regexp.MustCompile(`(^|[^\w*])\*([^*\s][^*\n]*)\*`)
	mdItem   = regexp.MustCompile(`^\s*(?:[-*]|(\d+)\.)\s+(.*)$`)
	mdHead   = regexp.MustCompile(`^#{1,6}\s+(.*)$`)
)

// markdown draws the part of standard Markdown that Slack's markdown block
// takes and policies are written in: headings, lists, quotes, code, emphasis
// and links. It turns each line into mrkdwn and lets that do the escaping.
func (s scene) markdown(src string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(src, "```") {
		if i%2 == 1 {
			b.WriteString("<pre>" + template.HTMLEscapeString(strings.Trim(part, "\n")) + "</pre>")
			continue
		}
		s.mdLines(&b, part)
	}
	return template.HTML(b.String())
}

func (s scene) mdLines(b *strings.Builder, src string) {
	open := "" // the list or paragraph being written
	turn := func(tag string) {
		if open == tag {
			return
		}
		if open != "" {
			b.WriteString("</" + open + ">")
		}
		if tag != "" {
			b.WriteString("<" + tag + ">")
		}
		open = tag
	}
	for line := range strings.Lines(src) {
		line = strings.TrimRight(line, "\n ")
		if m := mdItem.FindStringSubmatch(line); m != nil {
			turn(map[bool]string{true: "ul", false: "ol"}[m[1] == ""])
			b.WriteString("<li>" + s.mdInline(m[2]) + "</li>")
			continue
		}
		if m := mdHead.FindStringSubmatch(line); m != nil {
			turn("")
			b.WriteString("<h4>" + s.mdInline(m[1]) + "</h4>")
			continue
		}
		if quoted, ok := cutQuote(line); ok {
			turn("blockquote")
			b.WriteString(s.mdInline(quoted) + "<br>")
			continue
		}
		if line == "" {
			turn("")
			continue
		}
		turn("p")
		b.WriteString(s.mdInline(line) + " ")
	}
	turn("")
}

func (s scene) mdInline(line string) string {
	line = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(line)
	line = mdLink.ReplaceAllString(line, "<$2|$1>")
	line = mdStrong.ReplaceAllString(line, "\x00$1\x00")
	line = mdEm.ReplaceAllString(line, "${1}_${2}_")
	var b strings.Builder
	s.inline(&b, strings.ReplaceAll(line, "\x00", "*"))
	return b.String()
}
