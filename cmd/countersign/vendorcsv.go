package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/workflows"
)

// vendorColumns are the columns of a file of vendors, by their names in lower
// case, and what a cell of each sets. A cell that cannot be read is an error that
// says how to write it.
var vendorColumns = map[string]cellReader{
	"vendor":  text(func(r *workflows.VendorRow) *string { return &r.Vendor }),
	"risk":    text(func(r *workflows.VendorRow) *string { return &r.Risk }),
	"website": text(func(r *workflows.VendorRow) *string { return &r.Website }),
	"domain":  text(func(r *workflows.VendorRow) *string { return &r.Domain }),
	"service": text(func(r *workflows.VendorRow) *string { return &r.Service }),

	"vendor sponsor":      text(func(r *workflows.VendorRow) *string { return &r.Sponsor }),
	"contract length":     text(func(r *workflows.VendorRow) *string { return &r.Length }),
	"data class":          text(func(r *workflows.VendorRow) *string { return &r.DataClass }),
	"actively used":       tick(func(r *workflows.VendorRow) **bool { return &r.Used }),
	"approved by it team": tick(func(r *workflows.VendorRow) **bool { return &r.Approved }),
	"contract start":      dayOf(func(r *workflows.VendorRow) *workflows.Day { return &r.StartsOn }),
	"renewal date":        dayOf(func(r *workflows.VendorRow) *workflows.Day { return &r.RenewsOn }),
	"last review":         dayOf(func(r *workflows.VendorRow) *workflows.Day { return &r.ReviewedOn }),
	"annual cost":         cost,
	"notice days":         noticeDays,
	"last updated at":     lastUpdated,
}

// vendorTable is a file of vendors as it was read. Where it has problems it cannot
// be understood as a whole, and has no rows.
type vendorTable struct {
	rows            []workflows.VendorRow
	problems, notes []workflows.LineNote
}

// What a file of vendors has at most. No register comes near it; a file beyond it is
// another one, or meant to do harm.
const (
	fileMost  = 16 << 20 // bytes
	linesMost = 5000
	cellMost  = 2000 // characters
)

// readVendors reads a CSV file: UTF-8, separated by commas, semicolons or tabs. A
// line that cannot be read is a row with problems.
func readVendors(data []byte, in *time.Location) (t vendorTable) {
	if len(data) > fileMost {
		return vendorTable{problems: []workflows.LineNote{{Line: 1, Text: fmt.Sprintf("The file is larger than %d MB. Is it the right one?", fileMost>>20)}}}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if line, ok := notUTF8(data); !ok {
		t.problems = []workflows.LineNote{{Line: line, Text: "This is not UTF-8. Save the file as CSV UTF-8."}}
		return t
	}
	h := vendorHeaderOf(data)
	if t.problems, t.notes = h.judge(); len(t.problems) > 0 {
		return t
	}
	r := csvReader(data, h.separator)
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t
		}
		if len(t.rows) == linesMost {
			return vendorTable{problems: []workflows.LineNote{{Line: t.rows[linesMost-1].Line, Text: fmt.Sprintf("The file has more than %d lines. Is it the right one? If it is, import it in parts.", linesMost)}}}
		}
		if err != nil {
			line := 0
			if broken, ok := errors.AsType[*csv.ParseError](err); ok {
				line = broken.StartLine
			}
			t.rows = append(t.rows, workflows.VendorRow{Line: line, Problems: []string{
				"The quotes of this line do not match. A cell with quotes in it is put into quotes, and each quote in it is doubled."}})
			continue
		}
		line, _ := r.FieldPos(0)
		if line != h.line && slices.ContainsFunc(cells, filled) {
			t.rows = append(t.rows, h.row(cells, line, in))
		}
	}
}

func filled(cell string) bool { return strings.TrimSpace(cell) != "" }

// notUTF8 finds the first line that is no UTF-8, or has a NUL, as UTF-16 does.
func notUTF8(data []byte) (line int, ok bool) {
	for i, l := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(l) || bytes.IndexByte(l, 0) >= 0 {
			return i + 1, false
		}
	}
	return 0, true
}

func csvReader(data []byte, separator rune) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = separator, -1
	return r
}

// vendorHeader is the line with the names of the columns.
type vendorHeader struct {
	separator rune
	titles    []string // as they are written
	names     []string // as vendorColumns has them
	line      int
}

// vendorHeaderOf finds that line, and what separates the columns: whatever gives
// most names that are known.
func vendorHeaderOf(data []byte) (h vendorHeader) {
	most := -1
	for _, s := range []rune{',', ';', '\t'} {
		r := csvReader(data, s)
		cells, err := r.Read()
		if err != nil {
			continue
		}
		found := vendorHeader{separator: s}
		known := 0
		for _, c := range cells {
			title := strings.Join(strings.Fields(c), " ")
			name := strings.ToLower(title)
			if name == "annual cost ($)" {
				name = "annual cost"
			}
			found.titles, found.names = append(found.titles, title), append(found.names, name)
			if vendorColumns[name] != nil {
				known++
			}
		}
		if known > most {
			most, h = known, found
			h.line, _ = r.FieldPos(0)
		}
	}
	return h
}

// judge says why the columns cannot be used, and which are left out.
func (h vendorHeader) judge() (problems, notes []workflows.LineNote) {
	line := max(h.line, 1)
	if !slices.Contains(h.names, "vendor") {
		return []workflows.LineNote{{Line: line, Text: "There is no column Vendor. The first line names the columns: Vendor, Risk, Actively Used, Approved by IT team, Vendor Sponsor, Last Updated At, Annual Cost ($), Contract Length."}}, nil
	}
	for i, n := range h.names {
		switch {
		case n == "":
		case vendorColumns[n] == nil:
			notes = append(notes, workflows.LineNote{Line: line, Text: fmt.Sprintf("Column %q is not known and not imported.", h.titles[i])})
		case slices.Contains(h.names[:i], n):
			problems = append(problems, workflows.LineNote{Line: line, Text: fmt.Sprintf("Column %q is there twice.", h.titles[i])})
		}
	}
	return problems, notes
}

// row reads the cells of one line.
func (h vendorHeader) row(cells []string, line int, in *time.Location) workflows.VendorRow {
	row := workflows.VendorRow{Line: line}
	astray := false
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if i >= len(h.names) || h.names[i] == "" {
			if !astray {
				row.Problems = append(row.Problems, fmt.Sprintf("Cell %d (%.40q) stands under no column: a cell with a separator in it is put into quotes.", i+1, cell))
			}
			astray = true
			continue
		}
		read := vendorColumns[h.names[i]]
		if read == nil {
			continue
		}
		if n := utf8.RuneCountInString(cell); n > cellMost {
			row.Problems = append(row.Problems, fmt.Sprintf("%s: the cell has %d characters; %d are the most.", h.titles[i], n, cellMost))
			continue
		}
		if err := read(&row, cell, in); err != nil {
			row.Problems = append(row.Problems, h.titles[i]+": "+err.Error()+".")
		}
	}
	return row
}
