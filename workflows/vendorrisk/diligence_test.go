package vendorrisk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows/vendorrisk"
)

func TestAHigherRatingAsksForMoreDiligence(t *testing.T) {
	a := answered(3, 2, 2, 1, 1, 0, 0, 0)
	before := 0
	for _, c := range []struct {
		rated    vendorrisk.Rating
		critical bool
	}{{vendorrisk.Low, false}, {vendorrisk.Medium, false}, {vendorrisk.High, false}, {vendorrisk.High, true}} {
		n := len(vendorrisk.Diligence(a, c.rated, c.critical, vendorrisk.Evidence{}))
		if n <= before {
			t.Errorf("%s, critical %t asks for %d items, no more than the one before", c.rated, c.critical, n)
		}
		before = n
	}
	if got := vendorrisk.Diligence(vendorrisk.Answers{}, vendorrisk.Unassessed, false, vendorrisk.Evidence{}); got != nil {
		t.Errorf("nothing answered asks for %v", got)
	}
}

func TestDiligenceSaysWhatIsThereAndWhatIsNot(t *testing.T) {
	got := vendorrisk.Diligence(answered(3, 2, 2, 0, 1, 0, 0, 2), vendorrisk.High, true, vendorrisk.Evidence{Report: true, ReportRead: true, Bridge: true})
	want := []vendorrisk.Item{
		{Text: "All questions answered", Done: true}, {Text: "Terms of the contract on file"}, {Text: "Data processing agreement signed"},
		{Text: "Assurance report or questionnaire", Done: true}, {Text: "Report read, with a note", Done: true}, {Text: "Single sign-on, or a second factor", Done: true},
		{Text: "Exit plan written"}, {Text: "What the report asks of us (CUECs) noted"}, {Text: "Bridge letter for the time since the report", Done: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
