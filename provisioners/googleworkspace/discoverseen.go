package googleworkspace

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	reports "google.golang.org/api/admin/reports/v1"

	"countersign/provisioners"
)

// sightings are the apps seen so far, by key.
type sightings map[string]*sighted

// sighted is one of them.
type sighted struct {
	name        string
	can         map[string]bool
	users       map[string]provisioners.AppUser // by account id, or address where there is none
	first, last time.Time
}

// app returns the app with this key, new or as seen before.
func (s sightings) app(key, name string) *sighted {
	if s[key] == nil {
		s[key] = &sighted{can: map[string]bool{}, users: map[string]provisioners.AppUser{}}
	}
	s[key].name = cmp.Or(s[key].name, name)
	return s[key]
}

func (a *sighted) scopes(scopes []string) *sighted {
	for _, scope := range scopes {
		a.can[scope] = true
	}
	return a
}

// granted notes that an account lets the app in.
func (a *sighted) granted(by provisioners.Account) {
	a.add(provisioners.AppUser{AccountID: by.ID, Email: by.Email})
}

// used notes one line of a log. Whoever is no account of the company has no id
// there, and maybe no address.
func (a *sighted) used(line *reports.Activity) {
	var who provisioners.AppUser
	if line.Actor != nil {
		who = provisioners.AppUser{AccountID: line.Actor.ProfileId, Email: strings.ToLower(line.Actor.Email)}
	}
	if line.Id != nil {
		if at, err := time.Parse(time.RFC3339, line.Id.Time); err == nil {
			who.LastAt = at
			a.last = later(a.last, at)
			if a.first.IsZero() || at.Before(a.first) {
				a.first = at
			}
		}
	}
	if who.AccountID != "" || who.Email != "" {
		a.add(who)
	}
}

func (a *sighted) add(who provisioners.AppUser) {
	key := cmp.Or(who.AccountID, who.Email)
	before := a.users[key]
	who.Email = cmp.Or(who.Email, before.Email)
	who.LastAt = later(who.LastAt, before.LastAt)
	a.users[key] = who
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// apps returns all that were seen, by key.
func (s sightings) apps() []provisioners.FoundApp {
	var out []provisioners.FoundApp
	for _, key := range slices.Sorted(maps.Keys(s)) {
		a := s[key]
		app := provisioners.FoundApp{
			Key: key, Name: cmp.Or(a.name, key), Scopes: slices.Sorted(maps.Keys(a.can)), FirstAt: a.first, LastAt: a.last,
			Source: provisioners.ByOAuth,
		}
		switch {
		case strings.HasPrefix(key, samlKey):
			app.Source = provisioners.BySAML
		case signInOnly(app.Scopes):
			app.Source = provisioners.ByLogin
		}
		for _, id := range slices.Sorted(maps.Keys(a.users)) {
			app.Users = append(app.Users, a.users[id])
		}
		out = append(out, app)
	}
	return out
}

// identityScopes are the scopes that only tell who somebody is:
// https://developers.google.com/identity/protocols/oauth2/scopes#google-sign-in.
var identityScopes = []string{
	"openid", "email", "profile",
	"https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile",
}

// signInOnly says whether an app was let in to know who somebody is, and to
// nothing else.
func signInOnly(scopes []string) bool {
	return len(scopes) > 0 && !slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(identityScopes, s) })
}
