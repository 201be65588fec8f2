package evidence

import (
	"slices"
	"strings"
)

// measure returns the width of a text in millimetres.
type measure func(string) float64

// span is how wide a column is at least, so that no word is cut, and how wide it
// would like to be, so that no cell is wrapped.
type span struct{ least, best float64 }

// spans looks at what stands in each column. A word longer than longest is cut
// rather than let push the others off the page.
func spans(table [][]string, pad, longest float64, width measure) []span {
	out := make([]span, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			s := &out[i]
			s.best = max(s.best, width(cell)+pad)
			for _, w := range words(cell) {
				s.least = max(s.least, min(width(strings.TrimSpace(w)), longest)+pad)
			}
		}
	}
	return out
}

// fit shares a width among columns: each gets its least, and what is left goes to
// those that would wrap. ok is false where not even the least fits.
func fit(columns []span, total float64) (widths []float64, ok bool) {
	var least, best float64
	for _, c := range columns {
		least, best = least+c.least, best+max(c.best, c.least)
	}
	if least > total {
		return nil, false
	}
	for _, c := range columns {
		w := c.least
		switch {
		case best <= total: // everything fits on one line: the rest is shared evenly
			w = max(c.best, c.least) * total / best
		case best > least:
			w += (total - least) * (max(c.best, c.least) - c.least) / (best - least)
		}
		widths = append(widths, w)
	}
	return widths, true
}

// bands splits columns that do not fit on one page into groups that do. The first
// column, which says what a row is about, stands in each of them.
func bands(columns []span, total float64) [][]int {
	var out [][]int
	now, used := []int{0}, columns[0].least
	for i := 1; i < len(columns); i++ {
		if len(now) > 1 && used+columns[i].least > total {
			out = append(out, now)
			now, used = []int{0}, columns[0].least
		}
		now, used = append(now, i), used+columns[i].least
	}
	return append(out, now)
}

// even splits columns into as few bands as bands does, of much the same width.
func even(columns []span, total float64) [][]int {
	best := bands(columns, total)
	for w := total - 1; w > 0; w-- {
		next := bands(columns, w)
		if len(next) > len(best) {
			break
		}
		best = next
	}
	return best
}

// words splits a text where a line may end: after spaces, and within what has no
// spaces after the signs that join addresses and names.
func words(text string) []string {
	var out []string
	from := 0
	for i, c := range text {
		end := i + len(string(c))
		if end < len(text) && strings.ContainsRune(" _/@", c) {
			out = append(out, text[from:end])
			from = end
		}
	}
	return append(out, text[from:])
}

// wrap breaks a text into lines of at most a width. A word that is longer is cut.
func wrap(text string, limit float64, width measure) []string {
	var lines []string
	line := ""
	for _, w := range words(text) {
		if line != "" && width(line+strings.TrimRight(w, " ")) > limit {
			lines, line = append(lines, strings.TrimRight(line, " ")), ""
		}
		for line += w; width(strings.TrimRight(line, " ")) > limit; {
			head := cut(line, limit, width)
			lines, line = append(lines, head), line[len(head):]
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

// cut returns the longest beginning of a text that fits, at least one character.
func cut(text string, limit float64, width measure) string {
	end := 0
	for i, c := range text {
		next := i + len(string(c))
		if end > 0 && width(text[:next]) > limit {
			break
		}
		end = next
	}
	return text[:end]
}

// line is a row as it is drawn: the lines of each of its cells.
type line [][]string

// height is how many lines the tallest cell has.
func (l line) height() int {
	n := 1
	for _, cell := range l {
		n = max(n, len(cell))
	}
	return n
}

// split divides rows that are taller than a page into parts that are not.
func split(rows []line, most int) []line {
	var out []line
	for _, r := range rows {
		for r.height() > most {
			head, tail := make(line, len(r)), make(line, len(r))
			for i, cell := range r {
				n := min(len(cell), most)
				head[i], tail[i] = cell[:n], cell[n:]
			}
			out, r = append(out, head), tail
		}
		out = append(out, r)
	}
	return out
}

// pages puts rows on pages with room for so many millimetres each. There is at
// least one page.
func pages(rows []line, room float64, tall func(line) float64) [][]line {
	out := [][]line{nil}
	left := room
	for _, r := range rows {
		h := tall(r)
		if h > left && len(out[len(out)-1]) > 0 {
			out, left = append(out, nil), room
		}
		last := len(out) - 1
		out[last], left = append(out[last], r), left-h
	}
	return out
}

// pick returns the cells of a row that stand in a band.
func pick(row []string, band []int) []string {
	out := make([]string, 0, len(band))
	for _, i := range band {
		out = append(out, row[i])
	}
	return slices.Clip(out)
}
