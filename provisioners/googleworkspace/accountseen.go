package googleworkspace

import (
	"context"
	"fmt"
	"net/url"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// existing reads an account that is there for certain.
func (w *Workspace) existing(ctx context.Context, id string) (*admin.User, error) {
	var u *admin.User
	err := w.run(ctx, call{what: "read the account " + id, expected: true, do: func(ctx context.Context) (err error) {
		u, err = w.directory.Users.Get(id).Projection("full").Context(ctx).Do()
		return err
	}})
	return u, err
}

// again looks once more for an account whose id we were given: Google may not
// have told all its servers of a new one.
func (w *Workspace) again(ctx context.Context, person provisioners.Person, p party) (party, error) {
	if p.user != nil || person.AccountID == "" {
		return p, nil
	}
	u, err := w.existing(ctx, person.AccountID)
	switch {
	case err != nil && classify(err) == missing:
		return p, nil
	case err != nil:
		return p, err
	}
	return party{key: u.Id, user: u}, nil
}

// closed says why nobody can use an account, if so. Nothing re-opens it but a
// person: every grant and app password of it would work again.
func closed(u *admin.User) error {
	state := "suspended"
	switch {
	case u.Archived:
		state = "archived"
	case !u.Suspended:
		return nil
	}
	return refuse("The account "+u.PrimaryEmail+" exists and is "+state+". Nothing re-arms an account by itself",
		"Have an administrator restore the account in the Admin console, then retry.")
}

func goneAccount(p party) error {
	return &provisioners.Permanent{
		Reason: "Google no longer has the account " + p.key + ": there is nothing left to change or to transfer",
		Next:   "Restore the account in the Admin console, or begin again with a new one.",
		Err:    fmt.Errorf("read the account %s: %w", p.key, provisioners.ErrNoAccount),
	}
}

// accountSeen is what a read of the account alone shows.
func accountSeen(w *Workspace, p party, present bool) provisioners.Observation {
	o := provisioners.Observation{
		Present: present,
		Checked: true,
		Source:  Source,
		Query:   "GET /admin/directory/v1/users/" + url.PathEscape(p.key) + "?projection=full",
		At:      w.config.Now(),
		Details: map[string]string{"account": "not found"},
	}
	if p.user == nil {
		return o
	}
	o.Details = map[string]string{
		"account": "active", "email": p.user.PrimaryEmail, "user_id": p.user.Id, "org_unit": p.user.OrgUnitPath, "etag": p.user.Etag,
	}
	switch {
	case p.user.Archived:
		o.Details["account"] = "archived"
	case p.user.Suspended:
		o.Details["account"] = "suspended"
	}
	return o
}
