package googleworkspace

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// signer begins signing in as somebody, with these scopes and no other.
type signer func(subject string, scopes ...string) oauth2.TokenSource

// signer returns how to begin signing in, and the client id that an
// administrator knows the service account by.
func (c Config) signer(ctx context.Context) (signer, string, error) {
	ways := 0
	for _, set := range []bool{c.CredentialsFile != "", len(c.Credentials) > 0, c.Impersonate != ""} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		return nil, "", errors.New("set one of credentials_file and impersonate")
	}
	// Tokens outlive the call that asks for them, so they must not end with it.
	ctx = context.WithValue(context.WithoutCancel(ctx), oauth2.HTTPClient, &http.Client{Timeout: callTimeout, Transport: c.Transport})
	if c.Impersonate != "" {
		return func(subject string, scopes ...string) oauth2.TokenSource {
			return oauth2.ReuseTokenSource(nil, &keyless{ctx, c, subject, scopes})
		}, c.Impersonate, nil
	}
	key := c.Credentials
	if c.CredentialsFile != "" {
		content, err := os.ReadFile(c.CredentialsFile)
		if err != nil {
			return nil, "", fmt.Errorf("read credentials_file: %w", err)
		}
		key = content
	}
	return keySigner(ctx, key)
}

func keySigner(ctx context.Context, key []byte) (signer, string, error) {
	jwt, err := google.JWTConfigFromJSON(key)
	if err != nil {
		return nil, "", errors.New("credentials_file is not the JSON key of a service account")
	}
	if !privateKey(jwt.PrivateKey) {
		return nil, "", errors.New("credentials_file holds no usable private key")
	}
	var names struct {
		ClientID string `json:"client_id"`
	}
	if err := json.Unmarshal(key, &names); err != nil || names.ClientID == "" {
		names.ClientID = jwt.Email
	}
	return func(subject string, scopes ...string) oauth2.TokenSource {
		own := *jwt
		own.Subject, own.Scopes = subject, scopes
		return own.TokenSource(ctx)
	}, names.ClientID, nil
}

// privateKey tells now what would otherwise fail at the first call.
func privateKey(text []byte) bool {
	block, _ := pem.Decode(text)
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}

// bearer adds the access token to each request. Unlike oauth2.Transport it
// stops waiting for a token when the request's context ends, and forgets a
// token that Google no longer accepts.
type bearer struct {
	base http.RoundTripper
	make func() oauth2.TokenSource

	mu     sync.Mutex
	source oauth2.TokenSource // guarded by mu
}

// RoundTrip sends r with a token; see http.RoundTripper.
func (b *bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	source := b.current()
	token, err := await(r.Context(), source)
	if err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	r = r.Clone(r.Context())
	token.SetAuthHeader(r)
	resp, err := b.base.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		b.forget(source)
	}
	return resp, err
}

func (b *bearer) current() oauth2.TokenSource {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.source == nil {
		b.source = b.make()
	}
	return b.source
}

func (b *bearer) forget(source oauth2.TokenSource) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.source == source {
		b.source = nil
	}
}

// await gets a token, or gives up with ctx. The request for the token then goes
// on until its own time limit, and serves the next caller.
func await(ctx context.Context, source oauth2.TokenSource) (*oauth2.Token, error) {
	type answer struct {
		token *oauth2.Token
		err   error
	}
	got := make(chan answer, 1)
	go func() {
		token, err := source.Token()
		got <- answer{token, err}
	}()
	select {
	case a := <-got:
		return a.token, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
