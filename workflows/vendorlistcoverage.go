package workflows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/workflows/vendorrisk"
)

// coverageColumns are the columns of what falls outside the cycle.
var coverageColumns = []string{"Vendor", "What is missing", "Owner/Sponsor", "Since"}

// gap is one thing that keeps a vendor, or an app, outside the cycle.
type gap struct {
	record string // VN- or DA- id, or empty
	name   string // of the vendor or app
	what   string
	who    string // name of who could close it, or empty
	since  string // as shown
}

func (g gap) row() Row {
	return Row{Record: g.record, Cells: []string{shownOr(g.name), g.what, shownOr(g.who), shownOr(g.since)}}
}

// coverage lists what falls outside the cycle: vendors with something missing,
// apps of the catalogue without a vendor, and apps in use that nobody registered.
// With them comes up to when apps in use were read without a gap.
func (s *Service) coverage(tx Tx, r register) (out []gap, upTo time.Time, err error) {
	for _, v := range r.live(inCycle) {
		out = append(out, r.gaps(v)...)
	}
	made, err := tx.CatalogueApps()
	if err != nil {
		return nil, upTo, err
	}
	apps := slices.Clone(s.cat.Apps)
	for _, m := range made {
		if !slices.ContainsFunc(apps, func(a App) bool { return a.ID == m.App.ID }) {
			m.App.Vendor = cmp.Or(m.App.Vendor, m.Vendor)
			apps = append(apps, m.App)
		}
	}
	out = append(out, r.appGaps(apps)...)
	seen, upTo, err := s.coverageOfDiscovery(tx, r.vendors)
	if err != nil {
		return nil, upTo, err
	}
	out = append(out, r.seenGaps(seen)...)
	slices.SortStableFunc(out, func(a, b gap) int { return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	return out, upTo, nil
}

// inCycle says whether a vendor belongs in the cycle: it is in use, may be used,
// or is not gone yet. What is still being asked for has its own way there.
func inCycle(v Vendor) bool {
	return v.InForce() || v.State == VendorImported || v.State == VendorEnding || v.Used
}

// underWay says how many vendors are still being asked for.
func (r register) underWay() string {
	n := len(r.live(func(v Vendor) bool { return !inCycle(v) }))
	switch n {
	case 0:
		return ""
	case 1:
		return "1 vendor that is still being asked for is not looked at here."
	}
	return fmt.Sprintf("%d vendors that are still being asked for are not looked at here.", n)
}

// gaps lists what is missing of a vendor.
func (r register) gaps(v Vendor) []gap {
	var out []gap
	add := func(what string, since Day) {
		out = append(out, gap{record: v.ID, name: v.Name, what: what, who: r.sponsorCell(v), since: since.Shown()})
	}
	from := r.day(v.DecidedAt, v.CreatedAt)
	if what := r.sponsorGap(v); what != "" {
		add(what, r.day(v.ChangedAt, v.CreatedAt))
	}
	if v.State != VendorEnding {
		switch {
		case v.Rated() == vendorrisk.Unassessed:
			add("not assessed", r.day(v.CreatedAt))
		case v.Matrix == 0 && v.State == VendorImported:
			add("not assessed here: its rating was imported", r.day(v.CreatedAt))
		}
		switch _, due := v.Review.upcoming(); {
		case due == "":
			add("no next review date", from)
		case due < r.today():
			add("review overdue", due)
		}
		if since := r.day(v.LastUsedOn.At(12, r.zone), v.DecidedAt, v.CreatedAt); v.InForce() && !v.Used && since < r.today().plus(-unusedAfter) {
			add("approved but unused", since)
		}
	}
	if p, ok := r.newestReport(v.ID); ok && p.assures() && r.ends(p) < r.today() {
		add("report expired: "+p.Kind, r.ends(p))
	}
	for _, a := range r.overdueActions(v.ID) {
		add("action overdue: "+shownOr(a.Text), a.DueOn)
		out[len(out)-1].who = r.name(a.Owner)
	}
	return out
}

// sponsorGap says why nobody looks after a vendor.
func (r register) sponsorGap(v Vendor) string {
	p, known := r.people[v.Sponsor]
	switch {
	case v.Sponsor == "":
		return "no sponsor"
	case !known || !p.Active:
		return "sponsor no longer active"
	}
	return ""
}

// day is the day of the first of these moments that there is.
func (r register) day(moments ...time.Time) Day {
	for _, t := range moments {
		if !t.IsZero() {
			return DayOf(t, r.zone)
		}
	}
	return ""
}

// appGaps lists the apps of the catalogue that belong to no vendor we use.
func (r register) appGaps(apps []App) []gap {
	var out []gap
	for _, a := range apps {
		what := r.vendorGap(a.Vendor)
		if what == "" {
			continue
		}
		g := gap{name: a.Name, what: "app of the catalogue, " + what}
		if len(a.Owners) > 0 {
			g.who = r.byEmail(a.Owners[0])
		}
		out = append(out, g)
	}
	return out
}

// vendorGap says why what an app names as its vendor is none that we use. The
// name is an id or a domain; "none" is an app of our own.
func (r register) vendorGap(named string) string {
	named = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(named)), "www.")
	switch named {
	case "none":
		return ""
	case "":
		return "no vendor named"
	}
	what := "vendor " + named + " not in the register"
	for _, v := range r.vendors {
		if strings.ToLower(v.ID) != named && (v.Domain == "" || v.Domain != named) {
			continue
		}
		if v.Live() {
			return ""
		}
		what = "vendor " + v.ID + " is " + string(v.State)
	}
	return what
}

// byEmail is a person as a cell shows them, by their address.
func (r register) byEmail(address string) string {
	for _, p := range r.people {
		if p.Email == address && p.Active {
			return p.Shown()
		}
	}
	return address
}

// seenGaps lists apps that were seen in use and that nobody decided about, and
// those of our vendors that are seen no more, or still though the vendor is over.
func (r register) seenGaps(all []Discovered) []gap {
	var out []gap
	for _, d := range all {
		g := gap{record: d.ID, name: d.Name, what: "in use (" + count(int64(len(d.People)+d.Strange), "account") + "), not in the register", since: d.FirstOn.Shown()}
		switch {
		case d.State == DiscoveredMapped && d.NotSeen:
			g.what, g.since = "app of "+d.Vendor+", no longer seen in use", d.LastOn.Shown()
		case d.State == DiscoveredMapped && r.over(d.Vendor):
			g.what, g.since = "app of "+d.Vendor+", which is "+string(r.vendor(d.Vendor).State)+", seen in use", d.LastOn.Shown()
		case d.State != DiscoveredNew:
			continue
		}
		out = append(out, g)
	}
	return out
}

// over says whether a vendor of the register is none that anybody may use.
func (r register) over(id string) bool {
	v := r.vendor(id)
	return v.ID != "" && !v.Live()
}

func (r register) vendor(id string) Vendor {
	i := slices.IndexFunc(r.vendors, func(v Vendor) bool { return v.ID == id })
	if i < 0 {
		return Vendor{}
	}
	return r.vendors[i]
}

// sought says up to when apps in use were looked for.
func (s *Service) sought(r register, upTo time.Time) string {
	switch {
	case s.discovery == nil || s.cat.Discovery == "":
		return "Apps in use are not looked for: discovery is off."
	case upTo.IsZero():
		return "Apps in use have not been read completely yet."
	}
	return "Apps in use were read up to " + r.moment(upTo) + "."
}
