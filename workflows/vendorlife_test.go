package workflows_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
)

const looked = "Looked at its terms, its users and its report"

// evaluation is Re-evaluate vendor where nothing changed.
func evaluation(fields ...string) map[string]string {
	return changedForm(map[string]string{"still_used": "yes", "same_data": "yes", "continue": "yes", "checked": looked}, fields)
}

// evaluationAnew is Re-evaluate vendor with all questions, answered as those of
// a vendor with customer data.
func evaluationAnew(fields ...string) map[string]string {
	form := servicesForm("data", "3", "data_types", "customer", "access", "0", "report_kind", "none")
	for k, v := range evaluation() {
		form[k] = v
	}
	return changedForm(form, fields)
}

// BuysHigh has a vendor approved that holds customer data: its risk is High.
func (h *company) BuysHigh(fields ...string) string {
	h.t.Helper()
	id := h.Assessed(append([]string{"data", "3", "data_types", "customer"}, fields...), nil)
	h.done(h.As("cleo").onVendor(workflows.VerbVendorYes, id, nil))
	h.done(h.As("sam").onVendor(workflows.VerbVendorYes, id, nil))
	h.Settle()
	h.IsVendor(id, workflows.VendorApproved)
	return id
}

// reaches moves the clock to an hour of a day.
func (h *company) reaches(on workflows.Day, hour int) {
	h.t.Helper()
	left := on.At(hour, time.UTC).Sub(h.now())
	if left < 0 {
		h.t.Fatalf("%s at %d has passed", on, hour)
	}
	h.Advance(left + time.Second)
}

// told says whether somebody was sent a notice that has these words.
func (h *company) told(who string, words ...string) bool {
	to := chat(who)
	if who == workflows.ChannelCompliance {
		to = who
	}
	return slices.ContainsFunc(h.slack.all(), func(p post) bool {
		if p.card.Kind != workflows.CardNotice || p.to.ChatID != to && p.card.Channel != to {
			return false
		}
		for _, w := range words {
			if !strings.Contains(p.view.Title, w) {
				return false
			}
		}
		return true
	})
}

// last is the newest event of a kind.
func (h *company) last(kind string) event {
	h.t.Helper()
	all := h.Events(kind)
	if len(all) == 0 {
		h.t.Fatalf("there is no %s", kind)
	}
	return all[len(all)-1]
}

// changes counts the events vendor.changed that have something in their data.
func (h *company) changes(key string) int {
	n := 0
	for _, e := range h.Events("vendor.changed") {
		if _, ok := e.Data[key]; ok {
			n++
		}
	}
	return n
}

// offers returns the buttons that somebody sees who looks a vendor up.
func (h *company) offers(who, id string) []string {
	h.t.Helper()
	v, no, err := h.svc.Look(context.Background(), h.As(who).by, id)
	if err != nil || no != nil {
		h.t.Fatalf("%s looks at %s: %v %v", who, id, no, err)
	}
	return labelsOf(v)
}

// opens draws the form of a button, again where values are given.
func (h *company) form(verb workflows.Verb, record string, values map[string]string) workflows.Form {
	h.t.Helper()
	f, err := h.svc.ActionForm(context.Background(), verb, record, 0, values)
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func asks(f workflows.Form, id string) (workflows.Field, bool) {
	i := slices.IndexFunc(f.Fields, func(x workflows.Field) bool { return x.ID == id })
	if i < 0 {
		return workflows.Field{}, false
	}
	return f.Fields[i], true
}

// invalid makes sure that a form is answered beside a field.
func (h *company) invalid(out workflows.Outcome, field string) {
	h.t.Helper()
	h.wants(out, workflows.OutcomeInvalid, "")
	if out.Fields[field] == "" {
		h.t.Errorf("got %v, want a word beside %s", out.Fields, field)
	}
}

func (h *company) action(id string) (a workflows.VendorAction) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) (err error) {
		a, err = tx.VendorAction(id)
		return err
	})
	return a
}

// restarts ends the process, empties its plan and starts it again.
func (h *company) restarts() {
	h.t.Helper()
	h.Close()
	h.rob("DELETE FROM calendar")
	h.Open()
	if err := h.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.Settle()
}
