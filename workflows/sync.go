package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"countersign/provisioners"
)

// SyncEvery is how often people and their managers are read again.
const SyncEvery = "*/15 * * * *"

// syncBatch is how many people are changed in one transaction, so that no click
// has to wait long for its turn.
const syncBatch = 100

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
// merges what differs from what is stored. A read that fails, or is cut short,
// changes nobody and is recorded as sync.failed.
func (s *Service) Sync(ctx context.Context) error {
	s.refresh(ctx) // another process may have added an app
	seen, readings, err := s.readPeople(ctx)
	if err != nil {
		return s.syncFailed(ctx, err)
	}
	stored, err := s.roster(ctx)
	if err != nil {
		return err
	}
	before := stored
	seen = stored.attach(seen, s.directory != nil)
	if off := stored.off(seen); tooMany(off, stored.active()) && !s.leaversExpected.Load() {
		return s.implausible(ctx, off, stored.active())
	}
	s.leaversExpected.Store(false)
	here, err := s.stillHere(ctx, stored, seen)
	if err != nil {
		return s.syncFailed(ctx, err)
	}
	seen = slices.DeleteFunc(seen, func(p sighting) bool { k, ok := stored.known(p); return ok && here[k.ID] })
	changed, err := s.inBatches(ctx, stored.differing(seen), func(tx Tx, p sighting) (bool, error) { return s.mergeOne(tx, p) })
	if err != nil {
		return fmt.Errorf("merge people: %w", err)
	}
	if stored, err = s.roster(ctx); err != nil { // now everybody's manager is known
		return err
	}
	moved, err := s.inBatches(ctx, stored.moved(seen), s.move)
	if err != nil {
		return fmt.Errorf("store managers: %w", err)
	}
	lost := slices.DeleteFunc(stored.missing(seen), func(p sighting) bool { return here[p.ID] })
	gone, err := s.inBatches(ctx, lost, s.leave)
	if err != nil {
		return fmt.Errorf("deactivate people: %w", err)
	}
	if stored, err = s.roster(ctx); err != nil {
		return err
	}
	return s.update(ctx, func(tx Tx) error {
		if others := before.changed(stored); len(others) > 0 {
			if err := s.reask(tx, others...); err != nil {
				return err
			}
		}
		return s.append(tx, syncRan(readings, changed+moved+gone))
	})
}

// syncFailed records a reading that changed nobody.
func (s *Service) syncFailed(ctx context.Context, err error) error {
	fail := Event{Type: "sync.failed", Actor: System, Outcome: Failure, Source: "job", Data: map[string]any{"what": "people"}}
	return errors.Join(err, s.update(ctx, func(tx Tx) error { return s.append(tx, fail) }))
}

func syncRan(readings []provisioners.Reading, changed int) Event {
	var sources []any
	for _, r := range readings {
		sources = append(sources, map[string]any{"source": r.Source, "query": r.Query, "pages": r.Pages, "rows": r.Rows, "at": stamp(r.At)})
	}
	return Event{
		Type: "sync.ran", Actor: System, Source: "job",
		Data: map[string]any{"what": "people", "sources": sources, "changed": changed},
	}
}

// inBatches does something for each sighting, some in each transaction, and
// returns how many it changed.
func (s *Service) inBatches(ctx context.Context, seen []sighting, do func(Tx, sighting) (bool, error)) (int, error) {
	changed := 0
	for part := range slices.Chunk(seen, syncBatch) {
		n := 0
		err := s.update(ctx, func(tx Tx) error {
			n = 0
			for _, p := range part {
				did, err := do(tx, p)
				if err != nil {
					return err
				}
				if did {
					n++
				}
			}
			return nil
		})
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// roster reads everybody who is stored.
func (s *Service) roster(ctx context.Context) (roster, error) {
	var all []Person
	err := s.store.View(ctx, func(tx Tx) (err error) {
		all, err = tx.People()
		return err
	})
	return rosterOf(all), err
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
	return join(members, accounts), readings, nil
}

// join makes one sighting of what the two directories say about a person.
func join(members []Member, accounts []provisioners.Account) []sighting {
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
			p = p.with(a)
		}
		out = append(out, p)
	}
	for _, a := range accounts {
		if !used[a.ID] {
			p := sighting{Person: Person{Kind: KindMember, Name: strings.TrimSpace(a.GivenName + " " + a.FamilyName), Active: true}}
			out = append(out, p.with(a))
		}
	}
	return inOrder(out)
}

// with adds what the company directory says.
func (p sighting) with(a provisioners.Account) sighting {
	p.google, p.Email, p.AccountID, p.manager = true, a.Email, a.ID, strings.ToLower(a.ManagerEmail)
	p.Active = p.Active && !a.Suspended && !a.Archived
	if a.Suspended || a.Archived {
		p.outside = closedSuspended
	}
	return p
}

// inOrder puts the active first, so that a deactivated account does not shadow
// the live one with the same address, and managers before those who report to
// them.
func inOrder(seen []sighting) []sighting {
	manager := make(map[string]string)
	for _, p := range seen {
		manager[p.Email] = p.manager
	}
	rank := func(p sighting) int {
		depth := 0
		for at := p.manager; at != "" && depth < 50; at = manager[at] {
			depth++
		}
		if !p.Active {
			depth += 100
		}
		return depth
	}
	slices.SortStableFunc(seen, func(a, b sighting) int { return rank(a) - rank(b) })
	return seen
}
