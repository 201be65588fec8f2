package workflows

import "errors"

// changed compares a stored person with what was seen and stores the difference.
// A second chat account for one person, or a changed e-mail address, stops the
// person from deciding until an admin confirms (surface rule 9).
func (s *Service) changed(tx Tx, known Person, p sighting) (bool, error) {
	next := known
	var fields []string
	set := func(name string, at *string, to string) {
		if to != "" && *at != to {
			*at = to
			fields = append(fields, name)
		}
	}
	set("name", &next.Name, p.Name)
	set("account", &next.AccountID, p.AccountID)
	alarm := ""
	kind := "person.changed"
	switch {
	case p.ChatID == "" || p.ChatID == known.ChatID:
	case known.ChatID == "":
		next.ChatID, kind = p.ChatID, "person.bound"
		fields = append(fields, "chat")
	case !p.Active: // an old account of theirs that is switched off says nothing
		return false, nil
	case p.ChatID == known.OtherChat && known.Hold == "": // an admin looked at it already
		return false, nil
	default: // what a second account says about itself is not taken over
		known.OtherChat = p.ChatID
		return s.suspect(tx, known, "a second Slack account uses your e-mail address")
	}
	if p.chat && p.Email != "" && p.Email != known.Email {
		if other, err := tx.PersonByEmail(p.Email); err == nil && other.ID != known.ID {
			if p.Email == known.OtherChat && known.Hold == "" { // an admin looked at it already
				return false, nil
			}
			known.OtherChat = p.Email
			return s.suspect(tx, known, "the e-mail address of your Slack account changed to that of somebody else")
		} else if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
	}
	if p.chat && p.Email != "" && known.Email != "" && p.Email != known.Email {
		next.Email = p.Email
		fields = append(fields, "email")
		if known.ChatID == p.ChatID {
			alarm = "the e-mail address of your Slack account changed"
		}
	} else {
		set("email", &next.Email, p.Email)
	}
	if p.chat && p.Kind != "" && p.Kind != known.Kind {
		next.Kind = p.Kind
		fields = append(fields, "kind")
	}
	if p.Active != known.Active && (p.google || p.chat) {
		next.Active = p.Active
		fields = append(fields, "active")
	}
	if p.outside != known.Outside && p.directory() {
		next.Outside = p.outside
		fields = append(fields, "account_state")
	}
	if alarm != "" && known.Hold == "" {
		next.Hold = alarm
		fields = append(fields, "hold")
	}
	if len(fields) == 0 {
		return false, nil
	}
	if err := tx.PutPerson(&next); err != nil {
		return false, err
	}
	if err := s.append(tx, personEvent(next, kind, p.source(), fields)); err != nil {
		return false, err
	}
	if alarm != "" && known.Hold == "" {
		if err := s.alarm(tx, next); err != nil {
			return true, err
		}
	}
	if next.ChatID != known.ChatID || next.Active && !known.Active {
		if err := s.bound(tx, next); err != nil {
			return true, err
		}
	}
	return true, s.outsideChanged(tx, known, next)
}

// suspect stops a person from deciding and takes over nothing else that was seen.
func (s *Service) suspect(tx Tx, p Person, why string) (bool, error) {
	if p.Hold != "" {
		return false, nil
	}
	p.Hold = why
	if err := tx.PutPerson(&p); err != nil {
		return false, err
	}
	if err := s.append(tx, personEvent(p, "person.changed", "slack", []string{"hold"})); err != nil {
		return false, err
	}
	return true, s.alarm(tx, p)
}

// alarm asks admins and security to look at an identity.
func (s *Service) alarm(tx Tx, p Person) error {
	asked := map[string]bool{p.ID: true}
	for _, emails := range [][]string{s.cat.Admins, s.cat.Security} {
		for _, e := range emails {
			a, err := tx.PersonByEmail(e)
			if errors.Is(err, ErrNotFound) || err == nil && (asked[a.ID] || a.ChatID == "") {
				continue
			}
			if err != nil {
				return err
			}
			asked[a.ID] = true
			if err := s.card(tx, Card{Kind: CardIdentity, Record: p.ID, Person: a.ID}, true); err != nil {
				return err
			}
		}
	}
	return s.touch(tx, p.ID)
}

// confirmIdentity lets a person decide again, on another admin's word.
func (s *Service) confirmIdentity(tx Tx, who Person, p Press) (Outcome, error) {
	held, err := tx.Person(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	admin, err := s.isAdmin(tx, who)
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case who.ID == held.ID:
		return s.refused(tx, s.attempt(who, p), refuse("not_independent", "Another admin must confirm that this is you."))
	case !admin:
		return s.refused(tx, s.attempt(who, p), refuse("not_admin", "Only an admin can confirm an identity."))
	case who.Hold != "":
		return s.refused(tx, s.attempt(who, p), refuse("identity_hold", "Your own identity has to be confirmed first."))
	case held.Hold == "":
		return already(held.ID, "Already confirmed."), nil
	}
	held.Hold = ""
	if err := tx.PutPerson(&held); err != nil {
		return Outcome{}, err
	}
	e := personEvent(held, "person.changed", "slack", []string{"hold"})
	e.Actor, e.SourceRef = user(who), p.Ref
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	return done(held.ID, "Confirmed: "+held.Shown()+" can decide again."), errors.Join(s.touch(tx, held.ID), s.reask(tx, held))
}

func (s *Service) isAdmin(tx Tx, who Person) (bool, error) {
	for _, e := range s.cat.Admins {
		p, err := tx.PersonByEmail(e)
		if err == nil && p.ID == who.ID {
			return true, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
	}
	return false, nil
}
