package googleworkspace

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// inventory is what an account has, all of it read now.
type inventory struct {
	roles         assigned
	apps          []*admin.Token
	appPasswords  []*admin.Asp
	groups, owned []*admin.Group
}

func (w *Workspace) inventory(ctx context.Context, p party) (inventory, error) {
	var out inventory
	var listed []*admin.Group
	for _, read := range []func() error{
		func() (err error) { out.roles, err = adminRoles{w}.list(ctx, p); return err },
		func() (err error) { out.apps, err = appAccess{w}.list(ctx, p); return err },
		func() (err error) { out.appPasswords, err = appPasswords{w}.list(ctx, p); return err },
		func() (err error) { listed, err = w.groupsOf(ctx, p); return err },
		func() (err error) { out.groups, out.owned, err = w.roles(ctx, p, listed); return err },
	} {
		if err := read(); err != nil {
			return inventory{}, err
		}
	}
	return out, nil
}

// observe says what was found. The names in Details are stored; they never
// change meaning.
func (i inventory) observe(w *Workspace, p party, present bool) provisioners.Observation {
	o := w.seen(p, strings.Join([]string{
		accountSeen(w, p, present).Query, rolesQuery(w, p), userQuery(p, "tokens"), userQuery(p, "asps"), groupsQuery(p),
	}, "\n"), present)
	o.Details["super_admin"] = strconv.FormatBool(p.user.IsAdmin)
	o.Details["admin_roles"] = strconv.Itoa(len(i.roles.own) + i.roles.throughGroups)
	o.Details["app_keys"] = strconv.Itoa(len(i.appPasswords))
	o.Details["groups"] = addresses(i.groups)
	o.Details["suspended"] = strconv.FormatBool(p.user.Suspended)
	return o
}

// remains is what a leaver could still have: an app may have asked for a new
// token since the last time.
type remains struct{ w *Workspace }

func (r remains) look(ctx context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	i, err := r.w.inventory(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	left := recoverable(p) || usable(p) || i.roles.remain(p) || i.roles.throughGroups > 0 ||
		len(i.apps) > 0 || len(i.appPasswords) > 0 || len(i.groups) > 0
	o := i.observe(r.w, p, left)
	o.Details["recovery"] = strconv.FormatBool(recoverable(p))
	o.Details["tokens"] = strconv.Itoa(len(i.apps))
	return o, nil
}

// snapshot is what an account is and has, to be told before it is taken away.
type snapshot struct{ w *Workspace }

func (s snapshot) look(ctx context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	i, err := s.w.inventory(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	o := i.observe(s.w, p, true)
	o.Details["owner_of"] = addresses(i.owned)
	o.Details["aliases"] = strings.Join(p.user.Aliases, "\n")
	o.Details["tokens"] = strings.Join(appNames(i.apps), "\n")
	o.Details["two_step"] = twoStep(p.user)
	o.Details["last_sign_in"] = "never"
	if signedIn(p.user) {
		o.Details["last_sign_in"] = p.user.LastLoginTime
	}
	return o, nil
}

// twoStep says how an account stands with the second step of signing in.
func twoStep(u *admin.User) string {
	var parts []string
	if u.IsEnrolledIn2Sv {
		parts = append(parts, "enrolled")
	}
	if u.IsEnforcedIn2Sv {
		parts = append(parts, "enforced")
	}
	return cmp.Or(strings.Join(parts, ", "), "off")
}
