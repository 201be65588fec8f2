package workflows_test

import (
	"slices"
	"strings"
	"time"

	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

const (
	day  = 24 * time.Hour
	team = "T-ACME"

	members = "github-members@acme.example"
	alias   = "gh@acme.example" // another address of the same group
	admins  = "github-admins@acme.example"
	vault   = "vault-keepers@acme.example"

	docsGuests  = "docs-guests@acme.example"
	docsReaders = "docs-readers@acme.example"

	reason = "Pager duty needs me to push fixes this week"
)

// cast is everybody in the company, with their managers.
var cast = []struct{ who, name, manager string }{
	{"root", "Root Account", ""}, // acts for us in Google, has no Slack account
	{"nora", "Nora Newcomer", "mona"},
	{"mona", "Mona Manages", ""},
	{"bob", "Bob Builder", ""},
	{"bea", "Bea Backup", ""},
	{"wanda", "Wanda Wiki", ""},
	{"ada", "Ada Admin", ""},
	{"abe", "Abe Admin", ""},
	{"sam", "Sam Secure", ""},
	{"sid", "Sid Secure", ""},
	{"finn", "Finn Stranger", ""},
	{"cleo", "Cleo Complies", ""},
}

func mail(who string) string { return who + "@acme.example" }
func chat(who string) string { return "U0" + strings.ToUpper(who) }

// catalogue is the company's configuration. Each call makes a new one.
func catalogue() *workflows.Catalogue {
	usual := []time.Duration{8 * time.Hour, day, 7 * day}
	google := func(id, name, group string) workflows.Level {
		return workflows.Level{ID: id, Name: name, Durations: usual, Provisioner: "google_group", Target: group}
	}
	privileged := func(l workflows.Level) workflows.Level {
		l.Privileged = true
		return l
	}
	return &workflows.Catalogue{
		Organization: "Acme", Domain: "acme.example", Location: time.UTC, ConfigHash: "c0ffee", PolicyVersion: "p1", AppVersion: "test",
		Admins: []string{mail("ada"), mail("abe")}, Security: []string{mail("sam"), mail("sid")}, Compliance: mail("cleo"),
		Vendor:      workflows.VendorPolicy{ReassessEvery: 365 * day, FirstCheckAfter: 90 * day, ReportMaxAge: 365 * day},
		Access:      workflows.AccessPolicy{JustificationMin: 20, RequestExpires: 7 * day},
		Offboarding: workflows.OffboardingPolicy{IdentityWithin: day, AppsWithin: 3 * day, OrgUnit: "/Offboarded", Protected: []string{mail("root")}},
		Apps: []workflows.App{
			{ID: "github", Name: "GitHub", Owners: []string{mail("bob")}, Backups: []string{mail("bea")}, InScope: true, Levels: []workflows.Level{
				google("member", "Member", members), google("triage", "Triage", alias), privileged(google("admin", "Organization owner", admins)),
			}},
			{ID: "ci", Name: "Build farm", Owners: []string{mail("bob")}, Levels: []workflows.Level{google("user", "User", alias)}},
			{ID: "wiki", Name: "Wiki", Owners: []string{mail("wanda")}, Levels: []workflows.Level{
				{ID: "editor", Name: "Editor", Durations: usual, Provisioner: "manual", Target: "wiki/editor: Add as editor."},
			}},
			{ID: "notes", Name: "Notes", Owners: []string{mail("wanda")}, SignIn: "google", Levels: []workflows.Level{
				{ID: "member", Name: "Member", Durations: usual, Provisioner: "manual", Target: "notes/member: Invite them."},
			}},
			{ID: "vault", Name: "Vault", Owners: []string{mail("sam")}, Levels: []workflows.Level{privileged(google("root", "Root", vault))}},
			{ID: "docs", Name: "Docs", Owners: []string{mail("wanda")}, Levels: []workflows.Level{google("guest", "Guest", docsGuests), google("reader", "Reader", docsReaders)}},
		},
		Onboarding: workflows.OnboardingPolicy{AcceptWithin: 7 * day, TrainWithin: 7 * day},
		Policies:   []workflows.Policy{{ID: "aup", Name: "Acceptable Use Policy", Version: "2026-01", Text: "Lock your screen.\nTell security about what you lose.", Hash: "a0b1c2d3e4f5a6b7"}},
		Trainings:  []workflows.Training{{ID: "infosec", Name: "Security awareness", URL: "https://train.example/infosec", Every: 365 * day}},
		Roles:      roles(),
	}
}

// roles are what people come as. The first is held until their start date by
// those of the second.
func roles() []workflows.Role {
	line := func(app, level, mode string) workflows.RoleGrant {
		return workflows.RoleGrant{App: app, Level: level, Mode: mode}
	}
	return []workflows.Role{
		{ID: "future", Name: "Future Employee", OrgUnit: "/Future", Grants: []workflows.RoleGrant{line("docs", "guest", "birthright"), line("docs", "reader", "birthright")}},
		{ID: "engineer", Name: "Engineer", PreStart: "future", OrgUnit: "/Engineering", Grants: []workflows.RoleGrant{
			line("docs", "reader", "birthright"), line("github", "member", "birthright"), line("wiki", "editor", "selective"), line("ci", "user", "discretionary"),
		}},
		{ID: "writer", Name: "Writer", Grants: []workflows.RoleGrant{line("wiki", "editor", "birthright")}},
	}
}

// workspace is a Google Workspace with the whole cast and every group.
// Scopes that it lacks are not delegated to us.
func workspace(lacks ...string) *fakegoogle.Server { return workspaceAt(time.Now, lacks...) }

// workspaceAt keeps its logs by the company's clock.
func workspaceAt(now func() time.Time, lacks ...string) *fakegoogle.Server {
	options := fakegoogle.Options{KeyBits: 1024, LogNow: now}
	for _, scope := range slices.Concat(googleworkspace.Scopes, googleworkspace.AccountScopes, googleworkspace.DiscoveryScopes) {
		if len(lacks) > 0 && !slices.Contains(lacks, scope) {
			options.DelegatedScopes = append(options.DelegatedScopes, scope)
		}
	}
	g := fakegoogle.New(options)
	for _, p := range cast {
		given, family, _ := strings.Cut(p.name, " ")
		u := fakegoogle.User{Email: mail(p.who), GivenName: given, FamilyName: family, Admin: p.who == "root"}
		if p.manager != "" {
			u.ManagerEmail = mail(p.manager)
		}
		g.AddUser(u)
	}
	g.AddGroup(fakegoogle.Group{Email: members, Aliases: []string{alias}})
	g.AddGroup(fakegoogle.Group{Email: admins})
	g.AddGroup(fakegoogle.Group{Email: vault})
	g.AddGroup(fakegoogle.Group{Email: docsGuests})
	g.AddGroup(fakegoogle.Group{Email: docsReaders})
	g.AddOrgUnit("/Engineering")
	g.AddOrgUnit("/Future")
	g.AddOrgUnit("/Offboarded")
	return g
}
