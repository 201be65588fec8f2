package bot

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

const (
	// lineMax is of each half of a line of a checklist.
	lineMax = 300
	// linesLeast is what a checklist gets, in bytes, however much else there is.
	linesLeast = 2_000
)

// lineBlocks draws a checklist in about so many bytes. Where it does not fit as a
// whole, what is not done comes first, and the number of the rest is said.
func lineBlocks(lines []workflows.Line, room int) []slack.Block {
	if len(lines) == 0 {
		return nil
	}
	room = max(room, linesLeast)
	whole := []slack.Block{checklist(lines, 0)}
	if weight(whole) <= room {
		return whole
	}
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b workflows.Line) int { return doneLast(a) - doneLast(b) })
	over := sort.Search(len(sorted), func(n int) bool {
		return weight([]slack.Block{checklist(sorted[:n+1], len(sorted)-n-1)}) > room
	})
	return []slack.Block{checklist(sorted[:over], len(sorted)-over)}
}

// doneLast sorts what is done behind what is not. What has not begun is not done.
func doneLast(l workflows.Line) int {
	if l.Tone == workflows.ToneGood {
		return 1
	}
	return 0
}

// checklist draws lines and says how many more there are. It is one run of rich
// text, in as few elements as its moments allow: each costs more than a line.
func checklist(lines []workflows.Line, more int) *slack.RichTextBlock {
	var parts []slack.RichTextSectionElement
	text, between := "", ""
	for _, l := range lines {
		text += between + lineText(l)
		between = "\n"
		if !l.At.IsZero() {
			parts = append(parts, slack.NewRichTextSectionTextElement(text+" ", nil), dateElement(l.At))
			text = ""
		}
	}
	if more > 0 {
		text += between + fmt.Sprintf("… and %d more", more)
	}
	if text != "" {
		parts = append(parts, slack.NewRichTextSectionTextElement(text, nil))
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(parts...))
}

func lineText(l workflows.Line) string {
	text := marker(l.Tone) + " " + cut(oneLine(l.Text), lineMax)
	if note := oneLine(l.Note); note != "" {
		text += ": " + cut(note, lineMax)
	}
	return text
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
