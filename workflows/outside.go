package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"countersign/provisioners"
)

// How an account was closed by somebody else than Countersign.
const (
	closedSuspended = "suspended"
	closedGone      = "gone"
)

// stillHere reads anew, one by one, those whom a listing of the directory no
// longer shows: a listing can be older than an account, or lack a row, and
// nobody is taken for a leaver because of that. It returns who is there after
// all, by person id.
func (s *Service) stillHere(ctx context.Context, stored roster, seen []sighting) (map[string]bool, error) {
	here := make(map[string]bool)
	if s.directory == nil {
		return here, nil
	}
	for _, p := range slices.Concat(stored.missing(seen), seen) {
		k, ok := stored.known(p)
		if p.outside != closedGone || !ok || k.Outside == closedGone || k.AccountID == "" {
			continue
		}
		_, there, err := s.accountOf(ctx, k)
		if err != nil {
			return nil, fmt.Errorf("read an account that a listing lacks: %w", err)
		}
		if there {
			here[k.ID] = true
		}
	}
	return here, nil
}

// accountOf reads somebody's account live. One answer that there is none is not
// believed: Google's servers can be behind one another, and an account may have
// been made anew under the same address.
func (s *Service) accountOf(ctx context.Context, p Person) (provisioners.Account, bool, error) {
	a, err := s.directory.Account(ctx, keyOf(p))
	if err == nil || !errors.Is(err, provisioners.ErrNoAccount) {
		return a, err == nil, err
	}
	if s.accounts != nil && p.AccountID != "" { // which looks again with patience
		who := provisioners.Person{ID: p.ID, Email: p.Email, AccountID: p.AccountID}
		seen, err := s.accounts.Read(ctx, provisioners.Change{Key: p.ID, Target: provisioners.AccountSignIn, Person: who})
		if err != nil {
			return a, false, err
		}
		if seen.Details["account"] != noAccount {
			if a, err = s.directory.Account(ctx, p.AccountID); errors.Is(err, provisioners.ErrNoAccount) {
				err = errors.New("the directory shows the account, and then does not")
			}
			return a, err == nil, err
		}
	}
	if p.Email == "" {
		return a, false, nil
	}
	a, err = s.directory.Account(ctx, p.Email)
	if errors.Is(err, provisioners.ErrNoAccount) {
		return a, false, nil
	}
	return a, err == nil, err
}

// outsideChanged does what follows when the company directory shows an account
// closed, or open again, that it showed otherwise before.
func (s *Service) outsideChanged(tx Tx, before, now Person) error {
	switch {
	case before.Outside == now.Outside:
		return nil
	case now.Outside == "":
		return s.openedOutside(tx, now)
	}
	return s.closedOutside(tx, now, now.Outside)
}

// closedOutside opens an offboarding for somebody whose account was closed
// without Countersign. One that is gone is taken for a leaver at once; one that
// is suspended could be on leave, so that admins are asked first, and it begins
// by itself when they do not answer.
func (s *Service) closedOutside(tx Tx, p Person, how string) error {
	if p.Kind == KindBot || p.Kind == KindOutsider || p.Stage == StageLeft || p.Stage == StageFuture || slices.Contains(s.cat.Offboarding.Protected, p.Email) {
		return nil
	}
	by := cause{actor: Actor{Kind: "google"}, source: "google"}
	before, err := tx.OffboardingOf(p.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err == nil && before.Open() {
		if how == closedGone && (before.State == OffboardingScheduled || before.State == OffboardingFound) {
			return errors.Join(s.startOffboarding(tx, before, p, by), s.offboardingCards(tx, before, p), s.touch(tx, before.ID))
		}
		return nil
	}
	off, err := s.unasked(tx, p, "google")
	if err != nil {
		return err
	}
	if how == closedGone {
		return errors.Join(s.startOffboarding(tx, off, p, by), s.offboardingCards(tx, off, p))
	}
	off.State, off.At = OffboardingFound, tx.Now().Add(s.cat.Offboarding.IdentityWithin)
	if err := tx.PutOffboarding(&off); err != nil {
		return err
	}
	e := by.on(offboardingEvent(off, p, "scheduled", Pending))
	e.Data["found"], e.Data["at"] = how, stamp(off.At)
	return errors.Join(s.append(tx, e), tx.Schedule(Due{Kind: dueOffboard, Record: off.ID, At: off.At}), s.offboardingCards(tx, off, p))
}

func ignoreMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// openedOutside calls off an offboarding that was only found: the account is open
// again.
func (s *Service) openedOutside(tx Tx, p Person) error {
	off, err := tx.OffboardingOf(p.ID)
	if err != nil || off.State != OffboardingFound {
		return ignoreMissing(err)
	}
	return s.callOff(tx, off, p, cause{actor: Actor{Kind: "google"}, source: "google"})
}

// openOffboarding opens and begins an offboarding that nobody asked for: a
// contract's end has come.
func (s *Service) openOffboarding(tx Tx, p Person, why string) error {
	before, err := tx.OffboardingOf(p.ID)
	waits := before.State == OffboardingScheduled || before.State == OffboardingFound
	if err == nil && before.Open() && !waits || p.Stage == StageLeft {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	by := cause{actor: System, source: "calendar"}
	if err == nil && waits { // its time comes now, and nobody need be asked
		before.Cause = why
		return errors.Join(s.startOffboarding(tx, before, p, by), s.offboardingCards(tx, before, p), s.touch(tx, before.ID))
	}
	off, err := s.unasked(tx, p, why)
	if err != nil {
		return err
	}
	return errors.Join(s.startOffboarding(tx, off, p, by), s.offboardingCards(tx, off, p))
}

// unasked is an offboarding that no admin opened. What the person had goes to
// who manages them.
func (s *Service) unasked(tx Tx, p Person, why string) (Offboarding, error) {
	off := Offboarding{
		Person: p.ID, Cause: why, LastDay: DayOf(tx.Now(), s.cat.Location), At: tx.Now(), CreatedAt: tx.Now(),
		Mail: provisioners.MailStop, State: OffboardingStarted,
	}
	if p.EndsOn != "" && p.EndsOn < off.LastDay {
		off.LastDay = p.EndsOn
	}
	boss, err := tx.Person(p.ManagerID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return off, err
	}
	if err == nil && boss.MayAct() == nil && boss.AccountID != "" {
		off.NewOwner = boss.ID
	}
	off.ID, err = tx.NextID("OF")
	return off, err
}
