package googleworkspace_test

import (
	"strings"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestWhoeverHasAnAddressIsFound(t *testing.T) {
	shift := time.Duration(0)
	d := openDesk(t, fakegoogle.Options{PageSize: 1, Now: func() time.Time { return time.Now().Add(shift) }})
	var last string
	for i := range 3 {
		shift = time.Duration(i) * time.Minute
		last = d.google.AddUser(fakegoogle.User{Email: "gone@acme.example", GivenName: "Gus", FamilyName: "Gone"}).ID
		if err := d.google.DeleteUser("gone@acme.example"); err != nil {
			t.Fatal(err)
		}
		d.google.AddUser(fakegoogle.User{Email: "other@acme.example"})
		if err := d.google.DeleteUser("other@acme.example"); err != nil {
			t.Fatal(err)
		}
	}
	for address, want := range map[string]struct {
		kind     provisioners.HolderKind
		id, name string
		asked    int
	}{
		" ADA@acme.example":        {provisioners.HolderUser, adaID, "Ada King", 1},
		"Countess@acme.example":    {provisioners.HolderAlias, adaID, "Ada King", 1},
		devs:                       {provisioners.HolderGroup, devsID, "Developers", 2},
		"engineers@acme.example":   {provisioners.HolderGroup, devsID, "Developers", 2},
		"gone@acme.example":        {provisioners.HolderDeleted, last, "Gus Gone", 3},
		"nobody-yet@acme.example ": {provisioners.HolderNobody, "", "", 3},
	} {
		got, err := d.accounts.Address(t.Context(), address)
		if err != nil {
			t.Errorf("Address(%q): %v", address, err)
			continue
		}
		if got.Kind != want.kind || got.ID != want.id || got.Name != want.name {
			t.Errorf("Address(%q) = %q %q %q, want %q %q %q", address, got.Kind, got.ID, got.Name, want.kind, want.id, want.name)
		}
		if asked := strings.Count(got.Seen.Query, "GET "); asked != want.asked || !got.Seen.Checked || got.Seen.At.IsZero() || got.Seen.Present != (want.id != "") {
			t.Errorf("Address(%q) saw %+v, want %d requests", address, got.Seen, want.asked)
		}
	}
	if h, err := d.accounts.Address(t.Context(), "gone@acme.example"); err != nil || h.Account.ID != last || h.Account.Email != "gone@acme.example" {
		t.Errorf("the deleted account is %+v, %v, want %s", h.Account, err, last)
	}
}

func TestAnAddressIsFreeOnlyAfterEveryReadSucceeded(t *testing.T) {
	for _, path := range []string{usersPath + "/*", "/admin/directory/v1/groups/*", usersPath} {
		d := openDesk(t, fakegoogle.Options{})
		d.google.Fail(fakegoogle.Fault{Method: "GET", Path: path, Kind: fakegoogle.Unavailable, Count: 3})
		if got, err := d.accounts.Address(t.Context(), grace); err == nil {
			t.Errorf("Address while %s fails = %+v, want an error", path, got)
		}
		if got, err := d.accounts.Address(t.Context(), grace); err != nil || got.Kind != provisioners.HolderNobody {
			t.Errorf("Address later = %+v, %v, want nobody", got, err)
		}
	}
}

func TestAnAddressOfAForeignDomainIsNotSaidToBeFree(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.Fail(fakegoogle.Fault{Method: "GET", Path: usersPath + "/*", Kind: fakegoogle.Forbidden})
	_, err := d.accounts.Address(t.Context(), "grace@elsewhere.example")
	wantPermanent(t, err, "The domain elsewhere.example is not one of this Google Workspace", "domain of the company")
	for _, bad := range []string{"", "grace", "@acme.example", "grace@"} {
		_, err := d.accounts.Address(t.Context(), bad)
		wantPermanent(t, err, "not an address", "whole address")
	}
}
