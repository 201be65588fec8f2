package googleworkspace

import (
	"context"
	"errors"
	"fmt"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// pageSize is the most that Google gives in one page of users.
const pageSize = 500

// Accounts lists every account of the customer, suspended and archived ones
// too. A page that cannot be read fails the whole listing, and so does a
// listing without any account: the administrator as whom we act is one.
func (w *Workspace) Accounts(ctx context.Context) ([]provisioners.Account, provisioners.Reading, error) {
	reading := provisioners.Reading{
		Source: Source,
		Query:  fmt.Sprintf("GET /admin/directory/v1/users?customer=%s&maxResults=%d&projection=full", w.config.Customer, pageSize),
	}
	var accounts []provisioners.Account
	seen := map[string]bool{} // a row can move to a later page while we read
	for token := ""; ; {
		var part *admin.Users
		err := w.run(ctx, call{what: fmt.Sprintf("list users, page %d", reading.Pages+1), do: func(ctx context.Context) (err error) {
			list := w.directory.Users.List().Customer(w.config.Customer).Projection("full").MaxResults(pageSize)
			if token != "" {
				list = list.PageToken(token)
			}
			part, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return nil, provisioners.Reading{}, err
		}
		reading.Pages++
		reading.Rows += len(part.Users)
		for _, u := range part.Users {
			if !seen[u.Id] {
				seen[u.Id] = true
				accounts = append(accounts, accountOf(u))
			}
		}
		if token = part.NextPageToken; token == "" {
			break
		}
	}
	if len(accounts) == 0 {
		return nil, provisioners.Reading{}, errors.New("google: list users: the answer names no account at all")
	}
	reading.At = w.config.Now()
	return accounts, reading, nil
}

// Account reads one account by address, alias or id, as it is now. Where there
// is none the error is a *provisioners.Permanent with the cause
// provisioners.ErrNoAccount.
func (w *Workspace) Account(ctx context.Context, key string) (provisioners.Account, error) {
	u, err := w.user(ctx, key)
	if err != nil && classify(err) == missing {
		return provisioners.Account{}, &provisioners.Permanent{
			Reason: "Google has no account for " + key,
			Next:   "Create the account, or correct the person's work address.",
			Err:    fmt.Errorf("%w: %w", provisioners.ErrNoAccount, err),
		}
	}
	if err != nil {
		return provisioners.Account{}, err
	}
	return accountOf(u), nil
}

func (w *Workspace) user(ctx context.Context, key string) (*admin.User, error) {
	if strings.TrimSpace(key) == "" {
		return nil, refuse("The person has no work address", "Add the person's work address to the directory.")
	}
	var u *admin.User
	err := w.run(ctx, call{what: "read the account " + key, do: func(ctx context.Context) (err error) {
		u, err = w.directory.Users.Get(key).Projection("full").Context(ctx).Do()
		return err
	}})
	return u, err
}

func accountOf(u *admin.User) provisioners.Account {
	a := provisioners.Account{
		ID:           u.Id,
		Email:        strings.ToLower(u.PrimaryEmail),
		ManagerEmail: managerOf(u.Relations),
		Suspended:    u.Suspended,
		Archived:     u.Archived,
		SuperAdmin:   u.IsAdmin,
		OrgUnit:      u.OrgUnitPath,
		SignedIn:     signedIn(u),
	}
	if u.Name != nil {
		a.GivenName, a.FamilyName = u.Name.GivenName, u.Name.FamilyName
	}
	for _, alias := range u.Aliases {
		a.Aliases = append(a.Aliases, strings.ToLower(alias))
	}
	return a
}

// managerOf finds the relation of type manager. The library has no type for
// relations, so they come as decoded JSON.
func managerOf(relations any) string {
	list, _ := relations.([]any)
	for _, item := range list {
		r, _ := item.(map[string]any)
		if kind, _ := r["type"].(string); kind != "manager" {
			continue
		}
		if value, _ := r["value"].(string); value != "" {
			return strings.ToLower(strings.TrimSpace(value))
		}
	}
	return ""
}
