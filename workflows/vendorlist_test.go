package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"countersign/workflows"
	"countersign/workflows/vendorrisk"
)

// Keeps puts vendors into the register, as an import does.
func (h *company) Keeps(vendors ...workflows.Vendor) {
	h.t.Helper()
	err := h.store.Update(context.Background(), func(tx workflows.Tx) error {
		for _, v := range vendors {
			if v.CreatedAt.IsZero() {
				v.CreatedAt, v.ChangedAt = tx.Now(), tx.Now()
			}
			if err := tx.PutVendor(&v); err != nil {
				return err
			}
			if _, err := tx.Append(workflows.Event{
				Type: "vendor.changed", Actor: workflows.System, Workflow: workflows.VendorFlow, WorkflowID: v.ID, Outcome: workflows.Success, Source: "import",
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// Lists shows somebody a view of the register.
func (h *company) Lists(who, view string, page int) (workflows.Listing, *workflows.Refusal) {
	h.t.Helper()
	l, no, err := h.svc.VendorList(context.Background(), workflows.Clicker{ChatID: chat(who), Team: team}, workflows.Query{View: view, Page: page})
	if err != nil {
		h.t.Fatal(err)
	}
	return l, no
}

// many are vendors of all ratings, in no order of their names.
func many(n int) (out []workflows.Vendor) {
	ratings := []vendorrisk.Rating{vendorrisk.Unassessed, vendorrisk.Low, vendorrisk.Medium, vendorrisk.High}
	for i := range n {
		out = append(out, workflows.Vendor{
			ID: fmt.Sprintf("VN-%04d", i+1), Name: fmt.Sprintf("Vendor %03d", i*7%n), Domain: fmt.Sprintf("v%d.example", i),
			State: workflows.VendorApproved, Inherent: ratings[i%4], Used: true,
		})
	}
	return out
}

func TestARegisterOfFiveHundredVendorsIsPagedInEveryView(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Keeps(many(500)...)
		for view, want := range map[string]int{"": 500, "high": 125, "medium": 125, "low": 125, "unassessed": 125} {
			var names []string
			for page := 1; ; page++ {
				l, no := h.Lists("nora", view, page)
				if no != nil || l.Count != want || l.Page != page {
					t.Fatalf("%q page %d: %v, count %d, page %d", view, page, no, l.Count, l.Page)
				}
				for _, r := range l.Rows {
					names = append(names, r.Cells[0])
				}
				if page == l.Pages {
					break
				}
			}
			if len(names) != want || !slices.IsSorted(names) || len(slices.Compact(names)) != want {
				t.Errorf("%q: %d names, sorted %t", view, len(names), slices.IsSorted(names))
			}
		}
		l, no := h.Lists("nora", "high", 99)
		if no != nil || l.Page != 9 || len(l.Rows) != 5 {
			t.Errorf("a page beyond the last: %v, %d with %d rows", no, l.Page, len(l.Rows))
		}
	})
}

func TestARegisterWithoutAPageIsTheWholeFile(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Keeps(many(40)...)
		l, no := h.Lists("nora", "low", 0)
		if no != nil || len(l.Rows) != 10 || l.Count != 10 || l.Pages != 1 || len(l.Columns) != 23 || l.Columns[1] != "Last Review" {
			t.Errorf("%v: %d rows of %d, columns %q", no, len(l.Rows), l.Count, l.Columns)
		}
		for _, r := range l.Rows {
			if len(r.Cells) != len(l.Columns) {
				t.Errorf("%s has %d cells", r.Record, len(r.Cells))
			}
		}
		all, no, err := h.svc.VendorRegister(context.Background(), workflows.Clicker{ChatID: chat("nora"), Team: team})
		if no != nil || err != nil || len(all.Rows) != 40 {
			t.Errorf("the register: %v %v, %d rows", no, err, len(all.Rows))
		}
		if gaps, no := h.Lists("nora", "coverage", 0); no != nil || strings.Join(gaps.Columns, "|") != "Vendor|What is missing|Owner/Sponsor|Since" {
			t.Errorf("coverage: %v %q", no, gaps.Columns)
		}
	})
}

func TestOnlyWhoMayActSeesTheRegister(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Keeps(many(3)...)
		if err := h.svc.MemberChanged(context.Background(), workflows.Member{ChatID: "UGUEST", Name: "Gil Guest", Email: "gil@agency.example", Kind: workflows.KindGuest}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			by   workflows.Clicker
			rule string
		}{
			{workflows.Clicker{ChatID: "UGUEST", Team: team}, "guest"}, {workflows.Clicker{ChatID: chat("nora"), Team: "T-OTHER"}, "outsider"},
			{workflows.Clicker{ChatID: "UNOBODY", Team: team}, "unknown_person"},
		} {
			before := len(h.Events("action.refused"))
			for _, view := range []string{"", "coverage", "no such view"} {
				l, no, err := h.svc.VendorList(context.Background(), c.by, workflows.Query{View: view, Page: 1})
				if err != nil || no == nil || no.Rule != c.rule || len(l.Rows) > 0 {
					t.Errorf("%s: %v %v, %d rows", c.rule, no, err, len(l.Rows))
				}
			}
			if got := h.Events("action.refused"); len(got) != before+1 || got[before].Data["action"] != "list" || got[before].Data["rule"] != c.rule {
				t.Errorf("%s: recorded %+v", c.rule, got[before:])
			}
		}
	})
}

func TestAViewThatDoesNotExistIsAnsweredWithThoseThatDo(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		l, no := h.Lists("nora", "hihg", 1)
		if no == nil || no.Rule != "unknown_view" || len(l.Rows) > 0 {
			t.Fatalf("got %v", no)
		}
		h.says(no.Message, `"hihg"`, "high, medium, low, unassessed and coverage")
		if got := h.Events("action.refused"); len(got) > 0 {
			t.Errorf("recorded %+v", got)
		}
	})
}

func TestTheCoverageViewNamesVendorsAppsAndWhatWasSeen(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Keeps(many(2)...)
		err := h.store.Update(context.Background(), func(tx workflows.Tx) error {
			d := workflows.Discovered{ID: "DA-0001", Key: "oauth:1", Name: "Notetaker", Source: "oauth", People: []string{h.Person("nora").ID}, FirstOn: "2000-01-01", State: workflows.DiscoveredNew}
			if err := tx.PutDiscovered(&d); err != nil {
				return err
			}
			_, err := tx.Append(workflows.Event{Type: "vendor.discovered", Actor: workflows.System, Workflow: workflows.VendorFlow, WorkflowID: d.ID, Outcome: workflows.Success, Source: "google"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		l, _ := h.Lists("nora", "coverage", 0)
		var got []string
		for _, r := range l.Rows {
			got = append(got, r.Cells[0]+": "+r.Cells[1])
		}
		text := strings.Join(got, "\n")
		h.says(text, "Notetaker: in use (1 account), not in the register", "Vendor 000: no sponsor", "Vendor 000: not assessed", "Vendor 001: no next review date", "GitHub: app of the catalogue, no vendor named")
		if strings.Contains(text, "Vendor 001: not assessed") || l.Count != len(l.Rows) {
			t.Errorf("got %s", text)
		}
	})
}

// counting counts what a listing reads.
type counting struct {
	workflows.Store
	mu    sync.Mutex
	reads map[string]int
}

func (c *counting) View(ctx context.Context, f func(workflows.Tx) error) error {
	return c.Store.View(ctx, func(tx workflows.Tx) error { return f(countingTx{tx, c}) })
}

type countingTx struct {
	workflows.Tx
	c *counting
}

func (t countingTx) count(what string) {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	t.c.reads[what]++
}

func (t countingTx) Vendors() ([]workflows.Vendor, error) {
	t.count("vendors")
	return t.Tx.Vendors()
}

func (t countingTx) People() ([]workflows.Person, error) {
	t.count("people")
	return t.Tx.People()
}

func (t countingTx) Person(id string) (workflows.Person, error) {
	t.count("person")
	return t.Tx.Person(id)
}

func (t countingTx) VendorActions(vendor string) ([]workflows.VendorAction, error) {
	t.count("actions")
	return t.Tx.VendorActions(vendor)
}

func (t countingTx) VendorReports(vendor string) ([]workflows.VendorReport, error) {
	t.count("reports")
	return t.Tx.VendorReports(vendor)
}

func TestAPageOfTheRegisterReadsEachTableOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Keeps(many(100)...)
		c := &counting{Store: h.store, reads: make(map[string]int)}
		svc := workflows.New(workflows.Parts{Store: c, Catalogue: h.cat, Team: team})
		for _, q := range []workflows.Query{{Page: 1}, {View: "coverage", Page: 2}, {}} {
			clear(c.reads)
			if _, no, err := svc.VendorList(context.Background(), workflows.Clicker{ChatID: chat("nora"), Team: team}, q); err != nil || no != nil {
				t.Fatal(no, err)
			}
			if len(c.reads) != 4 || c.reads["vendors"]*c.reads["people"]*c.reads["actions"]*c.reads["reports"] != 1 {
				t.Errorf("%+v reads %v", q, c.reads)
			}
		}
	})
}
