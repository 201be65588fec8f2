package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"countersign/bot/fakeslack"
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
	contractor  bool
}

func (p demoPerson) handle() string  { return strings.ToLower(p.first) }
func (p demoPerson) name() string    { return p.first + " " + p.last }
func (p demoPerson) slackID() string { return "U0" + strings.ToUpper(p.first) }
func (p demoPerson) email(domain string) string {
	return p.handle() + "@" + domain
}

// unit is where the person's account is.
func (p demoPerson) unit(cfg *config.Config) string {
	if p.contractor {
		return cfg.OrgUnit("base-contractor")
	}
	return cfg.OrgUnit("base-full-time")
}

// employment is the type of employee, in the words of the product's form.
func (p demoPerson) employment() string {
	if p.contractor {
		return "Contractor"
	}
	return "Full-time"
}

// demoPeople is the company of config.example.yaml with those who work for it. New
// people go to the end, so that the ids of the others stay.
var demoPeople = []demoPerson{
	{first: "Nora", last: "Kim", title: "Software engineer", manager: "bob", role: "Employee · software engineer", hint: "Asks for access"},
	{first: "Bob", last: "Tran", title: "Engineering manager", manager: "ada", role: "Approver · owns GitHub and most engineering apps", hint: "Approves for engineering; Nora's manager"},
	{first: "Omar", last: "Haddad", title: "Product designer", manager: "dana", role: "Employee · designer", hint: "Asks for access; has something of everything to lose as a leaver"},
	{first: "Dana", last: "Weiss", title: "Head of product", manager: "ada", role: "Approver · owns design and product apps", hint: "Approves for product and design; Omar's manager"},
	{first: "Sam", last: "Okafor", title: "Security", manager: "ada", role: "Security · second approver", hint: "Second person for privileged access"},
	{first: "Ada", last: "Lang", title: "Head of IT", role: "Admin · IT", hint: "Onboards and offboards; last fallback approver; super administrator in Google"},
	{first: "Bea", last: "Novak", title: "Staff engineer", manager: "bob", role: "Backup approver", hint: "Asked when Bob cannot decide"},
	{first: "Cleo", last: "Marsh", title: "Compliance lead", manager: "ada", role: "Compliance lead", hint: "Reads the compliance channel"},
	{first: "Hugo", last: "Brandt", title: "People operations", manager: "ada", role: "Admin · people operations", hint: "Onboards and offboards; the second admin"},
	{first: "Fiona", last: "Ross", title: "Finance and sales operations", manager: "ada"},
	{first: "Lena", last: "Fischer", title: "Software engineer", manager: "bob"},
	{first: "Tariq", last: "Aziz", title: "Data analyst", manager: "dana"},
	{first: "Ivan", last: "Petrov", title: "Recruiter", manager: "hugo", contractor: true},
}

// settle fills both emulators with the company: its people, its channels, the
// units that its roles name and the groups that its apps name, with who was in them
// before Countersign came.
func (d *demo) settle(cfg *config.Config) error {
	for _, unit := range units(cfg) {
		d.google.AddOrgUnit(unit)
	}
	d.hire(cfg)
	if cfg.Google != nil {
		d.google.AddUser(fakegoogle.User{ID: fmt.Sprintf("2%020d", 1), Email: cfg.Google.AdminSubject, GivenName: "Workspace", FamilyName: "Admin", Admin: true})
	}
	d.slack.AddUser(fakeslack.User{ID: "U0GUEST", Name: "gil", RealName: "Gil Guest", Email: "gil@agency.example", IsGuest: true})
	d.slack.AddUser(fakeslack.User{ID: "U0OUTSIDE", Name: "olga", RealName: "Olga Outside", TeamID: "T0OTHER", Stranger: true})
	d.open(cfg)
	d.groups(cfg)
	return errors.Join(d.liveIn(cfg), d.furnish(cfg.Organization.Domain), d.wander(cfg.Organization.Domain))
}

// units are the organizational units below the top that the configuration names.
func units(cfg *config.Config) []string {
	var out []string
	if cfg.Google != nil {
		out = append(out, cfg.Google.OffboardedOrgUnit)
	}
	for _, r := range cfg.Roles {
		out = append(out, cfg.OrgUnit(r.ID))
	}
	return slices.DeleteFunc(out, func(unit string) bool { return unit == "/" })
}

// hire gives everybody a seat in Slack and an account in Google.
func (d *demo) hire(cfg *config.Config) {
	domain := cfg.Organization.Domain
	for i, p := range demoPeople { // the ids stay the same, for a database that is kept
		d.slack.AddUser(fakeslack.User{
			ID: p.slackID(), Name: p.handle(), RealName: p.name(), Email: p.email(domain), Title: p.title, TZ: cfg.Organization.Timezone.String(),
		})
		account := fakegoogle.User{
			ID: fmt.Sprintf("1%020d", i+1), Email: p.email(domain), GivenName: p.first, FamilyName: p.last,
			OrgUnit: p.unit(cfg), Admin: p.first == "Ada",
			Organizations: []fakegoogle.Organization{{Title: p.title, Description: p.employment(), Primary: true}},
		}
		if p.manager != "" {
			account.ManagerEmail = p.manager + "@" + domain
		}
		if p.first == "Omar" {
			account.RecoveryEmail, account.RecoveryPhone = "omar.haddad@mail.example", "+4915112345678"
		}
		d.google.AddUser(account)
	}
}

// open makes the channels: those for everybody, and the private one of those whom
// joiners and leavers concern, with the bot in it.
func (d *demo) open(cfg *config.Config) {
	var everyone, closed []string
	for _, u := range d.slack.Users() {
		if u.IsBot {
			closed = append(closed, u.ID)
		}
	}
	concerned := slices.Concat(cfg.Admins, cfg.Security, []string{cfg.ComplianceLead})
	for _, p := range demoPeople {
		everyone = append(everyone, p.slackID())
		if slices.Contains(concerned, p.email(cfg.Organization.Domain)) {
			closed = append(closed, p.slackID())
		}
	}
	channels := cfg.Slack.Channels
	for _, name := range []string{generalChannel, channels.Requests, channels.Vendors, channels.Compliance} {
		d.slack.AddChannel(fakeslack.Channel{Name: name, Members: everyone})
	}
	d.slack.AddChannel(fakeslack.Channel{Name: channels.People, Topic: "Joiners and leavers", Private: true, Members: closed})
}

const generalChannel = "general"

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
