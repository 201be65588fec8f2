package googleworkspace

import (
	"context"
	"net/url"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// Address says what has an address. An address of a domain that is none of the
// Workspace's is a *provisioners.Permanent.
func (a *Accounts) Address(ctx context.Context, email string) (provisioners.Holder, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if name, domain, ok := strings.Cut(email, "@"); !ok || name == "" || domain == "" {
		return provisioners.Holder{}, refuse("This is not an address", "Write the whole address, such as name@company.example.")
	}
	look := &lookup{w: a.w, email: email}
	for _, find := range []func(context.Context) (provisioners.Holder, error){look.user, look.group, look.deleted} {
		h, err := find(ctx)
		if err != nil {
			return provisioners.Holder{}, err
		}
		if h.Kind != provisioners.HolderNobody {
			h.Seen = look.seen(h)
			return h, nil
		}
	}
	return provisioners.Holder{Seen: look.seen(provisioners.Holder{})}, nil
}

// lookup looks for whoever has one address, and remembers what it asked.
type lookup struct {
	w     *Workspace
	email string
	asked []string
}

func (l *lookup) user(ctx context.Context) (provisioners.Holder, error) {
	l.asked = append(l.asked, "GET /admin/directory/v1/users/"+url.PathEscape(l.email)+"?projection=full")
	u, err := l.w.user(ctx, l.email)
	switch {
	case err != nil && classify(err) == missing:
		return provisioners.Holder{}, nil
	case said(err, "Not Authorized to access this resource/api"):
		return provisioners.Holder{}, foreignDomain(l.email, err)
	case err != nil:
		return provisioners.Holder{}, err
	case strings.EqualFold(u.PrimaryEmail, l.email):
		return holderOf(provisioners.HolderUser, u), nil
	}
	return holderOf(provisioners.HolderAlias, u), nil
}

func (l *lookup) group(ctx context.Context) (provisioners.Holder, error) {
	l.asked = append(l.asked, "GET /admin/directory/v1/groups/"+url.PathEscape(l.email))
	g, err := l.w.findGroup(ctx, l.email)
	if err != nil || g == nil {
		return provisioners.Holder{}, err
	}
	return provisioners.Holder{Kind: provisioners.HolderGroup, ID: g.Id, Name: g.Name}, nil
}

// deleted finds the account of that address that was deleted last. Several can
// wait to be restored.
func (l *lookup) deleted(ctx context.Context) (provisioners.Holder, error) {
	l.asked = append(l.asked, "GET /admin/directory/v1/users?customer="+url.QueryEscape(l.w.config.Customer)+"&showDeleted=true, all pages")
	var last *admin.User
	for token := ""; ; {
		var part *admin.Users
		err := l.w.run(ctx, call{what: "list deleted accounts", do: func(ctx context.Context) (err error) {
			list := l.w.directory.Users.List().Customer(l.w.config.Customer).ShowDeleted("true").Projection("full").MaxResults(pageSize)
			if token != "" {
				list = list.PageToken(token)
			}
			part, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return provisioners.Holder{}, err
		}
		for _, u := range part.Users {
			// Google writes its times so that they sort as text.
			if strings.EqualFold(u.PrimaryEmail, l.email) && (last == nil || u.DeletionTime > last.DeletionTime) {
				last = u
			}
		}
		if token = part.NextPageToken; token == "" {
			break
		}
	}
	if last == nil {
		return provisioners.Holder{}, nil
	}
	return holderOf(provisioners.HolderDeleted, last), nil
}

func (l *lookup) seen(h provisioners.Holder) provisioners.Observation {
	o := provisioners.Observation{
		Present: h.Kind != provisioners.HolderNobody,
		Checked: true,
		Source:  Source,
		Query:   strings.Join(l.asked, "; "),
		At:      l.w.config.Now(),
		Details: map[string]string{"address": l.email, "type": "nobody"},
	}
	if o.Present {
		o.Details["type"], o.Details["id"], o.Details["name"] = string(h.Kind), h.ID, h.Name
	}
	return o
}

func holderOf(kind provisioners.HolderKind, u *admin.User) provisioners.Holder {
	a := accountOf(u)
	return provisioners.Holder{Kind: kind, ID: u.Id, Name: strings.TrimSpace(a.GivenName + " " + a.FamilyName), Account: a}
}

// findGroup returns nil where no group has the address.
func (w *Workspace) findGroup(ctx context.Context, email string) (*admin.Group, error) {
	var g *admin.Group
	err := w.run(ctx, call{what: "look for a group " + email, do: func(ctx context.Context) (err error) {
		g, err = w.directory.Groups.Get(email).Context(ctx).Do()
		return err
	}})
	if err != nil && classify(err) == missing {
		return nil, nil
	}
	return g, err
}

// foreignDomain explains what Google says of an address elsewhere. A missing
// right of the administrator sounds the same.
func foreignDomain(email string, err error) error {
	_, domain, _ := strings.Cut(email, "@")
	return &provisioners.Permanent{
		Reason: "The domain " + domain + " is not one of this Google Workspace, or the administrator as whom Countersign acts may not see its accounts",
		Next:   "Choose an address in a domain of the company, or add the domain in the Admin console.",
		Err:    err,
	}
}
