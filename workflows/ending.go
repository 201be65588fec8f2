package workflows

import (
	"context"
	"errors"
	"time"

	"countersign/provisioners"
)

// endGrant is what happens when a grant's time is up.
func (s *Service) endGrant(tx Tx, d Due) error {
	g, err := tx.Grant(d.Record)
	if err != nil {
		return err
	}
	switch g.State {
	case GrantExpired, GrantRevoked, GrantEnding, GrantEndByHand, GrantEndFailed:
		return nil
	}
	if g.EndsAt.After(tx.Now()) { // the clock started anew when it was verified
		return tx.Schedule(Due{Kind: dueEnd, Record: g.ID, At: g.EndsAt})
	}
	return s.endNow(tx, g)
}

// endNow ends a grant whose time is up or was cut short.
func (s *Service) endNow(tx Tx, g Grant) error {
	if !g.Looked {
		return s.expired(tx, g, "nothing was ever sent", nil)
	}
	g.State = GrantEnding
	if stays, why, err := s.stays(tx, g); err != nil || stays {
		return errors.Join(err, s.expired(tx, g, why, nil))
	}
	return s.startEnd(tx, g)
}

// stays says whether the access outlives this grant, and why (surface rule 5).
func (s *Service) stays(tx Tx, g Grant) (bool, string, error) {
	holding, err := s.holding(tx, g.Person, g.TargetKey, g.ID)
	if err != nil {
		return false, "", err
	}
	for _, o := range holding {
		if o.Live() {
			return true, "still held by " + o.ID, nil
		}
	}
	if !g.Ours {
		return true, "it was there before Countersign", nil
	}
	return false, "", nil
}

// startEnd sets the removal going.
func (s *Service) startEnd(tx Tx, g Grant) error {
	if err := tx.PutGrant(&g); err != nil {
		return err
	}
	holder, err := tx.Person(g.Person)
	if err != nil {
		return err
	}
	e := s.granting(g, holder, g.endEvent(), Pending)
	e.Source = "calendar"
	if g.EndedBy != "" {
		e.Source, e.Data["ended_by"] = "job", g.EndedBy
	}
	if err := s.append(tx, e); err != nil {
		return err
	}
	if err := tx.Enqueue(Job{Kind: jobTake, Record: g.ID, Urgent: true}); err != nil {
		return err
	}
	if t, err := tx.OpenTask(g.ID); err == nil { // nobody need give it any more
		return errors.Join(s.touch(tx, t.ID), s.touchBoth(tx, g))
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	return s.touchBoth(tx, g)
}

// expired records that a grant is over. why says why the access stays, if it
// does; seen is what the target showed, if it was read.
func (s *Service) expired(tx Tx, g Grant, why string, seen *provisioners.Observation) error {
	holder, err := tx.Person(g.Person)
	if err != nil {
		return err
	}
	g = g.ended(tx.Now())
	if err := tx.PutGrant(&g); err != nil {
		return err
	}
	kind := g.endEvent()
	if seen != nil && seen.Checked {
		kind = "grant.verified_absent"
	}
	e := s.granting(g, holder, kind, Success)
	if why != "" {
		e.Data["stays"] = why
	}
	if seen != nil {
		e.Data["seen"] = evidence(holder, *seen)
	}
	if g.EndedBy != "" {
		e.Data["ended_by"] = g.EndedBy
	}
	if err := s.append(tx, e); err != nil {
		return err
	}
	return errors.Join(tx.Unschedule(dueEnd, g.ID), tx.Unschedule(dueRetryEnd, g.ID), s.moved(tx, g))
}

// take makes a grant's access not exist, and reads it back.
func (s *Service) take(ctx context.Context, j Job) error {
	c, err := s.load(ctx, j.Record)
	if err != nil {
		return err
	}
	if c.g.State != GrantEnding && c.g.State != GrantEndFailed {
		return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	end, err := s.turns.take(ctx, c.g.Person+" "+c.g.TargetKey)
	if err != nil {
		return err
	}
	defer end()
	if settled, err := s.keptByAnother(ctx, j, c.g.ID); settled || err != nil {
		return err
	}
	if c.prov == nil {
		return s.takeFailed(ctx, j, c, &provisioners.Permanent{
			Reason: "nothing here can provision " + c.g.Provisioner + " any more",
			Next:   "An admin can add the google section to the configuration, then press Retry.",
		})
	}
	res, err := c.prov.Apply(ctx, c.wanted(false))
	if err != nil {
		return s.takeFailed(ctx, j, c, err)
	}
	if res.Waiting {
		if with, err := s.withAccount(ctx, j, c.g); with || err != nil {
			return err
		}
		return s.askByHand(ctx, j, c.g, res.Task, false)
	}
	seen, err := c.prov.Read(ctx, c.wanted(false))
	if err == nil && seen.Present {
		err = errors.New("the removal was accepted but the access still shows")
	}
	if err != nil {
		return s.takeFailed(ctx, j, c, err)
	}
	return s.update(ctx, func(tx Tx) error {
		g, err := tx.Grant(c.g.ID)
		if err != nil {
			return err
		}
		if g.Ended() {
			return tx.Complete(j)
		}
		if err := s.expired(tx, g, "", &seen); err != nil {
			return err
		}
		return errors.Join(s.restore(tx, g), tx.Complete(j))
	})
}

// keptByAnother settles the end of a grant whose access another one came to hold
// in the meantime.
func (s *Service) keptByAnother(ctx context.Context, j Job, id string) (settled bool, err error) {
	err = s.update(ctx, func(tx Tx) error {
		g, err := tx.Grant(id)
		if err != nil {
			return err
		}
		stays, why, err := s.stays(tx, g)
		if err != nil || !stays {
			return err
		}
		settled = true
		return errors.Join(s.expired(tx, g, why, nil), tx.Complete(j))
	})
	return settled, err
}

// restore sets live grants of the same access going again: one that another
// process began while this one was being removed may have lost it.
func (s *Service) restore(tx Tx, g Grant) error {
	holding, err := s.holding(tx, g.Person, g.TargetKey, g.ID)
	if err != nil {
		return err
	}
	for _, o := range holding {
		if !o.Live() || o.State == GrantByHand {
			continue
		}
		o.State, o.Ours = GrantProvisioning, true
		if err := tx.PutGrant(&o); err != nil {
			return err
		}
		holder, err := tx.Person(o.Person)
		if err != nil {
			return err
		}
		e := s.granting(o, holder, "grant.started", Pending)
		e.Data["because"] = "the end of " + g.ID + " may have removed it"
		if err := errors.Join(s.append(tx, e), tx.Enqueue(Job{Kind: jobGive, Record: o.ID}), s.touch(tx, o.Record)); err != nil {
			return err
		}
	}
	return nil
}

// retryEndEvery is how often a refused removal is tried again by itself.
const retryEndEvery = time.Hour

// takeFailed decides what a failed removal means. Access that should be gone is
// never given up: a person is told, and it is tried again every hour.
func (s *Service) takeFailed(ctx context.Context, j Job, c change, err error) error {
	final, wait := lasting(ctx, j, err, c.now.Sub(c.g.EndsAt))
	if final == nil {
		return wait
	}
	s.log.Error("end of grant failed", "grant", c.g.ID, "request", c.g.Record, "err", err)
	return s.update(ctx, func(tx Tx) error {
		g, err := tx.Grant(c.g.ID)
		if err != nil || g.Ended() {
			return errors.Join(err, tx.Complete(j))
		}
		if err := tx.Schedule(Due{Kind: dueRetryEnd, Record: g.ID, At: tx.Now().Add(retryEndEvery)}); err != nil {
			return err
		}
		if g.State == GrantEndFailed && g.Problem == final.Reason { // said before
			return errors.Join(s.touchBoth(tx, g), tx.Complete(j))
		}
		g = g.failed(GrantEndFailed, final.Reason, final.Next)
		if err := tx.PutGrant(&g); err != nil {
			return err
		}
		e := s.granting(g, c.holder, "grant.revoke_failed", Failure)
		e.Reason = &Personal{Owner: g.ID, Field: "problem", Value: final.Reason}
		if err := s.append(tx, e); err != nil {
			return err
		}
		text := "Access that should have ended is still there: " + c.holder.Shown() + ", " + g.App + " · " + g.Level + " (" + g.Record + "). " + final.Reason + ". " + final.Next
		return errors.Join(s.warn(tx, g.ID+"/end", text, s.cat.Security), s.touchBoth(tx, g), tx.Complete(j))
	})
}

// retryEnd tries a refused removal again.
func (s *Service) retryEnd(tx Tx, d Due) error {
	g, err := tx.Grant(d.Record)
	if err != nil || g.State != GrantEndFailed {
		return err
	}
	return tx.Enqueue(Job{Kind: jobTake, Record: g.ID})
}
