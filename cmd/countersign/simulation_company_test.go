package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"countersign/bot/fakeslack"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

const simulatedDomain = "acme.example"

// soul is somebody of the simulated company.
type soul struct {
	name    string // first name
	last    string
	manager string // first name; empty for the head and for who is not of the company
	guest   bool
	gone    bool   // deactivated or suspended somewhere
	account string // in Google; empty: none
	address string // in Slack, where it is not the one in Google
	work    string // the address in Google, where it is not made of the first name
}

func (s *soul) handle() string  { return strings.ToLower(s.name) }
func (s *soul) slackID() string { return "U0" + strings.ToUpper(s.name) }
func (s *soul) email() string   { return cmp.Or(s.work, s.handle()+"@"+simulatedDomain) }

// companyOf makes the people of the company; who manages what is the seed's.
func companyOf() []*soul {
	return []*soul{
		{name: "Ada", last: "Lang"}, {name: "Sam", last: "Okafor", manager: "Ada"}, {name: "Ines", last: "Duarte", manager: "Ada"},
		{name: "Bob", last: "Tran", manager: "Ada"}, {name: "Dana", last: "Weiss", manager: "Ada"}, {name: "Bea", last: "Novak", manager: "Bob"},
		{name: "Nora", last: "Kim", manager: "Bob"}, {name: "Lena", last: "Fischer", manager: "Bob"}, {name: "Omar", last: "Haddad", manager: "Dana"},
		{name: "Tariq", last: "Aziz", manager: "Dana"}, {name: "Cleo", last: "Marsh", manager: "Ada"}, {name: "Hugo", last: "Brandt", manager: "Ada"},
		{name: "Gil", last: "Guest", guest: true},
	}
}

const simulatedHead = `
organization: {name: Acme, domain: acme.example, timezone: Europe/Berlin}
slack:
  app_token: xapp-1-fake
  bot_token: xoxb-fake
  channels: {requests: access-requests, vendors: vendor_requests, people: people-ops, compliance: compliance}
google: {credentials_file: service-account.json, admin_subject: admin@acme.example, offboarded_org_unit: /Offboarded}
store: {url: "sqlite:simulation.db"}
ledger: {key_file: simulation.key}
admins: [ada@acme.example, ines@acme.example, hugo@acme.example]
security: [sam@acme.example]
compliance_lead: cleo@acme.example
policy: {vendor: {reassess_every: 60d, first_check_after: 20d, report_max_age: 100d}}
roles:
  - id: employee
    name: Employee
    pre_start: announced
    org_unit: /Employees
    grants:
      - {app: wiki, level: reader}
      - {app: code, level: read}
      - {app: badge, level: door}
      - {app: code, level: member, mode: discretionary}
  - id: contractor
    name: Contractor
    org_unit: /Contractors
    grants:
      - {app: notes, level: reader}
      - {app: payroll, level: clerk}
  - id: announced
    name: Announced
    org_unit: /Announced
    grants:
      - {app: notes, level: reader}
policies:
  - {id: aup, name: Acceptable Use Policy, version: "1"}
trainings:
  - {id: infosec, name: Security awareness, url: "https://training.acme.example/security", every: 60d}
apps:
`

// simulatedApps are apps without their owners and backups. The lowest levels of
// wiki and notes are the same group.
const simulatedApps = `
  - id: code
    name: Code
    levels:
      - {id: read, name: Read, provision: {google_group: code-readers@acme.example}}
      - {id: member, name: Member, durations: [8h, 1d, 30d], provision: {google_group: code-members@acme.example}}
      - {id: admin, name: Administrator, privileged: true, durations: [8h, 1d, 7d], provision: {google_group: code-admins@acme.example}}
  - id: wiki
    name: Wiki
    levels:
      - {id: reader, name: Reader, durations: [8h, 7d], provision: {google_group: readers@acme.example}}
      - {id: editor, name: Editor, durations: [1d, 90d], provision: {google_group: wiki-editors@acme.example}}
  - id: notes
    name: Notes
    levels:
      - {id: reader, name: Reader, durations: [1d, 30d], provision: {google_group: readers@acme.example}}
  - id: badge
    name: Badge
    sign_in: google
    levels:
      - {id: door, name: Door, durations: [1d, 30d], provision: {manual: "Open the door for the badge, then mark done."}}
  - id: payroll
    name: Payroll
    sign_in: password
    levels:
      - {id: clerk, name: Clerk, durations: [8h, 7d], provision: {manual: "Assign the role Clerk, then mark done."}}
      - {id: admin, name: Payroll administrator, privileged: true, durations: [8h, 1d], provision: {manual: "Assign the role Administrator, then mark done."}}
`

// configOf is the configuration of a company whose apps a seed gave to people.
func configOf(r *rand.Rand) (*config.Config, error) {
	var text strings.Builder
	text.WriteString(simulatedHead)
	managers := []string{"bob", "dana", "bea", "hugo", "sam", "ada"}
	for line := range strings.Lines(strings.TrimPrefix(simulatedApps, "\n")) {
		text.WriteString(line)
		if !strings.HasPrefix(line, "    name: ") {
			continue
		}
		r.Shuffle(len(managers), func(i, j int) { managers[i], managers[j] = managers[j], managers[i] })
		n := 1 + r.IntN(2)
		fmt.Fprintf(&text, "    owners: [%s]\n    backups: [%s]\n", addresses(managers[:n]), addresses(managers[n:n+r.IntN(2)+1]))
	}
	cfg, problems := config.Parse("simulation.yaml", []byte(text.String()), func(string) (string, bool) { return "", false })
	if cfg == nil || problems.Fatal() {
		return nil, fmt.Errorf("the simulated configuration has problems: %s", problems)
	}
	return cfg, nil
}

func addresses(handles []string) string {
	var out []string
	for _, h := range handles {
		out = append(out, h+"@"+simulatedDomain)
	}
	return strings.Join(out, ", ")
}

// settle fills the emulators with the company.
func (w *world) settle() {
	var ids []string
	for i, s := range w.people {
		email := s.email()
		if s.guest {
			email = s.handle() + "@agency.example"
		}
		w.slack.AddUser(fakeslack.User{ID: s.slackID(), Name: s.handle(), RealName: s.name + " " + s.last, Email: email, IsGuest: s.guest})
		ids = append(ids, s.slackID())
		if s.guest {
			continue
		}
		w.hire(s, i)
	}
	w.google.AddUser(fakegoogle.User{ID: fmt.Sprintf("2%020d", 1), Email: w.cfg.Google.AdminSubject, GivenName: "Workspace", FamilyName: "Admin", Admin: true})
	w.slack.AddUser(fakeslack.User{ID: "U0ROBOT", Name: "robot", RealName: "Robot", IsBot: true})
	for _, name := range []string{"general", w.cfg.Slack.Channels.Requests, w.cfg.Slack.Channels.Vendors, w.cfg.Slack.Channels.Compliance} {
		w.slack.AddChannel(fakeslack.Channel{Name: name, Members: ids})
	}
	w.slack.AddChannel(fakeslack.Channel{Name: w.cfg.Slack.Channels.People, Private: true, Members: []string{"U0BOT", "U0ADA", "U0INES", "U0HUGO"}})
	for _, unit := range []string{w.cfg.Google.OffboardedOrgUnit, "/Employees", "/Contractors", "/Announced"} {
		w.google.AddOrgUnit(unit)
	}
	var made []string
	for _, a := range w.cfg.Apps {
		for _, l := range a.Levels {
			if g := l.Provision.GoogleGroup; g != "" && !slices.Contains(made, g) {
				made = append(made, g)
				w.google.AddGroup(fakegoogle.Group{Email: g, Name: a.Name + " · " + l.Name})
			}
		}
	}
}

// hire gives somebody an account in Google.
func (w *world) hire(s *soul, n int) {
	s.account = fmt.Sprintf("1%020d", n+1)
	u := fakegoogle.User{ID: s.account, Email: s.email(), GivenName: s.name, FamilyName: s.last, Admin: s.name == "Ada" || s.name == "Nora"}
	if s.manager != "" {
		u.ManagerEmail = strings.ToLower(s.manager) + "@" + simulatedDomain
	}
	w.google.AddUser(u)
}

// here returns those who are still with the company, guests left out.
func (w *world) here() []*soul {
	var out []*soul
	for _, s := range w.people {
		if !s.gone && !s.guest {
			out = append(out, s)
		}
	}
	return out
}
