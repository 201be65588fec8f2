package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"countersign/workflows/vendorrisk"
)

// dueVendorNightly is when the register is held against the catalogue.
const dueVendorNightly = "vendor.nightly"

// nightlyHour is the hour of the day, local, at which that is.
const nightlyHour = 3

// nightlyLines is how many lines its notice has at most.
const nightlyLines = 40

// planNightly sets the recurring moment.
func (s *Service) planNightly(tx Tx) error {
	at := DayOf(tx.Now(), s.cat.Location).At(nightlyHour, s.cat.Location)
	if !at.After(tx.Now()) {
		at = DayOf(tx.Now(), s.cat.Location).plus(1).At(nightlyHour, s.cat.Location)
	}
	return tx.Schedule(Due{Kind: dueVendorNightly, At: at, Cron: "CRON_TZ=" + s.cat.Location.String() + " 0 3 * * *"})
}

// vendorNightly tells the compliance channel what the register lacks. The same
// findings are told once: their hash names the notice.
func (s *Service) vendorNightly(tx Tx, _ Due) error {
	all, err := tx.Vendors()
	if err != nil {
		return err
	}
	apps, err := s.everyApp(tx)
	if err != nil {
		return err
	}
	lines := append(unregistered(apps, all), lacking(all)...)
	if len(lines) == 0 {
		return nil
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	record := "vendors/" + hex.EncodeToString(sum[:8])
	told, err := tx.Cards(record)
	if err != nil || len(told) > 0 {
		return err
	}
	found := count(int64(len(lines)), "gap")
	if more := len(lines) - nightlyLines; more > 0 {
		lines = append(lines[:nightlyLines], "and "+count(int64(more), "more gap"))
	}
	return s.tell(tx, ChannelCompliance, record, "The vendor register has "+found+".\n"+strings.Join(lines, "\n"))
}

// unregistered says which apps have no vendor in the register.
func unregistered(apps []App, all []Vendor) []string {
	var out []string
	seen := make(map[string]bool)
	for _, a := range apps {
		if seen[a.ID] || a.Vendor == noVendor {
			continue
		}
		seen[a.ID] = true
		switch v, found := vendorBehind(a, all); {
		case a.Vendor == "":
			out = append(out, "App "+a.Name+" names no vendor.")
		case !found:
			out = append(out, "App "+a.Name+": its vendor "+a.Vendor+" is not in the register.")
		case !v.InForce() && v.State != VendorImported:
			status, _ := v.status()
			out = append(out, "App "+a.Name+": its vendor "+v.pointerTo(status)+".")
		}
	}
	return out
}

func (v Vendor) pointerTo(status string) string {
	return v.Name + " (" + v.ID + ") is not approved: " + status
}

// vendorBehind returns the vendor of an app, one that may be used before others.
func vendorBehind(a App, all []Vendor) (Vendor, bool) {
	var other Vendor
	for _, v := range all {
		if !a.from(v) {
			continue
		}
		if v.InForce() {
			return v, true
		}
		other = v
	}
	return other, other.ID != ""
}

// lacking says which vendors in use have nobody to answer for them, were never
// assessed, or are in no cycle of re-evaluation.
func lacking(all []Vendor) []string {
	var out []string
	for _, v := range all {
		if !v.InForce() && v.State != VendorImported {
			continue
		}
		var missing []string
		if v.Sponsor == "" {
			missing = append(missing, "no sponsor")
		}
		if v.Matrix == 0 || v.Rated() == vendorrisk.Unassessed {
			missing = append(missing, "no assessment")
		}
		if v.Review.FullOn == "" && v.Review.CheckOn == "" && v.Review.DueOn == "" {
			missing = append(missing, "no review date")
		}
		if len(missing) > 0 {
			out = append(out, "Vendor "+v.Name+" ("+v.ID+") has "+list(missing, "and")+".")
		}
	}
	return out
}
