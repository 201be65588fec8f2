package googleworkspace

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	admin "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/googleapi"

	"countersign/provisioners"
)

// Restore brings a deleted account back, into the top organizational unit. An
// account that was never deleted, or is back already, is left as it is. What
// cannot be restored any more is a *provisioners.Permanent: Google keeps a deleted
// account for 20 days (https://support.google.com/a/answer/1397578), and its
// address is free for others meanwhile.
func (a *Accounts) Restore(ctx context.Context, id string) error {
	live, err := a.live(ctx, id)
	if err != nil || live {
		return err
	}
	err = a.w.run(ctx, call{
		what:  "restore the account " + id,
		scope: admin.AdminDirectoryUserScope,
		do: func(ctx context.Context) error {
			undelete := &admin.UserUndelete{OrgUnitPath: "/"}
			return a.w.directoryFor(admin.AdminDirectoryUserScope).Users.Undelete(id, undelete).Context(ctx).Do()
		},
		settled: func(ctx context.Context) (bool, error) { return a.live(ctx, id) },
	})
	if err != nil {
		return a.explainRestore(ctx, id, err)
	}
	if _, err = a.w.existing(ctx, id); err != nil {
		return fmt.Errorf("google: restored the account %s, and does not show it yet: %w", id, err)
	}
	return nil
}

func (a *Accounts) live(ctx context.Context, id string) (bool, error) {
	_, err := a.w.user(ctx, id)
	if err != nil && classify(err) == missing {
		return false, nil
	}
	return err == nil, err
}

func (a *Accounts) explainRestore(ctx context.Context, id string, err error) error {
	if classify(err) == missing {
		if live, readErr := a.live(ctx, id); readErr != nil || live {
			return readErr // somebody else was quicker
		}
		return &provisioners.Permanent{
			Reason: "Google can no longer restore the account: it keeps a deleted one for 20 days",
			Next:   "Make a new account instead.",
			Err:    fmt.Errorf("%w: %w", provisioners.ErrNoAccount, err),
		}
	}
	if g, ok := errors.AsType[*googleapi.Error](err); ok && g.Code == http.StatusPreconditionFailed && classify(err) == final {
		return &provisioners.Permanent{
			Reason: "Google cannot restore the account: an address of it belongs to somebody else now",
			Next:   "Free the address in the Admin console and retry, or make a new account.",
			Err:    err,
		}
	}
	return err
}
