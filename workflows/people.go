package workflows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countersign/provisioners"
)

// SyncEvery is how often people and their managers are read again.
const SyncEvery = "*/15 * * * *"

// syncBatch is how many people are merged in one transaction.
const syncBatch = 200

// startSync is the recurring moment at which people are read again.
func (s *Service) startSync(tx Tx, _ Due) error { return tx.Enqueue(Job{Kind: jobSync}) }

// syncJob reads people as a job. A failed read changes nobody; the next one is
// due in a quarter of an hour, so it is not tried again before.
func (s *Service) syncJob(ctx context.Context, j Job) error {
	if err := s.Sync(ctx); err != nil {
		if ctx.Err() != nil {
			return err
		}
		s.log.Error("people could not be read", "err", err)
	}
	return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
}

// Sync reads all people from the chat system and the company directory and
// merges what it saw. A read that fails, or is cut short, changes nobody and is
// recorded as sync.failed.
func (s *Service) Sync(ctx context.Context) error {
	seen, readings, err := s.readPeople(ctx)
	if err != nil {
		fail := Event{Type: "sync.failed", Actor: System, Outcome: Failure, Source: "job", Data: map[string]any{"what": "people"}}
		return errors.Join(err, s.update(ctx, func(tx Tx) error { return s.append(tx, fail) }))
	}
	changed := 0
	for part := range slices.Chunk(seen, syncBatch) {
		err := s.update(ctx, func(tx Tx) error {
			n, err := s.merge(tx, part)
			changed += n
			return err
		})
		if err != nil {
			return fmt.Errorf("merge people: %w", err)
		}
	}
	return s.update(ctx, func(tx Tx) error {
		missing, err := s.missing(tx, seen)
		if err != nil {
			return err
		}
		if err := s.managers(tx, seen); err != nil {
			return err
		}
		if changed+missing > 0 {
			if err := s.reask(tx); err != nil {
				return err
			}
		}
		var sources []any
		for _, r := range readings {
			sources = append(sources, map[string]any{"source": r.Source, "query": r.Query, "pages": r.Pages, "rows": r.Rows, "at": stamp(r.At)})
		}
		return s.append(tx, Event{
			Type: "sync.ran", Actor: System, Source: "job",
			Data: map[string]any{"what": "people", "sources": sources, "changed": changed + missing},
		})
	})
}

// sighting is a person as the two directories show them, joined by e-mail.
type sighting struct {
	Person
	manager string // e-mail address
	google  bool   // the company directory has them
	chat    bool   // the chat system has them
}

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

// readPeople reads both directories and joins them by e-mail.
func (s *Service) readPeople(ctx context.Context) ([]sighting, []provisioners.Reading, error) {
	members, reading, err := s.members.Members(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read members: %w", err)
	}
	readings := []provisioners.Reading{reading}
	var accounts []provisioners.Account
	if s.directory != nil {
		var r provisioners.Reading
		if accounts, r, err = s.directory.Accounts(ctx); err != nil {
			return nil, nil, fmt.Errorf("read directory: %w", err)
		}
		readings = append(readings, r)
	}
	return join(members, accounts, s.directory != nil), readings, nil
}

// join makes one sighting of what the two directories say about a person.
func join(members []Member, accounts []provisioners.Account, hasDirectory bool) []sighting {
	byEmail := make(map[string]provisioners.Account)
	for _, a := range accounts {
		byEmail[a.Email] = a
		for _, alias := range a.Aliases {
			byEmail[alias] = a
		}
	}
	var out []sighting
	used := make(map[string]bool)
	for _, m := range members {
		p := sightingOf(m)
		if a, ok := byEmail[p.Email]; ok && p.Email != "" {
			used[a.ID] = true
			p.google, p.Email, p.AccountID, p.manager = true, a.Email, a.ID, a.ManagerEmail
			p.Active = p.Active && !a.Suspended && !a.Archived
		}
		out = append(out, p)
	}
	for _, a := range accounts {
		if used[a.ID] {
			continue
		}
		name := strings.TrimSpace(a.GivenName + " " + a.FamilyName)
		out = append(out, sighting{google: true, manager: a.ManagerEmail, Person: Person{
			Kind: KindMember, Email: a.Email, Name: name, AccountID: a.ID, Active: !a.Suspended && !a.Archived,
		}})
	}
	// A deactivated account must not shadow the live one with the same address.
	slices.SortStableFunc(out, func(a, b sighting) int {
		return cmp.Compare(b2i(b.Active), b2i(a.Active))
	})
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// merge stores what was seen of some people and returns how many it changed.
func (s *Service) merge(tx Tx, seen []sighting) (int, error) {
	changed := 0
	for _, p := range seen {
		did, err := s.mergeOne(tx, p)
		if err != nil {
			return changed, err
		}
		if did {
			changed++
		}
	}
	return changed, nil
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
// at first sight, else by e-mail.
func (s *Service) known(tx Tx, p sighting) (Person, error) {
	if p.ChatID != "" {
		if known, err := tx.PersonByChat(p.ChatID); !errors.Is(err, ErrNotFound) {
			return known, err
		}
	}
	if p.Email == "" {
		return Person{}, ErrNotFound
	}
	return tx.PersonByEmail(p.Email)
}

// joined stores a person seen for the first time.
func (s *Service) joined(tx Tx, p sighting) error {
	id, err := tx.NextID("P")
	if err != nil {
		return err
	}
	n := p.Person
	n.ID = id
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

// missing deactivates people that neither directory shows any more.
func (s *Service) missing(tx Tx, seen []sighting) (int, error) {
	here := make(map[string]bool)
	for _, p := range seen {
		here["c"+p.ChatID], here["e"+p.Email] = true, true
	}
	all, err := tx.People()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, p := range all {
		if !p.Active || p.ChatID != "" && here["c"+p.ChatID] || p.ChatID == "" && here["e"+p.Email] || p.Kind == KindOutsider {
			continue
		}
		p.Active = false
		if err := tx.PutPerson(&p); err != nil {
			return n, err
		}
		if err := s.append(tx, personEvent(p, "person.changed", "job", []string{"active"})); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// managers stores who reports to whom, once everybody is known.
func (s *Service) managers(tx Tx, seen []sighting) error {
	for _, p := range seen {
		if !p.google {
			continue
		}
		known, err := s.known(tx, p)
		if err != nil {
			return err
		}
		if known.AccountID != p.AccountID { // seen under an address that is in doubt
			continue
		}
		boss := ""
		if p.manager != "" {
			m, err := tx.PersonByEmail(strings.ToLower(p.manager))
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			boss = m.ID
		}
		if boss == known.ManagerID {
			continue
		}
		known.ManagerID = boss
		if err := tx.PutPerson(&known); err != nil {
			return err
		}
		if err := s.append(tx, personEvent(known, "person.changed", "google", []string{"manager"})); err != nil {
			return err
		}
	}
	return nil
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
	return s.reask(tx)
}
