package workflows

import (
	"errors"
	"maps"
	"slices"
)

// keepVendors sets what the register says about the use of vendors.
func (d *discovering) keepVendors() error {
	of := make(map[string][]*sightedApp)
	for _, a := range d.inOrder() {
		if a.State == DiscoveredMapped {
			of[a.Vendor] = append(of[a.Vendor], a)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		if err := d.keepVendor(id, of[id]); err != nil {
			return err
		}
	}
	return nil
}

func (d *discovering) keepVendor(id string, apps []*sightedApp) error {
	var last Day
	seen, turned, quiet := false, false, true
	for _, a := range apps {
		seen = seen || a.advanced || a.matched
		turned = turned || a.NotSeen && !a.before.NotSeen
		quiet = quiet && a.NotSeen
		last = max(last, a.LastOn)
	}
	if !turned && (!seen || quiet) {
		return nil
	}
	v, err := d.tx.Vendor(id)
	if err != nil {
		return ignoreMissing(err)
	}
	if quiet && turned && v.Live() {
		d.unused = append(d.unused, v)
		return d.s.vendorUnused(d.tx, v)
	}
	if !seen || last < d.longAgo() {
		return nil
	}
	return d.s.vendorUsed(d.tx, v, last, cause{actor: System, source: "google"})
}

// vendorUsed notes in the register that a vendor was seen in use: when that is
// news, and then once a month.
func (s *Service) vendorUsed(tx Tx, v Vendor, last Day, by cause) error {
	if last == "" || v.Used && month(last) <= month(v.LastUsedOn) {
		return nil
	}
	v.Used, v.LastUsedOn = true, max(v.LastUsedOn, last)
	return s.putUse(tx, v, by, map[string]any{"used": true, "last_used_on": string(v.LastUsedOn)})
}

// vendorUnused notes that nobody was seen to use a vendor for long. Where it never
// was seen in use, that somebody says it is stands: people may use it in a way that
// no source shows.
func (s *Service) vendorUnused(tx Tx, v Vendor) error {
	if v.LastUsedOn != "" {
		v.Used = false
	}
	return s.putUse(tx, v, cause{actor: System, source: "google"}, map[string]any{"unused": true, "days": unusedAfter})
}

func (s *Service) putUse(tx Tx, v Vendor, by cause, data map[string]any) error {
	v.ChangedAt = tx.Now()
	if err := tx.PutVendor(&v); err != nil {
		return err
	}
	e := by.on(Event{
		Type: "vendor.changed", Target: &Ref{Kind: "vendor", ID: v.ID, Name: v.Name}, Workflow: VendorFlow, WorkflowID: v.ID, Data: data,
	})
	return errors.Join(s.append(tx, e), s.touch(tx, v.ID))
}

// month is the part of a day that names its month.
func month(d Day) string { return string(d)[:min(len(d), len("2006-01"))] }

// discoveredOf returns the apps seen in use that belong to a vendor, oldest first.
func (s *Service) discoveredOf(tx Tx, vendor string) ([]Discovered, error) {
	all, err := tx.AllDiscovered()
	return slices.DeleteFunc(all, func(d Discovered) bool { return d.State != DiscoveredMapped || d.Vendor != vendor }), err
}
