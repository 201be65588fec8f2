package fakegoogle_test

import (
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestAPasswordHasEightToAHundredCharacters(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	for _, bad := range []string{"", "7 chars", strings.Repeat("x", 101), "pass wörd", `new\nline`} {
		s.refuses(t, []refused{{"PUT", "users/" + ada, `{"password":"` + bad + `"}`, 400, "invalid", "Invalid Password"}})
	}
	s.refuses(t, []refused{{"POST", "users", strings.Replace(newUser, "correct horse", "short", 1), 400, "invalid", "Invalid Password"}})
	for _, good := range []string{"8 chars!", strings.Repeat("x", 100)} {
		s.do(t, "PUT", "users/"+ada, `{"password":"`+good+`"}`)
	}
	if got := len(s.Users()); got != 2 {
		t.Errorf("%d accounts, want 2", got)
	}
}

func TestAHashedPasswordFitsItsHashFunction(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	long := strings.Repeat("a", 86)
	for _, bad := range [][2]string{
		{"correct horse", "crypt"}, {"$6$salt$short", "crypt"}, {"$6$rounds=10001$salt$" + long, "crypt"}, {"$7$salt$" + long, "crypt"},
		{"correct horse", "MD5"}, {strings.Repeat("a", 32), "SHA-1"}, {strings.Repeat("a", 64), "SHA-256"}, {strings.Repeat("a", 32), "md5"},
	} {
		s.refuses(t, []refused{{"PUT", "users/" + ada, `{"password":"` + bad[0] + `","hashFunction":"` + bad[1] + `"}`, 400, "invalid", "Invalid"}})
	}
	s.refuses(t, []refused{{"PUT", "users/" + ada, `{"hashFunction":"MD5"}`, 400, "invalid", "Invalid Password"}})
	for _, good := range [][2]string{
		{"$6$salt$" + long, "crypt"}, {"$6$rounds=10000$salt$" + long, "crypt"}, {"$5$salt$" + long[:43], "crypt"}, {"$1$salt$" + long[:22], "crypt"}, {"ab01234567890", "crypt"},
		{strings.Repeat("0a", 16), "MD5"}, {strings.Repeat("0A", 20), "SHA-1"},
	} {
		s.do(t, "PUT", "users/"+ada, `{"password":"`+good[0]+`","hashFunction":"`+good[1]+`"}`)
		if p, err := s.Password(ada); err != nil || p.Hash != good[0] || p.Function != good[1] || p.Matches(good[0]) {
			t.Errorf("password %+v, %v, want the hash %s", p, err, good[0])
		}
	}
}

func TestAPasswordIsKeptAsAHashAndNeverTold(t *testing.T) {
	now := time.Now()
	s := open(t, fakegoogle.Options{Now: func() time.Time { return now }})
	s.do(t, "PUT", "users/"+ada, `{"password":"correct horse"}`)
	begun := now
	now = now.Add(time.Minute)
	s.do(t, "PUT", "users/"+ada, `{"changePasswordAtNextLogin":true}`)
	p, err := s.Password(ada)
	if err != nil || !p.Matches("correct horse") || p.Matches("battery staple") || !p.SetAt.Equal(begun) || !p.MustChange || strings.Contains(p.Hash, "horse") {
		t.Errorf("password %+v, %v, want a hash of that minute, to be changed", p, err)
	}
	s.do(t, "PUT", "users/"+ada, `{"password" : "say \"battery staple\"","suspended":false}`)
	_, text := s.raw(t, "GET", directory+"users/"+ada)
	if strings.Contains(text, "horse") || strings.Contains(text, p.Hash) || strings.Contains(text, `"password"`) {
		t.Errorf("users.get tells the password: %s", text)
	}
	bodies := ""
	for _, r := range s.Requests() {
		bodies += r.Body
	}
	if strings.Contains(bodies, "horse") || strings.Contains(bodies, "staple") || !strings.Contains(bodies, `"suspended":false`) {
		t.Errorf("requests are kept as %s, want them without passwords", bodies)
	}
	if none, err := s.Password(admin); err != nil || !none.SetAt.IsZero() || none.Matches("") {
		t.Errorf("password of the administrator %+v, %v, want none", none, err)
	}
	if _, err := s.Password("nobody@acme.example"); err == nil {
		t.Error("a stranger has a password")
	}
}
