package workflows

import "errors"

// roster is everybody who is stored, as one moment showed them.
type roster struct {
	all       []Person
	byChat    map[string]Person
	byAccount map[string]Person
	byEmail   map[string]Person // an active person before others
}

func rosterOf(all []Person) roster {
	r := roster{all: all, byChat: make(map[string]Person), byAccount: make(map[string]Person), byEmail: make(map[string]Person)}
	for _, p := range all {
		if p.ChatID != "" {
			r.byChat[p.ChatID] = p
		}
		if p.AccountID != "" {
			r.byAccount[p.AccountID] = p
		}
		if before, ok := r.byEmail[p.Email]; p.Email != "" && (!ok || p.Active && !before.Active) {
			r.byEmail[p.Email] = p
		}
	}
	return r
}

// known finds the stored person behind a sighting, as the transaction will.
func (r roster) known(p sighting) (Person, bool) {
	if k, ok := r.byChat[p.ChatID]; ok {
		return k, true
	}
	if k, ok := r.byAccount[p.AccountID]; ok {
		return k, true
	}
	k, ok := r.byEmail[p.Email]
	return k, ok && p.Email != ""
}

// attach joins sightings that are of one stored person though their addresses do
// not say so: a deactivated member keeps no address, and an address may have
// changed, but the chat id stays bound to somebody with an account. Who had an account that the directory
// no longer shows is not active.
func (r roster) attach(seen []sighting, hasDirectory bool) []sighting {
	if !hasDirectory {
		return seen
	}
	bare := make(map[string]int) // person id → chat sighting without an account
	for i, p := range seen {
		if k, ok := r.byChat[p.ChatID]; ok && p.chat && !p.google && k.AccountID != "" {
			bare[k.ID] = i
		}
	}
	listed := make(map[string]bool) // chat ids
	for _, p := range seen {
		listed[p.ChatID] = true
	}
	joined := make(map[int]bool)
	for i, g := range seen {
		k, ok := r.byAccount[g.AccountID]
		if ok && !g.chat && k.ChatID != "" && !listed[k.ChatID] { // the chat system no longer shows them
			seen[i].Active = false
		}
		if at, here := bare[k.ID]; ok && here && !g.chat {
			p := &seen[at]
			p.google, p.AccountID, p.manager, p.outside = true, g.AccountID, g.manager, g.outside
			p.Active = p.Active && g.Active
			joined[i] = true
		}
	}
	var out []sighting
	for i, p := range seen {
		if joined[i] {
			continue
		}
		if k, ok := r.byChat[p.ChatID]; ok && p.chat && !p.google && k.AccountID != "" {
			p.Active, p.outside = false, closedGone
		}
		out = append(out, p)
	}
	return out
}

// differing returns the sightings that may change something.
func (r roster) differing(seen []sighting) []sighting {
	var out []sighting
	for _, p := range seen {
		k, ok := r.known(p)
		same := ok && (p.Name == "" || p.Name == k.Name) && (p.Email == "" || p.Email == k.Email) &&
			(p.AccountID == "" || p.AccountID == k.AccountID) && (p.ChatID == "" || p.ChatID == k.ChatID) &&
			p.Active == k.Active && (!p.chat || p.Kind == k.Kind) && (!p.directory() || p.outside == k.Outside)
		if !same {
			out = append(out, p)
		}
	}
	return out
}

// moved returns the sightings of people whose manager is not the stored one.
func (r roster) moved(seen []sighting) []sighting {
	var out []sighting
	for _, p := range seen {
		// An account that differs was seen under an address that is in doubt.
		if k, ok := r.known(p); ok && p.google && k.AccountID == p.AccountID && k.ManagerID != r.byEmail[p.manager].ID {
			out = append(out, p)
		}
	}
	return out
}

// move stores who somebody reports to.
func (s *Service) move(tx Tx, p sighting) (bool, error) {
	known, err := s.known(tx, p)
	if err != nil {
		return false, err
	}
	boss, err := managerOf(tx, p)
	if err != nil || boss == known.ManagerID {
		return false, err
	}
	known.ManagerID = boss
	if err := tx.PutPerson(&known); err != nil {
		return false, err
	}
	return true, s.append(tx, personEvent(known, "person.changed", "google", []string{"manager"}))
}

// managerOf returns the person id of a manager, or nothing where nobody has that
// address.
func managerOf(tx Tx, p sighting) (string, error) {
	if p.manager == "" {
		return "", nil
	}
	m, err := tx.PersonByEmail(p.manager)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return m.ID, err
}

// missing returns those whom neither directory shows any more.
func (r roster) missing(seen []sighting) []sighting {
	here := make(map[string]bool)
	for _, p := range seen {
		if k, ok := r.known(p); ok {
			here[k.ID] = true
		}
	}
	var out []sighting
	for _, p := range r.all {
		known := p.AccountID != "" && p.Outside != closedGone // the directory had them
		if (p.Active || known) && !here[p.ID] && p.Kind != KindOutsider {
			lost := sighting{Person: p}
			if p.AccountID != "" {
				lost.outside = closedGone
			}
			out = append(out, lost)
		}
	}
	return out
}

// leave deactivates somebody.
func (s *Service) leave(tx Tx, p sighting) (bool, error) {
	known, err := tx.Person(p.ID)
	if err != nil || !known.Active && (p.outside == "" || p.outside == known.Outside) {
		return false, err
	}
	next := known
	next.Active = false
	if p.outside != "" {
		next.Outside = p.outside
	}
	if err := tx.PutPerson(&next); err != nil {
		return false, err
	}
	if err := s.append(tx, personEvent(next, "person.changed", "job", []string{"active"})); err != nil {
		return true, err
	}
	return true, s.outsideChanged(tx, known, next)
}
