package workflows

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// noVendor is the vendor of an app that the company runs itself.
const noVendor = "none"

// from says whether an app is of a vendor: it names the vendor's id, or a domain
// of its site.
func (a App) from(v Vendor) bool {
	return a.Vendor != "" && a.Vendor != noVendor && (a.Vendor == v.ID || v.Domain != "" && sameSite(a.Vendor, v.Domain))
}

// Holder is somebody who has access to a vendor's app, or is about to.
type Holder struct {
	Person Person
	App    App
	Level  Level
	Since  time.Time // it was given; when it was decided, where it is not yet
}

// holdersOf returns who has access to a vendor's apps, by name and then by app.
func (s *Service) holdersOf(tx Tx, v Vendor) ([]Holder, error) {
	grants, err := s.heldFrom(tx, v)
	if err != nil {
		return nil, err
	}
	var out []Holder
	for _, g := range grants {
		p, err := tx.Person(g.Person)
		if err != nil {
			return nil, err
		}
		app, level := s.labels(g)
		since := g.StartsAt
		if since.IsZero() {
			since = g.decidedAt()
		}
		out = append(out, Holder{Person: p, App: app, Level: level, Since: since})
	}
	slices.SortStableFunc(out, func(a, b Holder) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Person.Shown()), strings.ToLower(b.Person.Shown())), strings.Compare(a.Person.ID, b.Person.ID), strings.Compare(a.App.Name, b.App.Name))
	})
	return out, nil
}

// holdersShown is how many people with access a card names.
const holdersShown = 15

// holderLines adds to a vendor's card which apps are its, and who has access.
func (s *Service) holderLines(tx Tx, v Vendor, view *CardView) error {
	all, err := s.everyApp(tx)
	if err != nil {
		return err
	}
	var apps []string
	for _, a := range all {
		if a.from(v) && !slices.Contains(apps, a.Name) {
			apps = append(apps, a.Name)
		}
	}
	if len(apps) == 0 {
		return nil
	}
	view.Facts = append(view.Facts, Fact{Label: "In the catalogue as", Value: Value{Text: strings.Join(apps, ", ")}})
	holders, err := s.holdersOf(tx, v)
	if err != nil {
		return err
	}
	var names []string
	for _, h := range holders[:min(len(holders), holdersShown)] {
		names = append(names, h.Person.Shown()+": "+h.App.Name+" · "+h.Level.Name+", since "+DayOf(h.Since, s.cat.Location).Shown())
	}
	if more := len(holders) - len(names); more > 0 {
		names = append(names, "and "+count(int64(more), "more grant"))
	}
	if len(names) == 0 {
		names = []string{"Nobody"}
	}
	view.Facts = append(view.Facts, Fact{Label: "People with access (" + count(int64(len(holders)), "grant") + ")", Value: Value{Text: strings.Join(names, "\n")}, Long: true})
	return nil
}
