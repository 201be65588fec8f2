package googleworkspace

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// memberships are those of the account itself in any group, whoever made them.
// Those through another group end with the one in that.
type memberships struct{ w *Workspace }

func (m memberships) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	groups, err := m.w.groupsOf(ctx, p)
	if err != nil || len(groups) == 0 {
		return ended{}, err
	}
	changed, err := every(groups, func(g *admin.Group) (bool, error) {
		return m.w.takeAway(ctx, call{what: "remove " + p.user.PrimaryEmail + " from " + g.Email, do: func(ctx context.Context) error {
			return m.w.directory.Members.Delete(g.Id, p.key).Context(ctx).Do()
		}})
	})
	return ended{changed, groupDetails(groups)}, err
}

// look asks each group that is listed: a listing may go on to show what has
// ended, and a server that is behind may deny what is there.
func (m memberships) look(ctx context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	groups, err := m.w.groupsOf(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	left, _, err := m.w.roles(ctx, p, groups)
	if err != nil {
		return provisioners.Observation{}, err
	}
	o := m.w.seen(p, groupsQuery(p), len(left) > 0)
	maps.Copy(o.Details, groupDetails(left))
	return o, nil
}

// roles returns which of the groups the account really is in, and which of them
// it owns.
func (w *Workspace) roles(ctx context.Context, p party, groups []*admin.Group) (in, owned []*admin.Group, err error) {
	for _, g := range groups {
		var m *admin.Member
		err := w.run(ctx, call{what: "read the member " + p.key + " of " + g.Email, expected: true, do: func(ctx context.Context) (err error) {
			m, err = w.directory.Members.Get(g.Id, p.key).Context(ctx).Do()
			return err
		}})
		if err != nil && classify(err) == missing {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		in = append(in, g)
		if m.Role == "OWNER" {
			owned = append(owned, g)
		}
	}
	return in, owned, nil
}

// groupsOf lists the groups in which the account is a direct member.
func (w *Workspace) groupsOf(ctx context.Context, p party) ([]*admin.Group, error) {
	var all []*admin.Group
	for token := ""; ; {
		var page *admin.Groups
		err := w.run(ctx, call{what: "list the groups of " + p.user.PrimaryEmail, do: func(ctx context.Context) (err error) {
			list := w.directory.Groups.List().UserKey(p.key).MaxResults(200)
			if token != "" {
				list = list.PageToken(token)
			}
			page, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Groups...)
		if token = page.NextPageToken; token == "" {
			return all, nil
		}
	}
}

func groupsQuery(p party) string {
	return "GET /admin/directory/v1/groups?userKey=" + url.QueryEscape(p.key)
}

func groupDetails(groups []*admin.Group) map[string]string {
	return map[string]string{"count": strconv.Itoa(len(groups)), "groups": addresses(groups)}
}

func addresses(groups []*admin.Group) string {
	var out []string
	for _, g := range groups {
		out = append(out, g.Email)
	}
	return strings.Join(out, "\n")
}
