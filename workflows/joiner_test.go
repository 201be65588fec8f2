package workflows_test

import (
	"context"
	"strings"
	"time"

	"countersign/workflows"
)

// joinerMail is where Zoe Zander can be reached before she has an account.
const joinerMail = "zoe.z@home.example"

// joinerForm is the onboarding form about Zoe Zander, who comes in ten days. A
// field that is given replaces it; pairs of name and value.
func joinerForm(h *company, fields ...string) map[string]string {
	v := map[string]string{
		"first_name": "Zoe", "last_name": "Zander", "work_email": "Zoe@acme.example", "personal_email": joinerMail,
		"start_date": h.day(10), "end_date": "", "employment_type": "full_time", "manager": chat("mona"), "role": "engineer",
	}
	for i := 0; i+1 < len(fields); i += 2 {
		v[fields[i]] = fields[i+1]
	}
	return v
}

// day is the day so many days from now.
func (h *company) day(ahead int) string { return h.now().AddDate(0, 0, ahead).Format(time.DateOnly) }

// Onboards sends the onboarding form.
func (v voice) Onboards(form map[string]string) workflows.Outcome {
	v.h.t.Helper()
	v.h.spoken = append(v.h.spoken, joinerMail)
	out, err := v.h.svc.Submit(context.Background(), workflows.Submission{Key: v.key, Kind: workflows.OnboardingFlow, By: v.by, Ref: "view:V1", Values: form})
	if err != nil {
		v.h.t.Fatalf("onboard: %v", err)
	}
	return out
}

// Joins has Zoe onboarded by Ada and waits until everything of now is done.
func (h *company) Joins(fields ...string) string {
	h.t.Helper()
	out := h.As("ada").Onboards(joinerForm(h, fields...))
	h.done(out)
	h.Settle()
	return out.Record
}

// Arrives makes somebody known in the chat system.
func (h *company) Arrives(who, name string) {
	h.t.Helper()
	h.slack.Change(chat(who), func(m *workflows.Member) { m.Email, m.Name = mail(who), name })
	if err := h.svc.Sync(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.Settle()
}

func (h *company) Onboarding(id string) (on workflows.Onboarding) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		on, err = tx.Onboarding(id)
		return err
	})
	return on
}

// isAt makes sure that a step is in a state.
func (h *company) isAt(record, name string, want workflows.StepState) {
	h.t.Helper()
	if st := h.Steps(record)[name]; st.State != want {
		h.t.Errorf("step %s is %s (%s), want %s", st.ID, st.State, st.Problem, want)
	}
}

// duties are what a person has to do, by the id of the policy or training; the
// newest of each.
func (h *company) duties(who string) map[string]workflows.Duty {
	h.t.Helper()
	out := make(map[string]workflows.Duty)
	id := h.Person(who).ID
	h.view(func(tx workflows.Tx) error {
		all, err := tx.DutiesOf(id)
		for _, d := range all {
			if _, there := out[d.Item]; !there {
				out[d.Item] = d
			}
		}
		return err
	})
	return out
}

// Does accepts a policy or finishes a training, with the version that is on the
// card now unless another was seen.
func (v voice) Does(d workflows.Duty) workflows.Outcome {
	v.h.t.Helper()
	if v.version == 0 {
		v.version = d.ContentVersion
	}
	verb := workflows.VerbAccept
	if d.Kind == workflows.DutyTraining {
		verb = workflows.VerbTrained
	}
	return v.press(verb, d.ID, nil)
}

// Reveals asks for the first password.
func (v voice) Reveals(record string) workflows.Revealed {
	v.h.t.Helper()
	got, err := v.h.svc.Reveal(context.Background(), workflows.Press{Verb: workflows.VerbPassword, Record: record, By: v.by, Ref: "msg:1"})
	if err != nil {
		v.h.t.Fatalf("reveal %s: %v", record, err)
	}
	return got
}

// status is what the card of a kind says now, to somebody or in a channel.
func (h *company) status(kind workflows.CardKind, record, to string) string {
	h.t.Helper()
	p, ok := h.slack.card(kind, record, to)
	if !ok {
		h.t.Errorf("%s has no %s card about %s", to, kind, record)
	}
	return p.view.Status
}

// buttons are the labels on a card.
func (h *company) buttons(kind workflows.CardKind, record, to string) string {
	h.t.Helper()
	p, _ := h.slack.card(kind, record, to)
	var out []string
	for _, a := range p.view.Actions {
		out = append(out, a.Label)
	}
	return strings.Join(out, ", ")
}

// Manages makes somebody the manager, in Google, of another who is in no group.
func (h *company) Manages(boss, who string) {
	h.t.Helper()
	u := h.account(who)
	u.ManagerEmail = mail(boss)
	if err := h.google.DeleteUser(u.ID); err != nil {
		h.t.Fatal(err)
	}
	h.google.AddUser(u)
	h.Reads()
	h.Settle()
}
