package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"countersign/cmd/countersign/config"
	"countersign/workflows"
)

// The names of the provisioners, as levels and grants carry them.
const (
	googleGroup = "google_group"
	byHand      = "manual"
)

// catalogue says the configuration in the product's words. The texts of its
// policies must have been read.
func catalogue(c *config.Config) *workflows.Catalogue {
	_, hash := c.Effective()
	out := &workflows.Catalogue{
		Organization: c.Organization.Name, Domain: c.Organization.Domain, Location: c.Organization.Timezone,
		Admins: c.Admins, Security: c.Security, Compliance: c.ComplianceLead,
		Access: workflows.AccessPolicy{
			JustificationMin: c.Policy.Access.JustificationMin,
			RequestExpires:   c.Policy.Access.RequestExpires.Std(),
			Offers:           stds(c.Durations(config.Level{})),
			OffersPrivileged: stds(c.Durations(config.Level{Privileged: true})),
		},
		Onboarding: workflows.OnboardingPolicy{
			AcceptWithin: c.Policy.Onboarding.AUPWithin.Std(),
			TrainWithin:  c.Policy.Onboarding.TrainingWithin.Std(),
		},
		Offboarding: offboarding(c),
		Vendor: workflows.VendorPolicy{
			ReassessEvery:       c.Policy.Vendor.ReassessEvery.Std(),
			FirstCheckAfter:     c.Policy.Vendor.FirstCheckAfter.Std(),
			ReportMaxAge:        c.Policy.Vendor.ReportMaxAge.Std(),
			RequesterMaySponsor: c.Policy.Vendor.RequesterMaySponsor,
		},
		Discovery:  discovery(c),
		ConfigHash: hash, PolicyVersion: policyVersion(c), AppVersion: appVersion(),
	}
	for _, a := range c.Apps {
		app := workflows.App{ID: a.ID, Name: a.Name, Owners: a.Owners, Backups: a.Backups, SignIn: string(a.SignIn), InScope: a.InScope, Vendor: string(a.Vendor)}
		for _, l := range a.Levels {
			app.Levels = append(app.Levels, level(c, a, l))
		}
		out.Apps = append(out.Apps, app)
	}
	for _, r := range c.Roles {
		role := workflows.Role{ID: r.ID, Name: r.Name, PreStart: c.PreStart(r.ID), OrgUnit: c.OrgUnit(r.ID)}
		for _, g := range c.RoleGrants(r.ID) {
			role.Grants = append(role.Grants, workflows.RoleGrant{App: g.App, Level: g.Level, Mode: string(g.Mode)})
		}
		out.Roles = append(out.Roles, role)
	}
	for _, p := range c.Policies {
		out.Policies = append(out.Policies, workflows.Policy{ID: p.ID, Name: p.Name, Version: p.Version, Text: p.Text, Hash: p.TextHash})
	}
	for _, t := range c.Trainings {
		out.Trainings = append(out.Trainings, workflows.Training{ID: t.ID, Name: t.Name, URL: t.URL, Every: t.Every.Std()})
	}
	return out
}

// offboarding is the policy for leavers. Whom Countersign acts as in Google can
// never leave through it: it would shut itself out.
func offboarding(c *config.Config) workflows.OffboardingPolicy {
	out := workflows.OffboardingPolicy{
		IdentityWithin: c.Policy.Offboarding.IdentityWithin.Std(),
		AppsWithin:     c.Policy.Offboarding.AppsWithin.Std(),
	}
	if c.Google != nil {
		out.OrgUnit, out.Protected = c.Google.OffboardedOrgUnit, []string{c.Google.AdminSubject}
	}
	return out
}

// discovery is when apps in use are looked for; they are seen in Google alone.
func discovery(c *config.Config) string {
	if c.Google == nil {
		return ""
	}
	return string(c.Google.Discovery)
}

func level(c *config.Config, a config.App, l config.Level) workflows.Level {
	out := workflows.Level{ID: l.ID, Name: l.Name, Privileged: l.Privileged, Durations: stds(c.Durations(l))}
	if l.Provision.GoogleGroup != "" {
		out.Provisioner, out.Target = googleGroup, l.Provision.GoogleGroup
		return out
	}
	out.Provisioner, out.Target = byHand, a.ID+"/"+l.ID+": "+l.Provision.Manual
	return out
}

func stds(list []config.Duration) []time.Duration {
	var out []time.Duration
	for _, d := range list {
		out = append(out, d.Std())
	}
	return out
}

// policyVersion is a hash of the policy alone, short enough to read out.
func policyVersion(c *config.Config) string {
	body, err := json.Marshal(c.Policy)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:6])
}
