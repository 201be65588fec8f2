package googleworkspace

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// party is a person as Google knows him.
type party struct {
	key  string      // the account's numeric id; what we were given where there is no account
	user *admin.User // nil where there is no account
}

// isUser tells whether the party answers to an address.
func (p party) isUser(address string) bool {
	if p.user == nil {
		return strings.EqualFold(p.key, address)
	}
	for _, own := range append([]string{p.user.PrimaryEmail, p.user.Id}, p.user.Aliases...) {
		if strings.EqualFold(own, address) {
			return true
		}
	}
	return false
}

// party finds a person by the account id, which nobody else will ever have, or
// else by address. No account is not an error here.
func (w *Workspace) party(ctx context.Context, person provisioners.Person) (party, error) {
	key := person.AccountID
	if key == "" {
		key = person.Email
	}
	u, err := w.user(ctx, key)
	switch {
	case err != nil && classify(err) == missing:
		return party{key: key}, nil
	case err != nil:
		return party{}, err
	}
	return party{key: u.Id, user: u}, nil
}

// member returns the direct membership, or nil. Google's hasMember would count
// membership through other groups, which we neither made nor can end.
func (w *Workspace) member(ctx context.Context, g *admin.Group, p party) (*admin.Member, error) {
	var m *admin.Member
	err := w.run(ctx, call{what: "read the member " + p.key + " of " + g.Email, do: func(ctx context.Context) (err error) {
		m, err = w.directory.Members.Get(g.Id, p.key).Context(ctx).Do()
		return err
	}})
	if err != nil && classify(err) == missing {
		return nil, nil
	}
	return m, err
}

// add reports whether we made the membership, or may have. Somebody who is a
// member already stays what he is.
func (w *Workspace) add(ctx context.Context, g *admin.Group, p party, role string) (bool, error) {
	m, err := w.member(ctx, g, p)
	if err != nil || m != nil {
		return false, err
	}
	sent, err := w.insert(ctx, g, p, role)
	if err == nil || classify(err) != duplicate {
		return err == nil || sent > 0 && unsure(err), err
	}
	m, err = w.member(ctx, g, p)
	if err != nil || m != nil {
		return sent > 1, err // after a lost answer the duplicate is our own
	}
	// A duplicate that no read shows is a pending membership, which works for
	// nobody. It must go before a real one can be made.
	if _, err := w.clear(ctx, g, p); err != nil {
		return sent > 1, err
	}
	_, err = w.insert(ctx, g, p, role)
	return err == nil || unsure(err), err
}

// unsure tells an error after which nobody knows whether Google did the change.
func unsure(err error) bool { return classify(err) == transient }

// clear deletes a membership by id, or else by the address under which a
// pending one may hang. It reports whether there was something to delete.
func (w *Workspace) clear(ctx context.Context, g *admin.Group, p party) (bool, error) {
	deleted, err := w.delete(ctx, g, p.key)
	if err != nil || deleted || p.user == nil {
		return deleted, err
	}
	return w.delete(ctx, g, p.user.PrimaryEmail)
}

// insert returns how many requests were sent.
func (w *Workspace) insert(ctx context.Context, g *admin.Group, p party, role string) (sent int, err error) {
	err = w.run(ctx, call{
		what:     "add " + p.user.PrimaryEmail + " to " + g.Email,
		expected: true,
		do: func(ctx context.Context) error {
			sent++
			_, err := w.directory.Members.Insert(g.Id, &admin.Member{Id: p.user.Id, Role: role}).Context(ctx).Do()
			return err
		},
		settled: func(ctx context.Context) (bool, error) {
			m, err := w.member(ctx, g, p)
			return m != nil, err
		},
	})
	return sent, err
}

// remove reports whether a membership was there. It deletes even where none is
// shown, because a pending one could become real later.
func (w *Workspace) remove(ctx context.Context, g *admin.Group, p party) (bool, error) {
	m, err := w.member(ctx, g, p)
	if err != nil {
		return false, err
	}
	deleted, err := w.clear(ctx, g, p)
	if err != nil {
		return m != nil && unsure(err), err
	}
	return m != nil || deleted, nil
}

// delete reports whether there was something to delete.
func (w *Workspace) delete(ctx context.Context, g *admin.Group, key string) (bool, error) {
	err := w.run(ctx, call{what: "remove " + key + " from " + g.Email, do: func(ctx context.Context) error {
		return w.directory.Members.Delete(g.Id, key).Context(ctx).Do()
	}})
	if err != nil && classify(err) == missing {
		return false, nil
	}
	return err == nil, err
}

// finish reads back what a change did, with patience for Google's servers to
// agree among themselves.
func (w *Workspace) finish(ctx context.Context, g *admin.Group, p party, want, changed bool, err error) (provisioners.Result, error) {
	result := provisioners.Result{Changed: changed}
	if err != nil {
		return result, err
	}
	for attempt := 1; ; attempt++ {
		m, err := w.member(ctx, g, p)
		if err != nil {
			return result, err
		}
		if result.Seen = w.observe(g, p, m); result.Seen.Present == want {
			return result, nil
		}
		if attempt == attempts {
			return result, fmt.Errorf("google: took the change of %s in %s, and does not show it yet", p.key, g.Email)
		}
		if err := sleep(ctx, w.pace.delay(attempt)); err != nil {
			return result, &failure{"read the change back", err}
		}
	}
}

func (w *Workspace) observe(g *admin.Group, p party, m *admin.Member) provisioners.Observation {
	o := provisioners.Observation{
		Present: m != nil,
		Checked: true,
		Source:  Source,
		Query:   "GET /admin/directory/v1/groups/" + url.PathEscape(g.Id) + "/members/" + url.PathEscape(p.key),
		At:      w.config.Now(),
		Details: map[string]string{"group": g.Email, "group_id": g.Id},
	}
	if p.user == nil {
		o.Details["account"] = "not found"
	} else {
		o.Details["email"], o.Details["user_id"] = p.user.PrimaryEmail, p.user.Id
		if p.user.Suspended {
			o.Details["account"] = "suspended"
		}
	}
	if m != nil {
		o.Details["role"], o.Details["status"] = m.Role, m.Status
		o.Details["type"], o.Details["etag"] = m.Type, m.Etag
	}
	return o
}
