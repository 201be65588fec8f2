package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/cmd/countersign/config"

	"github.com/google/go-cmp/cmp"
)

func lines(grants []config.RoleGrant) []string {
	var out []string
	for _, g := range grants {
		out = append(out, fmt.Sprintf("%s/%s %s", g.App, g.Level, g.Mode))
	}
	return out
}

func TestARoleGivesWhatItInheritsAndItsOwnLinesReplaceThoseOfTheSameApp(t *testing.T) {
	c := example(t)
	got := lines(c.RoleGrants("future-engineer"))
	want := []string{
		"asana/commenter birthright", "figma/editor birthright", "github/read birthright", "google-workspace/user birthright",
		"notion/reader birthright", "pitch/viewer birthright", "productboard/viewer birthright", "slack/member birthright",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("future-engineer (-want +got):\n%s", diff)
	}
	if got, want := len(c.RoleGrants("software-engineer")), len(c.RoleGrants("base-full-time"))+7; got != want {
		t.Errorf("software-engineer has %d lines, want %d", got, want)
	}
	base := lines(c.RoleGrants("base-full-time"))
	if !slices.Contains(base, "lumos/user birthright") || !slices.Contains(base, "lumos/admin discretionary") {
		t.Errorf("base-full-time lacks a mode of Lumos: %q", base)
	}

	text := strings.Replace(minimal, "levels: [", "levels: [{id: guest, provision: {manual: x}}, ", 1) + `roles:
  - {id: child, inherits: [one, two], grants: [{app: wiki, level: guest, mode: selective}]}
  - {id: one, grants: [{app: wiki, level: user}, {app: wiki, level: guest}]}
  - {id: two, inherits: [one], grants: [{app: wiki, level: guest}]}
  - {id: three, inherits: [two, one]}
`
	c = parse(t, text)
	for role, want := range map[string]string{
		"child": "[wiki/guest selective]", "one": "[wiki/guest birthright wiki/user birthright]",
		"two": "[wiki/guest birthright]", "three": "[wiki/guest birthright wiki/user birthright]", "none": "[]",
	} {
		if got := fmt.Sprint(lines(c.RoleGrants(role))); got != want {
			t.Errorf("%s: got %s, want %s", role, got, want)
		}
	}
}

func TestRolesInACircleStillEnd(t *testing.T) {
	c, _ := config.Parse("c.yaml", []byte(minimal+"roles: [{id: a, inherits: [b], grants: [{app: wiki, level: user}]}, {id: b, inherits: [a]}]\n"), environment())
	if got := fmt.Sprint(lines(c.RoleGrants("b"))); got != "[wiki/user birthright]" {
		t.Errorf("got %s", got)
	}
	c, _ = config.Parse("c.yaml", []byte(minimal+"roles: [{id: a, inherits: [b]}, {id: b, inherits: [a]}]\n"), environment())
	if got := c.PreStart("a") + c.OrgUnit("a"); got != "/" {
		t.Errorf("got %s, want /", got)
	}
}

func TestARoleTakesPreStartAndOrgUnitFromTheFirstItInherits(t *testing.T) {
	c := parse(t, minimal+`roles:
  - {id: own, inherits: [late, early], pre_start: early, org_unit: /Own}
  - {id: through, inherits: [plain, late, early]}
  - {id: plain}
  - {id: late, inherits: [base]}
  - {id: early, pre_start: base, org_unit: /Early}
  - {id: base, pre_start: plain, org_unit: /Base/One}
  - {id: itself, inherits: [names]}
  - {id: names, pre_start: itself}
`)
	for role, want := range map[string]string{
		"own": "early /Own", "through": "plain /Base/One", "plain": " /", "late": "plain /Base/One", "early": "base /Early",
		"base": "plain /Base/One", "itself": " /", "none": " /",
	} {
		if got := c.PreStart(role) + " " + c.OrgUnit(role); got != want {
			t.Errorf("%s: got %q, want %q", role, got, want)
		}
	}
}

func TestTheExampleSaysWhatEachRoleHoldsBeforeItsStart(t *testing.T) {
	c := example(t)
	var got []string
	for _, r := range c.Roles {
		got = append(got, fmt.Sprintf("%s: %s, %s", r.ID, c.PreStart(r.ID), c.OrgUnit(r.ID)))
	}
	want := []string{
		"base-full-time: future-employee, /Employees", "base-contractor: , /Contractors", "recruiter-contractor: , /Contractors",
		"engineering-contractor: , /Contractors", "future-employee: , /Future hires", "future-engineer: , /Future hires",
		"software-engineer: future-engineer, /Employees",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pre-start roles and units (-want +got):\n%s", diff)
	}
}

func TestALevelOffersDurationsUpToItsCap(t *testing.T) {
	c := parse(t, minimal+"policy: {access: {max_duration: 30d, privileged_max_duration: 2h}}\n")
	for _, test := range []struct {
		level config.Level
		want  string
	}{
		{config.Level{}, "[8h 1d 7d 30d]"},
		{config.Level{Privileged: true}, "[2h]"},
		{config.Level{Durations: []config.Duration{config.Duration(config.Day)}}, "[1d]"},
	} {
		if got := fmt.Sprint(c.Durations(test.level)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	if got, want := fmt.Sprint(example(t).Durations(config.Level{})), "[8h 1d 7d 30d 90d]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
