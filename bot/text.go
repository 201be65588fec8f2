package bot

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Limits of Block Kit in characters,
// https://docs.slack.dev/reference/block-kit/blocks. How Slack counts a
// character outside the basic plane is not documented, so it counts as two here.
const (
	sectionMax     = 3000
	fieldMax       = 2000
	buttonMax      = 75
	optionMax      = 75
	optionValueMax = 150
	titleMax       = 24
	labelMax       = 2000
	hintMax        = 2000
	placeholderMax = 150
	inputMax       = 3000
	confirmMax     = 300
	confirmTextMax = 30
	fallbackMax    = 3900 // chat.update refuses more than 4,000
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text safe in mrkdwn and in a message's fallback text: it cannot
// mention anybody or become a link
// (https://docs.slack.dev/messaging/formatting-message-text#escaping).
func escape(s string) string { return escaper.Replace(s) }

// plainWidth is how many characters a rune takes.
func plainWidth(r rune) int { return max(utf16.RuneLen(r), 1) }

// escapedWidth is how many characters a rune takes when it is escaped.
func escapedWidth(r rune) int {
	switch r {
	case '&':
		return len("&amp;")
	case '<', '>':
		return len("&lt;")
	}
	return plainWidth(r)
}

func width(s string, of func(rune) int) int {
	n := 0
	for _, r := range s {
		n += of(r)
	}
	return n
}

// cut shortens text to a number of characters and shows that it did.
func cut(s string, most int) string { return cutBy(s, most, plainWidth) }

func cutBy(s string, most int, of func(rune) int) string {
	if width(s, of) <= most {
		return s
	}
	n := of('…')
	for i, r := range s {
		if n += of(r); n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// pieces splits text so that each piece has at most so many characters, between
// words where it can. Joined they are the text again.
func pieces(s string, most int, of func(rune) int) []string {
	var out []string
	for width(s, of) > most {
		n, end, space := 0, 0, 0
		for i, r := range s {
			if n += of(r); n > most {
				end = i
				break
			}
			if unicode.IsSpace(r) {
				space = i + len(string(r))
			}
		}
		if space > end/2 {
			end = space
		}
		out = append(out, s[:end])
		s = s[end:]
	}
	if strings.TrimSpace(s) == "" && len(out) > 0 {
		return out
	}
	return append(out, s)
}

// moment shows a time in the reader's own zone; clients that cannot read the
// rest. https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} at {time}|%s>", t.Unix(), t.UTC().Format(time.RFC3339))
}

// plain is text that Slack shows as it is.
func plain(s string, most int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: cut(filled(s), most), Emoji: new(bool)}
}

// marked is mrkdwn of ours; whatever comes from people must be escaped in it.
func marked(s string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: s, Verbatim: true}
}

// filled replaces nothing by a dash: Slack refuses empty text.
func filled(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

// valueText is a value in mrkdwn.
func valueText(v workflows.Value) string {
	return strings.TrimSpace(escape(v.Text) + stampOf(v))
}

func stampOf(v workflows.Value) string {
	if v.At.IsZero() {
		return ""
	}
	return " " + moment(v.At)
}
