package web

import (
	"html"
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mrkdwn draws Slack's markup (https://api.slack.com/reference/surfaces/formatting)
// as HTML. Everything that is not markup is escaped.
func (s scene) mrkdwn(src string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(src, "```") {
		if i%2 == 1 {
			b.WriteString("<pre>" + literal(strings.Trim(part, "\n")) + "</pre>")
			continue
		}
		s.lines(&b, strings.Trim(part, "\n"))
	}
	return template.HTML(b.String())
}

// lines draws quotes and line breaks.
func (s scene) lines(b *strings.Builder, src string) {
	if src == "" {
		return
	}
	quoting := false
	for i, line := range strings.Split(src, "\n") {
		quoted, isQuote := cutQuote(line)
		switch {
		case isQuote && !quoting:
			b.WriteString("<blockquote>")
		case !isQuote && quoting:
			b.WriteString("</blockquote>")
		case i > 0:
			b.WriteString("<br>")
		}
		quoting = isQuote
		s.inline(b, quoted)
	}
	if quoting {
		b.WriteString("</blockquote>")
	}
}

func cutQuote(line string) (rest string, quoted bool) {
	for _, mark := range []string{"&gt;", ">"} {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			return strings.TrimPrefix(rest, " "), true
		}
	}
	return line, false
}

// bareLink is an address outside angle brackets, without the punctuation that
// ends the sentence round it.
var bareLink = regexp.MustCompile(`^https?://[^\s<>|*_~]*[^\s<>|*_~.,;:!?)"']`)

var spans = map[byte]string{'*': "strong", '_': "em", '~': "del"}

// inline draws one line: code, links and mentions, emphasis, emoji.
func (s scene) inline(b *strings.Builder, src string) {
	for i := 0; i < len(src); {
		n := s.token(b, src, i)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(src[i:])
			if e := entity(src[i:]); e > 0 {
				n = e
			}
			b.WriteString(literal(src[i : i+n]))
		}
		i += n
	}
}

// token draws the markup that starts at src[i:] and returns its length, or 0
// where nothing starts.
func (s scene) token(b *strings.Builder, src string, i int) int {
	rest := src[i:]
	switch c := src[i]; c {
	case '`':
		if end := strings.IndexByte(rest[1:], '`'); end > 0 {
			b.WriteString("<code>" + literal(rest[1:1+end]) + "</code>")
			return end + 2
		}
	case '<':
		if end := strings.IndexByte(rest, '>'); end > 1 {
			b.WriteString(s.reference(rest[1:end]))
			return end + 1
		}
	case '*', '_', '~':
		if end := closing(src, i); end > 0 {
			b.WriteString("<" + spans[c] + ">")
			s.inline(b, src[i+1:end])
			b.WriteString("</" + spans[c] + ">")
			return end - i + 1
		}
	case 'h':
		if link := bareLink.FindString(rest); link != "" && (i == 0 || !wordy(rune(src[i-1]))) {
			b.WriteString(anchor(unescape(link), literal(link)))
			return len(link)
		}
	case ':':
		if picture, n := emojiAt(rest); n > 0 {
			b.WriteString(html.EscapeString(picture))
			return n
		}
	}
	return 0
}

// closing finds the end of the emphasis that opens at src[i], or 0: marks
// count only at the edges of words, and not inside code or a link.
func closing(src string, i int) int {
	before, _ := utf8.DecodeLastRuneInString(src[:i])
	if i+1 >= len(src) || src[i+1] == ' ' || (i > 0 && wordy(before)) {
		return 0
	}
	for j := i + 1; j < len(src); j++ {
		switch src[j] {
		case '`', '<':
			end := map[byte]string{'`': "`", '<': ">"}[src[j]]
			if k := strings.Index(src[j+1:], end); k > 0 {
				j += k + 1
			}
		case src[i]:
			after, _ := utf8.DecodeRuneInString(src[j+1:])
			if j > i+1 && src[j-1] != ' ' && (j+1 == len(src) || !wordy(after)) {
				return j
			}
		}
	}
	return 0
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// reference draws what stands between angle brackets.
func (s scene) reference(body string) string {
	target, label, labelled := strings.Cut(body, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return mention("@" + s.person(target[1:], label))
	case strings.HasPrefix(target, "#"):
		return mention("#" + s.channel(target[1:], label))
	case strings.HasPrefix(target, "!date^"):
		return s.date(target, label)
	case strings.HasPrefix(target, "!subteam^"):
		return mention("@" + strings.TrimPrefix(label, "@"))
	case strings.HasPrefix(target, "!"):
		return mention("@" + target[1:])
	}
	if !labelled && !strings.HasPrefix(target, "mailto:") && !webAddress(target) {
		return literal("<" + body + ">") // no reference at all
	}
	if !labelled {
		label = strings.TrimPrefix(target, "mailto:")
	}
	return anchor(unescape(target), literal(label))
}

func mention(name string) string { return `<span class="mention">` + literal(name) + "</span>" }

// anchor links to web pages and mail addresses; any other scheme stays text.
func anchor(target, labelHTML string) string {
	lower := strings.ToLower(target)
	if strings.HasPrefix(lower, "mailto:") {
		return `<a href="` + html.EscapeString(target) + `">` + labelHTML + "</a>"
	}
	if !webAddress(lower) {
		return labelHTML
	}
	return `<a href="` + html.EscapeString(target) + `" target="_blank" rel="noopener noreferrer">` + labelHTML + "</a>"
}

func webAddress(u string) bool {
	u = strings.ToLower(u)
	return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://")
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// unescape undoes the three entities Slack's texts use.
func unescape(src string) string { return entities.Replace(src) }

// literal is text without markup.
func literal(src string) string { return html.EscapeString(unescape(src)) }

// entity is the length of the entity that src starts with, or 0.
func entity(src string) int {
	for _, e := range []string{"&lt;", "&gt;", "&amp;"} {
		if strings.HasPrefix(src, e) {
			return len(e)
		}
	}
	return 0
}

// plain draws a plain_text object: emoji and line breaks, no markup.
func plain(src string) template.HTML {
	return template.HTML(strings.ReplaceAll(html.EscapeString(glyphs(src)), "\n", "<br>"))
}
