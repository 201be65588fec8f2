package googleworkspace

import (
	"context"
	"errors"
	"fmt"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/googleapi"

	"countersign/provisioners"
)

// orgUnit is where an account is kept, and whether colleagues find it.
type orgUnit struct{ w *Workspace }

func (o orgUnit) apply(ctx context.Context, c provisioners.Change, p party) (provisioners.Result, error) {
	if !c.Present {
		return provisioners.Result{}, refuse("An account is always in some organizational unit", "Name the unit that it should be in.")
	}
	if o.fits(c, p) {
		return provisioners.Result{Seen: o.observe(c, p)}, nil
	}
	if err := o.update(ctx, c, p); err != nil {
		return provisioners.Result{Changed: doubtful(err)}, err
	}
	seen, err := o.w.shown(ctx, "the organizational unit of "+p.key, true, func(ctx context.Context) (provisioners.Observation, error) {
		u, err := o.w.existing(ctx, p.key)
		if err != nil {
			return provisioners.Observation{}, err
		}
		return o.observe(c, party{key: u.Id, user: u}), nil
	})
	return provisioners.Result{Changed: true, Seen: seen}, err
}

func (o orgUnit) read(_ context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	return o.observe(c, p), nil
}

func (o orgUnit) fits(c provisioners.Change, p party) bool {
	return strings.EqualFold(p.user.OrgUnitPath, c.Details.OrgUnit) && p.user.IncludeInGlobalAddressList == c.Details.Listed
}

func (o orgUnit) observe(c provisioners.Change, p party) provisioners.Observation {
	seen := accountSeen(o.w, p, o.fits(c, p))
	seen.Details["status"] = "not listed"
	if p.user.IncludeInGlobalAddressList {
		seen.Details["status"] = "listed"
	}
	return seen
}

// update sends these two fields and nothing else: Google neither shortens nor
// empties a list that comes with a small change.
func (o orgUnit) update(ctx context.Context, c provisioners.Change, p party) error {
	err := o.w.run(ctx, call{
		what:     "move the account " + p.user.PrimaryEmail + " to " + c.Details.OrgUnit,
		scope:    admin.AdminDirectoryUserScope,
		expected: true,
		do: func(ctx context.Context) error {
			_, err := o.w.directoryFor(admin.AdminDirectoryUserScope).Users.Update(p.key, &admin.User{
				OrgUnitPath:                c.Details.OrgUnit,
				IncludeInGlobalAddressList: c.Details.Listed,
				ForceSendFields:            []string{"OrgUnitPath", "IncludeInGlobalAddressList"},
			}).Context(ctx).Do()
			return err
		},
	})
	if said(err, "INVALID_OU_ID") {
		return noOrgUnit(c.Details.OrgUnit, err)
	}
	return err
}

func noOrgUnit(path string, err error) error {
	return &provisioners.Permanent{
		Reason: fmt.Sprintf("Google has no organizational unit %q", path),
		Next:   "Create the unit in the Admin console, or correct its path in the configuration, then retry.",
		Err:    err,
	}
}

// said tells an answer of Google by its words, where it has no reason of its own.
func said(err error, words string) bool {
	g, ok := errors.AsType[*googleapi.Error](err)
	return ok && strings.Contains(strings.ToLower(g.Message), strings.ToLower(words))
}

// shown reads what a change did until it shows, for as long as Google's servers
// may need to agree among themselves.
func (w *Workspace) shown(ctx context.Context, what string, want bool, read func(context.Context) (provisioners.Observation, error)) (provisioners.Observation, error) {
	for attempt := 1; ; attempt++ {
		seen, err := read(ctx)
		if err != nil || seen.Present == want {
			return seen, err
		}
		if attempt == attempts {
			return seen, fmt.Errorf("google: took the change of %s, and does not show it yet", what)
		}
		if err := sleep(ctx, w.pace.delay(attempt)); err != nil {
			return seen, &failure{"read the change back", err}
		}
	}
}
