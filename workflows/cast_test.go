package workflows_test

import (
	"strings"
	"time"

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
		Organization: "Acme", Location: time.UTC, ConfigHash: "c0ffee", PolicyVersion: "p1", AppVersion: "test",
		Admins: []string{mail("ada"), mail("abe")}, Security: []string{mail("sam"), mail("sid")},
		Access: workflows.AccessPolicy{JustificationMin: 20, RequestExpires: 7 * day},
		Apps: []workflows.App{
			{ID: "github", Name: "GitHub", Owners: []string{mail("bob")}, Backups: []string{mail("bea")}, InScope: true, Levels: []workflows.Level{
				google("member", "Member", members), google("triage", "Triage", alias), privileged(google("admin", "Organization owner", admins)),
			}},
			{ID: "ci", Name: "Build farm", Owners: []string{mail("bob")}, Levels: []workflows.Level{google("user", "User", alias)}},
			{ID: "wiki", Name: "Wiki", Owners: []string{mail("wanda")}, Levels: []workflows.Level{
				{ID: "editor", Name: "Editor", Durations: usual, Provisioner: "manual", Target: "wiki/editor: Add as editor."},
			}},
			{ID: "vault", Name: "Vault", Owners: []string{mail("sam")}, Levels: []workflows.Level{privileged(google("root", "Root", vault))}},
		},
		Roles: []workflows.Role{{ID: "engineer", Name: "Engineer", Grants: []workflows.RoleGrant{{App: "github", Level: "member", Mode: "birthright"}}}},
	}
}

// workspace is a Google Workspace with the whole cast and every group.
func workspace() *fakegoogle.Server {
	g := fakegoogle.New(fakegoogle.Options{KeyBits: 1024})
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
	return g
}
