package fakegoogle_test

import (
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestListingsComeInTheOrderAskedFor(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddUser(fakegoogle.User{Email: "b@acme.example", GivenName: "zoe", FamilyName: "Abel"})
	s.AddUser(fakegoogle.User{Email: "c@acme.example", GivenName: "Yan", FamilyName: "zorn"})
	s.AddGroup(fakegoogle.Group{Email: "z@acme.example"})
	for path, want := range map[string]string{
		"users?domain=acme.example&orderBy=email&sortOrder=DESCENDING":      "c@acme.example",
		"users?domain=acme.example&orderBy=familyName&sortOrder=DESCENDING": "c@acme.example",
		"users?domain=acme.example&orderBy=givenName&sortOrder=DESCENDING":  "b@acme.example",
		"users?domain=acme.example":                                         ada,
	} {
		if got := s.get(t, path); got.Users[0].PrimaryEmail != want {
			t.Errorf("GET %s begins with %s, want %s", path, got.Users[0].PrimaryEmail, want)
		}
	}
	if got := s.get(t, "groups?domain=acme.example&sortOrder=DESCENDING"); got.Groups[0].Email != "z@acme.example" {
		t.Errorf("groups begin with %s, want the last one", got.Groups[0].Email)
	}
}

func TestAnAddressBelongsToOneUserOrGroupOrAlias(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.do(t, "POST", "groups/"+devs+"/aliases", `{"alias":"Builders@acme.example"}`)
	for _, address := range []string{"ADA@acme.example", "Countess@acme.example", "DEVS@acme.example", "builders@acme.example"} {
		s.refuses(t, []refused{
			{"POST", "users", `{"primaryEmail":"` + address + `","name":{"givenName":"N","familyName":"O"},"password":"correct horse"}`, 409, "duplicate", "Entity already exists."},
			{"POST", "groups", `{"email":"` + address + `"}`, 409, "duplicate", "Entity already exists."},
			{"POST", "users/" + admin + "/aliases", `{"alias":"` + address + `"}`, 409, "duplicate", "Entity already exists."},
			{"POST", "groups/" + devs + "/aliases", `{"alias":"` + address + `"}`, 409, "duplicate", "Entity already exists."},
			{"PUT", "users/" + admin, `{"primaryEmail":"` + address + `"}`, 409, "duplicate", "Entity already exists."},
		})
	}
	s.refuses(t, []refused{{"POST", "groups", `{"email":"no address"}`, 400, "invalid", "Invalid Input"}})
	if users, groups := len(s.Users()), len(s.Groups()); users != 2 || groups != 1 {
		t.Errorf("%d users and %d groups, want 2 and 1", users, groups)
	}
}

func TestADeletedAccountFreesItsAddressAndIsRestoredByItsId(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	id := s.get(t, "users/"+ada).ID
	s.do(t, "POST", "groups/"+devs+"/members", `{"id":"`+id+`"}`)
	s.do(t, "DELETE", "users/"+ada, "")
	for _, path := range []string{"users/" + ada, "users/" + id, "groups/" + devs + "/members/" + id} {
		if got := s.get(t, path); got.Status != 404 {
			t.Errorf("GET %s = %d, want 404", path, got.Status)
		}
	}
	if got := s.get(t, "users?customer=my_customer&showDeleted=true"); len(got.Users) != 1 || got.Users[0].ID != id {
		t.Errorf("deleted accounts = %v, want %s", got.Users, id)
	}
	s.refuses(t, []refused{{"POST", "users/" + ada + "/undelete", `{}`, 404, "notFound", "userKey"}})
	s.do(t, "POST", "users/"+id+"/undelete", `{}`)
	if got := s.get(t, "users/"+ada); got.ID != id {
		t.Errorf("the restored account has the id %q, want %q", got.ID, id)
	}
}

func TestADeletedAccountIsRestoredOnlyWhileItsAddressIsFree(t *testing.T) {
	shift := time.Duration(0)
	s := open(t, fakegoogle.Options{Now: func() time.Time { return time.Now().Add(shift) }})
	id := s.get(t, "users/"+ada).ID
	s.do(t, "DELETE", "users/"+ada, "")
	other := s.do(t, "POST", "users", `{"primaryEmail":"`+ada+`","name":{"givenName":"A","familyName":"B"},"password":"correct horse"}`)
	s.refuses(t, []refused{{"POST", "users/" + id + "/undelete", `{}`, 412, "conditionNotMet", ada}})
	if other.ID == id {
		t.Errorf("the new account has the old id %s", id)
	}
	s.do(t, "DELETE", "users/"+other.ID, "")
	shift = 50 * time.Minute // within the life of the token
	if got := s.get(t, "users?customer=my_customer&showDeleted=true"); len(got.Users) != 2 {
		t.Errorf("%d deleted accounts with one address, want 2", len(got.Users))
	}
	s.do(t, "POST", "groups", `{"email":"Countess@acme.example"}`) // an alias of the deleted account
	s.refuses(t, []refused{{"POST", "users/" + id + "/undelete", `{}`, 412, "conditionNotMet", "countess@acme.example"}})
	s.do(t, "POST", "users/"+other.ID+"/undelete", `{}`)
}

func TestADeletedAccountIsGoneAfterTwentyDays(t *testing.T) {
	shift := time.Duration(0)
	now := func() time.Time { return time.Now().Add(shift) }
	s := open(t, fakegoogle.Options{Now: now})
	id := s.get(t, "users/"+ada).ID
	shift = -20*24*time.Hour - time.Minute
	if err := s.DeleteUser(ada); err != nil {
		t.Fatal(err)
	}
	shift = 0
	s.refuses(t, []refused{{"POST", "users/" + id + "/undelete", `{}`, 404, "notFound", "userKey"}})
}

func TestARenamedAccountKeepsItsOldAddressAsAnAlias(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.do(t, "PUT", "users/"+ada, `{"primaryEmail":"lovelace@acme.example"}`)
	if got := s.get(t, "users/"+ada); got.PrimaryEmail != "lovelace@acme.example" {
		t.Errorf("the old address finds %q, want the renamed account", got.PrimaryEmail)
	}
}

func TestASuspendedAdministratorIsRefusedAtOnce(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.get(t, "users/"+ada)
	if err := s.Suspend(admin); err != nil {
		t.Fatal(err)
	}
	s.refuses(t, []refused{{"GET", "users/" + ada, "", 403, "forbidden", "Not Authorized"}})
}

func TestASuspendedAccountStaysAMemberAndSaysSo(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.do(t, "POST", "groups/"+devs+"/members", `{"email":"`+ada+`"}`)
	s.do(t, "PUT", "users/"+ada, `{"suspended":true}`)
	if got := s.get(t, "groups/"+devs+"/members/"+ada); got.MemberStatus != "SUSPENDED" {
		t.Errorf("status %q, want SUSPENDED", got.MemberStatus)
	}
	if got := s.get(t, "users/"+ada); !got.Suspended || got.SuspensionReason != "ADMIN" {
		t.Errorf("suspended %t for %q, want by an administrator", got.Suspended, got.SuspensionReason)
	}
	s.do(t, "PUT", "users/"+ada, `{}`) // what the client sends without ForceSendFields
	if got := s.get(t, "users/"+ada); !got.Suspended {
		t.Error("an empty change lifted the suspension")
	}
	s.do(t, "PUT", "users/"+ada, `{"suspended":false}`)
	if got := s.get(t, "groups/"+devs+"/members/"+ada); got.MemberStatus != "ACTIVE" {
		t.Errorf("status %q, want ACTIVE", got.MemberStatus)
	}
}

func TestASuspensionByGoogleCannotBeLifted(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddUser(fakegoogle.User{Email: "spam@acme.example", Suspended: true, SuspendedByGoogle: true})
	s.refuses(t, []refused{{"PUT", "users/spam@acme.example", `{"suspended":false}`, 412, "adminCannotUnsuspend", ""}})
	if got := s.get(t, "users/spam@acme.example"); !got.Suspended || got.SuspensionReason != "ABUSE" {
		t.Errorf("suspended %t for %q, want for ABUSE", got.Suspended, got.SuspensionReason)
	}
}

func TestAGroupOwnsAndManagesNoOtherGroup(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddGroup(fakegoogle.Group{Email: "inner@acme.example"})
	for _, role := range []string{"OWNER", "MANAGER"} {
		s.refuses(t, []refused{{"POST", "groups/" + devs + "/members", `{"email":"inner@acme.example","role":"` + role + `"}`, 400, "invalid", "Invalid Input: memberKey"}})
	}
	if got := s.do(t, "POST", "groups/"+devs+"/members", `{"email":"inner@acme.example"}`); got.Role != "MEMBER" || got.Type != "GROUP" {
		t.Errorf("role %s and type %s, want a MEMBER that is a GROUP", got.Role, got.Type)
	}
}

func TestADeletedAccountSaysSoWhereThatIsWanted(t *testing.T) {
	for wanted, want := range map[bool]refused{
		true:  {status: 412, reason: "conditionNotMet", message: "User is deleted."},
		false: {status: 404, reason: "notFound", message: "Resource Not Found: userKey"},
	} {
		s := open(t, fakegoogle.Options{DeletedSaysSo: wanted})
		want.method, want.path = "GET", "users/"+s.get(t, "users/"+ada).ID
		must(t, s.DeleteUser(ada))
		s.refuses(t, []refused{want, {"GET", "users/" + ada, "", 404, "notFound", "userKey"}})
		s.do(t, "POST", want.path+"/undelete", `{}`)
		s.do(t, "GET", want.path, "")
	}
}
