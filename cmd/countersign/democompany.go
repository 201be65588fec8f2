package main

import (
	"fmt"
	"strings"

	"countersign/bot/fakeslack"
	"countersign/bot/fakeslack/web"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// demoPerson is somebody of the demo's company.
type demoPerson struct {
	first, last string
	title       string
	manager     string // first name, lower case
	role        string // shown to the visitor; empty: not one the visitor plays
	hint        string
}

func (p demoPerson) handle() string  { return strings.ToLower(p.first) }
func (p demoPerson) name() string    { return p.first + " " + p.last }
func (p demoPerson) slackID() string { return "U0" + strings.ToUpper(p.first) }
func (p demoPerson) email(domain string) string {
	return p.handle() + "@" + domain
}

// demoPeople is the company of config.example.yaml with those who work for it.
var demoPeople = []demoPerson{
	{"Nora", "Kim", "Software engineer", "bob", "Employee · software engineer", "Asks for access"},
	{"Bob", "Tran", "Engineering manager", "ada", "Approver · owns GitHub and most engineering apps", "Approves for engineering; Nora's manager"},
	{"Omar", "Haddad", "Product designer", "dana", "Employee · designer", "Asks for access"},
	{"Dana", "Weiss", "Head of product", "ada", "Approver · owns design and product apps", "Approves for product and design"},
	{"Sam", "Okafor", "Security", "ada", "Security · second approver", "Second person for privileged access"},
	{"Ada", "Lang", "Head of IT", "", "Admin · IT", "Last fallback approver"},
	{"Bea", "Novak", "Staff engineer", "bob", "Backup approver", "Asked when Bob cannot decide"},
	{"Cleo", "Marsh", "Compliance lead", "ada", "Compliance lead", "Reads the compliance channel"},
	{"Hugo", "Brandt", "People operations", "ada", "", ""},
	{"Fiona", "Ross", "Finance and sales operations", "ada", "", ""},
	{"Lena", "Fischer", "Software engineer", "bob", "", ""},
	{"Tariq", "Aziz", "Data analyst", "dana", "", ""},
}

// demoTour is what to try first.
var demoTour = []web.Step{
	{Persona: "U0NORA", Text: "As Nora, type `/access` and ask for *GitHub · Member* for 8 hours."},
	{Persona: "U0BOB", Text: "As Bob, open the message from *Countersign* and press *Approve*."},
	{Persona: "U0NORA", Text: "As Nora, watch it become *Granted*, and the group change in Google on the right."},
	{Persona: "", Text: "Move the clock *+8 hours*: the access ends by itself, read back, *Expired*."},
}

// settle fills both emulators with the company: its people, its channels, and
// the groups that its apps name, with who was in them before Countersign came.
func (d *demo) settle(cfg *config.Config) {
	domain := cfg.Organization.Domain
	for i, p := range demoPeople { // the ids stay the same, for a database that is kept
		d.slack.AddUser(fakeslack.User{
			ID: p.slackID(), Name: p.handle(), RealName: p.name(), Email: p.email(domain), Title: p.title, TZ: cfg.Organization.Timezone.String(),
		})
		account := fakegoogle.User{ID: fmt.Sprintf("1%020d", i+1), Email: p.email(domain), GivenName: p.first, FamilyName: p.last}
		if p.manager != "" {
			account.ManagerEmail = p.manager + "@" + domain
		}
		d.google.AddUser(account)
	}
	if cfg.Google != nil {
		d.google.AddUser(fakegoogle.User{ID: fmt.Sprintf("2%020d", 1), Email: cfg.Google.AdminSubject, GivenName: "Workspace", FamilyName: "Admin", Admin: true})
	}
	everyone := d.slackIDs()
	d.slack.AddUser(fakeslack.User{ID: "U0GUEST", Name: "gil", RealName: "Gil Guest", Email: "gil@agency.example", IsGuest: true})
	d.slack.AddUser(fakeslack.User{ID: "U0OUTSIDE", Name: "olga", RealName: "Olga Outside", TeamID: "T0OTHER", Stranger: true})
	for _, name := range []string{"general", cfg.Slack.Channels.Requests, cfg.Slack.Channels.Compliance} {
		d.slack.AddChannel(fakeslack.Channel{Name: name, Members: everyone})
	}
	d.groups(cfg)
}

func (d *demo) slackIDs() []string {
	var ids []string
	for _, p := range demoPeople {
		ids = append(ids, p.slackID())
	}
	return ids
}

// groups makes each group that a level names, once.
func (d *demo) groups(cfg *config.Config) {
	made := make(map[string]bool)
	for _, a := range cfg.Apps {
		for _, l := range a.Levels {
			group := l.Provision.GoogleGroup
			if group == "" || made[group] {
				continue
			}
			made[group] = true
			d.google.AddGroup(fakegoogle.Group{Email: group, Name: a.Name + " · " + l.Name})
			if !l.Privileged && len(a.Owners) > 0 {
				// Errors only tell of an owner outside the company's directory.
				_ = d.google.AddMember(group, a.Owners[0], "OWNER")
			}
		}
	}
}
