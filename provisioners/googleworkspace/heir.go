package googleworkspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/api/googleapi"

	"countersign/provisioners"
)

// heir is who takes over what an account has. An account that is gone or not
// active is no error here: what was taken over before is still taken over.
func (w *Workspace) heir(ctx context.Context, c provisioners.Change, p party) (party, error) {
	person := c.Details.NewOwner
	if strings.TrimSpace(person.AccountID+person.Email) == "" {
		return party{}, refuse("Nobody is named who takes over", "Name the new owner.")
	}
	heir, err := w.party(ctx, person)
	if err == nil && p.isUser(heir.key) {
		err = refuse("The new owner is the leaver", "Name somebody else as the new owner.")
	}
	return heir, err
}

// address is how people know a party, as far as Google tells.
func (p party) address() string {
	if p.user == nil {
		return p.key
	}
	return p.user.PrimaryEmail
}

// active says why an account cannot take anything over, if so.
func active(heir party) error {
	switch {
	case heir.user == nil:
		return &provisioners.Permanent{
			Reason: "Google has no account for the new owner " + heir.address(),
			Next:   "Name another new owner.",
			Err:    fmt.Errorf("read the account %s: %w", heir.key, provisioners.ErrNoAccount),
		}
	case heir.user.Suspended, heir.user.Archived:
		return refuse("The new owner "+heir.address()+" has no active account", "Name another new owner, or restore their account in the Admin console.")
	}
	return nil
}

// refusedWith tells whether Google answered with one of these statuses.
func refusedWith(err error, statuses ...int) bool {
	g, ok := errors.AsType[*googleapi.Error](err)
	return ok && slices.Contains(statuses, g.Code)
}
