package workflows

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Catalogue is what the company's configuration says, in the product's own
// words. It does not change while the process runs, but for the apps that admins
// make of vendors: the methods know those too.
type Catalogue struct {
	Organization  string
	Domain        string // of work addresses, lower case; empty: any
	Location      *time.Location
	Apps          []App
	Roles         []Role
	Admins        []string // e-mail addresses, lower case, in order
	Security      []string
	Compliance    string // e-mail address of the compliance lead; may be empty
	Access        AccessPolicy
	Onboarding    OnboardingPolicy
	Offboarding   OffboardingPolicy
	Policies      []Policy
	Trainings     []Training
	Vendor        VendorPolicy
	Discovery     string // cron expression of when apps in use are looked for; empty: never
	ConfigHash    string // hash of the effective configuration
	PolicyVersion string // hash of its policy alone
	AppVersion    string // version of the product

	added *atomic.Pointer[[]App] // made of vendors; set by New
}

// AccessPolicy is the policy for access requests.
type AccessPolicy struct {
	JustificationMin int           // characters
	RequestExpires   time.Duration // after which an undecided request lapses

	// What a level without durations of its own offers, shortest first.
	Offers, OffersPrivileged []time.Duration
}

// OnboardingPolicy is the policy for joiners.
type OnboardingPolicy struct {
	AcceptWithin time.Duration // policies, from the start date
	TrainWithin  time.Duration // trainings, from the start date
}

// OffboardingPolicy is the policy for leavers.
type OffboardingPolicy struct {
	IdentityWithin time.Duration // the account is closed, from the end of the last working day
	AppsWithin     time.Duration // and everything else
	OrgUnit        string        // where closed accounts go
	Protected      []string      // addresses that are never offboarded: Countersign acts through them
}

// VendorPolicy is the policy for vendors.
type VendorPolicy struct {
	ReassessEvery       time.Duration // full re-evaluation, at most a year
	FirstCheckAfter     time.Duration // from the first approval
	ReportMaxAge        time.Duration // of an assurance report, from the end of its period
	RequesterMaySponsor bool
}

// Policy is a text that people accept.
type Policy struct {
	ID, Name, Version string
	Text              string // Markdown
	Hash              string // SHA-256 of the text, lower-case hex
}

// Training is a course that people do.
type Training struct {
	ID, Name, URL string
	Every         time.Duration // zero: once
}

// App is a system that people ask access to.
type App struct {
	ID      string
	Name    string
	Owners  []string // e-mail addresses of the people who manage it: they approve
	Backups []string // asked when no owner can decide
	SignIn  string   // google, saml or password: the first two end with the Google account
	InScope bool     // in the scope of the audit
	Vendor  string   // domain or id of the vendor behind it, "none" for one of our own; empty if not said
	Levels  []Level  // lowest first
	Closed  bool     // cannot be asked for: its vendor is not approved any more
}

// Level is how much access an app gives.
type Level struct {
	ID          string
	Name        string
	Privileged  bool
	Durations   []time.Duration // what may be asked for, shortest first
	Provisioner string          // name of the provisioner
	Target      string          // as the provisioner takes it
}

// ByHand is the name of the provisioner that asks a person to do it.
const ByHand = "manual"

// Longest returns the longest time this level may be asked for.
func (l Level) Longest() time.Duration {
	if len(l.Durations) == 0 {
		return 0
	}
	return l.Durations[len(l.Durations)-1]
}

// Role is a named set of access for people who do the same work.
type Role struct {
	ID       string
	Name     string
	Grants   []RoleGrant // with what it inherits, flattened
	PreStart string      // id of the role held until the start date, or empty
	OrgUnit  string      // of its people's accounts; "/" if empty
}

// RoleGrant is one line of a role.
type RoleGrant struct {
	App, Level string
	Mode       string // birthright, discretionary or selective
}

// App returns the app with this id.
func (c *Catalogue) App(id string) (App, bool) {
	for _, apps := range [][]App{c.Apps, c.addedApps()} {
		if i := slices.IndexFunc(apps, func(a App) bool { return a.ID == id }); i >= 0 {
			return apps[i], true
		}
	}
	return App{}, false
}

// Level returns the level of an app.
func (c *Catalogue) Level(app, level string) (App, Level, bool) {
	a, ok := c.App(app)
	if !ok {
		return App{}, Level{}, false
	}
	i := slices.IndexFunc(a.Levels, func(l Level) bool { return l.ID == level })
	if i < 0 {
		return a, Level{}, false
	}
	return a, a.Levels[i], true
}

// Role returns the role with this id.
func (c *Catalogue) Role(id string) (Role, bool) {
	i := slices.IndexFunc(c.Roles, func(r Role) bool { return r.ID == id })
	if i < 0 {
		return Role{}, false
	}
	return c.Roles[i], true
}

// InRole says whether a role of the catalogue covers the level.
func (c *Catalogue) InRole(role, app, level string) bool {
	for _, r := range c.Roles {
		if r.ID == role {
			return slices.ContainsFunc(r.Grants, func(g RoleGrant) bool { return g.App == app && g.Level == level })
		}
	}
	return false
}

// FindApps returns the apps that can be asked for whose name or id contains the
// query, those that begin with it first, at most limit.
func (c *Catalogue) FindApps(query string, limit int) []App {
	q := strings.ToLower(strings.TrimSpace(query))
	var first, rest []App
	for _, a := range c.All() {
		name := strings.ToLower(a.Name)
		switch {
		case a.Closed:
		case strings.HasPrefix(name, q) || strings.HasPrefix(a.ID, q):
			first = append(first, a)
		case strings.Contains(name, q) || strings.Contains(a.ID, q):
			rest = append(rest, a)
		}
	}
	byName := func(a, b App) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) }
	slices.SortFunc(first, byName)
	slices.SortFunc(rest, byName)
	all := append(first, rest...)
	return all[:min(limit, len(all))]
}
