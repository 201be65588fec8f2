package googleworkspace_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/provisioners/provisionertest"
)

const (
	admin   = "admin@acme.example"
	ada     = "ada@acme.example"
	devs    = "devs@acme.example"
	adminID = "100000000000000000001"
	adaID   = "100000000000000000002"
	devsID  = "01devs0000001"
)

// office is a Workspace with the fake Google behind it.
type office struct {
	*googleworkspace.Workspace
	google *fakegoogle.Server
	url    string
}

// open makes an office with one administrator, one person and one group, whose
// waits last milliseconds.
func open(t *testing.T, o fakegoogle.Options, adjust ...func(*googleworkspace.Config)) office {
	t.Helper()
	o.KeyBits = 1024
	google := fakegoogle.New(o)
	google.AddUser(fakegoogle.User{ID: adminID, Email: admin, Admin: true, Aliases: []string{"root@acme.example"}})
	google.AddUser(fakegoogle.User{ID: adaID, Email: ada, GivenName: "Ada", FamilyName: "King", Aliases: []string{"countess@acme.example"}})
	google.AddGroup(fakegoogle.Group{ID: devsID, Email: devs, Name: "Developers", Aliases: []string{"engineers@acme.example"}})
	server := httptest.NewServer(google)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	key, err := google.ServiceAccountKey(server.URL + "/token")
	if err != nil {
		t.Fatal(err)
	}
	config := googleworkspace.Config{
		Credentials: key, AdminSubject: admin, Endpoint: server.URL, Transport: transport,
		Backoff: time.Millisecond, Rate: 10000,
	}
	for _, f := range adjust {
		f(&config)
	}
	w, err := googleworkspace.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return office{w, google, server.URL}
}

func change(present bool) provisioners.Change {
	return provisioners.Change{Key: "G-000001", Person: provisioners.Person{ID: "P-000001", Email: ada}, Target: devs, Present: present}
}

func (o office) apply(t *testing.T, c provisioners.Change) provisioners.Result {
	t.Helper()
	r, err := o.Apply(t.Context(), c)
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	return r
}

func (o office) members(t *testing.T) []fakegoogle.Member {
	t.Helper()
	members, err := o.google.Members(devs)
	if err != nil {
		t.Fatal(err)
	}
	return members
}

// sent returns the requests of one method to the members of a group.
func (o office) sent(method string) []fakegoogle.Request {
	var out []fakegoogle.Request
	for _, r := range o.google.Requests() {
		if r.Method == method && strings.Contains(r.Path, "/members") {
			out = append(out, r)
		}
	}
	return out
}

func wantPermanent(t *testing.T, err error, reason, next string) {
	t.Helper()
	p, ok := errors.AsType[*provisioners.Permanent](err)
	if !ok {
		t.Fatalf("error %v, want a *Permanent", err)
	}
	if !strings.Contains(p.Reason, reason) {
		t.Errorf("reason %q, want it to say %q", p.Reason, reason)
	}
	if !strings.Contains(p.Next, next) {
		t.Errorf("next step %q, want it to say %q", p.Next, next)
	}
}

func TestConformance(t *testing.T) {
	provisionertest.Run(t, func(t *testing.T) provisionertest.Fixture {
		o := open(t, fakegoogle.Options{})
		return provisionertest.Fixture{
			Provisioner: o, Target: devs, KnowsPeople: true,
			Person:   provisioners.Person{ID: "P-000001", Email: ada},
			Stranger: provisioners.Person{ID: "P-000002", Email: "nobody@acme.example"},
			State:    func() any { return []any{o.members(t), o.google.Users(), o.google.Groups()} },
		}
	})
}

func TestCheckPassesWhereEverythingIsAllowed(t *testing.T) {
	if err := open(t, fakegoogle.Options{}).Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}
}
