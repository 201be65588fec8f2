package googleworkspace_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestTheScopesWeNameAreEnough(t *testing.T) {
	o := open(t, fakegoogle.Options{DelegatedScopes: googleworkspace.Scopes})
	if err := o.Check(t.Context()); err != nil {
		t.Fatalf("Check: %v", err)
	}
	o.apply(t, change(true))
	o.apply(t, change(false))
}

func TestAScopeMissingFromDelegationIsNamedToTheAdministrator(t *testing.T) {
	for i, missing := range googleworkspace.Scopes {
		allowed := append(append([]string{}, googleworkspace.Scopes[:i]...), googleworkspace.Scopes[i+1:]...)
		o := open(t, fakegoogle.Options{DelegatedScopes: allowed})
		wantPermanent(t, o.Check(t.Context()), "act for "+admin, missing)
	}
}

func TestASubjectWhoIsNoAdministratorIsNamed(t *testing.T) {
	o := open(t, fakegoogle.Options{}, func(c *googleworkspace.Config) { c.AdminSubject = ada })
	wantPermanent(t, o.Check(t.Context()), "not authorized", ada)
}

func TestAnUnknownSubjectIsNamed(t *testing.T) {
	o := open(t, fakegoogle.Options{}, func(c *googleworkspace.Config) { c.AdminSubject = "gone@acme.example" })
	wantPermanent(t, o.Check(t.Context()), "Invalid email or User ID", "admin_subject")
}

func TestASuspendedSubjectIsNamed(t *testing.T) {
	o := open(t, fakegoogle.Options{})
	if err := o.google.Suspend(admin); err != nil {
		t.Fatal(err)
	}
	wantPermanent(t, o.Check(t.Context()), "restricted the account "+admin, "suspension")
}

func TestSigningThroughIAMNeedsNoKeyFile(t *testing.T) {
	o, account := openKeyless(t)
	o.apply(t, change(true))
	signed := false
	for _, r := range o.google.Requests() {
		signed = signed || strings.HasSuffix(r.Path, account+":signJwt") && r.Status == http.StatusOK
	}
	if !signed {
		t.Error("IAM was never asked to sign")
	}
}

func TestARefusalByIAMNamesTheRoleThatIsMissing(t *testing.T) {
	o, account := openKeyless(t)
	o.google.Fail(fakegoogle.Fault{Path: "/v1/projects/-/serviceAccounts/*", Kind: fakegoogle.Forbidden})
	_, err := o.Apply(t.Context(), change(true))
	wantPermanent(t, err, "sign for "+account, "Service Account Token Creator")
}

func TestAMachineWithoutIdentityIsToldSo(t *testing.T) {
	o, account := openKeyless(t)
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "absent.json"))
	_, err := o.Apply(t.Context(), change(true))
	wantPermanent(t, err, "sign for "+account, "Service Account Token Creator")
}

// openKeyless opens an office where the key file is only the machine's own
// identity, which signs for its own service account.
func openKeyless(t *testing.T) (office, string) {
	t.Helper()
	var account string
	o := open(t, fakegoogle.Options{}, func(c *googleworkspace.Config) {
		file := filepath.Join(t.TempDir(), "machine.json")
		if err := os.WriteFile(file, c.Credentials, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
		account = accountOf(t, c.Credentials)
		c.Credentials, c.Impersonate, c.TokenURL = nil, account, c.Endpoint+"/token"
	})
	return o, account
}

func accountOf(t *testing.T, key []byte) string {
	t.Helper()
	var names struct {
		Email string `json:"client_email"`
	}
	if err := json.Unmarshal(key, &names); err != nil {
		t.Fatal(err)
	}
	return names.Email
}

func TestOpenRefusesAnIncompleteConfiguration(t *testing.T) {
	key, err := fakegoogle.New(fakegoogle.Options{KeyBits: 1024}).ServiceAccountKey("http://127.0.0.1/token")
	if err != nil {
		t.Fatal(err)
	}
	noKey := filepath.Join(t.TempDir(), "no-key.json")
	text := `{"type":"service_account","client_email":"a@b","private_key":"none","token_uri":"http://127.0.0.1"}`
	if err := os.WriteFile(noKey, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]googleworkspace.Config{
		"admin_subject is missing": {Credentials: key},
		"set one of":               {AdminSubject: admin},
		"set one of credentials":   {AdminSubject: admin, Credentials: key, Impersonate: "a@b"},
		"read credentials_file":    {AdminSubject: admin, CredentialsFile: noKey + ".absent"},
		"no usable private key":    {AdminSubject: admin, CredentialsFile: noKey},
		"not the JSON key":         {AdminSubject: admin, Credentials: []byte("hello")},
	} {
		_, err := googleworkspace.Open(t.Context(), c, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open: error %v, want it to say %q", err, want)
		}
	}
}

func TestACallDoesNotOutliveItsContextWhileATokenIsFetched(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	stuck := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-release
	}))
	defer stuck.Close()
	defer close(release)
	key, err := fakegoogle.New(fakegoogle.Options{KeyBits: 1024}).ServiceAccountKey(stuck.URL + "/token")
	if err != nil {
		t.Fatal(err)
	}
	w, err := googleworkspace.Open(t.Context(), googleworkspace.Config{Credentials: key, AdminSubject: admin, Endpoint: stuck.URL}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, err = w.TargetKey(ctx, devs)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if _, permanent := errors.AsType[*provisioners.Permanent](err); permanent {
		t.Errorf("error %v is permanent", err)
	}
}
