package fakegoogle_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestTheTokenEndpointChecksWhatTheAssertionSays(t *testing.T) {
	var late bool
	s := open(t, fakegoogle.Options{
		DelegatedScopes: allScopes,
		Now: func() time.Time {
			if late {
				return time.Now().Add(2 * time.Hour)
			}
			return time.Now()
		},
	})
	key, err := s.ServiceAccountKey(s.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.ServiceAccountKey(s.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := google.JWTConfigFromJSON(other)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		want string // empty: a token is given
		bend func(*jwt.Config)
	}{
		{"everything right", "", func(*jwt.Config) {}},
		{"another key", "Invalid JWT Signature", func(c *jwt.Config) { c.PrivateKey = foreign.PrivateKey }},
		{"another key's id", "Invalid JWT Signature", func(c *jwt.Config) { c.PrivateKeyID = foreign.PrivateKeyID }},
		{"an unknown account", "account not found", func(c *jwt.Config) { c.Email = "x@y" }},
		{"another audience", "audience", func(c *jwt.Config) { c.Audience = "https://elsewhere.example" }},
		{"no scope", "invalid_scope", func(c *jwt.Config) { c.Scopes = nil }},
		{"a scope too many", "unauthorized_client", func(c *jwt.Config) { c.Scopes = append(c.Scopes, scope+"orgunit") }},
		{"an unknown subject", "Invalid email or User ID", func(c *jwt.Config) { c.Subject = "nobody@acme.example" }},
		{"too long a life", "short-lived", func(c *jwt.Config) { c.Expires = 3 * time.Hour }},
		{"an assertion that ended", "short-lived", func(*jwt.Config) { late = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			late = false
			config, err := google.JWTConfigFromJSON(key, allScopes...)
			if err != nil {
				t.Fatal(err)
			}
			config.Subject = admin
			c.bend(config)
			_, err = config.TokenSource(t.Context()).Token()
			refused, ok := errors.AsType[*oauth2.RetrieveError](err)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (!ok || !strings.Contains(string(refused.Body), c.want)):
				t.Errorf("error %v, want it to say %q", err, c.want)
			}
		})
	}
}

func TestATokenEndsAfterAnHour(t *testing.T) {
	shift := time.Duration(0)
	s := open(t, fakegoogle.Options{Now: func() time.Time { return time.Now().Add(shift) }})
	if got := s.get(t, "users/"+ada); got.Status != 200 {
		t.Fatalf("fresh token: %d, want 200", got.Status)
	}
	shift = time.Hour + time.Minute
	if got := s.get(t, "users/"+ada); got.Status != 401 {
		t.Errorf("old token: %d, want 401", got.Status)
	}
}

func TestSigningIsHeldToItsDiscoveryDocument(t *testing.T) {
	s := open(t, fakegoogle.Options{}, "https://www.googleapis.com/auth/cloud-platform")
	key, err := s.ServiceAccountKey(s.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	config, err := google.JWTConfigFromJSON(key)
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, fakegoogle.Options{})
	for _, c := range []struct {
		site       site
		path, body string
		want       int
	}{
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}"}`, 200},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":{}}`, 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}","claims":"{}"}`, 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"no JSON"}`, 400},
		{s, "projects/acme/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}"}`, 400},
		{s, "projects/-/serviceAccounts/nobody@acme.example:signJwt", `{"payload":"{}"}`, 403},
		{other, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}"}`, 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", c.site.url+"/v1/"+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.site.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s %s = %d, want %d", c.path, c.body, resp.StatusCode, c.want)
		}
	}
}
