package googleworkspace

import (
	"context"
	"strconv"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// ownership is that of groups which nobody else owns, so that they would be left
// without an owner. Where no new owner is named, nothing is done and the groups
// are only told.
type ownership struct{ w *Workspace }

func (o ownership) end(ctx context.Context, c provisioners.Change, p party) (ended, error) {
	if !inherited(c) {
		return ended{}, nil
	}
	groups, err := o.orphans(ctx, p)
	if err != nil || len(groups) == 0 {
		return ended{}, err
	}
	heir, err := o.successor(ctx, c, p)
	if err != nil {
		return ended{}, err
	}
	changed, err := every(groups, func(g *admin.Group) (bool, error) { return o.give(ctx, g, heir) })
	return ended{changed, map[string]string{"count": strconv.Itoa(len(groups)), "groups": addresses(groups), "new_owner": heir.user.PrimaryEmail}}, err
}

func (o ownership) look(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	groups, err := o.orphans(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	seen := o.w.seen(p, groupsQuery(p)+", GET /admin/directory/v1/groups/{each}/members?roles=OWNER", len(groups) > 0 && inherited(c))
	seen.Details["count"], seen.Details["groups_without_owner"] = strconv.Itoa(len(groups)), addresses(groups)
	return seen, nil
}

// inherited tells whether a new owner is named.
func inherited(c provisioners.Change) bool {
	return c.Details.NewOwner.AccountID != "" || c.Details.NewOwner.Email != ""
}

// successor is the new owner, if that account can own groups.
func (o ownership) successor(ctx context.Context, c provisioners.Change, p party) (party, error) {
	heir, err := o.w.heir(ctx, c, p)
	if err != nil {
		return party{}, err
	}
	if heir.isUser(o.w.config.AdminSubject) {
		return party{}, refuse("The administrator as whom Countersign acts in Google cannot own groups through it", "Name another new owner.")
	}
	return heir, active(heir)
}

// give makes the heir an owner besides the leaver. A group that carries
// administrator roles would make the heir an administrator, and is refused.
func (o ownership) give(ctx context.Context, g *admin.Group, heir party) (bool, error) {
	if err := o.w.joinable(ctx, g, heir); err != nil {
		return false, err
	}
	added, err := o.w.add(ctx, g, heir, "OWNER")
	if err != nil {
		return added, err
	}
	m, err := o.w.member(ctx, g, heir)
	if err != nil || m == nil || m.Role == "OWNER" {
		return added, err
	}
	promoted, err := o.w.change(ctx, call{what: "make " + heir.user.PrimaryEmail + " an owner of " + g.Email, expected: true, do: func(ctx context.Context) error {
		_, err := o.w.directory.Members.Patch(g.Id, heir.key, &admin.Member{Role: "OWNER"}).Context(ctx).Do()
		return err
	}})
	return added || promoted, err
}

// orphans are the groups that the account alone owns.
func (o ownership) orphans(ctx context.Context, p party) ([]*admin.Group, error) {
	groups, err := o.w.groupsOf(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []*admin.Group
	for _, g := range groups {
		owners, err := o.owners(ctx, g)
		if err != nil {
			return nil, err
		}
		if alone(owners, p) {
			out = append(out, g)
		}
	}
	return out, nil
}

// alone tells whether the account is among the owners, and no other who could act.
func alone(owners []*admin.Member, p party) bool {
	own := false
	for _, m := range owners {
		switch {
		case m.Id == p.key:
			own = true
		case m.Type == "USER" && m.Status == "ACTIVE":
			return false
		}
	}
	return own
}

func (o ownership) owners(ctx context.Context, g *admin.Group) ([]*admin.Member, error) {
	var all []*admin.Member
	for token := ""; ; {
		var page *admin.Members
		err := o.w.run(ctx, call{what: "list the owners of " + g.Email, expected: true, do: func(ctx context.Context) (err error) {
			list := o.w.directory.Members.List(g.Id).Roles("OWNER").MaxResults(200)
			if token != "" {
				list = list.PageToken(token)
			}
			page, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Members...)
		if token = page.NextPageToken; token == "" {
			return all, nil
		}
	}
}
