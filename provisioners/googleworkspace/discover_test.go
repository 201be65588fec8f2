package googleworkspace_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

const (
	mailScope = "https://mail.google.com/"
	tokenLog  = "/admin/reports/v1/activity/users/all/applications/token"
	samlLog   = "/admin/reports/v1/activity/users/all/applications/saml"
)

var (
	notes = fakegoogle.Token{ClientID: "1.apps.example", Name: "Notes", Scopes: []string{"https://www.googleapis.com/auth/drive", "openid"}}
	board = fakegoogle.Token{ClientID: "2.apps.example", Name: "Board", Scopes: []string{"openid", "email"}}
)

func ago(d time.Duration) time.Time { return time.Now().Add(-d).Truncate(time.Millisecond).UTC() }

func ever(string) time.Time { return time.Time{} }

// found reads everything, and fails where a source does.
func found(t *testing.T, d desk, since func(string) time.Time) map[string]provisioners.FoundApp {
	t.Helper()
	f, err := d.Discover(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Sources {
		if s.Err != nil {
			t.Errorf("%s: %v", s.Name, s.Err)
		}
	}
	return byKey(f)
}

func byKey(f provisioners.Found) map[string]provisioners.FoundApp {
	out := map[string]provisioners.FoundApp{}
	for _, a := range f.Apps {
		out[a.Key] = a
	}
	return out
}

func source(t *testing.T, f provisioners.Found, name string) provisioners.SourceRead {
	t.Helper()
	for _, s := range f.Sources {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no source %s in %+v", name, f.Sources)
	return provisioners.SourceRead{}
}

func TestAppsThatPeopleUseAreFoundWithWhoAndWhen(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{PageSize: 1})
	first, last := ago(50*time.Hour), ago(2*time.Hour)
	must(t,
		d.google.AddAppUse(ada, notes, first), d.google.AddAppUse(bob, notes, last), d.google.AddAppUse(ada, board, first),
		d.google.AddSAMLLogin(ada, "Payroll", first), d.google.AddSAMLLogin(ada, "Payroll", last), d.google.AddSAMLFailure(bob, "Payroll", last),
		d.google.Grant(bob, fakegoogle.Token{ClientID: "3.apps.example", Name: "Old", Scopes: []string{mailScope}}))
	got := found(t, d, ever)
	want := map[string]provisioners.FoundApp{
		"oauth:1.apps.example": {
			Key: "oauth:1.apps.example", Name: "Notes", Source: "oauth", Scopes: notes.Scopes, FirstAt: first, LastAt: last,
			Users: []provisioners.AppUser{{AccountID: adaID, Email: ada, LastAt: first}, {AccountID: bobID, Email: bob, LastAt: last}},
		},
		"oauth:2.apps.example": {
			Key: "oauth:2.apps.example", Name: "Board", Source: "login", Scopes: []string{"email", "openid"}, FirstAt: first, LastAt: first,
			Users: []provisioners.AppUser{{AccountID: adaID, Email: ada, LastAt: first}},
		},
		"oauth:3.apps.example": {
			Key: "oauth:3.apps.example", Name: "Old", Source: "oauth", Scopes: []string{mailScope},
			Users: []provisioners.AppUser{{AccountID: bobID, Email: bob}},
		},
		"saml:Payroll": {
			Key: "saml:Payroll", Name: "Payroll", Source: "saml", FirstAt: first, LastAt: last,
			Users: []provisioners.AppUser{{AccountID: adaID, Email: ada, LastAt: last}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("found apps (-want +got):\n%s", diff)
	}
}

func TestAppsThatAreNotRegisteredWithGoogleAreToldApartByName(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	for _, name := range []string{"Script", "Other script"} {
		must(t, d.google.AddAppUse(ada, fakegoogle.Token{ClientID: "anonymous", Name: name, Anonymous: true, NativeApp: true}, ago(time.Hour)))
	}
	got := found(t, d, ever)
	for _, name := range []string{"Script", "Other script"} {
		if a := got["oauth:anonymous:"+name]; a.Name != name || a.LastAt.IsZero() {
			t.Errorf("%s: found %+v", name, a)
		}
	}
}

func TestARevokedAppIsNotSeenAgain(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	must(t, d.google.AddAppUse(ada, notes, ago(200*time.Hour)), d.google.Revoke(ada, notes.ClientID, ago(time.Hour)))
	since := ago(100 * time.Hour)
	if got := found(t, d, func(string) time.Time { return since }); len(got) != 0 {
		t.Errorf("found %v after the access ended, want nothing: taking back is no use", got)
	}
}

func TestALogIsReadFromSomeDaysBeforeItWasReadTo(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	d.google.LogLag(70 * time.Hour)
	must(t, d.google.AddSAMLLogin(ada, "Late", ago(71*time.Hour)))
	d.google.LogLag(0)
	must(t, d.google.AddSAMLLogin(ada, "Older", ago(75*time.Hour)))
	read := ago(time.Hour)
	got := found(t, d, func(string) time.Time { return read })
	if _, there := got["saml:Late"]; !there || len(got) != 1 {
		t.Errorf("found %v, want what came late and nothing of before", got)
	}
}

func TestGoogleIsNeverAskedForMoreThanItKeeps(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	must(t, d.google.AddSAMLLogin(ada, "Ancient", ago(181*24*time.Hour)), d.google.AddSAMLLogin(ada, "Old", ago(179*24*time.Hour)))
	for _, since := range []time.Time{{}, ago(400 * 24 * time.Hour)} {
		f, err := d.Discover(t.Context(), func(string) time.Time { return since })
		if err != nil || source(t, f, "google.reports.saml").Err != nil {
			t.Fatalf("%v %v", err, source(t, f, "google.reports.saml").Err)
		}
		if got := byKey(f); len(got) != 1 || got["saml:Old"].Name != "Old" {
			t.Errorf("since %s: found %v", since, got)
		}
		if from := source(t, f, "google.reports.saml").From; from.Before(ago(180*24*time.Hour)) || from.After(ago(179*24*time.Hour)) {
			t.Errorf("read from %s", from)
		}
	}
}

func TestTheClockGoingBackLosesNothing(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	must(t, d.google.AddSAMLLogin(ada, "Payroll", ago(time.Hour)))
	if got := found(t, d, func(string) time.Time { return time.Now().Add(100 * time.Hour) }); len(got) != 1 {
		t.Errorf("found %v", got)
	}
}

func TestASourceThatFailsSaysSoAndHidesNoOther(t *testing.T) {
	for _, c := range []struct {
		path   string
		skip   int
		kind   fakegoogle.Kind
		failed []string
	}{
		{"/admin/directory/v1/users", 0, fakegoogle.Unavailable, []string{"google.tokens", "google.reports.token"}},
		{"/admin/directory/v1/users/" + bobID + "/tokens", 0, fakegoogle.BadGateway, []string{"google.tokens", "google.reports.token"}},
		{tokenLog, 0, fakegoogle.Unavailable, []string{"google.reports.token"}},
		{tokenLog, 1, fakegoogle.Dropped, []string{"google.reports.token"}}, // between two pages
		{tokenLog, 2, fakegoogle.Late, []string{"google.reports.token"}},
		{samlLog, 1, fakegoogle.Unavailable, []string{"google.reports.saml"}},
	} {
		t.Run(fmt.Sprint(c.path, c.skip), func(t *testing.T) {
			d := openDesk(t, fakegoogle.Options{PageSize: 1})
			must(t,
				d.google.AddAppUse(ada, notes, ago(3*time.Hour)), d.google.AddAppUse(bob, notes, ago(2*time.Hour)),
				d.google.AddSAMLLogin(ada, "Payroll", ago(3*time.Hour)), d.google.AddSAMLLogin(ada, "Wiki", ago(2*time.Hour)))
			d.google.Fail(fakegoogle.Fault{Path: c.path, Kind: c.kind, Skip: c.skip, Count: -1})
			f, err := d.Discover(t.Context(), ever)
			if err != nil {
				t.Fatal(err)
			}
			var failed []string
			for _, s := range f.Sources {
				if s.Err != nil {
					failed = append(failed, s.Name)
				}
			}
			if diff := cmp.Diff(c.failed, failed); diff != "" {
				t.Errorf("failed sources (-want +got):\n%s", diff)
			}
			if apps := byKey(f); c.path != samlLog && apps["saml:Payroll"].Name == "" || c.path == samlLog && apps["oauth:1.apps.example"].LastAt.IsZero() {
				t.Errorf("what other sources show is missing: %v", apps)
			}
		})
	}
}

func TestAThrottleIsWaitedOutOrToldAsOne(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	must(t, d.google.AddSAMLLogin(ada, "Payroll", ago(time.Hour)))
	d.google.Fail(fakegoogle.Fault{Path: samlLog, Kind: fakegoogle.RateLimit})
	if got := found(t, d, ever); len(got) != 1 {
		t.Errorf("found %v after a short throttle", got)
	}
	d.google.Fail(fakegoogle.Fault{Path: samlLog, Kind: fakegoogle.TooMany, RetryAfter: time.Minute})
	f, err := d.Discover(t.Context(), ever)
	if err != nil {
		t.Fatal(err)
	}
	throttled, ok := errors.AsType[*provisioners.Throttled](source(t, f, "google.reports.saml").Err)
	if !ok || throttled.After != time.Minute {
		t.Errorf("got %v, want a throttle of a minute", source(t, f, "google.reports.saml").Err)
	}
}

func TestAMissingDiscoveryScopeIsNamedAndDemandedNowhereElse(t *testing.T) {
	audit := googleworkspace.DiscoveryScopes[0]
	d := openDesk(t, fakegoogle.Options{DelegatedScopes: append([]string{"https://www.googleapis.com/auth/admin.directory.user.security"}, googleworkspace.Scopes...)})
	must(t, d.google.Grant(ada, notes), d.Check(t.Context()))
	missing, err := d.MissingDiscoveryScopes(t.Context())
	if err != nil || len(missing) != 1 || missing[0] != audit {
		t.Errorf("missing %v, %v, want the scope of the logs", missing, err)
	}
	f, err := d.Discover(t.Context(), ever)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := errors.AsType[*provisioners.Permanent](source(t, f, "google.reports.token").Err)
	if !ok || !strings.Contains(p.Next, audit) {
		t.Errorf("got %v, want advice that names %s", source(t, f, "google.reports.token").Err, audit)
	}
	if byKey(f)["oauth:1.apps.example"].Name != "Notes" {
		t.Error("the grants were not read")
	}
}

func TestNobodysMachineIsAskedFor(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	must(t, d.google.AddAppUse(ada, notes, ago(time.Hour)))
	found(t, d, ever)
	for _, r := range d.google.Requests() {
		if strings.HasPrefix(r.Path, "/admin/reports/") && (!strings.Contains(r.Query, "fields=") || strings.Contains(r.Query, "ipAddress")) {
			t.Errorf("asked for more than is needed: %s", r.Query)
		}
	}
}

func TestWhoCannotSignInIsNotAskedFor(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	must(t, d.google.Grant(bob, notes), d.google.Suspend(bob))
	if got := found(t, d, ever); len(got) != 0 {
		t.Errorf("found %v, want nothing of a suspended account", got)
	}
}

func TestAQuietAppBesideABusyOneOfTheSameClientIsSeenInUse(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	busy := fakegoogle.Token{ClientID: "anonymous", Name: "Busy script", Anonymous: true}
	quiet := fakegoogle.Token{ClientID: "anonymous", Name: "Quiet script", Anonymous: true}
	must(t, d.google.AddAppUse(ada, quiet, ago(100*24*time.Hour)))
	must(t, d.google.AddAppUse(ada, busy, ago(100*24*time.Hour)))
	at := ago(3 * 24 * time.Hour)
	must(t, d.google.AddAppUse(ada, quiet, at))
	for i := range 1100 {
		must(t, d.google.AddAppUse(ada, busy, ago(24*time.Hour+time.Duration(i)*time.Second)))
	}
	if got := found(t, d, ever)["oauth:anonymous:Quiet script"]; !got.LastAt.Equal(at) {
		t.Errorf("last used at %s, want %s", got.LastAt, at)
	}
}
