package config

import "time"

// Policy holds the lengths of time and limits of every workflow.
type Policy struct {
	Access      AccessPolicy      `yaml:"access"`
	Onboarding  OnboardingPolicy  `yaml:"onboarding"`
	Offboarding OffboardingPolicy `yaml:"offboarding"`
	Review      ReviewPolicy      `yaml:"review"`
	Vendor      VendorPolicy      `yaml:"vendor"`
}

// AccessPolicy governs access requests.
type AccessPolicy struct {
	// JustificationMin is the least number of characters, 0 to 3000; default 20.
	JustificationMin int `yaml:"justification_min"`
	// RequestExpires is when an undecided request lapses; default 7d.
	RequestExpires Duration `yaml:"request_expires"`
	// RemindAfter is when approvers are asked again; default 4h.
	RemindAfter Duration `yaml:"remind_after"`
	// EscalateAfter is when the backups are asked too; default 24h.
	EscalateAfter Duration `yaml:"escalate_after"`
	// MaxDuration is the longest grant; default 365d.
	MaxDuration Duration `yaml:"max_duration"`
	// PrivilegedMaxDuration is the longest grant of a privileged level; default 90d.
	PrivilegedMaxDuration Duration `yaml:"privileged_max_duration"`
}

// OnboardingPolicy counts from a person's start.
type OnboardingPolicy struct {
	// AUPWithin is when the policies must be accepted by; default 7d.
	AUPWithin Duration `yaml:"aup_within"`
	// TrainingWithin is when the trainings must be done by; default 7d.
	TrainingWithin Duration `yaml:"training_within"`
}

// OffboardingPolicy counts from a person's end.
type OffboardingPolicy struct {
	// IdentityWithin is when the Google account must be closed by; default 24h.
	IdentityWithin Duration `yaml:"identity_within"`
	// AppsWithin is when every other access must be gone by; default 72h.
	AppsWithin Duration `yaml:"apps_within"`
}

// ReviewPolicy governs access reviews.
type ReviewPolicy struct {
	// Schedule is when a campaign opens by itself; default "0 9 1 3,6,9,12 *".
	Schedule Schedule `yaml:"schedule"`
	// DueAfter counts from the opening; default 21d.
	DueAfter Duration `yaml:"due_after"`
	// RemoveWithin counts from the decision to remove; default 7d.
	RemoveWithin Duration `yaml:"remove_within"`
}

// VendorPolicy governs vendors.
type VendorPolicy struct {
	// ReassessEvery counts from the last assessment; at most and by default 365d.
	ReassessEvery Duration `yaml:"reassess_every"`
	// FirstCheckAfter counts from the approval; default 90d.
	FirstCheckAfter Duration `yaml:"first_check_after"`
	// ReportMaxAge is how old a security report may be; default 365d.
	ReportMaxAge Duration `yaml:"report_max_age"`
	// RequesterMaySponsor says whether who asked for a vendor may be its sponsor;
	// default false. False stays out of the JSON that versions the policy.
	RequesterMaySponsor bool `yaml:"requester_may_sponsor" json:",omitempty"`
}

// PolicyText is a policy that people accept.
type PolicyText struct {
	ID string `yaml:"id,required,id"`
	// Name defaults to the id.
	Name string `yaml:"name"`
	// Version is any text; a new one asks everybody to accept again.
	Version string `yaml:"version,required"`
	// File is a Markdown file that replaces the built-in text, relative to the working directory.
	File string `yaml:"file"`
	// TextHash is the SHA-256 of Text in lower-case hex. It is no key of the
	// file, but a part of the effective configuration.
	TextHash string `yaml:"text_hash,derived"`
	// Text is what people accept, in Markdown. Where File is set it is empty
	// until [Config.ReadPolicies].
	Text string
}

// Training is a course that people confirm.
type Training struct {
	ID string `yaml:"id,required,id"`
	// Name defaults to the id.
	Name string `yaml:"name"`
	// URL is where the course is, https or http.
	URL string `yaml:"url,required"`
	// Every is when it must be repeated; 0, the default, means never.
	Every Duration `yaml:"every"`
}

const day = Duration(Day)

func defaults() *Config {
	hours := func(n int) Duration { return Duration(time.Duration(n) * time.Hour) }
	return &Config{
		Organization: Organization{Timezone: time.UTC},
		Slack: Slack{Channels: Channels{
			Requests: "access-requests", Vendors: "vendor_requests", People: "people-ops", Compliance: "compliance",
		}},
		Store:  Store{URL: "sqlite:countersign.db"},
		Ledger: Ledger{KeyFile: "countersign.key"},
		Policy: Policy{
			Access: AccessPolicy{
				JustificationMin: 20, RequestExpires: 7 * day, RemindAfter: hours(4), EscalateAfter: hours(24),
				MaxDuration: 365 * day, PrivilegedMaxDuration: 90 * day,
			},
			Onboarding:  OnboardingPolicy{AUPWithin: 7 * day, TrainingWithin: 7 * day},
			Offboarding: OffboardingPolicy{IdentityWithin: hours(24), AppsWithin: hours(72)},
			Review:      ReviewPolicy{Schedule: "0 9 1 3,6,9,12 *", DueAfter: 21 * day, RemoveWithin: 7 * day},
			Vendor:      VendorPolicy{ReassessEvery: 365 * day, FirstCheckAfter: 90 * day, ReportMaxAge: 365 * day},
		},
		Policies: []PolicyText{{ID: "aup", Name: "Acceptable Use Policy", Version: "2026-01"}},
	}
}

func (g *Google) setDefaults() {
	g.Customer, g.OffboardedOrgUnit = "my_customer", "/Offboarded"
}

func (a *App) setDefaults() { a.SignIn, a.InScope = SignInPassword, true }

func (g *RoleGrant) setDefaults() { g.Mode = Birthright }

// finish fills the defaults that depend on other values.
func (c *Config) finish() {
	for i := range c.Apps {
		app := &c.Apps[i]
		app.Name = orElse(app.Name, app.ID)
		for j := range app.Levels {
			app.Levels[j].Name = orElse(app.Levels[j].Name, app.Levels[j].ID)
		}
	}
	for i := range c.Roles {
		c.Roles[i].Name = orElse(c.Roles[i].Name, c.Roles[i].ID)
	}
	for i := range c.Policies {
		p := &c.Policies[i]
		p.Name = orElse(p.Name, p.ID)
		if p.File == "" {
			p.setText(builtIn(p.ID))
		}
	}
	for i := range c.Trainings {
		c.Trainings[i].Name = orElse(c.Trainings[i].Name, c.Trainings[i].ID)
	}
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
