package workflows

import (
	"context"
	"errors"
	"slices"
	"time"

	"countersign/provisioners"
)

// plan stores the steps of a new record, all waiting. An event must follow.
func (s *Service) plan(tx Tx, record string, defs []stepDef) error {
	for i, d := range defs {
		st := Step{ID: record + "/" + d.name, Record: record, Name: d.name, Place: i + 1, State: StepWaiting}
		if err := tx.PutStep(&st); err != nil {
			return err
		}
	}
	return nil
}

// begin sets going the steps whose time has come: those of the first phase that
// has something unsettled. An event must follow.
func (s *Service) begin(tx Tx, c *checklist) error {
	phase := -1
	for _, st := range c.steps {
		if p := c.def(st.Name).phase; !st.Settled() && (phase < 0 || p < phase) {
			phase = p
		}
	}
	if phase < 0 || phase > c.until {
		return nil
	}
	for i := range c.steps {
		st := &c.steps[i]
		if st.State != StepWaiting || c.def(st.Name).phase != phase {
			continue
		}
		st.State, st.StartedAt = StepRunning, tx.Now()
		if err := errors.Join(tx.PutStep(st), tx.Enqueue(Job{Kind: jobStep, Record: st.ID, Urgent: true})); err != nil {
			return err
		}
	}
	return nil
}

// doStep makes a step hold and reads it back. It may run any number of times.
func (s *Service) doStep(ctx context.Context, j Job) error {
	c, st, now, err := s.loadStep(ctx, j.Record)
	if err != nil {
		return err
	}
	if st.State != StepRunning {
		return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	if s.accounts == nil {
		return s.stepFailed(ctx, j, st, 0, provisioners.Observation{}, &provisioners.Permanent{
			Reason: "the configuration has no google section", Next: "An admin can add it, then press Retry.",
		})
	}
	d := c.def(st.Name)
	change := provisioners.Change{
		Key: st.ID, Present: d.present, Target: d.target, Details: c.details, Again: j.Kind == jobAgain,
		Person: provisioners.Person{ID: c.person.ID, Email: c.person.Email, AccountID: c.person.AccountID},
	}
	if c.alone(d) {
		end, err := s.turns.take(ctx, accountTurn(c.person.ID))
		if err != nil {
			return err
		}
		defer end()
		if stop, err := s.overtaken(ctx, j, c); stop || err != nil {
			return err
		}
	}
	made, seen, err := s.makeHold(ctx, c, d, change)
	if err != nil {
		return s.stepFailed(ctx, j, st, now.Sub(st.StartedAt), seen, err)
	}
	return s.stepDone(ctx, j, st.ID, made, seen)
}

// accountTurn is the turn of what must not cross on one person's account: what
// makes it, shows its first password, and begins to close it.
func accountTurn(person string) string { return "account " + person }

// alone says whether a step takes the account's turn.
func (c checklist) alone(d stepDef) bool {
	return c.kind.workflow == OnboardingFlow || d.name == stepCheck || d.target == provisioners.AccountPassword
}

// overtaken keeps an onboarding from going on for somebody who leaves: nothing may
// be made any more for an account that is being closed. Where the departure is
// called off, that sets the step going again.
func (s *Service) overtaken(ctx context.Context, j Job, c checklist) (stop bool, err error) {
	if c.kind.workflow != OnboardingFlow {
		return false, nil
	}
	err = s.update(ctx, func(tx Tx) error {
		on, err := tx.Onboarding(c.record)
		if err != nil {
			return err
		}
		off, err := tx.OffboardingOf(c.person.ID)
		if ignoreMissing(err) != nil {
			return err
		}
		leaves := err == nil && off.Begun() && !off.CreatedAt.Before(on.CreatedAt)
		if stop = leaves || on.State == OnboardingStopped; !stop {
			return nil
		}
		return tx.Complete(j)
	})
	return stop, err
}

// makeHold applies a step and reads it back.
func (s *Service) makeHold(ctx context.Context, c checklist, d stepDef, change provisioners.Change) (made, seen provisioners.Observation, err error) {
	if d.run != nil {
		seen, err = d.run(ctx, s, c)
		return made, seen, err
	}
	if !d.look {
		res, err := s.accounts.Apply(ctx, change)
		if err != nil {
			return made, seen, err
		}
		made = res.Seen
	}
	if seen, err = s.accounts.Read(ctx, change); err != nil || seen.Present == d.present {
		return made, seen, err
	}
	if d.look {
		return made, seen, stillThere(seen)
	}
	return made, seen, errors.New("the change was accepted but does not show yet")
}

// loadStep reads a step and what it needs to know.
func (s *Service) loadStep(ctx context.Context, id string) (c checklist, st Step, now time.Time, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		now = tx.Now()
		if st, err = tx.Step(id); err != nil {
			return err
		}
		c, err = s.checklist(tx, st.Record)
		return err
	})
	return c, st, now, err
}

// stepDone records what the target showed, and sets going what comes next.
func (s *Service) stepDone(ctx context.Context, j Job, id string, made, seen provisioners.Observation) error {
	return s.update(ctx, func(tx Tx) error {
		st, err := tx.Step(id)
		if err != nil {
			return err
		}
		if st.State != StepRunning {
			return tx.Complete(j)
		}
		c, err := s.checklist(tx, st.Record)
		if err != nil {
			return err
		}
		st.State, st.DoneAt, st.Problem, st.NextStep = StepDone, tx.Now(), "", ""
		st.Seen = seen.Details["status"]
		if seen.Details["blocked"] != "" {
			st.Seen = blockedBySuspension
		}
		e := s.stepEvent(c, st, "step_done", Success)
		if len(made.Details) > 0 {
			e.Data["answer"] = evidence(c.person, made)
		}
		e.Data["seen"] = evidence(c.person, seen)
		if err := s.settle(tx, c, st, seen, e); err != nil {
			return err
		}
		return tx.Complete(j)
	})
}

// blockedBySuspension is what a step showed that Google lets nobody change of a
// suspended account: it is there, and of no use until somebody lifts the
// suspension.
const blockedBySuspension = "left as it was: out of reach while the account is suspended"

// settle stores a settled step with everything that follows from it.
func (s *Service) settle(tx Tx, c checklist, st Step, seen provisioners.Observation, e Event) error {
	if err := tx.PutStep(&st); err != nil {
		return err
	}
	i := slices.IndexFunc(c.steps, func(o Step) bool { return o.ID == st.ID })
	c.steps[i] = st
	if err := c.kind.over(tx, &c, st, seen); err != nil {
		return err
	}
	if err := s.begin(tx, &c); err != nil {
		return err
	}
	if err := s.append(tx, e); err != nil {
		return err
	}
	return errors.Join(c.kind.after(tx, c, st), s.touch(tx, st.Record))
}

// stepFailed decides what a failure means: it is on its way, is tried again
// later, or a person acts. The steps after it do not wait for a person. seen is
// what the target showed, where it was read.
func (s *Service) stepFailed(ctx context.Context, j Job, st Step, running time.Duration, seen provisioners.Observation, err error) error {
	if u, ok := errors.AsType[*provisioners.Underway](err); ok {
		return s.stepUnderway(ctx, j, u)
	}
	final, wait := lasting(ctx, j, err, running)
	if final == nil {
		return wait
	}
	s.log.Error("step failed", "step", st.ID, "err", err)
	return s.update(ctx, func(tx Tx) error {
		st, err := tx.Step(st.ID)
		if err != nil {
			return err
		}
		if st.State != StepRunning {
			return tx.Complete(j)
		}
		c, err := s.checklist(tx, st.Record)
		if err != nil {
			return err
		}
		st.State, st.Problem, st.NextStep = StepFailed, final.Reason, final.Next
		e := s.stepEvent(c, st, "step_failed", Failure)
		e.Reason = &Personal{Owner: st.ID, Field: "problem", Value: final.Reason}
		if seen.Source != "" {
			e.Data["seen"] = evidence(c.person, seen)
		}
		return errors.Join(s.settle(tx, c, st, seen, e), tx.Complete(j))
	})
}

// stepUnderway looks again later. One wish for another try begins only one.
func (s *Service) stepUnderway(ctx context.Context, j Job, u *provisioners.Underway) error {
	if j.Kind == jobAgain {
		return s.store.Update(ctx, func(tx Tx) error {
			return errors.Join(tx.Enqueue(Job{Kind: jobStep, Record: j.Record}), tx.Complete(j))
		})
	}
	return &Later{After: u.After, Err: u}
}

// stepEvent is an event about a step.
func (s *Service) stepEvent(c checklist, st Step, kind, outcome string) Event {
	return Event{
		Type: c.kind.workflow + "." + kind, Actor: System, Subject: refPerson(c.person), Target: refPerson(c.person),
		Workflow: c.kind.workflow, WorkflowID: c.record, Outcome: outcome, Source: "job",
		Data: map[string]any{"step": st.Name},
	}
}
