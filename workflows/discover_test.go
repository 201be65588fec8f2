package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

const (
	tokenLog = "/admin/reports/v1/activity/users/all/applications/token"
	samlLog  = "/admin/reports/v1/activity/users/all/applications/saml"
)

// mailer and sketch are apps that people let in.
var (
	mailer = fakegoogle.Token{ClientID: "1.apps.example", Name: "Super Mailer", Scopes: []string{"https://mail.google.com/", "openid"}}
	sketch = fakegoogle.Token{ClientID: "2.apps.example", Name: "Sketchpad", Scopes: []string{"openid", "email"}}
)

// looksDaily turns discovery on, every day at six.
func looksDaily(h *company) { h.cat.Discovery = "0 6 * * *" }

// Looks starts the process and has it look for apps until the next morning.
func (h *company) Looks() {
	h.t.Helper()
	if err := h.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.NextLook()
}

// NextLook goes on to half an hour after the next morning's look.
func (h *company) NextLook() {
	h.t.Helper()
	now := h.now()
	at := time.Date(now.Year(), now.Month(), now.Day(), 6, 30, 0, 0, time.UTC)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	h.Leap(at.Sub(now))
}

// uses has somebody use an app just now.
func (h *company) uses(who string, app fakegoogle.Token) {
	h.t.Helper()
	if err := h.google.AddAppUse(mail(who), app, h.now()); err != nil {
		h.t.Fatal(err)
	}
}

// Seen returns the app that was seen under a name.
func (h *company) Seen(name string) workflows.Discovered {
	h.t.Helper()
	for _, d := range h.allSeen() {
		if d.Name == name {
			return d
		}
	}
	h.t.Fatalf("no app %s was seen", name)
	return workflows.Discovered{}
}

func (h *company) allSeen() (all []workflows.Discovered) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		all, err = tx.AllDiscovered()
		return err
	})
	return all
}

// upTo returns the day up to which a source was read.
func (h *company) upTo(source string) (at time.Time) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		at, err = tx.ReadUpTo(source)
		return err
	})
	return at
}

// Registers puts a vendor into the register, as an import does.
func (h *company) Registers(name, domain string, change ...func(*workflows.Vendor)) (id string) {
	h.t.Helper()
	h.puts(func(tx workflows.Tx) (err error) {
		if id, err = tx.NextID("VN"); err != nil {
			return err
		}
		v := workflows.Vendor{ID: id, State: workflows.VendorImported, Name: name, Domain: domain, Source: "import", CreatedAt: tx.Now(), ChangedAt: tx.Now()}
		for _, f := range change {
			f(&v)
		}
		if err := tx.PutVendor(&v); err != nil {
			return err
		}
		_, err = tx.Append(workflows.Event{Type: "vendor.changed", Actor: workflows.System, Outcome: "success", Source: "import", WorkflowID: id})
		return err
	})
	return id
}

func (h *company) puts(f func(workflows.Tx) error) {
	h.t.Helper()
	if err := h.store.Update(h.t.Context(), f); err != nil {
		h.t.Fatal(err)
	}
}

// said joins the notices of discovery in the compliance channel.
func (h *company) said() string {
	h.t.Helper()
	var out []string
	for _, p := range h.slack.all() {
		if strings.HasPrefix(p.card.Record, "discovery/") && p.card.Channel == workflows.ChannelCompliance {
			out = append(out, p.view.Title)
		}
	}
	return strings.Join(out, "\n")
}

func TestAnAppInUseIsShownToTheComplianceLead(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", mailer)
		h.uses("mona", mailer)
		h.Looks()
		d := h.Seen("Super Mailer")
		if d.ID != "DA-0001" || d.State != workflows.DiscoveredNew || d.Source != "oauth" || d.Scope != "mail" || len(d.People) != 2 || d.LastOn != "2000-01-01" {
			t.Errorf("seen %+v", d)
		}
		p, there := h.slack.card(workflows.CardDiscovered, d.ID, chat("cleo"))
		if !there {
			t.Fatal("the compliance lead has no card")
		}
		h.says(fmt.Sprint(p.view), "Super Mailer", "2 people", "1 January 2000", "Mail and messages: https://mail.google.com/")
		if got := h.buttons(workflows.CardDiscovered, d.ID, chat("cleo")); got != "Map to vendor, Open intake, Ignore" {
			t.Errorf("buttons %q", got)
		}
		e := h.Events("vendor.discovered")
		if len(e) != 1 || e[0].WorkflowID != d.ID || e[0].Source != "google" || e[0].Data["scope"] != "mail" || e[0].Data["people"] != 2.0 {
			t.Errorf("events %+v", e)
		}
		h.says(h.said(), "1 app, 1 with access to mail", "first reading", "5 July 1999", "As of 1 January 2000 06:30")
		told := h.said()
		h.NextLook()
		if got := h.said(); got != told || len(h.Events("vendor.discovered")) != 1 {
			t.Errorf("said again: %s", got)
		}
	}, looksDaily)
}

func TestWhereDiscoveryIsOffNothingIsRead(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", mailer)
		h.Looks()
		h.NextLook()
		for _, r := range h.google.Requests() {
			if strings.HasPrefix(r.Path, "/admin/reports/") || strings.HasSuffix(r.Path, "/tokens") {
				t.Fatalf("asked for %s", r.Path)
			}
		}
	})
}

func TestWithoutAComplianceLeadTheAdminsAreShownWhatIsNew(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", mailer)
		h.Looks()
		for _, who := range []string{"ada", "abe"} {
			if _, there := h.slack.card(workflows.CardDiscovered, "DA-0001", chat(who)); !there {
				t.Errorf("%s has no card", who)
			}
		}
	}, looksDaily, func(h *company) { h.cat.Compliance = "" })
}

func TestManyNewAppsAreListedInsteadOfPosted(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		for i := range 13 {
			h.uses("nora", fakegoogle.Token{ClientID: fmt.Sprint(100+i, ".apps.example"), Name: fmt.Sprint("App ", i), Scopes: []string{"openid"}})
		}
		h.uses("nora", mailer)
		h.Looks()
		cards, notices := 0, ""
		for _, p := range h.slack.to(chat("cleo")) {
			if p.card.Kind == workflows.CardDiscovered {
				cards++
			} else if strings.HasPrefix(p.card.Record, "discovery/") {
				notices += p.view.Title
			}
		}
		if cards != 10 {
			t.Errorf("%d cards, want 10", cards)
		}
		h.says(notices, "4 more apps", "/vendor coverage")
		if _, there := h.slack.card(workflows.CardDiscovered, h.Seen("Super Mailer").ID, chat("cleo")); !there {
			t.Error("the app that may do most has no card")
		}
	}, looksDaily)
}

func TestAnAppOfAKnownVendorIsMappedByItselfAndShowsItsUse(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Registers("Sketchpad Inc.", "sketchpad.example")
		h.uses("nora", sketch)
		h.Looks()
		if d := h.Seen("Sketchpad"); d.State != workflows.DiscoveredMapped || d.Vendor != id || d.By != "" || d.Source != "login" {
			t.Errorf("seen %+v", d)
		}
		if _, there := h.slack.card(workflows.CardDiscovered, "DA-0001", chat("cleo")); there {
			t.Error("somebody was asked about what is known")
		}
		if v := h.Vendor(id); !v.Used || v.LastUsedOn != "2000-01-01" {
			t.Errorf("vendor used %t, last on %s", v.Used, v.LastUsedOn)
		}
		changes := len(h.Events("vendor.changed"))
		for range 2 {
			h.uses("mona", sketch)
			h.NextLook()
		}
		if got := h.Seen("Sketchpad"); got.LastOn != "2000-01-02" || len(got.People) != 2 {
			t.Errorf("seen %+v", got)
		}
		if got := len(h.Events("vendor.changed")); got != changes {
			t.Errorf("%d events about daily use, want none", got-changes)
		}
		h.Leap(30 * day)
		h.uses("mona", sketch)
		h.NextLook()
		if got := len(h.Events("vendor.changed")); got != changes+1 || h.Vendor(id).LastUsedOn != h.Seen("Sketchpad").LastOn {
			t.Errorf("%d events about the use of another month, want 1", got-changes)
		}
	}, looksDaily)
}

func TestAnAppWithWeightyAccessIsShownThoughItsNameIsKnown(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Registers("Super Mailer", "")
		h.uses("nora", mailer)
		h.Looks()
		d := h.Seen("Super Mailer")
		if d.Vendor != id {
			t.Errorf("seen %+v", d)
		}
		if got := h.buttons(workflows.CardDiscovered, d.ID, chat("cleo")); got != "Map to another vendor, Ignore" {
			t.Errorf("buttons %q", got)
		}
	}, looksDaily)
}

func TestAMappedAppThatIsLetInToMuchMoreIsShown(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Registers("Sketchpad", "")
		h.uses("nora", sketch)
		h.Looks()
		for i, scope := range []string{"https://www.googleapis.com/auth/calendar", "https://www.googleapis.com/auth/drive"} {
			more := sketch
			more.Scopes = []string{scope}
			h.uses([]string{"bob", "bea"}[i], more)
			h.NextLook()
			if _, there := h.slack.card(workflows.CardDiscovered, "DA-0001", chat("cleo")); there != (i == 1) {
				t.Errorf("with %s: shown %t", scope, there)
			}
		}
		if d := h.Seen("Sketchpad"); d.State != workflows.DiscoveredMapped || d.Source != "oauth" {
			t.Errorf("seen %+v", d)
		}
	}, looksDaily)
}

func TestAnAppOfADeniedVendorIsShown(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Registers("Sketchpad", "", func(v *workflows.Vendor) { v.State = workflows.VendorDenied })
		h.uses("nora", sketch)
		h.Looks()
		if _, there := h.slack.card(workflows.CardDiscovered, "DA-0001", chat("cleo")); !there {
			t.Error("nobody is told that what was denied is in use")
		}
	}, looksDaily)
}

func TestAnAppIsMappedOnceItsVendorIsInTheRegister(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", sketch)
		h.Looks()
		id := h.Registers("Sketchpad", "")
		h.NextLook()
		if d := h.Seen("Sketchpad"); d.State != workflows.DiscoveredMapped || d.Vendor != id {
			t.Errorf("seen %+v", d)
		}
		if got := h.status(workflows.CardDiscovered, "DA-0001", chat("cleo")); got != "Belongs to "+id {
			t.Errorf("the card says %q", got)
		}
	}, looksDaily)
}

func TestSomebodyWhomNobodyKnowsIsCounted(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", sketch)
		h.google.AddUser(fakegoogle.User{Email: "robot@acme.example"})
		if err := h.google.AddAppUse("robot@acme.example", sketch, h.now()); err != nil {
			t.Fatal(err)
		}
		if err := h.google.DeleteUser("robot@acme.example"); err != nil {
			t.Fatal(err)
		}
		h.Looks()
		if d := h.Seen("Sketchpad"); len(d.People) != 1 || d.Strange != 1 {
			t.Errorf("seen %+v, want one person and one stranger", d)
		}
		p, _ := h.slack.card(workflows.CardDiscovered, "DA-0001", chat("cleo"))
		h.says(fmt.Sprint(p.view), "1 person and 1 account of nobody we know")
	}, looksDaily)
}

func TestAnIgnoredAppThatIsLetInToMoreIsShownAgain(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", sketch)
		h.Looks()
		h.done(h.As("cleo").press(workflows.VerbIgnoreApp, "DA-0001", map[string]string{"reason": "A toy that keeps nothing of ours"}))
		h.NextLook()
		if d := h.Seen("Sketchpad"); d.State != workflows.DiscoveredIgnored {
			t.Errorf("seen %+v", d)
		}
		more := sketch
		more.Scopes = []string{"https://www.googleapis.com/auth/drive"}
		h.uses("bob", more)
		h.NextLook()
		if d := h.Seen("Sketchpad"); d.State != workflows.DiscoveredNew || d.Scope != "files" || d.Source != "oauth" || d.Reason != "" {
			t.Errorf("seen %+v", d)
		}
		if e := h.Events("vendor.discovered"); len(e) != 2 || e[1].Data["again"] != true {
			t.Errorf("events %+v", e)
		}
		if got := h.status(workflows.CardDiscovered, "DA-0001", chat("cleo")); got != "To decide" {
			t.Errorf("the card says %q", got)
		}
	}, looksDaily)
}

func TestAnIgnoredAppThatMayDoMoreOfAnotherKindIsShownAgain(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.uses("nora", mailer)
		h.Looks()
		h.done(h.As("cleo").press(workflows.VerbIgnoreApp, "DA-0001", map[string]string{"reason": "It sends our newsletter and nothing else"}))
		more := mailer
		for i, scope := range []string{"https://www.googleapis.com/auth/gmail.send", "https://www.googleapis.com/auth/drive"} {
			more.Scopes = []string{scope}
			h.uses([]string{"bob", "bea"}[i], more)
			h.NextLook()
			want := []workflows.DiscoveredState{workflows.DiscoveredIgnored, workflows.DiscoveredNew}[i]
			if d := h.Seen("Super Mailer"); d.State != want || d.Scope != "mail" {
				t.Errorf("with %s: %+v, want it %s", scope, d, want)
			}
		}
	}, looksDaily)
}

func TestAnAppThatIsSeenInUseThoughItsVendorIsOverIsListed(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Registers("Sketchpad", "", func(v *workflows.Vendor) { v.State = workflows.VendorTerminated })
		h.uses("nora", sketch)
		h.Looks()
		l, no, err := h.svc.VendorList(t.Context(), h.As("cleo").by, workflows.Query{View: "coverage", Page: 1})
		if err != nil || no != nil {
			t.Fatal(no, err)
		}
		found := false
		for _, r := range l.Rows {
			found = found || r.Record == "DA-0001" && r.Cells[1] == "app of VN-0001, which is terminated, seen in use" && r.Cells[3] == "1 January 2000"
		}
		if !found {
			t.Errorf("the list has %+v", l.Rows)
		}
	}, looksDaily)
}
