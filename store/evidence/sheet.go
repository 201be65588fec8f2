package evidence

import (
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"countersign/workflows"
)

// Measures of a page, in millimetres; type sizes in points.
const (
	family   = "dejavu"
	wide     = 297.0
	high     = 210.0
	margin   = 10.0
	inner    = wide - 2*margin
	top      = 25.0 // where the table begins
	bottom   = high - 14.0
	pad      = 1.2  // left and right of a cell's text, together twice that
	longest  = 34.0 // a word that is wider is cut
	perPoint = 25.4 / 72
)

// sizes are the type sizes of a table; the first that fits is taken.
var sizes = []float64{8.5, 8, 7.5, 7, 6.5}

// slack is what rounding may cost a column that is just wide enough, in
// millimetres.
const slack = 0.01

// sheet is a listing on its way to paper.
type sheet struct {
	pdf     *fpdf.Fpdf
	title   string
	org     string
	origin  string
	count   string
	notes   []string
	size    float64 // of the table's type
	planned []planned
}

// planned is a page before it is drawn: some rows of some columns.
type planned struct {
	band   string // which columns it shows, where not all
	widths []float64
	head   line
	rows   []line
	tail   bool // the count and the notes stand under the rows
}

func newSheet(l workflows.Listing, o Page, can map[rune]bool, compressed bool) *sheet {
	p := &sheet{
		title: legible(heading(l), can), org: legible(o.Organization, can), origin: legible(o.origin(), can),
		count: fmt.Sprintf("COUNT %d", l.Count), size: sizes[0],
	}
	for _, n := range l.Notes {
		p.notes = append(p.notes, legible(n, can))
	}
	p.pdf = newPDF(p.title, o, compressed)
	return p
}

// width measures a text in the size of the table.
func (p *sheet) width(text string) float64 { return p.pdf.GetStringWidth(text) }

// lead is the distance of two lines.
func (p *sheet) lead() float64 { return p.size * perPoint * 1.25 }

func (p *sheet) tall(l line) float64 { return float64(l.height())*p.lead() + pad }

// plan lays the table out: at the largest size at which all columns fit, else at
// a comfortable one in bands of columns.
func (p *sheet) plan(table [][]string) {
	columns := p.spans(table, sizes[0])
	for _, size := range sizes {
		columns = p.spans(table, size)
		if _, ok := fit(columns, inner); ok {
			break
		}
	}
	groups := bands(columns, inner)
	if len(groups) > 1 {
		columns = p.spans(table, sizes[1])
		groups = even(columns, inner)
	}
	for n, band := range groups {
		name := ""
		if len(groups) > 1 {
			name = fmt.Sprintf("columns, part %d of %d", n+1, len(groups))
		}
		p.planBand(table, columns, band, name)
	}
	p.planTail()
}

// spans measures the columns of a table in a size, and keeps to that size.
func (p *sheet) spans(table [][]string, size float64) []span {
	p.size = size
	p.pdf.SetFont(family, "", size)
	return spans(table, 2*pad, longest, p.width)
}

func (p *sheet) planBand(table [][]string, columns []span, band []int, name string) {
	var mine []span
	for _, i := range band {
		mine = append(mine, columns[i])
	}
	widths, ok := fit(mine, inner)
	if !ok { // two columns of the longest words: cannot be, but must not fail
		for range mine {
			widths = append(widths, inner/float64(len(mine)))
		}
	}
	var rows []line
	for _, cells := range table {
		var l line
		for i, c := range pick(cells, band) {
			l = append(l, wrap(c, widths[i]-2*pad+slack, p.width))
		}
		rows = append(rows, l)
	}
	head := rows[0]
	room := bottom - top - p.tall(head)
	body := split(rows[1:], max(1, int((room-pad)/p.lead())))
	for _, rows := range pages(body, room, p.tall) {
		p.planned = append(p.planned, planned{band: name, widths: widths, head: head, rows: rows})
	}
}

// planTail finds room for the count and the notes: under the last rows, or on a
// page of their own.
func (p *sheet) planTail() {
	last := &p.planned[len(p.planned)-1]
	used := top + p.tall(last.head)
	for _, r := range last.rows {
		used += p.tall(r)
	}
	if used+p.tailHeight() > bottom {
		p.planned = append(p.planned, planned{band: last.band, widths: last.widths, head: last.head})
		last = &p.planned[len(p.planned)-1]
	}
	last.tail = true
}

// tailLines are the lines under the last row.
func (p *sheet) tailLines() []string {
	var out []string
	for _, n := range p.notes {
		out = append(out, wrap(n, inner, p.width)...)
	}
	if p.replaced() {
		out = append(out, "Signs such as [U+5C0F] stand for characters that this typeface cannot draw; the number is theirs in Unicode.")
	}
	return out
}

func (p *sheet) tailHeight() float64 { return float64(len(p.tailLines())+2) * p.lead() }

// replaced says whether some character stands as its number.
func (p *sheet) replaced() bool {
	texts := append([]string{p.title, p.org}, p.notes...)
	for _, page := range p.planned {
		for _, row := range append([]line{page.head}, page.rows...) {
			for _, cell := range row {
				texts = append(texts, strings.Join(cell, ""))
			}
		}
	}
	return strings.Contains(strings.Join(texts, "\n"), "[U+")
}
