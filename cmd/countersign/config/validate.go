package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// A validator checks what a value alone cannot show, after everything is read.
type validator struct {
	*Config
	*decoder
}

func (v *validator) validate() {
	v.organization()
	v.slack()
	v.google()
	v.storage()
	v.named()
	v.auditors()
	v.accessPolicy()
	v.vendorPolicy()
	v.apps()
	v.groups()
	v.roles()
	v.policies()
	v.trainings()
}

func (v *validator) wrong(path, format string, args ...any) { v.note(path, true, format, args...) }

func (v *validator) doubtful(path, format string, args ...any) { v.note(path, false, format, args...) }

func (v *validator) note(path string, fatal bool, format string, args ...any) {
	if v.untrusted[path] {
		return
	}
	at := nearest(v.decoder.positions, path)
	v.problems = append(v.problems, Problem{v.decoder.file, at.line, at.column, path, fmt.Sprintf(format, args...), fatal})
}

// quote shows a value as the file has it: a value from the environment stays out of messages.
func (v *validator) quote(path, value string) string {
	if written, ok := v.written[path]; ok {
		value = written
	}
	return fmt.Sprintf("%q", shorten(value))
}

func (v *validator) organization() {
	v.label("organization.name", v.Organization.Name)
	v.Organization.Domain = strings.ToLower(v.Organization.Domain)
	if domain := v.Organization.Domain; domain != "" && (!domainForm.MatchString(domain) || !strings.Contains(domain, ".")) {
		v.wrong("organization.domain", "must be a mail domain such as acme.example")
	}
}

func (v *validator) slack() {
	token := func(path, value, prefix string) {
		if value != "" && !strings.HasPrefix(value, prefix) {
			v.doubtful(path, "does not begin with %s, as this kind of token does", prefix)
		}
	}
	token("slack.app_token", v.Slack.AppToken, "xapp-")
	token("slack.bot_token", v.Slack.BotToken, "xoxb-")
	channels := v.Slack.Channels
	v.channel("slack.channels.requests", channels.Requests)
	v.channel("slack.channels.vendors", channels.Vendors)
	v.channel("slack.channels.people", channels.People)
	v.channel("slack.channels.compliance", channels.Compliance)
}

func (v *validator) channel(path, name string) {
	if name == "" || utf8.RuneCountInString(name) > 80 || strings.ContainsAny(name, "# \t\n<>@,.") {
		v.wrong(path, "must be a channel's name without #, or its id")
	}
}

func (v *validator) google() {
	g := v.Google
	if g == nil {
		return
	}
	_, file := v.decoder.positions["google.credentials_file"]
	_, impersonate := v.decoder.positions["google.impersonate"]
	switch {
	case v.untrusted["google"]:
		return
	case file == impersonate:
		v.wrong("google", "needs either credentials_file or impersonate, and not both")
	case file && g.CredentialsFile == "":
		v.wrong("google.credentials_file", "must name a file")
	}
	v.orgUnit("google.offboarded_org_unit", g.OffboardedOrgUnit)
	if g.Customer == "" {
		v.wrong("google.customer", "must not be empty; leave it out for my_customer")
	}
}

// orgUnit checks the path of an organizational unit in Google. "/" is the one at
// the top.
func (v *validator) orgUnit(path, unit string) {
	below := strings.TrimPrefix(unit, "/")
	switch {
	case !strings.HasPrefix(unit, "/"):
		v.wrong(path, "must be the path of an organizational unit, beginning with /")
	case below != "" && slices.Contains(strings.Split(below, "/"), ""):
		v.wrong(path, "must be the path of an organizational unit, with a name after each /")
	case strings.ContainsFunc(unit, unprintable):
		v.wrong(path, "has a character that cannot be seen: %s", v.quote(path, unit))
	}
}

func (v *validator) storage() {
	if v.Ledger.KeyFile == "" {
		v.wrong("ledger.key_file", "must name a file")
	}
	scheme, rest, _ := strings.Cut(v.Store.URL, ":")
	ok := false
	switch scheme {
	case "sqlite":
		ok = strings.Trim(rest, "/") != ""
	case "postgres", "postgresql":
		parsed, err := url.Parse(v.Store.URL)
		ok = err == nil && parsed.Host+parsed.RawQuery != "" && strings.HasPrefix(rest, "//")
	}
	if !ok {
		v.wrong("store.url", "must be sqlite:FILE or postgres://USER@HOST/DATABASE")
	}
}

func (v *validator) named() {
	if len(v.Admins) == 0 {
		v.doubtful("admins", "nobody is named: no one can onboard, offboard or start a review")
	}
	if v.ComplianceLead == "" {
		v.doubtful("compliance_lead", "nobody is named: no one can sign off a review")
	}
	v.people("admins", v.Admins)
	v.people("security", v.Security)
}

// people reports a person who is named twice in one list.
func (v *validator) people(path string, emails []string) {
	v.once(path, "", emails)
}

// once reports the values that a list has twice; key is the values' own key in
// the elements of the list, if they have one.
func (v *validator) once(path, key string, values []string) {
	first := map[string]int{}
	for i, value := range values {
		at := fmt.Sprintf("%s[%d]%s", path, i, key)
		if value == "" {
			continue
		}
		if j, ok := first[value]; ok {
			line := nearest(v.decoder.positions, fmt.Sprintf("%s[%d]%s", path, j, key)).line
			v.wrong(at, "%s is given twice; first on line %d", v.quote(at, value), line)
			continue
		}
		first[value] = i
	}
}

func (v *validator) auditors() {
	for i, auditor := range v.Auditors {
		path := fmt.Sprintf("auditors[%d]", i)
		if auditor.From.IsZero() || auditor.To.IsZero() || auditor.Until.IsZero() {
			continue
		}
		if auditor.To.Before(auditor.From) {
			v.wrong(path+".to", "is before from")
		}
		if auditor.Until.Before(auditor.From) {
			v.wrong(path+".until", "is before from")
		}
	}
}

func (v *validator) accessPolicy() {
	a := v.Policy.Access
	if a.JustificationMin < 0 || a.JustificationMin > 3000 {
		v.wrong("policy.access.justification_min", "must be 0 to 3000 characters, the most that Slack lets people type")
	}
	if a.PrivilegedMaxDuration > a.MaxDuration {
		v.doubtful("policy.access.privileged_max_duration", "%s is above max_duration %s, which counts", a.PrivilegedMaxDuration, a.MaxDuration)
	}
	if a.EscalateAfter >= a.RequestExpires {
		v.doubtful("policy.access.escalate_after", "%s is not before request_expires %s: backups would never be asked", a.EscalateAfter, a.RequestExpires)
	}
}

func (v *validator) policies() {
	ids := make([]string, len(v.Policies))
	for i, policy := range v.Policies {
		ids[i] = policy.ID
		v.label(fmt.Sprintf("policies[%d].name", i), policy.Name)
		if policy.ID != "" && policy.File == "" && policy.Text == "" {
			v.wrong(fmt.Sprintf("policies[%d].file", i), "is required: there is no built-in text for the policy %s, only for aup", v.quote(fmt.Sprintf("policies[%d].id", i), policy.ID))
		}
	}
	v.once("policies", ".id", ids)
}

func (v *validator) trainings() {
	ids := make([]string, len(v.Trainings))
	for i, training := range v.Trainings {
		ids[i] = training.ID
		v.label(fmt.Sprintf("trainings[%d].name", i), training.Name)
		parsed, err := url.Parse(training.URL)
		if training.URL != "" && (err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http") {
			v.wrong(fmt.Sprintf("trainings[%d].url", i), "must be an address beginning with https://")
		}
	}
	v.once("trainings", ".id", ids)
}

// label checks a name that is shown in Slack's menus and on cards.
func (v *validator) label(path, name string) {
	const limit = 75 // https://docs.slack.dev/reference/block-kit/composition-objects/option-object
	if n := utf8.RuneCountInString(name); n > limit {
		v.wrong(path, "has %d characters; at most %d fit in a menu", n, limit)
	}
	if strings.ContainsFunc(name, unprintable) {
		v.wrong(path, "has a character that cannot be seen: %s", v.quote(path, name))
	}
}
