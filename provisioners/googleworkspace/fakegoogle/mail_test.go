package fakegoogle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// mailOf is what the mailbox of ada is set to.
func (s site) mailOf(t *testing.T) fakegoogle.Mail {
	t.Helper()
	got, err := s.Mail(ada)
	must(t, err)
	return got
}

func TestMailSettingsAreChangedInTheNameOfTheirOwner(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	for _, user := range []string{"me", ada, "Countess@acme.example"} {
		mine.do(t, "GET", "/gmail/v1/users/"+user+"/settings/imap", "")
	}
	s.as(t, admin).refuses(t, []refused{
		{"GET", "/gmail/v1/users/" + ada + "/settings/imap", "", 403, "forbidden", "Delegation denied for " + admin},
		{"PUT", "/gmail/v1/users/" + ada + "/settings/imap", `{"enabled":false}`, 403, "forbidden", "Delegation denied"},
	})
	s.as(t, "").refuses(t, []refused{{"GET", settings + "imap", "", 400, "failedPrecondition", "Precondition check failed."}})
	mine.refuses(t, []refused{{"GET", "/gmail/v1/users/" + s.idOf(t, ada) + "/settings/imap", "", 403, "forbidden", "Delegation denied"}})
	reader := s.as(t, ada, basic)
	reader.refuses(t, []refused{{"DELETE", settings + "delegates/" + admin, "", 403, "insufficientPermissions", ""}})
	if !s.mailOf(t).IMAP {
		t.Error("somebody else switched IMAP off")
	}
}

func TestAnAccountWithoutMailIsRefused(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	mine.do(t, "GET", settings+"imap", "") // gets the token
	off := []refused{{"GET", settings + "imap", "", 400, "failedPrecondition", "Mail service not enabled"}, {"PUT", settings + "imap", `{}`, 400, "failedPrecondition", "Mail service not enabled"}}
	must(t, s.Suspend(ada))
	mine.refuses(t, off)
	s.do(t, "PUT", "users/"+ada, `{"suspended":false,"archived":true}`)
	mine.refuses(t, off)
	s.do(t, "PUT", "users/"+ada, `{"archived":false}`)
	mine.do(t, "GET", settings+"imap", "")
	must(t, s.NoMail(ada))
	mine.refuses(t, off)
	if got := s.get(t, "users/"+ada).at("isMailboxSetup"); got != "false" || s.mailOf(t).Enabled {
		t.Errorf("isMailboxSetup %s, mail %+v, want none", got, s.mailOf(t))
	}
	must(t, s.DeleteUser(ada))
	mine.refuses(t, []refused{{"GET", settings + "imap", "", 400, "failedPrecondition", "Precondition check failed."}})
}

func TestADelegateIsAnActiveAccountOfTheWorkspace(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	must(t, s.Suspend(bob))
	mine.refuses(t, []refused{
		{"POST", settings + "delegates", `{"delegateEmail":"` + bob + `"}`, 400, "failedPrecondition", "Precondition"},
		{"POST", settings + "delegates", `{"delegateEmail":"` + devs + `"}`, 400, "invalidArgument", "Invalid delegate"},
		{"POST", settings + "delegates", `{"delegateEmail":"` + ada + `"}`, 400, "invalidArgument", "Invalid delegate"},
		{"POST", settings + "delegates", `{"delegateEmail":"x@other.example"}`, 400, "invalidArgument", "Invalid delegate"},
		{"POST", settings + "delegates", `{"delegateEmail":"` + admin + `"}`, 409, "alreadyExists", "already exists"},
		{"POST", settings + "delegates", `{"email":"` + bob + `"}`, 400, "badRequest", "Unknown name"},
		{"DELETE", settings + "delegates/" + bob, "", 404, "notFound", "not found"},
	})
	s.do(t, "PUT", "users/"+bob, `{"suspended":false}`)
	s.do(t, "POST", "users/"+bob+"/aliases", `{"alias":"robert@acme.example"}`)
	mine.refuses(t, []refused{{"POST", settings + "delegates", `{"delegateEmail":"robert@acme.example"}`, 400, "invalidArgument", "Invalid delegate"}})
	mine.do(t, "POST", settings+"delegates", `{"delegateEmail":"`+bob+`"}`)
	got := mine.do(t, "GET", settings+"delegates", "")
	if got.at("delegates") != "2 items" || got.at("delegates", 1, "delegateEmail") != bob || got.at("delegates", 1, "verificationStatus") != "accepted" {
		t.Errorf("delegates %v, want the administrator and bob", got.whole)
	}
	must(t, s.DeleteUser(bob)) // and with the account goes what it may do
	if diff := cmp.Diff(s.mailOf(t).Delegates, []string{admin}); diff != "" {
		t.Errorf("delegates (-got +want):\n%s", diff)
	}
}

func TestNoDelegatesAreNoContent(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	mine.do(t, "DELETE", settings+"delegates/"+admin, "")
	if got := mine.do(t, "GET", settings+"delegates", ""); got.Status != 204 || got.whole != nil {
		t.Errorf("no delegates = %d %v, want 204 and nothing", got.Status, got.whole)
	}
}

func TestAForwardingAddressOfAnotherDomainIsPending(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	for address, want := range map[string]string{bob: "accepted", "desk@help.ACME.example": "accepted", "ada@home.example": "pending", "x@notacme.example": "pending"} {
		if got := mine.do(t, "POST", settings+"forwardingAddresses", `{"forwardingEmail":"`+address+`"}`).at("verificationStatus"); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	mine.refuses(t, []refused{
		{"POST", settings + "forwardingAddresses", `{"forwardingEmail":"Bob@acme.example"}`, 409, "alreadyExists", "already exists"},
		{"POST", settings + "forwardingAddresses", `{"forwardingEmail":"home"}`, 400, "invalidArgument", "Invalid forwarding address"},
		{"POST", settings + "forwardingAddresses", `{"forwardingEmail":"x@home.example","verificationStatus":"accepted"}`, 400, "badRequest", "Google only"},
	})
	must(t, s.AcceptForwarding(ada, "ada@home.example"))
	for _, f := range s.mailOf(t).Forwarding {
		if want := f.Email != "x@notacme.example"; f.Accepted != want {
			t.Errorf("%s accepted: %t, want %t", f.Email, f.Accepted, want)
		}
	}
	if got := mine.do(t, "GET", settings+"forwardingAddresses", ""); got.at("forwardingAddresses") != "4 items" {
		t.Errorf("forwarding addresses %v, want four", got.whole)
	}
}

func TestForwardingNeedsAnAcceptedAddress(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	to := func(address string) string {
		return `{"enabled":true,"emailAddress":"` + address + `","disposition":"archive"}`
	}
	mine.do(t, "POST", settings+"forwardingAddresses", `{"forwardingEmail":"ada@home.example"}`)
	mine.refuses(t, []refused{
		{"PUT", settings + "autoForwarding", to(bob), 400, "invalidArgument", "Unrecognized forwarding address"},
		{"PUT", settings + "autoForwarding", to("ada@home.example"), 400, "invalidArgument", "Unrecognized forwarding address"},
		{"PUT", settings + "autoForwarding", `{"enabled":true,"emailAddress":"` + bob + `","disposition":"keep"}`, 400, "badRequest", "disposition"},
	})
	mine.do(t, "POST", settings+"forwardingAddresses", `{"forwardingEmail":"`+bob+`"}`)
	mine.refuses(t, []refused{{"PUT", settings + "autoForwarding", `{"enabled":true,"emailAddress":"` + bob + `"}`, 400, "invalidArgument", "disposition"}})
	if got := s.mailOf(t).ForwardTo; got != "" {
		t.Errorf("mail goes to %q, want nowhere", got)
	}
	mine.do(t, "PUT", settings+"autoForwarding", to(bob))
	if got := mine.do(t, "GET", settings+"autoForwarding", ""); got.at("emailAddress") != bob || got.at("enabled") != "true" || s.mailOf(t).ForwardTo != bob {
		t.Errorf("forwarding %v, want to bob", got.whole)
	}
	mine.do(t, "PUT", settings+"autoForwarding", `{}`) // what is not sent is off
	if got := s.mailOf(t).ForwardTo; got != "" {
		t.Errorf("mail goes to %q, want nowhere", got)
	}
}

func TestAnAutomaticReplySaysSomething(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	mine.refuses(t, []refused{
		{"PUT", settings + "vacation", `{"enableAutoReply":true}`, 400, "invalidArgument", "subject or a body"},
		{"PUT", settings + "vacation", `{"enableAutoReply":true,"responseSubject":" "}`, 400, "invalidArgument", "subject or a body"},
		{"PUT", settings + "vacation", `{"enableAutoReply":true,"responseSubject":"S","startTime":"2000","endTime":"1000"}`, 400, "invalidArgument", "precede"},
		{"PUT", settings + "vacation", `{"enableAutoReply":true,"responseSubject":"S","startTime":1000}`, 400, "badRequest", "startTime"},
	})
	mine.do(t, "PUT", settings+"vacation", `{"enableAutoReply":true,"responseSubject":"Ada has left","responseBodyPlainText":"Ask Bob.","startTime":"1000","endTime":"2000"}`)
	if got := mine.do(t, "GET", settings+"vacation", ""); got.at("responseSubject") != "Ada has left" || got.at("endTime") != "2000" || got.at("restrictToDomain") != "false" {
		t.Errorf("reply %v, want what was sent", got.whole)
	}
	if got := s.mailOf(t).AutoReply; got != "Ada has left\nAsk Bob." {
		t.Errorf("reply %q", got)
	}
	mine.do(t, "PUT", settings+"vacation", `{"enableAutoReply":false}`)
	if got := s.mailOf(t).AutoReply; got != "" {
		t.Errorf("reply %q, want none", got)
	}
}

func TestMailProgramsAreShutOut(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	mine := s.as(t, ada)
	mine.do(t, "PUT", settings+"pop", `{"accessWindow":"allMail","disposition":"leaveInInbox"}`)
	if got := s.mailOf(t); !got.IMAP || !got.POP || !got.Enabled {
		t.Errorf("mail %+v, want all of it", got)
	}
	mine.refuses(t, []refused{
		{"PUT", settings + "pop", `{}`, 400, "invalidArgument", "Invalid access window"},
		{"PUT", settings + "pop", `{"accessWindow":"never"}`, 400, "badRequest", "accessWindow"},
		{"PUT", settings + "imap", `{"enabled":true,"maxFolderSize":7}`, 400, "invalidArgument", "folder size"},
		{"PUT", settings + "imap", `{"enabled":"no"}`, 400, "badRequest", "enabled"},
	})
	mine.do(t, "PUT", settings+"imap", `{"enabled":false}`)
	mine.do(t, "PUT", settings+"pop", `{"accessWindow":"disabled"}`)
	if got := s.mailOf(t); got.IMAP || got.POP {
		t.Errorf("mail %+v, want neither IMAP nor POP", got)
	}
	if imap, pop := mine.do(t, "GET", settings+"imap", ""), mine.do(t, "GET", settings+"pop", ""); imap.at("enabled") != "false" || pop.at("accessWindow") != "disabled" {
		t.Errorf("IMAP %v and POP %v, want neither", imap.whole, pop.whole)
	}
}
