package workflows

import "slices"

// reask brings waiting requests up to who may decide on them now: whoever is new
// among them gets a card. With people given, only requests that have to do with
// them are looked at; with none, the configuration changed and every card is
// drawn again.
func (s *Service) reask(tx Tx, changed ...Person) error {
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
		asked := slices.ContainsFunc(cards, func(c Card) bool { return c.Kind == CardApprover && c.Person == a.Person.ID })
		if asked {
			continue
		}
		if err := s.card(tx, Card{Kind: CardApprover, Record: r.ID, Person: a.Person.ID}, true); err != nil {
			return err
		}
	}
	return s.touch(tx, r.ID)
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
