package workflows_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/workflows"
)

func TestAPersonIsOnboardedFromTheFormToTheLastDuty(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		if id != "ON-0001" {
			t.Errorf("got %s, want ON-0001", id)
		}
		zoe := h.Person("zoe")
		if zoe.Stage != workflows.StageFuture || zoe.RoleID != "future" || !zoe.Active || zoe.AccountID != h.account("zoe").ID {
			t.Errorf("before the start: %+v", zoe)
		}
		if u := h.account("zoe"); u.OrgUnit != "/Future" || u.ManagerEmail != mail("mona") {
			t.Errorf("the account is in %s with manager %s", u.OrgUnit, u.ManagerEmail)
		}
		if !h.In(docsGuests, "zoe") || !h.In(docsReaders, "zoe") || h.In(members, "zoe") {
			t.Error("before the start date the access is not that of the pre-start role")
		}
		h.isAt(id, "org_unit", workflows.StepWaiting)
		h.says(h.checklist(id).Status, "Ready for 11 January 2000")

		h.Arrives("zoe", "Zoe Zander")
		h.Advance(10*day + 5*time.Hour + 59*time.Minute)
		if h.In(members, "zoe") {
			t.Fatal("the full role was given before 06:00 on the start date")
		}
		h.Advance(time.Minute)
		if !h.In(members, "zoe") || !h.In(docsReaders, "zoe") || h.In(docsGuests, "zoe") {
			t.Error("from the start date on the access is not that of the full role")
		}
		zoe = h.Person("zoe")
		if u := h.account("zoe"); zoe.Stage != workflows.StageActive || zoe.RoleID != "engineer" || u.OrgUnit != "/Engineering" {
			t.Errorf("after the start: %+v in %s", zoe, u.OrgUnit)
		}
		h.says(h.checklist(id).Status, "Started")

		for _, d := range h.duties("zoe") {
			h.done(h.As("zoe").Does(d))
		}
		h.Settle()
		h.says(h.checklist(id).Status, "Completed")
		if h.Onboarding(id).State != workflows.OnboardingCompleted {
			t.Error("the record is not completed")
		}
		want := []string{
			"person.joined", "onboarding.started", "onboarding.step_done", "onboarding.step_done", "training.assigned",
			"grant.started", "grant.started", "onboarding.step_done",
			"person.changed", "onboarding.step_done", "grant.revoked", "onboarding.step_done", "grant.started", "grant.verified_absent",
			"policy.acknowledged", "training.completed", "onboarding.completed",
		}
		got := slices.DeleteFunc(h.History(id), func(s string) bool { return s == "grant.provisioned" || s == "grant.verified" })
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestTheEventsOfAnOnboardingComeInTheOrderInWhichItHappened(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		h.Arrives("zoe", "Zoe Zander")
		h.Advance(11 * day)
		for _, d := range h.duties("zoe") {
			h.done(h.As("zoe").Does(d))
		}
		h.Settle()
		order := map[string]int{}
		for i, e := range h.Ledger() {
			name := e.Type
			if s, ok := e.Data["step"].(string); ok {
				name += " " + s
			}
			if _, there := order[name]; !there && e.WorkflowID == id {
				order[name] = i
			}
		}
		last := -1
		for _, name := range []string{
			"person.joined", "onboarding.started", "onboarding.step_done address", "onboarding.step_done account", "training.assigned",
			"grant.started", "grant.verified", "onboarding.step_done ready", "person.changed", "onboarding.step_done role", "grant.revoked",
			"policy.acknowledged", "onboarding.completed",
		} {
			at, ok := order[name]
			if !ok || at < last {
				t.Errorf("%s is event %d, want it after %d", name, at, last)
			}
			last = at
		}
	})
}

func TestOnlyAnAdminCanOnboard(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		_, no, err := h.svc.Open(context.Background(), workflows.OnboardingFlow, h.As("mona").by, "")
		if err != nil || no == nil || no.Rule != "not_admin" {
			t.Fatalf("opening the form: got %v %v, want not_admin", no, err)
		}
		h.says(no.Message, "Ada Admin", "Abe Admin")
		out := h.As("mona").Onboards(joinerForm(h))
		h.refused(out, "not_admin")
		if n := len(h.Events("action.refused")); n != 2 {
			t.Errorf("got %d refusals on record, want 2", n)
		}
		f, no, err := h.svc.Open(context.Background(), workflows.OnboardingFlow, h.As("ada").by, "")
		if err != nil || no != nil || f.Title != "Onboard a person" {
			t.Fatalf("an admin is shown %q %v %v", f.Title, no, err)
		}
		for _, field := range f.Fields {
			for _, c := range field.Choices {
				if field.ID == "role" && c.Value == "future" {
					t.Error("a role held only before the start can be chosen")
				}
			}
		}
	})
}

func TestWhatIsWrongInTheFormIsShownBesideItsField(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Joins("work_email", "taken@acme.example", "first_name", "Tara")
		h.Leaves("finn")
		for _, c := range []struct{ field, value, says string }{
			{"first_name", " ", "first name"},
			{"last_name", strings.Repeat("x", 61), "60 characters"},
			{"work_email", "zoe", "whole address"},
			{"work_email", "zoe@elsewhere.example", "@acme.example"},
			{"work_email", "nora@acme.example", "Nora Newcomer"},
			{"work_email", "taken@acme.example", "ON-0001"},
			{"work_email", "Zoe Z <zoe@acme.example>", "whole address"},
			{"personal_email", "zoe@acme.example", "work address"},
			{"personal_email", "other@acme.example", "address of the company"},
			{"personal_email", "", "whole address"},
			{"start_date", h.day(-1), "past"},
			{"start_date", h.day(366), "365 days"},
			{"start_date", "soon", "first working day"},
			{"end_date", h.day(9), "before the start"},
			{"end_date", "never", "last day"},
			{"employment_type", "intern", "employed"},
			{"manager", "", "manages"},
			{"manager", chat("ghost"), "do not know this person"},
			{"manager", chat("finn"), "not active"},
			{"role", "future", "list"},
			{"role", "wizard", "list"},
		} {
			out := h.As("ada").Onboards(joinerForm(h, c.field, c.value))
			h.wants(out, workflows.OutcomeInvalid, "")
			h.says(out.Fields[c.field], c.says)
			if len(out.Fields) != 1 && c.value != "soon" {
				t.Errorf("%s %q: got %v, want only its own field", c.field, c.value, out.Fields)
			}
		}
		contractor := h.As("ada").Onboards(joinerForm(h, "employment_type", "contractor"))
		h.wants(contractor, workflows.OutcomeInvalid, "")
		h.says(contractor.Fields["end_date"], "contractor")
		if n := len(h.Events("action.refused")); n != 0 {
			t.Errorf("%d field errors are on record, want none", n)
		}
	})
}

func TestTheSameFormSentTwiceOnboardsOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		form := joinerForm(h)
		first, again := h.As("ada").Again("V1:h1").Onboards(form), h.As("ada").Again("V1:h1").Onboards(form)
		h.done(again)
		if first.Record != again.Record || len(h.Events("onboarding.started")) != 1 {
			t.Errorf("got %s and %s", first.Record, again.Record)
		}
		h.Settle()
	})
}

func TestWhoStartsTodayGetsTheFullRoleAtOnce(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Advance(8 * time.Hour)
		id := h.Joins("start_date", h.day(0))
		if !h.In(members, "zoe") || h.In(docsGuests, "zoe") {
			t.Error("who starts today has not the access of the full role")
		}
		if u := h.account("zoe"); u.OrgUnit != "/Engineering" {
			t.Errorf("the account is in %s", u.OrgUnit)
		}
		h.says(h.checklist(id).Status, "Started")
	})
}

func TestARoleWithoutAPreStartRoleGivesNothingBeforeTheStart(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins("role", "writer")
		if n := len(h.grants()); n != 0 {
			t.Fatalf("got %d grants before the start, want none", n)
		}
		h.Advance(11 * day)
		tasks := h.Events("task.created")
		if len(tasks) != 1 || tasks[0].WorkflowID != id {
			t.Fatalf("got tasks %v, want one for the owner of the wiki", tasks)
		}
		h.done(h.As("wanda").MarksDone(tasks[0].Data["task"].(string), "added as an editor"))
		h.Settle()
		h.says(h.checklist(id).Status, "Started")
	})
}

func TestThePersonalAddressIsOnNoCardAndInNoEvent(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Joins()
		h.Arrives("zoe", "Zoe Zander")
		h.Advance(11 * day)
		for _, p := range h.slack.all() {
			if text := cmp.Diff(workflows.CardView{}, p.view); strings.Contains(text, "home.example") {
				t.Errorf("%s card names the personal address: %s", p.card.Kind, text)
			}
		}
		for _, e := range h.Ledger() {
			if strings.Contains(e.body, "home.example") {
				t.Errorf("%s names the personal address", e.Type)
			}
		}
	})
}

func TestTheNewPersonIsGreetedOnceSlackKnowsThem(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins()
		if _, there := h.slack.card(workflows.CardNewcomer, id, chat("zoe")); there {
			t.Fatal("a card went to somebody who is not in Slack")
		}
		h.Arrives("zoe", "Zoe Zander")
		p, _ := h.slack.card(workflows.CardNewcomer, id, chat("zoe"))
		h.says(p.view.Title, "Welcome to Acme, Zoe")
		if got := h.buttons(workflows.CardNewcomer, id, chat("zoe")); got != "Ask for Wiki · Editor, Ask for Build farm · User" {
			t.Errorf("she can ask for %q", got)
		}
		if a := p.view.Actions; a[0].Opens != workflows.AccessRequest || a[0].Value != "wiki|editor" {
			t.Errorf("the button opens %q with %q", a[0].Opens, a[0].Value)
		}
		for _, d := range h.duties("zoe") {
			if got := h.status(workflows.CardDuty, d.ID, chat("zoe")); got != "To do" {
				t.Errorf("%s is %q on her card", d.Item, got)
			}
		}
	})
}

func TestANewManagerTakesOverTheCard(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins("role", "writer")
		if got := h.buttons(workflows.CardManager, id, chat("mona")); got != "Show first password" {
			t.Fatalf("mona can press %q", got)
		}
		h.Arrives("zoe", "Zoe Zander")
		h.Manages("bob", "zoe")
		if got := h.buttons(workflows.CardManager, id, chat("bob")); got != "Show first password" {
			t.Errorf("the new manager can press %q", got)
		}
		if got := h.buttons(workflows.CardManager, id, chat("mona")); got != "" {
			t.Errorf("the manager of before can press %q", got)
		}
		h.refused(h.As("mona").Reveals(id).Outcome, "not_manager")
	})
}

func TestWithoutGoogleAnOnboardingIsAccessAndDutiesAlone(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Joins("role", "writer", "start_date", h.day(1))
		if got := h.Steps(id); len(got) != 0 {
			t.Errorf("got steps %v, want none", got)
		}
		h.Advance(2 * day)
		tasks := h.Events("task.created")
		if len(tasks) != 1 {
			t.Fatalf("got %d tasks, want one for the owner of the wiki", len(tasks))
		}
		h.done(h.As("wanda").MarksDone(tasks[0].Data["task"].(string), "added as an editor"))
		h.Arrives("zoe", "Zoe Zander")
		for _, d := range h.duties("zoe") {
			h.done(h.As("zoe").Does(d))
		}
		h.Settle()
		h.says(h.checklist(id).Status, "Completed")
	}, func(h *company) { h.bare = true })
}
