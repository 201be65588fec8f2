package workflows

import (
	"context"
	"errors"
	"slices"
)

// giveBirthright gives a person what comes with a role and what they do not hold
// from another one already. An event must follow in the transaction.
func (s *Service) giveBirthright(tx Tx, on Onboarding, holder Person, role Role) error {
	have, err := birthrights(tx, holder.ID)
	if err != nil {
		return err
	}
	for _, line := range role.Grants {
		_, level, ok := s.cat.Level(line.App, line.Level)
		if !ok || line.Mode != "birthright" {
			continue
		}
		if i := slices.IndexFunc(have, func(g Grant) bool { return g.App == line.App && g.Level == line.Level }); i >= 0 {
			if have[i].Role == role.ID {
				continue
			}
			have[i].Role = role.ID
			if err := tx.PutGrant(&have[i]); err != nil {
				return err
			}
			continue
		}
		g := Grant{
			Record: on.ID, Person: holder.ID, App: line.App, Level: line.Level, Provisioner: level.Provisioner, Target: level.Target,
			State: GrantApproved, Source: SourceBirthright, Role: role.ID, CreatedAt: tx.Now(),
		}
		if g.ID, err = tx.NextID("GR"); err != nil {
			return err
		}
		if err := errors.Join(tx.PutGrant(&g), s.startGrant(tx, g)); err != nil {
			return err
		}
	}
	return nil
}

// birthrights returns what a person holds, or is about to, through a role.
func birthrights(tx Tx, person string) ([]Grant, error) {
	all, err := tx.GrantsOf(person, manyGrants)
	return slices.DeleteFunc(all, func(g Grant) bool { return g.Source != SourceBirthright || !g.Live() && g.State != GrantFailed }), err
}

// manyGrants is more than one person ever holds.
const manyGrants = 10_000

// endBirthrights ends what a person holds through other roles than one: a
// birthright lasts as long as its role. why is the record that says so.
func (s *Service) endBirthrights(tx Tx, person, keepRole, why string) error {
	have, err := birthrights(tx, person)
	if err != nil {
		return err
	}
	for _, g := range have {
		if g.Role == keepRole {
			continue
		}
		if err := s.revoke(tx, g, why); err != nil {
			return err
		}
	}
	return nil
}

// revoke ends a grant before its time, with an event of its own. by is the
// record that ends it.
func (s *Service) revoke(tx Tx, g Grant, by string) error {
	if g.Ended() {
		return nil
	}
	ending := !g.Live() && g.State != GrantFailed
	g.EndedBy, g.EndsAt = by, tx.Now()
	if !ending {
		return s.endNow(tx, g)
	}
	// It is being taken away already; now it is also part of this record.
	if err := tx.PutGrant(&g); err != nil {
		return err
	}
	holder, err := tx.Person(g.Person)
	if err != nil {
		return err
	}
	e := s.granting(g, holder, "grant.revoked", Pending)
	e.Data["ended_by"] = by
	return errors.Join(s.append(tx, e), s.moved(tx, g))
}

// endEvent is the event of the grant's end.
func (g Grant) endEvent() string {
	if g.EndedBy != "" {
		return "grant.revoked"
	}
	return "grant.expired"
}

// withAccount settles the end of access that is only reached by signing in with
// the company account: for a leaver it ends with that account, and until then it
// waits.
func (s *Service) withAccount(ctx context.Context, j Job, g Grant) (with bool, err error) {
	err = s.update(ctx, func(tx Tx) error {
		if g, err = tx.Grant(g.ID); err != nil {
			return err
		}
		off, err := tx.Offboarding(g.EndedBy)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil || !s.endsWithAccount(g) {
			return err
		}
		steps, err := tx.Steps(off.ID)
		if err != nil || len(steps) == 0 { // there is no account that is closed
			return err
		}
		with = true
		if off.ClosedAt.IsZero() || g.Ended() {
			return tx.Complete(j)
		}
		return errors.Join(s.closedWithAccount(tx, g, off), tx.Complete(j))
	})
	return with, err
}

// endsWithAccount says whether an app is reached by signing in with the company
// account alone.
func (s *Service) endsWithAccount(g Grant) bool {
	app, _ := s.cat.App(g.App)
	return s.accounts != nil && g.Provisioner == ByHand && (app.SignIn == "google" || app.SignIn == "saml")
}

// closedWithAccount records that nobody can sign in to the app any more.
func (s *Service) closedWithAccount(tx Tx, g Grant, off Offboarding) error {
	holder, err := tx.Person(g.Person)
	if err != nil {
		return err
	}
	g = g.ended(tx.Now())
	if err := tx.PutGrant(&g); err != nil {
		return err
	}
	e := s.granting(g, holder, "grant.revoked", Success)
	e.Data["ended_by"], e.Data["closed_by"], e.Data["account_closed_at"] = off.ID, "suspension", stamp(off.ClosedAt)
	if off.locked() {
		e.Data["closed_by"] = "lock"
	}
	return errors.Join(s.append(tx, e), s.moved(tx, g))
}

// touchBoth has the cards of what a grant rests on, and of what ended it, drawn
// again.
func (s *Service) touchBoth(tx Tx, g Grant) error {
	if g.EndedBy == "" || g.EndedBy == g.Record {
		return s.touch(tx, g.Record)
	}
	return errors.Join(s.touch(tx, g.Record), s.touch(tx, g.EndedBy))
}

// moved tells the records that a grant belongs to that it came to rest.
func (s *Service) moved(tx Tx, g Grant) error {
	if err := s.touchBoth(tx, g); err != nil {
		return err
	}
	if workflowOf(g.Record) == OnboardingFlow {
		if err := s.finishOnboarding(tx, g.Record); err != nil {
			return err
		}
	}
	if workflowOf(g.EndedBy) == OffboardingFlow {
		return s.finishOffboarding(tx, g.EndedBy)
	}
	return nil
}
