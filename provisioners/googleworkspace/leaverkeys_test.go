package googleworkspace_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestAppsAreCountedOnceAndNamedAfterTheyAreGone(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	got := e.end(t, e.change(provisioners.AccountTokens, u))
	if d := got.Seen.Details; d["count"] != "2" || d["apps"] != "Mail merge, Notes" {
		t.Errorf("details %v, want the two apps", d)
	}
	if want := "GET /admin/directory/v1/users/" + u.ID + "/tokens"; got.Seen.Query != want {
		t.Errorf("query %q, want %q", got.Seen.Query, want)
	}
	read, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountTokens, u))
	if err != nil || read.Details["count"] != "0" || read.Details["apps"] != "" {
		t.Errorf("Read = %+v, %v, want none", read, err)
	}
}

func TestATokenThatAnAppGotInBetweenIsDeletedToo(t *testing.T) {
	var e exit
	var u fakegoogle.User
	again := through(func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		resp, err := base.RoundTrip(r)
		if r.Method == "DELETE" && strings.HasSuffix(r.URL.Path, "/43.apps.example") {
			err = e.google.Grant(u.ID, fakegoogle.Token{ClientID: "44.apps.example", Name: "Quick one"})
		}
		return resp, err
	})
	e = openExit(t, fakegoogle.Options{}, again.config)
	u = e.leaver(t, "leaver")
	e.end(t, e.change(provisioners.AccountTokens, u))
	if left, err := e.google.Tokens(u.ID); len(left) != 0 || err != nil {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestAnAppPasswordThatIsGoneMeanwhileIsNoFailureAndARefusalIsOne(t *testing.T) {
	var e exit
	var u fakegoogle.User
	deleted := false
	race := through(func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.Method == "DELETE" && strings.Contains(r.URL.Path, "/asps/") && !deleted {
			deleted = true // somebody else was quicker
			resp, err := base.RoundTrip(r.Clone(r.Context()))
			if err != nil {
				return nil, err
			}
			resp.Body.Close()
		}
		return base.RoundTrip(r)
	})
	e = openExit(t, fakegoogle.Options{}, race.config)
	u = e.leaver(t, "leaver")
	if got := e.end(t, e.change(provisioners.AccountAppKeys, u)); !deleted || !got.Changed || got.Seen.Details["count"] != "2" {
		t.Errorf("Apply = %+v, want two gone", got)
	}
	second := e.leaver(t, "second")
	e.google.Fail(fakegoogle.Fault{Method: "DELETE", Kind: fakegoogle.Forbidden})
	_, err := e.accounts.Apply(t.Context(), e.change(provisioners.AccountAppKeys, second))
	wantPermanent(t, err, "delete an app password of second@acme.example", "super administrator")
	if left, err := e.google.AppPasswords(second.ID); len(left) != 1 || err != nil {
		t.Errorf("left %v, %v, want the one that was refused", left, err)
	}
}

func TestBackupCodesOfASuspendedAccountAreBlockedByTheSuspension(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	must(t, e.google.Suspend(u.ID))
	got := e.end(t, e.change(provisioners.AccountBackup, u))
	if got.Changed || got.Seen.Details["blocked"] != "by the suspension" || got.Seen.Details["count"] != "10" {
		t.Errorf("Apply = %+v, want unchanged and blocked", got)
	}
	for _, r := range e.google.Requests() {
		if strings.HasSuffix(r.Path, "/invalidate") {
			t.Errorf("sent %s %s", r.Method, r.Path)
		}
	}
}

func TestASuspensionWhileBackupCodesAreMadeInvalidBlocksThem(t *testing.T) {
	var e exit
	var u fakegoogle.User
	race := through(func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/invalidate") {
			if err := e.google.Suspend(u.ID); err != nil {
				return nil, err
			}
		}
		return base.RoundTrip(r)
	})
	e = openExit(t, fakegoogle.Options{}, race.config)
	u = e.leaver(t, "leaver")
	if got := e.end(t, e.change(provisioners.AccountBackup, u)); got.Seen.Details["blocked"] != "by the suspension" {
		t.Errorf("Apply = %+v, want it blocked", got)
	}
}

func TestBackupCodesAreToldNowhere(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	got, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountBackup, u))
	if err != nil || !got.Present || got.Details["count"] != "10" {
		t.Errorf("Read = %+v, %v, want ten", got, err)
	}
	for name, value := range got.Details {
		if name != "user_id" && strings.Contains(value, "000000") && name != "etag" {
			t.Errorf("%s tells %s", name, value)
		}
	}
}

func TestASuspensionIsReadBackWithItsReasonAndAnArchivedAccountNeedsNone(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	if got := e.end(t, e.change(provisioners.AccountSignIn, u)); got.Seen.Details["suspension_reason"] != "ADMIN" || got.Seen.Details["account"] != "suspended" {
		t.Errorf("details %v, want the reason", got.Seen.Details)
	}
	old := e.google.AddUser(fakegoogle.User{Email: "old@acme.example", Archived: true})
	if got := e.end(t, e.change(provisioners.AccountSignIn, old)); got.Changed || e.userOf(t, old.ID).Suspended {
		t.Errorf("Apply = %+v, want an archived account left as it is", got)
	}
}

func TestASnapshotTellsWhatAnAccountIsAndHas(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second) // a token is signed on the real clock
	e := openExit(t, fakegoogle.Options{PageSize: 1, Now: func() time.Time { return now }}, func(c *googleworkspace.Config) { c.Now = func() time.Time { return now } })
	u := e.leaver(t, "leaver")
	got, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountSnapshot, u))
	must(t, err)
	users := "GET /admin/directory/v1/users/" + u.ID
	want := provisioners.Observation{
		Present: true, Checked: true, Source: googleworkspace.Source, At: now,
		Query: strings.Join([]string{
			users + "?projection=full",
			"GET /admin/directory/v1/customer/my_customer/roleassignments?userKey=" + u.ID + "&includeIndirectRoleAssignments=true",
			users + "/tokens", users + "/asps", "GET /admin/directory/v1/groups?userKey=" + u.ID,
		}, "\n"),
		Details: map[string]string{
			"account": "active", "email": u.Email, "user_id": u.ID, "org_unit": "/", "super_admin": "true", "admin_roles": "2",
			"groups":   "leaver-own@acme.example\nleaver-plain@acme.example\nleaver-shared@acme.example",
			"owner_of": "leaver-own@acme.example\nleaver-shared@acme.example", "aliases": "leaver.old@acme.example",
			"tokens": "Mail merge\nNotes", "app_keys": "2", "two_step": "enrolled", "last_sign_in": now.Format("2006-01-02T15:04:05.000Z"), "suspended": "false",
		},
	}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreMapEntries(func(k, _ string) bool { return k == "etag" })); diff != "" {
		t.Errorf("Read (-got +want):\n%s", diff)
	}
	plain := e.google.AddUser(fakegoogle.User{Email: "plain@acme.example"})
	must(t, e.google.SetTwoStep(plain.ID, fakegoogle.TwoStep{Enrolled: true, Enforced: true}))
	if got, err = e.accounts.Read(t.Context(), e.change(provisioners.AccountSnapshot, plain)); err != nil || got.Details["last_sign_in"] != "never" || got.Details["two_step"] != "enrolled, enforced" {
		t.Errorf("Read = %+v, %v, want one who never signed in", got, err)
	}
}

func TestWhateverIsLeftIsFound(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	for i, leave := range []func(id string) error{
		func(id string) error { return e.google.AssignRole(id) },
		func(id string) error { return e.google.Grant(id, fakegoogle.Token{ClientID: "1.apps.example"}) },
		func(id string) error { _, err := e.google.AddAppPassword(id, "Mail"); return err },
		func(id string) error { return e.google.AddMember(devs, id, "") },
	} {
		u := e.google.AddUser(fakegoogle.User{Email: fmt.Sprintf("p%d@acme.example", i), Suspended: true})
		c := e.change(provisioners.AccountAnything, u)
		if got, err := e.accounts.Read(t.Context(), c); err != nil || got.Present {
			t.Errorf("%d, before: %+v, %v, want nothing", i, got, err)
		}
		must(t, leave(u.ID))
		if got, err := e.accounts.Read(t.Context(), c); err != nil || !got.Present {
			t.Errorf("%d: %+v, %v, want something left", i, got, err)
		}
	}
	for _, u := range []fakegoogle.User{
		{Email: "phone@acme.example", Suspended: true, RecoveryPhone: "+16506661212"},
		{Email: "mail@acme.example", Suspended: true, RecoveryEmail: "a@home.example"},
		{Email: "super@acme.example", Suspended: true, Admin: true},
		{Email: "awake@acme.example"},
	} {
		if got, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountAnything, e.google.AddUser(u))); err != nil || !got.Present {
			t.Errorf("%s: %+v, %v, want something left", u.Email, got, err)
		}
	}
}
