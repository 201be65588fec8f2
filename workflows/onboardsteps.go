package workflows

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"countersign/provisioners"
)

// The names of an onboarding's steps.
const (
	stepAddress = "address"
	stepRestore = "restore" // only where an admin asked for it
	stepAccount = "account"
	stepOrgUnit = "org_unit"
)

// Phases of an onboarding.
const (
	phaseAddress = iota
	phaseAccount
	phaseStarted // from the start date on
)

// onboardingPlan are the steps that every onboarding has.
func onboardingPlan() []stepDef {
	return []stepDef{
		{name: stepAddress, label: "Address free among users, aliases, groups and deleted users", phase: phaseAddress, run: checkAddress},
		{name: stepAccount, label: "Google account made", phase: phaseAccount, target: provisioners.AccountItself, present: true},
		{name: stepOrgUnit, label: "Moved to the org unit of the role and listed to colleagues", phase: phaseStarted, target: provisioners.AccountOrgUnit, present: true},
	}
}

// onboardingList is the checklist of an onboarding.
func (s *Service) onboardingList() checklistKind {
	return checklistKind{workflow: OnboardingFlow, load: s.loadOnboarding, over: s.onboardingStep, after: s.afterOnboardingStep}
}

// loadOnboarding reads an onboarding and what its steps need to know.
func (s *Service) loadOnboarding(tx Tx, record string) (checklist, error) {
	on, err := tx.Onboarding(record)
	if err != nil {
		return checklist{}, err
	}
	c := checklist{on: on, defs: append(onboardingPlan(), stepDef{name: stepRestore, label: "Deleted account restored", phase: phaseAddress, run: restoreAccount})}
	if c.person, err = tx.Person(on.Person); err != nil {
		return checklist{}, err
	}
	boss, err := tx.Person(c.person.ManagerID)
	if err = ignoreMissing(err); err != nil {
		return checklist{}, err
	}
	role, _ := s.cat.Role(on.roleBefore())
	if on.Begun() {
		role, _ = s.cat.Role(on.Role)
	}
	c.details = provisioners.Details{
		GivenName: on.GivenName, FamilyName: on.FamilyName, ManagerEmail: boss.Email, RecoveryEmail: on.PersonalEmail,
		OrgUnit: role.OrgUnit, Employment: c.person.Terms.Shown(), Listed: on.Begun(), Organization: s.cat.Organization,
	}
	if c.details.OrgUnit == "" {
		c.details.OrgUnit = "/"
	}
	return c, nil
}

// Begun says whether the start date has come.
func (o Onboarding) Begun() bool {
	return o.State == OnboardingStarted || o.State == OnboardingCompleted
}

// reach says up to which phase an onboarding may go now.
func (o Onboarding) reach(c checklist) int {
	switch address, ok := c.step(stepAddress); {
	case ok && !address.Over():
		return phaseAddress
	case !c.arrived() || !o.Begun():
		return phaseAccount
	}
	return phaseStarted
}

// arrived says whether the account is there, where one is made at all.
func (c checklist) arrived() bool {
	account, ok := c.step(stepAccount)
	return !ok || account.Over()
}

// checkAddress looks for whoever has the address.
func checkAddress(ctx context.Context, s *Service, c checklist) (provisioners.Observation, error) {
	email := c.person.Email
	h, err := s.accounts.Address(ctx, email)
	seen := h.Seen
	if err != nil {
		return seen, err
	}
	seen.Details = maps.Clone(seen.Details)
	if seen.Details == nil {
		seen.Details = make(map[string]string)
	}
	seen.Details["id"], seen.Details["type"], seen.Details["status"] = h.ID, string(h.Kind), "taken"
	theirs := c.person.AccountID != "" && c.person.AccountID == h.ID
	by := ""
	switch {
	case h.Kind == provisioners.HolderNobody:
		seen.Details["status"] = "free"
		return seen, nil
	case theirs && (h.Kind == provisioners.HolderUser || h.Kind == provisioners.HolderAlias):
		seen.Details["status"] = "the account that this person had"
		return seen, nil
	case h.Kind == provisioners.HolderDeleted:
		return seen, &provisioners.Permanent{
			Reason: email + " belonged to " + named(h) + ", whose account was deleted",
			Next:   "If the same person comes back, press Restore account. If it was somebody else, press Change address.",
		}
	case h.Kind == provisioners.HolderGroup:
		by = "the group " + named(h)
	case h.Kind == provisioners.HolderAlias:
		by = "a further address of " + named(h)
	default:
		by = "the account of " + named(h)
	}
	return seen, &provisioners.Permanent{Reason: email + " is taken: it is " + by, Next: "Press Change address, or free the address in the Admin console and press Retry."}
}

func named(h provisioners.Holder) string {
	if h.Name != "" {
		return h.Name
	}
	return "somebody"
}

// restoreAccount brings the person's deleted account back.
func restoreAccount(ctx context.Context, s *Service, c checklist) (provisioners.Observation, error) {
	id := c.person.AccountID
	if err := s.accounts.Restore(ctx, id); err != nil {
		return provisioners.Observation{}, err
	}
	a, err := s.directory.Account(ctx, id)
	if err != nil {
		return provisioners.Observation{}, fmt.Errorf("read a restored account: %w", err)
	}
	return provisioners.Observation{
		Present: true, Checked: true, Source: "Google", Query: "GET users/" + id,
		Details: map[string]string{"user_id": a.ID, "org_unit": a.OrgUnit, "status": "restored"},
	}, nil
}

// onboardingStep changes what a settled step changes.
func (s *Service) onboardingStep(tx Tx, c *checklist, st Step, seen provisioners.Observation) (err error) {
	switch {
	case st.Name == stepAddress && st.State == StepFailed:
		err = s.noteDeleted(tx, c, seen)
	case st.Name == stepAddress && st.State == StepDone && seen.Details["status"] == "free" && c.person.AccountID != "":
		c.person.AccountID = "" // the account that this person had is gone for good
		err = tx.PutPerson(&c.person)
	case st.Name == stepRestore && st.Over():
		err = s.lookAgain(tx, c)
	case st.Name == stepAccount && st.Over():
		err = s.accountMade(tx, c, seen)
	}
	c.until = c.on.reach(*c)
	return err
}

// noteDeleted keeps with the failed step which deleted account has the address,
// if one has.
func (s *Service) noteDeleted(tx Tx, c *checklist, seen provisioners.Observation) error {
	st := c.at(stepAddress)
	st.Note = ""
	if seen.Details["type"] == string(provisioners.HolderDeleted) {
		st.Note = seen.Details["id"]
	}
	return tx.PutStep(st)
}

// lookAgain has the address looked at once more.
func (s *Service) lookAgain(tx Tx, c *checklist) error {
	st := c.at(stepAddress)
	if st == nil || st.Over() {
		return nil
	}
	*st = st.again(tx.Now())
	return errors.Join(tx.PutStep(st), tx.Enqueue(Job{Kind: jobStep, Record: st.ID, Urgent: true}))
}

// at returns a step in its place, or nil.
func (c *checklist) at(name string) *Step {
	i := slices.IndexFunc(c.steps, func(st Step) bool { return st.Name == name })
	if i < 0 {
		return nil
	}
	return &c.steps[i]
}

// accountMade makes the person one who can hold access, and gives what comes with
// the role that holds now.
func (s *Service) accountMade(tx Tx, c *checklist, seen provisioners.Observation) error {
	if id := seen.Details["user_id"]; id != "" {
		c.person.AccountID = id
	}
	c.person.Active = true
	if err := tx.PutPerson(&c.person); err != nil {
		return err
	}
	return s.welcomeIn(tx, c.on, c.person)
}

// afterOnboardingStep does what follows from a settled step.
func (s *Service) afterOnboardingStep(tx Tx, c checklist, st Step) error {
	if st.Name == stepAccount && st.Over() {
		return s.settledIn(tx, c.record, c.person)
	}
	return s.finishOnboarding(tx, c.record)
}
