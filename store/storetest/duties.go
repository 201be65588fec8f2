package storetest

import (
	"errors"
	"testing"

	"countersign/workflows"
)

var duties = []testCase{
	{"a duty is read as it was put, every field", roundTrip(func(d *workflows.Duty, id string) { d.ID = id },
		func(tx workflows.Tx, d *workflows.Duty) error { return tx.PutDuty(d) },
		func(tx workflows.Tx, id string) (workflows.Duty, error) { return tx.Duty(id) })},
	{"duties are found by whose they are, by their record and while open", dutiesFound},
	{"grants are found by what they rest on and by what ended them", grantsOfRecords},
	{"a grant that ended before its time is not among the unended", revokedIsEnded},
}

func dutyIDs(list []workflows.Duty, err error) (ids []string, _ error) {
	for _, d := range list {
		ids = append(ids, d.ID)
	}
	return ids, err
}

func dutiesFound(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutDuty(&workflows.Duty{ID: "DU-000004", Person: "P-1", Record: "ON-0001"}),
			tx.PutDuty(&workflows.Duty{ID: "DU-000003", Person: "P-1", Record: "ON-0001", DoneAt: tx.Now()}),
			tx.PutDuty(&workflows.Duty{ID: "DU-000002", Person: "P-2", Record: "ON-0002", OverdueAt: tx.Now()}),
			tx.PutDuty(&workflows.Duty{ID: "DU-000001", Person: "P-1"}),
			tell(tx, "duty.assigned"))
	})
	for what, c := range map[string]struct {
		find func(workflows.Tx) ([]workflows.Duty, error)
		want []string
	}{
		"those of a person":   {func(tx workflows.Tx) ([]workflows.Duty, error) { return tx.DutiesOf("P-1") }, []string{"DU-000004", "DU-000003", "DU-000001"}},
		"those of a stranger": {func(tx workflows.Tx) ([]workflows.Duty, error) { return tx.DutiesOf("P-9") }, nil},
		"those of a record":   {func(tx workflows.Tx) ([]workflows.Duty, error) { return tx.DutiesFrom("ON-0001") }, []string{"DU-000003", "DU-000004"}},
		"those of no record":  {func(tx workflows.Tx) ([]workflows.Duty, error) { return tx.DutiesFrom("") }, nil},
		"the open ones":       {func(tx workflows.Tx) ([]workflows.Duty, error) { return tx.OpenDuties() }, []string{"DU-000001", "DU-000002", "DU-000004"}},
	} {
		wantIDs(t, s, what, c.want, func(tx workflows.Tx) ([]string, error) { return dutyIDs(c.find(tx)) })
	}
}

func grantsOfRecords(t *testing.T, db Database) {
	s := opened(t, db)
	update(t, s, func(tx workflows.Tx) error {
		return errors.Join(
			tx.PutRequest(&workflows.Request{ID: "AR-000001"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000004", Record: "ON-0001", EndedBy: "OF-0001"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000003", Record: "AR-000001", EndedBy: "OF-0001"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000002", Record: "ON-0002", EndedBy: "OF-0002"}),
			tx.PutGrant(&workflows.Grant{ID: "GR-000001", Record: "ON-0001"}),
			tell(tx, "grant.started"))
	})
	for what, c := range map[string]struct {
		find func(workflows.Tx) ([]workflows.Grant, error)
		want []string
	}{
		"those of an onboarding":     {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsFrom("ON-0001") }, []string{"GR-000001", "GR-000004"}},
		"those of a request":         {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsFrom("AR-000001") }, []string{"GR-000003"}},
		"those of nothing":           {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsFrom("ON-0009") }, nil},
		"those ended by a departure": {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsEndedBy("OF-0001") }, []string{"GR-000003", "GR-000004"}},
		"those ended by nothing":     {func(tx workflows.Tx) ([]workflows.Grant, error) { return tx.GrantsEndedBy("") }, nil},
	} {
		wantIDs(t, s, what, c.want, func(tx workflows.Tx) ([]string, error) { return grantIDs(c.find(tx)) })
	}
	view(t, s, func(tx workflows.Tx) error {
		g, err := tx.GrantOf("AR-000001")
		if g.ID != "GR-000003" {
			t.Errorf("got grant %q of the request, want GR-000003", g.ID)
		}
		return err
	})
}

func revokedIsEnded(t *testing.T, db Database) {
	s := opened(t, db)
	states := []workflows.GrantState{
		workflows.GrantApproved, workflows.GrantProvisioning, workflows.GrantByHand, workflows.GrantHeld, workflows.GrantFailed,
		workflows.GrantEnding, workflows.GrantEndByHand, workflows.GrantEndFailed, workflows.GrantExpired, workflows.GrantRevoked,
	}
	var want []string
	update(t, s, func(tx workflows.Tx) (err error) {
		for i, state := range states {
			id := "GR-00000" + string(rune('0'+i))
			if state != workflows.GrantExpired && state != workflows.GrantRevoked {
				want = append(want, id)
			}
			err = errors.Join(err, tx.PutGrant(&workflows.Grant{ID: id, Record: "ON-0001", State: state}))
		}
		return errors.Join(err, tell(tx, "grant.started"))
	})
	wantIDs(t, s, "unended grants", want, func(tx workflows.Tx) ([]string, error) { return grantIDs(tx.UnendedGrants()) })
}
