package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"countersign/workflows"
)

// newcomer has Zoe onboarded for today and known in Slack.
func newcomer(h *company, fields ...string) string {
	h.t.Helper()
	h.Advance(8 * time.Hour)
	id := h.Joins(append([]string{"start_date", h.day(0)}, fields...)...)
	h.Arrives("zoe", "Zoe Zander")
	return id
}

func TestAPolicyIsAcceptedWithVersionAndHashByItsPersonAlone(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := newcomer(h)
		aup := h.duties("zoe")["aup"]
		if want := time.Date(2000, 1, 8, 6, 0, 0, 0, time.UTC); !aup.DueAt.Equal(want) || aup.Record != id {
			t.Errorf("due at %s from %s, want %s", aup.DueAt, aup.Record, want)
		}
		p, _ := h.slack.card(workflows.CardDuty, aup.ID, chat("zoe"))
		if got := h.buttons(workflows.CardDuty, aup.ID, chat("zoe")); got != "Accept" || p.view.Version != 1 {
			t.Errorf("she can press %q on version %d", got, p.view.Version)
		}
		h.says(p.view.Facts[2].Value.Text, "Lock your screen.")
		h.says(p.view.Notes[0].Text, "a0b1c2d3e4f5")
		for _, who := range []string{"mona", "ada"} {
			h.refused(h.As(who).Does(aup), "not_yours")
		}
		h.refused(h.As("zoe").press(workflows.VerbTrained, aup.ID, nil), "unknown_record")
		h.refused(h.As("zoe").Seeing(7).Does(aup), "content_changed")
		h.done(h.As("zoe").Does(aup))
		h.wants(h.As("zoe").Does(aup), workflows.OutcomeAlready, "")
		h.Settle()
		got := h.Events("policy.acknowledged")
		if len(got) != 1 || got[0].Actor.ID != h.Person("zoe").ID || got[0].WorkflowID != id {
			t.Fatalf("got %+v", got)
		}
		if d := got[0].Data; d["item"] != "aup" || d["version"] != "2026-01" || d["hash"] != "a0b1c2d3e4f5a6b7" || d["late"] != false {
			t.Errorf("accepted %v", d)
		}
		if got := h.status(workflows.CardDuty, aup.ID, chat("zoe")) + h.buttons(workflows.CardDuty, aup.ID, chat("zoe")); got != "Done" {
			t.Errorf("the card says %q", got)
		}
	})
}

func TestATrainingIsDoneOnItsPersonsWordAndComesBack(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		newcomer(h)
		first := h.duties("zoe")["infosec"]
		h.refused(h.As("mona").Does(first), "not_yours")
		h.done(h.As("zoe").Does(first))
		h.Settle()
		h.Leap(364 * day)
		if d := h.duties("zoe")["infosec"]; d.ID != first.ID {
			t.Fatal("the training was asked for again before its year was over")
		}
		h.Leap(2 * day)
		again := h.duties("zoe")["infosec"]
		if again.ID == first.ID || !again.Open() || again.Record != "" {
			t.Fatalf("after a year: %+v", again)
		}
		if got := h.status(workflows.CardDuty, again.ID, chat("zoe")); got != "To do" {
			t.Errorf("the new card says %q", got)
		}
		if n := len(h.Events("training.assigned")); n != 2 {
			t.Errorf("got %d assignments, want 2", n)
		}
	})
}

func TestAYearlyTrainingSurvivesAnEmptiedCalendar(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		newcomer(h)
		h.done(h.As("zoe").Does(h.duties("zoe")["infosec"]))
		h.Settle()
		h.Close()
		h.rob("DELETE FROM calendar")
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.Leap(366 * day)
		if !h.duties("zoe")["infosec"].Open() {
			t.Error("the training was not asked for again")
		}
	})
}

func TestRequestedAccessWaitsForThePolicyAndBirthrightDoesNot(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		newcomer(h)
		if !h.In(members, "zoe") {
			t.Fatal("what comes with the role waited")
		}
		id := h.Asks("zoe", "github", "admin", 8*time.Hour)
		h.done(h.As("bob").Approves(id))
		h.done(h.As("sam").Approves(id))
		h.Settle()
		h.Advance(time.Hour)
		if h.In(admins, "zoe") || h.Grant(id).State != workflows.GrantApproved {
			t.Fatalf("before the policy was accepted the grant is %s", h.Grant(id).State)
		}
		card, _ := h.slack.card(workflows.CardRequester, id, chat("zoe"))
		h.says(fmt.Sprint(card.view.Notes), "as soon as Zoe", "accepted the policy")
		home, err := h.svc.Home(context.Background(), workflows.Clicker{ChatID: chat("zoe"), Team: team})
		if err != nil || len(home.Waiting) < 2 {
			t.Errorf("her own page shows %d things to do (%v), want the policy and the training", len(home.Waiting), err)
		}
		h.done(h.As("zoe").Does(h.duties("zoe")["aup"]))
		h.Settle()
		h.is(id, "Granted")
		order := map[string]int{}
		for i, e := range h.Ledger() {
			if e.Type == "policy.acknowledged" || e.WorkflowID == id {
				order[e.Type] = i
			}
		}
		if order["access_request.approved"] > order["policy.acknowledged"] || order["policy.acknowledged"] > order["grant.started"] {
			t.Errorf("events came as %v", order)
		}
	})
}

func TestWhatIsNotDoneInTimeIsOverdueOnceAndPeopleAreReminded(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := newcomer(h)
		h.Advance(8 * day)
		for _, kind := range []string{"policy.overdue", "training.overdue"} {
			if got := h.Events(kind); len(got) != 1 || got[0].Source != "calendar" || got[0].WorkflowID != id {
				t.Errorf("%s: got %+v, want one", kind, got)
			}
		}
		aup := h.duties("zoe")["aup"]
		if got := h.status(workflows.CardDuty, aup.ID, chat("zoe")); got != "Overdue" {
			t.Errorf("the card says %q", got)
		}
		for _, who := range []string{"zoe", "mona"} {
			p, ok := h.slack.card(workflows.CardNotice, aup.ID+"/overdue", chat(who))
			if !ok {
				t.Errorf("%s was not reminded", who)
			}
			h.says(p.view.Title, "Acceptable Use Policy")
		}
		h.done(h.As("zoe").Does(aup))
		h.Settle()
		if got := h.Events("policy.acknowledged"); got[0].Data["late"] != true {
			t.Error("an acceptance after its time is not marked late")
		}
	})
}

// effective is a configuration in which a policy has a version and a text.
func effective(version, hash string) []byte {
	data, err := json.Marshal(map[string]any{"policies": []map[string]string{{"id": "aup", "version": version, "text_hash": hash}}})
	if err != nil {
		panic(err)
	}
	return data
}

// amend makes the policy a new one.
func amend(c *workflows.Catalogue) {
	c.Policies[0].Version, c.Policies[0].Hash, c.Policies[0].Text = "2026-02", "ffeeddccbbaa9988", "Lock everything."
}

func TestAFirstPublicationAsksNobodyAndAnAmendedPolicyEverybody(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Applies(effective("2026-01", "a0b1c2d3e4f5a6b7"))
		if got := h.Events("policy.published"); len(got) != 1 || got[0].Data["asked"] != 0.0 {
			t.Fatalf("first: got %+v", got)
		}
		newcomer(h)
		h.slack.Change(chat("gus"), func(m *workflows.Member) {
			m.Email, m.Name, m.Kind = "gus@guest.example", "Gus Guest", workflows.KindGuest
		})
		h.Leaves("finn")
		before := h.duties("zoe")["aup"]
		h.Amends(effective("2026-02", "ffeeddccbbaa9988"), amend)
		got := h.Events("policy.published")
		if len(got) != 2 || got[1].Data["version"] != "2026-02" || got[1].Data["previous"] != "2026-01" || got[1].Data["raised"] != 1.0 {
			t.Fatalf("amended: got %+v", got)
		}
		after := h.duties("zoe")["aup"]
		if after.ID != before.ID || after.ContentVersion != 2 || after.Hash != "ffeeddccbbaa9988" {
			t.Errorf("the open duty is %+v", after)
		}
		h.refused(h.As("zoe").Seeing(1).Does(before), "content_changed")
		h.done(h.As("zoe").Does(after))
		nora := h.duties("nora")["aup"]
		if !nora.Open() || nora.Record != "" || nora.ItemVersion != "2026-02" {
			t.Errorf("nora's duty is %+v", nora)
		}
		if len(h.duties("finn")) != 0 {
			t.Error("somebody who left was asked")
		}
		h.Settle()
		if n := h.count("SELECT count(*) FROM duties WHERE item = 'aup' AND record = ''"); n != int64(len(cast)-1) {
			t.Errorf("got %d duties of the amended policy, want one for each of the cast but who left", n)
		}
		h.Amends(effective("2026-02", "ffeeddccbbaa9988"), amend)
		if n := len(h.Events("policy.published")); n != 2 {
			t.Errorf("the same configuration again published %d times", n-2)
		}
	})
}

func TestAnAmendedPolicyHoldsAccessUpOnlyOnceItIsOverdue(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Applies(effective("2026-01", "a0b1c2d3e4f5a6b7"))
		h.Amends(effective("2026-02", "ffeeddccbbaa9988"), amend)
		h.is(h.Gets("nora", "github", "member", 8*time.Hour, "bob"), "Granted")
		h.Leap(8 * day)
		id := h.Gets("nora", "github", "member", 8*time.Hour, "bob")
		if g := h.Grant(id); g.State != workflows.GrantApproved {
			t.Errorf("with an overdue policy the grant is %s", g.State)
		}
		h.done(h.As("nora").Does(h.duties("nora")["aup"]))
		h.Settle()
		h.is(id, "Granted")
	})
}

func TestWhatTheConfigurationDroppedHoldsNothingUp(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := newcomer(h)
		aup := h.duties("zoe")["aup"]
		h.done(h.As("zoe").Does(h.duties("zoe")["infosec"]))
		h.Settle()
		request := h.Gets("zoe", "ci", "user", 8*time.Hour, "bob")
		h.Restart(func(c *workflows.Catalogue) { c.Policies = nil })
		h.Settle()
		h.is(request, "Granted")
		h.refused(h.As("zoe").Does(aup), "not_asked")
		h.says(h.checklist(id).Status, "Completed")
	})
}

func TestAPolicyWhoseTextAnOlderVersionDidNotRecordAsksNobody(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Applies(effective("2026-01", ""))
		h.Amends(effective("2026-01", "a0b1c2d3e4f5a6b7"), func(*workflows.Catalogue) {})
		if n := h.count("SELECT count(*) FROM duties"); n != 0 {
			t.Errorf("%d people were asked for what may not have changed", n)
		}
	})
}

// Applies starts with an effective configuration.
func (h *company) Applies(effective []byte) {
	h.t.Helper()
	err := h.svc.Start(h.t.Context(), workflows.StartOptions{
		Effective: effective, Host: "gate", User: "ops", Fingerprint: h.key.Fingerprint(), Diff: func(_, _ []byte) []string { return nil },
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.Settle()
}

// Amends starts the process again with another configuration.
func (h *company) Amends(effective []byte, change func(*workflows.Catalogue)) {
	h.t.Helper()
	h.Close()
	h.cat = catalogue()
	change(h.cat)
	h.cat.ConfigHash = "c0ffee3"
	h.Open()
	h.Applies(effective)
}

// Leap moves the clock at once, as if the process had been down: what was due on
// the way happens late, and what recurs happens once.
func (h *company) Leap(d time.Duration) {
	h.t.Helper()
	h.ahead.Add(int64(d))
	h.store.Wake()
	h.Settle()
}
