package fakegoogle_test

import (
	"net/http"
	"strconv"
	"testing"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

const (
	bob      = "bob@acme.example"
	sharing  = "https://www.googleapis.com/auth/gmail.settings.sharing"
	basic    = "https://www.googleapis.com/auth/gmail.settings.basic"
	settings = "/gmail/v1/users/me/settings/"
	transfer = "/admin/datatransfer/v1/transfers"
	reports  = "/admin/reports/v1/activity/users/all/applications/"
)

// as is the site in somebody's name, with the scopes of mail unless others are given.
func (s site) as(t *testing.T, subject string, scopes ...string) site {
	t.Helper()
	if scopes == nil {
		scopes = []string{sharing, basic}
	}
	s.client = s.signIn(t, t.Context(), subject, scopes)
	return s
}

// leaver opens a Workspace in which ada has all that somebody can have who is to
// leave, and bob is to have it after her.
func leaver(t *testing.T, o fakegoogle.Options, scopes ...string) site {
	t.Helper()
	s := open(t, o, scopes...)
	s.AddOrgUnit("/Offboarded")
	s.AddUser(fakegoogle.User{Email: bob})
	_, err := s.AddDevice(fakegoogle.Device{ID: "phone", Owner: ada, Model: "Pixel 11"})
	must(t, err,
		s.SignIn(ada),
		s.Grant(ada, fakegoogle.Token{ClientID: "42.apps.example", Name: "Mail merge", Scopes: []string{"https://mail.google.com/"}}),
		s.Grant(ada, fakegoogle.Token{ClientID: "42.apps.example", Name: "Mail merge", Scopes: []string{"openid"}}),
		s.Grant(ada, fakegoogle.Token{ClientID: "43.apps.example", Name: "Notes", NativeApp: true, Anonymous: true}),
		s.SetTwoStep(ada, fakegoogle.TwoStep{Enrolled: true}),
		s.AddDelegate(ada, admin),
	)
	return s
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// appPassword gives ada an app password and returns the path of it.
func (s site) appPassword(t *testing.T) string {
	t.Helper()
	id, err := s.AddAppPassword(ada, "Old mail program")
	must(t, err)
	return "users/" + ada + "/asps/" + strconv.Itoa(id)
}

// ids returns the ids of ada and bob.
func (s site) ids(t *testing.T) (string, string) {
	t.Helper()
	return s.idOf(t, ada), s.idOf(t, bob)
}

func (s site) idOf(t *testing.T, address string) string {
	t.Helper()
	for _, u := range s.Users() {
		if u.Email == address {
			return u.ID
		}
	}
	t.Fatalf("no user %s", address)
	return ""
}

// drive is a transfer of everything in Drive.
func (s site) drive(t *testing.T) string {
	t.Helper()
	from, to := s.ids(t)
	return `{"oldOwnerUserId":"` + from + `","newOwnerUserId":"` + to + `","applicationDataTransfers":[{"applicationId":"55656082996","applicationTransferParams":[{"key":"PRIVACY_LEVEL","value":["PRIVATE","SHARED"]}]}]}`
}

// change is one call that changes something, as it is meant.
type change struct {
	id               string // of the method
	verb, path, body string
	subject          string // ada for her mail, the administrator if empty
	prepare          func(*testing.T, site)
}

// changes are one call of each method that changes something.
func (s site) changes(t *testing.T) []change {
	user, members, roles := "users/"+ada, "groups/"+devs+"/members", "customer/my_customer/roleassignments"
	return []change{
		{id: "directory.users.insert", verb: "POST", path: "users", body: newUser},
		{id: "directory.users.update", verb: "PUT", path: user, body: `{"suspended":true}`},
		{id: "directory.users.delete", verb: "DELETE", path: user},
		{id: "directory.users.undelete", verb: "POST", path: "users/" + s.idOf(t, ada) + "/undelete", body: `{}`, prepare: func(t *testing.T, s site) { must(t, s.DeleteUser(ada)) }},
		{id: "directory.users.makeAdmin", verb: "POST", path: user + "/makeAdmin", body: `{"status":true}`},
		{id: "directory.users.signOut", verb: "POST", path: user + "/signOut"},
		{id: "directory.users.aliases.insert", verb: "POST", path: user + "/aliases", body: `{"alias":"x@acme.example"}`},
		{id: "directory.users.aliases.delete", verb: "DELETE", path: user + "/aliases/countess@acme.example"},
		{id: "directory.groups.insert", verb: "POST", path: "groups", body: `{"email":"x@acme.example"}`},
		{id: "directory.groups.aliases.insert", verb: "POST", path: "groups/" + devs + "/aliases", body: `{"alias":"x@acme.example"}`},
		{id: "directory.members.insert", verb: "POST", path: members, body: `{"email":"` + ada + `"}`},
		{id: "directory.members.patch", verb: "PATCH", path: members + "/" + ada, body: `{"role":"OWNER"}`, prepare: func(t *testing.T, s site) { must(t, s.AddMember(devs, ada, "")) }},
		{id: "directory.members.delete", verb: "DELETE", path: members + "/" + ada, prepare: func(t *testing.T, s site) { must(t, s.AddMember(devs, ada, "")) }},
		{id: "directory.tokens.delete", verb: "DELETE", path: user + "/tokens/42.apps.example"},
		{id: "directory.asps.delete", verb: "DELETE", path: s.appPassword(t)},
		{id: "directory.verificationCodes.generate", verb: "POST", path: user + "/verificationCodes/generate"},
		{id: "directory.verificationCodes.invalidate", verb: "POST", path: user + "/verificationCodes/invalidate"},
		{id: "directory.twoStepVerification.turnOff", verb: "POST", path: user + "/twoStepVerification/turnOff"},
		{id: "directory.roleAssignments.insert", verb: "POST", path: roles, body: `{"roleId":"6002","assignedTo":"` + s.idOf(t, ada) + `","scopeType":"CUSTOMER"}`},
		{id: "directory.roleAssignments.delete", verb: "DELETE", path: roles + "/9001"},
		{id: "directory.mobiledevices.action", verb: "POST", path: "customer/my_customer/devices/mobile/phone/action", body: `{"action":"admin_account_wipe"}`},
		{id: "datatransfer.transfers.insert", verb: "POST", path: transfer, body: s.drive(t)},
		{id: "gmail.users.settings.delegates.create", verb: "POST", path: settings + "delegates", body: `{"delegateEmail":"` + bob + `"}`, subject: ada},
		{id: "gmail.users.settings.delegates.delete", verb: "DELETE", path: settings + "delegates/" + admin, subject: ada},
		{id: "gmail.users.settings.forwardingAddresses.create", verb: "POST", path: settings + "forwardingAddresses", body: `{"forwardingEmail":"` + bob + `"}`, subject: ada},
		{id: "gmail.users.settings.updateAutoForwarding", verb: "PUT", path: settings + "autoForwarding", body: `{"enabled":false}`, subject: ada},
		{id: "gmail.users.settings.updateVacation", verb: "PUT", path: settings + "vacation", body: `{"enableAutoReply":true,"responseSubject":"Ada has left"}`, subject: ada},
		{id: "gmail.users.settings.updateImap", verb: "PUT", path: settings + "imap", body: `{"enabled":false}`, subject: ada},
		{id: "gmail.users.settings.updatePop", verb: "PUT", path: settings + "pop", body: `{"accessWindow":"disabled"}`, subject: ada},
	}
}

// readings are one call of each method that changes nothing.
func (s site) readings(t *testing.T) []change {
	user, members := "users/"+ada, "groups/"+devs+"/members"
	return []change{
		{id: "directory.users.list", path: "users?customer=my_customer"},
		{id: "directory.users.get", path: user},
		{id: "directory.users.aliases.list", path: user + "/aliases"},
		{id: "directory.groups.list", path: "groups?customer=my_customer"},
		{id: "directory.groups.get", path: "groups/" + devs},
		{id: "directory.members.list", path: members},
		{id: "directory.members.get", path: members + "/" + bob},
		{id: "directory.members.hasMember", path: "groups/" + devs + "/hasMember/" + ada},
		{id: "directory.orgunits.list", path: "customer/my_customer/orgunits?type=allIncludingParent"},
		{id: "directory.orgunits.get", path: "customer/my_customer/orgunits/Offboarded"},
		{id: "directory.roles.list", path: "customer/my_customer/roles"},
		{id: "directory.roleAssignments.list", path: "customer/my_customer/roleassignments"},
		{id: "directory.mobiledevices.list", path: "customer/my_customer/devices/mobile?query=email:" + ada},
		{id: "directory.tokens.list", path: user + "/tokens"},
		{id: "directory.tokens.get", path: user + "/tokens/42.apps.example"},
		{id: "directory.asps.list", path: user + "/asps"},
		{id: "directory.asps.get", path: s.appPassword(t)},
		{id: "directory.verificationCodes.list", path: user + "/verificationCodes"},
		{id: "datatransfer.applications.list", path: "/admin/datatransfer/v1/applications"},
		{id: "datatransfer.transfers.list", path: transfer + "?customerId=my_customer"},
		{id: "datatransfer.transfers.get", path: transfer + "/" + s.begin(t)},
		{id: "reports.activities.list", path: reports + "token"},
		{id: "gmail.users.settings.delegates.list", path: settings + "delegates", subject: ada},
		{id: "gmail.users.settings.forwardingAddresses.list", path: settings + "forwardingAddresses", subject: ada},
		{id: "gmail.users.settings.getAutoForwarding", path: settings + "autoForwarding", subject: ada},
		{id: "gmail.users.settings.getVacation", path: settings + "vacation", subject: ada},
		{id: "gmail.users.settings.getImap", path: settings + "imap", subject: ada},
		{id: "gmail.users.settings.getPop", path: settings + "pop", subject: ada},
	}
}

// begin makes a transfer, by whoever may, and returns its id.
func (s site) begin(t *testing.T) string {
	t.Helper()
	return s.as(t, admin, allScopes...).do(t, http.MethodPost, transfer, s.drive(t)).ID
}
