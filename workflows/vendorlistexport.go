package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

// exportColumns are the columns of a file: first what auditors look at, then the
// register's own, then the rest.
var exportColumns = slices.Concat(
	[]string{"Vendor", "Last Review", "Continue", "Decided By", "Decided At", "Open Actions"},
	vendorColumns[1:],
	[]string{"residual_risk", "critical", "data_class", "status", "next_review_due", "overdue_actions", "report", "report_expires", "renewal_date", "notice_days"},
)

// exportCells draws a vendor in the columns of a file.
func (r register) exportCells(v Vendor) []string {
	own := r.cells(v)
	report, hasReport := r.newestReport(v.ID)
	kind, expires := emptyCell, Day("")
	if hasReport {
		kind, expires = shownOr(report.Kind), r.ends(report)
	}
	notice := emptyCell
	if v.Contract.NoticeDays > 0 {
		notice = strconv.Itoa(v.Contract.NoticeDays)
	}
	by, at := r.settled(v)
	_, due := v.Review.upcoming()
	return slices.Concat(
		[]string{own[0], r.moment(v.Review.LastAt), shownOr(v.Review.Continue), by, r.moment(at), r.openActions(v.ID)},
		own[1:],
		[]string{
			v.Residual.Shown(), yesOrNo(v.Critical), dataClass(v.Answers.Data), string(v.State), dayCell(due),
			strconv.Itoa(len(r.overdueActions(v.ID))), kind, dayCell(expires), dayCell(v.Contract.RenewsOn), notice,
		},
	)
}

// settled says who decided last that we use, or go on using, a vendor, and when.
func (r register) settled(v Vendor) (by string, at time.Time) {
	at = v.DecidedAt
	if v.Review.LastAt.After(at) {
		at = v.Review.LastAt
	}
	if v.Review.DecidedBy != "" && !v.Review.LastAt.Before(v.DecidedAt) {
		return r.name(v.Review.DecidedBy), at
	}
	if who := r.approvers[v.ID]; len(who) > 0 {
		return strings.Join(who, "; "), at
	}
	return r.name(v.Review.DecidedBy), at
}

// whoDecided looks up who settled the newest round of these vendors.
func (r *register) whoDecided(tx Tx, vendors []Vendor) error {
	r.approvers = make(map[string][]string)
	for _, v := range vendors {
		if v.DecidedAt.IsZero() {
			continue
		}
		decisions, err := tx.VendorDecisions(v.ID)
		if err != nil {
			return err
		}
		r.approvers[v.ID] = r.namesOf(decisions, v.DecidedAt)
	}
	return nil
}

// namesOf names who decided in the newest round that was settled by a time.
func (r register) namesOf(decisions []VendorDecision, by time.Time) []string {
	round := 0
	for _, d := range decisions {
		if !d.At.After(by) {
			round = max(round, d.Round)
		}
	}
	var out []string
	for _, d := range decisions {
		if name := r.name(d.By); d.Round == round && !d.At.After(by) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// openActions counts what is still to be done about a vendor, and says when the
// first of it is due.
func (r register) openActions(vendor string) string {
	var first Day
	for _, a := range r.actions[vendor] {
		if a.DueOn != "" && (first == "" || a.DueOn < first) {
			first = a.DueOn
		}
	}
	text := strconv.Itoa(len(r.actions[vendor]))
	if first != "" {
		text += fmt.Sprintf(" (first due %s)", first.Shown())
	}
	return text
}

// overdueActions returns what should have been done before today.
func (r register) overdueActions(vendor string) []VendorAction {
	var out []VendorAction
	for _, a := range r.actions[vendor] {
		if a.DueOn != "" && a.DueOn < r.today() {
			out = append(out, a)
		}
	}
	return out
}

// newestReport is the report of a vendor that holds the longest; one of
// independent assurance before others.
func (r register) newestReport(vendor string) (VendorReport, bool) {
	all := r.reports[vendor]
	if len(all) == 0 {
		return VendorReport{}, false
	}
	return slices.MaxFunc(all, func(a, b VendorReport) int {
		if a.assures() != b.assures() {
			return map[bool]int{true: 1, false: -1}[a.assures()]
		}
		return strings.Compare(string(r.ends(a)), string(r.ends(b)))
	}), true
}

func (r register) today() Day { return DayOf(r.now, r.zone) }

// dataClass is the highest class of data that a vendor holds.
func dataClass(a vendorrisk.Answer) string {
	classes := []string{"public", "internal", "confidential", "restricted"}
	if !a.Known() || a.Points() >= len(classes) {
		return emptyCell
	}
	return classes[a.Points()]
}

func yesOrNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func dayCell(d Day) string { return shownOr(d.Shown()) }
