package workflows_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"countersign/workflows"
)

// event is a line of the ledger.
type event struct {
	Type       string
	Actor      struct{ Kind, ID string }
	Subject    struct{ Kind, ID string }
	WorkflowID string `json:"workflow_id"`
	Decision   string
	Outcome    string
	Source     string
	Data       map[string]any
	body       string
}

// Ledger returns every event.
func (h *company) Ledger() []event { return h.since(0) }

// since returns the events after a number.
func (h *company) since(seq int) (out []event) {
	h.t.Helper()
	rows, err := h.raw.Query("SELECT body FROM events WHERE seq > ? ORDER BY seq", seq)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e event
		var body string
		if err := rows.Scan(&body); err != nil {
			h.t.Fatal(err)
		}
		e.body = body
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			h.t.Fatal(err)
		}
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return out
}

// Events returns those of a type.
func (h *company) Events(kind string) (out []event) {
	h.t.Helper()
	for _, e := range h.Ledger() {
		if e.Type == kind {
			out = append(out, e)
		}
	}
	return out
}

// History returns the types of the events about a record, in order.
func (h *company) History(record string) (out []string) {
	h.t.Helper()
	for _, e := range h.Ledger() {
		if e.WorkflowID == record {
			out = append(out, e.Type)
		}
	}
	return out
}

func (h *company) view(f func(tx workflows.Tx) error) {
	h.t.Helper()
	if err := h.store.View(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

// Request reads a request.
func (h *company) Request(id string) (r workflows.Request) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		r, err = tx.Request(id)
		return err
	})
	return r
}

// Grant reads the grant of a request.
func (h *company) Grant(request string) (g workflows.Grant) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		g, err = tx.GrantOf(request)
		return err
	})
	return g
}

// Person reads somebody of the cast.
func (h *company) Person(who string) (p workflows.Person) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		p, err = tx.PersonByEmail(mail(who))
		return err
	})
	return p
}

// In says whether Google has somebody in a group.
func (h *company) In(group, who string) bool {
	h.t.Helper()
	all, err := h.google.Members(group)
	if err != nil {
		h.t.Fatal(err)
	}
	return slices.ContainsFunc(all, func(m fakeMember) bool { return m.Email == mail(who) })
}

// Status is what everybody reads in the channel about a request.
func (h *company) Status(id string) string {
	h.t.Helper()
	p, ok := h.slack.card(workflows.CardLog, id, workflows.ChannelRequests)
	if !ok {
		h.t.Fatalf("no card about %s in the channel", id)
	}
	return p.view.Status
}

// done fails the test unless the outcome is done.
func (h *company) done(o workflows.Outcome) {
	h.t.Helper()
	h.wants(o, workflows.OutcomeDone, "")
}

// refused fails the test unless this rule said no.
func (h *company) refused(o workflows.Outcome, rule string) {
	h.t.Helper()
	h.wants(o, workflows.OutcomeRefused, rule)
}

func (h *company) wants(o workflows.Outcome, kind workflows.OutcomeKind, rule string) {
	h.t.Helper()
	if o.Kind != kind || o.Rule != rule {
		h.t.Fatalf("got %s %s (%s %v), want %s %s", o.Kind, o.Rule, o.Message, o.Fields, kind, rule)
	}
}

// says fails the test unless the text says every part.
func (h *company) says(text string, parts ...string) {
	h.t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			h.t.Errorf("got %q, want it to say %q", text, p)
		}
	}
}

// is fails the test unless the request stands so in the channel.
func (h *company) is(id, status string) {
	h.t.Helper()
	if got := h.Status(id); got != status {
		h.t.Fatalf("%s is shown as %q, want %q", id, got, status)
	}
}
