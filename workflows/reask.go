package workflows

import (
	"errors"
	"slices"
)

// reask brings waiting requests and open tasks up to who may act on them now:
// whoever is new among them gets a card. With people given, only what has to do
// with them is looked at; with none, the configuration changed and every card is
// drawn again.
func (s *Service) reask(tx Tx, changed ...Person) error {
	return errors.Join(s.reaskRequests(tx, changed), s.reaskTasks(tx, changed), s.reaskJoiners(tx, changed), s.reaskVendors(tx, changed))
}

func (s *Service) reaskRequests(tx Tx, changed []Person) error {
	open, err := tx.OpenRequests()
	if err != nil {
		return err
	}
	for _, r := range open {
		if len(changed) > 0 && !slices.ContainsFunc(changed, func(p Person) bool { return s.concerns(r, p) }) {
			continue
		}
		if err := s.reaskOne(tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) reaskOne(tx Tx, r Request) error {
	m, err := s.matter(tx, r.ID)
	if err != nil {
		return err
	}
	cards, err := tx.Cards(r.ID)
	if err != nil {
		return err
	}
	for _, a := range m.panel.All() {
		if err := s.askOnce(tx, cards, Card{Kind: CardApprover, Record: r.ID, Person: a.Person.ID}); err != nil {
			return err
		}
	}
	return s.touch(tx, r.ID)
}

// askOnce gives somebody a card, unless they have it.
func (s *Service) askOnce(tx Tx, have []Card, c Card) error {
	if slices.ContainsFunc(have, func(h Card) bool { return h.Kind == c.Kind && h.Person == c.Person }) {
		return nil
	}
	return s.card(tx, c, true)
}

func (s *Service) reaskTasks(tx Tx, changed []Person) error {
	open, err := tx.OpenTasks()
	if err != nil {
		return err
	}
	for _, t := range open {
		g, err := tx.Grant(t.GrantID)
		if err != nil {
			return err
		}
		if len(changed) > 0 && !slices.ContainsFunc(changed, func(p Person) bool { return p.ID == g.Person || s.named(g.App, p.Email) }) {
			continue
		}
		if err := s.reaskTask(tx, t, g); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) reaskTask(tx Tx, t Task, g Grant) error {
	if !t.waits(g) {
		return nil
	}
	doers, err := s.doers(tx, g)
	if err != nil {
		return err
	}
	cards, err := tx.Cards(t.ID)
	if err != nil {
		return err
	}
	for _, p := range doers {
		if err := s.askOnce(tx, cards, Card{Kind: CardTask, Record: t.ID, Person: p.ID}); err != nil {
			return err
		}
	}
	return errors.Join(s.touch(tx, t.ID), s.touchBoth(tx, g))
}

// concerns says whether a change of a person can change a request's cards: they
// asked, it is for them, or the configuration names them for its app.
func (s *Service) concerns(r Request, p Person) bool {
	return p.ID == r.Requester || p.ID == r.Subject || s.named(r.App, p.Email)
}

// named says whether the configuration names an address among those who may ever
// decide on an app.
func (s *Service) named(app, email string) bool {
	if email == "" {
		return false
	}
	a, _ := s.cat.App(app)
	for _, list := range [][]string{a.Owners, a.Backups, s.cat.Admins, s.cat.Security} {
		if slices.Contains(list, email) {
			return true
		}
	}
	return false
}
