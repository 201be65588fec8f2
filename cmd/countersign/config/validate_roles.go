package config

import (
	"fmt"
	"slices"
	"strings"
)

func (v *validator) roles() {
	ids := make([]string, len(v.Roles))
	for i, role := range v.Roles {
		ids[i] = role.ID
	}
	v.once("roles", ".id", ids)
	for i, role := range v.Roles {
		path := fmt.Sprintf("roles[%d]", i)
		v.label(path+".name", role.Name)
		v.inherits(path, role, ids)
		v.preStart(path+".pre_start", role, ids)
		if role.OrgUnit != "" {
			v.orgUnit(path+".org_unit", role.OrgUnit)
		}
		for j, grant := range role.Grants {
			v.roleGrant(fmt.Sprintf("%s.grants[%d]", path, j), grant)
			same := func(g RoleGrant) bool { return g.App == grant.App && g.Level == grant.Level }
			if grant.App != "" && grant.Level != "" && slices.ContainsFunc(role.Grants[:j], same) {
				v.wrong(fmt.Sprintf("%s.grants[%d]", path, j), "this app and level are given twice in the role")
			}
		}
	}
}

func (v *validator) inherits(path string, role Role, ids []string) {
	v.once(path+".inherits", "", role.Inherits)
	for i, parent := range role.Inherits {
		at := fmt.Sprintf("%s.inherits[%d]", path, i)
		if parent == "" {
			continue
		}
		if !slices.Contains(ids, parent) {
			v.wrong(at, "there is no role %s%s", v.quote(at, parent), suggest(parent, ids))
			continue
		}
		if way := v.lineage(parent, role.ID, map[string]bool{}); way != nil {
			v.wrong(at, "the role inherits itself: %s", strings.Join(append([]string{role.ID}, way...), " → "))
		}
	}
}

func (v *validator) preStart(path string, role Role, ids []string) {
	switch {
	case role.PreStart == "":
		return
	case !slices.Contains(ids, role.PreStart):
		v.wrong(path, "there is no role %s%s", v.quote(path, role.PreStart), suggest(role.PreStart, ids))
	case role.PreStart == role.ID:
		v.wrong(path, "is the role itself; leave it out where nothing is held before the start date")
	}
}

// lineage is the way from one role up to another that it inherits, both
// included; nil if there is none.
func (v *validator) lineage(from, to string, seen map[string]bool) []string {
	if from == to {
		return []string{to}
	}
	if seen[from] {
		return nil
	}
	seen[from] = true
	role, _ := v.Role(from)
	for _, parent := range role.Inherits {
		if way := v.lineage(parent, to, seen); way != nil {
			return append([]string{from}, way...)
		}
	}
	return nil
}

func (v *validator) roleGrant(path string, grant RoleGrant) {
	if grant.App == "" {
		return
	}
	app, ok := v.App(grant.App)
	if !ok {
		var ids []string
		for _, known := range v.Apps {
			ids = append(ids, known.ID)
		}
		v.wrong(path+".app", "there is no app %s%s", v.quote(path+".app", grant.App), suggest(grant.App, ids))
		return
	}
	if grant.Level == "" {
		return
	}
	level, ok := app.Level(grant.Level)
	if !ok {
		var ids []string
		for _, known := range app.Levels {
			ids = append(ids, known.ID)
		}
		v.wrong(path+".level", "app %s has no level %s%s", v.quote(path+".app", grant.App), v.quote(path+".level", grant.Level), suggest(grant.Level, ids))
		return
	}
	if level.Privileged && grant.Mode == Birthright {
		v.wrong(path, "a privileged level always ends by itself, so it cannot be a birthright; set mode to discretionary or selective")
	}
}
