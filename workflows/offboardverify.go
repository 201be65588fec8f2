package workflows

import (
	"errors"
	"slices"
	"time"

	"countersign/provisioners"
)

// remains is what a last look at an account can find, as it stands in
// Observation.Details, with the step that takes it away.
var remains = []struct{ detail, words, step string }{
	{"recovery", "a recovery address or telephone", "recovery"},
	{"super_admin", "the role of super administrator", "admin"},
	{"admin_roles", "admin roles", "admin"},
	{"tokens", "apps that may act for it", "tokens"},
	{"app_keys", "app passwords", "app_passwords"},
	{"groups", "groups", "groups"},
}

// stillThere says what a last look found.
func stillThere(seen provisioners.Observation) error {
	var found []string
	for _, r := range remains {
		if v := seen.Details[r.detail]; v != "" && v != "0" && v != "false" {
			found = append(found, r.words)
		}
	}
	if seen.Details["suspended"] == "false" {
		found = append(found, "sign-in")
	}
	return &provisioners.Permanent{
		Reason: "read again, the account still has " + list(found, "and"),
		Next:   "Press Retry: it is taken away again and read again. If it comes back, see in the Admin console who gives it.",
	}
}

// takeAgain sets the steps going again whose effect a last look did not find any
// more, and has the look repeated after them. An event must follow.
func (s *Service) takeAgain(tx Tx, c checklist, verify *Step) error {
	verify.State, verify.Problem, verify.NextStep = StepWaiting, "", ""
	if err := tx.PutStep(verify); err != nil {
		return err
	}
	names := []string{stepSuspend}
	for _, r := range remains {
		names = append(names, r.step)
	}
	for i := range c.steps {
		st := &c.steps[i]
		if !st.Over() || !slices.Contains(names, st.Name) {
			continue
		}
		st.State, st.DoneAt, st.StartedAt, st.DoneBy, st.Note = StepRunning, time.Time{}, tx.Now(), "", ""
		if err := errors.Join(tx.PutStep(st), tx.Enqueue(Job{Kind: jobStep, Record: st.ID, Urgent: true})); err != nil {
			return err
		}
	}
	return nil
}
