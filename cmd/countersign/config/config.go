// Package config reads config.yaml: who the company is, how Slack and Google
// are reached, which apps, levels and roles exist, and how long things last.
//
// Reading is strict and tells everything at once. The YAML tree is walked by
// our own code, since the library's strict mode stops at the first mistake:
// every unknown key, wrong type, bad value and missing reference becomes a
// [Problem] with file, line and column. Values may name environment variables
// as ${NAME}; one that is not set is no problem of the file and is reported by
// [Config.Missing] to the commands that need it.
//
// The package knows nothing of Slack, Google or the database. It only checks
// what can be known from the file itself and from the policies that it names.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Config is one configuration file with every default filled in. It is not
// changed after Parse and ReadPolicies and may be read from many goroutines.
type Config struct {
	Organization Organization `yaml:"organization,required"`
	Slack        Slack        `yaml:"slack,required"`
	// Google is nil where the section is omitted: Countersign then runs without Google.
	Google *Google `yaml:"google"`
	Store  Store   `yaml:"store"`
	Ledger Ledger  `yaml:"ledger"`
	// Admins may onboard, offboard and start reviews, and are the last
	// fallback approvers before Security. Lower-cased addresses.
	Admins []string `yaml:"admins,email"`
	// Security gives the second approval for privileged access and high-risk vendors.
	Security []string  `yaml:"security,email"`
	Auditors []Auditor `yaml:"auditors"`
	// ComplianceLead decides on Low and Medium vendors and signs off reviews; empty if none is named.
	ComplianceLead string `yaml:"compliance_lead,email"`
	Policy         Policy `yaml:"policy"`
	Apps           []App  `yaml:"apps,required"`
	Roles          []Role `yaml:"roles"`
	// Policies are what a new person accepts. Default: the Acceptable Use
	// Policy, version 2026-01, with the built-in text. An empty list means none.
	Policies  []PolicyText `yaml:"policies"`
	Trainings []Training   `yaml:"trainings"`

	file      string
	positions map[string]position
	unset     Problems
}

// Organization says whose access is governed.
type Organization struct {
	// Name is shown on cards and in the evidence pack.
	Name string `yaml:"name,required"`
	// Domain is the company's mail domain, lower-cased.
	Domain string `yaml:"domain,required"`
	// Timezone decides what a day is, and when schedules fire. Default UTC.
	Timezone *time.Location `yaml:"timezone"`
}

// Slack says how Slack is reached and where the bot posts.
type Slack struct {
	// AppToken begins with xapp- and opens the Socket Mode connection
	// (https://docs.slack.dev/authentication/tokens).
	AppToken string `yaml:"app_token,required,secret"`
	// BotToken begins with xoxb- and signs every Web API call.
	BotToken string   `yaml:"bot_token,required,secret"`
	Channels Channels `yaml:"channels"`
}

// Channels are named by channel name (without #) or by id.
type Channels struct {
	// Requests default access-requests.
	Requests string `yaml:"requests"`
	// Vendors default vendor_requests.
	Vendors string `yaml:"vendors"`
	// People default people-ops; it must be private.
	People string `yaml:"people"`
	// Compliance default compliance.
	Compliance string `yaml:"compliance"`
}

// Google says how the Workspace directory is reached. Exactly one of
// CredentialsFile and Impersonate is set.
type Google struct {
	// CredentialsFile is a service account key, relative to the working directory.
	CredentialsFile string `yaml:"credentials_file"`
	// Impersonate is the service account to act as without a key.
	Impersonate string `yaml:"impersonate,email"`
	// AdminSubject is the admin that domain-wide delegation acts as; it is never a target.
	AdminSubject string `yaml:"admin_subject,required,email"`
	// Customer default my_customer, Google's name for one's own account
	// (https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list).
	Customer string `yaml:"customer"`
	// OffboardedOrgUnit default /Offboarded.
	OffboardedOrgUnit string `yaml:"offboarded_org_unit"`
	// Discovery is when the sign-ins and consents of people are read for apps that
	// nobody asked for; empty, the default, never.
	Discovery Schedule `yaml:"discovery"`
}

// Store says where the records are kept.
type Store struct {
	// URL is sqlite:FILE or postgres://…; it may hold a password and is
	// never printed. Default sqlite:countersign.db.
	URL string `yaml:"url,secret"`
}

// Ledger says where the ledger's signing key is.
type Ledger struct {
	// KeyFile default countersign.key; made at the first start.
	KeyFile string `yaml:"key_file"`
}

// Auditor is a person from outside who may look for a time.
type Auditor struct {
	Email string `yaml:"email,required,email"`
	// From and To are the first and last day of the audited period, both inclusive.
	From Date `yaml:"from,required"`
	To   Date `yaml:"to,required"`
	// Until is the last day on which the auditor may look.
	Until Date `yaml:"until,required"`
}

// Load reads the file at path and passes it to [Parse], with the path as it
// was given as the name in positions. The Config is nil if the file cannot be
// read or is no YAML.
func Load(path string, getenv func(string) (string, bool)) (*Config, Problems) {
	data, err := os.ReadFile(path)
	if err == nil {
		return Parse(path, data, getenv)
	}
	message := "read the configuration: " + err.Error()
	if errors.Is(err, fs.ErrNotExist) {
		message = "no such file; copy config.example.yaml and edit it, or name another with --config"
	}
	return nil, Problems{{File: path, Message: message, Fatal: true}}
}

// Parse reads a configuration and reports all its problems, sorted by
// position; name stands for the file in them. The Config is nil only if data
// is no YAML mapping. Where a problem is fatal the Config is incomplete: good
// for checking further, never to be served.
func Parse(name string, data []byte, getenv func(string) (string, bool)) (*Config, Problems) {
	d := newDecoder(name, getenv)
	root := d.parse(data)
	if root == nil {
		return nil, d.problems
	}
	c := defaults()
	d.document(root, c)
	c.finish()
	c.file, c.positions, c.unset = name, d.positions, d.unset
	c.unset.sort()
	v := &validator{Config: c, decoder: d}
	v.validate()
	d.problems.sort()
	return c, d.problems
}

// Missing lists the environment variables the file names that are not set or
// empty, each at the place that names it. Each is fatal for a command that
// needs the value at its Path and nothing to the others.
func (c *Config) Missing() Problems {
	return append(Problems(nil), c.unset...)
}

// Problem makes a problem at a path such as "apps[3].owners[0]", for checks
// that need more than the file. A path that is not in the file gets the
// position of the nearest part above it that is.
func (c *Config) Problem(path string, fatal bool, format string, args ...any) Problem {
	at := nearest(c.positions, path)
	return Problem{File: c.file, Line: at.line, Column: at.column, Path: path, Message: fmt.Sprintf(format, args...), Fatal: fatal}
}
