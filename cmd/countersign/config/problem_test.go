package config_test

import (
	"strings"
	"testing"

	"countersign/cmd/countersign/config"

	"github.com/google/go-cmp/cmp"
)

func problemsOf(text string, pairs ...string) []string {
	_, problems := config.Parse("c.yaml", []byte(text), environment(pairs...))
	return strings.Split(strings.TrimSuffix(problems.String(), "\n"), "\n")
}

func TestEachMistakeIsNamedWithItsPlace(t *testing.T) {
	const (
		level  = "{id: user, provision: {google_group: wiki@acme.example}}"
		group  = "{google_group: wiki@acme.example}"
		owners = "[bob@acme.example]"
	)
	for _, test := range []struct{ name, old, new, want string }{
		{"unknown key", "owners:", "owner:", `c.yaml:8:5: apps[0].owners: is required, but missing|c.yaml:9:5: apps[0].owner: unknown key; did you mean "owners"?`},
		{"duplicate key", "admins:", "security: []\nadmins:", `c.yaml:5:1: security: given twice; first on line 3`},
		{"number for text", "id: wiki", "id: 5", `c.yaml:8:9: apps[0].id: must be text, not a number; if it is meant as text, put it in quotes`},
		{"text for list", owners, "bob@acme.example", `c.yaml:9:13: apps[0].owners: must be a list, not text`},
		{"list for mapping", "{name: Acme, domain: acme.example}", "[1]", `c.yaml:1:15: organization: must be a mapping of keys to values, not a list`},
		{"no owners", owners, "[]", `c.yaml:9:13: apps[0].owners: must not be empty`},
		{"empty element", owners, "[bob@acme.example, ~]", `c.yaml:9:32: apps[0].owners[1]: must not be empty`},
		{"person twice", owners, "[bob@acme.example, Bob@acme.example]", `c.yaml:9:32: apps[0].owners[1]: "bob@acme.example" is given twice; first on line 9`},
		{"bad address", owners, "[bob]", `c.yaml:9:14: apps[0].owners[0]: must be an e-mail address such as bob@acme.example, not "bob"`},
		{"bad group", "wiki@acme.example", `"wiki group@acme"`, `c.yaml:10:51: apps[0].levels[0].provision.google_group: must be an e-mail address such as bob@acme.example, not "wiki group@acme"`},
		{"bad zone", "domain: acme.example}", "domain: acme.example, timezone: Europe/Berln}", `c.yaml:1:60: organization.timezone: must be a time zone such as Europe/Berlin or UTC, not "Europe/Berln"`},
		{"bad domain", "domain: acme.example}", "domain: acme}", `c.yaml:1:36: organization.domain: must be a mail domain such as acme.example`},
		{"bad id", "id: wiki", "id: Wiki page", `c.yaml:8:9: apps[0].id: must be 1 to 64 lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit, not "Wiki page"`},
		{"both provisions", group, "{google_group: wiki@acme.example, manual: x}", `c.yaml:10:36: apps[0].levels[0].provision: has both google_group and manual; a level is given in one way`},
		{"no provision", group, "{}", `c.yaml:10:36: apps[0].levels[0].provision: needs google_group or manual`},
		{"long duration", level, "{id: user, durations: [8h, 400d], provision: {manual: x}}", `c.yaml:10:41: apps[0].levels[0].durations[1]: 400d is above policy.access.max_duration of 365d`},
		{"long privileged", level, "{id: user, privileged: true, durations: [91d], provision: {manual: x}}", `c.yaml:10:55: apps[0].levels[0].durations[0]: 91d is above policy.access.privileged_max_duration of 90d`},
		{"bad duration", level, "{id: user, durations: [1.5h], provision: {manual: x}}", `c.yaml:10:37: apps[0].levels[0].durations[0]: must be a length of time above zero, such as 30m, 8h, 7d or 1d12h, not "1.5h"`},
		{"duplicate level", level, level + ", {id: user, provision: {manual: x}}", `c.yaml:10:77: apps[0].levels[1].id: "user" is given twice; first on line 10`},
		{"same group", level, level + ", {id: b, provision: {google_group: wiki@acme.example}}", `c.yaml:10:106: apps[0].levels[1].provision.google_group: warning: is also the group of level "user" of this app, so both give the same`},
		{"admin subject as owner", owners, "[admin@acme.example]", `c.yaml:9:14: apps[0].owners[0]: warning: is google.admin_subject, the account Countersign acts as; name a person`},
		{"no Google", "google: {credentials_file: sa.json, admin_subject: admin@acme.example}", "", `c.yaml:10:51: apps[0].levels[0].provision.google_group: warning: there is no google section, so no group can be changed; levels concerned: 1`},
		{"both credentials", "sa.json", "sa.json, impersonate: sa@p.iam.gserviceaccount.com", `c.yaml:6:9: google: needs either credentials_file or impersonate, and not both`},
		{"swapped tokens", "app_token: xapp-1", "app_token: xoxb-9", `c.yaml:2:20: slack.app_token: warning: does not begin with xapp-, as this kind of token does`},
		{"tag", "id: wiki", "id: !!str wiki", `c.yaml:8:9: apps[0].id: tags such as !!str are not used here`},
		{"alias of nothing", owners, "*team", `c.yaml:8:5: apps[0].owners: an alias stands for nothing`},
		{"bad variable", "id: wiki", "id: ${wiki", `c.yaml:8:9: apps[0].id: a variable is written ${NAME}, NAME of letters, digits and underscores; for a literal ${ write $${`},
		{"control character", "id: wiki", `id: "wi\e[31mki"`, `c.yaml:8:9: apps[0].id: must be 1 to 64 lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit, not "wi\x1b[31mki"`},
		{"second document", "slack:", "---\nslack:", `c.yaml:3:1: a second document: the configuration must be a single one`},
		{"syntax", "slack: {app_token: xapp-1", `slack: {app_token: "xapp-1`, `c.yaml:2:20: not readable as YAML: could not find end character of double-quoted text`},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(minimal, test.old, test.new, 1)
			if text == minimal {
				t.Fatalf("%q is not in the configuration", test.old)
			}
			if diff := cmp.Diff(strings.Split(test.want, "|"), problemsOf(text)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMistakesInAddedSectionsAreNamedWithTheirPlace(t *testing.T) {
	for _, test := range []struct{ name, added, want string }{
		{"bad scheme", "store: {url: \"mysql://u:hunter2@h/d\"}", `c.yaml:11:14: store.url: must be sqlite:FILE or postgres://USER@HOST/DATABASE`},
		{"bad cron", "policy: {review: {schedule: \"0 9 * *\"}}", `c.yaml:11:29: policy.review.schedule: must be a cron schedule of five fields, such as "0 9 1 3,6,9,12 *", not "0 9 * *"`},
		{"cron that never comes", "policy: {review: {schedule: \"0 9 31 2 *\"}}", `c.yaml:11:29: policy.review.schedule: names a day that never comes, not "0 9 31 2 *"`},
		{"cron with a zone", "policy: {review: {schedule: \"TZ=Europe\"}}", `c.yaml:11:29: policy.review.schedule: must not name a time zone: the organization's counts, not "TZ=Europe"`},
		{"fraction", "policy: {access: {justification_min: 1.5}}", `c.yaml:11:38: policy.access.justification_min: must be a whole number, not a number with a fraction`},
		{"negative", "policy: {access: {justification_min: -1}}", `c.yaml:11:38: policy.access.justification_min: must be 0 to 3000 characters, the most that Slack lets people type`},
		{"zero duration", "policy: {vendor: {report_max_age: 0d}}", `c.yaml:11:35: policy.vendor.report_max_age: must be a length of time above zero, such as 30m, 8h, 7d or 1d12h, not "0d"`},
		{"unknown app", "roles: [{id: a, grants: [{app: wikis, level: user}]}]", `c.yaml:11:32: roles[0].grants[0].app: there is no app "wikis"; did you mean "wiki"?`},
		{"unknown level", "roles: [{id: a, grants: [{app: wiki, level: root}]}]", `c.yaml:11:45: roles[0].grants[0].level: app "wiki" has no level "root"; known here: user`},
		{"unknown mode", "roles: [{id: a, grants: [{app: wiki, level: user, mode: always}]}]", `c.yaml:11:57: roles[0].grants[0].mode: must be birthright, discretionary or selective, not "always"`},
		{"grant twice", "roles: [{id: a, grants: [{app: wiki, level: user}, {app: wiki, level: user}]}]", `c.yaml:11:52: roles[0].grants[1]: this app and level are given twice in the role`},
		{"unknown role", "roles: [{id: a, inherits: [b]}]", `c.yaml:11:28: roles[0].inherits[0]: there is no role "b"; did you mean "a"?`},
		{"role twice", "roles: [{id: a}, {id: a}]", `c.yaml:11:23: roles[1].id: "a" is given twice; first on line 11`},
		{"circle", "roles: [{id: a, inherits: [b]}, {id: b, inherits: [a]}]", `c.yaml:11:28: roles[0].inherits[0]: the role inherits itself: a → b → a|c.yaml:11:52: roles[1].inherits[0]: the role inherits itself: b → a → b`},
		{"pre-start role unknown", "roles: [{id: a, pre_start: bb}, {id: b}]", `c.yaml:11:28: roles[0].pre_start: there is no role "bb"; did you mean "b"?`},
		{"pre-start role is itself", "roles: [{id: a, pre_start: a}]", `c.yaml:11:28: roles[0].pre_start: is the role itself; leave it out where nothing is held before the start date`},
		{"unit without a slash", "roles: [{id: a, org_unit: Employees}]", `c.yaml:11:27: roles[0].org_unit: must be the path of an organizational unit, beginning with /`},
		{"unit with an empty name", "roles: [{id: a, org_unit: /Employees/}]", `c.yaml:11:27: roles[0].org_unit: must be the path of an organizational unit, with a name after each /`},
		{"unit that cannot be seen", "roles: [{id: a, org_unit: \"/Employees\\u200b\"}]", `c.yaml:11:27: roles[0].org_unit: has a character that cannot be seen: "/Employees\u200b"`},
		{"policy without a text", "policies: [{id: travel, version: \"1\"}]", `c.yaml:11:12: policies[0].file: is required: there is no built-in text for the policy "travel", only for aup`},
		{"hash as a key", "policies: [{id: aup, version: \"1\", text_hash: x}]", `c.yaml:11:36: policies[0].text_hash: unknown key; known here: id, name, version, file`},
		{"bad date", "auditors: [{email: x@y.example, from: 2026-02-30, to: 2026-03-01, until: 2026-03-01}]", `c.yaml:11:39: auditors[0].from: must be a date such as 2026-12-31, not "2026-02-30"`},
		{"dates the wrong way", "auditors: [{email: x@y.example, from: 2026-03-02, to: 2026-03-01, until: 2026-03-03}]", `c.yaml:11:55: auditors[0].to: is before from`},
		{"training without address", "trainings: [{id: t, url: training}]", `c.yaml:11:26: trainings[0].url: must be an address beginning with https://`},
		{"channel", "slak: 1", `c.yaml:11:1: slak: unknown key; did you mean "slack"?`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(strings.Split(test.want, "|"), problemsOf(minimal+test.added+"\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllMistakesOfAFileAreReportedInOneRunInItsOrder(t *testing.T) {
	got := problemsOf(`organization: {name: Acme, domain: acme.example, timezone: Mars}
slack: {app_token: [xapp-secret], bot_token: xoxb-1, chanels: {}}
admins: [ada]
policy: {access: {max_duration: forever}}
apps:
  - id: wiki
    owners: [bob@acme.example]
    levels: [{id: user, privileged: "yes", provision: {manual: "", google_group: g@acme.example}}]
  - {id: wiki, owners: [bob@acme.example], levels: []}
roles:
  - {id: a, inherits: [a], grants: [{app: nope, level: user}]}
`)
	want := []string{
		`c.yaml:1:1: compliance_lead: warning: nobody is named: no one can sign off a review`,
		`c.yaml:1:60: organization.timezone: must be a time zone such as Europe/Berlin or UTC, not "Mars"`,
		`c.yaml:2:20: slack.app_token: must be text, not a list`,
		`c.yaml:2:54: slack.chanels: unknown key; did you mean "channels"?`,
		`c.yaml:3:10: admins[0]: must be an e-mail address such as bob@acme.example, not "ada"`,
		`c.yaml:4:33: policy.access.max_duration: must be a length of time above zero, such as 30m, 8h, 7d or 1d12h, not "forever"`,
		`c.yaml:8:37: apps[0].levels[0].privileged: must be true or false, not "yes"`,
		`c.yaml:8:55: apps[0].levels[0].provision: has both google_group and manual; a level is given in one way`,
		`c.yaml:8:82: apps[0].levels[0].provision.google_group: warning: there is no google section, so no group can be changed; levels concerned: 1`,
		`c.yaml:9:10: apps[1].id: "wiki" is given twice; first on line 6`,
		`c.yaml:9:52: apps[1].levels: must not be empty`,
		`c.yaml:11:24: roles[0].inherits[0]: the role inherits itself: a → a`,
		`c.yaml:11:43: roles[0].grants[0].app: there is no app "nope"; known here: wiki`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestApproversWhoCouldOnlyApproveThemselvesAreAWarning(t *testing.T) {
	alone := strings.NewReplacer("Ada@acme.example", "bob@acme.example", "[sam@acme.example]", "[]").Replace(minimal)
	for _, test := range []struct{ name, text, want string }{
		{"one person", alone, `c.yaml:9:13: apps[0].owners: warning: nobody else can decide on a request by "bob@acme.example"; name another owner, a backup or an admin`},
		{"privileged without security", strings.Replace(strings.Replace(minimal, "[sam@acme.example]", "[]", 1), "id: user,", "id: user, privileged: true,", 1),
			`c.yaml:10:37: apps[0].levels[0].privileged: warning: needs a second approval by security, but nobody is named there`},
		{"privileged with two people", strings.Replace(strings.Replace(minimal, "Ada@", "sam@", 1), "id: user,", "id: user, privileged: true,", 1),
			`c.yaml:10:37: apps[0].levels[0].privileged: warning: needs two approvers besides the requester, but only two people could approve at all`},
	} {
		if diff := cmp.Diff([]string{test.want}, problemsOf(test.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestAPrivilegedLevelIsNoBirthright(t *testing.T) {
	text := strings.Replace(minimal, "id: user,", "id: user, privileged: true,", 1) + "roles: [{id: a, grants: [{app: wiki, level: user}]}]\n"
	got := strings.Join(problemsOf(text), "\n")
	if !strings.Contains(got, "c.yaml:11:26: roles[0].grants[0]: a privileged level always ends by itself") {
		t.Errorf("got %s", got)
	}
	text = strings.Replace(text, "level: user}", "level: user, mode: selective}", 1)
	parse(t, text)
}

func TestNoMessageHoldsASecretOrAValueOfTheEnvironment(t *testing.T) {
	text := strings.NewReplacer("xapp-1", `"${TOKEN}"`, "[bob@acme.example]", `["${TOKEN}", xoxb-hunter2]`, "id: wiki", `id: "${TOKEN}"`, "name: Acme", `name: "${NAME}"`).Replace(minimal) +
		"store: {url: \"mysql://u:hunter2@h/d\"}\nroles: [{id: a, inherits: [\"${LOW}\"], grants: [{app: \"${LOW}\", level: user}]}]\n"
	problems := problemsOf(text, "TOKEN", "Hunter2", "NAME", "hunter2\x00", "LOW", "hunter2")
	if len(problems) < 6 {
		t.Fatalf("got only %q", problems)
	}
	if all := strings.Join(problems, "\n"); strings.Contains(strings.ToLower(all), "hunter2") {
		t.Errorf("a secret is shown:\n%s", all)
	}
}

func TestFilesThatHoldNoConfigurationAreOneProblem(t *testing.T) {
	for text, want := range map[string]string{
		"":          "c.yaml:1:1: the file is empty; copy config.example.yaml and edit it",
		"# only\n":  "c.yaml:1:1: the file is empty; copy config.example.yaml and edit it",
		"- a\n":     "c.yaml:1:1: must be a mapping of sections, not a list",
		"a: &a *a ": "",
		"&a *a":     "",
	} {
		got := problemsOf(text)
		if want != "" && !cmp.Equal(got, []string{want}) || got[0] == "" {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
