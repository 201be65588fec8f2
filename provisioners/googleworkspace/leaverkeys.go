package googleworkspace

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// security is the scope of everything in this file.
const security = admin.AdminDirectoryUserSecurityScope

// appAccess is what apps may do in the name of the account. After a change
// Details["count"] and ["apps"] say what was taken away.
type appAccess struct{ w *Workspace }

func (a appAccess) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	apps, err := a.list(ctx, p)
	if err != nil || len(apps) == 0 {
		return ended{}, err
	}
	changed, err := every(apps, func(t *admin.Token) (bool, error) {
		return a.w.takeAway(ctx, call{what: "end the access of " + t.DisplayText + " to " + p.user.PrimaryEmail, scope: security, do: func(ctx context.Context) error {
			return a.w.directoryFor(security).Tokens.Delete(p.key, t.ClientId).Context(ctx).Do()
		}})
	})
	return ended{changed, appDetails(apps)}, err
}

func (a appAccess) look(ctx context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	apps, err := a.list(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	o := a.w.seen(p, userQuery(p, "tokens"), len(apps) > 0)
	maps.Copy(o.Details, appDetails(apps))
	return o, nil
}

// list returns one token of each app. Google deletes by app, and may show
// several tokens of one.
func (a appAccess) list(ctx context.Context, p party) ([]*admin.Token, error) {
	var found *admin.Tokens
	err := a.w.run(ctx, call{what: "list the apps with access to " + p.user.PrimaryEmail, scope: security, do: func(ctx context.Context) (err error) {
		found, err = a.w.directoryFor(security).Tokens.List(p.key).Context(ctx).Do()
		return err
	}})
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(found.Items, func(t *admin.Token) bool {
		known := seen[t.ClientId]
		seen[t.ClientId] = true
		return known
	}), nil
}

func appDetails(apps []*admin.Token) map[string]string {
	return map[string]string{"count": strconv.Itoa(len(apps)), "apps": strings.Join(appNames(apps), ", ")}
}

func appNames(apps []*admin.Token) []string {
	var out []string
	for _, t := range apps {
		out = append(out, t.DisplayText)
	}
	return out
}

// appPasswords are for single programs that know no second step.
type appPasswords struct{ w *Workspace }

func (a appPasswords) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	all, err := a.list(ctx, p)
	if err != nil || len(all) == 0 {
		return ended{}, err
	}
	changed, err := every(all, func(asp *admin.Asp) (bool, error) { return a.drop(ctx, p, asp.CodeId) })
	return ended{changed, map[string]string{"count": strconv.Itoa(len(all))}}, err
}

// drop looks again where Google refuses: of an app password that is gone it says
// 400 invalid, and not 404.
func (a appPasswords) drop(ctx context.Context, p party, id int64) (bool, error) {
	sent := 0
	changed, err := a.w.takeAway(ctx, call{what: "delete an app password of " + p.user.PrimaryEmail, scope: security, do: func(ctx context.Context) error {
		sent++
		return a.w.directoryFor(security).Asps.Delete(p.key, id).Context(ctx).Do()
	}})
	if err == nil || classify(err) != final {
		return changed, err
	}
	left, listErr := a.list(ctx, p)
	switch {
	case listErr != nil:
		return sent > 1, listErr
	case slices.ContainsFunc(left, func(asp *admin.Asp) bool { return asp.CodeId == id }):
		return false, err
	}
	return sent > 1, nil
}

func (a appPasswords) look(ctx context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	all, err := a.list(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	o := a.w.seen(p, userQuery(p, "asps"), len(all) > 0)
	o.Details["count"] = strconv.Itoa(len(all))
	return o, nil
}

func (a appPasswords) list(ctx context.Context, p party) ([]*admin.Asp, error) {
	var found *admin.Asps
	err := a.w.run(ctx, call{what: "list the app passwords of " + p.user.PrimaryEmail, scope: security, do: func(ctx context.Context) (err error) {
		found, err = a.w.directoryFor(security).Asps.List(p.key).Context(ctx).Do()
		return err
	}})
	if err != nil {
		return nil, err
	}
	return found.Items, nil
}

// backupCodes stand in for the second step. Google does not change them while
// the account is suspended, and nobody can use them then.
type backupCodes struct{ w *Workspace }

func (b backupCodes) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	count, err := b.count(ctx, p)
	if err != nil || count == 0 || p.user.Suspended {
		return ended{}, err
	}
	changed, err := b.w.change(ctx, call{what: "make the backup codes of " + p.user.PrimaryEmail + " invalid", scope: security, do: func(ctx context.Context) error {
		return b.w.directoryFor(security).VerificationCodes.Invalidate(p.key).Context(ctx).Do()
	}})
	if err == nil {
		return ended{true, map[string]string{"count": strconv.Itoa(count)}}, nil
	}
	if classify(err) == final { // perhaps suspended since we looked
		now, readErr := b.w.party(ctx, provisioners.Person{AccountID: p.key})
		if readErr != nil {
			return ended{}, readErr
		}
		if now.user == nil || now.user.Suspended {
			return ended{}, nil
		}
	}
	return ended{changed: changed}, err
}

func (b backupCodes) look(ctx context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	count, err := b.count(ctx, p)
	if err != nil {
		return provisioners.Observation{}, err
	}
	o := b.w.seen(p, userQuery(p, "verificationCodes"), count > 0 && !p.user.Suspended)
	o.Details["count"] = strconv.Itoa(count)
	if count > 0 && p.user.Suspended {
		o.Details["blocked"] = "by the suspension"
	}
	return o, nil
}

// count lets go of the codes themselves at once.
func (b backupCodes) count(ctx context.Context, p party) (int, error) {
	var found *admin.VerificationCodes
	err := b.w.run(ctx, call{what: "count the backup codes of " + p.user.PrimaryEmail, scope: security, do: func(ctx context.Context) (err error) {
		found, err = b.w.directoryFor(security).VerificationCodes.List(p.key).Context(ctx).Do()
		return err
	}})
	if err != nil {
		return 0, err
	}
	return len(found.Items), nil
}
