package googleworkspace_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// must fails the test at the first error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// exit is an office from which people leave.
type exit struct {
	office
	accounts *googleworkspace.Accounts
	heir     provisioners.Person
}

func openExit(t *testing.T, options fakegoogle.Options, adjust ...func(*googleworkspace.Config)) exit {
	t.Helper()
	o := open(t, options, adjust...)
	heir := o.google.AddUser(fakegoogle.User{Email: "heir@acme.example", GivenName: "Bob", FamilyName: "Ross"})
	return exit{o, googleworkspace.NewAccounts(o.Workspace), provisioners.Person{ID: "P-000009", Email: heir.Email}}
}

// leaver makes somebody who has all that an account can have: one group of
// which nobody else is owner, one with an owner besides.
func (e exit) leaver(t *testing.T, name string) fakegoogle.User {
	t.Helper()
	g := e.google
	u := g.AddUser(fakegoogle.User{
		Email: name + "@acme.example", GivenName: "Lea", FamilyName: "Ver", Aliases: []string{name + ".old@acme.example"},
		Admin: true, RecoveryEmail: name + "@home.example", RecoveryPhone: "+16506661212",
	})
	for _, group := range []string{"own", "shared", "plain"} {
		g.AddGroup(fakegoogle.Group{Email: name + "-" + group + "@acme.example"})
	}
	must(t,
		g.SignIn(u.ID), g.AssignRole(u.ID), g.SetTwoStep(u.ID, fakegoogle.TwoStep{Enrolled: true}),
		g.Grant(u.ID, fakegoogle.Token{ClientID: "42.apps.example", Name: "Mail merge", Scopes: []string{"https://mail.google.com/"}}),
		g.Grant(u.ID, fakegoogle.Token{ClientID: "42.apps.example", Name: "Mail merge", Scopes: []string{"openid"}}),
		g.Grant(u.ID, fakegoogle.Token{ClientID: "43.apps.example", Name: "Notes"}),
		g.AddMember(name+"-own@acme.example", u.ID, "OWNER"), g.AddMember(name+"-plain@acme.example", u.ID, ""),
		g.AddMember(name+"-shared@acme.example", u.ID, "OWNER"), g.AddMember(name+"-shared@acme.example", ada, "OWNER"),
	)
	for _, program := range []string{"Old mail", "Older mail"} {
		_, err := g.AddAppPassword(u.ID, program)
		must(t, err)
	}
	return u
}

func (e exit) change(target string, u fakegoogle.User) provisioners.Change {
	return provisioners.Change{
		Key: "S-000001", Target: target, Person: provisioners.Person{ID: "P-000002", Email: u.Email, AccountID: u.ID},
		Details: provisioners.Details{NewOwner: e.heir},
	}
}

// end applies a change and fails the test where that or a read says that
// something is left.
func (e exit) end(t *testing.T, c provisioners.Change) provisioners.Result {
	t.Helper()
	got, err := e.accounts.Apply(t.Context(), c)
	must(t, err)
	read, err := e.accounts.Read(t.Context(), c)
	must(t, err)
	if got.Seen.Present || read.Present || !got.Seen.Checked || !read.Checked {
		t.Errorf("%s: Apply saw %+v, Read %+v, want nothing left", c.Target, got.Seen, read)
	}
	return got
}

// userOf is an account as the fake keeps it.
func (e exit) userOf(t *testing.T, id string) fakegoogle.User {
	t.Helper()
	for _, u := range e.google.Users() {
		if u.ID == id {
			return u
		}
	}
	t.Fatalf("no account %s", id)
	return fakegoogle.User{}
}

// groupsWith lists the groups in which an account is, with its role.
func (e exit) groupsWith(t *testing.T, id string) []string {
	t.Helper()
	var out []string
	for _, g := range e.google.Groups() {
		members, err := e.google.Members(g.ID)
		must(t, err)
		for _, m := range members {
			if m.ID == id {
				out = append(out, g.Email+" "+m.Role)
			}
		}
	}
	return out
}

// ends are the targets that are taken away, with what the fake then still has.
var ends = []struct {
	target string
	blind  bool // nobody can see whether it held before
	left   func(*testing.T, exit, fakegoogle.User) any
}{
	{provisioners.AccountPassword, true, func(t *testing.T, e exit, u fakegoogle.User) any {
		p, err := e.google.Password(u.ID)
		must(t, err)
		return p.SetAt.IsZero() || p.MustChange
	}},
	{provisioners.AccountRecovery, false, func(t *testing.T, e exit, u fakegoogle.User) any {
		now := e.userOf(t, u.ID)
		return now.RecoveryEmail + now.RecoveryPhone
	}},
	{provisioners.AccountAdmin, false, func(t *testing.T, e exit, u fakegoogle.User) any {
		n := 0
		for _, r := range e.google.RoleAssignments() {
			if r.Holder == u.Email {
				n++
			}
		}
		return fmt.Sprint(n, e.userOf(t, u.ID).Admin)
	}},
	{provisioners.AccountSessions, true, func(t *testing.T, e exit, u fakegoogle.User) any {
		s, err := e.google.Session(u.ID)
		must(t, err)
		return s.Open || s.SignedOut.IsZero()
	}},
	{provisioners.AccountTokens, false, func(t *testing.T, e exit, u fakegoogle.User) any {
		tokens, err := e.google.Tokens(u.ID)
		must(t, err)
		return len(tokens)
	}},
	{provisioners.AccountAppKeys, false, func(t *testing.T, e exit, u fakegoogle.User) any {
		keys, err := e.google.AppPasswords(u.ID)
		must(t, err)
		return len(keys)
	}},
	{provisioners.AccountBackup, false, func(t *testing.T, e exit, u fakegoogle.User) any {
		_, codes, err := e.google.TwoStep(u.ID)
		must(t, err)
		return codes
	}},
	{provisioners.AccountOwnership, false, func(t *testing.T, e exit, u fakegoogle.User) any {
		members, err := e.google.Members(strings.Replace(u.Email, "@", "-own@", 1))
		must(t, err)
		for _, m := range members {
			if m.Email == e.heir.Email && m.Role == "OWNER" {
				return 0
			}
		}
		return 1
	}},
	{provisioners.AccountGroups, false, func(t *testing.T, e exit, u fakegoogle.User) any { return len(e.groupsWith(t, u.ID)) }},
	{provisioners.AccountSignIn, false, func(t *testing.T, e exit, u fakegoogle.User) any { return !e.userOf(t, u.ID).Suspended }},
}

// nothing is what is left where nothing is.
func nothing(left any) bool {
	switch fmt.Sprint(left) {
	case "", "0", "false", "0 false":
		return true
	}
	return false
}

func TestWhatALeaverHasIsTakenAwayOnceAndReadBack(t *testing.T) {
	e := openExit(t, fakegoogle.Options{PageSize: 1})
	u := e.leaver(t, "leaver")
	for _, c := range ends {
		if nothing(c.left(t, e, u)) {
			t.Errorf("%s: nothing is there to take away", c.target)
		}
		change := e.change(c.target, u)
		if got := e.end(t, change); !got.Changed || got.Seen.Details["account"] == "" || got.Seen.Query == "" || got.Seen.At.IsZero() {
			t.Errorf("%s: Apply = %+v, want a change and its evidence", c.target, got)
		}
		if left := c.left(t, e, u); !nothing(left) {
			t.Errorf("%s: left %v", c.target, left)
		}
		if got := e.end(t, change); got.Changed != c.blind {
			t.Errorf("%s again: changed %t, want %t", c.target, got.Changed, c.blind)
		}
		if left := c.left(t, e, u); !nothing(left) {
			t.Errorf("%s again: left %v", c.target, left)
		}
	}
	if got, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountAnything, u)); err != nil || got.Present {
		t.Errorf("anything left: %+v, %v", got, err)
	}
}

func TestEachCallMayFailBeforeOrAfterItsEffectAndARepeatEndsIt(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	n := 0
	for _, c := range ends {
		for _, applied := range []bool{false, true} {
			for skip, met := 0, true; met; skip++ {
				n++
				u := e.leaver(t, fmt.Sprintf("leaver%d", n))
				e.google.Fail(fakegoogle.Fault{Kind: fakegoogle.Unavailable, Applied: applied, Skip: skip, Count: 3})
				_, err := e.accounts.Apply(t.Context(), e.change(c.target, u))
				met = err != nil
				e.google.Heal()
				if _, permanent := errors.AsType[*provisioners.Permanent](err); permanent {
					t.Errorf("%s, call %d%s: %v is permanent", c.target, skip, flavour(applied), err)
				}
				e.end(t, e.change(c.target, u))
				if left := c.left(t, e, u); !nothing(left) {
					t.Errorf("%s, call %d%s: left %v", c.target, skip, flavour(applied), left)
				}
				if !met && skip < 2 {
					t.Errorf("%s has only %d calls", c.target, skip)
				}
			}
		}
	}
}

func TestALostAnswerIsSaidToHaveMaybeChangedSomething(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	for i, method := range []string{"PUT", "POST", "DELETE", "PATCH"} {
		u := e.leaver(t, fmt.Sprintf("leaver%d", i))
		must(t, e.google.AddMember(strings.Replace(u.Email, "@", "-own@", 1), e.heir.Email, ""))
		target := []string{provisioners.AccountRecovery, provisioners.AccountAdmin, provisioners.AccountTokens, provisioners.AccountOwnership}[i]
		e.google.Fail(fakegoogle.Fault{Method: method, Kind: fakegoogle.Unavailable, Count: 3})
		got, err := e.accounts.Apply(t.Context(), e.change(target, u))
		if err == nil || !got.Changed {
			t.Errorf("%s: Apply = changed %t, %v, want a possible change and an error", target, got.Changed, err)
		}
	}
	u := e.leaver(t, "leaver")
	e.google.Fail(fakegoogle.Fault{Method: "GET", Kind: fakegoogle.Unavailable, Skip: 1, Count: 3})
	if got, err := e.accounts.Apply(t.Context(), e.change(provisioners.AccountTokens, u)); err == nil || got.Changed {
		t.Errorf("a failed read: Apply = changed %t, %v, want no change and an error", got.Changed, err)
	}
}

func TestALostAnswerThatDidItsWorkCountsAsOurChange(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	for i, target := range []string{provisioners.AccountTokens, provisioners.AccountAppKeys, provisioners.AccountGroups} {
		u := e.google.AddUser(fakegoogle.User{Email: fmt.Sprintf("leaver%d@acme.example", i)})
		_, err := e.google.AddAppPassword(u.ID, "Old mail")
		must(t, err, e.google.AddMember(devs, u.ID, ""), e.google.Grant(u.ID, fakegoogle.Token{ClientID: "42.apps.example"}))
		e.google.Fail(fakegoogle.Fault{Method: "DELETE", Kind: fakegoogle.Unavailable, Applied: true})
		if got := e.end(t, e.change(target, u)); !got.Changed {
			t.Errorf("%s: Apply says that nothing was there", target)
		}
	}
}

func TestWhatIsStillShownIsAnErrorNotSuccess(t *testing.T) {
	var e exit
	var u fakegoogle.User
	stubborn := through(func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		resp, err := base.RoundTrip(r)
		if r.Method == "DELETE" {
			err = errors.Join(err, e.google.Grant(u.ID, fakegoogle.Token{ClientID: "44.apps.example"}))
		}
		return resp, err
	})
	e = openExit(t, fakegoogle.Options{}, stubborn.config)
	u = e.leaver(t, "leaver")
	got, err := e.accounts.Apply(t.Context(), e.change(provisioners.AccountTokens, u))
	if _, permanent := errors.AsType[*provisioners.Permanent](err); err == nil || permanent || !got.Changed || !got.Seen.Present {
		t.Errorf("Apply = %+v, %v, want a change, still seen, and an error", got, err)
	}
}

func TestAnAccountThatGoesMeanwhileHasNothingLeft(t *testing.T) {
	var e exit
	var u fakegoogle.User
	race := through(func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.Method == "DELETE" && strings.Contains(r.URL.Path, "/tokens/42") {
			if err := e.google.DeleteUser(u.ID); err != nil {
				return nil, err
			}
		}
		return base.RoundTrip(r)
	})
	e = openExit(t, fakegoogle.Options{}, race.config)
	u = e.leaver(t, "leaver")
	if got := e.end(t, e.change(provisioners.AccountTokens, u)); got.Seen.Details["account"] != "not found" {
		t.Errorf("Apply = %+v, want account not found", got)
	}
}

func TestAThrottleIsHandedOnWithItsPatience(t *testing.T) {
	for _, c := range ends {
		e := openExit(t, fakegoogle.Options{})
		u := e.leaver(t, "leaver")
		e.google.Fail(fakegoogle.Fault{Kind: fakegoogle.TooMany, Skip: 2, RetryAfter: time.Minute})
		_, err := e.accounts.Apply(t.Context(), e.change(c.target, u))
		if throttled, ok := errors.AsType[*provisioners.Throttled](err); !ok || throttled.After != time.Minute {
			t.Errorf("%s: %v, want *Throttled for a minute", c.target, err)
		}
	}
}

func TestAnAccountThatIsGoneHasNothingLeft(t *testing.T) {
	e := openExit(t, fakegoogle.Options{DeletedSaysSo: true})
	u := e.leaver(t, "leaver")
	must(t, e.google.DeleteUser(u.ID))
	for _, c := range ends {
		got := e.end(t, e.change(c.target, u))
		if got.Changed || got.Seen.Details["account"] != "not found" {
			t.Errorf("%s: Apply = %+v, want unchanged, account not found", c.target, got)
		}
		change := e.change(c.target, u)
		change.Present = true
		if _, err := e.accounts.Apply(t.Context(), change); !errors.Is(err, provisioners.ErrNoAccount) {
			t.Errorf("%s to be given: %v, want ErrNoAccount", c.target, err)
		}
	}
	for _, target := range []string{provisioners.AccountSnapshot, provisioners.AccountAnything} {
		if got, err := e.accounts.Read(t.Context(), e.change(target, u)); err != nil || got.Present || got.Details["account"] != "not found" {
			t.Errorf("%s: %+v, %v, want not found", target, got, err)
		}
	}
}

func TestAnAccountThatOneServerDoesNotKnowIsNotTakenForGone(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	e.google.Fail(fakegoogle.Fault{Method: "GET", Path: usersPath + "/" + u.ID, Kind: fakegoogle.Flicker, Count: 2})
	if got := e.end(t, e.change(provisioners.AccountSignIn, u)); !got.Changed || !e.userOf(t, u.ID).Suspended {
		t.Errorf("Apply = %+v, want the account suspended", got)
	}
}
