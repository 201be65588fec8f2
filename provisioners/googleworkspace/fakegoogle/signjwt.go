package fakegoogle

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// signedLife is how far in the future the end of a signed set of claims may lie.
const signedLife = 12 * time.Hour

// signJWT is the one method of the IAM Service Account Credentials API that a
// product without a key file needs:
// https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt.
func (s *Server) signJWT(w http.ResponseWriter, r *http.Request) {
	account, ok := strings.CutPrefix(r.PathValue("name"), "projects/-/serviceAccounts/")
	if !ok {
		fail(w, http.StatusBadRequest, "badRequest", "Request contains an invalid argument.")
		return
	}
	var in struct {
		Payload   string   `json:"payload"`
		Delegates []string `json:"delegates"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || !signable(in.Payload, s.options.Now()) {
		fail(w, http.StatusBadRequest, "badRequest", "Request contains an invalid argument.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.keys[account]
	if key == nil {
		fail(w, http.StatusForbidden, "forbidden", "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).")
		return
	}
	signed, err := key.sign(in.Payload)
	if err != nil {
		fail(w, http.StatusInternalServerError, "internalError", err.Error())
		return
	}
	reply(w, http.StatusOK, map[string]string{"keyId": key.id, "signedJwt": signed})
}

// signable tells whether a payload is a set of claims that ends soon enough, as
// the discovery document describes it in prose.
func signable(payload string, now time.Time) bool {
	var claims map[string]json.RawMessage
	if json.Unmarshal([]byte(payload), &claims) != nil || claims == nil {
		return false
	}
	text, given := claims["exp"]
	if !given {
		return true
	}
	seconds, err := strconv.ParseInt(string(text), 10, 64)
	end := time.Unix(seconds, 0)
	return err == nil && !end.Before(now.Truncate(time.Second)) && !end.After(now.Add(signedLife))
}

func (k *signingKey) sign(payload string) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": k.id})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, digest[:])
	if err != nil {
		return "", err
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
