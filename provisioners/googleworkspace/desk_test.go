package googleworkspace_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"google.golang.org/api/gmail/v1"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

const (
	grace = "grace@acme.example"
	bob   = "bob@acme.example"
	bobID = "100000000000000000003"
)

// desk is where accounts are made and closed: an office with a second person
// and a unit for new people.
type desk struct {
	office
	accounts *googleworkspace.Accounts
	config   googleworkspace.Config
	settings *gmail.UsersSettingsService // ada's own, past us; only where openMail made the desk
}

func openDesk(t *testing.T, o fakegoogle.Options, adjust ...func(*googleworkspace.Config)) desk {
	t.Helper()
	var config googleworkspace.Config
	at := open(t, o, append(adjust, func(c *googleworkspace.Config) { config = *c })...)
	at.google.AddUser(fakegoogle.User{ID: bobID, Email: bob, GivenName: "Bob", FamilyName: "Ross"})
	at.google.AddOrgUnit("/Staff/Engineering")
	return desk{at, googleworkspace.NewAccounts(at.Workspace), config, nil}
}

// fresh is the same Google for a process that just began and has no tokens.
func (d desk) fresh(t *testing.T, log *slog.Logger) desk {
	t.Helper()
	w, err := googleworkspace.Open(t.Context(), d.config, log)
	if err != nil {
		t.Fatal(err)
	}
	d.Workspace, d.accounts = w, googleworkspace.NewAccounts(w)
	return d
}

func (d desk) apply(t *testing.T, c provisioners.Change) provisioners.Result {
	t.Helper()
	r, err := d.accounts.Apply(t.Context(), c)
	if err != nil {
		t.Fatalf("Apply %s: %v", c.Target, err)
	}
	return r
}

func (d desk) look(t *testing.T, c provisioners.Change) provisioners.Observation {
	t.Helper()
	o, err := d.accounts.Read(t.Context(), c)
	if err != nil {
		t.Fatalf("Read %s: %v", c.Target, err)
	}
	return o
}

// user is the only account of an address.
func (d desk) user(t *testing.T, email string) fakegoogle.User {
	t.Helper()
	var found []fakegoogle.User
	for _, u := range d.google.Users() {
		if strings.EqualFold(u.Email, email) {
			found = append(found, u)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d accounts %s, want 1", len(found), email)
	}
	return found[0]
}

func (d desk) posts(path string) int {
	n := 0
	for _, r := range d.google.Requests() {
		if r.Method == "POST" && r.Path == path {
			n++
		}
	}
	return n
}

// surviving lets each call fail for as long as one Apply insists, before its
// effect and after it, and repeats Apply until it succeeds, as the engine does.
func surviving(t *testing.T, d desk, prepare func(t *testing.T) provisioners.Change, holds func(t *testing.T)) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	c, before := prepare(t), len(d.google.Requests())
	insistUntilDone(t, d.fresh(t, quiet), c)
	calls := len(d.google.Requests()) - before
	for _, applied := range []bool{false, true} {
		for skip := range calls {
			c, d := prepare(t), d.fresh(t, quiet)
			d.google.Fail(fakegoogle.Fault{Kind: fakegoogle.Unavailable, Applied: applied, Skip: skip, Count: 3})
			insistUntilDone(t, d, c)
			holds(t)
			if again := d.apply(t, c); again.Changed {
				t.Error("Apply changed something when all was done")
			}
			d.google.Heal()
			if t.Failed() {
				t.Fatalf("when call %d failed%s", skip+1, flavour(applied))
			}
		}
	}
}

func insistUntilDone(t *testing.T, d desk, c provisioners.Change) {
	t.Helper()
	var err error
	for range 5 {
		var r provisioners.Result
		if r, err = d.accounts.Apply(t.Context(), c); err == nil {
			if r.Seen.Present != c.Present {
				t.Fatalf("Apply saw present %t, want %t", r.Seen.Present, c.Present)
			}
			return
		}
		if _, permanent := errors.AsType[*provisioners.Permanent](err); permanent {
			break
		}
	}
	t.Fatalf("Apply: %v", err)
}
