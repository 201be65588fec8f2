package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// tooMany says whether a reading deactivates so many people at once that it is
// more likely wrong than true: a directory that lists too little without an
// error would leave nobody who can decide.
func tooMany(off, active int) bool {
	return off > 1 && off == active || off > 2 && off*2 > active || off > 5 && off*4 > active
}

// implausible records a reading that was not believed, and tells security.
func (s *Service) implausible(ctx context.Context, off, active int) error {
	problem := fmt.Errorf("the directories would deactivate %d of %d people at once; nobody was changed", off, active)
	return errors.Join(problem, s.update(ctx, func(tx Tx) error {
		fail := Event{
			Type: "sync.failed", Actor: System, Outcome: Failure, Source: "job",
			Data: map[string]any{"what": "people", "rule": "implausible", "deactivated": off, "active": active},
		}
		if err := s.append(tx, fail); err != nil {
			return err
		}
		text := fmt.Sprintf("A reading of Slack and Google would have deactivated %d of %d people at once, so I changed nobody. "+
			"Please see whether the directories are well. If so many people really left, start Countersign with --accept-leavers.", off, active)
		return s.warn(tx, "sync/implausible/"+tx.Now().In(s.cat.Location).Format("2006-01-02"), text, slices.Concat(s.cat.Security, s.cat.Admins))
	}))
}

// active counts the members who are active.
func (r roster) active() int {
	n := 0
	for _, p := range r.all {
		if p.Active && p.Kind == KindMember {
			n++
		}
	}
	return n
}

// off counts those whom a reading would deactivate.
func (r roster) off(seen []sighting) int {
	ids := make(map[string]bool)
	for _, p := range r.missing(seen) {
		if p.Active {
			ids[p.ID] = true
		}
	}
	for _, p := range seen {
		if k, ok := r.known(p); ok && k.Active && !p.Active && (p.ChatID == "" || p.ChatID == k.ChatID) {
			ids[k.ID] = true
		}
	}
	return len(ids)
}

// changed returns how people stand in a later roster who differ from this one,
// and how they stood.
func (r roster) changed(later roster) []Person {
	before := make(map[string]Person, len(r.all))
	for _, p := range r.all {
		before[p.ID] = p
	}
	var out []Person
	for _, p := range later.all {
		if old := before[p.ID]; old.Version != p.Version {
			out = append(out, p)
			if old.ID != "" {
				out = append(out, old)
			}
		}
	}
	return out
}
