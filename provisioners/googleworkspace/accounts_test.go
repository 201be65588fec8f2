package googleworkspace_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

const usersPath = "/admin/directory/v1/users"

func TestEveryAccountOnEveryPageIsListed(t *testing.T) {
	o := open(t, fakegoogle.Options{PageSize: 3})
	for i := range 8 {
		o.google.AddUser(fakegoogle.User{Email: fmt.Sprintf("person%d@acme.example", i)})
	}
	accounts, reading, err := o.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(accounts) != 10 || reading.Rows != 10 || reading.Pages != 4 {
		t.Errorf("%d accounts, %d rows, %d pages, want 10, 10, 4", len(accounts), reading.Rows, reading.Pages)
	}
	if want := "GET /admin/directory/v1/users?customer=my_customer&maxResults=500&projection=full"; reading.Query != want {
		t.Errorf("query %q, want %q", reading.Query, want)
	}
}

func TestAnAccountCarriesManagerAliasesAndState(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	bob := o.google.AddUser(fakegoogle.User{
		Email: "Bob@acme.example", GivenName: "Bob", FamilyName: "Ross", ManagerEmail: "Ada@acme.example",
		Aliases: []string{"Robert@acme.example"}, Suspended: true, Archived: true, Admin: true, OrgUnit: "/Painters",
	})
	got, err := o.Account(t.Context(), "ROBERT@acme.example")
	if err != nil {
		t.Fatal(err)
	}
	want := provisioners.Account{
		ID: bob.ID, Email: "bob@acme.example", GivenName: "Bob", FamilyName: "Ross", ManagerEmail: ada,
		Aliases: []string{"robert@acme.example"}, Suspended: true, Archived: true, SuperAdmin: true, OrgUnit: "/Painters",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("Account (-got +want):\n%s", diff)
	}
	all, _, err := o.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all[len(all)-1], want); diff != "" {
		t.Errorf("last of Accounts (-got +want):\n%s", diff)
	}
}

func TestAFailedPageFailsTheWholeListing(t *testing.T) {
	o := open(t, fakegoogle.Options{PageSize: 1})
	o.google.Fail(fakegoogle.Fault{Path: usersPath, Kind: fakegoogle.Unavailable, Skip: 1, Count: -1})
	accounts, _, err := o.Accounts(t.Context())
	if err == nil || accounts != nil {
		t.Errorf("Accounts = %d accounts, %v, want none and an error", len(accounts), err)
	}
}

func TestAPageThatFailsOnceIsReadAgain(t *testing.T) {
	o := open(t, fakegoogle.Options{PageSize: 1})
	o.google.Fail(fakegoogle.Fault{Path: usersPath, Kind: fakegoogle.Unavailable, Skip: 1})
	if accounts, _, err := o.Accounts(t.Context()); len(accounts) != 2 || err != nil {
		t.Errorf("Accounts = %d accounts, %v, want 2", len(accounts), err)
	}
}

func TestAnUnknownAccountIsToldApartFromARefusal(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	_, err := o.Account(t.Context(), "nobody@acme.example")
	wantPermanent(t, err, "no account for nobody@acme.example", "Create the account")
	if !errors.Is(err, provisioners.ErrNoAccount) {
		t.Errorf("error %v, want ErrNoAccount", err)
	}
	o.google.Fail(fakegoogle.Fault{Path: usersPath + "/*", Kind: fakegoogle.Forbidden})
	if _, err = o.Account(t.Context(), ada); err == nil || errors.Is(err, provisioners.ErrNoAccount) {
		t.Errorf("refused: error %v, want one that is not ErrNoAccount", err)
	}
}

func TestAnAccountDeletedAMomentAgoIsNoAccount(t *testing.T) {
	o := open(t, fakegoogle.Options{DeletedSaysSo: true})
	if err := o.google.DeleteUser(ada); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Account(t.Context(), adaID); !errors.Is(err, provisioners.ErrNoAccount) {
		t.Errorf("error %v, want ErrNoAccount", err)
	}
}

func TestAnAccountSaysWhetherAnybodyEverSignedIn(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	for _, want := range []bool{false, true} {
		if got, err := o.Account(t.Context(), ada); err != nil || got.SignedIn != want {
			t.Errorf("signed in %t, %v, want %t", got.SignedIn, err, want)
		}
		if err := o.google.SignIn(ada); err != nil {
			t.Fatal(err)
		}
	}
}
