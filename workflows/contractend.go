package workflows

import (
	"errors"
	"slices"
	"time"
)

// contractHour is the hour of the day, local, at which a sponsor is told that a
// contract ends.
const contractHour = 9

// contractNotice are the days before a contract's end on which its sponsor is
// told.
var contractNotice = []int{7, 1}

// contractMoments are when something happens about a contract that ends on a day:
// the notices, and the end of that day.
func contractMoments(ends Day, in *time.Location) []time.Time {
	var out []time.Time
	for _, n := range contractNotice {
		t := ends.At(contractHour, in)
		out = append(out, t.AddDate(0, 0, -n))
	}
	return append(out, ends.At(24, in))
}

// scheduleContract sets when something happens about a person's contract: at once
// where the sponsor should have been told by now. Telling twice is telling once.
func (s *Service) scheduleContract(tx Tx, p Person) error {
	if p.EndsOn == "" || p.Stage == StageLeft {
		return nil
	}
	first := contractMoments(p.EndsOn, s.cat.Location)[0]
	if first.Before(tx.Now()) {
		first = tx.Now()
	}
	return tx.Schedule(Due{Kind: dueContract, Record: p.ID, At: first})
}

// nextContract sets what happens after a notice.
func (s *Service) nextContract(tx Tx, p Person) error {
	for _, at := range contractMoments(p.EndsOn, s.cat.Location) {
		if at.After(tx.Now()) {
			return tx.Schedule(Due{Kind: dueContract, Record: p.ID, At: at})
		}
	}
	return nil
}

// contractDue tells the sponsor that a contract is about to end, and offboards
// the person when it has ended and nobody extended it.
func (s *Service) contractDue(tx Tx, d Due) error {
	p, err := tx.Person(d.Record)
	if err != nil || p.EndsOn == "" || p.Stage == StageLeft {
		return err
	}
	moments := contractMoments(p.EndsOn, s.cat.Location)
	if !moments[len(moments)-1].After(tx.Now()) {
		return errors.Join(s.openOffboarding(tx, p, "calendar"), s.touch(tx, p.ID))
	}
	if moments[0].After(tx.Now()) { // it was extended meanwhile
		return s.scheduleContract(tx, p)
	}
	return errors.Join(s.askSponsor(tx, p), s.nextContract(tx, p))
}

// askSponsor tells who answers for a contractor that the contract ends.
func (s *Service) askSponsor(tx Tx, p Person) error {
	all, err := s.sponsors(tx, p)
	if err != nil {
		return err
	}
	before, err := tx.Cards(p.ID)
	if err != nil {
		return err
	}
	for _, to := range all {
		if err := s.askOnce(tx, before, Card{Kind: CardContract, Record: p.ID, Person: to.ID}); err != nil {
			return err
		}
		last := contractMoments(p.EndsOn, s.cat.Location)[len(contractNotice)-1]
		if last.After(tx.Now()) {
			continue
		}
		text := "The contract of " + p.Shown() + " ends on " + p.EndsOn.Shown() + " and nobody has extended it. At the end of that day " + p.First() + " is offboarded."
		if err := s.card(tx, Card{Kind: CardNotice, Record: p.ID + "/contract/" + string(p.EndsOn), Person: to.ID, Body: text}, true); err != nil {
			return err
		}
	}
	return s.touch(tx, p.ID)
}

// sponsors are who answers for a contractor: the manager, else the manager's
// manager, else the admins.
func (s *Service) sponsors(tx Tx, p Person) ([]Person, error) {
	at := p
	for range 2 {
		boss, err := tx.Person(at.ManagerID)
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		if boss.MayAct() == nil && boss.ChatID != "" && boss.ID != p.ID {
			return []Person{boss}, nil
		}
		at = boss
	}
	var out []Person
	for _, email := range s.cat.Admins {
		a, err := tx.PersonByEmail(email)
		if ignoreMissing(err) != nil {
			return nil, err
		}
		if err == nil && a.ID != p.ID && a.MayAct() == nil && a.ChatID != "" {
			out = append(out, a)
		}
	}
	return out, nil
}

// reaskSponsors asks who answers by now for a contract that is about to end: the
// person has another manager, or the one who was asked can act no more.
func (s *Service) reaskSponsors(tx Tx, changed []Person) error {
	about := changed
	if len(changed) == 0 || slices.ContainsFunc(changed, func(p Person) bool { return p.MayAct() != nil }) {
		var err error
		if about, err = tx.People(); err != nil {
			return err
		}
	}
	for _, p := range about {
		if p.EndsOn == "" || p.Stage == StageLeft {
			continue
		}
		moments := contractMoments(p.EndsOn, s.cat.Location)
		if moments[0].After(tx.Now()) || !moments[len(moments)-1].After(tx.Now()) {
			continue
		}
		now, err := tx.Person(p.ID) // what changed may be listed as it was before
		if err != nil {
			return err
		}
		if err := s.askSponsor(tx, now); err != nil {
			return err
		}
	}
	return nil
}
