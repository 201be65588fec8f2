package fakegoogle_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	s.AddUser(fakegoogle.User{Email: "gone@acme.example"})
	if err := s.DeleteUser("gone@acme.example"); err != nil {
		t.Fatal(err)
	}
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
		{"a scope too many", "unauthorized_client", func(c *jwt.Config) { c.Scopes = append(c.Scopes, scope+"device.chromeos") }},
		{"a subject that was deleted", "The account has been deleted", func(c *jwt.Config) { c.Subject = "gone@acme.example" }},
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

func TestAnAssertionSignedInAnotherWayIsRefused(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	text, err := s.ServiceAccountKey(s.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	config, err := google.JWTConfigFromJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(config.PrivateKey)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key := parsed.(*rsa.PrivateKey)
	signWith := func(hash crypto.Hash) func(string) ([]byte, error) {
		return func(text string) ([]byte, error) {
			h := hash.New()
			h.Write([]byte(text))
			return key.Sign(rand.Reader, h.Sum(nil), hash)
		}
	}
	sharedSecret := func(text string) ([]byte, error) {
		h := hmac.New(sha256.New, x509.MarshalPKCS1PublicKey(&key.PublicKey))
		h.Write([]byte(text))
		return h.Sum(nil), nil
	}
	now := time.Now().Unix()
	claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"scope":%q,"aud":%q,"iat":%d,"exp":%d}`, config.Email, admin, allScopes[0], s.url+"/token", now, now+600)
	for _, c := range []struct {
		algorithm string
		sign      func(string) ([]byte, error)
		want      int
	}{
		{"RS256", signWith(crypto.SHA256), 200},
		{"RS512", signWith(crypto.SHA512), 400},
		{"RS512", signWith(crypto.SHA256), 400},
		{"RS256", signWith(crypto.SHA512), 400},
		{"HS256", sharedSecret, 400},
		{"none", func(string) ([]byte, error) { return nil, nil }, 400},
	} {
		part := base64.RawURLEncoding.EncodeToString
		text := part([]byte(`{"alg":"`+c.algorithm+`","typ":"JWT"}`)) + "." + part([]byte(claims))
		signature, err := c.sign(text)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.PostForm(s.url+"/token", url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {text + "." + part(signature)},
		})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s = %d, want %d", c.algorithm, resp.StatusCode, c.want)
		}
	}
}
