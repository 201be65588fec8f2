package fakegoogle_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

const newUser = `{"primaryEmail":"new@acme.example","name":{"givenName":"New","familyName":"One"},"password":"correct horse"}`

// refused makes calls and compares their answers with what Google gives.
type refused struct {
	method, path, body string
	status             int
	reason, message    string
}

func (s site) refuses(t *testing.T, calls []refused) {
	t.Helper()
	for _, c := range calls {
		got := s.call(t, s.client, c.method, c.path, c.body)
		if got.Status != c.status || got.reason() != c.reason || !strings.Contains(got.Error.Message, c.message) {
			t.Errorf("%s %s %s = %d %s %q, want %d %s %q", c.method, c.path, c.body, got.Status, got.reason(), got.Error.Message, c.status, c.reason, c.message)
		}
	}
}

func (s site) do(t *testing.T, method, path, body string) answer {
	t.Helper()
	got := s.call(t, s.client, method, path, body)
	if got.Status >= 300 {
		t.Fatalf("%s %s %s = %d %s", method, path, body, got.Status, got.Error.Message)
	}
	return got
}

func TestAPathOrVerbOutsideTheDiscoveryDocumentIsNotFound(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	for _, c := range [][2]string{
		{"GET", directory + "user/" + ada}, {"GET", directory + "users/" + ada + "/"}, {"GET", directory + "groups/" + devs + "/member/" + ada},
		{"GET", "/admin//directory/v1/users/" + ada}, {"DELETE", directory + "groups/" + devs}, {"POST", directory + "users/" + ada},
		{"POST", "/v1/projects/-/serviceAccounts/a/b:signJwt"}, {"POST", "/v1/projects/-/serviceAccounts/a:signJWT"}, {"GET", "/token"},
	} {
		resp, page := s.raw(t, c[0], c[1])
		if resp.StatusCode != 404 || !strings.Contains(page, "<html>") {
			t.Errorf("%s %s = %d %q, want the 404 page of the front end", c[0], c[1], resp.StatusCode, page)
		}
	}
}

func TestAParameterOutsideTheDiscoveryDocumentIsRefused(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.refuses(t, []refused{
		{"GET", "users/" + ada + "?projektion=full", "", 400, "invalid", "Unknown name \"projektion\""},
		{"GET", "users/" + ada + "?maxResults=1", "", 400, "invalid", "Unknown name"},
		{"GET", "users/" + ada + "?userKey=x", "", 400, "invalid", "Unknown name"},
		{"GET", "users/" + ada + "?access_token=x", "", 400, "invalid", "Unknown name"},
		{"GET", "users/" + ada + "?projection=full&projection=basic", "", 400, "invalid", "repeated"},
		{"GET", "users/" + ada + "?alt=proto", "", 400, "invalid", "alt"},
		{"GET", "users/" + ada + "?prettyPrint=yes", "", 400, "invalid", "prettyPrint"},
		{"GET", "users?customer=my_customer&viewType=all", "", 400, "invalid", "viewType"},
		{"GET", "users?customer=my_customer&sortOrder=ascending", "", 400, "invalid", "sortOrder"},
		{"GET", "users?customer=my_customer&maxResults=501", "", 400, "invalid", "[1, 500]"},
		{"GET", "users?customer=my_customer&maxResults=0", "", 400, "invalid", "range"},
		{"GET", "users?customer=my_customer&maxResults=many", "", 400, "invalid", "many"},
		{"GET", "users?customer=my_customer&maxResults=4294967297", "", 400, "invalid", "4294967297"},
		{"GET", "groups?customer=my_customer&orderBy=name", "", 400, "invalid", "orderBy"},
		{"GET", "groups?customer=my_customer&userKey=" + ada, "", 400, "invalid", "userKey"},
		{"GET", "groups/" + devs + "/members?includeDerivedMembership=yes", "", 400, "invalid", "includeDerivedMembership"},
		{"GET", "customer/my_customer/roleassignments?maxResults=201", "", 400, "invalid", "[1, 200]"},
		{"GET", "customer/my_customer/roleassignments?includeIndirectRoleAssignments=1", "", 400, "invalid", "includeIndirect"},
	})
}

func TestABodyOutsideTheDiscoveryDocumentIsRefused(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	members := "groups/" + devs + "/members"
	s.refuses(t, []refused{
		{"GET", "users/" + ada, `{}`, 400, "badRequest", "no body"},
		{"POST", members, `{"email":`, 400, "badRequest", "payload"},
		{"POST", members, `["` + ada + `"]`, 400, "badRequest", "object"},
		{"POST", members, `{"email":"` + ada + `"} {}`, 400, "badRequest", "after the value"},
		{"POST", members, `{"email":"` + ada + `","email":"x@acme.example"}`, 400, "badRequest", "twice"},
		{"POST", members, `{"Email":"` + ada + `"}`, 400, "badRequest", `Unknown name "Email"`},
		{"POST", members, `{"email":"` + ada + `","rolle":"OWNER"}`, 400, "badRequest", `Unknown name "rolle"`},
		{"POST", members, `{"id":7}`, 400, "badRequest", "'id'"},
		{"POST", members, `{"email":"` + ada + `","type":"USER"}`, 400, "badRequest", "Google only"},
		{"PUT", "users/" + ada, `{"suspended":"yes"}`, 400, "badRequest", "suspended"},
		{"PUT", "users/" + ada, `{"suspend":true}`, 400, "badRequest", "suspend"},
		{"PUT", "users/" + ada, `{"isAdmin":true}`, 400, "badRequest", "Google only"},
		{"PUT", "users/" + ada, `{"aliases":["x@acme.example"]}`, 400, "badRequest", "Google only"},
		{"PUT", "users/" + ada, `{"name":{"given":"A"}}`, 400, "badRequest", "'name'"},
		{"PUT", "users/" + ada, `{"name":"Ada"}`, 400, "badRequest", "name"},
	})
	if got, err := s.Members(devs); len(got) != 0 || err != nil {
		t.Errorf("refused calls left the members %v, %v, want none", got, err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+directory+members, strings.NewReader(`{"email":"`+ada+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("a form = %d, want 400", resp.StatusCode)
	}
}

func TestAFieldThatTheMethodNeedsMustBeThere(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.refuses(t, []refused{
		{"POST", "users", `{"primaryEmail":"n@acme.example","name":{"givenName":"N","familyName":"O"}}`, 400, "badRequest", "password"},
		{"POST", "users", `{"primaryEmail":"n@acme.example","password":"correct horse"}`, 400, "badRequest", "name"},
		{"POST", "users", `{"primaryEmail":"n@acme.example","name":{"givenName":"N"},"password":"correct horse"}`, 400, "badRequest", "name.familyName"},
		{"POST", "users", `{"name":{"givenName":"N","familyName":"O"},"password":"correct horse"}`, 400, "badRequest", "primaryEmail"},
		{"POST", "groups", `{"name":"No address"}`, 400, "badRequest", "email"},
		{"POST", "groups", ``, 400, "badRequest", "email"},
	})
	s.do(t, "PUT", "users/"+ada, `{"suspended":false}`) // needs none of them
}

func TestAnAnswerFitsTheDiscoveryDocument(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	if err := s.AssignRole(ada); err != nil {
		t.Fatal(err)
	}
	made := s.do(t, "POST", "users", newUser)
	for _, c := range [][3]string{
		{"POST", "groups", `{"email":"more@acme.example"}`}, {"POST", "users/" + ada + "/aliases", `{"alias":"a@acme.example"}`},
		{"POST", "groups/" + devs + "/aliases", `{"alias":"d@acme.example"}`}, {"POST", "groups/" + devs + "/members", `{"id":"` + made.ID + `"}`},
		{"PUT", "users/" + made.ID, `{"suspended":true,"relations":[{"type":"manager","value":"` + ada + `"}]}`}, {"GET", "users/" + made.ID},
		{"GET", "users?customer=my_customer"}, {"GET", "groups?customer=my_customer"}, {"GET", "groups/" + devs}, {"GET", "groups/" + devs + "/members"},
		{"GET", "groups/" + devs + "/members/" + made.ID}, {"GET", "groups/" + devs + "/hasMember/" + made.ID}, {"GET", "customer/my_customer/roleassignments"},
		{"DELETE", "groups/" + devs + "/members/" + made.ID}, {"DELETE", "users/" + made.ID}, {"GET", "users?customer=my_customer&showDeleted=true"},
		{"POST", "users/" + made.ID + "/undelete", `{"orgUnitPath":"/"}`},
	} {
		s.do(t, c[0], c[1], c[2]) // compares each answer
	}
	for _, wrong := range []string{`{"id":7}`, `{"suspended":"no"}`, `{"telephone":"1"}`, `[]`} {
		if fakegoogle.AnswerProblem("GET", &url.URL{Path: directory + "users/x"}, []byte(wrong)) == "" {
			t.Errorf("the answer %s to users.get was found right", wrong)
		}
	}
}

func TestWhatGoogleCanDoAndTheEmulatorCannotIsSaid(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.refuses(t, []refused{
		{"GET", "users?customer=my_customer&query=name:Ada", "", 501, "notImplemented", "query"},
		{"GET", "users/" + ada + "?projection=custom&customFieldMask=x", "", 501, "notImplemented", "customFieldMask"},
		{"GET", "groups/" + devs + "/members?includeDerivedMembership=true", "", 501, "notImplemented", "derived"},
		{"PUT", "users/" + ada, `{"phones":[]}`, 501, "notImplemented", "phones"},
		{"GET", "customer/my_customer/devices/mobile?query=model:x", "", 501, "notImplemented", "search"},
		{"GET", "customer/my_customer/devices/mobile?orderBy=email", "", 501, "notImplemented", "orderBy"},
	})
}
