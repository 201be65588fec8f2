package fakegoogle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/oauth2/google"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

const (
	scope     = "https://www.googleapis.com/auth/admin.directory."
	admin     = "admin@acme.example"
	ada       = "ada@acme.example"
	devs      = "devs@acme.example"
	directory = "/admin/directory/v1/"
)

var allScopes = []string{
	scope + "user", scope + "user.security", scope + "group", scope + "orgunit", scope + "rolemanagement", scope + "device.mobile",
	"https://www.googleapis.com/auth/admin.datatransfer", "https://www.googleapis.com/auth/admin.reports.audit.readonly",
}

// site is an emulated Google that is reached over loopback.
type site struct {
	*fakegoogle.Server
	url    string
	client *http.Client
}

func open(t *testing.T, o fakegoogle.Options, scopes ...string) site {
	t.Helper()
	s := acme(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	if scopes == nil {
		scopes = allScopes
	}
	out := site{Server: s, url: server.URL}
	out.client = out.signIn(t, t.Context(), admin, scopes)
	return out
}

// acme is a Workspace with an administrator, a person and a group.
func acme(o fakegoogle.Options) *fakegoogle.Server {
	o.KeyBits = 1024
	s := fakegoogle.New(o)
	s.AddUser(fakegoogle.User{Email: admin, Admin: true})
	s.AddUser(fakegoogle.User{Email: ada, Aliases: []string{"countess@acme.example"}})
	s.AddGroup(fakegoogle.Group{Email: devs})
	return s
}

// signIn makes a client that acts for a subject with a new key.
func (s site) signIn(t *testing.T, ctx context.Context, subject string, scopes []string) *http.Client {
	t.Helper()
	key, err := s.ServiceAccountKey(s.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	config, err := google.JWTConfigFromJSON(key, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	config.Subject = subject
	return config.Client(ctx)
}

// answer is what every answer here can hold.
type answer struct {
	Status int `json:"-"`
	Error  struct {
		Message string
		Errors  []struct{ Reason string }
	}
	ID, Email, Role, Type, PrimaryEmail, NextPageToken, SuspensionReason string
	MemberStatus                                                         string `json:"status"`
	Suspended                                                            bool
	IsMember                                                             bool
	Users, Groups, Members                                               []struct{ ID, Email, PrimaryEmail string }
	Items                                                                []struct{ AssigneeType string }

	whole any // all of it
}

// at reads a value anywhere in the answer, by names and numbers.
func (a answer) at(path ...any) string {
	value := a.whole
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := value.(map[string]any)
			value = fields[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				return "nothing"
			}
			value = items[step]
		}
	}
	if items, ok := value.([]any); ok {
		return strconv.Itoa(len(items)) + " items"
	}
	return fmt.Sprint(value)
}

func (a answer) reason() string {
	if len(a.Error.Errors) == 0 {
		return ""
	}
	return a.Error.Errors[0].Reason
}

func (s site) call(t *testing.T, client *http.Client, method, path, body string) answer {
	t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = directory + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if problem := fakegoogle.AnswerProblem(method, r.URL, content); resp.StatusCode == http.StatusOK && problem != "" {
		t.Errorf("the answer to %s %s breaks the discovery document: %s", method, path, problem)
	}
	out := answer{Status: resp.StatusCode}
	if len(content) > 0 && (json.Unmarshal(content, &out) != nil || json.Unmarshal(content, &out.whole) != nil) {
		t.Fatalf("%s %s answered %q, want JSON", method, path, content)
	}
	return out
}

func (s site) get(t *testing.T, path string) answer {
	t.Helper()
	return s.call(t, s.client, "GET", path, "")
}

func TestACallIsRefusedAsGoogleRefusesIt(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	if err := s.AddMember(devs, admin, ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		reason, message    string
	}{
		{"GET", "users/nobody@acme.example", "", 404, "notFound", "Resource Not Found: userKey"},
		{"GET", "groups/none@acme.example", "", 404, "notFound", "Resource Not Found: groupKey"},
		{"GET", "groups/" + devs + "/members/" + ada, "", 404, "notFound", "Resource Not Found: memberKey"},
		{"DELETE", "groups/" + devs + "/members/" + ada, "", 404, "notFound", "Resource Not Found: memberKey"},
		{"POST", "groups/" + devs + "/members", `{"email":"Admin@acme.example"}`, 409, "duplicate", "Member already exists."},
		{"POST", "groups/" + devs + "/members", `{"email":"nobody@acme.example"}`, 404, "notFound", "memberKey"},
		{"POST", "groups/" + devs + "/members", `{"id":"` + ada + `"}`, 404, "notFound", "memberKey"},
		{"POST", "groups/" + devs + "/members", `{}`, 400, "invalid", "memberKey"},
		{"POST", "groups/" + devs + "/members", `{"email":"` + ada + `","role":"BOSS"}`, 400, "invalid", "role"},
		{"POST", "groups/" + devs + "/members", `{"email":"` + ada + `","status":"ACTIVE"}`, 400, "badRequest", "status"},
		{"POST", "groups/" + devs + "/members", `{"email":"` + devs + `"}`, 412, "conditionNotMet", "Cyclic"},
		{"POST", "users/" + ada + "/undelete", `{}`, 404, "notFound", "Resource Not Found: userKey"},
		{"GET", "users", "", 400, "badRequest", "Bad Request"},
		{"GET", "users?customer=my_customer&maxresults=5", "", 400, "invalid", "maxresults"},
		{"GET", "users?customer=my_customer&projection=everything", "", 400, "invalid", "projection"},
		{"GET", "users?customer=my_customer&maxResults=1000", "", 400, "invalid", "1000"},
		{"GET", "users?customer=my_customer&pageToken=x", "", 400, "invalid", "pageToken"},
	} {
		got := s.call(t, s.client, c.method, c.path, c.body)
		if got.Status != c.status || got.reason() != c.reason || !strings.Contains(got.Error.Message, c.message) {
			t.Errorf("%s %s %s = %d %s %q, want %d %s %q", c.method, c.path, c.body, got.Status, got.reason(), got.Error.Message, c.status, c.reason, c.message)
		}
	}
}

func TestEachMethodAsksForItsOwnScope(t *testing.T) {
	s := open(t, fakegoogle.Options{}, scope+"user.readonly")
	if got := s.get(t, "users/"+ada); got.Status != 200 {
		t.Errorf("users.get = %d, want 200", got.Status)
	}
	for _, path := range []string{"groups/" + devs, "groups/" + devs + "/members/" + ada, "customer/my_customer/roleassignments"} {
		if got := s.get(t, path); got.Status != 403 || got.reason() != "insufficientPermissions" {
			t.Errorf("GET %s = %d %s, want 403 insufficientPermissions", path, got.Status, got.reason())
		}
	}
	reader := open(t, fakegoogle.Options{}, scope+"group.readonly")
	if got := reader.call(t, reader.client, "POST", "groups/"+devs+"/members", `{"email":"`+ada+`"}`); got.Status != 403 {
		t.Errorf("members.insert with a reading scope = %d, want 403", got.Status)
	}
}

func TestACallWithoutAValidTokenIsUnauthorized(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	if got := s.call(t, http.DefaultClient, "GET", "users/"+ada, ""); got.Status != 401 {
		t.Errorf("without a token: %d, want 401", got.Status)
	}
	s.get(t, "users/"+ada)
	s.RevokeTokens()
	if got := s.get(t, "users/"+ada); got.Status != 401 {
		t.Errorf("with a revoked token: %d, want 401", got.Status)
	}
}

func TestAddressesAreFoundInAnyCaseAndByAlias(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	for _, key := range []string{"ADA@acme.example", "Countess@acme.example"} {
		if got := s.get(t, "users/"+key); got.PrimaryEmail != ada {
			t.Errorf("users.get %s = %q, want %s", key, got.PrimaryEmail, ada)
		}
	}
}

func TestEveryPageTogetherIsTheWholeList(t *testing.T) {
	s := open(t, fakegoogle.Options{PageSize: 2})
	for _, name := range []string{"a", "b", "c"} {
		u := s.AddUser(fakegoogle.User{Email: name + "@acme.example"})
		g := s.AddGroup(fakegoogle.Group{Email: name + "-group@acme.example"})
		for _, err := range []error{s.AddMember(devs, u.ID, ""), s.AssignRole(g.Email)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for path, want := range map[string]int{
		"users?customer=my_customer&":              5,
		"groups?customer=my_customer&":             4,
		"groups?domain=other.example&":             0,
		"groups?userKey=a@acme.example&":           1,
		"groups/" + devs + "/members?":             3,
		"groups/" + devs + "/members?roles=OWNER&": 0,
		"customer/my_customer/roleassignments?":    4, // one is that of the super administrator
		"customer/my_customer/roles?":              7,
	} {
		rows, token := 0, ""
		for {
			got := s.get(t, path+"pageToken="+token)
			if got.Status != 200 {
				t.Fatalf("GET %s = %d %s", path, got.Status, got.Error.Message)
			}
			page := len(got.Users) + len(got.Groups) + len(got.Members) + len(got.Items)
			if page > 2 {
				t.Errorf("GET %s gave %d rows in one page, want at most 2", path, page)
			}
			rows += page
			if token = got.NextPageToken; token == "" {
				break
			}
		}
		if rows != want {
			t.Errorf("GET %s gave %d rows, want %d", path, rows, want)
		}
	}
}

func TestHasMemberCountsGroupsInGroups(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddGroup(fakegoogle.Group{Email: "inner@acme.example"})
	for group, member := range map[string]string{devs: "inner@acme.example", "inner@acme.example": ada} {
		if err := s.AddMember(group, member, ""); err != nil {
			t.Fatal(err)
		}
	}
	for member, want := range map[string]bool{ada: true, admin: false} {
		if got := s.get(t, "groups/"+devs+"/hasMember/"+member); got.IsMember != want {
			t.Errorf("hasMember %s = %t, want %t", member, got.IsMember, want)
		}
	}
}

func TestAChangeWakesWhoWaitsForIt(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	changed := s.Changed()
	select {
	case <-changed:
		t.Fatal("a change was told before there was one")
	default:
	}
	s.call(t, s.client, "POST", "groups/"+devs+"/members", `{"email":"`+ada+`"}`)
	select {
	case <-changed:
	default:
		t.Error("the insert was not told")
	}
	log := s.Log()
	if got, want := log[len(log)-1].Text, ada+" joined "+devs; got != want {
		t.Errorf("log ends with %q, want %q", got, want)
	}
	if err := s.RemoveMember(devs, ada); err != nil {
		t.Fatal(err)
	}
	if members, err := s.Members(devs); len(members) != 0 || err != nil {
		t.Errorf("Members = %v, %v, want none", members, err)
	}
}

func TestAHealedServerFailsNoMore(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.Fail(fakegoogle.Fault{Path: directory + "users/*", Kind: fakegoogle.Unavailable, Skip: 1, Count: -1})
	for i, want := range []int{200, 503, 503} {
		if got := s.get(t, "users/"+ada); got.Status != want {
			t.Errorf("call %d = %d, want %d", i, got.Status, want)
		}
	}
	s.Heal()
	if got := s.get(t, "users/"+ada); got.Status != 200 {
		t.Errorf("after Heal: %d, want 200", got.Status)
	}
}
