package main

import (
	"html"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// settledCompany is the demo's company in its emulators, without the product.
func settledCompany(t *testing.T) (*demo, *config.Config) {
	t.Helper()
	d := &demo{clock: &demoClock{}, slack: fakeslack.New(fakeslack.Options{}), google: fakegoogle.New(fakegoogle.Options{})}
	t.Cleanup(d.slack.Close)
	cfg, err := d.config()
	if err == nil {
		err = d.settle(cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.settled, d.began = len(d.google.Log()), d.accounts()
	return d, cfg
}

// panel is the Google panel as the page shows it.
func panel(t *testing.T, d *demo) string {
	t.Helper()
	drawn, err := d.googlePanel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return html.UnescapeString(string(drawn))
}

func TestEveryUnitThatTheConfigurationNamesIsInTheDemosWorkspace(t *testing.T) {
	d, _ := settledCompany(t)
	want := []string{"/", "/Contractors", "/Employees", "/Future hires", "/Offboarded"}
	if got := d.google.OrgUnits(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOnlyThoseWhomJoinersAndLeaversConcernSeeThePrivateChannel(t *testing.T) {
	d, _ := settledCompany(t)
	var got []string
	for _, u := range d.slack.Users() {
		for _, c := range d.slack.Channels(u.ID) {
			if c.Name == "people-ops" && c.Private {
				got = append(got, u.ID)
			}
		}
	}
	slices.Sort(got)
	if want := []string{"U0ADA", "U0BOT", "U0CLEO", "U0HUGO", "U0SAM"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnAccountMadeInGoogleGetsASeatInSlack(t *testing.T) {
	d, cfg := settledCompany(t)
	d.seat(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(d.stop)
	d.google.AddUser(fakegoogle.User{Email: "zoe.park@acme.example", GivenName: "Zoë", FamilyName: "Park"})
	late := time.After(patience)
	find := func() (fakeslack.User, bool) {
		i := slices.IndexFunc(d.slack.Users(), func(u fakeslack.User) bool { return u.Email == "zoe.park@acme.example" })
		if i < 0 {
			return fakeslack.User{}, false
		}
		return d.slack.Users()[i], true
	}
	rooms := func() (in []string) {
		for _, c := range d.slack.Channels("U0ZO") {
			if slices.Contains(c.Members, "U0ZO") {
				in = append(in, c.Name)
			}
		}
		return in
	}
	for {
		changed := d.slack.Changed()
		if u, ok := find(); ok && len(rooms()) == 3 {
			if u.ID != "U0ZO" || u.RealName != "Zoë Park" || u.Name != "zoe.park" {
				t.Errorf("got %+v", u)
			}
			break
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("no seat came; the channels are %q", rooms())
		}
	}
	if got, want := rooms(), []string{"general", "access-requests", "vendor_requests"}; !slices.Equal(got, want) {
		t.Errorf("got channels %q, want %q", got, want)
	}
	if got := len(d.slack.Users()); got != len(demoPeople)+4 { // the bot, a guest, an outsider and the new person
		t.Errorf("%d users in Slack: somebody got a second seat", got)
	}
}

func TestSlackIDsAreMadeOfLettersAndToldApart(t *testing.T) {
	taken := map[string]bool{"U0NORA": true, "U0NORA2": true, "U02": true}
	for first, want := range map[string]string{"Ann-Sophie": "U0ANNSOPHIE", "Nora": "U0NORA3", "李": "U03"} {
		if got := newSlackID(first, taken); got != want {
			t.Errorf("%s: got %s, want %s", first, got, want)
		}
	}
}

func TestThePanelShowsAccountsOnlyWhereTheyChanged(t *testing.T) {
	d, _ := settledCompany(t)
	if got := panel(t, d); strings.Contains(got, "data-account") {
		t.Fatalf("nothing changed, but the panel says\n%s", got)
	}
	d.google.AddUser(fakegoogle.User{Email: "zoe@acme.example", GivenName: "Zoe", FamilyName: "Park", OrgUnit: "/Future hires", Unlisted: true})
	got := panel(t, d)
	for _, want := range []string{
		`data-account="zoe@acme.example"`, "<b>Zoe Park</b> <em>new</em>", "org unit: /Future hires", "signed in: never", "in the directory: no",
		`data-press="zoe@acme.example">Sign in as Zoe Park</button>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the panel lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "omar@acme.example\" title") {
		t.Errorf("Omar is shown as changed:\n%s", got)
	}
	if err := d.signIn(t.Context(), "zoe@acme.example"); err != nil {
		t.Fatal(err)
	}
	if got := panel(t, d); strings.Contains(got, "data-press") || !strings.Contains(got, "signed in: now") {
		t.Errorf("after the sign-in the panel says\n%s", got)
	}
}

func TestThePanelShowsWhatALeaverLost(t *testing.T) {
	d, _ := settledCompany(t)
	const omar = "omar@acme.example"
	if err := d.google.Suspend(omar); err != nil {
		t.Fatal(err)
	}
	if err := d.google.RemoveMember("figma-editors@acme.example", omar); err != nil {
		t.Fatal(err)
	}
	if err := d.google.AddMember("design-critique@acme.example", "dana@acme.example", "OWNER"); err != nil {
		t.Fatal(err)
	}
	if err := d.google.DeleteUser("tariq@acme.example"); err != nil {
		t.Fatal(err)
	}
	got := panel(t, d)
	for _, want := range []string{
		"<b>Omar Haddad</b><br>sign-in: active → suspended<br>signed in: now → signed out",
		"groups: −figma-editors<",
		"<b>Dana Weiss</b><br>groups: +design-critique<", "<b>Tariq Aziz</b> <em>deleted</em>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the panel lacks %q:\n%s", want, got)
		}
	}
}

func TestALeaverHasSomethingOfEverythingToLose(t *testing.T) {
	d, _ := settledCompany(t)
	facts := make(map[string]string)
	for _, a := range d.accounts() {
		for _, f := range a.Facts {
			facts[a.Name+": "+f.what] = strings.Join(f.is, ", ")
		}
	}
	for what, want := range map[string]string{
		"Omar Haddad: access of apps": "Pixel Boards, Meeting Notes", "Omar Haddad: app passwords": "1", "Omar Haddad: backup codes": "10",
		"Omar Haddad: recovery": "set", "Omar Haddad: mail read by": "dana", "Omar Haddad: org unit": "/Employees",
		"Ivan Petrov: org unit": "/Contractors", "Ivan Petrov: manager": "hugo", "Ada Lang: administrator": superAdmin,
		"Nora Kim: administrator": "", "Sam Okafor: administrator": "Custom role",
	} {
		if got := facts[what]; got != want && (want != "Custom role" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
}
