package googleworkspace

import (
	"context"
	"fmt"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// TargetKey returns "google_group:" and the group's own id, which stays when
// its address changes.
func (w *Workspace) TargetKey(ctx context.Context, target string) (string, error) {
	g, err := w.group(ctx, target)
	if err != nil {
		return "", err
	}
	return "google_group:" + g.Id, nil
}

// Apply makes a person a direct member of the group, or ends that. A person who
// is in the group already, in any role, is left as he is. Where a change was
// made or may have been made and could not be confirmed, Apply returns an error
// together with a Result whose Changed is true.
//
// Groups that carry administrator roles are refused: who joined one would be an
// administrator. So is the administrator as whom we act.
func (w *Workspace) Apply(ctx context.Context, c provisioners.Change) (provisioners.Result, error) {
	g, err := w.group(ctx, c.Target)
	if err != nil {
		return provisioners.Result{}, err
	}
	p, err := w.party(ctx, c.Person)
	if err != nil {
		return provisioners.Result{}, err
	}
	if p.isUser(w.config.AdminSubject) {
		return provisioners.Result{}, refuse("The administrator as whom Countersign acts in Google cannot be given or denied access by it",
			"Make this change in the Admin console, or set another admin_subject.")
	}
	if !c.Present {
		changed, err := w.remove(ctx, g, p)
		return w.finish(ctx, g, p, false, changed, err)
	}
	if err := w.joinable(ctx, g, p); err != nil {
		return provisioners.Result{}, err
	}
	changed, err := w.add(ctx, g, p, "MEMBER")
	return w.finish(ctx, g, p, true, changed, err)
}

// Read shows the direct membership. A person without an account has none.
func (w *Workspace) Read(ctx context.Context, c provisioners.Change) (provisioners.Observation, error) {
	g, err := w.group(ctx, c.Target)
	if err != nil {
		return provisioners.Observation{}, err
	}
	p, err := w.party(ctx, c.Person)
	if err != nil {
		return provisioners.Observation{}, err
	}
	m, err := w.member(ctx, g, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	return w.observe(g, p, m), nil
}

func (w *Workspace) group(ctx context.Context, address string) (*admin.Group, error) {
	if strings.TrimSpace(address) == "" {
		return nil, refuse("No Google group is configured", "Set google_group for this level.")
	}
	var g *admin.Group
	err := w.run(ctx, call{what: "read the group " + address, do: func(ctx context.Context) (err error) {
		g, err = w.directory.Groups.Get(address).Context(ctx).Do()
		return err
	}})
	if err != nil && classify(err) == missing {
		return nil, &provisioners.Permanent{
			Reason: "Google knows no group " + address,
			Next:   "Create the group, or correct its address in the configuration.",
			Err:    err,
		}
	}
	return g, err
}

// joinable says why a person must not be added, if so.
func (w *Workspace) joinable(ctx context.Context, g *admin.Group, p party) error {
	switch {
	case p.user == nil:
		return &provisioners.Permanent{
			Reason: "Google has no account for " + p.key,
			Next:   "Create the account, or correct the person's work address.",
			Err:    fmt.Errorf("read the account %s: %w", p.key, provisioners.ErrNoAccount),
		}
	case p.user.Suspended:
		return refuse("The Google account "+p.user.PrimaryEmail+" is suspended", "Lift the suspension, then retry.")
	case p.user.Archived:
		return refuse("The Google account "+p.user.PrimaryEmail+" is archived", "Unarchive the account, then retry.")
	}
	role, err := w.hasAdminRole(ctx, g)
	if err != nil {
		return err
	}
	if role {
		return refuse("The group "+g.Email+" carries administrator roles", "Use a group without administrator roles, or take the roles from it.")
	}
	return nil
}

// hasAdminRole counts roles of groups that this one is in, too.
func (w *Workspace) hasAdminRole(ctx context.Context, g *admin.Group) (bool, error) {
	for token := ""; ; {
		var found *admin.RoleAssignments
		err := w.run(ctx, call{what: "list administrator roles of the group " + g.Email, do: func(ctx context.Context) (err error) {
			list := w.directory.RoleAssignments.List(w.config.Customer).UserKey(g.Id).IncludeIndirectRoleAssignments(true)
			if token != "" {
				list = list.PageToken(token)
			}
			found, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil || len(found.Items) > 0 {
			return err == nil, err
		}
		if token = found.NextPageToken; token == "" {
			return false, nil
		}
	}
}

func refuse(reason, next string) error { return &provisioners.Permanent{Reason: reason, Next: next} }
