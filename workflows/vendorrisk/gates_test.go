package vendorrisk_test

import (
	"slices"
	"testing"
	"time"

	"countersign/workflows/vendorrisk"
)

func TestGatesStandWhereAScoreMustNotDecide(t *testing.T) {
	good := answered(3, 1, 1, 0, 0, 0, 0, 0)
	all := vendorrisk.Evidence{Report: true, ReportRead: true, ExitPlan: true}
	for _, test := range []struct {
		name     string
		a        vendorrisk.Answers
		rated    vendorrisk.Rating
		critical bool
		e        vendorrisk.Evidence
		want     []string
		bars     vendorrisk.Bar
	}{
		{"nothing missing", good, vendorrisk.High, false, all, nil, 0},
		{"low, nothing on file", answered(1, 0, 0, 0, 3, 2, 0, 1), vendorrisk.Low, false, vendorrisk.Evidence{}, nil, 0},
		{"one answer missing", set(good, vendorrisk.Breach, 0), vendorrisk.High, false, all, []string{"not_assessed"}, vendorrisk.BarsAll},
		{"imported with a rating only", vendorrisk.Answers{}, vendorrisk.Medium, false, all, []string{"not_assessed"}, vendorrisk.BarsAll},
		{"answers and no rating", good, vendorrisk.Unassessed, false, all, []string{"not_assessed"}, vendorrisk.BarsAll},
		{"restricted without agreement", set(good, vendorrisk.Terms, vendorrisk.Chosen(2)), vendorrisk.High, false, all, []string{"dpa_missing"}, vendorrisk.BarsAll},
		{"confidential without agreement", answered(2, 1, 1, 0, 0, 0, 0, 2), vendorrisk.Medium, false, all, nil, 0},
		{"sub-processor without agreement", answered(2, 1, 1, 1, 0, 0, 0, 2), vendorrisk.Medium, false, all, []string{"dpa_missing"}, vendorrisk.BarsAll},
		{"writes with a password only", answered(1, 2, 1, 0, 0, 2, 0, 0), vendorrisk.Medium, false, all, []string{"password_only"}, vendorrisk.BarsPlain},
		{"reads with a password only", answered(1, 1, 1, 0, 0, 2, 0, 0), vendorrisk.Low, false, all, nil, 0},
		{"writes with a second factor", answered(1, 3, 1, 0, 0, 1, 0, 0), vendorrisk.High, false, all, nil, 0},
		{"high and no report", good, vendorrisk.High, false, vendorrisk.Evidence{}, []string{"report_missing"}, vendorrisk.BarsPlain},
		{"high and a questionnaire", set(good, vendorrisk.Assurance, vendorrisk.Chosen(2)), vendorrisk.High, false, all, []string{"report_missing"}, vendorrisk.BarsPlain},
		{"high and a Type 1", set(good, vendorrisk.Assurance, vendorrisk.Chosen(1)), vendorrisk.High, false, all, nil, 0},
		{"high and nobody read it", good, vendorrisk.High, false, vendorrisk.Evidence{Report: true}, []string{"report_unread"}, vendorrisk.BarsPlain},
		{"high, no report, compensated", good, vendorrisk.High, false, vendorrisk.Evidence{Compensating: true}, nil, 0},
		{"medium and no report", answered(2, 1, 1, 0, 3, 0, 0, 0), vendorrisk.Medium, false, vendorrisk.Evidence{}, nil, 0},
		{"overridden to low, still critical", good, vendorrisk.Low, true, vendorrisk.Evidence{ExitPlan: true}, []string{"report_missing"}, vendorrisk.BarsPlain},
		{"critical and no exit plan", good, vendorrisk.High, true, vendorrisk.Evidence{Report: true, ReportRead: true}, []string{"exit_plan_missing"}, vendorrisk.BarsPlain},
		{"everything wrong", answered(3, 3, 3, 1, 3, 2, 2, 2), vendorrisk.High, true, vendorrisk.Evidence{}, []string{"dpa_missing", "password_only", "report_missing", "exit_plan_missing"}, vendorrisk.BarsAll},
	} {
		gates := vendorrisk.Gates(test.a, test.rated, test.critical, test.e)
		var got []string
		var bars vendorrisk.Bar
		for _, g := range gates {
			got, bars = append(got, g.Rule), max(bars, g.Bars)
			if g.Message == "" {
				t.Errorf("%s: gate %s says nothing", test.name, g.Rule)
			}
		}
		if !slices.Equal(got, test.want) || bars != test.bars {
			t.Errorf("%s: got %v barring %d, want %v barring %d", test.name, got, bars, test.want, test.bars)
		}
	}
}

const day = 24 * time.Hour

func TestTheCadenceFollowsTheRiskAndIsNeverLongerThanPromised(t *testing.T) {
	for _, test := range []struct {
		name     string
		rated    vendorrisk.Rating
		critical bool
		every    time.Duration
		first    time.Duration
		want     vendorrisk.Cadence
	}{
		{"low", vendorrisk.Low, false, 365 * day, 90 * day, vendorrisk.Cadence{First: 90 * day, Full: 365 * day}},
		{"medium", vendorrisk.Medium, false, 365 * day, 90 * day, vendorrisk.Cadence{First: 90 * day, Full: 365 * day}},
		{"high", vendorrisk.High, false, 365 * day, 90 * day, vendorrisk.Cadence{First: 90 * day, Check: 182 * day, Full: 365 * day}},
		{"critical", vendorrisk.High, true, 365 * day, 90 * day, vendorrisk.Cadence{First: 90 * day, Full: 182 * day}},
		{"critical, overridden", vendorrisk.Medium, true, 365 * day, 90 * day, vendorrisk.Cadence{First: 90 * day, Full: 182 * day}},
		{"two years", vendorrisk.Low, false, 730 * day, 90 * day, vendorrisk.Cadence{First: 90 * day, Full: 365 * day}},
		{"high, twice a year anyway", vendorrisk.High, false, 180 * day, 90 * day, vendorrisk.Cadence{First: 90 * day, Full: 180 * day}},
		{"a short demo", vendorrisk.High, true, time.Hour, 2 * time.Hour, vendorrisk.Cadence{First: time.Hour, Full: time.Hour}},
		{"nothing said", vendorrisk.Low, false, 0, 0, vendorrisk.Cadence{First: 365 * day, Full: 365 * day}},
	} {
		if got := vendorrisk.CadenceOf(test.rated, test.critical, test.every, test.first); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}
