// Package googleworkspace makes and ends memberships of Google groups, and lists,
// makes and closes the accounts of a Google Workspace, through the Admin SDK and
// the settings of Gmail.
//
// Google's Go client never repeats a call, so waiting, repeating and pacing are
// done here, once for the whole account. Every change is made with Google's
// numeric ids, because an address that was used too early after an account was
// made leaves a membership that works for nobody.
package googleworkspace

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// Source is how this provisioner names itself in an observation.
const Source = "Google Workspace Directory API"

// Scopes are what domain-wide delegation must allow for access to groups, all of
// them: where one is missing Google refuses the whole token. Joiners and leavers
// need AccountScopes as well.
var Scopes = []string{
	admin.AdminDirectoryUserReadonlyScope,
	admin.AdminDirectoryGroupReadonlyScope,
	admin.AdminDirectoryGroupMemberScope,
	admin.AdminDirectoryRolemanagementReadonlyScope,
}

// Defaults of Config.
const (
	DefaultRate    = 20          // requests per second; Google allows 2,400 a minute for a user of a project
	DefaultBackoff = time.Second // https://developers.google.com/workspace/admin/directory/v1/limits
	callTimeout    = 30 * time.Second
)

// Config says which Workspace and how to sign in to it. Exactly one of
// CredentialsFile, Credentials and Impersonate must be set.
type Config struct {
	CredentialsFile string // a service account's key file
	Credentials     []byte // the content of such a file
	Impersonate     string // a service account's address, signed for through IAM without a key
	AdminSubject    string // the administrator whom delegation acts as; never a target itself
	Customer        string // "my_customer" if empty

	Rate      float64           // requests per second for the whole account; DefaultRate if zero
	Backoff   time.Duration     // first wait between repeats, doubled each time; DefaultBackoff if zero
	Now       func() time.Time  // the clock of observations; time.Now if nil
	Transport http.RoundTripper // http.DefaultTransport if nil
	Endpoint  string            // base URL of every Google API and of IAM; empty for Google's own hosts
	TokenURL  string            // used with Impersonate; empty for Google's own. A key file names its own.
}

// Workspace is one Google Workspace. It is safe for use by many goroutines.
type Workspace struct {
	config    Config
	directory *admin.Service
	sign      signer
	pace      *pace
	reports   *rate.Limiter // of the logs, besides pace
	clientID  string        // what an administrator enters for domain-wide delegation
	log       *slog.Logger

	mu     sync.Mutex
	scoped map[identity]*http.Client // guarded by mu
}

var (
	_ provisioners.Provisioner = (*Workspace)(nil)
	_ provisioners.Directory   = (*Workspace)(nil)
	_ provisioners.Discovery   = (*Workspace)(nil)
)

// Open reads the credentials and prepares the client. It calls nobody: use
// Check to learn whether Google accepts the configuration.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Workspace, error) {
	if c.AdminSubject == "" {
		return nil, errors.New("google: admin_subject is missing")
	}
	c = c.withDefaults()
	sign, clientID, err := c.signer(ctx)
	if err != nil {
		return nil, fmt.Errorf("google: %w", err)
	}
	w := &Workspace{
		config:   c,
		sign:     sign,
		pace:     newPace(c.Rate, c.Backoff),
		reports:  rate.NewLimiter(reportRate, reportBurst),
		clientID: clientID,
		log:      log,
		scoped:   map[identity]*http.Client{},
	}
	if err := w.openClients(ctx); err != nil {
		return nil, fmt.Errorf("google: prepare the clients: %w", err)
	}
	return w, nil
}

func (c Config) withDefaults() Config {
	if c.Customer == "" {
		c.Customer = "my_customer"
	}
	if c.Rate == 0 {
		c.Rate = DefaultRate
	}
	if c.Backoff == 0 {
		c.Backoff = DefaultBackoff
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	c.Endpoint = strings.TrimSuffix(c.Endpoint, "/")
	return c
}

// Check asks Google once for each kind of thing that is read later, and returns
// the first refusal, with what an administrator can do about it.
func (w *Workspace) Check(ctx context.Context) error {
	if _, err := w.Account(ctx, w.config.AdminSubject); err != nil {
		return err
	}
	err := w.run(ctx, call{what: "list groups", do: func(ctx context.Context) error {
		_, err := w.directory.Groups.List().Customer(w.config.Customer).MaxResults(1).Context(ctx).Do()
		return err
	}})
	if err != nil {
		return err
	}
	return w.run(ctx, call{what: "list administrator roles", do: func(ctx context.Context) error {
		_, err := w.directory.RoleAssignments.List(w.config.Customer).MaxResults(1).Context(ctx).Do()
		return err
	}})
}
