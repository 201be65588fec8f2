package fakegoogle

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// An assertion may live an hour, and clocks may differ by a few minutes:
// https://developers.google.com/identity/protocols/oauth2/service-account.
const (
	assertionLife = time.Hour
	clockSkew     = 5 * time.Minute
)

type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Scope    string `json:"scope"`
	Subject  string `json:"sub"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// token exchanges a signed assertion for an access token that is bound to the
// scopes and the subject it names.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		tokenFail(w, "invalid_request", err.Error())
		return
	}
	if r.PostForm.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		tokenFail(w, "unsupported_grant_type", "Invalid grant_type: "+r.PostForm.Get("grant_type"))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, problem := s.verifyLocked(r.PostForm.Get("assertion"))
	if problem != "" {
		tokenFail(w, "invalid_grant", problem)
		return
	}
	g := grant{scopes: strings.Fields(c.Scope), expires: s.options.Now().Add(time.Hour)}
	if len(g.scopes) == 0 {
		tokenFail(w, "invalid_scope", "Empty or missing scope not allowed.")
		return
	}
	if c.Subject != "" {
		u := s.userLocked(c.Subject)
		switch {
		case u == nil:
			tokenFail(w, "invalid_grant", s.strangerLocked(c.Subject))
			return
		case u.Suspended:
			tokenFail(w, "access_denied", "Account restricted")
			return
		case !s.delegated(g.scopes):
			tokenFail(w, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.")
			return
		}
		g.subject = u.ID
	}
	access := "ya29.fake-" + randomHex(24)
	s.tokens[access] = g
	reply(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 3599})
}

// strangerLocked says why nobody answers to a subject.
func (s *Server) strangerLocked(subject string) string {
	for _, u := range s.deletedLocked("") {
		if u.answersTo(subject) {
			return "The account has been deleted"
		}
	}
	return "Invalid email or User ID"
}

// delegated tells whether domain-wide delegation covers every scope. One that
// is missing spoils the whole request.
func (s *Server) delegated(scopes []string) bool {
	if s.options.DelegatedScopes == nil {
		return true
	}
	return !slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(s.options.DelegatedScopes, scope) })
}

// verifyLocked checks an assertion and says what is wrong with it, in the
// words of the token endpoint.
func (s *Server) verifyLocked(assertion string) (claims, string) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return claims{}, "Bad Request"
	}
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	var c claims
	if !decodePart(parts[0], &header) || !decodePart(parts[1], &c) {
		return claims{}, "Bad Request"
	}
	key := s.keys[c.Issuer]
	if key == nil {
		return claims{}, "Invalid grant: account not found"
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || header.Algorithm != "RS256" || header.KeyID != "" && header.KeyID != key.id ||
		rsa.VerifyPKCS1v15(&key.private.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		return claims{}, "Invalid JWT Signature."
	}
	if c.Audience != key.tokenURL {
		return claims{}, "Invalid JWT: Failed audience check. The right audience is " + key.tokenURL
	}
	now, issued, expires := s.options.Now(), time.Unix(c.Issued, 0), time.Unix(c.Expires, 0)
	if issued.After(now.Add(clockSkew)) || !expires.After(now.Add(-clockSkew)) || expires.Sub(issued) > assertionLife {
		return claims{}, "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
	}
	return c, ""
}

func decodePart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}
