package fakegoogle_test

import (
	"errors"
	"testing"

	transferapi "google.golang.org/api/admin/datatransfer/v1"
	directoryapi "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// clients are Google's own for Go, for an administrator and for the mail of ada.
type clients struct {
	directory *directoryapi.Service
	transfers *transferapi.Service
	mail      *gmail.UsersSettingsService
}

func (s site) clients(t *testing.T) clients {
	t.Helper()
	options := func(s site) []option.ClientOption {
		return []option.ClientOption{option.WithHTTPClient(s.client), option.WithEndpoint(s.url)}
	}
	directory, err := directoryapi.NewService(t.Context(), options(s)...)
	must(t, err)
	transfers, err := transferapi.NewService(t.Context(), options(s)...)
	must(t, err)
	mail, err := gmail.NewService(t.Context(), options(s.as(t, ada))...)
	must(t, err)
	return clients{directory, transfers, mail.Users.Settings}
}

func TestGooglesOwnClientLetsSomebodyIn(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddOrgUnit("/Staff")
	c := s.clients(t).directory
	made, err := c.Users.Insert(&directoryapi.User{
		PrimaryEmail: "new@acme.example", Name: &directoryapi.UserName{GivenName: "New", FamilyName: "One"}, Password: "correct horse",
		ChangePasswordAtNextLogin: true, OrgUnitPath: "/Staff", RecoveryPhone: "+16506661212",
		Organizations: []directoryapi.UserOrganization{{Title: "Engineer", Primary: true}},
		Relations:     []directoryapi.UserRelation{{Type: "manager", Value: ada}},
		ExternalIds:   []directoryapi.UserExternalId{{Type: "organization", Value: "E-42"}},
	}).Do()
	must(t, err)
	got, err := c.Users.Get(made.Id).Do()
	if err != nil || got.OrgUnitPath != "/Staff" || !got.IsMailboxSetup || !got.ChangePasswordAtNextLogin || got.LastLoginTime != "1970-01-01T00:00:00.000Z" {
		t.Errorf("account %+v, %v", got, err)
	}
	unit, err := c.Orgunits.Get("my_customer", "Staff").Do()
	if err != nil || unit.Name != "Staff" {
		t.Errorf("unit %+v, %v", unit, err)
	}
	if _, err := c.Users.Insert(&directoryapi.User{PrimaryEmail: "x@acme.example", Name: &directoryapi.UserName{GivenName: "X", FamilyName: "Y"}, Password: "short"}).Do(); code(err) != 400 {
		t.Errorf("a short password: %v, want 400", err)
	}
	s.AddUnmanaged("other@acme.example")
	invited, err := c.Users.Insert(&directoryapi.User{PrimaryEmail: "other@acme.example", Name: &directoryapi.UserName{GivenName: "O", FamilyName: "N"}, Password: "correct horse"}).ResolveConflictAccount(true).Do()
	if err != nil || invited.HTTPStatusCode != 202 || invited.Id != "" {
		t.Errorf("invited %+v, %v, want 202 without an id", invited, err)
	}
}

func TestGooglesOwnClientLetsSomebodyOut(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	s.appPassword(t)
	c, from, to := s.clients(t), s.idOf(t, ada), s.idOf(t, bob)
	_, err := c.directory.Users.Update(ada, &directoryapi.User{
		Password: "battery staple", OrgUnitPath: "/Offboarded",
		ForceSendFields: []string{"RecoveryEmail", "RecoveryPhone", "IncludeInGlobalAddressList", "ChangePasswordAtNextLogin"},
	}).Do()
	must(t, err,
		c.directory.Users.MakeAdmin(ada, &directoryapi.UserMakeAdmin{ForceSendFields: []string{"Status"}}).Do(),
		c.directory.Users.SignOut(ada).Do(), c.directory.VerificationCodes.Invalidate(ada).Do())
	tokens, err := c.directory.Tokens.List(ada).Do()
	must(t, err)
	for _, token := range tokens.Items {
		if err := c.directory.Tokens.Delete(ada, token.ClientId).Do(); err != nil && code(err) != 404 {
			t.Error(err)
		}
	}
	asps, err := c.directory.Asps.List(ada).Do()
	must(t, err)
	for _, p := range asps.Items {
		must(t, c.directory.Asps.Delete(ada, p.CodeId).Do())
	}
	c.closeMail(t)
	must(t, s.Suspend(ada))
	begun, err := c.transfers.Transfers.Insert(&transferapi.DataTransfer{OldOwnerUserId: from, NewOwnerUserId: to, ApplicationDataTransfers: []*transferapi.ApplicationDataTransfer{
		{ApplicationId: 55656082996, ApplicationTransferParams: []*transferapi.ApplicationTransferParam{{Key: "PRIVACY_LEVEL", Value: []string{"PRIVATE", "SHARED"}}}},
	}}).Do()
	must(t, err)
	over, err := c.transfers.Transfers.Get(begun.Id).Do()
	if err != nil || begun.OverallTransferStatusCode != "inProgress" || over.OverallTransferStatusCode != "completed" {
		t.Errorf("transfer %+v and %+v, %v", begun, over, err)
	}
	s.nothingLeft(t)
}

// closeMail hands the mail of ada to bob and shuts everybody else out.
func (c clients) closeMail(t *testing.T) {
	t.Helper()
	there, err := c.mail.Delegates.List("me").Do()
	must(t, err)
	for _, d := range there.Delegates {
		must(t, c.mail.Delegates.Delete("me", d.DelegateEmail).Do())
	}
	if none, err := c.mail.Delegates.List("me").Do(); err != nil || len(none.Delegates) != 0 {
		t.Errorf("delegates %+v, %v, want none", none, err)
	}
	address, err := c.mail.ForwardingAddresses.Create("me", &gmail.ForwardingAddress{ForwardingEmail: bob}).Do()
	if err != nil || address.VerificationStatus != "accepted" {
		t.Errorf("forwarding address %+v, %v", address, err)
	}
	_, forwarding := c.mail.UpdateAutoForwarding("me", &gmail.AutoForwarding{Enabled: true, EmailAddress: bob, Disposition: "archive"}).Do()
	_, vacation := c.mail.UpdateVacation("me", &gmail.VacationSettings{EnableAutoReply: true, ResponseSubject: "Ada has left"}).Do()
	_, imap := c.mail.UpdateImap("me", &gmail.ImapSettings{}).Do()
	_, pop := c.mail.UpdatePop("me", &gmail.PopSettings{AccessWindow: "disabled"}).Do()
	must(t, forwarding, vacation, imap, pop)
}

// nothingLeft looks whether ada can still come in anywhere.
func (s site) nothingLeft(t *testing.T) {
	t.Helper()
	tokens, noTokens := s.Tokens(ada)
	asps, noAsps := s.AppPasswords(ada)
	_, codes, noCodes := s.TwoStep(ada)
	session, noSession := s.Session(ada)
	password, noPassword := s.Password(ada)
	must(t, noTokens, noAsps, noCodes, noSession, noPassword)
	if len(tokens)+len(asps)+codes != 0 || session.Open || !password.Matches("battery staple") {
		t.Errorf("left: %v, %v, %d codes, session %+v", tokens, asps, codes, session)
	}
	if u := s.Users()[0]; !u.Unlisted || u.OrgUnit != "/Offboarded" || !u.Suspended {
		t.Errorf("account %+v", u)
	}
	if m := s.mailOf(t); m.ForwardTo != bob || m.AutoReply != "Ada has left" || m.IMAP || m.POP || len(m.Delegates) != 0 {
		t.Errorf("mail %+v", m)
	}
}

// code is the status of a refusal.
func code(err error) int {
	if refusal, ok := errors.AsType[*googleapi.Error](err); ok {
		return refusal.Code
	}
	return 0
}
