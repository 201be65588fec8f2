package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

func TestTheCatalogueSaysWhatTheConfigurationSaysOfJoinersAndLeavers(t *testing.T) {
	cfg, err := (&demo{}).config()
	if err != nil {
		t.Fatal(err)
	}
	c := catalogue(cfg)
	const day = 24 * time.Hour
	if want := (workflows.OnboardingPolicy{AcceptWithin: 7 * day, TrainWithin: 7 * day}); c.Onboarding != want {
		t.Errorf("got onboarding %+v, want %+v", c.Onboarding, want)
	}
	offboarding := workflows.OffboardingPolicy{
		IdentityWithin: day, AppsWithin: 3 * day, OrgUnit: "/Offboarded", Protected: []string{"admin@acme.example"},
	}
	if diff := cmp.Diff(offboarding, c.Offboarding); diff != "" {
		t.Errorf("offboarding (-want +got):\n%s", diff)
	}
	training := workflows.Training{ID: "infosec", Name: "Security awareness", URL: "https://training.acme.example/security-awareness", Every: 365 * day}
	if diff := cmp.Diff([]workflows.Training{training}, c.Trainings); diff != "" {
		t.Errorf("trainings (-want +got):\n%s", diff)
	}
	policy := workflows.Policy{ID: "aup", Name: "Acceptable Use Policy", Version: "2026-01", Text: cfg.Policies[0].Text, Hash: cfg.Policies[0].TextHash}
	if diff := cmp.Diff([]workflows.Policy{policy}, c.Policies); diff != "" || policy.Text == "" || len(policy.Hash) != 64 {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
	role, _ := c.Role("software-engineer")
	if role.PreStart != "future-engineer" || role.OrgUnit != "/Employees" {
		t.Errorf("a software engineer holds %q before the start, in %q", role.PreStart, role.OrgUnit)
	}
	for id, want := range map[string]string{"github": "google", "aws": "saml", "github-repositories": "password"} {
		if a, _ := c.App(id); a.SignIn != want {
			t.Errorf("%s: got sign-in %q, want %q", id, a.SignIn, want)
		}
	}
	cfg.Google = nil
	if got := catalogue(cfg).Offboarding; got.OrgUnit != "" || got.Protected != nil {
		t.Errorf("without Google: got %+v", got)
	}
}

func TestTheCatalogueSaysWhatTheConfigurationSaysOfVendors(t *testing.T) {
	cfg, err := (&demo{}).config()
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	cfg.Policy.Vendor.RequesterMaySponsor = true
	cfg.Google.Discovery = "0 5 * * 1"
	c := catalogue(cfg)
	if want := (workflows.VendorPolicy{ReassessEvery: 365 * day, FirstCheckAfter: 90 * day, ReportMaxAge: 365 * day, RequesterMaySponsor: true}); c.Vendor != want {
		t.Errorf("got %+v, want %+v", c.Vendor, want)
	}
	if diff := cmp.Diff([]time.Duration{8 * time.Hour, day, 7 * day, 30 * day, 90 * day}, c.Access.OffersPrivileged); diff != "" {
		t.Errorf("what a privileged level offers (-want +got):\n%s", diff)
	}
	if c.Discovery != "0 5 * * 1" {
		t.Errorf("got discovery %q", c.Discovery)
	}
	for id, want := range map[string]string{"figma": "figma.com", "github-repositories": "github.com", "jumphost": "none"} {
		if a, _ := c.App(id); a.Vendor != want {
			t.Errorf("%s: got vendor %q, want %q", id, a.Vendor, want)
		}
	}
	cfg.Google = nil
	if got := catalogue(cfg).Discovery; got != "" {
		t.Errorf("without Google: got discovery %q", got)
	}
}
