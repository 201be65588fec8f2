package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

// gaps are the notices of the night, in the order of their cards.
func (h *company) gaps() (out []string) {
	all := h.slack.all()
	slices.SortFunc(all, func(a, b post) int { return int(a.card.ID - b.card.ID) })
	for _, p := range all {
		if p.card.Channel == workflows.ChannelCompliance && strings.HasPrefix(p.card.Record, "vendors/") {
			out = append(out, p.view.Title)
		}
	}
	return out
}

func TestEachNightTellsOnceWhatTheRegisterLacks(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.Advance(day)
		got := h.gaps()
		if len(got) != 1 {
			t.Fatalf("after a night there are %d notices, want 1: %v", len(got), got)
		}
		h.says(got[0], "has 3 gaps", "App Build farm: its vendor figma.com is not in the register.", "App Wiki names no vendor.", "App Docs: its vendor VN-0001 is not in the register.")
		if strings.Contains(got[0], "GitHub") {
			t.Errorf("an app of our own is named: %s", got[0])
		}
		h.Advance(2 * day)
		if n := len(h.gaps()); n != 1 {
			t.Errorf("the same gaps were told %d times", n)
		}
		h.Buys()
		h.Advance(day)
		got = h.gaps()
		if len(got) != 2 {
			t.Fatalf("once the register changed there are %d notices, want 2: %v", len(got), got)
		}
		h.says(got[1], "has 1 gap.", "App Wiki names no vendor.")
		h.done(h.As("wanda").Terminates("VN-0001"))
		h.Advance(day)
		got = h.gaps()
		h.says(got[len(got)-1], "App Build farm: its vendor Figma (VN-0001) is not approved: Ending.")
	}, func(h *company) {
		for i, vendor := range []string{"none", "figma.com", "", "none", "none", "VN-0001"} {
			h.cat.Apps[i].Vendor = vendor
		}
	})
}

func TestAtNightTheClockOfTheCompanyCounts(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.Advance(11 * time.Hour) // midnight in UTC is 14:00 there: 3:00 comes after thirteen hours
		if n := len(h.gaps()); n != 0 {
			t.Fatalf("%d notices before three in the morning", n)
		}
		h.Advance(3 * time.Hour)
		if n := len(h.gaps()); n != 1 {
			t.Errorf("%d notices after three in the morning, want 1", n)
		}
	}, func(h *company) { h.cat.Location = time.FixedZone("Etc/GMT+10", -10*60*60) })
}

func TestAVendorInUseNeedsASponsorAnAssessmentAndAReviewDate(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.keeps(workflows.Vendor{ID: "VN-0100", State: workflows.VendorImported, Name: "Old Thing", Source: "import", Inherent: "high"})
		h.keeps(workflows.Vendor{ID: "VN-0101", State: workflows.VendorDenied, Name: "Not Wanted", Source: "import"})
		h.Advance(day)
		got := strings.Join(h.gaps(), "\n")
		h.says(got, "Vendor Old Thing (VN-0100) has no sponsor, no assessment and no review date.")
		if strings.Contains(got, "Not Wanted") {
			t.Errorf("a vendor that was denied is named: %s", got)
		}
	})
}

// keeps puts a vendor into the register as an import does.
func (h *company) keeps(v workflows.Vendor) {
	h.t.Helper()
	err := h.store.Update(h.t.Context(), func(tx workflows.Tx) error {
		v.CreatedAt, v.ChangedAt = tx.Now(), tx.Now()
		if err := tx.PutVendor(&v); err != nil {
			return err
		}
		_, err := tx.Append(workflows.Event{Type: "vendor.changed", Actor: workflows.System, Source: "import", Outcome: workflows.Success, Workflow: workflows.VendorFlow, WorkflowID: v.ID})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
