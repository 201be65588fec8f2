package bot

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/slack-go/slack"
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
	idMax          = 255
	fallbackMax    = 3900 // chat.update refuses more than 4,000
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text safe in mrkdwn and in a message's fallback text: it cannot
// mention anybody or become a link
// (https://docs.slack.dev/messaging/formatting-message-text#escaping).
func escape(s string) string { return escaper.Replace(s) }

// Signs that look like the marks of mrkdwn and mean nothing to Slack.
var (
	lookalikes = map[rune]rune{'*': '∗', '_': 'ˍ', '~': '∼', '`': 'ˋ'}
	shortcode  = regexp.MustCompile(`:([^\s:]+):`)
	quoted     = regexp.MustCompile(`(?m)^([ \t]*)>`)
)

// inert replaces the marks of mrkdwn where they take effect. Slack documents no
// way to escape them, and mrkdwn=false only for chat.postMessage. An underscore
// within a word, as in addresses, means nothing to Slack and stays.
func inert(s string) string {
	var out strings.Builder
	before := ' '
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		after, _ := utf8.DecodeRuneInString(s[i+size:])
		if like, ok := lookalikes[r]; ok && !(r == '_' && wordly(before) && wordly(after)) {
			out.WriteRune(like)
		} else {
			out.WriteRune(r)
		}
		before = r
	}
	return quoted.ReplaceAllString(shortcode.ReplaceAllString(out.String(), "∶$1∶"), "$1›")
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// fallback is text for notifications and screen readers. Slack shows the blocks
// beside it, and reads it as mrkdwn
// (https://docs.slack.dev/reference/methods/chat.update#arguments).
func fallback(s string) string { return escape(cutBy(inert(filled(s)), fallbackMax, escapedWidth)) }

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

const momentFormat = "{date_short_pretty} at {time}"

// moment shows a time in the reader's own zone; clients that cannot read the
// rest. https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), momentFormat, t.UTC().Format(time.RFC3339))
}

// plain is text that Slack shows as it is.
func plain(s string, most int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: cut(filled(s), most), Emoji: new(bool)}
}

// marked is mrkdwn of ours. What people wrote does not belong in it: escaped, it
// would mention nobody and still be bold, struck out or an emoji.
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
