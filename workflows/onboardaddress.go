package workflows

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// addressForm asks for another work address.
func (s *Service) addressForm(tx Tx, f Form) (Form, error) {
	c, err := s.checklist(tx, f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Change address", "Change address"
	f.Intro = "The account of " + c.person.Shown() + " is made with this address, once it is free."
	hint := ""
	free, err := s.freeLooking(tx, c.on)
	if len(free) > 0 {
		hint = "Nobody that I know has " + list(free, "or") + "."
	}
	f.Fields = []Field{{ID: fieldWorkEmail, Label: "Work email", Kind: FieldText, Value: c.person.Email, Hint: hint, Max: 200}}
	return f, err
}

// freeLooking are up to three addresses for somebody that no stored person has.
func (s *Service) freeLooking(tx Tx, on Onboarding) ([]string, error) {
	first, last := plainName(on.GivenName), plainName(on.FamilyName)
	if s.cat.Domain == "" || first == "" || last == "" {
		return nil, nil
	}
	var out []string
	for _, local := range []string{first + "." + last, first[:1] + "." + last, first + "." + last[:1], first + "." + last + "2", first[:1] + last + "2"} {
		email := local + "@" + s.cat.Domain
		_, err := tx.PersonByEmail(email)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if err != nil && len(out) < 3 && !slices.Contains(out, email) {
			out = append(out, email)
		}
	}
	return out, nil
}

// plainName keeps of a name what an address can have.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// mending reads an onboarding for an admin who mends it.
func (s *Service) mending(tx Tx, who Person, p Press) (checklist, Outcome, error) {
	if workflowOf(p.Record) != OnboardingFlow {
		out, err := s.unknown(tx, who, p, ErrNotFound)
		return checklist{}, out, err
	}
	c, out, err := s.repairing(tx, who, p)
	if err == nil && out.Kind == "" && c.person.Stage == StageLeft {
		out, err = s.refused(tx, s.attempt(who, p), refuse("left", c.person.Shown()+" has left meanwhile."))
	}
	return c, out, err
}

// stuck says whether another address can help: this one is not to be had, and no
// account was made.
func (c checklist) stuck() bool {
	address, _ := c.step(stepAddress)
	account, _ := c.step(stepAccount)
	restore, _ := c.step(stepRestore)
	return restore.State != StepRunning && (address.State == StepFailed || account.State == StepFailed && c.person.AccountID == "")
}

// changeAddress gives a new person another work address and goes on with it.
func (s *Service) changeAddress(tx Tx, who Person, p Press) (Outcome, error) {
	c, out, err := s.mending(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	email, problem := workAddress(s.cat, p.Values[fieldWorkEmail])
	switch {
	case problem != "":
		return invalid(map[string]string{fieldWorkEmail: problem}), nil
	case email == c.on.PersonalEmail:
		return invalid(map[string]string{fieldWorkEmail: "This is the personal address."}), nil
	case email == c.person.Email && !c.stuck():
		return already(c.record, "This is the address already."), nil
	case !c.stuck():
		return s.refused(tx, s.attempt(who, p), refuse("too_late", "The address cannot be changed here any more: see the card for where this stands."))
	case email == c.person.Email:
		return invalid(map[string]string{fieldWorkEmail: "This is the address that is not to be had. Choose another, or close this and press Retry."}), nil
	}
	before, problem, err := s.addressFree(tx, email, c.person.ID)
	if err != nil {
		return Outcome{}, err
	}
	if before.ID != "" {
		problem = "This is the address of " + before.Shown() + ", who was here before."
	}
	if problem != "" {
		return invalid(map[string]string{fieldWorkEmail: problem}), nil
	}
	return done(c.record, "The work address is now "+email+". Looking whether it is free."), s.useAddress(tx, &c, email, who, p)
}

// useAddress stores another address and has it looked at.
func (s *Service) useAddress(tx Tx, c *checklist, email string, who Person, p Press) error {
	c.person.Email, c.person.AccountID = email, ""
	if err := tx.PutPerson(&c.person); err != nil {
		return err
	}
	for i := range c.steps {
		st := &c.steps[i]
		switch {
		case st.Name == stepAddress:
			*st = st.again(tx.Now())
		case st.Name == stepAccount && st.State == StepFailed:
			st.State, st.Problem, st.NextStep = StepWaiting, "", ""
		case st.Name == stepRestore && !st.Over():
			st.State, st.DoneBy, st.Note, st.DoneAt = StepByHand, who.ID, "not needed: another address was chosen", tx.Now()
		default:
			continue
		}
		if err := tx.PutStep(st); err != nil {
			return err
		}
	}
	e := personEvent(c.person, "person.changed", "slack", []string{"email"})
	e.Actor, e.SourceRef, e.OccurredAt, e.Workflow, e.WorkflowID = user(who), p.Ref, p.At, OnboardingFlow, c.record
	look := Job{Kind: jobStep, Record: c.record + "/" + stepAddress, Urgent: true}
	return errors.Join(s.append(tx, e), tx.Enqueue(look), s.touch(tx, c.record))
}

// again is a step that is done once more.
func (s Step) again(now time.Time) Step {
	s.State, s.StartedAt, s.DoneAt = StepRunning, now, time.Time{}
	s.Problem, s.NextStep, s.Seen, s.Note, s.DoneBy = "", "", "", "", ""
	return s
}

// deleted returns the id of the deleted account that has the address, if an admin
// can have it restored.
func (c checklist) deleted() string {
	address, _ := c.step(stepAddress)
	restore, _ := c.step(stepRestore)
	if address.State != StepFailed || restore.State == StepRunning {
		return ""
	}
	return address.Note
}

// restoreDeleted has a deleted account restored, on an admin's word that the
// person who comes is the one who had it.
func (s *Service) restoreDeleted(tx Tx, who Person, p Press) (Outcome, error) {
	c, out, err := s.mending(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	id := c.deleted()
	if st, ok := c.step(stepRestore); id == "" && ok && st.State != StepFailed {
		return already(c.record, "The account is being restored, or is back already."), nil
	}
	if id == "" {
		return s.refused(tx, s.attempt(who, p), refuse("nothing_to_restore", "No deleted account has this address, so there is nothing to restore."))
	}
	if other, err := tx.PersonByAccount(id); err == nil && other.ID != c.person.ID {
		return s.refused(tx, s.attempt(who, p), refuse("not_theirs", "That account is of "+other.Shown()+", who is somebody else here. Press Change address."))
	} else if ignoreMissing(err) != nil {
		return Outcome{}, err
	}
	c.person.AccountID, c.on.Rehire = id, true
	if err := errors.Join(tx.PutPerson(&c.person), tx.PutOnboarding(&c.on), s.planRestore(tx, &c)); err != nil {
		return Outcome{}, err
	}
	e := personEvent(c.person, "person.rehired", "slack", []string{"account"})
	e.Actor, e.SourceRef, e.OccurredAt, e.Workflow, e.WorkflowID = user(who), p.Ref, p.At, OnboardingFlow, c.record
	if err := errors.Join(s.append(tx, e), s.touch(tx, c.record)); err != nil {
		return Outcome{}, err
	}
	return done(c.record, "Restoring the account."), nil
}

// planRestore puts the step that restores the account behind the one that found
// it, and begins it.
func (s *Service) planRestore(tx Tx, c *checklist) error {
	st := c.at(stepRestore)
	if st == nil {
		for i := range c.steps[1:] {
			c.steps[i+1].Place++
			if err := tx.PutStep(&c.steps[i+1]); err != nil {
				return err
			}
		}
		st = &Step{ID: c.record + "/" + stepRestore, Record: c.record, Name: stepRestore, Place: 2}
	}
	*st = st.again(tx.Now())
	return errors.Join(tx.PutStep(st), tx.Enqueue(Job{Kind: jobStep, Record: st.ID, Urgent: true}))
}
