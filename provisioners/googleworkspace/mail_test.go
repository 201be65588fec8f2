package googleworkspace_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/option"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// leaving is what happens to the mail of ada.
func leaving(forward bool) provisioners.Change {
	c := provisioners.Change{
		Key: "OF-0001/mail", Target: provisioners.AccountMail, Present: forward,
		Person: provisioners.Person{ID: "P-000001", Email: ada, AccountID: adaID},
	}
	if forward {
		c.Details = provisioners.Details{
			Mail: provisioners.MailForward, Organization: "Acme",
			NewOwner: provisioners.Person{ID: "P-000003", Email: bob, AccountID: bobID},
		}
	}
	return c
}

// openMail is a desk where others have ada's mail in every way that there is.
func openMail(t *testing.T, adjust ...func(*googleworkspace.Config)) desk {
	t.Helper()
	d := openDesk(t, fakegoogle.Options{}, adjust...)
	d.google.AddUser(fakegoogle.User{Email: "eve@acme.example"})
	token := d.token(t, ada, gmail.GmailSettingsSharingScope, gmail.GmailSettingsBasicScope)
	service, err := gmail.NewService(t.Context(), option.WithTokenSource(token), option.WithEndpoint(d.url))
	if err != nil {
		t.Fatal(err)
	}
	d.settings = service.Users.Settings
	if _, err := d.settings.ForwardingAddresses.Create("me", &gmail.ForwardingAddress{ForwardingEmail: "eve@acme.example"}).Do(); err != nil {
		t.Fatal(err)
	}
	d.giveMail(t)
	return d
}

func (d desk) giveMail(t *testing.T) {
	t.Helper()
	_, errForward := d.settings.UpdateAutoForwarding("me", &gmail.AutoForwarding{Enabled: true, EmailAddress: "eve@acme.example", Disposition: "trash"}).Do()
	_, errIMAP := d.settings.UpdateImap("me", &gmail.ImapSettings{Enabled: true}).Do()
	_, errPOP := d.settings.UpdatePop("me", &gmail.PopSettings{AccessWindow: "allMail", Disposition: "archive"}).Do()
	_, errReply := d.settings.UpdateVacation("me", &gmail.VacationSettings{}).Do()
	if err := errors.Join(errForward, errIMAP, errPOP, errReply, d.google.AddDelegate(ada, bob), d.google.AddDelegate(ada, admin)); err != nil {
		t.Fatal(err)
	}
}

// token is one that somebody gets past us.
func (d desk) token(t *testing.T, subject string, scopes ...string) oauth2.TokenSource {
	t.Helper()
	key, err := d.google.ServiceAccountKey(d.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	jwt, err := google.JWTConfigFromJSON(key, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	jwt.Subject = subject
	return jwt.TokenSource(t.Context())
}

func (d desk) mail(t *testing.T) fakegoogle.Mail {
	t.Helper()
	m, err := d.google.Mail(ada)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wantShut(t *testing.T, m fakegoogle.Mail) {
	t.Helper()
	if len(m.Delegates) != 0 || m.IMAP || m.POP {
		t.Errorf("mail %+v, want no delegates, IMAP and POP", m)
	}
}

func TestTheMailOfALeaverIsShut(t *testing.T) {
	d := openMail(t)
	before := d.look(t, leaving(false))
	if !before.Present || before.Details["count"] != "2" || before.Details["status"] != "delegates 2, forwarding on, automatic reply off, IMAP on, POP on" {
		t.Errorf("before: %+v", before)
	}
	got := d.apply(t, leaving(false))
	if !got.Changed || got.Seen.Present || !got.Seen.Checked || got.Seen.Details["status"] != "delegates 0, forwarding off, automatic reply off, IMAP off, POP off" {
		t.Errorf("Apply = %+v, want all off", got)
	}
	m := d.mail(t)
	wantShut(t, m)
	if m.ForwardTo != "" {
		t.Errorf("mail goes to %s, want nowhere", m.ForwardTo)
	}
	if again := d.apply(t, leaving(false)); again.Changed || again.Seen.Present {
		t.Errorf("the second Apply = %+v, want no change", again)
	}
}

func TestTheMailOfALeaverIsForwardedWithAReplyThatNamesTheNewOwner(t *testing.T) {
	d := openMail(t)
	if before := d.look(t, leaving(true)); before.Present {
		t.Errorf("before: %+v, want it absent", before)
	}
	got := d.apply(t, leaving(true))
	if !got.Changed || !got.Seen.Present || got.Seen.Details["forward_to"] != bob {
		t.Errorf("Apply = %+v, want mail forwarded", got)
	}
	m := d.mail(t)
	wantShut(t, m)
	if m.ForwardTo != bob || !strings.Contains(m.AutoReply, "Acme") || !strings.Contains(m.AutoReply, bob) || strings.Contains(m.AutoReply, "Ada") {
		t.Errorf("mail %+v, want it forwarded to bob and a reply that says so without a word about Ada", m)
	}
	if again := d.apply(t, leaving(true)); again.Changed || !again.Seen.Present {
		t.Errorf("the second Apply = %+v, want no change", again)
	}
	if err := d.google.AddDelegate(ada, bob); err != nil {
		t.Fatal(err)
	}
	if seen := d.look(t, leaving(true)); seen.Present {
		t.Errorf("Read with a delegate = %+v, want it absent", seen)
	}
}

func TestShuttingMailSurvivesAnyCallThatFails(t *testing.T) {
	d := openMail(t)
	surviving(t, d, func(t *testing.T) provisioners.Change {
		d.apply(t, leaving(false))
		d.giveMail(t)
		return leaving(false)
	}, func(t *testing.T) {
		if wantShut(t, d.mail(t)); d.mail(t).ForwardTo != "" {
			t.Errorf("mail %+v, want it forwarded nowhere", d.mail(t))
		}
	})
}

// TestForwardingMailSurvivesAnyCallThatFails names a new owner each time, so that
// a forwarding address is made each time.
func TestForwardingMailSurvivesAnyCallThatFails(t *testing.T) {
	d := openMail(t)
	owners, owner := 0, ""
	surviving(t, d, func(t *testing.T) provisioners.Change {
		d.apply(t, leaving(false))
		d.giveMail(t)
		owners++
		owner = d.google.AddUser(fakegoogle.User{Email: fmt.Sprintf("owner%d@acme.example", owners)}).Email
		c := leaving(true)
		c.Details.NewOwner = provisioners.Person{Email: owner}
		return c
	}, func(t *testing.T) {
		m := d.mail(t)
		wantShut(t, m)
		if m.ForwardTo != owner || len(m.Forwarding) != owners+1 || !strings.Contains(m.AutoReply, owner) {
			t.Errorf("mail %+v, want it forwarded to %s", m, owner)
		}
	})
}

func TestPassingFaultsOfMailAreOvercome(t *testing.T) {
	d := openMail(t)
	for _, kind := range passing {
		d.apply(t, leaving(false))
		d.giveMail(t)
		d.google.Fail(fakegoogle.Fault{Method: "PUT", Kind: kind, Applied: true, Count: 2})
		d.google.Fail(fakegoogle.Fault{Method: "DELETE", Kind: kind, Applied: true, Count: 2})
		d.google.Fail(fakegoogle.Fault{Method: "POST", Path: "/gmail/v1/users/me/settings/*", Kind: kind, Applied: true, Count: 2})
		if got := d.apply(t, leaving(true)); !got.Changed || !got.Seen.Present {
			t.Errorf("%s: Apply = %+v, want the change", kind, got)
		}
		d.google.Heal()
	}
}

func TestEachMailSettingIsChangedWithTheScopeItNeeds(t *testing.T) {
	d := openMail(t)
	d.apply(t, leaving(true))
	for _, r := range d.google.Requests() {
		if strings.HasPrefix(r.Path, "/gmail/") && r.Status >= 400 {
			t.Errorf("%s %s was refused with %d", r.Method, r.Path, r.Status)
		}
	}
	only := slices.DeleteFunc(append(slices.Clone(googleworkspace.Scopes), googleworkspace.AccountScopes...),
		func(scope string) bool { return strings.HasSuffix(scope, "gmail.settings.sharing") })
	d = openDesk(t, fakegoogle.Options{DelegatedScopes: only})
	_, err := d.accounts.Apply(t.Context(), leaving(true))
	wantPermanent(t, err, "gmail.settings.sharing is missing", "Domain-wide delegation")
}

func TestASuspendedAccountKeepsItsMailSettingsAndLetsNobodyIn(t *testing.T) {
	d := openMail(t)
	if err := d.google.Suspend(ada); err != nil {
		t.Fatal(err)
	}
	got := d.apply(t, leaving(false))
	if got.Changed || got.Seen.Present || got.Seen.Details["blocked"] != "by the suspension" {
		t.Errorf("Apply = %+v, want it blocked by the suspension", got)
	}
	_, err := d.accounts.Apply(t.Context(), leaving(true))
	wantPermanent(t, err, "can no longer be forwarded", "Admin console")
	m := d.mail(t)
	if len(m.Delegates) != 2 || m.ForwardTo != "eve@acme.example" {
		t.Errorf("mail %+v, want it as it was", m)
	}
}

func TestASuspensionWhileMailIsReadIsNotTakenForNoMailbox(t *testing.T) {
	var d desk
	d = openMail(t, func(c *googleworkspace.Config) {
		real := c.Transport
		c.Transport = roundTrips(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/settings/imap") {
				if err := d.google.Suspend(ada); err != nil {
					return nil, err
				}
			}
			return real.RoundTrip(r)
		})
	})
	got, err := d.accounts.Apply(t.Context(), leaving(false))
	if _, permanent := errors.AsType[*provisioners.Permanent](err); err == nil || permanent {
		t.Errorf("Apply = %+v, %v, want an error that can be repeated", got, err)
	}
	if got := d.apply(t, leaving(false)); got.Seen.Details["blocked"] == "" {
		t.Errorf("Apply later = %+v, want it blocked", got)
	}
}

func TestAnAccountWithoutGmailHasNoneOfIt(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	if err := d.google.NoMail(ada); err != nil {
		t.Fatal(err)
	}
	if got := d.apply(t, leaving(false)); got.Changed || got.Seen.Present || got.Seen.Details["mail"] != "no mailbox" {
		t.Errorf("Apply = %+v, want no mailbox", got)
	}
	_, err := d.accounts.Apply(t.Context(), leaving(true))
	wantPermanent(t, err, "no Gmail mailbox", "stopped")
}

func TestForwardingWaitsForAReceiverWhoMustAgree(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	far := d.google.AddUser(fakegoogle.User{Email: "bob@sister.example"})
	c := leaving(true)
	c.Details.NewOwner = provisioners.Person{Email: far.Email}
	for range 2 {
		_, err := d.accounts.Apply(t.Context(), c)
		wantPermanent(t, err, "only after its receiver agreed", "follow the link")
	}
	if m := d.mail(t); m.ForwardTo != "" || len(m.Forwarding) != 1 {
		t.Errorf("mail %+v, want one address and no forwarding", m)
	}
	if err := d.google.AcceptForwarding(ada, far.Email); err != nil {
		t.Fatal(err)
	}
	d.apply(t, c)
	if m := d.mail(t); m.ForwardTo != far.Email {
		t.Errorf("mail goes to %q, want %s", m.ForwardTo, far.Email)
	}
}

func TestMailGoesOnlyToSomebodyActiveElse(t *testing.T) {
	d := openDesk(t, fakegoogle.Options{})
	for name, c := range map[string]struct {
		owner  provisioners.Person
		reason string
	}{
		"nobody":      {provisioners.Person{}, "Nobody is named"},
		"the leaver":  {provisioners.Person{Email: "countess@acme.example"}, "is the leaver"},
		"a stranger":  {provisioners.Person{Email: grace}, "no account for the new owner"},
		"a suspended": {provisioners.Person{AccountID: bobID}, "no active account"},
	} {
		if name == "a suspended" {
			if err := d.google.Suspend(bob); err != nil {
				t.Fatal(err)
			}
		}
		change := leaving(true)
		change.Details.NewOwner = c.owner
		_, err := d.accounts.Apply(t.Context(), change)
		wantPermanent(t, err, c.reason, ".")
	}
	if m := d.mail(t); m.ForwardTo != "" || !m.IMAP {
		t.Errorf("mail %+v, want it as it was", m)
	}
}

func TestStoppedMailIsNotForwarded(t *testing.T) {
	c := leaving(true)
	c.Details.Mail = provisioners.MailStop
	_, err := openDesk(t, fakegoogle.Options{}).accounts.Apply(t.Context(), c)
	wantPermanent(t, err, "not forwarded", "forwarded")
}
