package workflows_test

import (
	"context"
	"strings"

	"github.com/google/go-cmp/cmp"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/store"
	"countersign/workflows"
)

type fakeMember = fakegoogle.Member

// Check is what must hold after every step, whatever happened.
func (h *company) Check() {
	h.t.Helper()
	h.checkLedger()
	h.checkGoogle()
	h.checkCards()
}

// checkLedger verifies the ledger and looks for personal values in its leaves.
func (h *company) checkLedger() {
	h.t.Helper()
	r, err := store.OpenReader(context.Background(), h.url)
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Close()
	report, err := r.Verify(context.Background(), store.Expectation{Key: h.key.VerifierKey()})
	if err != nil || report.Wrong != "" {
		h.t.Fatalf("ledger: %s %v", report.Wrong, err)
	}
	private := append([]string{}, h.spoken...)
	for _, u := range h.google.Users() {
		private = append(private, u.Email, u.ID, u.GivenName+" "+u.FamilyName)
	}
	for _, m := range h.slack.people {
		private = append(private, m.ChatID, m.Name)
	}
	fresh := h.since(h.checked)
	h.checked += len(fresh)
	for _, e := range fresh {
		for _, word := range private {
			if word != "" && strings.Contains(e.body, word) {
				h.t.Fatalf("%s names %q in clear: %s", e.Type, word, e.body)
			}
		}
	}
}

// WasThere notes a membership that others made.
func (h *company) WasThere(group, who string) {
	h.t.Helper()
	if err := h.google.AddMember(group, mail(who), ""); err != nil {
		h.t.Fatal(err)
	}
	h.before[group+" "+mail(who)] = true
}

// checkGoogle makes sure that nobody is in a group without a grant that will end
// it, unless others put them there, and that whoever should be in is in.
func (h *company) checkGoogle() {
	h.t.Helper()
	holders := make(map[string]bool) // group and address
	for _, g := range h.grants() {
		app, level, _ := h.cat.Level(g.App, g.Level)
		if level.Provisioner != "google_group" {
			continue
		}
		group := level.Target
		if group == alias {
			group = members
		}
		who := group + " " + h.email(g.Person)
		if g.Touching() || g.State == workflows.GrantFailed && g.Looked {
			holders[who] = true
		}
		if g.State == workflows.GrantHeld && !h.has(who) {
			h.t.Errorf("%s of %s is shown as granted, but Google does not have it", g.Record, app.Name)
		}
	}
	for _, group := range h.google.Groups() {
		all, err := h.google.Members(group.Email)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, m := range all {
			if who := group.Email + " " + m.Email; !holders[who] && !h.before[who] {
				h.t.Errorf("Google has %s without a grant", who)
			}
		}
	}
	for who := range h.before {
		if !h.has(who) {
			h.t.Errorf("Google lost %s, which was not ours to remove", who)
		}
	}
}

func (h *company) has(who string) bool {
	group, address, _ := strings.Cut(who, " ")
	return h.In(group, strings.TrimSuffix(address, "@acme.example"))
}

func (h *company) email(person string) (email string) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) error {
		p, err := tx.Person(person)
		email = p.Email
		return err
	})
	return email
}

func (h *company) grants() (out []workflows.Grant) {
	h.t.Helper()
	h.view(func(tx workflows.Tx) error {
		people, err := tx.People()
		for _, p := range people {
			grants, err := tx.GrantsOf(p.ID, 1000)
			if err != nil {
				return err
			}
			out = append(out, grants...)
		}
		return err
	})
	return out
}

// checkCards compares what is on people's screens with what is stored.
func (h *company) checkCards() {
	h.t.Helper()
	h.view(func(tx workflows.Tx) error {
		for _, p := range h.slack.all() {
			c, err := tx.Card(p.card.ID)
			if err != nil {
				return err
			}
			want, err := h.svc.ViewOf(tx, c)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want, p.view); diff != "" {
				h.t.Errorf("%s card about %s is not as stored (-want +got):\n%s", c.Kind, c.Record, diff)
			}
			if p.times != 1 {
				h.t.Errorf("%s card about %s was posted %d times", c.Kind, c.Record, p.times)
			}
		}
		return nil
	})
	if unseen := h.count("SELECT count(*) FROM cards WHERE shown < wanted"); unseen > 0 {
		h.t.Errorf("%d cards do not show what is stored", unseen)
	}
}
