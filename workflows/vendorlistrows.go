package workflows

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

// emptyCell is what an empty cell shows.
const emptyCell = "–"

// vendorColumns are the columns that people see, in their order.
var vendorColumns = []string{
	"Vendor", "Risk", "Actively Used", "Approved by IT team", "Vendor Sponsor", "Last Updated At", "Annual Cost ($)", "Contract Length",
}

// register is everything that a listing of vendors is made of, read at once.
type register struct {
	now       time.Time
	zone      *time.Location
	ends      func(VendorReport) Day // the last day on which a report counts
	vendors   []Vendor
	people    map[string]Person
	actions   map[string][]VendorAction // open ones, by vendor
	reports   map[string][]VendorReport // by vendor
	approvers map[string][]string       // names of who approved, by vendor; filled for a file only
}

// register reads the whole register, each table once.
func (s *Service) register(tx Tx) (register, error) {
	r := register{
		now: tx.Now(), zone: s.cat.Location, ends: s.reportEnds,
		people: make(map[string]Person), actions: make(map[string][]VendorAction), reports: make(map[string][]VendorReport),
	}
	var err error
	if r.vendors, err = tx.Vendors(); err != nil {
		return r, err
	}
	people, err := tx.People()
	if err != nil {
		return r, err
	}
	for _, p := range people {
		r.people[p.ID] = p
	}
	actions, err := tx.VendorActions("")
	if err != nil {
		return r, err
	}
	for _, a := range actions {
		if a.Open() {
			r.actions[a.Vendor] = append(r.actions[a.Vendor], a)
		}
	}
	reports, err := tx.VendorReports("")
	for _, p := range reports {
		r.reports[p.Vendor] = append(r.reports[p.Vendor], p)
	}
	return r, err
}

// live returns the vendors that belong in a view, by name.
func (r register) live(in func(Vendor) bool) []Vendor {
	var out []Vendor
	for _, v := range r.vendors {
		if v.Live() && in(v) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b Vendor) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return out
}

// cells draws a vendor in the columns that people see.
func (r register) cells(v Vendor) []string {
	return []string{
		shownOr(v.Name), riskCell(v), box(v.Used), approvedCell(v), r.sponsorCell(v), r.moment(v.ChangedAt), costCell(v), shownOr(v.Contract.Length),
	}
}

// riskCell says how risky a vendor is, with what is left after its own controls.
func riskCell(v Vendor) string {
	if v.Rated() == vendorrisk.Unassessed {
		return "Not assessed"
	}
	text := v.Rated().Shown()
	if v.Critical {
		text += ", critical"
	}
	var small []string
	if v.Override.Counts() {
		small = append(small, "set by hand")
		if v.Override.Until != "" {
			small[0] += " until " + v.Override.Until.Shown()
		}
	}
	if v.Residual != vendorrisk.Unassessed {
		small = append(small, "residual "+v.Residual.Shown())
	}
	if len(small) > 0 {
		text += " (" + strings.Join(small, ", ") + ")"
	}
	return text
}

func approvedCell(v Vendor) string {
	text := box(v.InForce())
	if v.State == VendorConditional && v.Until != "" {
		text += " until " + v.Until.Shown()
	}
	return text
}

// sponsorCell names the sponsor, and says so where there is none to count on.
func (r register) sponsorCell(v Vendor) string {
	text := r.name(v.Sponsor)
	switch p, known := r.people[v.Sponsor]; {
	case known && !p.Active:
		text += " (no longer active)"
	case known && v.State == VendorAssessing && !v.Accepted:
		text += " (asked)"
	}
	return text
}

// costCell is the annual cost in whole units, in groups of three digits.
func costCell(v Vendor) string {
	if !v.HasCost {
		return emptyCell
	}
	digits, sign := strconv.FormatInt(v.AnnualCost, 10), ""
	if v.AnnualCost < 0 {
		digits, sign = digits[1:], "-"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// name is a person as a cell shows them. Somebody who is no longer stored stays
// visible by their id.
func (r register) name(id string) string {
	if p, ok := r.people[id]; ok {
		return p.Shown()
	}
	return shownOr(id)
}

func box(ticked bool) string {
	if ticked {
		return "☑"
	}
	return "☐"
}

// shownOr is a text, or the sign of an empty cell.
func shownOr(text string) string {
	if strings.TrimSpace(text) == "" {
		return emptyCell
	}
	return text
}
