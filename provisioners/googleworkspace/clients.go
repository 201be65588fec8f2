package googleworkspace

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/oauth2"
	datatransfer "google.golang.org/api/admin/datatransfer/v1"
	admin "google.golang.org/api/admin/directory/v1"
	reports "google.golang.org/api/admin/reports/v1"
	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/option"
)

// AccountScopes are what domain-wide delegation must allow for joiners and
// leavers, besides Scopes. Each is asked for alone, because Google refuses a
// whole token for one scope of it: what is missing fails only what needs it.
var AccountScopes = []string{
	admin.AdminDirectoryUserScope,           // make, change, suspend and restore accounts; end super administrators
	admin.AdminDirectoryUserSecurityScope,   // sign out, access of apps, app passwords, backup codes
	admin.AdminDirectoryRolemanagementScope, // take administrator roles away
	datatransfer.AdminDatatransferScope,     // give files and calendars to somebody else
	gmail.GmailSettingsBasicScope,           // automatic reply, POP and IMAP, in the leaver's name
	gmail.GmailSettingsSharingScope,         // delegates and forwarding, in the leaver's name
}

// DiscoveryScopes are what domain-wide delegation must allow for finding the apps
// in use, besides Scopes, and only where that is wanted. The second also allows
// changes, none of which discovery makes: Google has no narrower one for reading
// which apps were let in.
var DiscoveryScopes = []string{
	reports.AdminReportsAuditReadonlyScope, // the logs of apps let in and of sign-ins by SAML
	admin.AdminDirectoryUserSecurityScope,  // the apps that each account lets in now
}

// mostClients is how many clients are kept, with their tokens. Those that act
// as leavers would otherwise only become more.
const mostClients = 64

// identity is as whom and for what a token is.
type identity struct{ subject, scope string }

// openClients prepares the clients whose calls act as the administrator with
// Scopes, and shows that those prepared later can be.
func (w *Workspace) openClients(ctx context.Context) error {
	base := &bearer{base: w.config.Transport, make: func() oauth2.TokenSource { return w.sign(w.config.AdminSubject, Scopes...) }}
	options := w.options(&http.Client{Timeout: callTimeout, Transport: base})
	var err error
	if w.directory, err = admin.NewService(ctx, options...); err != nil {
		return err
	}
	w.directory.UserAgent = agent
	_, errTransfers := datatransfer.NewService(ctx, options...)
	_, errMail := gmail.NewService(ctx, options...)
	_, errReports := reports.NewService(ctx, options...)
	return errors.Join(errTransfers, errMail, errReports)
}

// agent is how we name ourselves to Google.
const agent = "countersign"

// options are those of every client. An endpoint replaces the whole base path,
// which for all APIs used here is the root of a host.
func (w *Workspace) options(client *http.Client) []option.ClientOption {
	options := []option.ClientOption{option.WithHTTPClient(client)}
	if w.config.Endpoint != "" {
		options = append(options, option.WithEndpoint(w.config.Endpoint))
	}
	return options
}

// directoryFor returns a Directory client that acts as the administrator with
// one scope. Set call.scope to the same.
func (w *Workspace) directoryFor(scope string) *admin.Service {
	s := prepared(admin.NewService(context.Background(), w.options(w.client(w.config.AdminSubject, scope))...))
	s.UserAgent = agent
	return s
}

// transfersClient returns a Data Transfer client that acts as the administrator.
func (w *Workspace) transfersClient() *datatransfer.Service {
	s := prepared(datatransfer.NewService(context.Background(), w.options(w.client(w.config.AdminSubject, datatransfer.AdminDatatransferScope))...))
	s.UserAgent = agent
	return s
}

// gmailAs returns a Gmail client that acts as the owner of a mailbox with one
// scope. Set call.as and call.scope to the same.
func (w *Workspace) gmailAs(address, scope string) *gmail.Service {
	s := prepared(gmail.NewService(context.Background(), w.options(w.client(address, scope))...))
	s.UserAgent = agent
	return s
}

// reportsClient returns a Reports client that acts as the administrator.
func (w *Workspace) reportsClient() *reports.Service {
	s := prepared(reports.NewService(context.Background(), w.options(w.client(w.config.AdminSubject, reports.AdminReportsAuditReadonlyScope))...))
	s.UserAgent = agent
	return s
}

// prepared takes what Open has tried: with a client given, the options alone
// decide whether a service can be made.
func prepared[T any](service T, err error) T {
	if err != nil {
		panic("googleworkspace: options that worked in Open: " + err.Error())
	}
	return service
}

// client returns what sends calls with the token of an identity, so that one
// token serves many calls.
func (w *Workspace) client(subject, scope string) *http.Client {
	w.mu.Lock()
	defer w.mu.Unlock()
	who := identity{subject, scope}
	if kept := w.scoped[who]; kept != nil {
		return kept
	}
	if len(w.scoped) >= mostClients {
		clear(w.scoped)
	}
	made := &http.Client{Timeout: callTimeout, Transport: &bearer{
		base: w.config.Transport,
		make: func() oauth2.TokenSource { return w.sign(subject, scope) },
	}}
	w.scoped[who] = made
	return made
}

// MissingScopes asks Google for a token with each of AccountScopes and returns
// those that it refuses because delegation does not allow them. Another refusal
// is an error.
func (w *Workspace) MissingScopes(ctx context.Context) ([]string, error) {
	return w.refusedOf(ctx, AccountScopes)
}

// MissingDiscoveryScopes does so with each of DiscoveryScopes.
func (w *Workspace) MissingDiscoveryScopes(ctx context.Context) ([]string, error) {
	return w.refusedOf(ctx, DiscoveryScopes)
}

func (w *Workspace) refusedOf(ctx context.Context, scopes []string) ([]string, error) {
	var missing []string
	for _, scope := range scopes {
		source := w.sign(w.config.AdminSubject, scope)
		err := w.run(ctx, call{what: "ask for a token", scope: scope, do: func(ctx context.Context) error {
			_, err := await(ctx, source)
			return err
		}})
		if t, ok := errors.AsType[*oauth2.RetrieveError](err); ok && tokenErrorOf(t).Code == "unauthorized_client" {
			missing = append(missing, scope)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return missing, nil
}
