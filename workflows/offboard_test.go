package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// leaverForm is the form of /offboard as an admin fills it in for "now".
func (h *company) leaverForm(who string) map[string]string {
	return map[string]string{
		"last_day": string(workflows.DayOf(h.now(), h.cat.Location)), "told_by": chat("mona"), "new_owner": chat("mona"),
		"mail": "stop", "confirm": mail(who),
	}
}

// Offboards sends the form of /offboard, with changes: pairs of field and value.
func (v voice) Offboards(who string, changes ...string) workflows.Outcome {
	v.h.t.Helper()
	values := v.h.leaverForm(who)
	for i := 0; i+1 < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	out, err := v.h.svc.Submit(context.Background(), workflows.Submission{
		Key: v.key, Kind: workflows.OffboardingFlow, Record: v.h.Person(who).ID, By: v.by, Values: values, Ref: "view:V2",
	})
	if err != nil {
		v.h.t.Fatalf("submit: %v", err)
	}
	return out
}

// Leaves has somebody offboarded now and waits for what happens by itself.
func (h *company) Leaves(who string, changes ...string) string {
	h.t.Helper()
	out := h.As("ada").Offboards(who, changes...)
	h.done(out)
	h.Settle()
	return out.Record
}

func (h *company) Offboarding(id string) (off workflows.Offboarding) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		off, err = tx.Offboarding(id)
		return err
	})
	return off
}

func (h *company) Steps(record string) map[string]workflows.Step {
	h.t.Helper()
	out := make(map[string]workflows.Step)
	h.view(func(tx workflows.Tx) error {
		list, err := tx.Steps(record)
		for _, st := range list {
			out[st.Name] = st
		}
		return err
	})
	return out
}

// checklist returns the card of a checklist in the people channel.
func (h *company) checklist(id string) workflows.CardView {
	h.t.Helper()
	kind := workflows.CardOffboarding
	if id[:2] == "ON" {
		kind = workflows.CardOnboarding
	}
	p, ok := h.slack.card(kind, id, workflows.ChannelPeople)
	if !ok {
		h.t.Fatalf("%s has no card in the people channel", id)
	}
	return p.view
}

func (h *company) account(who string) fakegoogle.User {
	h.t.Helper()
	i := slices.IndexFunc(h.google.Users(), func(u fakegoogle.User) bool { return u.Email == mail(who) })
	if i < 0 {
		h.t.Fatalf("Google has no account of %s", who)
	}
	return h.google.Users()[i]
}

// worker is somebody with everything that a leaver can have.
func worker(h *company, who string) {
	for _, err := range []error{
		h.google.Grant(mail(who), fakegoogle.Token{ClientID: "zoom", Name: "Zoom", Scopes: []string{"openid"}}),
		h.google.Grant(mail(who), fakegoogle.Token{ClientID: "figma", Name: "Figma", Scopes: []string{"openid"}}),
		h.google.SetTwoStep(mail(who), fakegoogle.TwoStep{Enrolled: true}),
		h.google.AddDelegate(mail(who), mail("finn")),
		h.google.SignIn(mail(who)),
	} {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	if _, err := h.google.AddAppPassword(mail(who), "Old mail program"); err != nil {
		h.t.Fatal(err)
	}
}

func TestALeaverLosesEverythingAndGoogleShowsIt(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		worker(h, "nora")
		h.WasThere(vault, "nora")
		request := h.Gets("nora", "github", "member", 7*day, "bob")
		delete(h.before, vault+" "+mail("nora"))
		id := h.Leaves("nora")
		if id != "OF-0001" {
			t.Errorf("the first offboarding is %s, want OF-0001", id)
		}
		u := h.account("nora")
		tokens, _ := h.google.Tokens(mail("nora"))
		keys, _ := h.google.AppPasswords(mail("nora"))
		if !u.Suspended || len(tokens) != 0 || len(keys) != 0 || h.In(members, "nora") || h.In(vault, "nora") {
			t.Errorf("suspended %v, tokens %v, app passwords %v, in github %v, in vault %v", u.Suspended, tokens, keys, h.In(members, "nora"), h.In(vault, "nora"))
		}
		h.is(request, "Revoked")
		h.Advance(time.Hour) // for the transfer
		off := h.Offboarding(id)
		if off.State != workflows.OffboardingCompleted || off.ClosedAt.IsZero() {
			for _, st := range h.Steps(id) {
				t.Logf("%s %s %s", st.Name, st.State, st.Problem)
			}
			t.Fatalf("it is %s, closed at %v", off.State, off.ClosedAt)
		}
		if len(h.google.Transfers()) != 1 {
			t.Errorf("%d transfers, want 1", len(h.google.Transfers()))
		}
		h.refused(h.As("nora").Requests("github", "member", day, reason), "left")
		for _, e := range h.Events("offboarding.step_done") {
			seen, _ := e.Data["seen"].(map[string]any)
			if seen["at"] == nil && e.Data["step"] != "check" {
				t.Errorf("step %v has no moment at which Google showed it: %v", e.Data["step"], seen)
			}
		}
		done := h.Events("offboarding.completed")
		if len(done) != 1 || done[0].Data["identity_in_time"] != true || done[0].Data["apps_in_time"] != true {
			t.Errorf("completed %d times: %v", len(done), done)
		}
		cert, ok := h.slack.card(workflows.CardNotice, id+"/certificate", workflows.ChannelPeople)
		if !ok || !strings.Contains(cert.view.Pre, "Account suspended (read back)") {
			t.Errorf("certificate: %v", cert.view.Pre)
		}
	})
}

func TestAccessByPasswordIsATaskAndAccessByGoogleEndsWithTheAccount(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "wiki", "editor", 7*day, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		h.Gets("nora", "notes", "member", 7*day, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000002", note))
		h.Settle()
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		if _, ok := h.slack.card(workflows.CardTask, "TK-000003", chat("wanda")); !ok {
			t.Fatal("wanda has no task to take the wiki away")
		}
		if _, ok := h.slack.card(workflows.CardTask, "TK-000004", chat("wanda")); ok {
			t.Error("wanda is asked to take away what ended with the Google account")
		}
		closed := 0
		for _, e := range h.Events("grant.revoked") {
			if e.Data["closed_by"] == "suspension" && e.Data["app"] == "notes" {
				closed++
			}
		}
		if closed != 1 {
			t.Errorf("%d events say that notes ended with the account, want 1", closed)
		}
		if off := h.Offboarding(id); off.State != workflows.OffboardingStarted {
			t.Errorf("it is %s with a task open", off.State)
		}
		h.done(h.As("wanda").MarksDone("TK-000003", "taken off the list of editors"))
		h.Settle()
		if off := h.Offboarding(id); off.State != workflows.OffboardingCompleted {
			t.Errorf("it is %s, want completed", off.State)
		}
	})
}

func TestWhoMayNotOffboardIsRefused(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.refused(h.As("nora").Offboards("bob"), "not_admin")
		h.refused(h.As("ada").Offboards("ada", "confirm", mail("ada")), "oneself")
		h.refused(h.As("ada").Offboards("root", "confirm", mail("root")), "protected")
		h.refused(h.As("ada").Offboards("bob", "confirm", "bb@acme.example"), "not_confirmed")
		for field, value := range map[string]string{"last_day": "", "told_by": "", "mail": "burn", "when": "soon"} {
			h.wants(h.As("ada").Offboards("bob", field, value), workflows.OutcomeInvalid, "")
		}
		h.wants(h.As("ada").Offboards("bob", "new_owner", chat("bob")), workflows.OutcomeInvalid, "")
		h.slack.Change(chat("finn"), func(m *workflows.Member) { m.Deleted = true })
		h.Reads()
		h.wants(h.As("ada").Offboards("bob", "new_owner", chat("finn")), workflows.OutcomeInvalid, "")
		if n := len(h.Events("offboarding.started")); n != 0 {
			t.Errorf("%d offboardings began", n)
		}
		id := h.Leaves("bob")
		h.refused(h.As("abe").Offboards("bob"), map[bool]string{true: "already_left", false: "already_open"}[!h.Offboarding(id).Open()])
	})
}

func TestASuperAdministratorNeedsTwoAdmins(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("mona", "told_by", chat("abe"), "new_owner", chat("abe"))
		if off := h.Offboarding(id); off.State != workflows.OffboardingSecond {
			t.Fatalf("it is %s, want second", off.State)
		}
		if h.account("mona").Suspended || h.Person("mona").Stage == workflows.StageLeft {
			t.Fatal("something was done before the second admin agreed")
		}
		h.refused(h.As("ada").press(workflows.VerbAgree, id, nil), "two_people")
		h.refused(h.As("nora").press(workflows.VerbAgree, id, nil), "not_admin")
		h.done(h.As("abe").press(workflows.VerbAgree, id, nil))
		h.wants(h.As("abe").press(workflows.VerbAgree, id, nil), workflows.OutcomeAlready, "")
		h.Settle()
		h.Advance(time.Hour)
		if u := h.account("mona"); !u.Suspended || u.Admin {
			t.Errorf("suspended %v, admin %v", u.Suspended, u.Admin)
		}
		if off := h.Offboarding(id); off.State != workflows.OffboardingCompleted || off.SecondBy != h.Person("abe").ID {
			t.Errorf("it is %s, second %s", off.State, off.SecondBy)
		}
	}, func(h *company) {
		if err := h.google.DeleteUser(mail("mona")); err != nil {
			h.t.Fatal(err)
		}
		h.google.AddUser(fakegoogle.User{Email: mail("mona"), GivenName: "Mona", FamilyName: "Manages", Admin: true})
	})
}

func TestAScheduledOffboardingBeginsAtItsTimeOrNot(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		at := func(d time.Duration) string { return fmt.Sprint(h.now().Add(d).Unix()) }
		id := h.Leaves("nora", "when", at(48*time.Hour))
		if n := len(h.slack.to(chat("nora"))); n != 0 {
			t.Errorf("nora was told %d times", n)
		}
		h.Advance(47 * time.Hour)
		h.done(h.As("abe").press(workflows.VerbReschedule, id, map[string]string{"when": at(48 * time.Hour), "last_day": h.leaverForm("nora")["last_day"]}))
		h.Advance(47 * time.Hour)
		if h.account("nora").Suspended {
			t.Fatal("suspended before the new time")
		}
		h.Advance(2 * time.Hour)
		if !h.account("nora").Suspended {
			t.Fatal("not suspended at the new time")
		}
		h.refused(h.As("abe").press(workflows.VerbCancel, id, nil), "already_begun")

		other := h.Leaves("bob", "when", at(48*time.Hour))
		h.refused(h.As("nora").press(workflows.VerbCancel, other, nil), "left")
		h.done(h.As("abe").press(workflows.VerbCancel, other, nil))
		h.wants(h.As("abe").press(workflows.VerbCancel, other, nil), workflows.OutcomeAlready, "")
		h.Advance(100 * time.Hour)
		if h.account("bob").Suspended {
			t.Error("suspended although it was cancelled")
		}
		third := h.Leaves("bob", "when", at(48*time.Hour))
		h.done(h.As("ada").press(workflows.VerbStart, third, nil))
		h.Settle()
		if !h.account("bob").Suspended {
			t.Error("not suspended though it was started")
		}
		want := []string{"offboarding.scheduled", "offboarding.scheduled", "offboarding.started"}
		got := slices.DeleteFunc(h.History(id), func(e string) bool { return !strings.HasPrefix(e, "offboarding.s") || strings.Contains(e, "step") })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestALeaversRequestsCloseAndTheirApprovalsMove(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		own := h.Asks("bob", "vault", "root", 8*time.Hour)
		forOther := h.Asks("nora", "github", "member", day)
		h.Leaves("bob")
		h.is(own, "Withdrawn")
		h.is(forOther, "Waiting for approval")
		h.refused(h.As("bob").Approves(forOther), "left")
		h.done(h.As("bea").Approves(forOther))
		h.Settle()
		h.is(forOther, "Granted")
	})
}
