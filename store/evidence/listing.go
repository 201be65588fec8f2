package evidence

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"countersign/workflows"
)

// Page is what every page of a listing says about where it comes from.
type Page struct {
	Organization string
	At           time.Time      // when the listing was made
	Zone         *time.Location // of the organization; nil: UTC
	LedgerSize   int64          // events in the ledger at that time; 0: not said
}

// ListingPDF prints all rows of a listing on A4, landscape. Columns that do not
// fit beside each other follow on further pages, with the first one repeated. It
// fails where a row has not as many cells as there are columns.
func ListingPDF(l workflows.Listing, o Page) ([]byte, error) { return listingPDF(l, o, true) }

func listingPDF(l workflows.Listing, o Page, compressed bool) ([]byte, error) {
	can, err := drawable()
	if err != nil {
		return nil, err
	}
	t, err := tableOf(l, can)
	if err != nil {
		return nil, fmt.Errorf("print %s: %w", l.Title, err)
	}
	p := newSheet(l, o, can, compressed)
	p.plan(t)
	p.draw()
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("print %s: %w", l.Title, err)
	}
	return out.Bytes(), nil
}

// tableOf returns the header and the rows, every cell fit to be printed.
func tableOf(l workflows.Listing, can map[rune]bool) ([][]string, error) {
	if len(l.Columns) == 0 {
		return nil, fmt.Errorf("listing has no columns")
	}
	clean := func(cells []string) []string {
		out := make([]string, len(cells))
		for i, c := range cells {
			out[i] = legible(c, can)
		}
		return out
	}
	table := [][]string{clean(l.Columns)}
	for i, r := range l.Rows {
		if len(r.Cells) != len(l.Columns) {
			return nil, fmt.Errorf("row %d has %d cells for %d columns", i+1, len(r.Cells), len(l.Columns))
		}
		table = append(table, clean(r.Cells))
	}
	return table, nil
}

// viewName is the name of the view that a listing shows.
func viewName(l workflows.Listing) string {
	for _, v := range l.Views {
		if v.Value == l.View {
			return v.Label
		}
	}
	return l.View
}

// heading is the title with its view.
func heading(l workflows.Listing) string {
	if v := viewName(l); v != "" {
		return l.Title + " · " + v
	}
	return l.Title
}

// origin says when a listing was made, here and everywhere, and from what.
func (o Page) origin() string {
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	text := fmt.Sprintf("Generated %s UTC · %s · Source: Countersign register",
		o.At.UTC().Format("2006-01-02 15:04:05"), o.At.In(zone).Format("2006-01-02 15:04:05 MST (UTC-07:00)"))
	if o.LedgerSize > 0 {
		text += fmt.Sprintf(", ledger size %d", o.LedgerSize)
	}
	return text
}

// newPDF returns an empty document whose bytes depend on nothing but what is
// printed and when.
func newPDF(title string, o Page, compressed bool) *fpdf.Fpdf {
	pdf := fpdf.New("L", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCompression(compressed)
	pdf.SetCreationDate(o.At.UTC())
	pdf.SetModificationDate(o.At.UTC())
	pdf.SetProducer("Countersign", true)
	pdf.SetTitle(title, true)
	pdf.SetAuthor(o.Organization, true)
	pdf.SetLang("en")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes(family, "", bytes.Clone(typeface))
	return pdf
}
