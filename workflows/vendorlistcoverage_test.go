package workflows

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners"
	"countersign/workflows/vendorrisk"
)

func gapLines(gaps []gap) []string {
	var out []string
	for _, g := range gaps {
		out = append(out, strings.Join(g.row().Cells, " | "))
	}
	return out
}

func TestACompleteVendorHasNoGaps(t *testing.T) {
	if got := gapLines(kept().gaps(whole())); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestEveryGapOfAVendorIsALineWithWhoClosesItAndSinceWhen(t *testing.T) {
	gone := func(change func(*Vendor)) Vendor {
		v := whole()
		change(&v)
		return v
	}
	for want, v := range map[string]Vendor{
		"Figma | no sponsor | – | 21 November 2026":                                           gone(func(v *Vendor) { v.Sponsor = "" }),
		"Figma | sponsor no longer active | Lea Leaver (no longer active) | 21 November 2026": gone(func(v *Vendor) { v.Sponsor = "P-000002" }),
		"Figma | not assessed | Bob Builder | 22 August 2026":                                 gone(func(v *Vendor) { v.Inherent = vendorrisk.Unassessed }),
		"Figma | not assessed here: its rating was imported | Bob Builder | 22 August 2026":   gone(func(v *Vendor) { v.State, v.Matrix = VendorImported, 0 }),
		"Figma | no next review date | Bob Builder | 22 September 2026":                       gone(func(v *Vendor) { v.Review = VendorReview{} }),
		"Figma | review overdue | Bob Builder | 1 November 2026":                              gone(func(v *Vendor) { v.Review.Kind, v.Review.DueOn = ReviewFull, "2026-11-01" }),
		"Figma | approved but unused | Bob Builder | 2 February 2026":                         gone(func(v *Vendor) { v.Used, v.LastUsedOn = false, "2026-02-02" }),
	} {
		if diff := cmp.Diff(gapLines(kept().gaps(v)), []string{want}); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnExpiredReportAndOverdueActionsAreGaps(t *testing.T) {
	r := kept()
	r.reports["VN-0001"] = []VendorReport{{Kind: "SOC 2 Type 2", To: "2025-10-31"}}
	r.actions["VN-0001"] = []VendorAction{{Text: "Sign the DPA", Owner: "P-000003", DueOn: "2026-11-21"}, {Text: "Later", Owner: "P-000003", DueOn: "2026-11-22"}}
	want := []string{"Figma | report expired: SOC 2 Type 2 | Bob Builder | 31 October 2026", "Figma | action overdue: Sign the DPA | Cleo Lead | 21 November 2026"}
	if diff := cmp.Diff(gapLines(r.gaps(whole())), want); diff != "" {
		t.Error(diff)
	}
	r.reports["VN-0001"] = append(r.reports["VN-0001"], VendorReport{Kind: "SOC 2 Type 2", To: "2026-10-31"})
	if got := gapLines(r.gaps(whole())); len(got) != 1 {
		t.Errorf("a newer report leaves %q", got)
	}
}

func TestAVendorThatEndsOwesItsActionsButNoReview(t *testing.T) {
	v, r := whole(), kept()
	v.State, v.Review, v.Used = VendorEnding, VendorReview{}, false
	r.actions[v.ID] = []VendorAction{{Text: "Have the data deleted", Owner: "P-000001", DueOn: "2026-11-01"}}
	want := []string{"Figma | action overdue: Have the data deleted | Bob Builder | 1 November 2026"}
	if diff := cmp.Diff(gapLines(r.gaps(v)), want); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsStillAskedForIsCountedAndNotListed(t *testing.T) {
	asked := Vendor{ID: "VN-0002", Name: "Miro", State: VendorRequested}
	used := Vendor{ID: "VN-0003", Name: "Zoom", State: VendorRequested, Used: true}
	r := kept(whole(), asked, used)
	if got, want := r.underWay(), "1 vendor that is still being asked for is not looked at here."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := len(r.live(inCycle)); n != 2 {
		t.Errorf("%d are looked at, want 2", n)
	}
}

func TestAnAppBelongsToAVendorByItsIdOrDomain(t *testing.T) {
	over := Vendor{ID: "VN-0002", Name: "Miro", Domain: "miro.com", State: VendorTerminated}
	again := Vendor{ID: "VN-0003", Name: "Zoom", Domain: "zoom.us", State: VendorDenied}
	anew := Vendor{ID: "VN-0004", Name: "Zoom", Domain: "zoom.us", State: VendorApproved}
	r := kept(whole(), over, again, anew, Vendor{ID: "VN-0005", State: VendorApproved})
	for named, want := range map[string]string{
		"": "no vendor named", "none": "", "figma.com": "", "www.Figma.com": "", "vn-0001": "", "zoom.us": "",
		"miro.com": "vendor VN-0002 is terminated", "acme.example": "vendor acme.example not in the register",
	} {
		if got := r.vendorGap(named); got != want {
			t.Errorf("%q: got %q, want %q", named, got, want)
		}
	}
	got := gapLines(r.appGaps([]App{{Name: "Wiki", Owners: []string{"bob@acme.example"}}, {Name: "Own", Vendor: "none"}, {Name: "Odd", Owners: []string{"x@acme.example"}}}))
	want := []string{"Wiki | app of the catalogue, no vendor named | Bob Builder | –", "Odd | app of the catalogue, no vendor named | x@acme.example | –"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

func TestAppsInUseAreListedUntilSomebodyDecides(t *testing.T) {
	got := gapLines(register{}.seenGaps([]Discovered{
		{ID: "DA-0001", Name: "Notetaker", People: []string{"P-000001", "P-000002"}, Strange: 1, FirstOn: "2026-11-02", State: DiscoveredNew},
		{ID: "DA-0002", Name: "Figma", State: DiscoveredMapped}, {ID: "DA-0003", Name: "Toy", State: DiscoveredIgnored},
		{ID: "DA-0004", Name: "Miro", State: DiscoveredMapped, Vendor: "VN-0002", NotSeen: true, LastOn: "2026-04-02"},
	}))
	want := []string{"Notetaker | in use (3 accounts), not in the register | – | 2 November 2026", "Miro | app of VN-0002, no longer seen in use | – | 2 April 2026"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

func TestTheCoverageSaysUpToWhenAppsWereLookedFor(t *testing.T) {
	on := &Service{cat: &Catalogue{Discovery: "0 6 * * *"}, discovery: struct{ provisioners.Discovery }{}}
	for want, got := range map[string]string{
		"Apps in use are not looked for: discovery is off.":   (&Service{cat: &Catalogue{}}).sought(kept(), noon),
		"Apps in use have not been read completely yet.":      on.sought(kept(), time.Time{}),
		"Apps in use were read up to 22 November 2026 12:00.": on.sought(kept(), noon),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
