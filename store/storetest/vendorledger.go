package storetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"countersign/workflows"
)

var vendorLedger = []testCase{
	{"a stale vendor, action, report, app made of a vendor or discovered app is a conflict", staleVendors},
	{"an event names the rows of vendors and none of the words about them", vendorLeaves},
	{"of many changes to one vendor, read and put in one transaction, none is lost", noneLostOfVendor},
}

// someVendor is one of everything about a vendor, with words in it that are in no
// other row.
type someVendor struct {
	vendor     workflows.Vendor
	assessment workflows.VendorAssessment
	decision   workflows.VendorDecision
	action     workflows.VendorAction
	report     workflows.VendorReport
	app        workflows.CatalogueApp
	discovered workflows.Discovered
}

func newVendor() *someVendor {
	return &someVendor{
		vendor:     workflows.Vendor{ID: "VN-0001", Name: "Miro", About: workflows.VendorAbout{Why: "the whiteboard is full", Exit: "they wipe it"}},
		assessment: workflows.VendorAssessment{ID: "VN-0001/1", Vendor: "VN-0001", Words: "looked at it twice"},
		decision:   workflows.VendorDecision{ID: "VN-0001/D1", Vendor: "VN-0001", Words: "only for drawings"},
		action:     workflows.VendorAction{ID: "VN-0001/A1", Vendor: "VN-0001", Text: "ask for a newer report", Proof: "mailed by Grace"},
		report:     workflows.VendorReport{ID: "VN-0001/R1", Vendor: "VN-0001", Link: "https://drive.example/soc2", Notes: "read by Grace", Exceptions: "one late leaver", Duties: "use single sign-on"},
		app:        workflows.CatalogueApp{App: workflows.App{ID: "miro"}, Vendor: "VN-0001"},
		discovered: workflows.Discovered{ID: "DA-0001", Key: "oauth:1", Reason: "Bob plays it at home"},
	}
}

// words are those that must stand nowhere in clear.
func (v *someVendor) words() []string {
	return []string{v.vendor.About.Why, v.vendor.About.Exit, v.assessment.Words, v.decision.Words, v.action.Text, v.action.Proof,
		v.report.Link, v.report.Notes, v.report.Exceptions, v.report.Duties, v.discovered.Reason}
}

// puts stores what can be changed, by what it is.
func (v *someVendor) puts() map[string]func(workflows.Tx) error {
	return map[string]func(workflows.Tx) error{
		"a vendor":                func(tx workflows.Tx) error { return tx.PutVendor(&v.vendor) },
		"an action":               func(tx workflows.Tx) error { return tx.PutVendorAction(&v.action) },
		"a report":                func(tx workflows.Tx) error { return tx.PutVendorReport(&v.report) },
		"an app made of a vendor": func(tx workflows.Tx) error { return tx.PutCatalogueApp(&v.app) },
		"a discovered app":        func(tx workflows.Tx) error { return tx.PutDiscovered(&v.discovered) },
	}
}

// put stores all that can be changed, in one order.
func (v *someVendor) put(tx workflows.Tx) error {
	return errors.Join(tx.PutVendor(&v.vendor), tx.PutVendorAction(&v.action), tx.PutVendorReport(&v.report), tx.PutCatalogueApp(&v.app), tx.PutDiscovered(&v.discovered))
}

func (v *someVendor) setVersions(n int) {
	v.vendor.Version, v.action.Version, v.report.Version, v.app.Version, v.discovered.Version = n, n, n, n, n
}

func staleVendors(t *testing.T, db Database) {
	s := opened(t, db)
	v := newVendor()
	for range 2 { // made, then changed
		update(t, s, func(tx workflows.Tx) error { return errors.Join(v.put(tx), tell(tx, "vendor.changed")) })
	}
	for _, version := range []int{0, 1, 3} {
		v.setVersions(version)
		for what, put := range v.puts() {
			if err := s.Update(t.Context(), put); !errors.Is(err, workflows.ErrConflict) {
				t.Errorf("%s of version %d, where 2 is stored: got error %v, want ErrConflict", what, version, err)
			}
		}
	}
	db.Leaves(t)
}

func vendorLeaves(t *testing.T, db Database) {
	s := opened(t, db)
	v := newVendor()
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(v.put(tx), tx.AddAssessment(v.assessment), tx.AddVendorDecision(v.decision), tell(tx, "vendor.approved"))
	})
	v.vendor.About.Conditions, v.action.Owner, v.report.ReviewedBy, v.app.App.Name, v.discovered.Scopes = "only for drawings", "P-1", "P-1", "Miro", []string{"drive"}
	update(t, s, func(tx workflows.Tx) error { return errors.Join(v.put(tx), tell(tx, "vendor.changed")) })
	again := "vendors VN-0001, vendor_actions VN-0001/A1, vendor_reports VN-0001/R1, catalogue_apps miro, discovered DA-0001"
	want := []string{again + ", vendor_assessments VN-0001/1, vendor_decisions VN-0001/D1", again}
	digests := make(map[string]bool)
	for i, l := range db.Leaves(t) {
		for _, w := range v.words() {
			if bytes.Contains(l.Body, []byte(w)) {
				t.Errorf("the leaf says %q in clear", w)
			}
		}
		var e struct {
			Data struct {
				State []struct{ Table, ID, Digest string }
			}
		}
		if err := json.Unmarshal(l.Body, &e); err != nil {
			t.Fatal(err)
		}
		var named []string
		for _, r := range e.Data.State {
			named = append(named, r.Table+" "+r.ID)
			digests[r.Digest] = true
		}
		if got := strings.Join(named, ", "); got != want[i] {
			t.Errorf("event %d names %s; want %s", i+1, got, want[i])
		}
	}
	if len(digests) != 12 {
		t.Errorf("got %d digests of seven rows made and five changed, want 12", len(digests))
	}
}

func noneLostOfVendor(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(tx.PutVendor(&workflows.Vendor{ID: "VN-0001"}), tell(tx, "vendor.requested"))
	})
	const n = 16
	together(t, n, func(int) error {
		return s.Update(t.Context(), func(tx workflows.Tx) error {
			v, err := tx.Vendor("VN-0001")
			if err != nil {
				return err
			}
			v.ContentVersion++
			return errors.Join(tx.PutVendor(&v), tell(tx, "vendor.changed"))
		})
	})
	got := read(t, s, func(tx workflows.Tx) (workflows.Vendor, error) { return tx.Vendor("VN-0001") })
	if got.ContentVersion != n || got.Version != n+1 {
		t.Errorf("got %d changes at version %d, want %d at %d", got.ContentVersion, got.Version, n, n+1)
	}
}
