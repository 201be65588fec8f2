package googleworkspace_test

import (
	"bytes"
	"errors"
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

var readable = regexp.MustCompile(`^[a-zA-Z2-9]{4}(-[a-zA-Z2-9]{4}){3}$`)

func TestAFirstPasswordIsSetToBeChangedAndIsReadable(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	seen := map[string]bool{}
	for range 20 {
		got, err := d.accounts.FirstPassword(t.Context(), provisioners.Person{Email: bob})
		if err != nil {
			t.Fatal(err)
		}
		if !readable.MatchString(got) || strings.ContainsAny(got, "01OIloi") || seen[got] {
			t.Errorf("password %q, want a new one in four groups without letters that look alike", got)
		}
		seen[got] = true
		if p, err := d.google.Password(bob); err != nil || !p.Matches(got) || !p.MustChange {
			t.Errorf("Google has %+v, %v, want the password that was returned, to be changed", p, err)
		}
	}
}

func TestAnAccountInUseGetsNoFirstPassword(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(d desk) error
		reason  string
		signed  bool
	}{
		"signed in": {func(d desk) error { return d.google.SignIn(grace) }, "signed in", true},
		"suspended": {func(d desk) error { return d.google.Suspend(grace) }, "suspended", false},
		"admin":     {func(d desk) error { return d.google.AssignRole(grace) }, "administrator's", false},
		"gone":      {func(d desk) error { return d.google.DeleteUser(grace) }, "no longer has", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t, fakegoogle.Options{})
			d.apply(t, joining())
			if err := c.prepare(d); err != nil {
				t.Fatal(err)
			}
			before := puts(d)
			got, err := d.accounts.FirstPassword(t.Context(), provisioners.Person{Email: grace})
			wantPermanent(t, err, c.reason, ".")
			if got != "" || errors.Is(err, provisioners.ErrSignedIn) != c.signed || puts(d) != before {
				t.Errorf("FirstPassword = %q, %v, %d changes, want none", got, err, puts(d)-before)
			}
		})
	}
	d := openDesk(t, fakegoogle.Options{})
	for _, email := range []string{admin, "countess@acme.example"} {
		if _, err := d.accounts.FirstPassword(t.Context(), provisioners.Person{Email: email}); err == nil || puts(d) != 0 {
			t.Errorf("%s got a password, which is the administrator as whom we act, or another name of somebody", email)
		}
	}
}

func puts(d desk) int {
	n := 0
	for _, r := range d.google.Requests() {
		if r.Method == "PUT" {
			n++
		}
	}
	return n
}

func TestAFirstPasswordIsInNoLogErrorOrAddress(t *testing.T) {
	var bodies [][]byte
	d := openDesk(t, fakegoogle.Options{}, func(c *googleworkspace.Config) {
		real := c.Transport
		c.Transport = roundTrips(func(r *http.Request) (*http.Response, error) {
			if r.Method == "PUT" {
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
	var log bytes.Buffer
	d = d.fresh(t, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	var errs []string
	for _, kind := range []fakegoogle.Kind{fakegoogle.Unavailable, fakegoogle.Dropped, fakegoogle.BadGateway, fakegoogle.Forbidden, fakegoogle.TooMany} {
		d.google.Fail(fakegoogle.Fault{Method: "PUT", Kind: kind, Applied: true, Count: 3})
		got, err := d.accounts.FirstPassword(t.Context(), provisioners.Person{Email: grace})
		if err == nil || got != "" {
			t.Errorf("%s: FirstPassword = %q, %v, want an error and nothing", kind, got, err)
		}
		errs = append(errs, err.Error())
		d.google.Heal()
	}
	if !strings.Contains(log.String(), "call repeated") || len(bodies) < 5 {
		t.Errorf("log %q, %d bodies, want repeats", log.String(), len(bodies))
	}
	where := log.String() + strings.Join(errs, "\n")
	for _, r := range d.google.Requests() {
		where += r.Path + "?" + r.Query + r.Body
	}
	found := regexp.MustCompile(`[a-zA-Z2-9]{4}(-[a-zA-Z2-9]{4}){3}`)
	for _, body := range bodies {
		password := found.FindString(string(body))
		if password == "" || strings.Contains(where, password) {
			t.Errorf("password %q of the body %s is elsewhere too, or nowhere", password, body)
		}
	}
}
