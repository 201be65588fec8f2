package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"countersign/workflows"
)

var berlin = time.FixedZone("CET", 3600)

// made is when the listings of these tests were made.
var made = Page{Organization: "Acme", At: time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC), Zone: berlin, LedgerSize: 4711}

// listing is a register with as many rows and columns as asked for.
func listing(rows, columns int) workflows.Listing {
	l := workflows.Listing{
		Title: "Vendors", View: "high", Views: []workflows.Choice{{Value: "high", Label: "High Risk Only"}},
		Count: rows, Notes: []string{"As of today."},
	}
	for c := range columns {
		l.Columns = append(l.Columns, fmt.Sprintf("Heading%d", c))
	}
	for r := range rows {
		var cells []string
		for c := range columns {
			cells = append(cells, fmt.Sprintf("cell%dx%d", r, c))
		}
		l.Rows = append(l.Rows, workflows.Row{Cells: cells})
	}
	return l
}

// printed returns the lines that stand on each page of a listing.
func printed(t *testing.T, l workflows.Listing, o Page) [][]string {
	t.Helper()
	pdf, err := listingPDF(l, o, false)
	if err != nil {
		t.Fatal(err)
	}
	var pages [][]string
	for _, stream := range regexp.MustCompile(`(?s)/Length \d+>>\nstream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		var lines []string
		for _, m := range regexp.MustCompile(`(?s)BT [-\d. ]+ Td \(((?:\\.|[^\\)])*)\) ?Tj`).FindAllSubmatch(stream[1], -1) {
			lines = append(lines, unescape(m[1]))
		}
		if len(lines) > 0 {
			pages = append(pages, lines)
		}
	}
	return pages
}

// unescape reads a string of a PDF: escapes, then UTF-16.
func unescape(raw []byte) string {
	raw = regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(raw, func(e []byte) []byte {
		if e[1] == 'r' {
			return []byte("\r")
		}
		return e[1:]
	})
	var units []uint16
	for ; len(raw) > 1; raw = raw[2:] {
		units = append(units, binary.BigEndian.Uint16(raw))
	}
	return string(utf16.Decode(units))
}

func TestEveryPageSaysWhatItIsAndWhereItComesFrom(t *testing.T) {
	pages := printed(t, listing(120, 5), made)
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		text := strings.Join(page, "\n")
		for _, want := range []string{
			"Vendors · High Risk Only", "Acme", "Heading0", "Heading4", fmt.Sprintf("Page %d of %d", i+1, len(pages)),
			"Generated 2026-11-22 08:30:00 UTC · 2026-11-22 09:30:00 CET (UTC+01:00) · Source: Countersign register, ledger size 4711",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("page %d does not say %q", i+1, want)
			}
		}
		if got, want := strings.Contains(text, "COUNT 120"), i == len(pages)-1; got != want {
			t.Errorf("page %d: count shown: %t", i+1, got)
		}
	}
}

func TestEveryRowIsPrintedOnceAndInOrder(t *testing.T) {
	var got []string
	for _, page := range printed(t, listing(500, 4), made) {
		for _, text := range page {
			if strings.HasPrefix(text, "cell") {
				got = append(got, text)
			}
		}
	}
	if len(got) != 2000 {
		t.Fatalf("%d cells", len(got))
	}
	for i, text := range got {
		if want := fmt.Sprintf("cell%dx%d", i/4, i%4); text != want {
			t.Fatalf("cell %d is %q, want %q", i, text, want)
		}
	}
}

func TestColumnsThatDoNotFitFollowOnFurtherPages(t *testing.T) {
	pages := printed(t, listing(3, 40), made)
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	all := ""
	for i, page := range pages {
		text := strings.Join(page, "\n") + "\n"
		if !strings.Contains(text, "cell2x0\n") || !strings.Contains(text, fmt.Sprintf("part %d of %d", i+1, len(pages))) {
			t.Errorf("page %d does not say what its rows are about: %s", i+1, text)
		}
		all += text
	}
	for c := range 40 {
		if !strings.Contains(all, fmt.Sprintf("cell2x%d\n", c)) {
			t.Errorf("column %d is lost", c)
		}
	}
}

func TestTextOfAnyKindIsPrintedOrShownToBeReplaced(t *testing.T) {
	l := listing(1, 2)
	l.Rows[0].Cells = []string{"Žluťoučký Ελλάς Київ ☑", "小米 (a\\b) {nb} \x1b[31m\u202eevil\u0000 A\nB 😀"}
	text := strings.Join(printed(t, l, made)[0], "\n")
	flat := strings.ReplaceAll(text, "\n", " ")
	for _, want := range []string{"Žluťoučký Ελλάς Київ ☑", "[U+5C0F][U+7C73] (a\\b) {nb} [31mevil A B [U+1F600]", "cannot draw"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is not in %q", want, flat)
		}
	}
	if strings.ContainsAny(text, "\x1b\x00\u202e") {
		t.Errorf("control characters in %q", text)
	}
}

func TestALongCellIsWrappedAndOneLongerThanAPageGoesOn(t *testing.T) {
	l := listing(2, 3)
	var want []string
	for i := range 3000 {
		want = append(want, fmt.Sprintf("word%d", i))
	}
	l.Rows[0].Cells[1] = strings.Join(want, " ")
	l.Rows[1].Cells[2] = strings.Repeat("x", 400)
	pages := printed(t, l, made)
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	var got []string
	xs := 0
	for _, page := range pages {
		for _, text := range page {
			if strings.HasPrefix(text, "word") {
				got = append(got, strings.Fields(text)...)
			}
			if strings.HasPrefix(text, "xx") {
				xs += len(text)
			}
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%d words of %d", len(got), len(want))
	}
	if xs != 400 {
		t.Errorf("%d letters of 400", xs)
	}
}

func TestTheSameListingGivesTheSameBytes(t *testing.T) {
	l := listing(60, 23)
	l.Rows[7].Cells[3] = "Ελλάς Київ ☑ ☐ ž"
	first, err := ListingPDF(l, made)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := ListingPDF(l, made)
		if err != nil || !bytes.Equal(again, first) {
			t.Fatalf("differs: %v", err)
		}
	}
	later := made
	later.At = later.At.Add(time.Second)
	if other, _ := ListingPDF(l, later); bytes.Equal(other, first) {
		t.Error("another time gives the same bytes")
	}
}

func TestAnEmptyListingSaysSoAndABrokenOneIsAnError(t *testing.T) {
	pages := printed(t, listing(0, 3), Page{Organization: "Acme", At: made.At})
	if text := strings.Join(pages[0], "\n"); len(pages) != 1 || !strings.Contains(text, "COUNT 0") || strings.Contains(text, "ledger size") || !strings.Contains(text, "08:30:00 UTC (UTC+00:00)") {
		t.Errorf("%d pages: %s", len(pages), text)
	}
	bad := listing(2, 3)
	bad.Rows[1].Cells = bad.Rows[1].Cells[:2]
	if _, err := ListingPDF(bad, made); err == nil || !strings.Contains(err.Error(), "row 2 has 2 cells for 3 columns") {
		t.Errorf("got %v", err)
	}
	if _, err := ListingPDF(workflows.Listing{Title: "Nothing"}, made); err == nil {
		t.Error("a listing without columns was printed")
	}
}
