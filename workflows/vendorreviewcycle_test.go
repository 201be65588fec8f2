package workflows

import (
	"fmt"
	"testing"
	"time"

	"countersign/workflows/vendorrisk"
)

// TestNoCycleIsLongerThanAYear: whatever the rating, what was there before and
// what is completed, the next full re-evaluation is due within a year and a check
// before it.
func TestNoCycleIsLongerThanAYear(t *testing.T) {
	const on = Day("2026-02-28")
	for _, every := range []time.Duration{0, 90 * 24 * time.Hour, 365 * 24 * time.Hour, 800 * 24 * time.Hour} {
		s := &Service{cat: &Catalogue{Location: time.UTC, Vendor: VendorPolicy{ReassessEvery: every, FirstCheckAfter: 90 * 24 * time.Hour}}}
		for _, rating := range []vendorrisk.Rating{vendorrisk.Low, vendorrisk.Medium, vendorrisk.High} {
			for _, critical := range []bool{false, true} {
				v := Vendor{State: VendorApproved, Inherent: rating, Critical: critical}
				t.Run(fmt.Sprint(every, rating, critical), func(t *testing.T) {
					r := s.nextReview(v, on, true)
					if r.FullOn.since(on) > 365 || r.FullOn <= on || critical && r.FullOn.since(on) > 182 {
						t.Errorf("the next full one is due on %s", r.FullOn)
					}
					if r.CheckOn != "" && r.CheckOn >= r.FullOn {
						t.Errorf("a check on %s comes after the full one on %s", r.CheckOn, r.FullOn)
					}
					v.Review = r
					if light := s.nextReview(v, on.plus(60), false); light.FullOn != r.FullOn {
						t.Errorf("a check moved the full one from %s to %s", r.FullOn, light.FullOn)
					}
					if opens := s.reviewOpens(v); opens <= on {
						t.Errorf("the next one opens on %s at once", opens)
					}
				})
			}
		}
	}
}
