package fakegoogle_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// raw makes a call whose answer need not be JSON.
func (s site) raw(t *testing.T, method, path string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(content)
}

// slow opens a Google that takes half a minute to tell its servers, and returns
// what lets that time pass.
func slow(t *testing.T) (s site, settle func()) {
	t.Helper()
	shift := time.Duration(0)
	s = open(t, fakegoogle.Options{Now: func() time.Time { return time.Now().Add(shift) }})
	s.Lag(30 * time.Second)
	return s, func() { shift += time.Minute }
}

func TestANewAccountIsReadButNeitherListedNorChanged(t *testing.T) {
	s, settle := slow(t)
	s.AddOrgUnit("/Sales")
	id := s.do(t, "POST", "users", newUser).ID
	changes := [][3]string{
		{"PUT", "users/" + id, `{"orgUnitPath":"/Sales"}`}, {"POST", "users/" + id + "/aliases", `{"alias":"n@acme.example"}`},
		{"POST", "groups/" + devs + "/members", `{"id":"` + id + `"}`}, {"POST", "users/" + id + "/signOut", ""},
		{"POST", "users/" + id + "/makeAdmin", `{"status":true}`}, {"POST", "users/" + id + "/verificationCodes/generate", ""}, {"DELETE", "users/" + id},
	}
	s.do(t, "GET", "users/"+id, "")
	if got := s.get(t, "users?customer=my_customer"); len(got.Users) != 2 {
		t.Errorf("%d accounts are listed, want the 2 old ones", len(got.Users))
	}
	for _, c := range changes {
		s.refuses(t, []refused{{c[0], c[1], c[2], 412, "conditionNotMet", "User creation is not complete"}})
	}
	settle()
	if got := s.get(t, "users?customer=my_customer"); len(got.Users) != 3 {
		t.Errorf("%d accounts are listed later, want 3", len(got.Users))
	}
	for _, c := range changes {
		s.do(t, c[0], c[1], c[2])
	}
}

func TestANewAccountAddedByAddressIsPending(t *testing.T) {
	s, settle := slow(t)
	id := s.do(t, "POST", "users", newUser).ID
	s.do(t, "POST", "groups/"+devs+"/members", `{"email":"new@acme.example"}`)
	settle()
	for _, key := range []string{id, "new@acme.example"} {
		if got := s.get(t, "groups/"+devs+"/members/"+key); got.Status != 404 {
			t.Errorf("the membership read by %s = %d, want 404 for ever", key, got.Status)
		}
	}
	s.do(t, "DELETE", "groups/"+devs+"/members/new@acme.example", "")
	s.do(t, "POST", "groups/"+devs+"/members", `{"id":"`+id+`"}`)
}

func TestANewGroupOrMembershipComesAndGoes(t *testing.T) {
	s, settle := slow(t)
	s.do(t, "POST", "groups", `{"email":"new@acme.example"}`)
	s.do(t, "POST", "groups/"+devs+"/members", `{"email":"`+ada+`"}`)
	for path, key := range map[string]string{"groups/new@acme.example": "groupKey", "groups/" + devs + "/members/" + ada: "memberKey"} {
		for i, want := range []int{404, 200, 404, 200} {
			got := s.get(t, path)
			if got.Status != want || want == 404 && got.Error.Message != "Resource Not Found: "+key {
				t.Errorf("GET %s the %d. time = %d %s, want %d", path, i+1, got.Status, got.Error.Message, want)
			}
		}
	}
	settle()
	s.do(t, "GET", "groups/new@acme.example", "")
	s.do(t, "GET", "groups/"+devs+"/members/"+ada, "")
}

func TestAPendingMembershipIsHiddenAndInTheWay(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	if err := s.AddPending(devs, ada); err != nil {
		t.Fatal(err)
	}
	id := s.get(t, "users/"+ada).ID
	if got := s.get(t, "groups/"+devs+"/members"); len(got.Members) != 0 {
		t.Errorf("members %v, want none", got.Members)
	}
	if got := s.get(t, "groups/"+devs+"/hasMember/"+ada); got.IsMember {
		t.Error("hasMember counts a pending membership")
	}
	s.refuses(t, []refused{
		{"GET", "groups/" + devs + "/members/" + ada, "", 404, "notFound", "memberKey"},
		{"POST", "groups/" + devs + "/members", `{"id":"` + id + `"}`, 409, "duplicate", "Member already exists."},
		{"DELETE", "groups/" + devs + "/members/" + id, "", 404, "notFound", "memberKey"},
	})
	s.do(t, "DELETE", "groups/"+devs+"/members/"+ada, "")
	s.do(t, "POST", "groups/"+devs+"/members", `{"id":"`+id+`"}`)
}

func TestAThrottleHasItsReasonAndMaySayHowLong(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	for _, c := range []struct {
		kind   fakegoogle.Kind
		status int
		reason string
	}{
		{fakegoogle.UserRate, 403, "userRateLimitExceeded"}, {fakegoogle.Quota, 403, "quotaExceeded"}, {fakegoogle.RateLimit, 403, "rateLimitExceeded"},
		{fakegoogle.TooMany, 429, "rateLimitExceeded"}, {fakegoogle.Unavailable, 503, "backendError"}, {fakegoogle.Internal, 500, "internalError"},
		{fakegoogle.Late, 504, "gatewayTimeout"}, {fakegoogle.NotComplete, 412, "conditionNotMet"}, {fakegoogle.Flicker, 404, "notFound"},
		{fakegoogle.Conflict, 409, "conflict"}, {fakegoogle.Duplicate, 409, "duplicate"}, {fakegoogle.Unauthorized, 401, "authError"}, {fakegoogle.Forbidden, 403, "forbidden"}, {fakegoogle.Disabled, 403, "accessNotConfigured"},
	} {
		for wait, want := range map[time.Duration]string{0: "", 7 * time.Second: "7"} {
			s.Fail(fakegoogle.Fault{Path: directory + "users/*", Kind: c.kind, RetryAfter: wait})
			resp, text := s.raw(t, "GET", directory+"users/"+ada)
			if resp.StatusCode != c.status || !strings.Contains(text, `"reason":"`+c.reason+`"`) || resp.Header.Get("Retry-After") != want {
				t.Errorf("%s = %d %s, Retry-After %q, want %d %s, %q", c.kind, resp.StatusCode, text, resp.Header.Get("Retry-After"), c.status, c.reason, want)
			}
		}
	}
}

func TestAFrontEndAnswersWithAPage(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.Fail(fakegoogle.Fault{Path: directory + "users/*", Kind: fakegoogle.BadGateway})
	resp, text := s.raw(t, "GET", directory+"users/"+ada)
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 502 || !strings.HasPrefix(kind, "text/html") || !strings.Contains(text, "<html>") {
		t.Errorf("answer %d %s %q, want a 502 page", resp.StatusCode, kind, text)
	}
}

func TestAChangeIsMadeAndItsAnswerIsLost(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.Fail(fakegoogle.Fault{Method: "POST", Path: directory + "groups/*/members", Kind: fakegoogle.Unavailable, Applied: true})
	s.refuses(t, []refused{
		{"POST", "groups/" + devs + "/members", `{"email":"` + ada + `"}`, 503, "backendError", ""},
		{"POST", "groups/" + devs + "/members", `{"email":"` + ada + `"}`, 409, "duplicate", "Member already exists."},
	})
}

func TestAChangeIsMadeAndCalledADuplicate(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.Fail(fakegoogle.Fault{Method: "PUT", Path: directory + "users/*", Kind: fakegoogle.Duplicate, Applied: true})
	s.refuses(t, []refused{{"PUT", "users/" + ada, `{"suspended":true}`, 409, "duplicate", "Entity already exists."}})
	if got := s.get(t, "users/"+ada); !got.Suspended {
		t.Error("the change was not made")
	}
}

func TestARefusalByTheFrontEndSaysSo(t *testing.T) {
	s := open(t, fakegoogle.Options{}, scope+"user.readonly")
	resp, text := s.raw(t, "GET", directory+"groups/"+devs)
	if got := resp.Header.Get("WWW-Authenticate"); !strings.Contains(got, "insufficient_scope") || !strings.Contains(got, scope+"group.readonly") {
		t.Errorf("WWW-Authenticate %q, want the scopes that are missing", got)
	}
	if !strings.Contains(text, `"message":"Insufficient Permission","domain":"global"`) || !strings.Contains(text, "PERMISSION_DENIED") {
		t.Errorf("answer %s", text)
	}
	for kind, want := range map[fakegoogle.Kind]string{
		fakegoogle.UserRate: "usageLimits", fakegoogle.RateLimit: "usageLimits", fakegoogle.Quota: "usageLimits",
		fakegoogle.Disabled: "usageLimits", fakegoogle.TooMany: "global", fakegoogle.Forbidden: "global",
	} {
		s.Fail(fakegoogle.Fault{Path: directory + "users/*", Kind: kind})
		if _, text := s.raw(t, "GET", directory+"users/"+ada); !strings.Contains(text, `"domain":"`+want+`"`) {
			t.Errorf("%s = %s, want the domain %s", kind, text, want)
		}
	}
	s.RevokeTokens()
	resp, text = s.raw(t, "GET", directory+"users/"+ada)
	if got := resp.Header.Get("WWW-Authenticate"); !strings.Contains(got, "invalid_token") || !strings.Contains(text, `"location":"Authorization","locationType":"header"`) {
		t.Errorf("WWW-Authenticate %q, answer %s", got, text)
	}
}
