package googleworkspace_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

const (
	membersPath = "/admin/directory/v1/groups/*/members"
	memberPath  = "/admin/directory/v1/groups/*/members/*"
)

// passing are faults that go away by themselves.
var passing = []fakegoogle.Kind{
	fakegoogle.Unavailable, fakegoogle.BadGateway, fakegoogle.Dropped, fakegoogle.TooMany, fakegoogle.UserRate,
	fakegoogle.Quota, fakegoogle.NotComplete, fakegoogle.Conflict, fakegoogle.Unauthorized,
}

func TestAPassingFaultIsOvercomeAndTheChangeMadeOnce(t *testing.T) {
	for _, kind := range append([]fakegoogle.Kind{fakegoogle.Flicker}, passing...) {
		for _, applied := range []bool{false, true} {
			t.Run("insert "+string(kind)+flavour(applied), func(t *testing.T) {
				o := open(t, fakegoogle.Options{})
				o.google.Fail(fakegoogle.Fault{Method: "POST", Path: membersPath, Kind: kind, Applied: applied, Count: 2})
				got := o.apply(t, change(true))
				if !got.Changed || !got.Seen.Present {
					t.Errorf("Apply = changed %t, present %t, want both", got.Changed, got.Seen.Present)
				}
				if n := len(o.members(t)); n != 1 {
					t.Errorf("%d members, want 1", n)
				}
				if n := len(o.sent("POST")); applied && n != 1 {
					t.Errorf("%d inserts although the first was carried out, want 1", n)
				}
			})
		}
	}
	for _, kind := range passing {
		for _, applied := range []bool{false, true} {
			t.Run("delete "+string(kind)+flavour(applied), func(t *testing.T) {
				o := open(t, fakegoogle.Options{})
				o.apply(t, change(true))
				o.google.Fail(fakegoogle.Fault{Method: "DELETE", Path: memberPath, Kind: kind, Applied: applied, Count: 2})
				got := o.apply(t, change(false))
				if !got.Changed || got.Seen.Present {
					t.Errorf("Apply = changed %t, present %t, want changed and absent", got.Changed, got.Seen.Present)
				}
			})
		}
	}
}

func flavour(applied bool) string {
	if applied {
		return ", but applied"
	}
	return ""
}

func TestALostAnswerThatStaysLostIsSaidToHaveMaybeChangedSomething(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.google.Fail(fakegoogle.Fault{Method: "POST", Path: membersPath, Kind: fakegoogle.Unavailable, Count: -1})
	got, err := o.Apply(t.Context(), change(true))
	if err == nil || !got.Changed {
		t.Errorf("Apply = changed %t, %v, want an error and a possible change", got.Changed, err)
	}
	if _, permanent := errors.AsType[*provisioners.Permanent](err); permanent {
		t.Errorf("error %v is permanent, want one that can be repeated", err)
	}
	if n := len(o.sent("POST")); n != 3 {
		t.Errorf("%d inserts, want 3", n)
	}
}

func TestAChangeThatIsNotShownIsAnErrorNotSuccess(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.google.Fail(fakegoogle.Fault{Method: "GET", Path: memberPath, Kind: fakegoogle.Flicker, Count: -1})
	got, err := o.Apply(t.Context(), change(true))
	if err == nil || !got.Changed || got.Seen.Present {
		t.Errorf("Apply = %+v, %v, want a change, not seen, and an error", got, err)
	}
}

func TestAChangeThatIsShownLateIsWaitedFor(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.google.Fail(fakegoogle.Fault{Method: "GET", Path: memberPath, Kind: fakegoogle.Flicker, Count: 3})
	if got := o.apply(t, change(true)); !got.Seen.Present {
		t.Error("the member was not seen")
	}
}

func TestARefusalIsPermanentAndSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		kind         fakegoogle.Kind
		path         string
		reason, next string
	}{
		{fakegoogle.Forbidden, membersPath, "not authorized", admin},
		{fakegoogle.Disabled, membersPath, "switched off", "Admin SDK API"},
		{fakegoogle.NotDelegated, "/token", "act for " + admin, googleworkspace.Scopes[3]},
		{fakegoogle.BadSubject, "/token", "The account has been deleted", "admin_subject"},
		{fakegoogle.AccountLocked, "/token", "restricted", "suspension"},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			o := open(t, fakegoogle.Options{})
			o.google.Fail(fakegoogle.Fault{Method: "POST", Path: c.path, Kind: c.kind, Count: -1})
			got, err := o.Apply(t.Context(), change(true))
			wantPermanent(t, err, c.reason, c.next)
			if got.Changed {
				t.Error("a refused change is said to have changed something")
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error has more than one line: %q", err)
			}
		})
	}
}

func TestTheTokenEndpointIsAskedAgainWhenItFails(t *testing.T) {
	for _, kind := range []fakegoogle.Kind{fakegoogle.Unavailable, fakegoogle.BadGateway, fakegoogle.TooMany, fakegoogle.Dropped} {
		o := open(t, fakegoogle.Options{})
		o.google.Fail(fakegoogle.Fault{Path: "/token", Kind: kind, Count: 2})
		if got := o.apply(t, change(true)); !got.Changed {
			t.Errorf("%s: Apply changed nothing", kind)
		}
	}
}

func TestAWithdrawnTokenIsFetchedAnew(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.apply(t, change(true))
	o.google.RevokeTokens()
	if got := o.apply(t, change(false)); !got.Changed {
		t.Error("Apply changed nothing")
	}
}

func TestALongWaitIsHandedToTheCallerAndHoldsEveryCall(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.google.Fail(fakegoogle.Fault{Method: "POST", Path: membersPath, Kind: fakegoogle.TooMany, RetryAfter: time.Minute})
	_, err := o.Apply(t.Context(), change(true))
	throttled, ok := errors.AsType[*provisioners.Throttled](err)
	if !ok || throttled.After != time.Minute {
		t.Fatalf("error %v, want *Throttled for a minute", err)
	}
	before := len(o.google.Requests())
	_, _, err = o.Accounts(t.Context())
	if throttled, ok = errors.AsType[*provisioners.Throttled](err); !ok || throttled.After <= 0 || throttled.After > time.Minute {
		t.Errorf("next call: error %v, want *Throttled for what is left of the minute", err)
	}
	if after := len(o.google.Requests()); after != before {
		t.Errorf("%d requests were sent during the wait", after-before)
	}
}

// answers is a transport that needs no network, so that its calls can run on
// a synthetic clock.
type answers func(*http.Request) *http.Response

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) { return a(r), nil }

func TestRepeatsBackOffForOneThenTwoSeconds(t *testing.T) {
	google := fakegoogle.New(fakegoogle.Options{KeyBits: 1024, Now: time.Now})
	key, err := google.ServiceAccountKey("http://fake.example/token")
	if err != nil {
		t.Fatal(err)
	}
	google.AddUser(fakegoogle.User{Email: admin, Admin: true})
	google.Fail(fakegoogle.Fault{Path: "/admin/directory/v1/groups/*", Kind: fakegoogle.Unavailable, Count: -1})
	synctest.Test(t, func(t *testing.T) {
		o := production(t, google, key)
		begun := time.Now()
		_, err := o.TargetKey(t.Context(), devs)
		took := time.Since(begun)
		if err == nil {
			t.Error("TargetKey succeeded, want an error")
		}
		if took < 3*time.Second || took > 5*time.Second {
			t.Errorf("three attempts took %v, want 3 s and at most 2 s of chance", took)
		}
	})
	if n := len(google.Requests()); n != 4 {
		t.Errorf("%d requests, want a token and three attempts", n)
	}
}

// production opens a Workspace with the waits of production.
func production(t *testing.T, google http.Handler, key []byte) *googleworkspace.Workspace {
	t.Helper()
	w, err := googleworkspace.Open(t.Context(), googleworkspace.Config{
		Credentials: key, AdminSubject: admin, Endpoint: "http://fake.example",
		Transport: answers(func(r *http.Request) *http.Response {
			rec := httptest.NewRecorder()
			google.ServeHTTP(rec, r)
			return rec.Result()
		}),
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestACallThatHangsIsNotRepeated(t *testing.T) {
	google := fakegoogle.New(fakegoogle.Options{KeyBits: 1024})
	key, err := google.ServiceAccountKey("http://fake.example/token")
	if err != nil {
		t.Fatal(err)
	}
	google.AddUser(fakegoogle.User{Email: admin, Admin: true})
	hang := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/token" {
			time.Sleep(20 * time.Second) // on the synthetic clock
			http.Error(w, "", http.StatusGatewayTimeout)
			return
		}
		google.ServeHTTP(w, r)
	})
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if _, err := production(t, hang, key).TargetKey(t.Context(), devs); err == nil {
			t.Error("TargetKey succeeded, want an error")
		}
		if took := time.Since(begun); took != 20*time.Second {
			t.Errorf("the call took %v, want 20s", took)
		}
	})
}

func TestADuplicateOfOurOwnLostInsertCountsAsOurChange(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	o.google.Fail(fakegoogle.Fault{Method: "POST", Path: membersPath, Kind: fakegoogle.Unavailable, Applied: true})
	// Hidden at the first look, and when we ask whether the insert took effect.
	o.google.Fail(fakegoogle.Fault{Method: "GET", Path: memberPath, Kind: fakegoogle.Flicker, Count: 2})
	if got := o.apply(t, change(true)); !got.Changed {
		t.Error("Apply says that the membership was there before")
	}
	if deletes := o.sent("DELETE"); len(deletes) != 0 {
		t.Errorf("deleted %v", deletes)
	}
}
