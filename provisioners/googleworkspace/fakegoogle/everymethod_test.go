package fakegoogle_test

import (
	"slices"
	"strings"
	"testing"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestEveryMethodIsRefusedUnlessOneOfItsScopesIsGranted(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	calls := append(s.readings(t), s.changes(t)...)
	scopes := []string{"https://www.googleapis.com/auth/cloud-platform"}
	tried := []string{"iamcredentials.projects.serviceAccounts.signJwt"} // has a test of its own
	for _, c := range calls {
		scopes, tried = append(scopes, fakegoogle.ScopesOf(c.id)...), append(tried, c.id)
	}
	for _, id := range fakegoogle.Served() {
		if !slices.Contains(tried, id) {
			t.Errorf("%s is not tried here", id)
		}
	}
	slices.Sort(scopes)
	for _, one := range slices.Compact(scopes) {
		s := leaver(t, fakegoogle.Options{}, one)
		for _, c := range calls {
			got := s.call(t, s.client, verb(c), c.path, c.body)
			if refused, want := got.reason() == "insufficientPermissions", !slices.Contains(fakegoogle.ScopesOf(c.id), one); refused != want {
				t.Errorf("%s with the scope %s = %d %s, refused %t, want %t", c.id, one, got.Status, got.reason(), refused, want)
			}
		}
	}
}

func verb(c change) string {
	if c.verb == "" {
		return "GET"
	}
	return c.verb
}

// of is the site in whose name a call is meant.
func (s site) of(t *testing.T, c change) site {
	if c.subject == "" {
		return s
	}
	return s.as(t, c.subject)
}

func TestEveryChangeFailsBeforeOrAfterItIsMade(t *testing.T) {
	whole := leaver(t, fakegoogle.Options{})
	for i, c := range whole.changes(t) {
		whole.lose(t, c, false)
		s := leaver(t, fakegoogle.Options{})
		c = s.changes(t)[i]
		if c.prepare != nil {
			c.prepare(t, s)
		}
		s.lose(t, c, true)
	}
	for _, c := range whole.readings(t) {
		whole.lose(t, c, false)
	}
}

// lose makes a call fail before or after its effect, and looks whether there was one.
func (s site) lose(t *testing.T, c change, made bool) {
	t.Helper()
	path, _, _ := strings.Cut(c.path, "?")
	if !strings.HasPrefix(path, "/") {
		path = directory + path
	}
	s.Fail(fakegoogle.Fault{Method: verb(c), Path: path, Kind: fakegoogle.Unavailable, Applied: made})
	by, before := s.of(t, c), len(s.Log())
	if got := by.call(t, by.client, verb(c), c.path, c.body); got.Status != 503 || got.reason() != "backendError" {
		t.Errorf("%s = %d %s, want 503 backendError", c.id, got.Status, got.reason())
	}
	if got := len(s.Log()) > before; got != made {
		t.Errorf("%s, to fail after its effect %t: changed %t", c.id, made, got)
	}
}

func TestEveryAnswerToAReadingFitsTheDiscoveryDocument(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	must(t, s.AddMember(devs, bob, ""))
	for _, c := range s.readings(t) {
		if got := s.of(t, c).do(t, "GET", c.path, ""); got.Status != 200 { // compares the answer, too
			t.Errorf("%s = %d, want 200", c.id, got.Status)
		}
	}
}

// TestEveryChangeTakesTheFieldsThatAreAskedFor holds the answers of changes to
// the parameter fields, with which a client asks for less.
func TestEveryChangeTakesTheFieldsThatAreAskedFor(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	got := s.do(t, "POST", transfer+"?fields=id", s.drive(t))
	if got.ID == "" || got.at("overallTransferStatusCode") != "<nil>" {
		t.Errorf("answer %v, want an id alone", got.whole)
	}
}
