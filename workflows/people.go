package workflows

import (
	"context"
	"errors"
)

// sighting is a person as the two directories show them, joined by e-mail.
type sighting struct {
	Person
	manager string // e-mail address
	google  bool   // the company directory has them
	chat    bool   // the chat system has them
	outside string // how the company directory closed the account: suspended or gone; or empty
}

// directory says whether the company directory says anything of this person.
func (p sighting) directory() bool { return p.google || p.outside != "" }

// sightingOf is what the chat system alone says about a member. The address of a
// bot, or of somebody from another workspace, was checked by nobody here: taking
// it would join them to one of ours.
func sightingOf(m Member) sighting {
	p := sighting{chat: true, Person: Person{Kind: m.Kind, Email: m.Email, Name: m.Name, ChatID: m.ChatID, Active: !m.Deleted}}
	if m.Kind == KindBot || m.Kind == KindOutsider {
		p.Email = ""
	}
	return p
}

// mergeOne stores what was seen of one person.
func (s *Service) mergeOne(tx Tx, p sighting) (bool, error) {
	known, err := s.known(tx, p)
	if errors.Is(err, ErrNotFound) {
		return true, s.joined(tx, p)
	}
	if err != nil {
		return false, err
	}
	return s.changed(tx, known, p)
}

// known finds the stored person behind a sighting: by chat id, which was bound
// at first sight, else by account, else by e-mail.
func (s *Service) known(tx Tx, p sighting) (Person, error) {
	for _, look := range []struct {
		key string
		by  func(string) (Person, error)
	}{{p.ChatID, tx.PersonByChat}, {p.AccountID, tx.PersonByAccount}, {p.Email, tx.PersonByEmail}} {
		if look.key == "" {
			continue
		}
		if known, err := look.by(look.key); !errors.Is(err, ErrNotFound) {
			return known, err
		}
	}
	return Person{}, ErrNotFound
}

// joined stores a person seen for the first time.
func (s *Service) joined(tx Tx, p sighting) error {
	id, err := tx.NextID("P")
	if err != nil {
		return err
	}
	n := p.Person
	n.ID, n.Outside = id, p.outside
	if n.ManagerID, err = managerOf(tx, p); err != nil {
		return err
	}
	if err := tx.PutPerson(&n); err != nil {
		return err
	}
	kind := "person.joined"
	if n.ChatID != "" {
		kind = "person.bound"
	}
	return s.append(tx, personEvent(n, kind, p.source(), nil))
}

func (p sighting) source() string {
	if p.google && !p.chat {
		return "google"
	}
	return "slack"
}

func personEvent(p Person, kind, source string, fields []string) Event {
	e := Event{Type: kind, Actor: System, Subject: refPerson(p), Target: refPerson(p), Source: source, Data: map[string]any{"kind": string(p.Kind), "active": p.Active}}
	if len(fields) > 0 {
		e.Data["fields"] = fields
	}
	if p.Hold != "" {
		e.Data["hold"] = true
	}
	return e
}

// lookUp reads one member whom nobody knew.
func (s *Service) lookUp(ctx context.Context, j Job) error {
	m, err := s.members.Member(ctx, j.Record)
	if errors.Is(err, ErrNotFound) {
		return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx Tx) error {
		return errors.Join(s.seen(tx, m), tx.Complete(j))
	})
}

// MemberChanged merges what the chat system says about one member, as it says
// it. What the company directory knows stays as it was read last.
func (s *Service) MemberChanged(ctx context.Context, m Member) error {
	return s.update(ctx, func(tx Tx) error { return s.seen(tx, m) })
}

func (s *Service) seen(tx Tx, m Member) error {
	p := sightingOf(m)
	known, err := s.known(tx, p)
	if err == nil {
		p.AccountID = known.AccountID
		if known.AccountID != "" { // a suspension in the directory outweighs an active chat account
			p.Active = p.Active && (known.Active || known.ChatID == "")
		}
	}
	changed, err := s.mergeOne(tx, p)
	if err != nil || !changed {
		return err
	}
	now, err := s.known(tx, p)
	if err != nil {
		return err
	}
	before := known
	before.ID = now.ID
	return s.reask(tx, before, now)
}
