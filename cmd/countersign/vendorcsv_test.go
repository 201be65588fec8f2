package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

func readText(t *testing.T, text string) vendorTable {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return readVendors([]byte(text), berlin)
}

func pointer[T any](v T) *T { return &v }

// theRow is what the files below say in many ways.
var theRow = workflows.VendorRow{
	Line: 2, Vendor: "Zoom, Inc.", Risk: "High", Used: pointer(true), Approved: pointer(false), Sponsor: "sam@acme.example",
	ChangedAt: time.Date(2022, 1, 17, 21, 14, 0, 0, time.UTC), Cost: pointer(int64(1200)), Length: "12 months",
}

func TestAFileOfVendorsIsReadInWhateverFormItComes(t *testing.T) {
	const header = "Vendor,Risk,Actively Used,Approved by IT team,Vendor Sponsor,Last Updated At,Annual Cost ($),Contract Length"
	for what, text := range map[string]string{
		"an export":             header + "\n" + `"Zoom, Inc.",High,Yes,No,sam@acme.example,"January 17, 2022 10:14 PM","$1,200.00",12 months` + "\n",
		"one with a mark":       "\ufeff" + header + "\r\n" + `"Zoom, Inc.",High,yes,no,sam@acme.example,2022-01-17 22:14,1200,12 months` + "\r\n\r\n",
		"semicolons":            strings.ReplaceAll(header, ",", ";") + "\n" + `Zoom, Inc.;High;x;FALSE;sam@acme.example;17.01.2022 22:14;1.200,00 €;12 months`,
		"tabs":                  strings.ReplaceAll(header, ",", "\t") + "\n" + strings.ReplaceAll(`Zoom, Inc.|High|✓|no|sam@acme.example|17 January 2022 22:14|USD 1'200.4|12 months`, "|", "\t"),
		"another order":         "CONTRACT LENGTH, last  updated at ,annual cost,vendor sponsor,approved by it team,actively used,risk,vendor\n" + `12 months,2022-01-17T22:14:00+01:00,1200,sam@acme.example,no,checked,High,"Zoom, Inc."`,
		"quotes everywhere":     `"` + strings.ReplaceAll(header, ",", `","`) + `"` + "\n" + `"Zoom, Inc.","High","True","No","sam@acme.example","1/17/2022 10:14 pm","1,199.50","12 months"`,
		"lines of nothing":      header + "\n" + `"Zoom, Inc.",High,Yes,No,sam@acme.example,17/1/2022 22:14:00,1200,12 months` + "\n,,,,,,,\n\n  \n",
		"less cells in a line":  header + ",Website\n" + `"Zoom, Inc.",High,Yes,No,sam@acme.example,2022-01-17 10:14 PM,1200,12 months`,
		"more empty ones in it": header + "\n" + `"Zoom, Inc.",High,Yes,No,sam@acme.example,"Jan 17, 2022 22:14",1200,12 months,,,`,
	} {
		table := readText(t, text)
		for i := range table.rows {
			table.rows[i].ChangedAt = table.rows[i].ChangedAt.UTC()
		}
		if diff := cmp.Diff(table.rows, []workflows.VendorRow{theRow}); diff != "" || len(table.problems)+len(table.notes) > 0 {
			t.Errorf("%s: rows differ (-got +want), problems %v, notes %v:\n%s", what, table.problems, table.notes, diff)
		}
	}
}

func TestEveryColumnHasItsPlaceInARow(t *testing.T) {
	table := readText(t, "Vendor,Website,Domain,Service,Renewal Date,Notice Days,Contract Start,Data Class,Last Review\n"+
		`Loom,https://loom.com,loom.com,"Films,`+"\n"+`of screens",2026-03-01,30 days,"March 1, 2025",2,1.3.2025`+"\nMiro\n")
	want := []workflows.VendorRow{{
		Line: 2, Vendor: "Loom", Website: "https://loom.com", Domain: "loom.com", Service: "Films,\nof screens",
		RenewsOn: "2026-03-01", NoticeDays: pointer(30), StartsOn: "2025-03-01", DataClass: "2", ReviewedOn: "2025-03-01",
	}, {Line: 4, Vendor: "Miro"}}
	if diff := cmp.Diff(table.rows, want); diff != "" {
		t.Errorf("rows differ (-got +want):\n%s", diff)
	}
}

func TestWhatCanBeReadInTwoWaysIsAskedForInOne(t *testing.T) {
	for cell, want := range map[string]string{
		"1/2/2022": "more than one way", "13/14/2022": "more than one way", "2022-13-01": "no date", "2022-02-30": "no date", "01.02.22": "no date",
		"0022-01-17": "no date", "soon": "no date", "January 17": "no date", "2022-01-17 25:00": "no date", "44578": "no date",
	} {
		if _, err := cellMoment(cell, time.UTC); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "2022-01-17") {
			t.Errorf("%s: got error %v, want one that says %q and how to write it", cell, err, want)
		}
	}
	for cell, want := range map[string]int64{
		"0": 0, "1200": 1200, "1,200": 1200, "1.200": 1200, "1,200.49": 1200, "1.200,50 €": 1201, "€ 1.200.000": 1200000, "US$12.5": 13, "1 200": 1200, "CHF 1’200": 1200, "1200,5 EUR": 1201,
	} {
		if got, ok := wholeUnits(cell); !ok || got != want {
			t.Errorf("%s: got %d, %v; want %d", cell, got, ok, want)
		}
	}
	for _, cell := range []string{"-5", "(5)", "12k", "1,20,000", "1.2.3", "1,2345", "0.500", "ten", "$", "1e9", "1200/year", "99999999999999999999", "=1+1"} {
		if got, ok := wholeUnits(cell); ok {
			t.Errorf("%s: got %d, want no amount", cell, got)
		}
	}
}

func TestACellThatCannotBeReadIsNamedWithItsColumn(t *testing.T) {
	table := readText(t, "Vendor,Actively Used,Annual Cost ($),Last Updated At,Notice Days,\nZoom,maybe,much,1/2/2022,a month,what is this\nLoom\"s,,,,,\n")
	want := []string{
		`Actively Used: "maybe" is neither yes nor no: write Yes or No.`, `Annual Cost ($): "much" is no amount: write it as 1200 or 1200.50.`,
		`Last Updated At: "1/2/2022" can be read in more than one way, or in none: write the date as 2022-01-17.`, `Notice Days: "a month" is no number of days: write it as 30.`,
		`Cell 6 ("what is this") stands under no column: a cell with a separator in it is put into quotes.`,
	}
	if len(table.rows) != 2 || table.rows[1].Line != 3 || len(table.rows[1].Problems) != 1 || !strings.Contains(table.rows[1].Problems[0], "quotes") {
		t.Fatalf("got rows %+v, want two, the second with quotes that do not match", table.rows)
	}
	if diff := cmp.Diff(table.rows[0].Problems, want); diff != "" {
		t.Errorf("problems differ (-got +want):\n%s", diff)
	}
}

func TestAFileThatCannotBeUnderstoodAsAWholeHasNoRows(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "1: There is no column Vendor.",
		"Zoom,High\nLoom,Low\n":            "1: There is no column Vendor.",
		"Vendor,Risk\nZoom,High\nCaf\xe9,": "3: This is not UTF-8.",
		"\xff\xfeV\x00e\x00":               "1: This is not UTF-8.",
		"\nVendor,Annual Cost,annual cost ($)\nZoom,1,2\n": `2: Column "annual cost ($)" is there twice.`,
	} {
		table := readText(t, text)
		if len(table.rows) > 0 || len(table.problems) != 1 || !strings.HasPrefix(fmt.Sprintf("%d: %s", table.problems[0].Line, table.problems[0].Text), want) {
			t.Errorf("%q: got rows %v and problems %v, want no rows and %q", text, table.rows, table.problems, want)
		}
	}
}

func TestAColumnThatIsNotKnownIsNotedAndLeftOut(t *testing.T) {
	table := readText(t, "Vendor,Tags\nZoom,video\n")
	want := []workflows.LineNote{{Line: 1, Text: `Column "Tags" is not known and not imported.`}}
	if diff := cmp.Diff(table.notes, want); diff != "" || len(table.rows) != 1 || len(table.rows[0].Problems) > 0 {
		t.Errorf("got rows %+v; notes differ (-got +want):\n%s", table.rows, diff)
	}
}

func FuzzReadVendors(f *testing.F) {
	for _, seed := range []string{
		"Vendor,Risk\nZoom,High\n", "\ufeffvendor;annual cost ($)\r\n\"Zoom; Inc.\";\"1.200,00 €\"\r\n", "Vendor\tLast Updated At\nZoom\t1/17/2022\n",
		"Vendor,Last Updated At\nZoom,\"January 17, 2022 10:14 PM\"\n\"Loom", "Vendor\n\"\n\"\"\"\nx\"y\n", "Vendor,Notice Days\n,30\n\n,,,,\n", "\xff\xfe", "Vendor\n\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table := readVendors(data, time.UTC)
		if len(table.problems) > 0 && len(table.rows) > 0 {
			t.Errorf("got %d rows of a file that cannot be understood", len(table.rows))
		}
		most := strings.Count(string(data), "\n") + 1
		before := 0
		for _, r := range table.rows {
			if r.Line <= before || r.Line > most {
				t.Errorf("got line %d after line %d of %d", r.Line, before, most)
			}
			before = r.Line
			if r.Cost != nil && *r.Cost < 0 || r.NoticeDays != nil && *r.NoticeDays < 0 {
				t.Errorf("line %d: got a negative number", r.Line)
			}
		}
	})
}

func TestAFileThatIsNoRegisterIsRefusedBeforeItIsWorkedThrough(t *testing.T) {
	for what, c := range map[string]struct{ text, says string }{
		"a million lines": {"Vendor\n" + strings.Repeat("a\n", 1_000_000), "more than 5000 lines"},
		"broken lines":    {"Vendor\n" + strings.Repeat("\"a\"b\n", 100_000), "more than 5000 lines"},
		"a huge file":     {"Vendor\n" + strings.Repeat("x", 17<<20), "larger than 16 MB"},
	} {
		table := readText(t, c.text)
		if len(table.problems) != 1 || !strings.Contains(table.problems[0].Text, c.says) || len(table.rows) > 0 {
			t.Errorf("%s: %d rows, problems %v; want none, and one that says %q", what, len(table.rows), table.problems, c.says)
		}
	}
	table := readText(t, "Vendor,Risk\nZoom,"+strings.Repeat("x", 100_000)+"\nMiro,"+strings.Repeat(",x", 100_000)+"\nLoom,\n")
	if len(table.rows) != 3 || len(table.rows[2].Problems) > 0 {
		t.Fatalf("%d rows, want 3", len(table.rows))
	}
	for i, says := range []string{"Risk: the cell has 100000 characters", "Cell 3"} {
		got := table.rows[i].Problems
		if len(got) != 1 || !strings.Contains(got[0], says) || len(got[0]) > 300 {
			t.Errorf("line %d: problems %.300q, want one that says %q", i+2, got, says)
		}
	}
}
