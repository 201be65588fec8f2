package fakegoogle_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

const hired = `{"primaryEmail":"new@acme.example","name":{"givenName":"New","familyName":"One"},"password":"correct horse","changePasswordAtNextLogin":true,
	"orgUnitPath":"/Staff/Engineering","recoveryEmail":"new@home.example","recoveryPhone":"+16506661212","includeInGlobalAddressList":false,
	"organizations":[{"title":"Engineer","department":"Platform","costCenter":"4711","description":"full time","primary":true}],
	"relations":[{"type":"assistant","value":"bob@acme.example"},{"type":"manager","value":"ada@acme.example"}],
	"externalIds":[{"type":"organization","value":"E-42"},{"type":"custom","customType":"badge","value":"7"}]}`

func TestANewAccountHasTheFieldsOfOnboarding(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddOrgUnit("/Staff/Engineering")
	s.do(t, "POST", "users", hired)
	got := s.get(t, "users/new@acme.example")
	for path, want := range map[string]string{
		"orgUnitPath": "/Staff/Engineering", "recoveryEmail": "new@home.example", "recoveryPhone": "+16506661212",
		"includeInGlobalAddressList": "false", "changePasswordAtNextLogin": "true", "agreedToTerms": "false",
		"lastLoginTime": "1970-01-01T00:00:00.000Z", "isDelegatedAdmin": "false", "password": "<nil>", "hashFunction": "<nil>",
	} {
		if text := got.at(path); text != want {
			t.Errorf("%s is %s, want %s", path, text, want)
		}
	}
	for want, path := range map[string][]any{
		"Engineer": {"organizations", 0, "title"}, "4711": {"organizations", 0, "costCenter"}, "E-42": {"externalIds", 0, "value"},
		"badge": {"externalIds", 1, "customType"}, "manager": {"relations", 1, "type"}, "ada@acme.example": {"relations", 1, "value"},
	} {
		if text := got.at(path...); text != want {
			t.Errorf("%v is %s, want %s", path, text, want)
		}
	}
	u := s.Users()[2]
	if u.ManagerEmail != ada || u.Organizations[0].Department != "Platform" || u.ExternalIDs[0].Value != "E-42" || !u.Unlisted {
		t.Errorf("account %+v, want what was sent", u)
	}
	s.refuses(t, []refused{
		{"PUT", "users/" + ada, `{"organizations":{"title":"T"}}`, 400, "badRequest", "organizations"},
		{"PUT", "users/" + ada, `{"organizations":[{"titel":"T"}]}`, 400, "badRequest", "titel"},
		{"PUT", "users/" + ada, `{"externalIds":[{"type":"organization","value":42}]}`, 400, "badRequest", "externalIds[0].value"},
		{"PUT", "users/" + ada, `{"lastLoginTime":"2026-01-01T00:00:00.000Z"}`, 400, "badRequest", "Google only"},
	})
}

func TestAnOrganizationalUnitMustExist(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddOrgUnit("/Staff/Engineering")
	for _, unit := range []string{"/Nowhere", "Staff", "/Staff/", "/staff", ""} {
		s.refuses(t, []refused{
			{"PUT", "users/" + ada, `{"orgUnitPath":"` + unit + `"}`, 400, "invalid", "Invalid Input: INVALID_OU_ID"},
			{"POST", "users", strings.Replace(hired, "/Staff/Engineering", unit, 1), 400, "invalid", "Invalid Input: INVALID_OU_ID"},
		})
	}
	s.do(t, "PUT", "users/"+ada, `{"orgUnitPath":"/Staff"}`)
	id := s.idOf(t, ada)
	must(t, s.DeleteUser(ada))
	s.refuses(t, []refused{{"POST", "users/" + id + "/undelete", `{"orgUnitPath":"/Nowhere"}`, 400, "invalid", "INVALID_OU_ID"}})
	s.do(t, "POST", "users/"+id+"/undelete", `{"orgUnitPath":"/Staff"}`)
	if got := len(s.Users()); got != 2 {
		t.Errorf("%d accounts, want 2", got)
	}
}

func TestOrganizationalUnitsAreListedBelowOneAnother(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddOrgUnit("/Staff/Engineering/Infra")
	s.AddOrgUnit("/Staffing")
	const units = "customer/my_customer/orgunits"
	for query, want := range map[string][]string{
		"":                             {"/Staff", "/Staffing"},
		"?type=children":               {"/Staff", "/Staffing"},
		"?orgUnitPath=/Staff":          {"/Staff/Engineering"},
		"?type=all":                    {"/Staff", "/Staff/Engineering", "/Staff/Engineering/Infra", "/Staffing"},
		"?type=all&orgUnitPath=/Staff": {"/Staff/Engineering", "/Staff/Engineering/Infra"},
		"?type=allIncludingParent&orgUnitPath=/Staff": {"/Staff", "/Staff/Engineering", "/Staff/Engineering/Infra"},
		"?orgUnitPath=/Staffing":                      nil,
	} {
		answer := s.get(t, units+query)
		var got []string
		for i := range 9 {
			if path := answer.at("organizationUnits", i, "orgUnitPath"); path != "nothing" && path != "<nil>" {
				got = append(got, path)
			}
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("GET %q (-got +want):\n%s", query, diff)
		}
	}
	staff := s.get(t, units+"/Staff")
	inner := s.get(t, units+"/Staff/Engineering")
	if inner.at("parentOrgUnitId") != staff.at("orgUnitId") || inner.at("parentOrgUnitPath") != "/Staff" || inner.at("name") != "Engineering" {
		t.Errorf("units %v and %v, want the one below the other", staff.whole, inner.whole)
	}
	if byID := s.get(t, units+"/"+staff.at("orgUnitId")); byID.at("orgUnitPath") != "/Staff" {
		t.Errorf("by its id: %v, want /Staff", byID.whole)
	}
	s.refuses(t, []refused{
		{"GET", units + "/Nowhere", "", 404, "notFound", "Org unit not found"},
		{"GET", units + "?orgUnitPath=/Nowhere", "", 404, "notFound", "Org unit not found"},
		{"GET", units + "?type=some", "", 400, "invalid", "type"},
		{"GET", "customer/C0other/orgunits", "", 400, "invalid", "Invalid Customer Id"},
	})
	if got := s.OrgUnits(); !slices.Equal(got, []string{"/", "/Staff", "/Staff/Engineering", "/Staff/Engineering/Infra", "/Staffing"}) {
		t.Errorf("units %v", got)
	}
}

func TestAListIsNotEmptiedOrShortenedByASmallChange(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddOrgUnit("/Staff/Engineering")
	s.do(t, "POST", "users", hired)
	const whole = `{"primaryEmail":"new@acme.example","name":{"givenName":"New","familyName":"One"},"externalIds":`
	for _, c := range [][2]string{
		{`{"externalIds":[]}`, "2 items"},
		{`{"externalIds":[{"type":"organization","value":"E-43"}]}`, "2 items"},
		{`{"externalIds":[{"type":"login_id","value":"new"}]}`, "3 items"},
		{whole + `[{"type":"organization","value":"E-44"}]}`, "1 items"},
		{`{"suspended":false}`, "1 items"},
		{`{"externalIds":null}`, "<nil>"},
		{whole + `[{"type":"organization","value":"E-45"}]}`, "1 items"},
		{whole + `[]}`, "<nil>"},
	} {
		s.do(t, "PUT", "users/new@acme.example", c[0])
		if got := s.get(t, "users/new@acme.example").at("externalIds"); got != c[1] {
			t.Errorf("after %s there are %s, want %s", c[0], got, c[1])
		}
	}
	s.do(t, "PUT", "users/new@acme.example", `{"relations":[{"type":"manager","value":"bob@acme.example"}]}`)
	if got := s.Users()[2]; got.ManagerEmail != bob || len(got.Organizations) != 1 {
		t.Errorf("account %+v, want the new manager and the old organization", got)
	}
}

func TestARecoveryAddressAndNumberAreChecked(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	for _, bad := range []string{"46 70 7560000", "6506661212", "+0123456", "+1650666121234567", "+1-650"} {
		s.refuses(t, []refused{{"PUT", "users/" + ada, `{"recoveryPhone":"` + bad + `"}`, 400, "invalid", "Invalid recovery phone."}})
	}
	for _, bad := range []string{"home", "a@b", "a b@home.example"} {
		s.refuses(t, []refused{{"PUT", "users/" + ada, `{"recoveryEmail":"` + bad + `"}`, 400, "invalid", "Invalid recovery email."}})
	}
	s.do(t, "PUT", "users/"+ada, `{"recoveryEmail":"ada@home.example","recoveryPhone":"+442071838750"}`)
	s.do(t, "PUT", "users/"+ada, `{}`)
	if got := s.Users()[0]; got.RecoveryEmail != "ada@home.example" || got.RecoveryPhone != "+442071838750" {
		t.Errorf("recovery %q and %q, want what was sent before", got.RecoveryEmail, got.RecoveryPhone)
	}
	s.do(t, "PUT", "users/"+ada, `{"recoveryEmail":"","recoveryPhone":""}`)
	if got := s.Users()[0]; got.RecoveryEmail != "" || got.RecoveryPhone != "" {
		t.Errorf("recovery %q and %q, want none", got.RecoveryEmail, got.RecoveryPhone)
	}
}

func TestANameHasOneToSixtyCharacters(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	long := strings.Repeat("ö", 61)
	s.refuses(t, []refused{
		{"PUT", "users/" + ada, `{"name":{"familyName":" "}}`, 400, "invalid", "Invalid Given/Family Name: FamilyName"},
		{"PUT", "users/" + ada, `{"name":{"givenName":"` + long + `"}}`, 400, "invalid", "Invalid Given/Family Name: GivenName"},
	})
	s.do(t, "PUT", "users/"+ada, `{"name":{"givenName":"`+long[2:]+`"}}`)
}

func TestAnUnmanagedAccountOfTheAddressIsInvited(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddUnmanaged("New@acme.example")
	s.refuses(t, []refused{{"POST", "users", newUser, 409, "duplicate", "Entity already exists."}})
	if got := s.Invited(); len(got) != 0 {
		t.Errorf("invited %v, want nobody", got)
	}
	if got := s.do(t, "POST", "users?resolveConflictAccount=true", newUser); got.Status != 202 || got.ID != "" {
		t.Errorf("answer %d with the id %q, want 202 and none", got.Status, got.ID)
	}
	if got := s.Invited(); len(got) != 1 || got[0] != "new@acme.example" || len(s.Users()) != 2 {
		t.Errorf("invited %v among %d accounts, want new@acme.example and no account", got, len(s.Users()))
	}
	other := strings.Replace(newUser, "new@", "other@", 1)
	if got := s.do(t, "POST", "users?resolveConflictAccount=true", other); got.Status != 200 {
		t.Errorf("an address without a conflict = %d, want 200", got.Status)
	}
	s.refuses(t, []refused{{"POST", "users?resolveConflictAccount=true", other, 409, "duplicate", "Entity already exists."}})
}

func TestAMailboxIsSetUpAfterAWhile(t *testing.T) {
	s, settle := slow(t)
	s.do(t, "POST", "users", newUser)
	if got := s.get(t, "users/new@acme.example").at("isMailboxSetup"); got != "false" {
		t.Errorf("isMailboxSetup %s at once, want false", got)
	}
	mail := s.as(t, "new@acme.example")
	mail.refuses(t, []refused{{"GET", settings + "imap", "", 400, "failedPrecondition", "Mail service not enabled"}})
	settle()
	if got := s.get(t, "users/new@acme.example").at("isMailboxSetup"); got != "true" {
		t.Errorf("isMailboxSetup %s later, want true", got)
	}
	mail.do(t, "GET", settings+"imap", "")
}

func TestAFirstSignInIsSeen(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Minute)
	const form = "2006-01-02T15:04:05.000Z"
	s := open(t, fakegoogle.Options{Now: func() time.Time { return now }})
	s.do(t, "POST", "users", strings.Replace(newUser, `"password"`, `"changePasswordAtNextLogin":true,"password"`, 1))
	now = now.Add(time.Minute)
	must(t, s.SignIn("new@acme.example"))
	got := s.get(t, "users/new@acme.example")
	for path, want := range map[string]string{
		"lastLoginTime": now.Format(form), "creationTime": now.Add(-time.Minute).Format(form), "agreedToTerms": "true", "changePasswordAtNextLogin": "false",
	} {
		if text := got.at(path); text != want {
			t.Errorf("%s is %s, want %s", path, text, want)
		}
	}
	if p, err := s.Password("new@acme.example"); err != nil || p.Matches("correct horse") || !p.SetAt.Equal(now) {
		t.Errorf("password %+v, %v, want another one", p, err)
	}
}
