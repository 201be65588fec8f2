package workflows_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/provisioners"
	"countersign/workflows"
)

func TestTheCertificateNamesOnlyWhoTookAccessAway(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "notes", "member", 7*day, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		h.Settle()
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		cert, _ := h.slack.card(workflows.CardNotice, id+"/certificate", workflows.ChannelPeople)
		for _, line := range strings.Split(cert.view.Pre, "\n") {
			if strings.Contains(line, "Notes") && strings.Contains(line, "word of Wanda") {
				t.Errorf("wanda gave it and never took it away, but the certificate says: %s", line)
			}
		}
	})
}

func TestTheCertificateOfSomebodyWithoutAnAccountSaysSo(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		if err := h.google.DeleteUser(mail("finn")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Settle()
		cert, ok := h.slack.card(workflows.CardNotice, "OF-0001/certificate", workflows.ChannelPeople)
		if !ok || strings.Contains(cert.view.Pre, "Account suspended (read back)") || strings.Contains(cert.view.Pre, "Google's answer; it shows none") {
			t.Errorf("there was no account, and the certificate says:\n%s", cert.view.Pre)
		}
	})
}

func TestForwardingMailDoesNotMakeALeaverLate(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 7*day, "bob")
		id := h.Leaves("nora", "mail", "forward")
		h.Advance(5 * day)
		if n := h.notices(id + "/late"); len(n) > 0 {
			t.Errorf("all access was gone at once, and admins are told: %s", n[0].Title)
		}
		h.Advance(27 * day)
		e := h.Events("offboarding.completed")
		if len(e) != 1 || e[0].Data["apps_in_time"] != true {
			t.Errorf("completed %d, %v", len(e), e[0].Data)
		}
	})
}

func TestTheHoursOfThePolicyOutliveAnEmptiedCalendar(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "wiki", "editor", 7*day, "wanda")
		h.done(h.As("wanda").MarksDone("TK-000001", note))
		h.Settle()
		id := h.Leaves("nora")
		h.Close()
		h.rob("DELETE FROM calendar")
		h.Open()
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		h.Settle()
		h.Leap(6 * day)
		if len(h.Events("task.overdue")) == 0 {
			t.Errorf("%s is late and nobody is told", id)
		}
	})
}

func TestAccessThatNoMachineCanEndIsSettledByAPerson(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.Gets("nora", "github", "member", 7*day, "bob")
		h.bare = true
		h.Restart()
		h.Settle()
		out := h.As("ada").Offboards("nora")
		h.done(out)
		h.Quiet()
		h.Advance(3 * time.Hour)
		p, _ := h.slack.card(workflows.CardOffboarding, out.Record, workflows.ChannelPeople)
		if b := h.buttons(workflows.CardOffboarding, out.Record, workflows.ChannelPeople); !strings.Contains(b, "done") {
			t.Errorf("%s: %v; the only buttons are %q", h.Offboarding(out.Record).State, p.view.Lines, b)
		}
	})
}

func TestATimeThatIsPastIsNoTimeToBegin(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		out := h.As("ada").Offboards("nora", "when", fmt.Sprint(h.now().Add(-30*day).Unix()))
		if out.Kind == workflows.OutcomeDone {
			t.Errorf("a time a month ago: %s", out.Message)
		}
	})
}

func TestAccessGivenWhileTheGroupsGoIsTakenAwayToo(t *testing.T) {
	var h0 *company
	story(t, func(t *testing.T, h *company) {
		h0 = h
		h.Gets("nora", "github", "member", 7*day, "bob")
		h.Advance(time.Hour)
		if h.In(members, "nora") {
			t.Error("in the group")
		}
		h.complete("OF-0001", "nora")
	}, func(h *company) {
		h.wrap = func(p provisioners.Provisioner) provisioners.Provisioner {
			return &givingSlowly{p, func() {
				h0.done(h0.As("ada").Offboards("nora"))
				time.Sleep(time.Minute)
			}}
		}
	})
}

type givingSlowly struct {
	provisioners.Provisioner
	during func()
}

func (g *givingSlowly) Apply(ctx context.Context, c provisioners.Change) (provisioners.Result, error) {
	if c.Present && g.during != nil {
		f := g.during
		g.during = nil
		f()
	}
	return g.Provisioner.Apply(ctx, c)
}

func TestASuspendedAccountDoesNotWaitForForwarding(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Leaves("nora", "when", fmt.Sprint(h.now().Add(2*day).Unix()), "mail", "forward")
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		h.Reads()
		h.Advance(3 * day)
		steps := h.Steps(id)
		if steps["mail"].State != workflows.StepFailed || !steps["suspend"].Over() {
			t.Errorf("mail is %s, suspend is %s", steps["mail"].State, steps["suspend"].State)
		}
	})
}

func TestTheCertificateSaysWhatASuspensionKeptFromBeingChanged(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		worker(h, "nora")
		if err := h.google.Suspend(mail("nora")); err != nil {
			t.Fatal(err)
		}
		id := h.Leaves("nora")
		h.Advance(time.Hour)
		cert, ok := h.slack.card(workflows.CardNotice, id+"/certificate", workflows.ChannelPeople)
		if !ok || strings.Contains(cert.view.Pre, "mail programs off (read back)") || !strings.Contains(cert.view.Pre, "mail programs off (left as it was") {
			t.Errorf("the certificate says:\n%s", cert.view.Pre)
		}
	})
}
