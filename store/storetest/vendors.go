package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

var vendors = []testCase{
	{"a vendor is read as it was put, every field", roundTrip(func(v *workflows.Vendor, id string) { v.ID = id },
		func(tx workflows.Tx, v *workflows.Vendor) error { return tx.PutVendor(v) },
		func(tx workflows.Tx, id string) (workflows.Vendor, error) { return tx.Vendor(id) })},
	{"a vendor's action is read as it was put, every field", roundTrip(func(a *workflows.VendorAction, id string) { a.ID = id },
		func(tx workflows.Tx, a *workflows.VendorAction) error { return tx.PutVendorAction(a) },
		func(tx workflows.Tx, id string) (workflows.VendorAction, error) { return tx.VendorAction(id) })},
	{"a vendor's report is read as it was put, every field", roundTrip(func(r *workflows.VendorReport, id string) { r.ID = id },
		func(tx workflows.Tx, r *workflows.VendorReport) error { return tx.PutVendorReport(r) },
		func(tx workflows.Tx, id string) (workflows.VendorReport, error) { return tx.VendorReport(id) })},
	{"an app made of a vendor is read as it was put, every field", roundTrip(func(a *workflows.CatalogueApp, id string) { a.App.ID = id },
		func(tx workflows.Tx, a *workflows.CatalogueApp) error { return tx.PutCatalogueApp(a) }, catalogueApp)},
	{"a discovered app is read as it was put, every field", roundTrip(func(d *workflows.Discovered, id string) { d.ID = id },
		func(tx workflows.Tx, d *workflows.Discovered) error { return tx.PutDiscovered(d) },
		func(tx workflows.Tx, id string) (workflows.Discovered, error) { return tx.Discovered(id) })},
	{"an assessment is read as it was added, every field, and never added twice", addedOnce(
		func(a *workflows.VendorAssessment) { a.ID, a.Vendor = "VN-0001/1", "VN-0001" }, func(a *workflows.VendorAssessment) { a.Words = "other words" },
		func(tx workflows.Tx, a workflows.VendorAssessment) error { return tx.AddAssessment(a) },
		func(tx workflows.Tx) ([]workflows.VendorAssessment, error) { return tx.Assessments("VN-0001") })},
	{"a decision on a vendor is read as it was added, every field, and never added twice", addedOnce(
		func(d *workflows.VendorDecision) { d.ID, d.Vendor = "VN-0001/D1", "VN-0001" }, func(d *workflows.VendorDecision) { d.Words = "other words" },
		func(tx workflows.Tx, d workflows.VendorDecision) error { return tx.AddVendorDecision(d) },
		func(tx workflows.Tx) ([]workflows.VendorDecision, error) { return tx.VendorDecisions("VN-0001") })},
	{"the register is oldest first, past the last id of four digits too", registerInOrder},
	{"what belongs to a vendor is its own and oldest first, past nine of them too", belongingsInOrder},
	{"the actions and reports of all vendors come vendor by vendor", belongingsOfAll},
	{"apps made of vendors and discovered apps are oldest first", appsInOrder},
	{"a discovered app is found by its key, which no other has", discoveredByKey},
	{"an empty list and none are the same in a discovered app", emptyLists},
	{"times within a vendor's review are whole milliseconds in UTC", reviewTimes},
	{"a source is read up to the time set last, and each source by itself", readUpTo},
}

func catalogueApp(tx workflows.Tx, id string) (workflows.CatalogueApp, error) {
	list, err := tx.CatalogueApps()
	for _, a := range list {
		if a.App.ID == id {
			return a, err
		}
	}
	return workflows.CatalogueApp{}, errors.Join(err, workflows.ErrNotFound)
}

// addedOnce adds a row that is never changed, and again with another word in it.
func addedOnce[T any](name, change func(*T), add func(workflows.Tx, T) error, all func(workflows.Tx) ([]T, error)) func(*testing.T, Database) {
	return func(t *testing.T, db Database) {
		s := opened(t, db)
		var row T
		fill(&row, 0)
		name(&row)
		try := func(tx workflows.Tx) error { return errors.Join(add(tx, row), tell(tx, "vendor.assessed")) }
		update(t, s, try)
		want := []T{row}
		change(&row)
		if err := s.Update(t.Context(), try); !errors.Is(err, workflows.ErrConflict) {
			t.Errorf("added twice: got error %v, want ErrConflict", err)
		}
		if diff := cmp.Diff(read(t, s, all), want); diff != "" {
			t.Errorf("rows differ (-got +want):\n%s", diff)
		}
		db.Leaves(t)
	}
}

// ids returns a field of all rows of a list.
func ids[T any](field string, list []T, err error) ([]string, error) {
	var out []string
	for _, row := range list {
		out = append(out, reflect.ValueOf(row).FieldByName(field).String())
	}
	return out, err
}

func registerInOrder(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) (err error) {
		for _, id := range []string{"VN-10000", "VN-0002", "VN-9999", "VN-0001"} {
			err = errors.Join(err, tx.PutVendor(&workflows.Vendor{ID: id, State: workflows.VendorDenied}))
		}
		return errors.Join(err, tell(tx, "vendor.requested"))
	})
	wantIDs(t, s, "vendors", []string{"VN-0001", "VN-0002", "VN-9999", "VN-10000"}, func(tx workflows.Tx) ([]string, error) {
		list, err := tx.Vendors()
		return ids("ID", list, err)
	})
}

// belongings are the lists of what belongs to a vendor, by what their ids begin with.
var belongings = map[string]func(tx workflows.Tx, vendor string) ([]string, error){
	"": func(tx workflows.Tx, vendor string) ([]string, error) {
		list, err := tx.Assessments(vendor)
		return ids("ID", list, err)
	},
	"D": func(tx workflows.Tx, vendor string) ([]string, error) {
		list, err := tx.VendorDecisions(vendor)
		return ids("ID", list, err)
	},
	"A": func(tx workflows.Tx, vendor string) ([]string, error) {
		list, err := tx.VendorActions(vendor)
		return ids("ID", list, err)
	},
	"R": func(tx workflows.Tx, vendor string) ([]string, error) {
		list, err := tx.VendorReports(vendor)
		return ids("ID", list, err)
	},
}

// addBelongings adds what has number n of each kind to a vendor.
func addBelongings(tx workflows.Tx, vendor string, n int) error {
	id := func(kind string) string { return fmt.Sprintf("%s/%s%d", vendor, kind, n) }
	return errors.Join(
		tx.AddAssessment(workflows.VendorAssessment{ID: id(""), Vendor: vendor}),
		tx.AddVendorDecision(workflows.VendorDecision{ID: id("D"), Vendor: vendor}),
		tx.PutVendorAction(&workflows.VendorAction{ID: id("A"), Vendor: vendor}),
		tx.PutVendorReport(&workflows.VendorReport{ID: id("R"), Vendor: vendor}))
}

func belongingsInOrder(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) (err error) {
		for _, n := range []int{10, 1, 9, 11, 2} {
			err = errors.Join(err, addBelongings(tx, "VN-0001", n), addBelongings(tx, "VN-0002", 100*n))
		}
		return errors.Join(err, tell(tx, "vendor.assessed"))
	})
	for kind, list := range belongings {
		var want []string
		for _, n := range []int{1, 2, 9, 10, 11} {
			want = append(want, fmt.Sprintf("VN-0001/%s%d", kind, n))
		}
		wantIDs(t, s, "of kind "+kind, want, func(tx workflows.Tx) ([]string, error) { return list(tx, "VN-0001") })
		wantIDs(t, s, "of a vendor without any of kind "+kind, nil, func(tx workflows.Tx) ([]string, error) { return list(tx, "VN-0009") })
	}
}

func belongingsOfAll(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) (err error) {
		for _, vendor := range []string{"VN-10000", "VN-0001", "VN-9999"} {
			err = errors.Join(err, addBelongings(tx, vendor, 10), addBelongings(tx, vendor, 2))
		}
		return errors.Join(err, tell(tx, "vendor.action_opened"))
	})
	for _, kind := range []string{"A", "R"} {
		var want []string
		for _, vendor := range []string{"VN-0001", "VN-9999", "VN-10000"} {
			want = append(want, vendor+"/"+kind+"2", vendor+"/"+kind+"10")
		}
		wantIDs(t, s, "of all vendors", want, func(tx workflows.Tx) ([]string, error) { return belongings[kind](tx, "") })
	}
}

func appsInOrder(t *testing.T, db Database) {
	s := opened(t, db)
	at := newClock().now()
	update(t, s, func(tx workflows.Tx) (err error) {
		for i, id := range []string{"zoom", "miro", "asana"} {
			err = errors.Join(err, tx.PutCatalogueApp(&workflows.CatalogueApp{App: workflows.App{ID: id}, Vendor: id, AddedAt: at.Add(time.Duration(i/2) * time.Hour)}))
		}
		for _, id := range []string{"DA-10000", "DA-9999", "DA-0001"} {
			err = errors.Join(err, tx.PutDiscovered(&workflows.Discovered{ID: id, Key: "oauth:" + id}))
		}
		return errors.Join(err, tell(tx, "vendor.discovered"))
	})
	wantIDs(t, s, "apps made of vendors", []string{"miro", "zoom", "asana"}, func(tx workflows.Tx) ([]string, error) {
		list, err := tx.CatalogueApps()
		return ids("Vendor", list, err)
	})
	wantIDs(t, s, "discovered apps", []string{"DA-0001", "DA-9999", "DA-10000"}, func(tx workflows.Tx) ([]string, error) {
		list, err := tx.AllDiscovered()
		return ids("ID", list, err)
	})
}

func discoveredByKey(t *testing.T, db Database) {
	s := opened(t, db)
	put := func(id, key string) func(workflows.Tx) error {
		return func(tx workflows.Tx) error {
			return errors.Join(tx.PutDiscovered(&workflows.Discovered{ID: id, Key: key}), tell(tx, "vendor.discovered"))
		}
	}
	update(t, s, put("DA-0001", "oauth:1"))
	update(t, s, put("DA-0002", "saml:1"))
	if err := s.Update(t.Context(), put("DA-0003", "saml:1")); err == nil {
		t.Error("a second app with the same key was kept")
	}
	view(t, s, func(tx workflows.Tx) error {
		d, err := tx.DiscoveredByKey("saml:1")
		if d.ID != "DA-0002" {
			t.Errorf("got %q, want DA-0002", d.ID)
		}
		_, none := tx.DiscoveredByKey("saml:2")
		notFound(t, "a key that nothing has", none)
		return err
	})
}

func emptyLists(t *testing.T, db Database) {
	s := opened(t, db)
	d := workflows.Discovered{ID: "DA-0001", Key: "oauth:1", Scopes: []string{}, People: []string{}}
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.PutDiscovered(&d), tell(tx, "vendor.discovered"))
	})
	got := read(t, s, func(tx workflows.Tx) (workflows.Discovered, error) { return tx.Discovered(d.ID) })
	if got.Scopes != nil || got.People != nil {
		t.Errorf("got scopes %v and people %v, want none", got.Scopes, got.People)
	}
}

func reviewTimes(t *testing.T, db Database) {
	s := opened(t, db)
	moment := newClock().now().Add(456 * time.Microsecond).In(time.FixedZone("elsewhere", 7200))
	v := workflows.Vendor{ID: "VN-0001", CreatedAt: moment, Review: workflows.VendorReview{OpenedAt: moment, LastAt: moment}}
	update(t, s, func(tx workflows.Tx) error { return errors.Join(tx.PutVendor(&v), tell(tx, "vendor.reviewed")) })
	got := read(t, s, func(tx workflows.Tx) (workflows.Vendor, error) { return tx.Vendor(v.ID) })
	want := newClock().now()
	for what, at := range map[string]time.Time{"made": got.CreatedAt, "opened": got.Review.OpenedAt, "completed": got.Review.LastAt} {
		if at != want {
			t.Errorf("%s: got %v, want %v", what, at, want)
		}
	}
}

func readUpTo(t *testing.T, db Database) {
	s := opened(t, db)
	now := newClock().now()
	for _, at := range []time.Time{now, now.Add(-time.Hour)} {
		update(t, s, func(tx workflows.Tx) error { return tx.SetReadUpTo("token", at) })
		if got := read(t, s, func(tx workflows.Tx) (time.Time, error) { return tx.ReadUpTo("token") }); got != at {
			t.Errorf("got %v, want %v", got, at)
		}
	}
	if got := read(t, s, func(tx workflows.Tx) (time.Time, error) { return tx.ReadUpTo("login") }); !got.IsZero() {
		t.Errorf("a source never read: got %v, want the zero time", got)
	}
}
