package config_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/cmd/countersign/config"

	"github.com/google/go-cmp/cmp"
)

const minimal = `organization: {name: Acme, domain: acme.example}
slack: {app_token: xapp-1, bot_token: xoxb-1}
admins: [Ada@acme.example]
security: [sam@acme.example]
compliance_lead: cleo@acme.example
google: {credentials_file: sa.json, admin_subject: admin@acme.example}
apps:
  - id: wiki
    owners: [bob@acme.example]
    levels: [{id: user, provision: {google_group: wiki@acme.example}}]
`

func environment(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func parse(t *testing.T, text string, pairs ...string) *config.Config {
	t.Helper()
	c, problems := config.Parse("config.yaml", []byte(text), environment(pairs...))
	if len(problems) > 0 {
		t.Fatalf("problems in a good configuration:\n%s", problems)
	}
	return c
}

func example(t *testing.T) *config.Config {
	t.Helper()
	path := filepath.Join("..", "..", "..", "config.example.yaml")
	c, problems := config.Load(path, environment())
	if len(problems) > 0 {
		t.Fatalf("problems in the example:\n%s", problems)
	}
	return c
}

func TestTheExampleLoadsWithoutAProblemAndNamesItsUnsetVariables(t *testing.T) {
	c := example(t)
	var got []string
	for _, problem := range c.Missing() {
		if !problem.Fatal || problem.Line == 0 {
			t.Errorf("%+v is not a fatal problem with a position", problem)
		}
		got = append(got, problem.Path+": "+problem.Message)
	}
	want := []string{
		"slack.app_token: the environment variable SLACK_APP_TOKEN is not set",
		"slack.bot_token: the environment variable SLACK_BOT_TOKEN is not set",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if len(c.Apps) < 30 || len(c.Roles) != 7 {
		t.Errorf("the example has %d apps and %d roles, want at least 30 and 7", len(c.Apps), len(c.Roles))
	}
}

func TestDefaultsAreThoseOfTheExample(t *testing.T) {
	got, want := parse(t, minimal), example(t)
	if diff := cmp.Diff(want.Policy, got.Policy); diff != "" {
		t.Errorf("policy (-example +default):\n%s", diff)
	}
	if diff := cmp.Diff(want.Slack.Channels, got.Slack.Channels); diff != "" {
		t.Errorf("channels (-example +default):\n%s", diff)
	}
	if got.Store != want.Store || got.Ledger != want.Ledger || !cmp.Equal(got.Policies, want.Policies) {
		t.Errorf("got %v %v %v, want %v %v %v", got.Store, got.Ledger, got.Policies, want.Store, want.Ledger, want.Policies)
	}
	if got.Google.Customer != "my_customer" || got.Google.OffboardedOrgUnit != "/Offboarded" {
		t.Errorf("google defaults: got %+v", *got.Google)
	}
	app := got.Apps[0]
	if app.Name != "wiki" || app.Levels[0].Name != "user" || !app.InScope || app.SignIn != config.SignInPassword {
		t.Errorf("app defaults: got %+v", app)
	}
	if got.Organization.Timezone != time.UTC {
		t.Errorf("default zone is %v, want UTC", got.Organization.Timezone)
	}
}

func TestAddressesAreLowerCased(t *testing.T) {
	if got := parse(t, minimal).Admins[0]; got != "ada@acme.example" {
		t.Errorf("got %q", got)
	}
}

func TestVariablesAreReplacedOnceAndOnlyInText(t *testing.T) {
	text := strings.Replace(minimal, "Acme", `"${A}/$${A}/$x/${B}"`, 1) + "policy: {access: {justification_min: \"${N}\"}}\n"
	c := parse(t, text, "A", "${B}", "B", "b", "N", "33")
	if got, want := c.Organization.Name, "${B}/${A}/$x/b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := c.Policy.Access.JustificationMin; got != 33 {
		t.Errorf("got justification_min %d, want 33", got)
	}
}

func TestAnUnsetStoreAddressDoesNotBecomeTheDefault(t *testing.T) {
	c, problems := config.Parse("config.yaml", []byte(minimal+"store: {url: \"${DB}\"}\n"), environment("DB", ""))
	if len(problems) > 0 || c.Store.URL != "" || len(c.Missing()) != 1 {
		t.Errorf("got url %q, missing %v, problems %v", c.Store.URL, c.Missing(), problems)
	}
}

func TestAnAliasStandsForItsAnchorAndAByteOrderMarkIsSkipped(t *testing.T) {
	text := "\ufeff" + strings.Replace(minimal, "[bob@acme.example]", "&team [bob@acme.example]\n    backups: *team", 1)
	if got := parse(t, text).Apps[0].Backups; !cmp.Equal(got, []string{"bob@acme.example"}) {
		t.Errorf("got %v", got)
	}
}

func TestDaysOfAnAuditFollowTheZone(t *testing.T) {
	c := example(t)
	day := c.Auditors[0].To
	zone := c.Organization.Timezone
	if got := day.Start(zone).UTC().Format(time.RFC3339); got != "2026-12-30T23:00:00Z" {
		t.Errorf("start %s", got)
	}
	if got := day.End(zone).UTC().Format(time.RFC3339); got != "2026-12-31T23:00:00Z" {
		t.Errorf("end %s", got)
	}
}

func TestALaterProblemIsPlacedAtTheNearestKnownPart(t *testing.T) {
	c := parse(t, minimal)
	if got, want := c.Problem("apps[0].owners[0]", false, "unknown in %s", "Slack").String(), "config.yaml:9:14: apps[0].owners[0]: warning: unknown in Slack"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := c.Problem("apps[0].backups[2]", true, "gone").String(), "config.yaml:8:5: apps[0].backups[2]: gone"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAMissingFileIsReportedWithWhatToDo(t *testing.T) {
	c, problems := config.Load(filepath.Join(t.TempDir(), "no.yaml"), environment())
	if c != nil || !problems.Fatal() || !strings.Contains(problems.String(), "no such file; copy config.example.yaml") {
		t.Errorf("got %v, %v", c, problems)
	}
}
