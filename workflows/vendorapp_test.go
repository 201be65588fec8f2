package workflows_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

const editors = "figma-editors@acme.example"

// figmaGroup is a group for a level of Figma, which nothing uses yet.
func figmaGroup(h *company) { h.google.AddGroup(fakegoogle.Group{Email: editors}) }

// appForm is Add to catalogue for Figma, owned by Wanda. Pairs of field and value
// replace what is in it.
func appForm(fields ...string) map[string]string {
	return changedForm(map[string]string{
		"app_name": "Figma", "app_id": "figma", "owner": chat("wanda"), "backup": "", "sign_in": "google", "in_scope": "yes",
		"levels": "Viewer\nEditor | group " + editors + "\nAdmin | privileged\n",
	}, fields)
}

func (v voice) AddsApp(id string, fields ...string) workflows.Outcome {
	v.h.t.Helper()
	return v.onVendor(workflows.VerbToApp, id, appForm(fields...))
}

// offered are the ids of the apps that /access finds.
func (h *company) offered(query string) []string {
	var out []string
	for _, c := range h.svc.Choices(workflows.AccessRequest, "app", query) {
		out = append(out, c.Value)
	}
	return out
}

func (h *company) wrongOnly(o workflows.Outcome, field, says string) {
	h.t.Helper()
	if o.Kind != workflows.OutcomeInvalid || !strings.Contains(o.Fields[field], says) || len(o.Fields) != 1 {
		h.t.Errorf("got %s %s %v, want only %s to say %q", o.Kind, o.Rule, o.Fields, field, says)
	}
}

func TestAnApprovedVendorBecomesAnAppThatPeopleAskForAtOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		f, err := h.svc.ActionForm(context.Background(), workflows.VerbToApp, id, 1, nil)
		if err != nil || f.Title != "Add to catalogue" || f.Fields[0].Value != "Figma" || f.Fields[1].Value != "figma" || f.Fields[4].Value != "google" {
			t.Fatalf("the form is %+v, %v", f, err)
		}
		var labels []string
		for _, field := range f.Fields {
			labels = append(labels, field.Label)
		}
		if diff := cmp.Diff([]string{"App name", "App id", "Owner", "Backup", "Sign-in", "In scope of audits", "Levels"}, labels); diff != "" {
			t.Error(diff)
		}
		if got := h.offered("fig"); len(got) > 0 {
			t.Fatalf("before, /access offers %v", got)
		}
		h.done(h.As("ada").AddsApp(id, "backup", chat("bea")))
		if got := h.offered("fig"); !slices.Equal(got, []string{"figma"}) {
			t.Fatalf("at once after it, /access offers %v", got)
		}
		request := h.Gets("nora", "figma", "editor", 7*day, "wanda")
		h.is(request, "Granted")
		if !h.In(editors, "nora") {
			t.Error("Google does not have her in the group")
		}
		h.Advance(7 * day)
		h.is(request, "Expired")
		if h.In(editors, "nora") {
			t.Error("her time is up, and Google still has her")
		}
	}, figmaGroup)
}

func TestWhatIsAddedToTheCatalogueIsRecordedAndToldAsAConfiguration(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("ada").AddsApp(id))
		h.Settle()
		e := h.Events("config.applied")
		if len(e) != 1 || e[0].WorkflowID != id || e[0].Actor.ID != h.Person("ada").ID || e[0].Data["app"] != "figma" || e[0].Data["vendor"] != id {
			t.Fatalf("the events are %+v", e)
		}
		if diff := cmp.Diff([]any{"viewer", "editor", "admin"}, e[0].Data["levels"]); diff != "" {
			t.Error(diff)
		}
		text := h.shows(workflows.CardNotice, "app/figma", workflows.ChannelCompliance).Title
		h.says(text, "Figma added to the catalogue by Ada Admin", id,
			"apps[figma].owners: (none) → "+mail("wanda"), "apps[figma].levels[editor].provision.google_group: (none) → "+editors,
			"apps[figma].levels[viewer].provision.manual: (none) → figma/viewer: Give the level Viewer in Figma, then mark done.",
			"apps[figma].levels[admin].privileged: (none) → true")
		v, _, err := h.svc.Look(context.Background(), h.As("ada").by, id)
		if err != nil || !slices.Contains(labelsOf(v), "Add to catalogue") {
			t.Errorf("an admin sees %v, %v", labelsOf(v), err)
		}
		if v, _, _ := h.svc.Look(context.Background(), h.As("wanda").by, id); slices.Contains(labelsOf(v), "Add to catalogue") {
			t.Errorf("the sponsor sees %v", labelsOf(v))
		}
	}, figmaGroup)
}

func TestAVendorsCardNamesWhoHasAccess(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		facts := func() string {
			v, _, err := h.svc.Look(context.Background(), h.As("cleo").by, id)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, f := range v.Facts {
				out = append(out, f.Label+"="+f.Value.Text)
			}
			return strings.Join(out, "\n")
		}
		if got := facts(); strings.Contains(got, "In the catalogue as=Figma") || !strings.Contains(got, "Build farm") {
			t.Errorf("before it is in the catalogue, its card says %s", got)
		}
		h.done(h.As("ada").AddsApp(id))
		h.Gets("nora", "figma", "editor", 7*day, "wanda")
		h.Gets("finn", "ci", "user", 7*day, "bob") // by its domain
		h.says(facts(), "In the catalogue as=Build farm, Figma", "People with access (2 grants)=Finn Stranger: Build farm · User, since 1 January 2000\nNora Newcomer: Figma · Editor, since 1 January 2000")
	}, figmaGroup, sells("ci"))
}

func TestOnlyAdminsAddAppsAndOnlyOfVendorsInForce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Assessed(nil, nil)
		h.refused(h.As("ada").AddsApp(id), "not_approved")
		h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
		h.Settle()
		h.refused(h.As("wanda").AddsApp(id), "not_responsible")
		h.refused(h.As("cleo").AddsApp(id), "not_responsible")
		h.refused(h.As("ada").Seeing(1).AddsApp("VN-0009"), "unknown_record")
		h.done(h.As("ada").AddsApp(id))
		h.wrongOnly(h.As("abe").AddsApp(id, "levels", "Viewer"), "app_id", "Figma has this id")
		if n := h.count("SELECT count(*) FROM catalogue_apps"); n != 1 {
			t.Errorf("%d apps, want 1", n)
		}
	}, figmaGroup)
}

func TestMistakesInAnAppAreShownBesideTheirFields(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.slack.Change(chat("finn"), func(m *workflows.Member) { m.Deleted = true })
		h.Reads()
		for _, test := range []struct{ field, value, says string }{
			{"app_id", "github", "GitHub has this id"},
			{"app_id", "Figma Pro", "lower-case"},
			{"app_id", "", "lower-case"},
			{"app_name", "", "name"},
			{"app_name", strings.Repeat("x", 76), "At most 75"},
			{"app_name", "Fig\u202ema", "cannot be seen"},
			{"owner", "", "Choose who"},
			{"owner", chat("finn"), "no longer active"},
			{"owner", "U0NOBODY", "do not know"},
			{"backup", chat("wanda"), "already"},
			{"sign_in", "magic", "Choose how"},
			{"in_scope", "", "yes or no"},
			{"levels", " \n", "at least one"},
			{"levels", "Member\nMember", "two levels"},
			{"levels", "| privileged", "name"},
			{"levels", "Member | admin", "privileged"},
			{"levels", "Member | group", "address"},
			{"levels", "Member | group figma editors", "address"},
			{"levels", "Member | group " + editors + "\nEditor | group " + editors, "same group"},
			{"levels", "Member | group " + members, "a group of GitHub"},
			{"levels", "Level | privileged extra", "privileged"},
			{"levels", "テスト", "letter from a to z"},
			{"levels", strings.Repeat("a\n", 1) + strings.Join(numbered(21), "\n"), "At most 20"},
		} {
			out := h.As("ada").AddsApp(id, test.field, test.value)
			if out.Kind != workflows.OutcomeInvalid || !strings.Contains(out.Fields[test.field], test.says) || len(out.Fields) != 1 {
				t.Errorf("%s %q: got %s %v, want it to say %q", test.field, test.value, out.Kind, out.Fields, test.says)
			}
		}
		if n := len(h.Events("action.refused")); n != 0 {
			t.Errorf("%d mistakes are in the ledger as refusals", n)
		}
	}, figmaGroup)
}

func numbered(n int) (out []string) {
	for i := range n {
		out = append(out, "level "+strings.Repeat("i", i+1))
	}
	return out
}

func TestALevelByHandIsATaskForTheOwnerAndAPrivilegedOneNeedsTwo(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("ada").AddsApp(id))
		request := h.Gets("nora", "figma", "viewer", 7*day, "wanda")
		task := h.shows(workflows.CardTask, "TK-000001", chat("wanda"))
		h.says(strings.Join([]string{task.Title, task.Text, factsOf(task)}, "\n"), "Give the level Viewer in Figma, then mark done.")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		h.Settle()
		h.says(h.Status(request), "Granted, confirmed by Wanda")
		admin := h.Asks("finn", "figma", "admin", 7*day)
		h.done(h.As("wanda").Approves(admin))
		h.Settle()
		h.is(admin, "Waiting for approval (1 of 2)")
	}, figmaGroup)
}

func factsOf(v workflows.CardView) string {
	var out []string
	for _, f := range v.Facts {
		out = append(out, f.Label+": "+f.Value.Text)
	}
	return strings.Join(out, "\n")
}

func TestAddedAppsOutliveARestartAndOtherProcessesSeeThem(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		w := h.workspace(slog.New(slog.DiscardHandler))
		other := workflows.New(workflows.Parts{Store: h.store, Catalogue: catalogue(), Directory: w, Members: h.slack, Notifier: h.slack, Team: team, Log: slog.New(slog.DiscardHandler), Provisioners: map[string]provisioners.Provisioner{}})
		h.done(h.As("ada").AddsApp(id))
		if _, ok := other.Catalogue().App("figma"); ok {
			t.Fatal("another process knows before it read")
		}
		if err := other.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a, l, ok := other.Catalogue().Level("figma", "editor"); !ok || a.Owners[0] != mail("wanda") || l.Target != editors || l.Longest() != 90*day {
			t.Errorf("another process has %+v, %+v", a, l)
		}
		h.Restart()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		if got := h.offered("fig"); !slices.Equal(got, []string{"figma"}) {
			t.Errorf("after a restart /access offers %v", got)
		}
	}, figmaGroup)
}

func TestTheConfigurationWinsOverAnAddedAppAndSaysHowLongItsLevelsLast(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.done(h.As("ada").AddsApp(h.Buys()))
		if _, l, _ := h.cat.Level("figma", "admin"); !slices.Equal(l.Durations, []time.Duration{time.Hour}) {
			t.Errorf("a privileged level offers %v", l.Durations)
		}
		h.Restart(func(c *workflows.Catalogue) {
			c.Access.Offers = []time.Duration{2 * day}
		})
		if _, l, _ := h.cat.Level("figma", "viewer"); !slices.Equal(l.Durations, []time.Duration{2 * day}) {
			t.Errorf("once the policy changed, a level offers %v", l.Durations)
		}
		h.Restart(func(c *workflows.Catalogue) {
			mine := c.Apps[2]
			mine.ID, mine.Name = "figma", "Figma by hand"
			c.Apps = append(c.Apps, mine)
			c.ConfigHash = "c0ffee4"
		})
		if a, _ := h.cat.App("figma"); a.Name != "Figma by hand" {
			t.Errorf("the catalogue has %q", a.Name)
		}
		if got := h.offered("figma"); !slices.Equal(got, []string{"figma"}) {
			t.Errorf("/access offers %v", got)
		}
	}, figmaGroup, func(h *company) { h.cat.Access.OffersPrivileged = []time.Duration{time.Hour} })
}

func TestALeaversListHasTheAppsOfVendors(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.done(h.As("ada").AddsApp(h.Buys()))
		request := h.Gets("nora", "figma", "editor", 7*day, "wanda")
		f, no, err := h.svc.Open(context.Background(), workflows.OffboardingFlow, h.As("ada").by, mail("nora"))
		if err != nil || no != nil {
			t.Fatal(no, err)
		}
		var all []string
		for _, field := range f.Fields {
			all = append(all, field.Label, field.Value, field.Hint)
		}
		h.says(strings.Join(all, "\n"), "Figma", "Editor")
		h.Leaves("nora")
		h.is(request, "Revoked")
		if h.In(editors, "nora") {
			t.Error("she left, and Google still has her in the group")
		}
	}, figmaGroup)
}

func TestTheAppOfAVendorThatEndedCannotBeAskedForAndItsAccessEnds(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("ada").AddsApp(id))
		request := h.Gets("nora", "figma", "editor", 7*day, "wanda")
		h.done(h.As("wanda").Terminates(id))
		if got := h.offered("fig"); len(got) > 0 {
			t.Errorf("/access still offers %v", got)
		}
		h.wrongOnly(h.As("finn").Requests("figma", "viewer", 8*time.Hour, reason), "app", "not used any more")
		h.Settle()
		h.is(request, "Revoked")
		if h.In(editors, "nora") {
			t.Error("Google still has her in the group")
		}
		h.refused(h.As("ada").AddsApp(id, "app_id", "figma2", "levels", "Member"), "not_approved")
	}, figmaGroup)
}

func TestTheCatalogueIsReadWhileAppsAreAdded(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		stop, ended := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			for {
				select {
				case <-stop:
					return
				default:
					h.offered("a")
					h.cat.Level("figma", "viewer")
				}
			}
		}()
		for _, name := range []string{"figma", "figjam", "dev-mode"} {
			h.done(h.As("ada").AddsApp(id, "app_id", name, "levels", "Viewer"))
		}
		close(stop)
		<-ended
		if got := len(h.cat.All()) - len(h.cat.Apps); got != 3 {
			t.Errorf("%d apps were added, want 3", got)
		}
	})
}

func TestWhatWasAskedForBeforeAVendorEndedIsNotGivenAfterwards(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		h.done(h.As("ada").AddsApp(id))
		request := h.Asks("nora", "figma", "editor", 7*day)
		h.done(h.As("wanda").Terminates(id))
		h.Settle()
		h.refused(h.As("wanda").Approves(request), "not_offered")
		h.done(h.As("wanda").Denies(request, "We have ended Figma"))
		h.done(h.As("wanda").Closes(id + "/A1"))
		h.done(h.As("wanda").Closes(id + "/A2"))
		h.Settle()
		h.IsVendor(id, workflows.VendorTerminated)
		if h.In(editors, "nora") {
			t.Error("Google gave her access to an app that we have ended")
		}
	}, figmaGroup)
}

func TestAnAppOfTheConfigurationIsClosedOnceItsVendorEnds(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		waiting := h.Asks("finn", "ci", "user", 7*day)
		h.done(h.As("wanda").Terminates(id))
		h.Settle()
		h.refused(h.As("nora").Requests("ci", "user", 8*time.Hour, reason), "not_offered")
		h.refused(h.As("bob").Approves(waiting), "not_offered")
	}, sells("ci"))
}
