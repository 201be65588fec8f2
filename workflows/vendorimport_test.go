package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
	"countersign/workflows/vendorrisk"
)

// vendorFile is a file whose lines begin under the header.
func vendorFile(rows ...workflows.VendorRow) workflows.VendorFile {
	for i := range rows {
		rows[i].Line = i + 2
	}
	return workflows.VendorFile{Rows: rows, SHA256: "f11e", By: workflows.Actor{Kind: "cli", Host: "root@laptop"}}
}

// imports runs an import that must not fail by itself.
func (h *company) imports(dry bool, rows ...workflows.VendorRow) workflows.ImportReport {
	h.t.Helper()
	r, err := h.svc.ImportVendors(h.t.Context(), vendorFile(rows...), dry)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Settle()
	return r
}

func (h *company) register() (list []workflows.Vendor) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		list, err = tx.Vendors()
		return err
	})
	return list
}

// lines are notes as a person reads them.
func lines(notes []workflows.LineNote) (out []string) {
	for _, n := range notes {
		out = append(out, fmt.Sprintf("%d: %s", n.Line, n.Text))
	}
	return out
}

func ptr[T any](v T) *T { return &v }

// zooms is the table of the register that everybody knows: Zoom seven times, most
// cells empty.
func zooms() []workflows.VendorRow {
	at := func(day int) time.Time { return time.Date(1999, 12, day, 22, 14, 0, 0, time.UTC) }
	row := func(name string) workflows.VendorRow { return workflows.VendorRow{Vendor: name} }
	return []workflows.VendorRow{
		{Vendor: "AWS", Risk: "High", Used: ptr(true), Approved: ptr(true), Sponsor: mail("sam"), ChangedAt: at(1), Cost: ptr(int64(120000)), Length: "12 months", Website: "aws.com"},
		row("Zoom"), row("Zoom"), {Vendor: "zoom", Used: ptr(true), ChangedAt: at(17)}, row("Zoom "), {Vendor: "Zoom Inc.", Website: "https://zoom.us/"},
		{Vendor: "Zoom", Risk: "Low", Sponsor: "Mona Manages", Approved: ptr(true), ChangedAt: at(9)}, {Vendor: "ZOOM", Cost: ptr(int64(1200))},
		{Vendor: "Dropbox", Risk: "Medium", Approved: ptr(true)},
		{Vendor: "Loom", Used: ptr(false), Service: "Films <@U0NORA> & *more*", DataClass: "internal", NoticeDays: ptr(30), RenewsOn: "2000-06-01"},
	}
}

func TestTheRegisterOfBeforeIsImportedWithEveryVendorOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		today := h.now()
		r := h.imports(false, zooms()...)
		if len(r.Problems) > 0 || r.Merged != 6 || r.Known != 0 {
			t.Errorf("got %d merged, %d known, problems %q; want 6, 0 and none", r.Merged, r.Known, lines(r.Problems))
		}
		var got []string
		for _, v := range h.register() {
			got = append(got, fmt.Sprintf("%s %s %s %s %s %v %v %d %s %s", v.ID, v.Name, v.State, v.Domain, v.Inherent.Shown(), v.Sponsor != "", v.Used, v.AnnualCost, v.Review.FullOn, v.Source))
		}
		year := func(day int) string { return time.Date(2000, 11, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }
		if today.Format(time.DateOnly) != "2000-01-01" {
			t.Fatalf("the story begins on %s; the days below are reckoned from another", today)
		}
		want := []string{
			"VN-0001 AWS approved aws.com High true true 120000 " + year(30) + " import",
			"VN-0002 zoom approved zoom.us Low true true 1200 2000-12-16 import",
			"VN-0003 Dropbox imported  Medium false false 0  import",
			"VN-0004 Loom imported  Not assessed false false 0  import",
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("register differs (-got +want):\n%s", diff)
		}
		if n := h.count(`SELECT count(*) FROM calendar WHERE record = 'VN-0001'`); n == 0 {
			t.Error("nothing is planned for a vendor that was approved before")
		}
		loom := h.register()[3]
		if loom.About.Service != "Films <@U0NORA> & *more*" || loom.Answers.Data != vendorrisk.Chosen(1) || loom.Contract.NoticeDays != 30 || loom.Contract.RenewsOn != "2000-06-01" || loom.HasCost || loom.Matrix != 0 {
			t.Errorf("got %+v, want what the file says and nothing more", loom)
		}
		if v := h.register()[1]; !v.HasCost || v.Accepted || v.Round != 0 || !v.DecidedAt.IsZero() {
			t.Errorf("got %+v, want a cost, and nothing that only happens here", v)
		}
	})
}

func TestEveryMergeAndWhateverIsLeftOutIsNotedByLine(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		r := h.imports(true, zooms()...)
		want := []string{
			"4: Zoom is the same vendor as in line 3: merged.", "5: zoom is the same vendor as in line 3: merged.",
			"6: Zoom is the same vendor as in line 3: merged.", "7: Zoom Inc. is the same vendor as in line 3: merged.",
			"8: Zoom is the same vendor as in line 3: merged.", "9: ZOOM is the same vendor as in line 3: merged.",
			"10: Dropbox was approved but has no sponsor: it is imported as not assessed.",
		}
		if diff := cmp.Diff(lines(r.Notes), want); diff != "" {
			t.Errorf("notes differ (-got +want):\n%s", diff)
		}
	})
}

func TestAnImportIsToldToTheLedgerAndToBothChannels(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.imports(false, zooms()...)
		told := h.Events("vendor.changed")
		if len(told) != 4 {
			t.Fatalf("got %d events, want one for each vendor", len(told))
		}
		zoom := told[1]
		if zoom.Actor.Kind != "cli" || zoom.Source != "import" || zoom.WorkflowID != "VN-0002" || zoom.Data["imported"] != true || zoom.Data["line"] != 3.0 || zoom.Data["file"] != "f11e" {
			t.Errorf("got %+v, want an event of the import", zoom)
		}
		if diff := cmp.Diff(zoom.Data["lines"], []any{3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0}); diff != "" {
			t.Errorf("lines differ (-got +want):\n%s", diff)
		}
		if strings.Contains(told[3].body, "Films") {
			t.Error("the words of the file stand in the ledger in clear")
		}
		for _, channel := range []string{workflows.ChannelVendors, workflows.ChannelCompliance} {
			want := "Imported 4 vendors from a file by root@laptop: 2 approved before, 2 still to be assessed. Risk: 1 High, 1 Medium, 1 Low, 1 Not assessed. /vendor list shows them.\nCOUNT 4"
			if n := h.count(`SELECT count(*) FROM cards WHERE channel = '` + channel + `' AND shown = 1 AND body = '` + want + `'`); n != 1 {
				t.Errorf("%s: got %d notices that say %q, want one", channel, n, want)
			}
		}
	})
}

func TestADryRunAndASecondImportChangeNothing(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		before := len(h.Ledger())
		if r := h.imports(true, zooms()...); len(r.Vendors) != 4 || r.Vendors[0].Vendor.ID != "" || r.Vendors[1].Sponsor != "Mona Manages" {
			t.Errorf("a dry run tells of %+v, want four vendors without ids", r.Vendors)
		}
		if n := len(h.Ledger()); n != before || len(h.register()) > 0 {
			t.Errorf("a dry run left %d events and %d vendors", n-before, len(h.register()))
		}
		h.imports(false, zooms()...)
		once, before := h.register(), len(h.Ledger())
		cards := h.count(`SELECT count(*) FROM cards`)
		r := h.imports(false, zooms()...)
		if len(r.Vendors) != 0 || r.Known != 4 || r.Merged != 0 {
			t.Errorf("again: got %d vendors, %d known, %d merged; want 0, 4 and 0", len(r.Vendors), r.Known, r.Merged)
		}
		if diff := cmp.Diff(h.register(), once); diff != "" || len(h.Ledger()) != before || h.count(`SELECT count(*) FROM cards`) != cards {
			t.Errorf("a second import changed something (-got +want):\n%s", diff)
		}
		if got, want := lines(r.Notes)[1], "3: zoom is in the register as VN-0002 (approved, in use); this line is skipped."; got != want {
			t.Errorf("got note %q, want %q", got, want)
		}
	})
}

func TestOneWrongLineKeepsAllOthersFromBeingImportedAndAllAreNamed(t *testing.T) {
	gone := func(h *company) {
		h.slack.people = append(h.slack.people,
			workflows.Member{ChatID: "U0GONE", Email: mail("gone"), Name: "Gus Gone", Kind: workflows.KindMember, Deleted: true},
			workflows.Member{ChatID: "U0MONA2", Email: mail("mona2"), Name: "Mona Manages", Kind: workflows.KindMember})
	}
	story(t, func(t *testing.T, h *company) {
		before := len(h.Ledger())
		r := h.imports(false,
			workflows.VendorRow{Vendor: "Miro", Risk: "Low"},
			workflows.VendorRow{Risk: "Low"},
			workflows.VendorRow{Vendor: "Figma", Risk: "Severe", Website: "figma", DataClass: "4"},
			workflows.VendorRow{Vendor: "Asana", Sponsor: mail("nobody")},
			workflows.VendorRow{Vendor: "Notion", Sponsor: "Mona Manages"},
			workflows.VendorRow{Vendor: "Linear", Risk: "High", Website: "linear.app"},
			workflows.VendorRow{Vendor: "Linear Inc", Risk: "Low", Domain: "linear.app"},
			workflows.VendorRow{Vendor: "Loom", Sponsor: mail("sam")},
			workflows.VendorRow{Vendor: "Loom", Sponsor: mail("sid")},
			workflows.VendorRow{Vendor: "Rippling", ChangedAt: h.now().AddDate(0, 0, 2), StartsOn: "2000-02-01", RenewsOn: "2000-01-01"},
			workflows.VendorRow{Vendor: strings.Repeat("x", 81), Website: "a.com", Domain: "b.com"},
			workflows.VendorRow{Vendor: "Cal\x1b[2J", Problems: []string{"Annual Cost: \"much\" is no amount."}},
			workflows.VendorRow{Vendor: "Lattice", Cost: ptr(int64(1))},
			workflows.VendorRow{Vendor: "Lattice", Cost: ptr(int64(2))},
			workflows.VendorRow{Vendor: "Gem", Sponsor: mail("gone")},
			workflows.VendorRow{Vendor: "Apex", Website: "apex.com"}, workflows.VendorRow{Vendor: "Apex", Website: "apex.io"}, workflows.VendorRow{Vendor: "Apex"},
		)
		want := []string{
			"3: Vendor is empty: every line needs the name of one.",
			`4: Website "figma" is no web address. Write it as in zoom.us or https://www.zoom.us.`,
			`4: Risk "Severe" is none of Low, Medium and High. Leave the cell empty where it was not assessed.`,
			`4: Data Class "4" is none of 0, 1, 2, 3, public, internal, confidential and restricted.`,
			`5: Vendor Sponsor "nobody@acme.example" is not known: write one work e-mail address or one exact name, or leave the cell empty.`,
			`6: Vendor Sponsor "Mona Manages" is the name of 2 people: write the e-mail address, mona@acme.example or mona2@acme.example.`,
			"8: Risk contradicts line 7, which is about the same vendor: correct one of the two.",
			"10: Vendor Sponsor contradicts line 9, which is about the same vendor: correct one of the two.",
			"11: Last Updated At lies in the future.",
			"12: Vendor has 81 characters; 80 are the most.",
			"12: Website and Domain are of two different sites, a.com and b.com.",
			`13: Annual Cost: "much" is no amount.`,
			"13: Vendor has a character in it that cannot be shown.",
			"15: Annual Cost contradicts line 14, which is about the same vendor, and neither is newer by Last Updated At: correct one of the two.",
			`16: Vendor Sponsor "gone@acme.example" is not active here any more, or no full member: name somebody else, or leave the cell empty.`,
			"19: Apex is the name of two vendors with different sites, in lines 17 and 18: say which with Website.",
		}
		if diff := cmp.Diff(lines(r.Problems), want); diff != "" {
			t.Errorf("problems differ (-got +want):\n%s", diff)
		}
		if n := len(h.Ledger()); n != before || len(h.register()) > 0 {
			t.Errorf("an import with problems left %d events and %d vendors", n-before, len(h.register()))
		}
	}, gone)
}

func TestOfTwoLinesThatDifferTheNewerCounts(t *testing.T) {
	old, young := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 6, 1, 0, 0, 0, 0, time.UTC)
	story(t, func(t *testing.T, h *company) {
		r := h.imports(false,
			workflows.VendorRow{Vendor: "Miro", ChangedAt: old, Cost: ptr(int64(1)), Length: "12 months", Used: ptr(true), Service: "Boards", ReviewedOn: "1999-03-01"},
			workflows.VendorRow{Vendor: "Miro Board", Website: "miro.com", ChangedAt: young},
			workflows.VendorRow{Vendor: "Miro", ChangedAt: young, Cost: ptr(int64(0)), Length: "24 months", Used: ptr(false), Approved: ptr(true)},
			workflows.VendorRow{Vendor: "Miro", ChangedAt: young, Approved: ptr(false), Sponsor: mail("sam")},
		)
		if len(r.Problems) > 0 || len(h.register()) != 2 {
			t.Fatalf("got %d vendors, problems %q; want two, of two names", len(h.register()), lines(r.Problems))
		}
		v := h.register()[0]
		if !v.HasCost || v.AnnualCost != 0 || v.Contract.Length != "24 months" || v.Used || v.About.Service != "Boards" || v.State != workflows.VendorImported || v.ChangedAt != young || workflows.DayOf(v.Review.LastAt, time.UTC) != "1999-03-01" {
			t.Errorf("got %+v, want what the newer line says and, where it says nothing, the older", v)
		}
		want := []string{
			"2: Contract Length differs from line 4, which is newer and counts.",
			"2: Annual Cost differs from line 4, which is newer and counts.",
			"2: Actively Used differs from line 4, which is newer and counts.",
			"4: Miro is the same vendor as in line 2: merged.",
			"5: Miro is the same vendor as in line 2: merged.",
			"5: Approved by IT team differs from line 4, and neither is newer: it is taken as no.",
		}
		got := lines(r.Notes)
		for _, w := range want {
			if !strings.Contains("\n"+strings.Join(got, "\n")+"\n", "\n"+w+"\n") {
				t.Errorf("no note says %q:\n%s", w, strings.Join(got, "\n"))
			}
		}
		if len(got) != len(want) {
			t.Errorf("got %d notes, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
		}
	})
}

func TestAVendorThatSomebodyAskedForIsKnownToAnImport(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.imports(false, workflows.VendorRow{Vendor: "Miro", Website: "https://miro.com/pricing?x=1"})
		for what, row := range map[string]workflows.VendorRow{
			"by its domain": {Vendor: "Realtime Board", Domain: "www.miro.com"}, "by its name": {Vendor: "MIRO, Inc."}, "by a site below it": {Vendor: "Board", Website: "help.miro.com"},
		} {
			if r := h.imports(false, row); r.Known != 1 || len(r.Vendors) != 0 {
				t.Errorf("%s: got %d known and %d imported, want 1 and 0", what, r.Known, len(r.Vendors))
			}
		}
		if r := h.imports(false, workflows.VendorRow{Vendor: "Miro", Website: "miro.paint"}); r.Known != 0 || len(r.Vendors) != 1 {
			t.Errorf("another vendor of the same name: got %d known and %d imported, want 0 and 1", r.Known, len(r.Vendors))
		}
	})
}
