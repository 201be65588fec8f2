package workflows

import (
	"context"
	"errors"

	"countersign/provisioners"
)

// showPassword gives the account of a new person a password that is to be changed
// at the first sign-in, and shows it to the manager, once. The password is in no
// transaction, no job and no log: it exists in the target system and in this
// answer alone. When the process dies before it is noted as shown it was not
// shown, and asked again another one is made.
func (s *Service) showPassword(ctx context.Context, p Press) (Revealed, error) {
	var on Onboarding
	err := s.store.View(ctx, func(tx Tx) (err error) {
		on, err = tx.Onboarding(p.Record)
		return ignoreMissing(err)
	})
	if err != nil {
		return Revealed{}, err
	}
	end, err := s.turns.take(ctx, accountTurn(on.Person)) // or the second one makes the first one useless
	if err != nil {
		return Revealed{}, err
	}
	defer end()
	var c checklist
	var who Person
	out, err := s.once(ctx, "", func(tx Tx) (out Outcome, err error) {
		c, who, out, err = s.revealing(tx, p)
		return out, err
	})
	if err != nil || out.Kind != "" {
		return Revealed{Outcome: out, Title: passwordTitle, Text: out.Message}, err
	}
	if err := s.stillManages(ctx, who, c.person); err != nil {
		return s.noPassword(ctx, p, err)
	}
	secret, err := s.accounts.FirstPassword(ctx, provisioners.Person{ID: c.person.ID, Email: c.person.Email, AccountID: c.person.AccountID})
	if err != nil {
		return s.noPassword(ctx, p, err)
	}
	out, err = s.once(ctx, "", func(tx Tx) (Outcome, error) {
		c, who, out, err := s.revealing(tx, p)
		if err != nil || out.Kind != "" {
			return out, err
		}
		return s.passwordShown(tx, c, who, p)
	})
	if err != nil || out.Kind != OutcomeDone {
		return Revealed{Outcome: out, Title: passwordTitle, Text: out.Message}, err
	}
	return Revealed{
		Outcome: out, Title: passwordTitle, Secret: secret,
		Text: "For " + c.person.Shown() + " (" + c.person.Email + "). Hand it over in person or by telephone. " +
			"It has to be changed at the first sign-in. It is stored nowhere and is not shown again.",
	}, nil
}

const passwordTitle = "First password"

// revealing says why a first password is not shown, or returns an empty outcome.
func (s *Service) revealing(tx Tx, p Press) (checklist, Person, Outcome, error) {
	who, no, err := s.clicker(tx, p.By)
	if err != nil {
		return checklist{}, who, Outcome{}, err
	}
	if no != nil {
		out, err := s.refused(tx, s.attempt(who, p), no)
		return checklist{}, who, out, err
	}
	if _, err := tx.Onboarding(p.Record); err != nil {
		out, err := s.unknown(tx, who, p, err)
		return checklist{}, who, out, err
	}
	c, err := s.checklist(tx, p.Record)
	if err != nil {
		return c, who, Outcome{}, err
	}
	no = s.mayReveal(c, who)
	off, err := tx.OffboardingOf(c.person.ID)
	if ignoreMissing(err) != nil {
		return c, who, Outcome{}, err
	}
	if no == nil && err == nil && off.Begun() && !off.CreatedAt.Before(c.on.CreatedAt) {
		no = refuse("left", c.person.Shown()+" leaves, so there is no first password any more.")
	}
	if no != nil {
		out, err := s.refused(tx, s.attempt(who, p), no)
		return c, who, out, err
	}
	return c, who, Outcome{}, nil
}

// mayReveal says why this person cannot see the first password now.
func (s *Service) mayReveal(c checklist, who Person) *Refusal {
	name := c.person.Shown()
	account, made := c.step(stepAccount)
	switch {
	case c.person.ManagerID != who.ID:
		return notManager(c.person)
	case who.Hold != "":
		return refuse("identity_hold", "You cannot do this for now: "+who.Hold+". An admin has been asked to confirm that it is you.")
	case c.person.Stage == StageLeft || c.on.State == OnboardingStopped:
		return refuse("left", name+" has left, so there is no first password.")
	case s.accounts == nil || !made:
		return refuse("no_account", "Countersign makes no account for "+name+", so it has no first password. Ask an admin.")
	case !account.Over():
		return refuse("too_early", "The account of "+name+" does not exist yet. The card tells you when it does.")
	case !c.on.PasswordAt.IsZero():
		return refuse("already_shown", "The first password was shown before, and is stored nowhere. An admin can set a new one in the Admin console.")
	}
	return nil
}

func notManager(p Person) *Refusal {
	return refuse("not_manager", "Only the manager of "+p.Shown()+" can see the first password. The directory says who that is.")
}

// errNotManager says that the directory has another manager by now.
var errNotManager = errors.New("the directory names another manager")

// stillManages reads who the manager is in the directory as it is now: whoever
// was it at the last reading may be so no more.
func (s *Service) stillManages(ctx context.Context, who, p Person) error {
	if s.directory == nil {
		return nil
	}
	a, err := s.directory.Account(ctx, keyOf(p))
	if err != nil {
		return err
	}
	return s.store.View(ctx, func(tx Tx) error {
		boss, err := tx.PersonByEmail(a.ManagerEmail)
		if err == nil && boss.ID == who.ID {
			return nil
		}
		if ignoreMissing(err) != nil {
			return err
		}
		return &provisioners.Permanent{Reason: "The manager has changed", Next: "See the directory.", Err: errNotManager}
	})
}

// passwordShown notes that it was shown, without what it was.
func (s *Service) passwordShown(tx Tx, c checklist, who Person, p Press) (Outcome, error) {
	c.on.PasswordAt = tx.Now()
	if err := tx.PutOnboarding(&c.on); err != nil {
		return Outcome{}, err
	}
	e := onboardingEvent(c.on, c.person, "step_done", Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt, e.Data["step"] = user(who), "slack", p.Ref, p.At, "first_password"
	if err := errors.Join(s.append(tx, e), s.touch(tx, c.record)); err != nil {
		return Outcome{}, err
	}
	return done(c.record, "The first password was shown."), nil
}

// noPassword says why the target system gave none. What may pass is a fault.
func (s *Service) noPassword(ctx context.Context, p Press, cause error) (Revealed, error) {
	final, ok := errors.AsType[*provisioners.Permanent](cause)
	if !ok {
		return Revealed{}, cause
	}
	no := refuse("no_password", final.Reason+". "+final.Next)
	switch {
	case errors.Is(cause, provisioners.ErrSignedIn):
		no = refuse("signed_in", "Somebody has signed in to the account, so there is no first password any more. An admin can set a new one in the Admin console.")
	case errors.Is(cause, errNotManager):
		no = refuse("not_manager", "You are no longer the manager: the directory has named another one since. They can see the first password.")
	}
	out, err := s.once(ctx, "", func(tx Tx) (Outcome, error) {
		who, _, err := s.clicker(tx, p.By)
		if err != nil {
			return Outcome{}, err
		}
		return s.refused(tx, s.attempt(who, p), no)
	})
	return Revealed{Outcome: out, Title: passwordTitle, Text: out.Message}, err
}
