package config

import (
	"slices"
	"strings"
	"time"
)

// App is a system that people are given access to.
type App struct {
	// ID is lower-case letters, digits, dots, dashes and underscores, at most 64 of them.
	ID string `yaml:"id,required,id"`
	// Name defaults to the id; at most 75 characters, what a Slack menu shows
	// (https://docs.slack.dev/reference/block-kit/composition-objects/option-object).
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	// Owners manage the resource and approve; at least one.
	Owners []string `yaml:"owners,required,email"`
	// Backups are asked when no owner can decide, or on escalation.
	Backups []string `yaml:"backups,email"`
	// SignIn default password: nothing that a Google suspension closes.
	SignIn SignIn `yaml:"sign_in"`
	// InScope says whether the auditors look at it; default true.
	InScope bool `yaml:"in_scope"`
	// Vendor is the company behind it: its domain, its id in the register, or
	// NoVendor. Empty if the file does not say; see [Config.WithoutVendor].
	Vendor Vendor `yaml:"vendor"`
	// Levels are ordered from the lowest, which is preselected; at least one.
	Levels []Level `yaml:"levels,required"`
}

// Level returns the level of the app with the id.
func (a App) Level(id string) (Level, bool) {
	i := slices.IndexFunc(a.Levels, func(l Level) bool { return l.ID == id })
	if i < 0 {
		return Level{}, false
	}
	return a.Levels[i], true
}

// Level is how much access.
type Level struct {
	ID string `yaml:"id,required,id"`
	// Name defaults to the id; at most 75 characters.
	Name string `yaml:"name"`
	// Privileged levels need two people and always end by themselves.
	Privileged bool `yaml:"privileged"`
	// Durations are what the file offers; see [Config.Durations] for what people are shown.
	Durations []Duration `yaml:"durations"`
	Provision Provision  `yaml:"provision,required"`
}

// Provision says how a level is given; exactly one of its fields is set.
type Provision struct {
	// GoogleGroup is the group whose members have the level.
	GoogleGroup string `yaml:"google_group,email"`
	// Manual is what the app's owner is asked to do by hand.
	Manual string `yaml:"manual"`
}

// Role is what a kind of person needs for the work.
type Role struct {
	ID string `yaml:"id,required,id"`
	// Name defaults to the id.
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Inherits    []string `yaml:"inherits"`
	// PreStart is the role held until the start date, as the file has it; see [Config.PreStart].
	PreStart string `yaml:"pre_start"`
	// OrgUnit is where the accounts of its people are, as the file has it; see [Config.OrgUnit].
	OrgUnit string      `yaml:"org_unit"`
	Grants  []RoleGrant `yaml:"grants"`
}

// RoleGrant is one line of a role: this level of this app, in this way.
type RoleGrant struct {
	App   string `yaml:"app,required"`
	Level string `yaml:"level,required"`
	// Mode default birthright.
	Mode Mode `yaml:"mode"`
}

// App returns the app with the id.
func (c *Config) App(id string) (App, bool) {
	i := slices.IndexFunc(c.Apps, func(a App) bool { return a.ID == id })
	if i < 0 {
		return App{}, false
	}
	return c.Apps[i], true
}

// Role returns the role with the id.
func (c *Config) Role(id string) (Role, bool) {
	i := slices.IndexFunc(c.Roles, func(r Role) bool { return r.ID == id })
	if i < 0 {
		return Role{}, false
	}
	return c.Roles[i], true
}

// RoleGrants returns what a role gives with what it inherits, sorted by app
// and then from the app's lowest level up. A role's own lines for an app
// replace all inherited lines for that app; between two inherited roles the
// later one does. The result is empty for an unknown role.
func (c *Config) RoleGrants(roleID string) []RoleGrant {
	byApp := c.grantsByApp(roleID, map[string]bool{})
	var grants []RoleGrant
	for _, lines := range byApp {
		grants = append(grants, lines...)
	}
	slices.SortFunc(grants, func(a, b RoleGrant) int {
		if a.App != b.App {
			return strings.Compare(a.App, b.App)
		}
		return c.rank(a) - c.rank(b)
	})
	return grants
}

func (c *Config) grantsByApp(roleID string, above map[string]bool) map[string][]RoleGrant {
	byApp := map[string][]RoleGrant{}
	role, ok := c.Role(roleID)
	if !ok || above[roleID] {
		return byApp
	}
	above[roleID] = true
	defer delete(above, roleID)
	for _, parent := range role.Inherits {
		for app, lines := range c.grantsByApp(parent, above) {
			byApp[app] = lines
		}
	}
	own := map[string][]RoleGrant{}
	for _, grant := range role.Grants {
		own[grant.App] = append(own[grant.App], grant)
	}
	for app, lines := range own {
		byApp[app] = lines
	}
	return byApp
}

// PreStart returns the id of the role that people of a role hold until their
// start date: its own, or that of the first inherited role that has one. It is
// empty where there is none, and where it would be the role itself.
func (c *Config) PreStart(roleID string) string {
	held := c.inherited(roleID, func(r Role) string { return r.PreStart }, map[string]bool{})
	if held == roleID {
		return ""
	}
	return held
}

// OrgUnit returns the path of the organizational unit for the accounts of a
// role's people: its own, or that of the first inherited role that has one, or "/".
func (c *Config) OrgUnit(roleID string) string {
	return orElse(c.inherited(roleID, func(r Role) string { return r.OrgUnit }, map[string]bool{}), "/")
}

// inherited returns what a role says itself, or else the first of those it
// inherits that says anything, depth first.
func (c *Config) inherited(roleID string, says func(Role) string, above map[string]bool) string {
	role, ok := c.Role(roleID)
	if !ok || above[roleID] {
		return ""
	}
	above[roleID] = true
	if own := says(role); own != "" {
		return own
	}
	for _, parent := range role.Inherits {
		if said := c.inherited(parent, says, above); said != "" {
			return said
		}
	}
	return ""
}

// rank is the place of the grant's level in its app, from the lowest.
func (c *Config) rank(g RoleGrant) int {
	app, _ := c.App(g.App)
	return slices.IndexFunc(app.Levels, func(l Level) bool { return l.ID == g.Level })
}

// Cap is the longest a grant of the level may last.
func (c *Config) Cap(level Level) Duration {
	access := c.Policy.Access
	if level.Privileged {
		return min(access.PrivilegedMaxDuration, access.MaxDuration)
	}
	return access.MaxDuration
}

// Durations returns what a person may choose for the level: its own
// durations, or 8h, 1d, 7d, 30d and 90d, up to its cap. Where the cap is below
// all of them it is the only choice.
func (c *Config) Durations(level Level) []Duration {
	offered := level.Durations
	if len(offered) == 0 {
		offered = []Duration{Duration(8 * time.Hour), day, 7 * day, 30 * day, 90 * day}
	}
	limit := c.Cap(level)
	var within []Duration
	for _, d := range offered {
		if d <= limit {
			within = append(within, d)
		}
	}
	if within == nil {
		return []Duration{limit}
	}
	return within
}
