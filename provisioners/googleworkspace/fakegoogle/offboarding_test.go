package fakegoogle_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestSigningOutEndsEverySession(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	before, err := s.Session(ada)
	if err != nil || !before.Open || !before.SignedOut.IsZero() {
		t.Fatalf("session %+v, %v, want an open one", before, err)
	}
	for range 2 { // ending none is no error
		if got := s.do(t, "POST", "users/"+ada+"/signOut", ""); got.Status != 204 {
			t.Errorf("signOut = %d, want 204", got.Status)
		}
	}
	after, err := s.Session(ada)
	if err != nil || after.Open || after.SignedOut.IsZero() || !after.LastIn.Equal(before.LastIn) {
		t.Errorf("session %+v, %v, want none", after, err)
	}
	s.refuses(t, []refused{
		{"POST", "users/" + ada + "/signOut", `{}`, 400, "badRequest", "no body"},
		{"POST", "users/nobody@acme.example/signOut", "", 404, "notFound", "userKey"},
	})
}

func TestASuspensionEndsEverySession(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	s.do(t, "PUT", "users/"+ada, `{"suspended":true}`)
	if got, err := s.Session(ada); err != nil || got.Open {
		t.Errorf("session %+v, %v, want none", got, err)
	}
	if err := s.SignIn(ada); !errors.Is(err, fakegoogle.ErrNoEntry) {
		t.Errorf("a suspended account signs in: %v", err)
	}
	s.do(t, "PUT", "users/"+ada, `{"suspended":false,"archived":true}`)
	if err := s.SignIn(ada); !errors.Is(err, fakegoogle.ErrNoEntry) {
		t.Errorf("an archived account signs in: %v", err)
	}
	s.do(t, "PUT", "users/"+ada, `{"archived":false}`)
	must(t, s.SignIn(ada))
	s.do(t, "PUT", "users/"+ada, `{"archived":true}`)
	if got, err := s.Session(ada); err != nil || got.Open {
		t.Errorf("session of an archived account %+v, %v, want none", got, err)
	}
	s.do(t, "PUT", "users/"+ada, `{"archived":false}`)
	must(t, s.SignIn(ada), s.Suspend(ada))
	if got, err := s.Session(ada); err != nil || got.Open {
		t.Errorf("session %+v, %v, want none", got, err)
	}
}

func TestSuperAdministratorsAreMadeByACallOfTheirOwn(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	call := "users/" + ada + "/makeAdmin"
	for i, status := range []bool{true, true, false, false} {
		if got := s.do(t, "POST", call, fmt.Sprintf(`{"status":%t}`, status)); got.Status != 204 {
			t.Errorf("call %d = %d, want 204", i, got.Status)
		}
		if got := s.get(t, "users/"+ada).at("isAdmin"); got != fmt.Sprint(status) {
			t.Errorf("after call %d isAdmin is %s, want %t", i, got, status)
		}
		want := map[bool]int{true: 2, false: 1}[status] // the other one is the administrator
		if got := s.RoleAssignments(); len(got) != want {
			t.Errorf("after call %d the roles are %v, want %d", i, got, want)
		}
	}
	s.refuses(t, []refused{
		{"POST", call, `{}`, 400, "badRequest", "Missing required field: status"},
		{"POST", call, `{"status":"true"}`, 400, "badRequest", "status"},
		{"PUT", "users/" + ada, `{"isAdmin":true}`, 400, "badRequest", "Google only"},
	})
	s.do(t, "POST", "users/"+admin+"/makeAdmin", `{"status":false}`)
	s.refuses(t, []refused{{"GET", "users/" + ada, "", 403, "forbidden", "Not Authorized"}})
}

func TestAnAliasIsFreeAgainAfterAWhile(t *testing.T) {
	s, settle := slow(t)
	s.do(t, "DELETE", "users/"+ada+"/aliases/Countess@acme.example", "")
	if got := s.get(t, "users/"+ada+"/aliases").at("aliases"); got != "<nil>" {
		t.Errorf("aliases: %s, want none", got)
	}
	heir := `{"alias":"countess@acme.example"}`
	s.refuses(t, []refused{
		{"POST", "users/" + admin + "/aliases", heir, 409, "duplicate", "Entity already exists."},
		{"POST", "groups/" + devs + "/aliases", heir, 409, "duplicate", "Entity already exists."},
		{"DELETE", "users/" + ada + "/aliases/countess@acme.example", "", 400, "invalid", "Invalid Input: resource"},
		{"DELETE", "users/" + ada + "/aliases/" + ada, "", 400, "invalid", "Invalid Input: resource"},
	})
	settle()
	s.do(t, "POST", "users/"+admin+"/aliases", heir)
	got := s.get(t, "users/"+admin+"/aliases")
	if got.at("aliases", 0, "alias") != "countess@acme.example" || got.at("aliases", 0, "primaryEmail") != admin {
		t.Errorf("aliases %v, want the one that was free", got.whole)
	}
}

func TestAnAccountHasAtMostThirtyAliases(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	for i := range 29 { // besides countess
		s.do(t, "POST", "users/"+ada+"/aliases", fmt.Sprintf(`{"alias":"a%d@acme.example"}`, i))
	}
	s.refuses(t, []refused{{"POST", "users/" + ada + "/aliases", `{"alias":"more@acme.example"}`, 412, "limitExceeded", "limit"}})
	s.do(t, "DELETE", "users/"+ada+"/aliases/a7@acme.example", "")
	s.do(t, "POST", "users/"+ada+"/aliases", `{"alias":"more@acme.example"}`)
}

func TestAnAccountOnHoldIsNeitherDeletedNorTransferred(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	must(t, s.Hold(ada))
	s.refuses(t, []refused{
		{"DELETE", "users/" + ada, "", 412, "conditionNotMet", "hold"},
		{"POST", transfer, s.drive(t), 403, "forbidden", "hold"},
	})
	if len(s.Users()) != 3 || len(s.Transfers()) != 0 {
		t.Errorf("%d accounts and %d transfers, want 3 and none", len(s.Users()), len(s.Transfers()))
	}
	must(t, s.Release(ada))
	s.do(t, "POST", transfer, s.drive(t))
	s.do(t, "DELETE", "users/"+ada, "")
}

func TestAnAccountIsWipedFromADevice(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	if _, err := s.AddDevice(fakegoogle.Device{Owner: bob, Model: "Galaxy"}); err != nil {
		t.Fatal(err)
	}
	const devices = "customer/my_customer/devices/mobile"
	if got := s.get(t, devices); got.at("mobiledevices") != "2 items" {
		t.Errorf("devices %v, want 2", got.whole)
	}
	got := s.get(t, devices+"?query=email:"+ada)
	if got.at("mobiledevices") != "1 items" || got.at("mobiledevices", 0, "resourceId") != "phone" || got.at("mobiledevices", 0, "status") != "APPROVED" {
		t.Errorf("devices of ada %v, want her phone", got.whole)
	}
	s.refuses(t, []refused{
		{"POST", devices + "/tablet/action", `{"action":"admin_account_wipe"}`, 404, "notFound", "resourceId"},
		{"POST", devices + "/phone/action", `{"action":"wipe"}`, 400, "invalid", "action"},
		{"POST", devices + "/phone/action", `{}`, 400, "badRequest", "Missing required field: action"},
	})
	s.do(t, "POST", devices+"/phone/action", `{"action":"admin_account_wipe"}`)
	for _, d := range s.Devices() {
		if want := map[string]string{ada: "ACCOUNT_WIPED", bob: "APPROVED"}[d.Owner]; d.Status != want {
			t.Errorf("the device of %s is %s, want %s", d.Owner, d.Status, want)
		}
	}
}

func TestAPasswordChangeLeavesGrantsAndAppPasswords(t *testing.T) {
	now := time.Now()
	s := leaver(t, fakegoogle.Options{Now: func() time.Time { return now }})
	s.appPassword(t)
	s.do(t, "PUT", "users/"+ada, `{"password":"battery staple"}`)
	tokens, err := s.Tokens(ada)
	must(t, err)
	asps, err := s.AppPasswords(ada)
	must(t, err)
	if len(tokens) != 3 || len(asps) != 1 || !asps[0].MadeAt.Equal(now) {
		t.Errorf("%d grants and app passwords %v, want 3 and one of now", len(tokens), asps)
	}
}
