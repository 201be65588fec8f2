package store_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"countersign/store"
	"countersign/workflows"
	"countersign/workflows/vendorrisk"
)

// history is a closed database in which something of everything happened, with
// the newest checkpoint as a careful person would have kept it.
type history struct {
	*database
	events int64
	kept   []byte
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newHistory(t *testing.T) history {
	t.Helper()
	h := history{database: newDatabase(t)}
	s, err := h.open(func() time.Time { return noon }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, s)
	h.kept = fillHistory(t, s)
	h.events = h.verify(t, store.Expectation{}).Events
	return h
}

// fillHistory makes a history and returns a checkpoint of all of it. The last
// event changes no row.
func fillHistory(t *testing.T, s *store.Store) (kept []byte) {
	t.Helper()
	tell := func(kind string, rows ...error) func(workflows.Tx) error {
		return func(tx workflows.Tx) error {
			_, err := tx.Append(workflows.Event{Type: kind, Actor: workflows.System, Outcome: workflows.Success, Source: "job"})
			return errors.Join(append(rows, err)...)
		}
	}
	checkpoint := func(tx workflows.Tx) error {
		cp, err := tx.Checkpoint()
		kept = []byte(cp.Note)
		return err
	}
	update(t, s, func(tx workflows.Tx) error {
		ada := workflows.Person{ID: "P-000001", Email: "ada@acme.example", Name: "Ada", ChatID: "U1", Active: true}
		bob := workflows.Person{ID: "P-000002", Email: "bob@acme.example", Name: "Bob", ChatID: "U2", ManagerID: "P-000001", Active: true}
		return tell("person.imported", tx.PutPerson(&ada), tx.PutPerson(&bob))(tx)
	})
	r := workflows.Request{ID: "AR-000001", State: workflows.RequestWaiting, Requester: "P-000002", Subject: "P-000002", App: "github", Level: "admin", Duration: 8 * time.Hour, Justification: "to fix the build", Steps: 1}
	update(t, s, func(tx workflows.Tx) error { return tell("access_request.created", tx.PutRequest(&r))(tx) })
	update(t, s, checkpoint)
	update(t, s, func(tx workflows.Tx) error {
		r.State = workflows.RequestApproved
		d := workflows.Decision{ID: "AR-000001/1", RequestID: r.ID, Step: 1, By: "P-000001", Verdict: workflows.VerdictApprove, At: tx.Now()}
		g := workflows.Grant{ID: "GR-000001", Record: r.ID, Person: "P-000002", App: "github", Level: "admin", State: workflows.GrantApproved, Problem: "none yet"}
		k := workflows.Task{ID: "TK-000001", GrantID: g.ID, Record: r.ID, Give: true, Note: "done by hand"}
		on := workflows.Onboarding{ID: "ON-0001", State: workflows.OnboardingReady, Person: "P-000002", GivenName: "Bob", FamilyName: "Builder", PersonalEmail: "bob@home.example", Role: "engineer", StartsOn: "2026-03-09"}
		off := workflows.Offboarding{ID: "OF-0001", State: workflows.OffboardingStarted, Person: "P-000002", Cause: "slack", LastDay: "2026-03-31"}
		step := workflows.Step{ID: "OF-0001/tokens", Record: off.ID, Name: "tokens", Place: 1, State: workflows.StepByHand, Note: "seen to", DoneBy: "P-000001"}
		duty := workflows.Duty{ID: "DU-000001", Person: "P-000002", Kind: workflows.DutyPolicy, Item: "security", ItemVersion: "3", Record: on.ID, DueAt: tx.Now()}
		return tell("access_request.approved", tx.PutRequest(&r), tx.AddDecision(d), tx.PutGrant(&g), tx.PutTask(&k),
			tx.PutOnboarding(&on), tx.PutOffboarding(&off), tx.PutStep(&step), tx.PutDuty(&duty), putVendors(tx))(tx)
	})
	for range 3 {
		update(t, s, tell("sync.ran"))
	}
	update(t, s, checkpoint)
	return kept
}

// putVendors puts a vendor with all that belongs to one.
func putVendors(tx workflows.Tx) error {
	v := workflows.Vendor{
		ID: "VN-0001", State: workflows.VendorApproved, Name: "Miro", Sponsor: "P-000002", Inherent: vendorrisk.High,
		About: workflows.VendorAbout{Why: "the whiteboard is full"}, Review: workflows.VendorReview{FullOn: "2027-03-02"},
	}
	a := workflows.VendorAction{ID: "VN-0001/A1", Vendor: v.ID, Text: "ask for a newer report", Owner: "P-000002", DueOn: "2026-04-01"}
	r := workflows.VendorReport{ID: "VN-0001/R1", Vendor: v.ID, Kind: "SOC 2", Exceptions: "one late leaver"}
	c := workflows.CatalogueApp{App: workflows.App{ID: "miro", Owners: []string{"bob@acme.example"}}, Vendor: v.ID}
	d := workflows.Discovered{ID: "DA-0001", Key: "oauth:1", State: workflows.DiscoveredIgnored, Reason: "a game", People: []string{"P-000002"}}
	return errors.Join(tx.PutVendor(&v), tx.PutVendorAction(&a), tx.PutVendorReport(&r), tx.PutCatalogueApp(&c), tx.PutDiscovered(&d),
		tx.AddAssessment(workflows.VendorAssessment{ID: "VN-0001/1", Vendor: v.ID, Round: 1, By: "P-000002", Words: "looked at it twice"}),
		tx.AddVendorDecision(workflows.VendorDecision{ID: "VN-0001/D1", Vendor: v.ID, Round: 1, Step: 1, By: "P-000001", Verdict: workflows.VendorYes}))
}
