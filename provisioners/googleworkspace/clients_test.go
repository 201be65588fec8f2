package googleworkspace_test

import (
	"fmt"
	"slices"
	"testing"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestNoScopeIsMissingWhereAllAreDelegated(t *testing.T) {
	o := open(t, fakegoogle.Options{DelegatedScopes: slices.Concat(googleworkspace.Scopes, googleworkspace.AccountScopes)})
	if got, err := o.MissingScopes(t.Context()); len(got) != 0 || err != nil {
		t.Errorf("MissingScopes = %v, %v, want none", got, err)
	}
}

func TestAllAccountScopesCanBeMissingWhileGroupsWork(t *testing.T) {
	o := open(t, fakegoogle.Options{DelegatedScopes: googleworkspace.Scopes})
	got, err := o.MissingScopes(t.Context())
	if err != nil || !slices.Equal(got, googleworkspace.AccountScopes) {
		t.Errorf("MissingScopes = %v, %v, want all", got, err)
	}
	o.apply(t, change(true))
}

func TestAnotherRefusalOfATokenIsNoMissingScope(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	must(t, o.google.Suspend(admin))
	got, err := o.MissingScopes(t.Context())
	wantPermanent(t, err, "restricted the account "+admin, "suspension")
	if got != nil {
		t.Errorf("MissingScopes = %v", got)
	}
	must(t, o.google.DeleteUser(admin))
	_, err = o.MissingScopes(t.Context())
	wantPermanent(t, err, "deleted", "admin_subject")
}

func TestATokenWithOneScopeIsSignedThroughIAMToo(t *testing.T) {
	o, _ := openKeyless(t)
	if got, err := o.MissingScopes(t.Context()); len(got) != 0 || err != nil {
		t.Errorf("MissingScopes = %v, %v, want none", got, err)
	}
	accounts := googleworkspace.NewAccounts(o.Workspace)
	c := provisioners.Change{Target: provisioners.AccountSignIn, Person: provisioners.Person{Email: ada}}
	if got, err := accounts.Apply(t.Context(), c); err != nil || !got.Changed {
		t.Errorf("Apply = %+v, %v, want a change", got, err)
	}
}

func TestOneTokenOfAScopeServesManyCalls(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	for range 3 {
		e.end(t, e.change(provisioners.AccountSessions, u))
	}
	n := 0
	for _, r := range e.google.Requests() {
		if r.Path == "/token" {
			n++
		}
	}
	if n != 2 { // one with the scopes of reading, one to sign out
		t.Errorf("%d tokens were asked for, want 2", n)
	}
}

func TestARefusalToActAsTheOwnerOfAMailboxNamesTheOwner(t *testing.T) {
	for _, c := range []struct {
		kind         fakegoogle.Kind
		path         string
		reason, next string
	}{
		{fakegoogle.Disabled, "/gmail/v1/users/*/settings/*", "the Gmail API is switched off", "Switch on the Gmail API"},
		{fakegoogle.Forbidden, "/gmail/v1/users/*/settings/*", "not authorized", "Check that " + ada + " may use this service"},
		{fakegoogle.BadSubject, "/token", "does not accept the sign-in as " + ada, "Check that the account exists"},
		{fakegoogle.AccountLocked, "/token", "has restricted the account " + ada, "cannot be acted for"},
		{fakegoogle.NotDelegated, "/token", "the scope https://www.googleapis.com/auth/gmail.settings.", "A super administrator can add"},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			e := openExit(t, fakegoogle.Options{})
			_, err := e.Account(t.Context(), ada) // so that the token for reading is there
			must(t, err)
			e.google.Fail(fakegoogle.Fault{Path: c.path, Kind: c.kind, Count: -1})
			_, err = e.accounts.Apply(t.Context(), e.change(provisioners.AccountMail, fakegoogle.User{Email: ada, ID: adaID}))
			wantPermanent(t, err, c.reason, c.next)
		})
	}
}

func TestClientsForManyMailboxesAreNotKeptForEver(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	for i := range 80 {
		u := e.google.AddUser(fakegoogle.User{Email: fmt.Sprintf("p%d@acme.example", i)})
		_, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountMail, u))
		must(t, err)
	}
	if n := googleworkspace.Clients(e.Workspace); n > 64 {
		t.Errorf("%d clients are kept, want 64 at most", n)
	}
}
