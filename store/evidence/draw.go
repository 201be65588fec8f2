package evidence

import (
	"fmt"
	"strings"
)

// draw puts the planned pages on paper.
func (p *sheet) draw() {
	for n, page := range p.planned {
		p.pdf.AddPage()
		p.frame(page, n+1)
		p.pdf.SetFont(family, "", p.size)
		y := p.row(page, page.head, top, true)
		for _, r := range page.rows {
			y = p.row(page, r, y, false)
		}
		if page.tail {
			p.tail(y)
		}
	}
}

// frame draws what stands on every page: above the table and below it.
func (p *sheet) frame(page planned, n int) {
	p.pdf.SetTextColor(20, 20, 20)
	p.pdf.SetFont(family, "", 13)
	title := p.title
	if page.band != "" {
		title += " · " + page.band
	}
	room := inner
	if org := p.width(p.org); org < inner/2 {
		room = inner - org - 4
		p.text(wide-margin-org, margin, p.org)
	} else {
		room = inner/2 - 2
		p.text(wide-margin-inner/2, margin, p.short(p.org, inner/2))
	}
	p.text(margin, margin, p.short(title, room))
	p.pdf.SetTextColor(90, 90, 90)
	p.pdf.SetFont(family, "", 8)
	p.text(margin, margin+6.5, p.short(p.origin, inner))
	p.pdf.SetDrawColor(120, 120, 120)
	p.pdf.SetLineWidth(0.2)
	p.pdf.Line(margin, high-margin-2, wide-margin, high-margin-2)
	number := fmt.Sprintf("Page %d of %d", n, len(p.planned))
	p.text(wide-margin-p.width(number), high-margin-1, number)
	p.text(margin, high-margin-1, p.short(p.title+" · "+p.org, inner-p.width(number)-4))
	p.pdf.SetTextColor(20, 20, 20)
}

// row draws a row and returns where the next one begins.
func (p *sheet) row(page planned, r line, y float64, head bool) float64 {
	tall := p.tall(r)
	if head {
		p.pdf.SetFillColor(228, 233, 240)
		p.pdf.Rect(margin, y, inner, tall, "F")
	}
	x := margin
	for i, cell := range r {
		for n, text := range cell {
			p.text(x+pad, y+pad/2+float64(n)*p.lead(), text)
		}
		x += page.widths[i]
	}
	p.pdf.SetDrawColor(200, 200, 200)
	p.pdf.SetLineWidth(0.1)
	p.pdf.Line(margin, y+tall, wide-margin, y+tall)
	return y + tall
}

// tail draws the count of all rows and the notes.
func (p *sheet) tail(y float64) {
	y += p.lead() / 2
	p.text(margin+pad, y, p.count)
	p.pdf.SetTextColor(90, 90, 90)
	for _, l := range p.tailLines() {
		y += p.lead()
		p.text(margin+pad, y, l)
	}
}

// text draws one line with its upper left corner at a place. An empty line is
// drawn by leaving it out.
func (p *sheet) text(x, y float64, text string) {
	if text == "" {
		return
	}
	_, size := p.pdf.GetFontSize()
	p.pdf.Text(x, y+size, text)
}

// short cuts a line that is too long for its place, and shows that it did.
func (p *sheet) short(text string, room float64) string {
	if p.width(text) <= room {
		return text
	}
	return strings.TrimRight(cut(text, room-p.width("…"), p.width), " ") + "…"
}
