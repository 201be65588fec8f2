package googleworkspace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// leaving is something that a leaver loses.
type leaving interface {
	// end takes it away, and reports whether something was or may have been
	// taken, with what to say of it. It may be called any number of times.
	end(ctx context.Context, c provisioners.Change, p party) (ended, error)

	// look says whether it is still there.
	look(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error)
}

// ended is what was taken away.
type ended struct {
	changed bool
	details map[string]string // replaces what a look would say under the same names
}

// removal is a state that can only be made not to hold.
type removal struct {
	w    *Workspace
	what leaving
}

func (r removal) read(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	return r.what.look(ctx, c, p)
}

// apply reads back what it did. Where something is there again, or a server
// was behind, it is taken away once more, with patience for Google's servers to
// agree among themselves.
func (r removal) apply(ctx context.Context, c provisioners.Change, p party) (provisioners.Result, error) {
	if c.Present {
		return provisioners.Result{}, refuse("Nothing re-arms an account by itself: Countersign only takes this away",
			"An administrator can give it back in the Admin console.")
	}
	var result provisioners.Result
	details := map[string]string{}
	for attempt := 1; ; attempt++ {
		done, err := r.what.end(ctx, c, p)
		result.Changed = result.Changed || done.changed
		if err != nil {
			return result, err
		}
		if done.changed {
			maps.Copy(details, done.details)
		}
		if p, result.Seen, err = r.again(ctx, c, p); err != nil {
			return result, err
		}
		if !result.Seen.Present {
			maps.Copy(result.Seen.Details, details)
			return result, nil
		}
		if attempt == attempts {
			return result, fmt.Errorf("google: changed %s of %s, and it is still shown", c.Target, p.key)
		}
		if err := sleep(ctx, r.w.pace.delay(attempt)); err != nil {
			return result, &failure{"read the change back", err}
		}
	}
}

// again looks at the account as it is now.
func (r removal) again(ctx context.Context, c provisioners.Change, p party) (party, provisioners.Observation, error) {
	now, err := r.w.party(ctx, provisioners.Person{AccountID: p.key})
	if err != nil {
		return p, provisioners.Observation{}, err
	}
	if now.user == nil {
		return now, accountSeen(r.w, now, false), nil
	}
	o, err := r.what.look(ctx, c, now)
	return now, o, err
}

// readOnly is a state that can only be looked at.
type readOnly struct {
	w    *Workspace
	what interface {
		look(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error)
	}
}

func (r readOnly) apply(_ context.Context, c provisioners.Change, _ party) (provisioners.Result, error) {
	return provisioners.Result{}, refuse(c.Target+" of an account can only be read", "Correct the step that asks for a change of it.")
}

func (r readOnly) read(ctx context.Context, c provisioners.Change, p party) (provisioners.Observation, error) {
	return r.what.look(ctx, c, p)
}

// every makes a change for each item and reports whether one was or may have been
// made. One that Google refuses for good does not keep the others from being
// made; the first such refusal is returned.
func every[T any](items []T, change func(T) (bool, error)) (changed bool, err error) {
	for _, item := range items {
		did, failed := change(item)
		changed = changed || did
		if _, permanent := errors.AsType[*provisioners.Permanent](failed); failed != nil && !permanent {
			return changed, failed
		}
		if err == nil {
			err = failed
		}
	}
	return changed, err
}

// change makes a call and reports whether it did or may have done something.
func (w *Workspace) change(ctx context.Context, c call) (bool, error) {
	sent, do := 0, c.do
	c.do = func(ctx context.Context) error {
		sent++
		return do(ctx)
	}
	err := w.run(ctx, c)
	switch {
	case err == nil:
		return true, nil
	case classify(err) == missing:
		return sent > 1, err // the first may have taken away what the second did not find
	}
	return sent > 0 && unsure(err), err
}

// takeAway makes a call that takes something away. That it is not there any more
// is no failure.
func (w *Workspace) takeAway(ctx context.Context, c call) (bool, error) {
	changed, err := w.change(ctx, c)
	if err != nil && classify(err) == missing {
		return changed, nil
	}
	return changed, err
}

// update changes an account, reports whether it did or may have, and returns the
// account as Google answers.
func (w *Workspace) update(ctx context.Context, what string, p party, u *admin.User) (after *admin.User, changed bool, err error) {
	changed, err = w.change(ctx, call{what: what + " of " + p.user.PrimaryEmail, scope: admin.AdminDirectoryUserScope, do: func(ctx context.Context) (err error) {
		after, err = w.directoryFor(admin.AdminDirectoryUserScope).Users.Update(p.key, u).Context(ctx).Do()
		return err
	}})
	return after, changed, err
}

// userQuery is the read of what belongs to an account.
func userQuery(p party, what string) string {
	return "GET /admin/directory/v1/users/" + url.PathEscape(p.key) + "/" + what
}

// seen is an observation of an account through one read besides it.
func (w *Workspace) seen(p party, query string, present bool) provisioners.Observation {
	o := accountSeen(w, p, present)
	o.Query, o.At = query, w.config.Now()
	return o
}
