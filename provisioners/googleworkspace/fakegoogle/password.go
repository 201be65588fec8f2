package fakegoogle

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Password is what is known of the password of an account. No API tells it.
type Password struct {
	Function   string    // as it was sent: "MD5", "SHA-1" or "crypt"; empty for one sent in clear
	Hash       string    // as it was sent, or the SHA-256 in hexadecimal of one sent in clear
	SetAt      time.Time // zero for an account that never had one
	MustChange bool      // at the next sign-in
}

// Matches tells whether the password is this text, as far as it was sent in clear.
func (p Password) Matches(text string) bool {
	return !p.SetAt.IsZero() && p.Function == "" && p.Hash == digest(text)
}

// Password returns what is known of the password of an account.
func (s *Server) Password(key string) (Password, error) {
	var out Password
	err := s.look(key, func(u *user) { out = u.password })
	return out, err
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// A password in clear has so many characters, all of them ASCII:
// https://developers.google.com/workspace/admin/directory/reference/rest/v1/users#User.
const shortestPassword, longestPassword = 8, 100

// mostRounds is how often a hash may be stirred, says the discovery document.
const mostRounds = 10_000

// hashes are the forms of a password by its hash function. A crypt hash without
// a prefix is one of DES.
var hashes = map[string]*regexp.Regexp{
	"MD5":   regexp.MustCompile(`^[0-9a-fA-F]{32}$`),
	"SHA-1": regexp.MustCompile(`^[0-9a-fA-F]{40}$`),
	"crypt": regexp.MustCompile(`^(?:[./0-9A-Za-z]{13}|\$1\$[^$]{1,8}\$[./0-9A-Za-z]{22}|\$5\$(?:rounds=(\d+)\$)?[^$]{1,16}\$[./0-9A-Za-z]{43}|\$6\$(?:rounds=(\d+)\$)?[^$]{1,16}\$[./0-9A-Za-z]{86})$`),
}

// passwordProblem checks a password that was sent. Google's words are those in
// https://github.com/SCRT-HQ/PSGSuite/issues/251.
func passwordProblem(password, function string) string {
	const invalid = "Invalid Password"
	if function == "" {
		if len(password) < shortestPassword || len(password) > longestPassword || strings.ContainsFunc(password, func(c rune) bool { return c < ' ' || c > '~' }) {
			return invalid
		}
		return ""
	}
	form, known := hashes[function]
	if !known {
		return "Invalid Input: hashFunction"
	}
	parts := form.FindStringSubmatch(password)
	if parts == nil {
		return invalid
	}
	for _, text := range parts[1:] {
		if rounds, err := strconv.Atoi("0" + text); err != nil || rounds > mostRounds {
			return invalid
		}
	}
	return ""
}

// set takes a password over that passwordProblem found right.
func (p *Password) set(password, function string, now time.Time) {
	if function == "" {
		password = digest(password)
	}
	p.Function, p.Hash, p.SetAt = function, password, now
}

// secret finds the password in the body of a request. It is not kept.
var secret = regexp.MustCompile(`"password"\s*:\s*"(?:[^"\\]|\\.)*"`)

func withoutSecrets(body []byte) []byte {
	return secret.ReplaceAll(body, []byte(`"password":"(not kept)"`))
}
