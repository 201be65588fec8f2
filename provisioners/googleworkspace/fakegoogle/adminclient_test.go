package fakegoogle_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// adminPackages are Google's own client for Node.js, which signs, encodes, pages
// and reads refusals with other code than the client for Go.
var adminPackages = []string{"@googleapis/admin@37.0.0", "google-auth-library@11.3.4"}

// seen is what that client made of one answer.
type seen struct {
	Step    string `json:"step"`
	Status  int    `json:"status,omitempty"`
	Code    int    `json:"code,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Domain  string `json:"domain,omitempty"`
	Message string `json:"message,omitempty"`
	Data    any    `json:"data,omitempty"`
}

func answered(step string, status int, data any) seen {
	return seen{Step: step, Status: status, Data: data}
}

func refusal(step string, code int, reason, message string) seen {
	return seen{Step: step, Status: code, Code: code, Reason: reason, Domain: "global", Message: message}
}

// list is a JSON array.
func list(items ...any) []any { return items }

func person(email, name string, suspended bool) []any {
	return list("admin#directory#user", email, name, suspended)
}

func TestAnotherOfficialClientIsServed(t *testing.T) {
	s := acme(fakegoogle.Options{DelegatedScopes: append([]string{scope + "user.readonly"}, allScopes...), PageSize: 3})
	s.Fail(fakegoogle.Fault{Path: directory + "users/quota@acme.example", Kind: fakegoogle.Quota})
	s.Fail(fakegoogle.Fault{Path: directory + "users/front@acme.example", Kind: fakegoogle.BadGateway})
	s.Fail(fakegoogle.Fault{Path: directory + "users/countess@acme.example", Kind: fakegoogle.TooMany})
	s.AddOrgUnit("/Offboarded")
	_, err := s.AddAppPassword(ada, "Old mail program")
	must(t, err, s.Grant(ada, fakegoogle.Token{ClientID: "42.apps.example", Name: "Mail merge", Scopes: []string{"https://mail.google.com/"}}), s.SignIn(ada))
	server := httptest.NewServer(s)
	defer server.Close()
	key, err := s.ServiceAccountKey("https://oauth2.googleapis.com/token") // the only one that the client knows
	if err != nil {
		t.Fatal(err)
	}
	got := runAdmin(t, "GOOGLE_SITE="+server.URL, "GOOGLE_KEY="+string(key))

	const frontEnd = "<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title><p>The server encountered a temporary error.</html>"
	const notAllowed = "Not Authorized to access this resource/api"
	want := []seen{
		answered("insert", 200, person("new@acme.example", "New One", false)),
		refusal("insert again", 409, "duplicate", "Entity already exists."),
		answered("get", 200, person("new@acme.example", "New One", false)),
		answered("suspend", 200, person("new@acme.example", "New One", true)),
		answered("delete", 204, ""),
		refusal("get deleted", 404, "notFound", "Resource Not Found: userKey"),
		answered("list deleted", 200, list(person("new@acme.example", "New One", true))),
		answered("undelete", 204, ""),
		answered("get restored", 200, person("new@acme.example", "New One", true)),
		answered("lift", 200, person("new@acme.example", "New One", false)),
		{Step: "pages", Data: list(list(ada, admin), list("new@acme.example"))},
		{Step: "pages of emails", Data: list(list(ada, admin, "new@acme.example"))},
		answered("make a group", 200, list("admin#directory#group", "crew@acme.example", "Crew")),
		refusal("make a group with a person's address", 409, "duplicate", "Entity already exists."),
		answered("list groups", 200, list(list("crew@acme.example", "0"), list(devs, "0"))),
		answered("join", 200, list("admin#directory#member", ada, "MEMBER", "USER", "ACTIVE")),
		refusal("join again", 409, "duplicate", "Member already exists."),
		answered("has member", 200, map[string]any{"isMember": true}),
		answered("list members", 200, list(ada)),
		answered("leave", 204, ""),
		refusal("leave again", 404, "notFound", "Resource Not Found: memberKey"),
		answered("list no members", 200, list("admin#directory#members", true)),
		answered("manager joins", 200, list(admin, "MANAGER")),
		answered("sign out", 204, ""),
		answered("grants", 200, list(list("admin#directory#token", "42.apps.example", "Mail merge", list("https://mail.google.com/")))),
		answered("end a grant", 204, ""),
		refusal("end it again", 404, "notFound", "Resource Not Found: clientId"),
		answered("app passwords", 200, list("Old mail program")),
		answered("delete an app password", 204, ""),
		answered("no app passwords", 200, list("admin#directory#aspList", true)),
		answered("make administrator", 204, ""),
		answered("an administrator", 200, true),
		answered("end that", 204, ""),
		answered("invalid codes", 204, ""),
		answered("units", 200, list("/Offboarded")),
		answered("move", 200, "/Offboarded"),
		refusal("move nowhere", 400, "invalid", "Invalid Input: INVALID_OU_ID"),
		answered("transfer", 200, list("admin#datatransfer#DataTransfer", "inProgress")),
		answered("look at it", 200, list("completed", "completed")),
		answered("find it", 200, list(true)),
		refusal("transfer to nobody", 400, "invalid", "Invalid Input: newOwnerUserId"),
		refusal("parameter", 400, "invalid", "Invalid value '501'. Values must be within the range: [1, 500]"),
		refusal("scope", 403, "insufficientPermissions", "Request had insufficient authentication scopes."),
		refusal("no administrator", 403, "forbidden", notAllowed),
		{Step: "no such subject", Status: 400, Code: 400, Message: "invalid_grant: Invalid email or User ID"},
		{Step: "over the quota", Status: 403, Code: 403, Reason: "quotaExceeded", Domain: "usageLimits", Message: "Request rate higher than configured."},
		{Step: "a page of the front end", Status: 502, Code: 502, Message: frontEnd},
		answered("repeated after a throttle", 200, person(ada, "", false)),
		{Step: "not delegated", Status: 401, Code: 401, Message: "unauthorized_client: Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("what the client saw (-got +want):\n%s", diff)
	}
	if users := s.Users(); len(users) != 3 || users[2].Email != "new@acme.example" || users[2].Suspended || users[2].FamilyName != "One" {
		t.Errorf("users are %+v", users)
	}
	members, err := s.Members("crew@acme.example")
	if err != nil || len(members) != 1 || members[0].Email != admin || members[0].Role != "MANAGER" {
		t.Errorf("members are %+v, %v, want %s alone", members, err, admin)
	}
}

// runAdmin installs the client and runs testdata/admin.js.
func runAdmin(t *testing.T, environment ...string) []seen {
	t.Helper()
	node, noNode := exec.LookPath("node")
	npm, noNPM := exec.LookPath("npm")
	if noNode != nil || noNPM != nil || os.Getenv("COUNTERSIGN_NPM") == "" {
		t.Skipf("needs node, npm and COUNTERSIGN_NPM=1, which installs %v from the registry", adminPackages)
	}
	dir := t.TempDir()
	arguments := append([]string{"install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir}, adminPackages...)
	if out, err := exec.CommandContext(t.Context(), npm, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	script, err := os.ReadFile("testdata/admin.js")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "admin.js"), script, 0o600); err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), node, "admin.js")
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), environment...), &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("admin.js: %v\n%s\n%s", err, out, &complaints)
	}
	var steps []seen
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var one seen
		if err := d.Decode(&one); errors.Is(err, io.EOF) {
			return steps
		} else if err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		steps = append(steps, one)
	}
}
