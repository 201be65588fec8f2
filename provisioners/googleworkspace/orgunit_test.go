package googleworkspace_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// moving is that ada is with the engineers, and that colleagues find her.
func moving() provisioners.Change {
	return provisioners.Change{
		Key: "ON-0001/unit", Target: provisioners.AccountOrgUnit, Present: true,
		Person:  provisioners.Person{ID: "P-000001", Email: ada, AccountID: adaID},
		Details: provisioners.Details{OrgUnit: "/Staff/Engineering", Listed: true},
	}
}

func hidden(t *testing.T) (desk, provisioners.Change) {
	d := openDesk(t, fakegoogle.Options{})
	return d, d.hide(t)
}

// hide puts ada where moving does not find her.
func (d desk) hide(t *testing.T) provisioners.Change {
	unlisted := moving()
	unlisted.Details = provisioners.Details{OrgUnit: "/"}
	d.apply(t, unlisted)
	return moving()
}

func TestAnAccountIsMovedAndListed(t *testing.T) {
	d, c := hidden(t)
	if got := d.look(t, c); got.Present || got.Details["status"] != "not listed" {
		t.Errorf("before: %+v, want not there", got)
	}
	got := d.apply(t, c)
	if !got.Changed || !got.Seen.Present || got.Seen.Details["org_unit"] != "/Staff/Engineering" || got.Seen.Details["status"] != "listed" {
		t.Errorf("Apply = %+v, want it in its unit", got)
	}
	if u := d.user(t, ada); u.OrgUnit != "/Staff/Engineering" || u.Unlisted {
		t.Errorf("account %+v", u)
	}
	if again := d.apply(t, c); again.Changed {
		t.Error("the second Apply changed something")
	}
	c.Details.Listed = false
	if got := d.apply(t, c); !got.Changed || !d.user(t, ada).Unlisted {
		t.Errorf("Apply = %+v, want it listed no more", got)
	}
}

func TestMovingAnAccountSendsNothingElse(t *testing.T) {
	d, c := hidden(t)
	before := len(d.google.Requests())
	d.apply(t, c)
	for _, r := range d.google.Requests()[before:] {
		if r.Method == "PUT" && r.Body != `{"includeInGlobalAddressList":true,"orgUnitPath":"/Staff/Engineering"}`+"\n" {
			t.Errorf("body %s, want the unit and the listing only", r.Body)
		}
	}
}

func TestMovingAnAccountSurvivesAnyCallThatFails(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	surviving(t, d, d.hide, func(t *testing.T) {
		if u := d.user(t, ada); u.OrgUnit != "/Staff/Engineering" || u.Unlisted {
			t.Errorf("account %+v, want it in its unit", u)
		}
	})
}

func TestANewAccountThatGoogleStillSpreadsIsMovedLater(t *testing.T) {
	shift := time.Duration(0)
	d := openDesk(t, fakegoogle.Options{Now: func() time.Time { return time.Now().Add(shift) }})
	d.google.Lag(time.Minute)
	d.apply(t, joining())
	c := moving()
	c.Person = provisioners.Person{Email: grace, AccountID: d.user(t, grace).ID}
	_, err := d.accounts.Apply(t.Context(), c)
	if _, permanent := errors.AsType[*provisioners.Permanent](err); err == nil || permanent || !strings.Contains(err.Error(), "User creation is not complete") {
		t.Errorf("Apply at once: %v, want an error that can be repeated", err)
	}
	shift = 2 * time.Minute
	if got := d.apply(t, c); !got.Changed || !got.Seen.Present {
		t.Errorf("Apply later = %+v, want the change", got)
	}
}

func TestAUnitThatIsNoneIsNamed(t *testing.T) {
	d, c := hidden(t)
	c.Details.OrgUnit = "/Staff/Nowhere"
	got, err := d.accounts.Apply(t.Context(), c)
	wantPermanent(t, err, `no organizational unit "/Staff/Nowhere"`, "Create the unit")
	if got.Changed {
		t.Error("a refused move is said to have changed something")
	}
}

func TestAnAccountIsTakenOutOfNoUnit(t *testing.T) {
	d, c := hidden(t)
	c.Present = false
	_, err := d.accounts.Apply(t.Context(), c)
	wantPermanent(t, err, "always in some", "Name the unit")
}
