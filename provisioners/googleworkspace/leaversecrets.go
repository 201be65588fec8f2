package googleworkspace

import (
	"context"
	"crypto/rand"
	"time"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// unreadable is what is said of what no API shows.
const (
	noPasswords = "Google shows no passwords; this is its answer to the change"
	noSessions  = "Google shows no sessions; this is its answer to the change"
)

// password is set to one that nobody knows: it is made here and kept nowhere.
type password struct{ w *Workspace }

func (s password) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	after, changed, err := s.w.update(ctx, "set the password", p, &admin.User{
		Password:        rand.Text() + rand.Text() + rand.Text(), // 78 characters; Google takes 100 at most
		ForceSendFields: []string{"ChangePasswordAtNextLogin"},
	})
	if err != nil {
		return ended{changed: changed}, err
	}
	return ended{true, map[string]string{"etag": after.Etag, "user_id": after.Id, "changed_at": s.w.config.Now().UTC().Format(time.RFC3339)}}, nil
}

func (s password) look(_ context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	o := accountSeen(s.w, p, c.Present)
	o.Details["read_back"] = noPasswords
	return o, nil
}

// sessions are signed-in browsers and telephones.
type sessions struct{ w *Workspace }

func (s sessions) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	changed, err := s.w.change(ctx, call{what: "sign out " + p.user.PrimaryEmail, scope: admin.AdminDirectoryUserSecurityScope, do: func(ctx context.Context) error {
		return s.w.directoryFor(admin.AdminDirectoryUserSecurityScope).Users.SignOut(p.key).Context(ctx).Do()
	}})
	if err != nil {
		return ended{changed: changed}, err
	}
	return ended{true, map[string]string{"changed_at": s.w.config.Now().UTC().Format(time.RFC3339)}}, nil
}

func (s sessions) look(_ context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	o := accountSeen(s.w, p, c.Present)
	o.Details["read_back"] = noSessions
	return o, nil
}

// recovery is what resets a password without an administrator. The old values
// are personal, and are told nowhere.
type recovery struct{ w *Workspace }

func (r recovery) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	if !recoverable(p) {
		return ended{}, nil
	}
	_, changed, err := r.w.update(ctx, "clear the recovery address and telephone", p, &admin.User{ForceSendFields: []string{"RecoveryEmail", "RecoveryPhone"}})
	return ended{changed: changed}, err
}

func (r recovery) look(_ context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	return accountSeen(r.w, p, recoverable(p)), nil
}

func recoverable(p party) bool { return p.user.RecoveryEmail != "" || p.user.RecoveryPhone != "" }

// signIn is what a suspension ends. An archived account cannot sign in either.
type signIn struct{ w *Workspace }

func (s signIn) end(ctx context.Context, _ provisioners.Change, p party) (ended, error) {
	if !usable(p) {
		return ended{}, nil
	}
	_, changed, err := s.w.update(ctx, "suspend the account", p, &admin.User{Suspended: true})
	return ended{changed: changed}, err
}

func (s signIn) look(_ context.Context, _ provisioners.Change, p party) (provisioners.Observation, error) {
	o := accountSeen(s.w, p, usable(p))
	if p.user.Suspended {
		o.Details["suspension_reason"] = p.user.SuspensionReason
	}
	return o, nil
}

func usable(p party) bool { return !p.user.Suspended && !p.user.Archived }
