package workflows

import (
	"context"
	"errors"
)

// waitsForPolicy says whether access that somebody asked for has to wait: they
// have not accepted a policy of their onboarding, or one that is overdue. What
// comes with the role waits for nothing.
func (s *Service) waitsForPolicy(tx Tx, person string) (bool, error) {
	all, err := tx.DutiesOf(person)
	if err != nil {
		return false, err
	}
	for _, d := range all {
		if s.holdsUp(d) {
			return true, nil
		}
	}
	return false, nil
}

// giveInTurn gives access, unless it has to wait for a policy. Then the job is
// over: accepting the policy makes another.
func (s *Service) giveInTurn(ctx context.Context, j Job) error {
	waits := false
	err := s.store.View(ctx, func(tx Tx) error {
		g, err := tx.Grant(j.Record)
		if err != nil || g.State != GrantApproved || g.Source != SourceRequest {
			return err
		}
		waits, err = s.waitsForPolicy(tx, g.Person)
		return err
	})
	if err != nil {
		return err
	}
	if !waits {
		return s.give(ctx, j)
	}
	// Looked at once more with the job: a policy accepted in between finds either
	// this job still there or its own.
	return s.update(ctx, func(tx Tx) error {
		g, err := tx.Grant(j.Record)
		if err != nil {
			return err
		}
		if waits, err = s.waitsForPolicy(tx, g.Person); err != nil {
			return err
		}
		if !waits {
			return errors.Join(tx.Enqueue(Job{Kind: jobGive, Record: g.ID}), tx.Complete(j))
		}
		return tx.Complete(j)
	})
}

// holdsUp says whether access waits for this duty.
func (s *Service) holdsUp(d Duty) bool {
	return d.Kind == DutyPolicy && d.Open() && s.asked(d) && (d.Record != "" || !d.OverdueAt.IsZero())
}

// giveWaiting sets going what was approved for somebody and waited.
func (s *Service) giveWaiting(tx Tx, person string) error {
	waits, err := s.waitsForPolicy(tx, person)
	if err != nil || waits {
		return err
	}
	grants, err := tx.GrantsOf(person, manyGrants)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.State != GrantApproved || g.Source != SourceRequest {
			continue
		}
		if err := tx.Enqueue(Job{Kind: jobGive, Record: g.ID}); err != nil {
			return err
		}
	}
	return nil
}
