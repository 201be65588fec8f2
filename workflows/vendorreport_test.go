package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

// report is Add report.
func report(fields ...string) map[string]string {
	return changedForm(map[string]string{
		"report_kind": "SOC 2 Type 2", "report_from": "2000-01-01", "report_to": "2000-11-30", "report_expires": "",
		"report_link": "drive/figma-soc2-2000.pdf", "report_notes": "", "report_exceptions": "", "report_duties": "",
	}, fields)
}

func TestAReportThatGetsTooOldIsAskedForAndANewerOneClosesThat(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.BuysHigh() // the report counts until 31 December
		h.reaches("2000-12-01", 9)
		a := h.action(id + "/A1")
		if a.Kind != workflows.ActionReport || a.DueOn != "2000-12-31" || a.Owner != h.Person("wanda").ID {
			t.Fatalf("the action is %+v", a)
		}
		h.restarts()
		h.refused(h.As("nora").onVendor(workflows.VerbReport, id, report()), "not_responsible")
		h.done(h.As("sam").onVendor(workflows.VerbReport, id, report("report_kind", "Other")))
		if !h.action(id + "/A1").Open() {
			t.Error("something else stood in for the report")
		}
		h.done(h.As("sam").onVendor(workflows.VerbReport, id, report()))
		h.Settle()
		if a := h.action(id + "/A1"); a.Open() || a.ClosedBy != h.Person("sam").ID || a.Proof != id+"/R3" {
			t.Errorf("the action is %+v", a)
		}
		h.Leap(40 * day)
		if n := len(h.Events("vendor.action_opened")); n != 1 {
			t.Errorf("%d actions were opened, want 1", n)
		}
	})
}

func TestANoteIsAddedToAReportThatIsOnFile(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.invalid(h.As("wanda").onVendor(workflows.VerbReport, id, report("report_link", "")), "report_link")
		h.invalid(h.As("wanda").onVendor(workflows.VerbReport, id, report("report_kind", "A leaflet")), "report_kind")
		h.invalid(h.As("wanda").onVendor(workflows.VerbReport, id, report("report_to", "1999-01-01")), "report_to")
		h.done(h.As("wanda").onVendor(workflows.VerbReport, id, report()))
		h.done(h.As("sam").onVendor(workflows.VerbReport, id, report("report_notes", "Two exceptions, neither in what we use")))
		h.Settle()
		h.view(func(tx workflows.Tx) error {
			all, err := tx.VendorReports(id)
			if len(all) != 2 || all[1].ReviewedBy != h.Person("sam").ID || all[1].AddedBy != h.Person("wanda").ID {
				t.Errorf("on file: %+v", all)
			}
			return err
		})
		if e := h.last("vendor.changed"); e.Data["report"] != id+"/R2" || e.Data["reviewed"] != true || e.Data["expires_on"] != "2001-11-30" {
			t.Errorf("got event %+v", e)
		}
	})
}

func TestAReportCountsForWholeDaysAlsoWhereTheClocksChange(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	story(t, func(t *testing.T, h *company) {
		id := h.Buys() // winter time begins on 29 October 2000, and on 31 October 1999
		h.done(h.As("wanda").onVendor(workflows.VerbReport, id, map[string]string{"report_kind": "SOC 2 Type 2", "report_to": "1999-10-31", "report_link": "drive/soc2.pdf"}))
		h.Settle()
		card := h.shows(workflows.CardVendorSponsor, id, chat("wanda"))
		if !slices.ContainsFunc(card.Lines, func(l workflows.Line) bool { return strings.Contains(l.Note, "counts until 30 October 2000") }) {
			t.Errorf("365 days after 31 October 1999 is 30 October 2000, and the card says %+v", card.Lines)
		}
	}, func(h *company) { h.cat.Location = zone })
}

func TestAReportThatEndsWhileAVendorIsDecidedOnTakesTheApprovalFromTheCard(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed([]string{"data", "3", "data_types", "customer"}, []string{"report_expires", "2000-01-03"})
		h.reaches("2000-01-03", 23)
		if got := labelsOf(h.shows(workflows.CardVendorDecider, id, chat("cleo"))); !slices.Contains(got, "Approve vendor") {
			t.Fatalf("on its last day the card offers %v", got)
		}
		h.reaches("2000-01-04", 0)
		if got := labelsOf(h.shows(workflows.CardVendorDecider, id, chat("cleo"))); slices.Contains(got, "Approve vendor") {
			t.Errorf("without a report the card offers %v", got)
		}
		h.done(h.As("wanda").onVendor(workflows.VerbReport, id, report("report_from", "1999-01-01", "report_to", "1999-12-01", "report_expires", "2000-01-10")))
		h.restarts()
		h.reaches("2000-01-12", 1)
	})
}
