package workflows

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"countersign/provisioners"
)

// discovering is the one transaction in which a reading is kept.
type discovering struct {
	s     *Service
	tx    Tx
	found provisioners.Found
	since map[string]time.Time // up to when each source was read before
	try   int

	apps    map[string]*sightedApp // by key
	vendors []Vendor
	names   []App // apps of the catalogue, with the vendors behind them
	changed int
	fresh   []*sightedApp // somebody has to look at these
	unused  []Vendor
}

// settle keeps everything that a reading shows, and tells who has to know.
func (d *discovering) settle() error {
	steps := []func() error{d.load, d.see, d.match, d.age, d.keep, d.keepVendors, d.record, d.tell, d.again}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// load reads what is stored.
func (d *discovering) load() error {
	all, err := d.tx.AllDiscovered()
	if err != nil {
		return err
	}
	d.apps = make(map[string]*sightedApp, len(all))
	for _, a := range all {
		d.apps[a.Key] = &sightedApp{Discovered: a, before: a}
	}
	if d.vendors, err = d.tx.Vendors(); err != nil {
		return err
	}
	d.names, err = d.s.appNames(d.tx)
	return err
}

// appNames are the apps of the catalogue, those that were made of vendors
// included, with the vendors behind them.
func (s *Service) appNames(tx Tx) ([]App, error) {
	made, err := tx.CatalogueApps()
	if err != nil {
		return nil, err
	}
	out := slices.Clone(s.cat.Apps)
	for _, m := range made {
		m.App.Vendor = m.Vendor
		out = append(out, m.App)
	}
	return out, nil
}

// see adds what was found, whichever of its sources failed: what is there is true.
func (d *discovering) see() error {
	people, err := d.tx.People()
	if err != nil {
		return err
	}
	holders := holdersOf(people)
	for _, f := range d.found.Apps {
		a := d.apps[f.Key]
		if a == nil {
			id, err := d.tx.NextID("DA")
			if err != nil {
				return err
			}
			a = &sightedApp{Discovered: Discovered{ID: id, Key: f.Key, State: DiscoveredNew}}
			d.apps[f.Key] = a
		}
		a.see(f, holders, d.s.cat.Location)
	}
	return nil
}

// inOrder are the apps, oldest first.
func (d *discovering) inOrder() []*sightedApp {
	return slices.SortedFunc(maps.Values(d.apps), func(a, b *sightedApp) int {
		if len(a.ID) != len(b.ID) {
			return len(a.ID) - len(b.ID)
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// match finds the vendors behind apps about which nobody has decided, and has
// somebody look again at those that could do less when somebody did.
func (d *discovering) match() error {
	for _, a := range d.inOrder() {
		if a.reopened {
			a.State, a.Reason, a.By = DiscoveredNew, "", ""
		}
		if a.widened {
			d.fresh = append(d.fresh, a)
		}
		if a.State != DiscoveredNew {
			continue
		}
		if v := matchVendor(a.Name, d.vendors, d.names); v != "" {
			a.State, a.Vendor, a.matched = DiscoveredMapped, v, true
		}
		if (a.before.ID == "" || a.reopened) && (a.State == DiscoveredNew || heavy(a.Scope) || !d.vendor(a.Vendor).Live()) {
			d.fresh = append(d.fresh, a)
		}
	}
	return nil
}

func (d *discovering) vendor(id string) Vendor {
	i := slices.IndexFunc(d.vendors, func(v Vendor) bool { return v.ID == id })
	if i < 0 {
		return Vendor{}
	}
	return d.vendors[i]
}

// age finds the mapped apps that nobody has used for long. Only a source that was
// read to its end can say so: an app is never unused because Google did not answer.
func (d *discovering) age() error {
	long := d.longAgo()
	for _, a := range d.apps {
		switch {
		case a.State != DiscoveredMapped || a.LastOn >= long:
			a.NotSeen = false
		case a.LastOn == "" && (a.before.ID == "" || d.try > 1): // let in just now, maybe: the log comes late
		case d.wholly(a.Key):
			a.NotSeen = true
		}
	}
	return nil
}

// longAgo is the day since which an app must have been seen.
func (d *discovering) longAgo() Day { return longAgo(d.tx.Now(), d.s.cat.Location) }

func longAgo(now time.Time, in *time.Location) Day {
	return DayOf(now.In(in).AddDate(0, 0, -unusedAfter), in)
}

// wholly says whether the use of an app was read to the end just now.
func (d *discovering) wholly(key string) bool {
	return slices.ContainsFunc(d.found.Sources, func(r provisioners.SourceRead) bool {
		return r.Uses != "" && strings.HasPrefix(key, r.Uses) && r.Err == nil
	})
}

// keep stores what changed. What is new or belongs to a vendor by now has an event
// of its own; the others are covered by that of the reading.
func (d *discovering) keep() error {
	for _, a := range d.inOrder() {
		if !a.changed() {
			continue
		}
		d.changed++
		if err := d.tx.PutDiscovered(&a.Discovered); err != nil {
			return err
		}
		err := error(nil)
		switch {
		case a.before.ID == "" || a.reopened || a.widened:
			err = d.s.append(d.tx, discoveredEvent(a.Discovered, a.before.ID != ""))
		case a.matched:
			err = d.s.append(d.tx, mappedEvent(a.Discovered, d.vendor(a.Vendor), cause{actor: System, source: "google"}))
		}
		if err != nil {
			return err
		}
		if err := d.s.touch(d.tx, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// discoveredEvent says that an app was seen for the first time, or again with more
// access than it was decided on.
func discoveredEvent(a Discovered, again bool) Event {
	data := map[string]any{
		"name": Personal{Owner: a.ID, Field: "name", Value: a.Name}, // people name scripts after themselves
		"seen": a.Source, "scope": a.Scope, "people": len(a.People), "strange": a.Strange, "stands": string(a.State),
	}
	if a.FirstOn != "" {
		data["first_on"], data["last_on"] = string(a.FirstOn), string(a.LastOn)
	}
	if a.Vendor != "" {
		data["vendor"] = a.Vendor
	}
	if again {
		data["again"] = true
	}
	return Event{
		Type: "vendor.discovered", Actor: System, Target: refRecord("vendor", a.ID), Workflow: VendorFlow, WorkflowID: a.ID,
		Source: "google", Data: data,
	}
}

// mappedEvent says that an app belongs to a vendor.
func mappedEvent(a Discovered, v Vendor, by cause) Event {
	e := by.on(Event{
		Type: "vendor.changed", Target: &Ref{Kind: "vendor", ID: v.ID, Name: v.Name}, Workflow: VendorFlow, WorkflowID: v.ID,
		Data: map[string]any{"mapped": true, "app": a.ID},
	})
	return e
}

// record keeps up to when each source was read, and what was read, in the ledger.
func (d *discovering) record() error {
	var ran, failed []any
	for _, r := range d.found.Sources {
		if r.Err != nil {
			failed = append(failed, map[string]any{"source": r.Name, "pages": r.Reading.Pages, "rows": r.Reading.Rows})
			continue
		}
		if err := d.tx.SetReadUpTo(r.Name, r.UpTo); err != nil {
			return err
		}
		one := map[string]any{"source": r.Name, "query": r.Reading.Query, "pages": r.Reading.Pages, "rows": r.Reading.Rows, "at": stamp(r.Reading.At), "up_to": stamp(r.UpTo)}
		if !r.From.IsZero() {
			one["from"] = stamp(r.From)
		}
		ran = append(ran, one)
	}
	var errs []error
	if len(failed) > 0 {
		errs = append(errs, d.s.append(d.tx, Event{Type: "sync.failed", Actor: System, Outcome: Failure, Source: "job", Data: map[string]any{"what": "apps", "sources": failed, "changed": d.changed}}))
	}
	if len(ran) > 0 {
		errs = append(errs, d.s.append(d.tx, Event{Type: "sync.ran", Actor: System, Source: "job", Data: map[string]any{"what": "apps", "sources": ran, "changed": d.changed}}))
	}
	return errors.Join(errs...)
}
