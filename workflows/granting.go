package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"countersign/provisioners"
)

// newGrant stores the grant that an approved request leads to. Its end is fixed
// from the moment of approval, so that no failure in between can lose it.
func (s *Service) newGrant(tx Tx, m matter) (Grant, error) {
	id, err := tx.NextID("GR")
	if err != nil {
		return Grant{}, err
	}
	g := Grant{
		ID: id, Record: m.r.ID, Person: m.r.Subject, App: m.r.App, Level: m.r.Level,
		Provisioner: m.level.Provisioner, Target: m.level.Target, State: GrantApproved,
		Source: SourceRequest, CreatedAt: tx.Now(), Duration: m.r.Duration, EndsAt: tx.Now().Add(m.r.Duration),
	}
	return g, tx.PutGrant(&g)
}

// startGrant sets the grant's work going.
func (s *Service) startGrant(tx Tx, g Grant) error {
	return errors.Join(scheduleEnd(tx, g), tx.Enqueue(Job{Kind: jobGive, Record: g.ID}))
}

// scheduleEnd sets when a grant ends by itself, if it does.
func scheduleEnd(tx Tx, g Grant) error {
	if g.EndsAt.IsZero() {
		return nil
	}
	return tx.Schedule(Due{Kind: dueEnd, Record: g.ID, At: g.EndsAt})
}

// change is a grant with what its provisioner has to know.
type change struct {
	g      Grant
	holder Person
	prov   provisioners.Provisioner
	now    time.Time // when it was read
}

// load reads a grant for a job. A nil provisioner means that the configuration
// no longer has it.
func (s *Service) load(ctx context.Context, id string) (change, error) {
	var c change
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if c.g, err = tx.Grant(id); err != nil {
			return err
		}
		c.holder, err = tx.Person(c.g.Person)
		c.now = tx.Now()
		return err
	})
	c.prov = s.provisioners[c.g.Provisioner]
	return c, err
}

// wanted is the change as a provisioner takes it.
func (c change) wanted(present bool) provisioners.Change {
	return provisioners.Change{
		Key: c.g.ID, Present: present, Target: c.g.Target,
		Person: provisioners.Person{ID: c.holder.ID, Email: c.holder.Email, AccountID: c.holder.AccountID},
	}
}

// give makes a grant's access exist: look, note what was there, apply, read
// back. Each part may run again after a crash and ends at the same state.
func (s *Service) give(ctx context.Context, j Job) error {
	c, err := s.load(ctx, j.Record)
	if err != nil {
		return err
	}
	if !c.g.Live() || c.g.State == GrantHeld || c.g.State == GrantByHand {
		return s.update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	if c.prov == nil {
		return s.giveFailed(ctx, j, c, &provisioners.Permanent{
			Reason: fmt.Sprintf("nothing here can provision %q", c.g.Provisioner),
			Next:   "An admin can add the google section to the configuration, then press Retry.",
		})
	}
	if no := c.holder.MayHold(); no != nil {
		return s.giveFailed(ctx, j, c, &provisioners.Permanent{
			Reason: strings.TrimSuffix(no.Message, "."), Next: "If that is wrong, an admin can put it right in the directory and press Retry.",
		})
	}
	if err := s.stillFit(ctx, c); err != nil {
		return s.giveFailed(ctx, j, c, err)
	}
	key, err := c.prov.TargetKey(ctx, c.g.Target)
	if err != nil {
		return s.giveFailed(ctx, j, c, err)
	}
	end, err := s.turns.take(ctx, c.g.Person+" "+key)
	if err != nil {
		return err
	}
	defer end()
	if c.g, err = s.look(ctx, c, key); err != nil {
		return s.giveFailed(ctx, j, c, err)
	}
	// Giving and taking take turns, so a removal never comes before what was sent:
	// a grant that moved on needs nothing more from here.
	if c.g.State != GrantProvisioning {
		return s.update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	res, err := c.prov.Apply(ctx, c.wanted(true))
	if err != nil {
		return s.giveFailed(ctx, j, c, err)
	}
	if res.Waiting {
		return s.askByHand(ctx, j, c.g, res.Task, true)
	}
	seen, err := c.prov.Read(ctx, c.wanted(true))
	if err == nil && !seen.Present {
		err = errors.New("the change was accepted but does not show yet")
	}
	if err != nil {
		return s.giveFailed(ctx, j, c, err)
	}
	return s.given(ctx, j, c.g.ID, seen, res.Changed)
}

// look reads the target before anything is changed and keeps what it showed, so
// that access which was there before is never taken for ours.
func (s *Service) look(ctx context.Context, c change, key string) (g Grant, err error) {
	var seen provisioners.Observation
	if !c.g.Looked {
		if seen, err = c.prov.Read(ctx, c.wanted(true)); err != nil {
			return c.g, err
		}
	}
	err = s.update(ctx, func(tx Tx) error {
		if g, err = tx.Grant(c.g.ID); err != nil {
			return err
		}
		first, again := !g.Looked, g.State == GrantProvisioning
		if !g.Live() || (again && !first) {
			return nil
		}
		holding, err := s.holding(tx, g.Person, key, g.ID)
		if err != nil {
			return err
		}
		g = g.looked(key, seen, holding)
		if err := tx.PutGrant(&g); err != nil {
			return err
		}
		e := s.granting(g, c.holder, "grant.started", Pending)
		if first {
			e.Data["before"] = evidence(c.holder, seen)
		}
		if err := s.append(tx, e); err != nil {
			return err
		}
		return s.touch(tx, g.Record)
	})
	return g, err
}

// holding returns a person's other grants that have this target's access now, or
// may have: a failed one can have taken effect without an answer.
func (s *Service) holding(tx Tx, person, key, but string) ([]Grant, error) {
	all, err := tx.GrantsOn(person, key)
	var out []Grant
	for _, g := range all {
		if g.ID != but && (g.Touching() || g.State == GrantFailed && g.Looked) {
			out = append(out, g)
		}
	}
	return out, err
}

// given records that the target shows the access. Where the provisioner changed
// something, the access is ours whatever was seen before.
func (s *Service) given(ctx context.Context, j Job, id string, seen provisioners.Observation, changed bool) error {
	return s.update(ctx, func(tx Tx) error {
		g, err := tx.Grant(id)
		if err != nil {
			return err
		}
		if g.State != GrantProvisioning {
			return tx.Complete(j)
		}
		holder, err := tx.Person(g.Person)
		if err != nil {
			return err
		}
		g = g.held(tx.Now())
		g.Ours = g.Ours || changed
		if err := tx.PutGrant(&g); err != nil {
			return err
		}
		first := s.granting(g, holder, "grant.provisioned", Success)
		if g.Found && !changed {
			first = s.granting(g, holder, "grant.already_present", Success)
		}
		if err := s.append(tx, first); err != nil {
			return err
		}
		verified := s.granting(g, holder, "grant.verified", Success)
		verified.Data["seen"] = evidence(holder, seen)
		if !g.EndsAt.IsZero() {
			verified.Data["ends_at"] = stamp(g.EndsAt)
		}
		if err := s.append(tx, verified); err != nil {
			return err
		}
		return errors.Join(scheduleEnd(tx, g), s.moved(tx, g), tx.Complete(j))
	})
}

// giveFailed decides what a failure means: try again later, or a person acts.
func (s *Service) giveFailed(ctx context.Context, j Job, c change, err error) error {
	final, wait := lasting(ctx, j, err, c.now.Sub(c.g.decidedAt()))
	if final == nil {
		return wait
	}
	s.log.Error("grant failed", "grant", c.g.ID, "request", c.g.Record, "err", err)
	return s.update(ctx, func(tx Tx) error {
		g, err := tx.Grant(c.g.ID)
		if err != nil || !g.Live() || g.State == GrantHeld {
			return errors.Join(err, tx.Complete(j))
		}
		g = g.failed(GrantFailed, final.Reason, final.Next)
		if err := tx.PutGrant(&g); err != nil {
			return err
		}
		e := s.granting(g, c.holder, "grant.failed", Failure)
		e.Reason = &Personal{Owner: g.ID, Field: "problem", Value: final.Reason}
		if err := s.append(tx, e); err != nil {
			return err
		}
		return errors.Join(s.moved(tx, g), tx.Complete(j))
	})
}

// granting is an event about a grant.
func (s *Service) granting(g Grant, holder Person, kind, outcome string) Event {
	return Event{
		Type: kind, Actor: System, Subject: refPerson(holder), Target: refRecord("grant", g.ID),
		Workflow: workflowOf(g.Record), WorkflowID: g.Record, Outcome: outcome, Source: "job",
		Data: map[string]any{
			"grant": g.ID, "app": g.App, "level": g.Level, "provisioner": g.Provisioner,
			"target_key": g.TargetKey, "duration": short(g.Duration), "ours": g.Ours, "source": string(g.Source),
		},
	}
}
