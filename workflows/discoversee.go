package workflows

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"countersign/provisioners"
)

// sightedApp is an app as it was stored and as a reading leaves it.
type sightedApp struct {
	Discovered
	before   Discovered // zero id: it is new
	advanced bool       // it was seen in use after all that was known
	reopened bool       // it was ignored, and may do more by now
	widened  bool       // it was mapped, and may do much more by now
	matched  bool       // it was found to belong to a vendor just now
}

func (a *sightedApp) changed() bool { return !reflect.DeepEqual(a.Discovered, a.before) }

// accountHolders find people by what an account shows of them.
type accountHolders struct{ byAccount, byEmail map[string]string }

func holdersOf(all []Person) accountHolders {
	h := accountHolders{map[string]string{}, map[string]string{}}
	for _, p := range all {
		if p.AccountID != "" {
			h.byAccount[p.AccountID] = p.ID
		}
		if p.Email != "" {
			h.byEmail[p.Email] = p.ID
		}
	}
	return h
}

// who returns the id of the person behind an account; empty where we know nobody.
func (h accountHolders) who(u provisioners.AppUser) string {
	if id := h.byAccount[u.AccountID]; id != "" && u.AccountID != "" {
		return id
	}
	return h.byEmail[u.Email]
}

// see adds what a reading shows of an app. Seeing the same twice is seeing it
// once, so that what comes late can be read again.
func (a *sightedApp) see(f provisioners.FoundApp, h accountHolders, in *time.Location) {
	if f.Name != "" {
		a.Name = f.Name
	}
	if a.Source == "" || f.Source != provisioners.ByLogin { // what may do more once stays so
		a.Source = f.Source
	}
	scopes := union(a.Scopes, f.Scopes)
	if class := newClass(a.Scopes, scopes); a.before.ID != "" && (scopeWeight(class) < scopeWeight("profile") || scopeWeight(class) < scopeWeight(a.Scope)) {
		a.reopened = a.State == DiscoveredIgnored
		a.widened = a.State == DiscoveredMapped && heavy(class)
	}
	a.Scopes, a.Scope = scopes, scopeClass(scopes)
	var people []string
	strange := 0
	for _, u := range f.Users {
		if id := h.who(u); id != "" {
			people = append(people, id)
		} else {
			strange++
		}
	}
	a.People, a.Strange = union(a.People, people), max(a.Strange, strange)
	if f.LastAt.IsZero() {
		return
	}
	if first := DayOf(f.FirstAt, in); a.FirstOn == "" || first < a.FirstOn {
		a.FirstOn = first
	}
	if last := DayOf(f.LastAt, in); last > a.LastOn {
		a.LastOn, a.advanced = last, true
	}
}

// union returns what is in either list, sorted; nil where nothing is.
func union(a, b []string) []string {
	all := make(map[string]bool)
	for _, list := range [][]string{a, b} {
		for _, x := range list {
			all[x] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
