package config

import (
	"fmt"
	"slices"
)

func (v *validator) apps() {
	ids := make([]string, len(v.Apps))
	for i, app := range v.Apps {
		path := fmt.Sprintf("apps[%d]", i)
		ids[i] = app.ID
		v.label(path+".name", app.Name)
		v.people(path+".owners", app.Owners)
		v.people(path+".backups", app.Backups)
		v.adminSubject(path+".owners", app.Owners)
		v.adminSubject(path+".backups", app.Backups)
		v.levels(path, app)
		v.approvers(path, app)
	}
	v.once("apps", ".id", ids)
}

func (v *validator) adminSubject(path string, emails []string) {
	if v.Google == nil || v.Google.AdminSubject == "" {
		return
	}
	if i := slices.Index(emails, v.Google.AdminSubject); i >= 0 {
		v.doubtful(fmt.Sprintf("%s[%d]", path, i), "is google.admin_subject, the account Countersign acts as; name a person")
	}
}

func (v *validator) levels(path string, app App) {
	ids := make([]string, len(app.Levels))
	groups := map[string]string{}
	for i, level := range app.Levels {
		at := fmt.Sprintf("%s.levels[%d]", path, i)
		ids[i] = level.ID
		v.label(at+".name", level.Name)
		v.provision(at+".provision", level.Provision)
		v.durations(at+".durations", level)
		group := level.Provision.GoogleGroup
		if other, ok := groups[group]; ok && group != "" {
			v.doubtful(at+".provision.google_group", "is also the group of level %q of this app, so both give the same", other)
		}
		groups[group] = level.ID
	}
	v.once(path+".levels", ".id", ids)
}

func (v *validator) provision(path string, p Provision) {
	_, group := v.decoder.positions[path+".google_group"]
	_, manual := v.decoder.positions[path+".manual"]
	if _, given := v.decoder.positions[path]; !given {
		return
	}
	switch {
	case group && manual:
		v.wrong(path, "has both google_group and manual; a level is given in one way")
	case !group && !manual:
		v.wrong(path, "needs google_group or manual")
	case manual && p.Manual == "":
		v.wrong(path+".manual", "must say what the owner is to do")
	}
}

func (v *validator) durations(path string, level Level) {
	limit, rule := v.Cap(level), "policy.access.max_duration"
	if level.Privileged && v.Policy.Access.PrivilegedMaxDuration <= v.Policy.Access.MaxDuration {
		rule = "policy.access.privileged_max_duration"
	}
	for i, d := range level.Durations {
		at := fmt.Sprintf("%s[%d]", path, i)
		if d > limit {
			v.wrong(at, "%s is above %s of %s", d, rule, limit)
		}
		if d != 0 && slices.Contains(level.Durations[:i], d) {
			v.wrong(at, "%s is given twice", d)
		}
	}
}

// approvers looks for people whose own request nobody independent could
// decide. Owner, backup, admin and security are asked in turn; a privileged
// level takes two of them who are not the requester.
func (v *validator) approvers(path string, app App) {
	if len(app.Owners) == 0 {
		return // reported as missing
	}
	var all []string
	for _, list := range [][]string{app.Owners, app.Backups, v.Admins, v.Security} {
		all = append(all, list...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	privileged := slices.IndexFunc(app.Levels, func(l Level) bool { return l.Privileged })
	switch {
	case all[0] == "":
		return // someone is named by a variable that is not set
	case len(all) == 1:
		v.doubtful(path+".owners", "nobody else can decide on a request by %s; name another owner, a backup or an admin", v.quote(path+".owners[0]", all[0]))
	case privileged < 0:
		return
	case len(v.Security) == 0:
		v.doubtful(fmt.Sprintf("%s.levels[%d].privileged", path, privileged), "needs a second approval by security, but nobody is named there")
	case len(all) == 2:
		v.doubtful(fmt.Sprintf("%s.levels[%d].privileged", path, privileged), "needs two approvers besides the requester, but only two people could approve at all")
	}
}

// groups says once that groups cannot be used without Google.
func (v *validator) groups() {
	if v.Google != nil || v.untrusted["google"] {
		return
	}
	first, count := "", 0
	for i, app := range v.Apps {
		for j, level := range app.Levels {
			if level.Provision.GoogleGroup == "" {
				continue
			}
			if first == "" {
				first = fmt.Sprintf("apps[%d].levels[%d].provision.google_group", i, j)
			}
			count++
		}
	}
	if count > 0 {
		v.doubtful(first, "there is no google section, so no group can be changed; levels concerned: %d", count)
	}
}
