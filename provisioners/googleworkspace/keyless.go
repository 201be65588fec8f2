package googleworkspace

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/iamcredentials/v1"
	"google.golang.org/api/option"
)

// keyless signs in without a key file: IAM signs the assertion, under the
// identity that the machine has anyway. New Google organisations forbid keys:
// https://cloud.google.com/resource-manager/docs/secure-by-default-organizations.
type keyless struct {
	ctx     context.Context // carries the HTTP client; lives as long as the process
	config  Config
	subject string // whom the token acts as
	scopes  []string
}

// signFailure is a failure of the machine's own identity or of IAM, which needs
// another remedy than one of the Directory API.
type signFailure struct{ err error }

func (f *signFailure) Error() string { return "sign through IAM: " + f.err.Error() }
func (f *signFailure) Unwrap() error { return f.err }

// missingIdentity is the cause where the machine has no Google identity at all.
type missingIdentity struct{ err error }

func (m *missingIdentity) Error() string {
	return "no application default credentials: " + m.err.Error()
}
func (m *missingIdentity) Unwrap() error { return m.err }

// Token exchanges an assertion that IAM signed for an access token.
func (k *keyless) Token() (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(k.ctx, callTimeout)
	defer cancel()
	tokenURL := k.config.TokenURL
	if tokenURL == "" {
		tokenURL = google.JWTTokenURL
	}
	assertion, err := k.sign(ctx, tokenURL)
	if err != nil {
		return nil, &signFailure{err}
	}
	return exchange(ctx, tokenURL, assertion)
}

func (k *keyless) sign(ctx context.Context, audience string) (string, error) {
	own, err := google.FindDefaultCredentials(k.ctx, iamcredentials.CloudPlatformScope)
	if err != nil {
		return "", &missingIdentity{err}
	}
	options := []option.ClientOption{option.WithHTTPClient(oauth2.NewClient(k.ctx, own.TokenSource))}
	if k.config.Endpoint != "" {
		options = append(options, option.WithEndpoint(k.config.Endpoint))
	}
	iam, err := iamcredentials.NewService(ctx, options...)
	if err != nil {
		return "", fmt.Errorf("prepare the IAM client: %w", err)
	}
	now := time.Now()
	claims, err := json.Marshal(map[string]any{
		"iss":   k.config.Impersonate,
		"sub":   k.subject,
		"aud":   audience,
		"scope": strings.Join(k.scopes, " "),
		"iat":   now.Unix(),
		"exp":   now.Add(time.Hour).Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("encode the claims: %w", err)
	}
	name := "projects/-/serviceAccounts/" + k.config.Impersonate
	signed, err := iam.Projects.ServiceAccounts.SignJwt(name, &iamcredentials.SignJwtRequest{Payload: string(claims)}).Context(ctx).Do()
	if err != nil {
		return "", err
	}
	return signed.SignedJwt, nil
}

// exchange fails with *oauth2.RetrieveError, as the key file's way does.
func exchange(ctx context.Context, tokenURL, assertion string) (*oauth2.Token, error) {
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("prepare the token request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := oauth2.NewClient(ctx, nil).Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch a token: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read the token: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, &oauth2.RetrieveError{Response: resp, Body: body}
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
		return nil, fmt.Errorf("the token endpoint answered without a token")
	}
	return &oauth2.Token{
		AccessToken: answer.AccessToken,
		TokenType:   answer.TokenType,
		Expiry:      time.Now().Add(time.Duration(answer.ExpiresIn) * time.Second),
	}, nil
}
