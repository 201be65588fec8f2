package googleworkspace

import (
	"context"
	"net/url"
	"strconv"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// adminRoles are the administrator roles of the account itself. Those that it
// has through a group end with its membership, and are only counted.
type adminRoles struct{ w *Workspace }

// assigned are the role assignments of an account.
type assigned struct {
	own           []*admin.RoleAssignment
	throughGroups int
}

func (a adminRoles) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	demoted := false
	if p.user.IsAdmin {
		var err error
		if demoted, err = a.demote(ctx, p); err != nil {
			return ended{changed: demoted}, err
		}
	}
	roles, err := a.list(ctx, p)
	if err != nil {
		return ended{changed: demoted}, err
	}
	changed, err := every(roles.own, func(r *admin.RoleAssignment) (bool, error) {
		return a.w.takeAway(ctx, call{
			what:  "take an administrator role from " + p.user.PrimaryEmail,
			scope: admin.AdminDirectoryRolemanagementScope,
			do: func(ctx context.Context) error {
				id := strconv.FormatInt(r.RoleAssignmentId, 10)
				return a.w.directoryFor(admin.AdminDirectoryRolemanagementScope).RoleAssignments.Delete(a.w.config.Customer, id).Context(ctx).Do()
			},
		})
	})
	return ended{changed: demoted || changed}, err
}

// demote ends a super administrator, for which Google has a call of its own.
func (a adminRoles) demote(ctx context.Context, p party) (bool, error) {
	return a.w.change(ctx, call{
		what:  "end the super administrator " + p.user.PrimaryEmail,
		scope: admin.AdminDirectoryUserScope,
		do: func(ctx context.Context) error {
			status := &admin.UserMakeAdmin{ForceSendFields: []string{"Status"}}
			return a.w.directoryFor(admin.AdminDirectoryUserScope).Users.MakeAdmin(p.key, status).Context(ctx).Do()
		},
	})
}

func (a adminRoles) look(ctx context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	roles, err := a.list(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	o := a.w.seen(p, rolesQuery(a.w, p), roles.remain(p))
	o.Details["super_admin"] = strconv.FormatBool(p.user.IsAdmin)
	o.Details["count"] = strconv.Itoa(len(roles.own))
	o.Details["roles_through_groups"] = strconv.Itoa(roles.throughGroups)
	return o, nil
}

func rolesQuery(w *Workspace, p party) string {
	return "GET /admin/directory/v1/customer/" + url.PathEscape(w.config.Customer) + "/roleassignments?userKey=" + url.QueryEscape(p.key) +
		"&includeIndirectRoleAssignments=true"
}

// remain tells whether the account still is an administrator by itself.
func (r assigned) remain(p party) bool {
	return p.user.IsAdmin || len(r.own) > 0 || p.user.IsDelegatedAdmin && r.throughGroups == 0
}

func (a adminRoles) list(ctx context.Context, p party) (assigned, error) {
	var out assigned
	for token := ""; ; {
		var page *admin.RoleAssignments
		err := a.w.run(ctx, call{what: "list the administrator roles of " + p.user.PrimaryEmail, do: func(ctx context.Context) (err error) {
			list := a.w.directory.RoleAssignments.List(a.w.config.Customer).UserKey(p.key).IncludeIndirectRoleAssignments(true)
			if token != "" {
				list = list.PageToken(token)
			}
			page, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return assigned{}, err
		}
		for _, r := range page.Items {
			if r.AssignedTo == p.key {
				out.own = append(out.own, r)
			} else {
				out.throughGroups++
			}
		}
		if token = page.NextPageToken; token == "" {
			return out, nil
		}
	}
}
