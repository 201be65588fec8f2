package workflows

import (
	"context"
	"errors"
	"fmt"

	"countersign/provisioners"
)

// stillFit reads the directory, as it is now, before a privileged level is given:
// whoever was suspended after the last reading neither gets it nor vouches for
// it. Its errors are those of a provisioner.
func (s *Service) stillFit(ctx context.Context, c change) error {
	var approvers []Person
	privileged := false
	err := s.store.View(ctx, func(tx Tx) error {
		if c.g.Source == SourceBirthright { // nobody approved it: it comes with the role
			_, level := s.labels(c.g)
			privileged = level.Privileged
			return nil
		}
		m, err := s.matter(tx, c.g.Record)
		if err != nil {
			return err
		}
		privileged = m.level.Privileged || m.r.Steps > 1
		for _, d := range m.given {
			approvers = append(approvers, m.deciders[d.By])
		}
		return nil
	})
	if err != nil || !privileged {
		return err
	}
	for _, p := range approvers {
		if !p.Active || p.Stage == StageLeft {
			return unfit(p, "who approved this", "is no longer active", nil)
		}
	}
	if s.directory == nil {
		return nil
	}
	if err := s.fit(ctx, c.holder, "who is to get this"); err != nil {
		return err
	}
	for _, p := range approvers {
		if err := s.fit(ctx, p, "who approved this"); err != nil {
			return err
		}
	}
	return nil
}

// fit says why a person's account cannot stand for privileged access. Who has no
// account on record is looked up by address.
func (s *Service) fit(ctx context.Context, p Person, part string) error {
	key := p.AccountID
	if key == "" {
		key = p.Email
	}
	a, err := s.directory.Account(ctx, key)
	problem := ""
	switch {
	case errors.Is(err, provisioners.ErrNoAccount):
		problem = "has no account in the directory any more"
	case err != nil:
		return fmt.Errorf("read an account before privileged access is given: %w", err)
	case a.Suspended:
		problem = "is suspended in the directory"
	case a.Archived:
		problem = "is archived in the directory"
	default:
		return nil
	}
	return unfit(p, part, problem, err)
}

func unfit(p Person, part, problem string, err error) error {
	return &provisioners.Permanent{
		Reason: fmt.Sprintf("%s, %s, %s", p.Shown(), part, problem),
		Next:   "If that is wrong, an admin can put it right in the directory and press Retry. If not, a new request is needed.",
		Err:    err,
	}
}
