package fakegoogle

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
)

// signingKey is one key pair of a service account.
type signingKey struct {
	id       string
	account  string
	clientID string
	private  *rsa.PrivateKey
	tokenURL string // the audience that an assertion must name
}

// ServiceAccountKey makes a service account with a key pair, registers it and
// returns the JSON that Google's console offers for download. Its token_uri is
// tokenURL, where this server must be reachable under the path /token.
func (s *Server) ServiceAccountKey(tokenURL string) ([]byte, error) {
	key, err := s.newKey(tokenURL)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key.private)
	if err != nil {
		return nil, fmt.Errorf("encode the private key: %w", err)
	}
	return json.Marshal(map[string]string{
		"type":           "service_account",
		"project_id":     "countersign-fake",
		"private_key_id": key.id,
		"private_key":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email":   key.account,
		"client_id":      key.clientID,
		"token_uri":      tokenURL,
	})
}

func (s *Server) newKey(tokenURL string) (*signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, s.options.KeyBits)
	if err != nil {
		return nil, fmt.Errorf("make a key pair: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.nextLocked()
	key := &signingKey{
		id:       randomHex(20),
		account:  fmt.Sprintf("service-%d@countersign-fake.iam.gserviceaccount.com", n),
		clientID: fmt.Sprintf("2%020d", n),
		private:  private,
		tokenURL: tokenURL,
	}
	s.keys[key.account] = key
	return key, nil
}

// randomHex returns n random bytes as text. The random source cannot fail.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
