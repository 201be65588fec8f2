package workflows

import (
	"errors"
	"slices"
	"strings"

	"countersign/provisioners"
)

const fieldStep = "step"

// retryAny tries again what failed: a grant of a request, or the lines of a
// checklist.
func (s *Service) retryAny(tx Tx, who Person, p Press) (Outcome, error) {
	if workflowOf(p.Record) == AccessRequest {
		return s.retry(tx, who, p)
	}
	c, out, err := s.repairing(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	var names []any
	for i := range c.steps {
		st := &c.steps[i]
		if st.State != StepFailed {
			continue
		}
		names = append(names, st.Name)
		if st.Name == stepVerify {
			if err := s.takeAgain(tx, c, st); err != nil {
				return Outcome{}, err
			}
			continue
		}
		st.State, st.Problem, st.NextStep, st.StartedAt = StepRunning, "", "", tx.Now()
		if err := errors.Join(tx.PutStep(st), tx.Enqueue(Job{Kind: jobAgain, Record: st.ID, Urgent: true})); err != nil {
			return Outcome{}, err
		}
	}
	grants, err := s.retryGrants(tx, c)
	if err != nil {
		return Outcome{}, err
	}
	if len(names)+grants == 0 {
		return already(c.record, "Nothing to retry: "+c.record+" has moved on."), s.touch(tx, c.record)
	}
	e := s.stepEvent(c, Step{}, "started", Pending)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Data = map[string]any{"retry": true, "steps": names, "grants": grants}
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	return done(c.record, "Trying again."), s.touch(tx, c.record)
}

// repairing reads the checklist behind a press and says why this person may not
// act on it, if so.
func (s *Service) repairing(tx Tx, who Person, p Press) (checklist, Outcome, error) {
	c, err := s.checklist(tx, p.Record)
	if err != nil {
		out, err := s.unknown(tx, who, p, err)
		return c, out, err
	}
	if c.kind.workflow == OnboardingFlow && (c.on.State == OnboardingStopped || c.person.Stage == StageLeft) {
		out, err := s.refused(tx, s.attempt(who, p), refuse("left", c.person.Shown()+" has left, so nothing of this is done any more."))
		return c, out, err
	}
	if c.kind.workflow == OffboardingFlow && c.off.State != OffboardingStarted {
		return c, already(c.record, "Nothing to do: "+c.record+" has moved on."), s.touch(tx, c.record)
	}
	no, err := s.mayOffboard(tx, who)
	if no != nil && no.Rule == "not_admin" {
		no = refuse("not_admin", "Only admins can do this. Ask "+s.adminNames(tx, "")+".")
	}
	if err == nil && no == nil && who.ID == c.person.ID {
		no = refuse("oneself", "This is about you, so another admin has to: "+s.adminNames(tx, who.ID)+".")
	}
	if err != nil || no == nil {
		return c, Outcome{}, err
	}
	out, err := s.refused(tx, s.attempt(who, p), no)
	return c, out, err
}

// retryGrants sets the failed access of a checklist going again.
func (s *Service) retryGrants(tx Tx, c checklist) (int, error) {
	list, err := s.grantsOf(tx, c)
	n := 0
	for _, g := range list {
		switch g.State {
		case GrantFailed:
			g.State, g.Problem, g.NextStep = GrantProvisioning, "", ""
			err = errors.Join(err, tx.PutGrant(&g), tx.Enqueue(Job{Kind: jobGive, Record: g.ID, Urgent: true}))
		case GrantEndFailed: // the end itself was decided; it is only tried sooner
			err = errors.Join(err, tx.Enqueue(Job{Kind: jobTake, Record: g.ID, Urgent: true}))
		default:
			continue
		}
		n++
	}
	return n, err
}

// grantsOf returns the access that a checklist gives or takes away.
func (s *Service) grantsOf(tx Tx, c checklist) ([]Grant, error) {
	if c.kind.workflow == OffboardingFlow {
		return tx.GrantsEndedBy(c.record)
	}
	return tx.GrantsFrom(c.record)
}

// grantByHand takes an admin's word that access was taken away which no machine
// could end.
func (s *Service) grantByHand(tx Tx, who Person, p Press, c checklist, note string) (Outcome, error) {
	grants, err := s.grantsOf(tx, c)
	if err != nil {
		return Outcome{}, err
	}
	i := slices.IndexFunc(grants, func(g Grant) bool { return g.ID == p.Values[fieldStep] })
	if i < 0 {
		return invalid(map[string]string{fieldStep: "Choose the step."}), nil
	}
	g := grants[i]
	if g.State != GrantEndFailed {
		return already(c.record, "This has moved on, nothing to mark."), s.touch(tx, c.record)
	}
	e := s.granting(g, c.person, "grant.confirmed_manual", Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Reason = &Personal{Owner: g.ID, Field: "note", Value: note}
	e.Data["machine_checked"], e.Data["give"], e.Data["ended_by"] = false, false, g.EndedBy
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	said := provisioners.Observation{Source: "person", At: tx.Now()}
	return done(c.record, "Marked as done."), s.expired(tx, g, "", &said)
}

// byHandForm asks which failed step was done by hand, and how.
func (s *Service) byHandForm(tx Tx, f Form) (Form, error) {
	c, err := s.checklist(tx, f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Mark step done", "Mark done"
	f.Intro = "By sending this you say that it is done. Your name stands for it in the audit trail, and no machine has seen it. If Retry can work, press that instead."
	which := Field{ID: fieldStep, Label: "Step", Kind: FieldSelect}
	for _, st := range c.steps {
		if st.State == StepFailed && c.def(st.Name).run == nil {
			which.Choices = append(which.Choices, Choice{Value: st.Name, Label: c.def(st.Name).label})
		}
	}
	grants, err := s.grantsOf(tx, c)
	if err != nil {
		return Form{}, err
	}
	for _, g := range grants {
		if g.State == GrantEndFailed {
			app, level := s.labels(g)
			which.Choices = append(which.Choices, Choice{Value: g.ID, Label: app.Name + " · " + level.Name + " taken away"})
		}
	}
	which.Value = pick(which.Choices, "")
	f.Fields = []Field{which, {ID: fieldNote, Label: "Note or link", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "What you did, or a link that shows it."}}
	return f, nil
}

// byHand takes an admin's word that a failed step was done.
func (s *Service) byHand(tx Tx, who Person, p Press) (Outcome, error) {
	note := strings.TrimSpace(p.Values[fieldNote])
	if note == "" {
		return invalid(map[string]string{fieldNote: "Say what you did, or paste a link that shows it."}), nil
	}
	c, out, err := s.repairing(tx, who, p)
	if err != nil || out.Kind != "" {
		return out, err
	}
	if strings.HasPrefix(p.Values[fieldStep], "GR-") {
		return s.grantByHand(tx, who, p, c, note)
	}
	i := slices.IndexFunc(c.steps, func(st Step) bool { return st.Name == p.Values[fieldStep] })
	if i < 0 {
		return invalid(map[string]string{fieldStep: "Choose the step."}), nil
	}
	st := c.steps[i]
	if c.def(st.Name).run != nil { // whether a second admin is needed, or an address free, nobody can promise
		return invalid(map[string]string{fieldStep: "This has to be read by machine. Press Retry when what it says is put right."}), nil
	}
	if st.State != StepFailed {
		return already(c.record, c.def(st.Name).label+": has moved on, nothing to mark."), s.touch(tx, c.record)
	}
	st.State, st.DoneAt, st.DoneBy, st.Note, st.Problem, st.NextStep = StepByHand, tx.Now(), who.ID, note, "", ""
	e := s.stepEvent(c, st, "step_done", Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = user(who), "slack", p.Ref, p.At
	e.Reason = &Personal{Owner: st.ID, Field: "note", Value: note}
	e.Data["machine_checked"] = false
	if err := s.settle(tx, c, st, provisioners.Observation{}, e); err != nil {
		return Outcome{}, err
	}
	return done(c.record, "Marked as done."), nil
}
