package workflows

import (
	"context"
	"slices"
	"time"
)

// usual is what a level of an added app offers where the configuration does not
// say what levels offer without durations of their own.
var usual = []time.Duration{8 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour}

// addedApps returns the apps that admins made of vendors, as they were read last.
func (c *Catalogue) addedApps() []App {
	if c.added == nil {
		return nil
	}
	if list := c.added.Load(); list != nil {
		return *list
	}
	return nil
}

// All returns every app: those of the configuration, then those that admins made
// of vendors. The configuration wins where both have an id.
func (c *Catalogue) All() []App {
	out := slices.Clone(c.Apps)
	for _, a := range c.addedApps() {
		if !slices.ContainsFunc(c.Apps, func(b App) bool { return b.ID == a.ID }) {
			out = append(out, a)
		}
	}
	return out
}

// readAdded reads the apps that were made of vendors, so that they can be asked
// for. One whose vendor may not be used any more keeps its name and is closed.
func (s *Service) readAdded(tx Tx) error {
	list, err := tx.CatalogueApps()
	if err != nil {
		return err
	}
	out := make([]App, 0, len(list))
	for _, a := range list {
		v, err := tx.Vendor(a.Vendor)
		if ignoreMissing(err) != nil {
			return err
		}
		a.App.Closed = !v.InForce()
		out = append(out, s.cat.completed(a.App))
	}
	s.cat.added.Store(&out)
	return nil
}

// refresh reads them anew where that is no part of a transaction. What fails is
// only logged: the next reading of people tries again.
func (s *Service) refresh(ctx context.Context) {
	if err := s.store.View(ctx, s.readAdded); err != nil && ctx.Err() == nil {
		s.log.Error("the apps that were made of vendors could not be read", "err", err)
	}
}

// completed is an added app with the durations that its levels offer today: what
// the configuration allows may have changed since it was made.
func (c *Catalogue) completed(a App) App {
	a.Levels = slices.Clone(a.Levels)
	for i := range a.Levels {
		l := &a.Levels[i]
		l.Durations = c.Access.Offers
		if l.Privileged {
			l.Durations = c.Access.OffersPrivileged
		}
		if len(l.Durations) == 0 {
			l.Durations = usual
		}
	}
	return a
}
