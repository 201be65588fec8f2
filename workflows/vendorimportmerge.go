package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

// sameVendors puts the lines together that are about one vendor: those of one
// site, else those of one name. Both are in the order of the file.
func sameVendors(lines []importLine) (groups [][]importLine, problems []LineNote) {
	for _, l := range lines {
		if l.domain == "" {
			continue
		}
		var joined []importLine
		groups = slices.DeleteFunc(groups, func(g []importLine) bool { // a line may show that two groups are one
			same := slices.ContainsFunc(g, func(o importLine) bool { return sameSite(o.domain, l.domain) })
			if same {
				joined = append(joined, g...)
			}
			return same
		})
		groups = append(groups, append(joined, l))
	}
	for _, l := range lines {
		if l.domain != "" {
			continue
		}
		var named []int
		for i, g := range groups {
			if slices.ContainsFunc(g, func(o importLine) bool { return o.name == l.name }) {
				named = append(named, i)
			}
		}
		switch len(named) {
		case 0:
			groups = append(groups, []importLine{l})
		case 1:
			groups[named[0]] = append(groups[named[0]], l)
		default:
			problems = append(problems, LineNote{l.row.Line, fmt.Sprintf("%s is the name of two vendors with different sites, in lines %d and %d: say which with Website.",
				l.row.Vendor, groups[named[0]][0].row.Line, groups[named[1]][0].row.Line)})
		}
	}
	for _, g := range groups {
		slices.SortFunc(g, func(a, b importLine) int { return a.row.Line - b.row.Line })
	}
	slices.SortFunc(groups, func(a, b []importLine) int { return a[0].row.Line - b[0].row.Line })
	return groups, problems
}

// knownOf finds the vendor of the register that the lines are about.
func knownOf(register []Vendor, lines []importLine) (Vendor, bool) {
	for _, v := range register {
		if slices.ContainsFunc(lines, func(l importLine) bool { return l.domain != "" && v.Domain != "" && sameSite(v.Domain, l.domain) }) {
			return v, true
		}
	}
	for _, v := range register {
		if slices.ContainsFunc(lines, func(l importLine) bool {
			return (l.domain == "" || v.Domain == "") && (vendorName(v.Name) == l.name || strings.ToLower(v.Name) == l.name)
		}) {
			return v, true
		}
	}
	return Vendor{}, false
}

// importMerge makes one vendor of the lines about it, in the order of the file.
type importMerge struct {
	lines  []importLine
	newest []importLine // the same, the newest first
	report *ImportReport
}

func (m *importMerge) note(line int, format string, args ...any) {
	m.report.Notes = append(m.report.Notes, LineNote{line, fmt.Sprintf(format, args...)})
}

// merged is the vendor that the lines tell of.
func (m *importMerge) merged(c *Catalogue, now time.Time) ImportedVendor {
	m.newest = slices.Clone(m.lines)
	slices.SortStableFunc(m.newest, func(a, b importLine) int { return b.row.ChangedAt.Compare(a.row.ChangedAt) })
	first := m.lines[0]
	for _, l := range m.lines[1:] {
		m.note(l.row.Line, "%s is the same vendor as in line %d: merged.", l.row.Vendor, first.row.Line)
	}
	v := Vendor{
		State: VendorImported, Source: "import", CreatedAt: now, ContentVersion: 1,
		Name:     agreed(m, "", either, func(l importLine) string { return l.row.Vendor }),
		Website:  agreed(m, "", either, func(l importLine) string { return l.website }),
		Domain:   agreed(m, "", either, func(l importLine) string { return l.domain }),
		Inherent: agreed(m, "Risk", never, func(l importLine) vendorrisk.Rating { return l.risk }),
		Sponsor:  agreed(m, "Vendor Sponsor", never, func(l importLine) string { return l.sponsor.ID }),
		About:    VendorAbout{Service: agreed(m, "Service", newer, func(l importLine) string { return l.row.Service })},
		Answers:  vendorrisk.Answers{Data: agreed(m, "Data Class", newer, func(l importLine) vendorrisk.Answer { return l.data })},
		Contract: VendorContract{
			Length:   agreed(m, "Contract Length", newer, func(l importLine) string { return l.row.Length }),
			StartsOn: agreed(m, "Contract Start", newer, func(l importLine) Day { return l.row.StartsOn }),
			RenewsOn: agreed(m, "Renewal Date", newer, func(l importLine) Day { return l.row.RenewsOn }),
		},
		Used:      m.ticked("Actively Used", true, func(l importLine) *bool { return l.row.Used }),
		ChangedAt: m.newest[0].row.ChangedAt,
	}
	v.Contract.NoticeDays = agreed(m, "Notice Days", newer, func(l importLine) given[int] { return gave(l.row.NoticeDays) }).value
	cost := agreed(m, "Annual Cost", newer, func(l importLine) given[int64] { return gave(l.row.Cost) })
	v.HasCost, v.AnnualCost = cost.said, cost.value
	if on := m.reviewedOn(); on != "" {
		v.Review.LastAt = on.At(12, c.Location)
	}
	if m.ticked("Approved by IT team", false, func(l importLine) *bool { return l.row.Approved }) {
		m.approve(&v, c, now)
	}
	if v.ChangedAt.IsZero() {
		v.ChangedAt = now
	}
	i := ImportedVendor{Vendor: v}
	for _, l := range m.lines {
		i.Lines = append(i.Lines, l.row.Line)
		if l.sponsor.ID != "" && l.sponsor.ID == v.Sponsor {
			i.Sponsor = l.sponsor.Shown()
		}
	}
	return i
}

// approve takes over that a vendor was approved before. It is looked at again a
// year after what the file says was done last, and not before anybody has had time
// for it.
func (m *importMerge) approve(v *Vendor, c *Catalogue, now time.Time) {
	if v.Sponsor == "" {
		m.note(m.lines[0].row.Line, "%s was approved but has no sponsor: it is imported as not assessed.", v.Name)
		return
	}
	v.State = VendorApproved
	soonest := DayOf(now.In(c.Location).AddDate(0, 0, 30), c.Location)
	v.Review.FullOn = soonest
	if !v.ChangedAt.IsZero() {
		every := vendorrisk.CadenceOf(v.Inherent, false, c.Vendor.ReassessEvery, c.Vendor.FirstCheckAfter).Full
		v.Review.FullOn = max(soonest, DayOf(v.ChangedAt.In(c.Location).AddDate(0, 0, int(every/(24*time.Hour))), c.Location))
	}
}

// reviewedOn is the latest day on which the vendor was reviewed.
func (m *importMerge) reviewedOn() (on Day) {
	for _, l := range m.lines {
		on = max(on, l.row.ReviewedOn)
	}
	return on
}
