package workflows

import (
	"context"
	"fmt"
	"time"

	"countersign/provisioners"
)

// The names of the steps that others depend on.
const (
	stepCheck   = "check"
	stepSuspend = "suspend"
	stepFiles   = "files"
	stepVerify  = "verify"
)

// Phases of an offboarding: what must not cross. What needs an active account
// comes before the suspension; what was handed on is handed on before the groups
// go; the last look comes last.
const (
	phaseCheck = iota
	phaseSnapshot
	phasePassword
	phaseContain
	phaseOwnership
	phaseGroups
	phaseSuspend
	phaseFiles
	phaseVerify
)

// forwardFor is how long a leaver's mail is forwarded where that was chosen. The
// account stays locked meanwhile and is suspended at the end: a suspended one
// receives nothing.
const forwardFor = 30 * 24 * time.Hour

// offboardingSteps are the steps of one offboarding, in the order of Google's own
// list (https://support.google.com/a/answer/6329207).
func offboardingSteps(off Offboarding) []stepDef {
	suspend, files := phaseSuspend, phaseFiles
	if off.Mail == provisioners.MailForward { // what can be done before the suspension does not wait for it
		suspend, files = phaseFiles, phaseSuspend
	}
	defs := []stepDef{
		{name: stepCheck, label: "Account looked up", phase: phaseCheck, run: checkLeaver},
		{name: "snapshot", label: "Snapshot of what the account is and has", phase: phaseSnapshot, target: provisioners.AccountSnapshot, present: true, look: true},
		{name: "password", label: "Password changed to one that nobody knows", phase: phasePassword, target: provisioners.AccountPassword, unseen: true},
		{name: "recovery", label: "Recovery address and telephone removed", phase: phasePassword, target: provisioners.AccountRecovery},
		{name: "admin", label: "Admin roles removed", phase: phasePassword, target: provisioners.AccountAdmin},
		{name: "sessions", label: "Signed out everywhere", phase: phaseContain, target: provisioners.AccountSessions, unseen: true},
		{name: "tokens", label: "Apps' access to the account revoked", phase: phaseContain, target: provisioners.AccountTokens},
		{name: "app_passwords", label: "App passwords deleted", phase: phaseContain, target: provisioners.AccountAppKeys},
		{name: "backup_codes", label: "Backup codes made void", phase: phaseContain, target: provisioners.AccountBackup},
		{name: "mail", label: "Mail delegates, forwarding and mail programs off", phase: phaseContain, target: provisioners.AccountMail},
		{name: "ownership", label: "Groups that nobody else owns handed over", phase: phaseOwnership, target: provisioners.AccountOwnership},
		{name: "groups", label: "Removed from all groups", phase: phaseGroups, target: provisioners.AccountGroups},
		{name: "org_unit", label: "Moved to the org unit of leavers, hidden from the directory", phase: phaseGroups, target: provisioners.AccountOrgUnit, present: true},
		{name: stepSuspend, label: "Account suspended", phase: suspend, target: provisioners.AccountSignIn},
	}
	if off.Mail == provisioners.MailForward {
		i := 9
		defs[i].label, defs[i].present = "Mail forwarded with an automatic reply, mail programs off", true
	}
	if off.NewOwner != "" {
		defs = append(defs, stepDef{name: stepFiles, label: "Files and calendars transferred", phase: files, target: provisioners.AccountFiles, present: true})
	}
	return append(defs, stepDef{name: stepVerify, label: "Everything read again", phase: phaseVerify, target: provisioners.AccountAnything, look: true})
}

// What the check says of an account: the directory has none, or anybody who knows
// its password can sign in.
const (
	noAccount   = "not found"
	openAccount = "active"
)

// nothingThere is what such a step showed.
const nothingThere = "there is no account"

// nothingLeft settles every step of somebody who has no account: it was deleted,
// or there never was one.
func nothingLeft(tx Tx, c *checklist) error {
	for i := range c.steps {
		st := &c.steps[i]
		if st.Over() {
			continue
		}
		st.State, st.StartedAt, st.DoneAt, st.Seen = StepDone, tx.Now(), tx.Now(), nothingThere
		if err := tx.PutStep(st); err != nil {
			return err
		}
	}
	return nil
}

// checkLeaver reads the account as it is now: a super administrator needs a
// second admin, and the new owner must be active.
func checkLeaver(ctx context.Context, s *Service, c checklist) (provisioners.Observation, error) {
	o := provisioners.Observation{Source: "Google", Checked: true, Query: "GET users/" + c.person.Email, Details: map[string]string{}}
	a, there, err := s.accountOf(ctx, c.person)
	switch {
	case err != nil:
		return o, fmt.Errorf("read the account before it is closed: %w", err)
	case !there:
		o.Details["account"] = noAccount
	default:
		o.Present = true
		o.Details["user_id"], o.Details["super_admin"], o.Details["org_unit"] = a.ID, fmt.Sprint(a.SuperAdmin), a.OrgUnit
		o.Details["account"] = openAccount
		if a.Suspended || a.Archived {
			o.Details["account"] = "suspended"
		}
	}
	o.Details["status"] = o.Details["account"]
	return o, nil
}

func keyOf(p Person) string {
	if p.AccountID != "" {
		return p.AccountID
	}
	return p.Email
}

// offboardingList is the checklist of an offboarding.
func (s *Service) offboardingList() checklistKind {
	return checklistKind{workflow: OffboardingFlow, load: s.loadOffboarding, over: s.offboardingStep, after: s.afterOffboardingStep}
}

// loadOffboarding reads an offboarding and what its steps need to know.
func (s *Service) loadOffboarding(tx Tx, record string) (checklist, error) {
	off, err := tx.Offboarding(record)
	if err != nil {
		return checklist{}, err
	}
	c := checklist{off: off, defs: offboardingSteps(off)}
	if c.person, err = tx.Person(off.Person); err != nil {
		return checklist{}, err
	}
	c.details = provisioners.Details{OrgUnit: s.cat.Offboarding.OrgUnit, Mail: off.Mail, Organization: s.cat.Organization}
	if off.NewOwner != "" {
		owner, err := tx.Person(off.NewOwner)
		if err != nil {
			return checklist{}, err
		}
		c.details.NewOwner = provisioners.Person{ID: owner.ID, Email: owner.Email, AccountID: owner.AccountID}
	}
	return c, nil
}

// reach says up to which phase an offboarding may go now.
func (c checklist) reach(now time.Time) int {
	check, ok := c.step(stepCheck)
	switch {
	case c.reopened:
		return phaseCheck - 1
	case ok && !check.Over(), c.off.State == OffboardingSecond:
		return phaseCheck
	case c.off.locked() && c.forwards() && now.Before(c.off.StartedAt.Add(forwardFor)):
		return phaseFiles - 1
	}
	return phaseVerify
}

// forwards says whether mail is, or may still come to be, forwarded: where it
// cannot be, the suspension waits for nothing.
func (c checklist) forwards() bool {
	st, ok := c.step("mail")
	return ok && st.State != StepFailed && st.Seen != nothingThere
}

// locked says whether the account is kept without anybody being able to sign in,
// so that its mail can be forwarded.
func (o Offboarding) locked() bool { return o.Mail == provisioners.MailForward }

// closes says whether nobody can sign in to the account any more.
func (c checklist) closes() bool {
	need := []string{stepSuspend}
	if c.off.locked() {
		need = []string{"password", "recovery", "sessions", "tokens", "app_passwords", "backup_codes"}
	}
	for _, name := range need {
		if st, ok := c.step(name); !ok || !st.Over() {
			return false
		}
	}
	return true
}

// offboardingStep changes the offboarding when one of its steps is settled.
func (s *Service) offboardingStep(tx Tx, c *checklist, st Step, seen provisioners.Observation) error {
	changed := false
	if st.Name == stepCheck && st.State == StepDone {
		var err error
		if changed, err = s.checked(tx, c, seen); err != nil {
			return err
		}
	}
	if c.off.ClosedAt.IsZero() && c.closes() {
		c.off.ClosedAt, changed = tx.Now(), true
	}
	c.until = c.reach(tx.Now())
	if !changed {
		return nil
	}
	return tx.PutOffboarding(&c.off)
}

// checked takes over what the check of the account showed.
func (s *Service) checked(tx Tx, c *checklist, seen provisioners.Observation) (changed bool, err error) {
	switch {
	case seen.Details["account"] == noAccount:
		return false, nothingLeft(tx, c)
	case seen.Details["account"] == openAccount && c.off.Cause == "google" && c.off.OpenedBy == "":
		c.reopened = true // somebody opened it again, and nobody said that this is a leaver
		return false, nil
	}
	if id := seen.Details["user_id"]; id != "" && id != c.person.AccountID {
		c.person.AccountID = id // made anew under the same address
		if err := tx.PutPerson(&c.person); err != nil {
			return false, err
		}
	}
	if seen.Details["super_admin"] != "true" {
		return false, nil
	}
	c.off.SuperAdmin = true
	if c.off.SecondBy == "" {
		c.off.State = OffboardingSecond
	}
	return true, nil
}

// afterOffboardingStep does what follows from a settled step.
func (s *Service) afterOffboardingStep(tx Tx, c checklist, st Step) error {
	if c.reopened {
		return s.callOff(tx, c.off, c.person, cause{actor: Actor{Kind: "google"}, source: "google"})
	}
	if st.Name == stepCheck && st.Over() {
		if c.off.State == OffboardingSecond {
			return s.askSecond(tx, c)
		}
		if err := s.release(tx, c); err != nil {
			return err
		}
	}
	if !c.off.ClosedAt.IsZero() && c.off.ClosedAt.Equal(st.DoneAt) {
		if err := s.closeWithAccount(tx, c.off); err != nil {
			return err
		}
	}
	return s.finishOffboarding(tx, c.record)
}

// closeWithAccount has the access looked at again that ends with the account.
func (s *Service) closeWithAccount(tx Tx, off Offboarding) error {
	grants, err := tx.GrantsEndedBy(off.ID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.State == GrantEnding {
			if err := tx.Enqueue(Job{Kind: jobTake, Record: g.ID, Urgent: true}); err != nil {
				return err
			}
		}
	}
	return nil
}
