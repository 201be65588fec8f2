package bot

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// messageBlocks is how many blocks a message may have.
const messageBlocks = 50

var recordID = regexp.MustCompile(`^[A-Z]{1,3}-[0-9][0-9A-Z-]*(/[A-Z][0-9]+)?$`)

// cardBlocks draws a card as a message. What does not fit is left out from the
// end of its body, and that is said.
func cardBlocks(v workflows.CardView) []slack.Block {
	end := cardEnd(v, "act")
	body := cardBody(v, messageBytes-weight(end))
	if fits(body, end) {
		return append(body, end...)
	}
	rest := "Some of this did not fit here."
	if id := shownRecord(v); id != "" {
		rest += " Look it up by " + id + "."
	}
	end = append([]slack.Block{note(rest)}, end...)
	for len(body) > 1 && !fits(body, end) {
		body = body[:len(body)-1]
	}
	return append(body, end...)
}

// cardText is the card in one sentence, for notifications and screen readers.
func cardText(v workflows.CardView) string { return fallback(cardSentence(v)) }

func cardSentence(v workflows.CardView) string {
	s := v.Text
	for _, other := range []string{v.Title, v.Record} {
		if strings.TrimSpace(s) == "" {
			s = other
		}
	}
	return s
}

// cardBody is what a card says: who asks for what, where it stands, the facts,
// and of its checklist what has room in so many bytes.
func cardBody(v workflows.CardView, room int) []slack.Block {
	var out []slack.Block
	if isNotice(v) {
		out = append(out, textBlocks(v.Title)...)
	} else {
		out = append(out, headline(v))
		out = append(out, factBlocks(v.Facts)...)
		out = append(out, lineBlocks(v.Lines, room-weight(out))...)
	}
	if v.Pre != "" {
		out = append(out, preformatted(v.Pre))
	}
	return out
}

func isNotice(v workflows.CardView) bool {
	return v.Status == "" && len(v.Facts) == 0 && len(v.Lines) == 0
}

// cardEnd is the small print and the buttons. prefix keeps block ids apart where
// several cards share a view.
func cardEnd(v workflows.CardView, prefix string) []slack.Block {
	out := noteBlocks(v)
	if len(v.Actions) > 0 {
		out = append(out, actionBlock(v, prefix))
	}
	return out
}

// headline says who asks for what and where it stands. It is rich text because
// that is the one kind of text in which a name is never read as markup.
func headline(v workflows.CardView) slack.Block {
	bold := &slack.RichTextSectionTextStyle{Bold: true}
	parts := []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(cut(filled(v.Title), sectionMax), bold)}
	if v.Status != "" {
		parts = append(parts, slack.NewRichTextSectionTextElement("\n"+marker(v.Tone)+" "+v.Status, nil))
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(parts...))
}

// marker is a sign before a status for who reads quickly; the words say it all.
func marker(t workflows.Tone) string {
	switch t {
	case workflows.ToneWaiting:
		return "○"
	case workflows.ToneWorking:
		return "◐"
	case workflows.ToneGood:
		return "✓"
	case workflows.ToneBad:
		return "✗"
	}
	return "–"
}

// factBlocks shows short facts on a line each, and long ones on lines of their
// own. Rich text has no markup, so that a name in it is a name.
func factBlocks(facts []workflows.Fact) []slack.Block {
	bold := &slack.RichTextSectionTextStyle{Bold: true}
	var lines []slack.RichTextElement
	var long []slack.Block
	for _, f := range facts {
		label := slack.NewRichTextSectionTextElement(filled(f.Label), bold)
		if f.Long || width(f.Value.Text, plainWidth) > fieldMax {
			long = append(long, slack.NewRichTextBlock("", slack.NewRichTextSection(append([]slack.RichTextSectionElement{label}, dated(f.Value.At)...)...)))
			long = append(long, textBlocks(f.Value.Text)...)
			continue
		}
		parts := []slack.RichTextSectionElement{label, slack.NewRichTextSectionTextElement(": "+factText(f.Value), nil)}
		if f.Value.Link != "" {
			parts = append(parts, linked(f.Value.Link))
		}
		lines = append(lines, slack.NewRichTextSection(append(parts, dated(f.Value.At)...)...))
	}
	if len(lines) == 0 {
		return long
	}
	return append([]slack.Block{slack.NewRichTextBlock("", lines...)}, long...)
}

// linked is an address that can be opened, where it is one of the web.
func linked(address string) slack.RichTextSectionElement {
	if u, err := url.Parse(address); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(address) <= sectionMax {
		return slack.NewRichTextSectionLinkElement(address, "", nil)
	}
	return slack.NewRichTextSectionTextElement(cut(address, sectionMax), nil)
}

// factText is a value without its moment; a moment or a link may stand alone.
func factText(v workflows.Value) string {
	if v.At.IsZero() && v.Link == "" {
		return filled(v.Text)
	}
	return strings.TrimSpace(v.Text)
}

// dated is a moment as rich text, in the reader's own zone, or nothing.
func dated(t time.Time) []slack.RichTextSectionElement {
	if t.IsZero() {
		return nil
	}
	return []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(" ", nil), dateElement(t)}
}

func dateElement(t time.Time) slack.RichTextSectionElement {
	otherwise := t.UTC().Format(time.RFC3339)
	return slack.NewRichTextSectionDateElement(t.Unix(), momentFormat, nil, &otherwise)
}

// textBlocks shows what people wrote, as they wrote it and all of it.
func textBlocks(s string) []slack.Block {
	var out []slack.Block
	for _, part := range pieces(filled(s), sectionMax, plainWidth) {
		out = append(out, slack.NewSectionBlock(plain(part, sectionMax), nil, nil))
	}
	return out
}

// preformatted shows text byte for byte.
func preformatted(s string) slack.Block {
	return slack.NewRichTextBlock("", &slack.RichTextPreformatted{
		Type:     slack.RTEPreformatted,
		Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(s, nil)},
	})
}

// noteBlocks is the small print, with the record's id first. Small print can
// hold a moment only as markup, so that the moment is a text of its own.
func noteBlocks(v workflows.CardView) []slack.Block {
	var notes []slack.MixedElement
	if id := shownRecord(v); id != "" {
		notes = append(notes, plain(id, sectionMax))
	}
	for _, n := range v.Notes {
		for _, part := range pieces(filled(n.Text), fieldMax, plainWidth) {
			notes = append(notes, plain(part, sectionMax))
		}
		if !n.At.IsZero() {
			notes = append(notes, marked(moment(n.At)))
		}
	}
	var out []slack.Block
	for part := range slices.Chunk(notes, 10) {
		out = append(out, slack.NewContextBlock("", part...))
	}
	return out
}

func note(s string) slack.Block { return slack.NewContextBlock("", plain(s, sectionMax)) }

// shownRecord is the id that people can look a card up by; notices about the
// process itself have none.
func shownRecord(v workflows.CardView) string {
	if recordID.MatchString(v.Record) {
		return v.Record
	}
	return ""
}
