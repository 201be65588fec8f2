package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Limits of a table, https://docs.slack.dev/reference/block-kit/blocks/table-block.
// What stands in all its cells together has a limit of 10,000 characters, which
// is not on that page; a message has room for less beside the rest of a listing.
const (
	tableColumns = 20
	tableText    = 6_500
	cellMost     = 80
	cellLeast    = 4
)

var numeric = regexp.MustCompile(`^[\pSc\s]*-?[0-9][0-9.,' ]*$`)

// tabled is a listing of rowsMost rows or fewer as cells, of one line each and short enough together. The
// headings come first, and every row has as many cells.
func tabled(l workflows.Listing) [][]string {
	columns := l.Columns[:min(len(l.Columns), tableColumns)]
	most := max(min(tableText/(len(columns)*(len(l.Rows)+1)), cellMost), cellLeast)
	line := func(cells []string) []string {
		out := make([]string, len(columns))
		for i := range out {
			if i < len(cells) {
				out[i] = oneLine(cells[i])
			}
			out[i] = cut(filled(out[i]), most)
		}
		return out
	}
	out := [][]string{line(columns)}
	for _, r := range l.Rows {
		out = append(out, line(r.Cells))
	}
	return out
}

// table draws the rows of a listing as Slack's own table, which scrolls sideways
// where the window is narrow. Cells of raw text have no markup.
func table(l workflows.Listing) slack.Block {
	cells := tabled(l)
	t := slack.NewTableBlock("")
	bold := &slack.RichTextSectionTextStyle{Bold: true}
	var head []slack.TableCell
	for _, c := range cells[0] {
		head = append(head, slack.NewTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionTextElement(c, bold))))
	}
	t.AddRow(head...)
	for _, row := range cells[1:] {
		var out []slack.TableCell
		for _, c := range row {
			out = append(out, slack.NewTableRawTextCell(c))
		}
		t.AddRow(out...)
	}
	for i := range cells[0] {
		s := slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true}
		if numbers(cells[1:], i) {
			s.Align, s.IsWrapped = slack.ColumnAlignmentRight, false
		}
		t.ColumnSettings = append(t.ColumnSettings, s)
	}
	return t
}

// numbers says whether a column has numbers and nothing else.
func numbers(rows [][]string, column int) bool {
	some := false
	for _, row := range rows {
		if row[column] == filled("") {
			continue
		}
		if !numeric.MatchString(row[column]) {
			return false
		}
		some = true
	}
	return some
}

const (
	// linesMost is how wide preformatted text is in all, in characters, so that a
	// usual window does not break its lines.
	linesMost   = 86
	columnLeast = 5
	headingMost = 8 // where nothing under it is wider
)

// columns draws the rows of a listing as preformatted text, where Slack does not
// take a table.
func columns(l workflows.Listing) slack.Block {
	cells := tabled(l)
	widths := columnWidths(cells)
	for _, row := range cells {
		for i, c := range row {
			row[i] = clipped(c, widths[i])
		}
	}
	right := make([]bool, len(widths))
	for i := range right {
		right[i] = numbers(cells[1:], i)
	}
	var lines []string
	for n, row := range cells {
		var line, rule strings.Builder
		for i, c := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if right[i] {
				c, gap = gap+c, ""
			}
			line.WriteString(c + gap + " ")
			rule.WriteString(strings.Repeat("─", widths[i]) + " ")
		}
		lines = append(lines, strings.TrimRight(line.String(), " "))
		if n == 0 {
			lines = append(lines, strings.TrimRight(rule.String(), " "))
		}
	}
	return preformatted(cutLines(lines, tableText))
}

// cutLines joins as many lines as fit.
func cutLines(lines []string, most int) string {
	n := 0
	for i, line := range lines {
		if n += width(line, plainWidth) + 1; n > most {
			return strings.Join(append(lines[:i:i], "…"), "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// columnWidths are as wide as what stands under the headings needs, and where
// that is too much, the widest are made narrower first.
func columnWidths(cells [][]string) []int {
	widths := make([]int, len(cells[0]))
	all := 0
	for i := range widths {
		widths[i] = min(utf8.RuneCountInString(cells[0][i]), headingMost)
		for _, row := range cells[1:] {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		all += widths[i] + 1
	}
	for ; all > linesMost; all-- {
		widest := slices.Index(widths, slices.Max(widths))
		if widths[widest] <= columnLeast {
			break
		}
		widths[widest]--
	}
	return widths
}

// clipped shortens text to so many runes.
func clipped(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
