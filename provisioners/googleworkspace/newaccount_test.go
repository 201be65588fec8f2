package googleworkspace_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// joining is that grace has an account.
func joining() provisioners.Change {
	return provisioners.Change{
		Key: "ON-0001/account", Target: provisioners.AccountItself, Present: true,
		Person: provisioners.Person{ID: "P-000007", Email: grace},
		Details: provisioners.Details{
			GivenName: "Grace", FamilyName: "Hopper", ManagerEmail: ada, RecoveryEmail: "grace@home.example",
			OrgUnit: "/Staff/Engineering", Department: "Compilers", Employment: "Contractor",
		},
	}
}

func TestANewAccountIsMadeAsAskedAndShown(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	before := d.look(t, joining())
	if before.Present || before.Details["account"] != "not found" {
		t.Errorf("before: %+v, want no account", before)
	}
	got := d.apply(t, joining())
	u := d.user(t, grace)
	if !got.Changed || !got.Seen.Present || !got.Seen.Checked || got.Seen.Details["user_id"] != u.ID || got.Seen.Details["org_unit"] != "/Staff/Engineering" || got.Seen.Details["account"] != "active" {
		t.Errorf("Apply = %+v, want the account %s", got, u.ID)
	}
	if u.GivenName != "Grace" || u.FamilyName != "Hopper" || u.ManagerEmail != ada || u.RecoveryEmail != "grace@home.example" || !u.Unlisted ||
		len(u.Organizations) != 1 || u.Organizations[0] != (fakegoogle.Organization{Department: "Compilers", Description: "Contractor", Primary: true}) {
		t.Errorf("account %+v, want what was asked for", u)
	}
	if p, err := d.google.Password(grace); err != nil || p.SetAt.IsZero() || !p.MustChange {
		t.Errorf("password %+v, %v, want one to be changed", p, err)
	}
}

func TestAnAccountThatExistsIsLeftAsItIs(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.apply(t, joining())
	state := fmt.Sprint(d.google.Users())
	byID := joining()
	byID.Person.AccountID = d.user(t, grace).ID
	byID.Person.Email = "renamed@acme.example"
	for _, c := range []provisioners.Change{joining(), byID} {
		if got := d.apply(t, c); got.Changed || !got.Seen.Present {
			t.Errorf("Apply for %+v = %+v, want the account and no change", c.Person, got)
		}
	}
	if got := fmt.Sprint(d.google.Users()); got != state {
		t.Errorf("accounts %s, want %s", got, state)
	}
}

func TestANewAccountSurvivesAnyCallThatFails(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	surviving(t, d, func(t *testing.T) provisioners.Change {
		d.google.DeleteUser(grace) // which the first time is none
		return joining()
	}, func(t *testing.T) {
		if u := d.user(t, grace); u.FamilyName != "Hopper" {
			t.Errorf("account %+v", u)
		}
	})
}

func TestAnInsertWhoseAnswerIsLostIsNotSentAgain(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	for i, kind := range append([]fakegoogle.Kind{fakegoogle.Duplicate}, passing...) {
		c := joining()
		c.Person.Email = fmt.Sprintf("grace%d@acme.example", i)
		d.google.Fail(fakegoogle.Fault{Method: "POST", Path: usersPath, Kind: kind, Applied: true})
		if got := d.apply(t, c); !got.Changed || !got.Seen.Present {
			t.Errorf("%s: Apply = %+v, want a change that is seen", kind, got)
		}
		d.user(t, c.Person.Email)
		if n := d.posts(usersPath); n != i+1 {
			t.Errorf("%s: %d inserts, want 1", kind, n-i)
		}
	}
}

func TestADuplicateOfALostInsertThatReadsHideAtFirstIsOurs(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.Fail(fakegoogle.Fault{Method: "POST", Path: usersPath, Kind: fakegoogle.Unavailable, Applied: true})
	// Hidden at the first look and when we ask whether the insert took effect.
	d.google.Fail(fakegoogle.Fault{Method: "GET", Path: usersPath + "/*", Kind: fakegoogle.Flicker, Count: 2})
	if got := d.apply(t, joining()); !got.Changed || !got.Seen.Present {
		t.Errorf("Apply = %+v, want a change that is seen", got)
	}
	d.user(t, grace)
}

func TestANewAccountIsReadWhileGoogleStillSpreadsIt(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.Lag(time.Hour)
	if got := d.apply(t, joining()); !got.Changed || !got.Seen.Present {
		t.Errorf("Apply = %+v, want the account", got)
	}
	known := joining()
	known.Person.AccountID = d.user(t, grace).ID
	d.google.Fail(fakegoogle.Fault{Method: "GET", Path: usersPath + "/*", Kind: fakegoogle.Flicker, Count: 2})
	if got := d.apply(t, known); got.Changed || !got.Seen.Present {
		t.Errorf("Apply while the account comes and goes = %+v, want it and no change", got)
	}
	if n := d.posts(usersPath); n != 1 {
		t.Errorf("%d inserts, want 1", n)
	}
}

func TestAnAddressOfSomebodyElseMakesNoAccount(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(d desk)
		reason  string
	}{
		"alias": {func(d desk) {
			d.google.AddUser(fakegoogle.User{Email: "g.h@acme.example", Aliases: []string{grace}})
		}, "a further address of the account g.h@acme.example"},
		"group": {func(d desk) {
			d.google.AddGroup(fakegoogle.Group{Email: "people@acme.example", Aliases: []string{grace}})
		}, "an address of the group people@acme.example"},
		"account that appeared meanwhile": {func(d desk) {
			d.google.AddUser(fakegoogle.User{Email: grace, GivenName: "Grace", FamilyName: "Kelly"})
			d.google.Fail(fakegoogle.Fault{Method: "GET", Path: usersPath + "/*", Kind: fakegoogle.Flicker})
		}, "somebody else's account"},
		"account in use that appeared meanwhile": {func(d desk) {
			d.google.AddUser(fakegoogle.User{Email: grace, GivenName: "Grace", FamilyName: "Hopper"})
			if err := d.google.SignIn(grace); err != nil {
				panic(err)
			}
			d.google.Fail(fakegoogle.Fault{Method: "GET", Path: usersPath + "/*", Kind: fakegoogle.Flicker})
		}, "somebody else's account"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t, fakegoogle.Options{})
			c.prepare(d)
			state := fmt.Sprint(d.google.Users())
			got, err := d.accounts.Apply(t.Context(), joining())
			wantPermanent(t, err, c.reason, "another address")
			if got.Changed || fmt.Sprint(d.google.Users()) != state {
				t.Errorf("Apply = %+v, accounts %v, want no change", got, d.google.Users())
			}
		})
	}
}

func TestAnAddressThatIsTakenByNobodyYetIsTriedLater(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.Fail(fakegoogle.Fault{Method: "POST", Path: usersPath, Kind: fakegoogle.Duplicate})
	_, err := d.accounts.Apply(t.Context(), joining())
	if _, permanent := errors.AsType[*provisioners.Permanent](err); err == nil || permanent {
		t.Errorf("Apply: %v, want an error that can be repeated", err)
	}
	if got := d.apply(t, joining()); !got.Changed {
		t.Error("Apply changed nothing later")
	}
}

func TestAPersonalAccountOfTheAddressIsAskedToMoveAndNothingMade(t *testing.T) {
	for _, kind := range []fakegoogle.Kind{"", fakegoogle.Unavailable} {
		d := openDesk(t, fakegoogle.Options{})
		d.google.AddUnmanaged(grace)
		if kind != "" {
			d.google.Fail(fakegoogle.Fault{Method: "POST", Path: usersPath, Kind: kind, Applied: true})
		}
		got, err := d.accounts.Apply(t.Context(), joining())
		wantPermanent(t, err, "personal Google account under "+grace, "another address")
		if invited := d.google.Invited(); got.Changed || got.Seen.Present || len(invited) != 1 || len(d.google.Users()) != 3 {
			t.Errorf("Apply = %+v, invited %v, %d accounts, want an invitation only", got, invited, len(d.google.Users()))
		}
	}
}

func TestWhatGoogleDoesNotTakeOfANewAccountIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		spoil        func(*provisioners.Details)
		reason, next string
	}{
		"unit":     {func(d *provisioners.Details) { d.OrgUnit = "/Nowhere" }, `no organizational unit "/Nowhere"`, "Create the unit"},
		"name":     {func(d *provisioners.Details) { d.FamilyName = strings.Repeat("x", 61) }, "first and a last name", "Correct the name"},
		"recovery": {func(d *provisioners.Details) { d.RecoveryEmail = "home" }, "personal address", "Correct the personal address"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t, fakegoogle.Options{})
			change := joining()
			c.spoil(&change.Details)
			_, err := d.accounts.Apply(t.Context(), change)
			wantPermanent(t, err, c.reason, c.next)
			if len(d.google.Users()) != 3 {
				t.Errorf("%d accounts, want 3", len(d.google.Users()))
			}
		})
	}
}

func TestAnAddressOfAForeignDomainIsSaidToBeOne(t *testing.T) {
	refusal := `{"error":{"code":400,"message":"Domain not found.","errors":[{"message":"Domain not found.","domain":"global","reason":"invalid"}]}}`
	d := openDesk(t, fakegoogle.Options{}, func(c *googleworkspace.Config) {
		real := c.Transport
		c.Transport = roundTrips(func(r *http.Request) (*http.Response, error) {
			if r.Method != "POST" || r.URL.Path != usersPath {
				return real.RoundTrip(r)
			}
			return &http.Response{StatusCode: 400, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(refusal)), Request: r}, nil
		})
	})
	_, err := d.accounts.Apply(t.Context(), joining())
	wantPermanent(t, err, "The domain acme.example is not one of this Google Workspace", "domain of the company")
}

type roundTrips func(*http.Request) (*http.Response, error)

func (f roundTrips) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAClosedAccountIsNeitherReopenedNorMadeAgain(t *testing.T) {
	for name, u := range map[string]fakegoogle.User{"suspended": {Suspended: true}, "archived": {Archived: true}} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t, fakegoogle.Options{})
			u.Email = grace
			u = d.google.AddUser(u)
			_, err := d.accounts.Apply(t.Context(), joining())
			wantPermanent(t, err, "Nothing re-arms an account by itself", "Admin console")
			if got := d.user(t, grace); got.ID != u.ID || got.Suspended != u.Suspended || got.Archived != u.Archived {
				t.Errorf("account %+v, want it as it was", got)
			}
			if seen := d.look(t, joining()); seen.Present || seen.Details["account"] != name {
				t.Errorf("Read = %+v, want it absent and %s", seen, name)
			}
		})
	}
}

func TestAnAccountThatWasMadeAndIsGoneIsNotMadeAgain(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.apply(t, joining())
	known := joining()
	known.Person.AccountID = d.user(t, grace).ID
	if err := d.google.DeleteUser(grace); err != nil {
		t.Fatal(err)
	}
	_, err := d.accounts.Apply(t.Context(), known)
	wantPermanent(t, err, "no longer has the account", "Restore")
	if !errors.Is(err, provisioners.ErrNoAccount) {
		t.Errorf("cause %v, want ErrNoAccount", err)
	}
}

func TestAnAccountIsNotDeleted(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.apply(t, joining())
	c := joining()
	c.Present = false
	_, err := d.accounts.Apply(t.Context(), c)
	wantPermanent(t, err, "does not delete", "Admin console")
	d.user(t, grace)
}

func TestANewAccountThatIsThrottledWaitsAsLongAsGoogleAsks(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.Fail(fakegoogle.Fault{Method: "POST", Path: usersPath, Kind: fakegoogle.Quota, RetryAfter: time.Minute})
	got, err := d.accounts.Apply(t.Context(), joining())
	throttled, ok := errors.AsType[*provisioners.Throttled](err)
	if !ok || throttled.After != time.Minute || got.Changed {
		t.Errorf("Apply = changed %t, %v, want *Throttled for a minute and no change", got.Changed, err)
	}
}

func TestAThrowAwayPasswordIsNeverTheSame(t *testing.T) {
	var bodies [][]byte
	for range 2 {
		d := openDesk(t, fakegoogle.Options{}, func(c *googleworkspace.Config) {
			real := c.Transport
			c.Transport = roundTrips(func(r *http.Request) (*http.Response, error) {
				if r.Method == "POST" && r.URL.Path == usersPath {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						return nil, err
					}
					bodies = append(bodies, body)
					r.Body = io.NopCloser(bytes.NewReader(body))
				}
				return real.RoundTrip(r)
			})
		})
		d.apply(t, joining())
	}
	if len(bodies) != 2 || bytes.Equal(bodies[0], bodies[1]) {
		t.Errorf("bodies %d, want two that differ", len(bodies))
	}
}
