package googleworkspace_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// allTargets are all that an account can be or have.
var allTargets = []string{
	provisioners.AccountItself, provisioners.AccountOrgUnit, provisioners.AccountPassword, provisioners.AccountRecovery,
	provisioners.AccountAdmin, provisioners.AccountSessions, provisioners.AccountTokens, provisioners.AccountAppKeys,
	provisioners.AccountBackup, provisioners.AccountMail, provisioners.AccountOwnership, provisioners.AccountGroups,
	provisioners.AccountSignIn, provisioners.AccountFiles, provisioners.AccountAnything, provisioners.AccountSnapshot,
}

func TestEveryTargetHasAKeyOfItsOwn(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	for _, target := range allTargets {
		if got, err := e.accounts.TargetKey(t.Context(), target); got != "google:account/"+target || err != nil {
			t.Errorf("TargetKey(%s) = %q, %v", target, got, err)
		}
	}
	_, err := e.accounts.TargetKey(t.Context(), "nothing")
	wantPermanent(t, err, "nothing called nothing", "Correct")
	_, err = e.accounts.Apply(t.Context(), e.change("nothing", fakegoogle.User{Email: ada}))
	wantPermanent(t, err, "nothing called nothing", "Correct")
	_, err = e.accounts.Read(t.Context(), e.change("nothing", fakegoogle.User{Email: ada}))
	wantPermanent(t, err, "nothing called nothing", "Correct")
}

func TestTheAccountThroughWhichCountersignWorksIsNeverChanged(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	before := len(e.google.Log())
	for _, target := range allTargets {
		for _, person := range []provisioners.Person{{Email: admin}, {Email: "ROOT@acme.example"}, {AccountID: adminID}} {
			for _, present := range []bool{true, false} {
				c := e.change(target, fakegoogle.User{})
				c.Person, c.Present = person, present
				_, err := e.accounts.Apply(t.Context(), c)
				wantPermanent(t, err, "through which Countersign itself works", "admin_subject")
			}
		}
	}
	if after := e.google.Log(); len(after) != before {
		t.Errorf("changed: %v", after[before:])
	}
}

func TestNothingLetsASuspendedAccountSignInAgain(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	must(t, e.google.Suspend(u.ID))
	for _, target := range allTargets {
		for _, present := range []bool{true, false} {
			c := e.change(target, u)
			c.Present, c.Details.OrgUnit, c.Details.Mail = present, "/", provisioners.MailForward
			c.Details.GivenName, c.Details.FamilyName = u.GivenName, u.FamilyName
			if _, err := e.accounts.Apply(t.Context(), c); err != nil {
				t.Logf("%s, present %t: %v", target, present, err)
			}
			if !e.userOf(t, u.ID).Suspended {
				t.Fatalf("%s, present %t, lifted the suspension", target, present)
			}
		}
	}
	for _, r := range e.google.Requests() {
		if sent := regexp.MustCompile(`"(suspended|archived)":\s*false`); sent.MatchString(r.Body) {
			t.Errorf("%s %s sent %s", r.Method, r.Path, r.Body)
		}
	}
}

func TestWhatWasTakenAwayIsNeverGivenBack(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	before := len(e.google.Log())
	for _, c := range ends {
		change := e.change(c.target, u)
		change.Present = true
		_, err := e.accounts.Apply(t.Context(), change)
		wantPermanent(t, err, "Nothing re-arms an account by itself", "Admin console")
	}
	for _, target := range []string{provisioners.AccountAnything, provisioners.AccountSnapshot} {
		_, err := e.accounts.Apply(t.Context(), e.change(target, u))
		wantPermanent(t, err, "can only be read", "Correct")
	}
	if after := e.google.Log(); len(after) != before {
		t.Errorf("changed: %v", after[before:])
	}
}

// scopeOf is what each target needs besides googleworkspace.Scopes.
var scopeOf = map[string][]string{
	provisioners.AccountPassword: {"admin.directory.user"},
	provisioners.AccountRecovery: {"admin.directory.user"},
	provisioners.AccountAdmin:    {"admin.directory.user", "admin.directory.rolemanagement"},
	provisioners.AccountSessions: {"admin.directory.user.security"},
	provisioners.AccountTokens:   {"admin.directory.user.security"},
	provisioners.AccountAppKeys:  {"admin.directory.user.security"},
	provisioners.AccountBackup:   {"admin.directory.user.security"},
	provisioners.AccountSignIn:   {"admin.directory.user"},
}

func TestAMissingScopeIsNamedByWhatNeedsItAndHoldsNothingElse(t *testing.T) {
	for _, missing := range googleworkspace.AccountScopes {
		allowed := append([]string{}, googleworkspace.Scopes...)
		for _, scope := range googleworkspace.AccountScopes {
			if scope != missing {
				allowed = append(allowed, scope)
			}
		}
		e := openExit(t, fakegoogle.Options{DelegatedScopes: allowed})
		u := e.leaver(t, "leaver")
		if got, err := e.MissingScopes(t.Context()); err != nil || len(got) != 1 || got[0] != missing {
			t.Errorf("MissingScopes = %v, %v, want %s", got, err, missing)
		}
		for _, c := range ends {
			needs := false
			for _, scope := range scopeOf[c.target] {
				needs = needs || missing == "https://www.googleapis.com/auth/"+scope
			}
			_, err := e.accounts.Apply(t.Context(), e.change(c.target, u))
			if !needs {
				if err != nil {
					t.Errorf("%s without %s: %v", c.target, missing, err)
				}
				continue
			}
			wantPermanent(t, err, "the scope "+missing+" is missing", "A super administrator can add "+missing+" in the Admin console under Security, API controls, Domain-wide delegation, client ")
		}
		_, err := e.accounts.Read(t.Context(), e.change(provisioners.AccountSnapshot, u))
		if strings.HasSuffix(missing, "user.security") {
			wantPermanent(t, err, "the scope "+missing+" is missing", "super administrator")
		} else if err != nil {
			t.Errorf("snapshot without %s: %v", missing, err)
		}
	}
}

// through wraps the transport of an office.
type through func(http.RoundTripper, *http.Request) (*http.Response, error)

func (f through) config(c *googleworkspace.Config) {
	base := c.Transport
	c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) { return f(base, r) })
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestATokenThatLacksAScopeNamesIt(t *testing.T) {
	refusal := through(func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, "/signOut") {
			return base.RoundTrip(r)
		}
		body := `{"error":{"code":403,"message":"Insufficient Permission","errors":[{"reason":"insufficientPermissions"}]}}`
		return &http.Response{StatusCode: 403, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
	e := openExit(t, fakegoogle.Options{}, refusal.config)
	_, err := e.accounts.Apply(t.Context(), e.change(provisioners.AccountSessions, e.leaver(t, "leaver")))
	wantPermanent(t, err, "the scope https://www.googleapis.com/auth/admin.directory.user.security is missing", "Domain-wide delegation, client ")
}

func TestThePasswordIsLongIsAnotherEachTimeAndIsToldNowhere(t *testing.T) {
	var sent []string
	watch := through(func(base http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.Method == "PUT" {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			if found := regexp.MustCompile(`"password":"([^"]*)"`).FindSubmatch(body); found != nil {
				sent = append(sent, string(found[1]))
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		return base.RoundTrip(r)
	})
	var log bytes.Buffer
	var config googleworkspace.Config
	e := openExit(t, fakegoogle.Options{}, watch.config, func(c *googleworkspace.Config) { config = *c })
	w, err := googleworkspace.Open(t.Context(), config, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	must(t, err)
	e.accounts = googleworkspace.NewAccounts(w)
	u := e.leaver(t, "leaver")
	e.google.Fail(fakegoogle.Fault{Method: "PUT", Kind: fakegoogle.Unavailable, Count: 4})
	_, failed := e.accounts.Apply(t.Context(), e.change(provisioners.AccountPassword, u))
	got := e.end(t, e.change(provisioners.AccountPassword, u))
	if failed == nil || log.Len() == 0 || len(sent) < 4 {
		t.Fatalf("error %v, %d bytes of log, %d passwords, want some of each", failed, log.Len(), len(sent))
	}
	if got.Seen.Details["read_back"] != "Google shows no passwords; this is its answer to the change" || got.Seen.Details["etag"] == "" || got.Seen.Details["changed_at"] == "" {
		t.Errorf("evidence %v", got.Seen.Details)
	}
	set, err := e.google.Password(u.ID)
	must(t, err)
	if last := sent[len(sent)-1]; !set.Matches(last) || last == sent[0] || len(last) < 64 || set.MustChange {
		t.Errorf("%d characters, must change %t, the first again %t; want 64 or more and another each time", len(last), set.MustChange, last == sent[0])
	}
	told := log.String() + failed.Error() + got.Seen.Query
	for _, value := range got.Seen.Details {
		told += value
	}
	for _, secret := range sent {
		if strings.Contains(told, secret) {
			t.Error("the password is told")
		}
	}
}

func TestAPasswordNobodyKnowsNeedNotBeChangedAtTheNextSignIn(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.google.AddUser(fakegoogle.User{Email: "new@acme.example"})
	first, err := e.accounts.FirstPassword(t.Context(), provisioners.Person{Email: u.Email})
	must(t, err)
	if p, err := e.google.Password(u.ID); err != nil || !p.MustChange || !p.Matches(first) {
		t.Fatalf("password %+v, %v, want one to be changed", p, err)
	}
	e.end(t, e.change(provisioners.AccountPassword, u))
	if p, err := e.google.Password(u.ID); err != nil || p.MustChange || p.Matches(first) {
		t.Errorf("password %+v, %v, want another that stays", p, err)
	}
}

func TestTheRecoveryAddressIsToldNowhere(t *testing.T) {
	e := openExit(t, fakegoogle.Options{})
	u := e.leaver(t, "leaver")
	for _, target := range allTargets {
		o, err := e.accounts.Read(t.Context(), e.change(target, u))
		if err != nil {
			t.Logf("%s: %v", target, err)
		}
		for name, value := range o.Details {
			if strings.Contains(value, "home.example") || strings.Contains(value, "6661212") {
				t.Errorf("%s tells %s: %s", target, name, value)
			}
		}
	}
}
