package workflows

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows/vendorrisk"
)

// noon is when the tests look at the register.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// kept is a register as it would have been read.
func kept(vendors ...Vendor) register {
	rules := &Service{cat: &Catalogue{Location: time.UTC, Vendor: VendorPolicy{ReportMaxAge: 365 * 24 * time.Hour}}}
	return register{
		now: noon, zone: time.UTC, ends: rules.reportEnds, vendors: vendors,
		people: map[string]Person{
			"P-000001": {ID: "P-000001", Name: "Bob Builder", Email: "bob@acme.example", Active: true},
			"P-000002": {ID: "P-000002", Name: "Lea Leaver", Email: "lea@acme.example"},
			"P-000003": {ID: "P-000003", Name: "Cleo Lead", Email: "cleo@acme.example", Active: true},
		},
		actions: map[string][]VendorAction{}, reports: map[string][]VendorReport{}, approvers: map[string][]string{},
	}
}

// whole is a vendor of whom everything is known and nothing is missing.
func whole() Vendor {
	return Vendor{
		ID: "VN-0001", State: VendorApproved, Name: "Figma", Domain: "figma.com", Sponsor: "P-000001", Accepted: true,
		Answers: vendorrisk.Answers{Data: vendorrisk.Chosen(2)}, Inherent: vendorrisk.High, Residual: vendorrisk.Medium, Critical: true, Matrix: 1,
		Used: true, HasCost: true, AnnualCost: 1234567,
		Contract:  VendorContract{Length: "12 months", RenewsOn: "2027-03-01", NoticeDays: 60},
		Review:    VendorReview{FullOn: "2027-05-01", CheckOn: "2027-01-15", LastAt: noon.AddDate(0, -1, 0), Continue: "yes", DecidedBy: "P-000003"},
		DecidedAt: noon.AddDate(0, -2, 0), ChangedAt: noon.AddDate(0, 0, -1), CreatedAt: noon.AddDate(0, -3, 0),
	}
}

func TestACompleteVendorFillsTheColumnsInTheirOrder(t *testing.T) {
	got := kept().cells(whole())
	want := []string{"Figma", "High, critical (residual Medium)", "☑", "☑", "Bob Builder", "21 November 2026 12:00", "1,234,567", "12 months"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyVendorLeavesItsCellsEmptyAndTheRegisterStanding(t *testing.T) {
	want := []string{"–", "Not assessed", "☐", "☐", "–", "–", "–", "–"}
	if diff := cmp.Diff(kept().cells(Vendor{}), want); diff != "" {
		t.Error(diff)
	}
	if got := kept().exportCells(Vendor{}); len(got) != len(exportColumns) {
		t.Errorf("%d cells for %d columns", len(got), len(exportColumns))
	}
}

func TestTheFileShowsFirstWhatAuditorsLookAt(t *testing.T) {
	r := kept()
	r.actions["VN-0001"] = []VendorAction{{DueOn: "2026-12-24"}, {DueOn: "2026-11-21"}, {}}
	r.reports["VN-0001"] = []VendorReport{{Kind: "SOC 2 Type 1", ExpiresOn: "2026-01-01"}, {Kind: "SOC 2 Type 2", To: "2026-03-31"}}
	want := []string{
		"Figma", "22 October 2026 12:00", "yes", "Cleo Lead", "22 October 2026 12:00", "3 (first due 21 November 2026)",
		"High, critical (residual Medium)", "☑", "☑", "Bob Builder", "21 November 2026 12:00", "1,234,567", "12 months",
		"Medium", "yes", "confidential", "approved", "15 January 2027", "1", "SOC 2 Type 2", "31 March 2027", "1 March 2027", "60",
	}
	if diff := cmp.Diff(r.exportCells(whole()), want); diff != "" {
		t.Error(diff)
	}
	start := "Vendor|Last Review|Continue|Decided By|Decided At|Open Actions|Risk|Actively Used|Approved by IT team|Vendor Sponsor|Last Updated At|Annual Cost ($)|Contract Length|residual_risk"
	if got := strings.Join(exportColumns, "|"); !strings.HasPrefix(got, start) {
		t.Errorf("columns are %s", got)
	}
}

func TestAVendorWithoutAReviewNamesWhoApprovedIt(t *testing.T) {
	v, r := whole(), kept()
	v.Review = VendorReview{FullOn: "2027-05-01"}
	decided := []VendorDecision{
		{Round: 1, By: "P-000002", At: v.DecidedAt.Add(-time.Hour)}, {Round: 2, By: "P-000003", At: v.DecidedAt.Add(-time.Minute)},
		{Round: 2, By: "P-000001", At: v.DecidedAt}, {Round: 3, By: "P-000002", At: v.DecidedAt.Add(time.Hour)},
	}
	r.approvers[v.ID] = r.namesOf(decided, v.DecidedAt)
	got := r.exportCells(v)[1:5]
	if diff := cmp.Diff(got, []string{"–", "–", "Cleo Lead; Bob Builder", "22 September 2026 12:00"}); diff != "" {
		t.Error(diff)
	}
}

func TestTheRiskIsThatWhichCountsWithTheResidualBesideIt(t *testing.T) {
	for want, v := range map[string]Vendor{
		"Not assessed":          {Residual: vendorrisk.Low},
		"High":                  {Inherent: vendorrisk.High},
		"Medium (residual Low)": {Inherent: vendorrisk.Medium, Residual: vendorrisk.Low},
		"High (residual High)": { // nobody has agreed to the override yet
			Inherent: vendorrisk.High, Residual: vendorrisk.High, Override: VendorOverride{Rating: vendorrisk.Low, By: "P-000001"},
		},
		"Low, critical (set by hand until 1 May 2027, residual Medium)": {
			Inherent: vendorrisk.High, Residual: vendorrisk.Medium, Critical: true,
			Override: VendorOverride{Rating: vendorrisk.Low, By: "P-000001", Second: "P-000003", Until: "2027-05-01"},
		},
	} {
		if got := riskCell(v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestApprovalSponsorAndCostSayWhatTheyRestOn(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{approvedCell(Vendor{State: VendorConditional, Until: "2027-05-01"}), "☑ until 1 May 2027"},
		{approvedCell(Vendor{State: VendorDeciding}), "☐"},
		{approvedCell(Vendor{State: VendorEnding}), "☐"},
		{kept().sponsorCell(Vendor{Sponsor: "P-000002", State: VendorApproved}), "Lea Leaver (no longer active)"},
		{kept().sponsorCell(Vendor{Sponsor: "P-000001", State: VendorAssessing}), "Bob Builder (asked)"},
		{kept().sponsorCell(Vendor{Sponsor: "P-000001", State: VendorAssessing, Accepted: true}), "Bob Builder"},
		{kept().sponsorCell(Vendor{Sponsor: "P-000099"}), "P-000099"},
		{costCell(Vendor{HasCost: true}), "0"},
		{costCell(Vendor{HasCost: true, AnnualCost: 999}), "999"},
		{costCell(Vendor{HasCost: true, AnnualCost: -1000}), "-1,000"},
		{costCell(Vendor{AnnualCost: 5}), "–"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestVendorsStandByNameAndThoseThatAreOverAreCounted(t *testing.T) {
	r := kept(
		Vendor{ID: "VN-0004", Name: "slack", State: VendorApproved}, Vendor{ID: "VN-0003", Name: "Slack", State: VendorImported},
		Vendor{ID: "VN-0002", Name: "aha", State: VendorRequested}, Vendor{ID: "VN-0005", Name: "Miro", State: VendorTerminated},
		Vendor{ID: "VN-0006", Name: "Odd", State: VendorDenied}, Vendor{ID: "VN-0007", Name: "Old", State: VendorDenied},
	)
	var got []string
	for _, v := range r.live(inView[""]) {
		got = append(got, v.ID)
	}
	if diff := cmp.Diff(got, []string{"VN-0002", "VN-0003", "VN-0004"}); diff != "" {
		t.Error(diff)
	}
	if got, want := r.leftOut(), "Left out: 3 vendors (2 denied, 1 terminated)."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := kept(whole()).leftOut(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestEachViewShowsItsOwnRatingAndTheOverrideCounts(t *testing.T) {
	by := map[vendorrisk.Rating]string{vendorrisk.High: "high", vendorrisk.Medium: "medium", vendorrisk.Low: "low", vendorrisk.Unassessed: "unassessed"}
	for rating, view := range by {
		v := Vendor{Inherent: rating}
		lowered := Vendor{Inherent: rating, Override: VendorOverride{Rating: vendorrisk.Low, Second: "P-000003"}}
		for id, in := range inView {
			if got, want := in(v), id == "" || id == view; got != want {
				t.Errorf("%q in view %q: %t", rating, id, got)
			}
			if got, want := in(lowered), id == "" || id == "low"; got != want {
				t.Errorf("%q set to low in view %q: %t", rating, id, got)
			}
		}
	}
}

func TestFiveHundredVendorsArePagedWithoutLossOrRepetition(t *testing.T) {
	var all Listing
	for i := range 500 {
		all.Rows = append(all.Rows, Row{Record: fmt.Sprint(i)})
	}
	seen := 0
	for page := 1; page <= 34; page++ {
		l := paged(all, page, "", "note")
		if l.Page != page || l.Pages != 34 || l.Count != 500 || len(l.Rows) > listingRows || len(l.Notes) != 1 {
			t.Fatalf("page %d: %d of %d, %d rows, count %d, notes %q", page, l.Page, l.Pages, len(l.Rows), l.Count, l.Notes)
		}
		for _, r := range l.Rows {
			if r.Record != fmt.Sprint(seen) {
				t.Fatalf("page %d: got %s, want %d", page, r.Record, seen)
			}
			seen++
		}
	}
	if seen != 500 {
		t.Errorf("saw %d", seen)
	}
	for asked, want := range map[int]int{-3: 1, 35: 34, 1 << 40: 34} {
		if got := paged(all, asked).Page; got != want {
			t.Errorf("page %d: got %d, want %d", asked, got, want)
		}
	}
	if l := paged(all, 0); len(l.Rows) != 500 || l.Page != 1 || l.Pages != 1 {
		t.Errorf("all rows: %d on page %d of %d", len(l.Rows), l.Page, l.Pages)
	}
	if l := paged(Listing{}, 7); l.Page != 1 || l.Pages != 1 || l.Count != 0 {
		t.Errorf("empty: page %d of %d", l.Page, l.Pages)
	}
}

func TestAViewIsFoundByItsWordAndByItsName(t *testing.T) {
	for text, want := range map[string]string{"": "", " HIGH ": "high", "Low Risk Only": "low", "default": "", "Default view": "", "coverage": "coverage"} {
		if v, ok := vendorView(text); !ok || v.Value != want {
			t.Errorf("%q: got %q, %t", text, v.Value, ok)
		}
	}
	if _, ok := vendorView("hgih"); ok {
		t.Error("a view that does not exist was found")
	}
	if got := unknownView("hgih").Message; !strings.Contains(got, "high, medium, low, unassessed and coverage") {
		t.Errorf("got %q", got)
	}
}
