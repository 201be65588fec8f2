package fakegoogle_test

import (
	"strings"
	"testing"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestGrantsAreDeletedByApplication(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	got := s.get(t, "users/"+ada+"/tokens")
	if got.at("items") != "3 items" || got.at("items", 2, "displayText") != "Notes" || got.at("items", 2, "nativeApp") != "true" {
		t.Errorf("grants %v, want three", got.whole)
	}
	if one := s.get(t, "users/"+ada+"/tokens/43.apps.example"); one.at("userKey") != s.idOf(t, ada) || one.at("anonymous") != "true" {
		t.Errorf("grant %v, want that of Notes to ada", one.whole)
	}
	s.do(t, "DELETE", "users/"+ada+"/tokens/42.apps.example", "") // both of them
	s.refuses(t, []refused{
		{"DELETE", "users/" + ada + "/tokens/42.apps.example", "", 404, "notFound", "Resource Not Found: clientId"},
		{"GET", "users/" + ada + "/tokens/42.apps.example", "", 404, "notFound", "clientId"},
		{"GET", "users/nobody@acme.example/tokens", "", 404, "notFound", "userKey"},
	})
	left, err := s.Tokens(ada)
	if err != nil || len(left) != 1 || left[0].Name != "Notes" {
		t.Errorf("grants %v, %v, want that of Notes", left, err)
	}
	s.do(t, "DELETE", "users/"+ada+"/tokens/43.apps.example", "")
	if got := s.get(t, "users/"+ada+"/tokens"); got.Status != 200 || got.at("items") != "<nil>" {
		t.Errorf("grants %v, want an empty list", got.whole)
	}
	must(t, s.Grant(ada, fakegoogle.Token{ClientID: "42.apps.example"})) // a program asks anew
	if got := s.get(t, "users/"+ada+"/tokens"); got.at("items") != "1 items" {
		t.Errorf("grants %v, want the new one", got.whole)
	}
}

func TestASuspendedAccountKeepsItsGrants(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	must(t, s.Suspend(ada))
	if got := s.get(t, "users/"+ada+"/tokens"); got.at("items") != "3 items" {
		t.Errorf("grants %v, want three that sleep", got.whole)
	}
	s.do(t, "DELETE", "users/"+ada+"/tokens/42.apps.example", "")
	s.do(t, "DELETE", s.appPassword(t), "")
}

func TestAppPasswordsAreDeletedOneByOne(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	first, second := s.appPassword(t), s.appPassword(t)
	got := s.get(t, "users/"+ada+"/asps")
	if got.at("items") != "2 items" || got.at("items", 0, "name") != "Old mail program" || got.at("items", 0, "lastTimeUsed") != "0" {
		t.Errorf("app passwords %v, want two that were never used", got.whole)
	}
	s.do(t, "DELETE", first, "")
	s.do(t, "GET", second, "")
	s.refuses(t, []refused{
		{"DELETE", first, "", 400, "invalid", "codeId"},
		{"GET", first, "", 400, "invalid", "codeId"},
		{"DELETE", "users/" + ada + "/asps/all", "", 400, "invalidParameter", "codeId"},
		{"DELETE", "users/" + ada + "/asps/4294967297", "", 400, "invalidParameter", "codeId"},
	})
	if left, err := s.AppPasswords(ada); err != nil || len(left) != 1 || !strings.HasSuffix(second, "/"+s.get(t, second).at("codeId")) {
		t.Errorf("app passwords %v, %v, want the second one", left, err)
	}
}

func TestBackupCodesOfASuspendedAccountStay(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	codes := "users/" + ada + "/verificationCodes"
	first := s.get(t, codes)
	s.do(t, "POST", codes+"/generate", "")
	if second := s.get(t, codes); second.at("items") != "10 items" || second.at("items", 0, "verificationCode") == first.at("items", 0, "verificationCode") {
		t.Errorf("codes %v, want ten new ones", second.whole)
	}
	must(t, s.Suspend(ada))
	s.refuses(t, []refused{
		{"POST", codes + "/invalidate", "", 400, "invalid", "Invalid Input"},
		{"POST", codes + "/generate", "", 400, "invalid", "Invalid Input"},
	})
	if _, left, err := s.TwoStep(ada); err != nil || left != 10 || s.get(t, codes).at("items") != "10 items" {
		t.Errorf("%d codes, %v, want ten", left, err)
	}
	s.do(t, "PUT", "users/"+ada, `{"suspended":false}`)
	for range 2 { // none to make invalid is no error
		s.do(t, "POST", codes+"/invalidate", "")
	}
	if got := s.get(t, codes).at("items"); got != "<nil>" {
		t.Errorf("codes: %s, want none", got)
	}
}

func TestTwoStepVerificationIsTurnedOffOnConditions(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	call := "users/" + ada + "/twoStepVerification/turnOff"
	for _, no := range []fakegoogle.TwoStep{{}, {Enrolled: true, Enforced: true}, {Enrolled: true, AdvancedProtection: true}} {
		must(t, s.SetTwoStep(ada, no))
		s.refuses(t, []refused{{"POST", call, "", 400, "invalid", "Invalid Input"}})
	}
	must(t, s.SetTwoStep(ada, fakegoogle.TwoStep{Enrolled: true}), s.Suspend(ada))
	s.refuses(t, []refused{{"POST", call, "", 400, "invalid", "Invalid Input"}})
	s.do(t, "PUT", "users/"+ada, `{"suspended":false}`)
	if got := s.get(t, "users/"+ada).at("isEnrolledIn2Sv"); got != "true" {
		t.Errorf("isEnrolledIn2Sv %s, want true", got)
	}
	s.do(t, "POST", call, "")
	if state, codes, err := s.TwoStep(ada); err != nil || state.Enrolled || codes != 0 {
		t.Errorf("second step %+v with %d codes, %v, want none", state, codes, err)
	}
}

func TestARoleIsAssignedOnce(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	helpers := s.AddRole("Helpers")
	s.AddOrgUnit("/Staff")
	id, unit := s.idOf(t, ada), strings.TrimPrefix(s.get(t, "customer/my_customer/orgunits/Staff").at("orgUnitId"), "id:")
	const assignments = "customer/my_customer/roleassignments"
	body := func(role, to, rest string) string {
		return `{"roleId":"` + role + `","assignedTo":"` + to + `",` + rest + `}`
	}
	made := s.do(t, "POST", assignments, body(helpers, id, `"scopeType":"CUSTOMER"`))
	s.do(t, "POST", assignments, body(helpers, id, `"scopeType":"ORG_UNIT","orgUnitId":"`+unit+`"`))
	s.refuses(t, []refused{
		{"POST", assignments, body(helpers, id, `"scopeType":"CUSTOMER"`), 500, "internalError", "Role assignment exists: roleId"},
		{"POST", assignments, body("5", id, `"scopeType":"CUSTOMER"`), 404, "notFound", "roleId"},
		{"POST", assignments, body(helpers, ada, `"scopeType":"CUSTOMER"`), 404, "notFound", "assignedTo"},
		{"POST", assignments, body(helpers, id, `"scopeType":"DOMAIN"`), 400, "invalid", "Invalid scope value"},
		{"POST", assignments, body(helpers, id, `"scopeType":"ORG_UNIT"`), 400, "invalid", "Invalid Org Unit"},
		{"POST", assignments, `{"roleId":6002}`, 400, "badRequest", "roleId"},
		{"POST", assignments, body(helpers, id, `"assigneeType":"user"`), 400, "badRequest", "Google only"},
		{"DELETE", assignments + "/77", "", 404, "notFound", "roleAssignmentId"},
	})
	if got := s.get(t, assignments+"?userKey="+ada); len(got.Items) != 2 || s.get(t, "users/"+ada).at("isDelegatedAdmin") != "true" {
		t.Errorf("roles of ada %v, want two", got.whole)
	}
	s.do(t, "DELETE", assignments+"/"+made.at("roleAssignmentId"), "")
	s.do(t, "POST", assignments, body("6001", id, `"scopeType":"CUSTOMER"`)) // what makeAdmin does
	if got := s.get(t, "users/"+ada).at("isAdmin"); got != "true" {
		t.Errorf("isAdmin %s, want true", got)
	}
	roles := s.RoleAssignments()
	if len(roles) != 3 || roles[1] != (fakegoogle.RoleAssignment{ID: roles[1].ID, Role: "Helpers", Holder: ada}) || roles[2].Role != "_SEED_ADMIN_ROLE" {
		t.Errorf("roles %v", roles)
	}
	s.do(t, "DELETE", assignments+"/"+roles[2].ID, "")
	must(t, s.DeleteUser(ada))
	if got := s.RoleAssignments(); len(got) != 1 {
		t.Errorf("roles %v, want that of the administrator", got)
	}
}
