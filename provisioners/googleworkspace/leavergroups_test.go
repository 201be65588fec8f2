package googleworkspace_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestTheNewOwnerOwnsWhatTheLeaverAloneOwnedAndTheLeaverStays(t *testing.T) {
	for name, prepare := range map[string]func(exit) error{
		"a stranger":     func(exit) error { return nil },
		"a member":       func(e exit) error { return e.google.AddMember("leaver-own@acme.example", e.heir.Email, "") },
		"a manager":      func(e exit) error { return e.google.AddMember("leaver-own@acme.example", e.heir.Email, "MANAGER") },
		"a pending one":  func(e exit) error { return e.google.AddPending("leaver-own@acme.example", e.heir.Email) },
		"besides groups": func(e exit) error { return e.google.AddMember("leaver-own@acme.example", devs, "") },
	} {
		t.Run(name, func(t *testing.T) {
			e := openExit(t, fakegoogle.Options{PageSize: 1})
			u := e.leaver(t, "leaver")
			must(t, prepare(e))
			got := e.end(t, e.change(provisioners.AccountOwnership, u))
			if d := got.Seen.Details; !got.Changed || d["groups"] != "leaver-own@acme.example" || d["new_owner"] != e.heir.Email || d["count"] != "1" {
				t.Errorf("Apply = %+v, want one group given", got)
			}
			if got := e.groupsWith(t, e.userOf(t, u.ID).ID); len(got) != 3 || got[0] != "leaver-own@acme.example OWNER" {
				t.Errorf("the leaver's groups are %v, want all three as before", got)
			}
			heir, err := e.Account(t.Context(), e.heir.Email)
			must(t, err)
			if got := e.groupsWith(t, heir.ID); len(got) != 1 || got[0] != "leaver-own@acme.example OWNER" {
				t.Errorf("the new owner's groups are %v, want the one that had no other owner", got)
			}
		})
	}
}

func TestASuspendedOwnerDoesNotCount(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	must(t, e.google.Suspend(ada))
	c := e.change(provisioners.AccountOwnership, u)
	got, err := e.accounts.Read(t.Context(), c)
	if want := "leaver-own@acme.example\nleaver-shared@acme.example"; err != nil || !got.Present || got.Details["groups_without_owner"] != want {
		t.Errorf("Read = %+v, %v, want %q present", got, err, want)
	}
}

// rewritten changes the answers to some reads, for what the fake never says.
func rewritten(part, old, new string) through {
	return func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		resp, err := base.RoundTrip(r)
		if err != nil || r.Method != "GET" || !strings.Contains(r.URL.String(), part) {
			return resp, err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		body = bytes.ReplaceAll(body, []byte(old), []byte(new))
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return resp, err
	}
}

func TestAnOwnerWhoIsNoPersonDoesNotCount(t *testing.T) {
	e := openExit(t, fakegoogle.Options{}, rewritten("roles=OWNER", `"type":"USER"`, `"type":"CUSTOMER"`).config)
	u := e.leaver(t, "leaver")
	got, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountOwnership, u))
	if err != nil || got.Details["count"] != "2" {
		t.Errorf("Read = %+v, %v, want two groups without an owner", got, err)
	}
}

func TestADelegatedAdministratorByItsFlagAloneIsOneUnlessAGroupExplainsIt(t *testing.T) {
	e := openExit(t, fakegoogle.Options{}, rewritten("/users/", `"isDelegatedAdmin":false`, `"isDelegatedAdmin":true`).config)
	u := e.google.AddUser(fakegoogle.User{Email: "leaver@acme.example"})
	c := e.change(provisioners.AccountAdmin, u)
	if got, err := e.accounts.Apply(t.Context(), c); err == nil || got.Changed {
		t.Errorf("Apply = %+v, %v, want no change and an error", got, err)
	}
	must(t, e.google.AddMember(devs, u.ID, ""), e.google.AssignRole(devs))
	e.end(t, c)
}

func TestAGroupThatOneServerDoesNotKnowIsAskedAgain(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	for _, target := range []string{provisioners.AccountGroups, provisioners.AccountOwnership} {
		for _, path := range []string{membersPath, memberPath} {
			e.google.Heal()
			e.google.Fail(fakegoogle.Fault{Method: "GET", Path: path, Kind: fakegoogle.Flicker, Count: 2})
			got, err := e.accounts.Read(t.Context(), e.change(target, u))
			if want := map[string]string{provisioners.AccountGroups: "3", provisioners.AccountOwnership: "1"}[target]; err != nil || got.Details["count"] != want {
				t.Errorf("%s, %s: Read = %+v, %v, want %s groups", target, path, got, err, want)
			}
		}
	}
}

func TestWithoutANewOwnerGroupsAreOnlyTold(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	c := e.change(provisioners.AccountOwnership, e.leaver(t, "leaver"))
	c.Details.NewOwner = provisioners.Person{}
	before := len(e.google.Log())
	got := e.end(t, c)
	if got.Changed || got.Seen.Details["groups_without_owner"] != "leaver-own@acme.example" || got.Seen.Details["count"] != "1" {
		t.Errorf("Apply = %+v, want the group told and nothing changed", got)
	}
	if after := e.google.Log(); len(after) != before {
		t.Errorf("changed: %v", after[before:])
	}
}

func TestANewOwnerWhoCannotOwnIsRefused(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	e.google.AddUser(fakegoogle.User{Email: "asleep@acme.example", Suspended: true})
	e.google.AddUser(fakegoogle.User{Email: "old@acme.example", Archived: true})
	for email, reason := range map[string]string{
		"nobody@acme.example": "no account for the new owner", u.Email: "is the leaver", "leaver.old@acme.example": "is the leaver",
		"asleep@acme.example": "no active account", "old@acme.example": "no active account", admin: "Countersign acts",
	} {
		c := e.change(provisioners.AccountOwnership, u)
		c.Details.NewOwner = provisioners.Person{Email: email}
		got, err := e.accounts.Apply(t.Context(), c)
		wantPermanent(t, err, reason, "ew owner")
		if got.Changed {
			t.Errorf("%s: a change is told", email)
		}
	}
}

func TestAGroupWithAdministratorRolesGetsNoOwnerAndTheOthersDo(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	must(t, e.google.AssignRole("leaver-own@acme.example"), e.google.Suspend(ada)) // so that two groups have no other owner
	got, err := e.accounts.Apply(t.Context(), e.change(provisioners.AccountOwnership, u))
	wantPermanent(t, err, "leaver-own@acme.example carries administrator roles", "")
	heir, findErr := e.Account(t.Context(), e.heir.Email)
	must(t, findErr)
	if in := e.groupsWith(t, heir.ID); !got.Changed || len(in) != 1 || in[0] != "leaver-shared@acme.example OWNER" {
		t.Errorf("Apply = changed %t, the new owner is in %v, want the other group", got.Changed, in)
	}
}

func TestEveryDirectMembershipEndsByIdsAndNoOther(t *testing.T) {
	e := openExit(t, fakegoogle.Options{PageSize: 1})
	u := e.leaver(t, "leaver")
	must(t, e.google.AddMember(devs, "leaver-plain@acme.example", "")) // through which the leaver is in devs, too
	got := e.end(t, e.change(provisioners.AccountGroups, u))
	if want := "leaver-own@acme.example\nleaver-plain@acme.example\nleaver-shared@acme.example"; got.Seen.Details["groups"] != want || got.Seen.Details["count"] != "3" {
		t.Errorf("removed %v, want %q", got.Seen.Details, want)
	}
	deletes := e.sent("DELETE")
	if len(deletes) != 3 {
		t.Errorf("%d deletes, want 3", len(deletes))
	}
	for _, r := range deletes {
		if !strings.HasSuffix(r.Path, "/members/"+u.ID) || strings.Contains(r.Path, "@") {
			t.Errorf("deleted at %s, want ids only", r.Path)
		}
	}
	if got := e.members(t); len(got) != 1 || got[0].Type != "GROUP" {
		t.Errorf("members of another group are %v, want them untouched", got)
	}
}

func TestAGroupThatGoogleRefusesDoesNotKeepTheOthers(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	e.google.Fail(fakegoogle.Fault{Method: "DELETE", Path: memberPath, Kind: fakegoogle.Forbidden})
	got, err := e.accounts.Apply(t.Context(), e.change(provisioners.AccountGroups, u))
	wantPermanent(t, err, "remove leaver@acme.example from leaver-own@acme.example", "administrator")
	if left := e.groupsWith(t, u.ID); !got.Changed || !slices.Equal(left, []string{"leaver-own@acme.example OWNER"}) {
		t.Errorf("Apply = changed %t, left %v, want only the group that was refused", got.Changed, left)
	}
}

func TestMembershipsThatComeAndGoAreNotTakenForEnded(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	e.google.Lag(time.Hour)
	u := e.google.AddUser(fakegoogle.User{Email: "leaver@acme.example"})
	must(t, e.google.AddMember(devs, u.ID, ""))
	e.end(t, e.change(provisioners.AccountGroups, u))
	if left := e.groupsWith(t, u.ID); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestAListingThatIsBehindIsHeldAgainstEachGroup(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	e.google.Fail(fakegoogle.Fault{Method: "GET", Path: memberPath, Kind: fakegoogle.Flicker, Count: -1})
	got, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountGroups, u))
	if err != nil || got.Present || got.Details["count"] != "0" {
		t.Errorf("Read = %+v, %v, want the groups that deny it left out", got, err)
	}
}

func TestRolesOfTheAccountEndAndThoseThroughGroupsAreCounted(t *testing.T) {
	e := openExit(t, fakegoogle.Options{PageSize: 1})
	u := e.leaver(t, "leaver")
	must(t, e.google.AssignRole(u.ID), e.google.AssignRole("leaver-plain@acme.example"))
	got := e.end(t, e.change(provisioners.AccountAdmin, u))
	if d := got.Seen.Details; d["super_admin"] != "false" || d["count"] != "0" || d["roles_through_groups"] != "1" {
		t.Errorf("details %v, want one role through a group", d)
	}
	left, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountAnything, u))
	if err != nil || !left.Present || left.Details["admin_roles"] != "1" {
		t.Errorf("anything = %+v, %v, want the role through the group", left, err)
	}
}

func TestWhoIsNoAdministratorCausesOnlyReads(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.google.AddUser(fakegoogle.User{Email: "plain@acme.example"})
	if got := e.end(t, e.change(provisioners.AccountAdmin, u)); got.Changed {
		t.Error("a change is told")
	}
	for _, r := range e.google.Requests() {
		if r.Method != "GET" && r.Path != "/token" {
			t.Errorf("sent %s %s", r.Method, r.Path)
		}
	}
}

func TestAFailureThatMayPassEndsTheRoundAtOnce(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	e.google.Fail(fakegoogle.Fault{Method: "DELETE", Path: memberPath, Kind: fakegoogle.Unavailable, Count: 3})
	_, err := e.accounts.Apply(t.Context(), e.change(provisioners.AccountGroups, u))
	if _, permanent := errors.AsType[*provisioners.Permanent](err); err == nil || permanent {
		t.Errorf("error %v, want one that can be repeated", err)
	}
	if n := len(e.sent("DELETE")); n != 3 {
		t.Errorf("%d deletes, want three attempts of the first", n)
	}
}
