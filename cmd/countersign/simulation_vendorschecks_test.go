package main

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
	"countersign/workflows/vendorrisk"
)

// always is what must hold of vendors at any time.
func (v *vendorsLife) always() {
	v.world.read()
	for _, e := range v.book.entries[v.read:] {
		if strings.HasPrefix(e.Type, "vendor.") {
			v.hasState(e)
			v.follow(e)
		}
	}
	v.read = len(v.book.entries)
	v.onceEach()
}

// hasState makes sure that an event about vendors names a row that it left behind;
// one that says what nobody did leaves none.
func (v *vendorsLife) hasState(e entry) {
	if e.Outcome == workflows.Failure {
		return
	}
	states, _ := e.Data["state"].([]any)
	for _, is := range states {
		row, _ := is.(map[string]any)
		if id := fmt.Sprint(row["id"]); id == e.WorkflowID || strings.HasPrefix(id, e.WorkflowID+"/") {
			return
		}
	}
	v.fail("event %d, %s of %s, names no row of it: %v", e.Seq, e.Type, e.WorkflowID, e.Data["state"])
}

// follow replays who asked for a vendor and who sponsors it, and judges decisions
// as they come.
func (v *vendorsLife) follow(e entry) {
	id := e.WorkflowID
	switch e.Type {
	case "vendor.requested":
		v.askers[id] = e.Actor.ID
	case "vendor.details_added":
		if v.over[id] { // somebody asks again
			v.askers[id], v.sponsors[id] = e.Actor.ID, ""
			delete(v.over, id)
		}
	case "vendor.sponsor_assigned":
		v.sponsors[id], _ = e.Data["sponsor"].(string)
	case "vendor.changed":
		if e.Data["sponsor_declined"] != nil || e.Data["sponsor_left"] == true {
			v.sponsors[id] = ""
		}
	case "vendor.approved", "vendor.conditional", "vendor.denied":
		v.decidedRightly(e)
	}
	if stands := fmt.Sprint(e.Data["stands"]); stands == string(workflows.VendorDenied) || stands == string(workflows.VendorWithdrawn) || stands == string(workflows.VendorTerminated) {
		v.over[id] = true
	}
}

// decidedRightly makes sure that somebody who decided may, and that what is settled
// has everybody's approval that its rating asks for.
func (v *vendorsLife) decidedRightly(e entry) {
	id, who := e.WorkflowID, e.Actor.ID
	if who == v.askers[id] || who == v.sponsors[id] {
		v.fail("%s of %s is by %s, who asked for it (%s) or sponsors it (%s)", e.Type, id, who, v.askers[id], v.sponsors[id])
	}
	basis, _ := e.Data["approver_basis"].(string)
	lists := map[string][]string{string(workflows.BasisCompliance): {v.cfg.ComplianceLead}, string(workflows.BasisAdmin): v.cfg.Admins, string(workflows.BasisSecurity): v.cfg.Security}
	var email string
	v.view(func(tx workflows.Tx) error {
		p, err := tx.Person(who)
		email = p.Email
		return err
	})
	if !slices.Contains(lists[basis], email) {
		v.fail("%s of %s is by %s as %q, which they are not", e.Type, id, email, basis)
	}
	if e.Type == "vendor.denied" {
		return
	}
	round := fmt.Sprint(e.Data["round"], "/", e.Data["content_version"])
	key := id + " " + round
	if slices.Contains(v.given[key], who) {
		v.fail("%s approves %s twice", who, id)
	}
	v.given[key] = append(v.given[key], who)
	if e.Data["settled"] == true {
		v.settledRightly(e, v.given[key])
	}
}

// settledRightly makes sure that a settled approval has as many people as the
// answers ask for, by the matrix as the evidence describes it.
func (v *vendorsLife) settledRightly(e entry, people []string) {
	id, need := e.WorkflowID, 1
	v.view(func(tx workflows.Tx) error {
		all, err := tx.Assessments(id)
		if err != nil || len(all) == 0 {
			v.fail("%s is approved and was never assessed: %v", id, err)
		}
		last := all[len(all)-1].Answers
		impact := 1 + max(last.Data.Points(), last.Access.Points(), last.Outage.Points())
		critical := last.Outage.Points() == 3 || last.Data.Points() == 3 && last.Access.Points() >= 2
		rated := e.Data["rated"]
		if inherent := []string{"low", "low", "low", "medium", "high"}[impact]; e.Data["inherent"] != inherent || e.Data["critical"] != critical {
			v.fail("%s is decided as %v, critical %v, and its answers make it %s, critical %v", id, e.Data["inherent"], e.Data["critical"], inherent, critical)
		}
		if critical || rated == string(vendorrisk.High) {
			need = 2
		}
		if last.Data.Points() == 3 && last.Terms.Points() == 2 {
			v.fail("%s holds restricted data without an agreement and is approved", id)
		}
		return nil
	})
	if len(people) < need {
		v.fail("%s is approved by %v, %d people are needed", id, people, need)
	}
}

// onceEach makes sure that nothing is in the register twice, and that nothing
// which was acknowledged is lost.
func (v *vendorsLife) onceEach() {
	for _, twice := range v.query("SELECT domain FROM vendors WHERE domain <> '' GROUP BY domain HAVING count(*) > 1") {
		v.fail("%s is in the register more than once", twice)
	}
	for _, twice := range v.query("SELECT thread_id FROM vendors WHERE thread_id <> '' GROUP BY thread_in, thread_id HAVING count(*) > 1") {
		v.fail("the message %s became more than one vendor", twice)
	}
	for why, acknowledged := range v.wishes {
		n := len(v.query("SELECT 1 FROM pii WHERE value = ? AND field = 'why'", why))
		if n > 1 || n == 0 && acknowledged {
			v.fail("%q was asked once (acknowledged: %v) and is there %d times", why, acknowledged, n)
		}
	}
}

// quiet is what must hold of vendors when all is calm.
func (v *vendorsLife) quiet() {
	all := v.register()
	for _, x := range all {
		if x.InForce() {
			v.isLookedAfter(x)
		}
		v.standsWhereItShould(x)
	}
	v.answered()
	if len(all) > 0 {
		v.plansAgain()
	}
}

func (v *vendorsLife) register() (all []workflows.Vendor) {
	v.view(func(tx workflows.Tx) (err error) {
		all, err = tx.Vendors()
		return err
	})
	return all
}

// isLookedAfter makes sure that a vendor in force has a sponsor who is here, or
// that somebody was asked to name one within a day.
func (v *vendorsLife) isLookedAfter(x workflows.Vendor) {
	var p workflows.Person
	v.view(func(tx workflows.Tx) (err error) {
		p, err = tx.Person(x.Sponsor)
		if errors.Is(err, workflows.ErrNotFound) {
			err = nil
		}
		return err
	})
	asked := v.query("SELECT id FROM cards WHERE kind = ? AND record = ?", string(workflows.CardVendorLead), x.ID)
	switch {
	case x.Sponsor == "" && len(asked) == 0:
		v.fail("%s is in force without a sponsor, and nobody was asked to name one", x.ID)
	case x.Sponsor == "":
	case p.Stage == workflows.StageLeft:
		v.fail("%s is in force, and its sponsor %s has left", x.ID, p.Shown())
	case p.Active:
		delete(v.alone, x.ID)
	case v.alone[x.ID].IsZero():
		v.alone[x.ID] = v.now()
	case v.now().Sub(v.alone[x.ID]) > 24*time.Hour+lateBy:
		v.fail("%s is in force, and its sponsor %s is not active since %s", x.ID, p.Shown(), v.alone[x.ID].Format(time.DateTime))
	}
	v.isInCycle(x)
}

// isInCycle makes sure that the next look at a vendor in force is planned, is not
// too far ahead, and was asked for when its day has come.
func (v *vendorsLife) isInCycle(x workflows.Vendor) {
	zone, most := v.cfg.Organization.Timezone, v.cfg.Policy.Vendor.ReassessEvery.Std()
	today, open := workflows.DayOf(v.now(), zone), x.Review.Kind != ""
	switch {
	case x.Review.FullOn == "" && !open:
		v.fail("%s is in force, and no look at it is planned: %+v", x.ID, x.Review)
	case x.Review.FullOn > workflows.DayOf(v.now().Add(most+24*time.Hour), zone):
		v.fail("%s is looked at next on %s, more than %s ahead", x.ID, x.Review.FullOn, most)
	case !open && (x.Review.FullOn < today || x.Review.CheckOn != "" && x.Review.CheckOn < today):
		v.fail("%s should have been looked at, and nobody was asked to: %+v", x.ID, x.Review)
	case x.State == workflows.VendorConditional && x.Until < today && !open:
		v.fail("the conditions of %s ended on %s, and nobody looks at it again", x.ID, x.Until)
	}
}

// standsWhereItShould makes sure that a vendor which waits for somebody has a card
// before somebody.
func (v *vendorsLife) standsWhereItShould(x workflows.Vendor) {
	kind, waits := map[workflows.VendorState]workflows.CardKind{
		workflows.VendorDetailed: workflows.CardVendorLead, workflows.VendorAssessing: workflows.CardVendorSponsor, workflows.VendorDeciding: workflows.CardVendorDecider,
	}[x.State]
	if waits && len(v.query("SELECT id FROM cards WHERE kind = ? AND record = ?", string(kind), x.ID)) == 0 && v.somebodyDecides() {
		v.fail("%s is %s, and nobody has a card about it", x.ID, x.State)
	}
	if n := len(v.query("SELECT id FROM cards WHERE kind = ? AND record = ?", string(workflows.CardVendor), x.ID)); n != 1 {
		v.fail("%s has %d cards in the channel", x.ID, n)
	}
	overdue := v.query("SELECT id FROM vendor_actions WHERE vendor = ? AND closed_at = 0 AND overdue_at = 0 AND due_on < ?",
		x.ID, string(workflows.DayOf(v.now().Add(-24*time.Hour), v.cfg.Organization.Timezone)))
	if len(overdue) > 0 {
		v.fail("%v are overdue, and nobody said so", overdue)
	}
}

// somebodyDecides says whether any of those who look after vendors is here.
func (v *vendorsLife) somebodyDecides() bool {
	for _, email := range append([]string{v.cfg.ComplianceLead}, v.cfg.Admins...) {
		if _, ok := v.fit(email); ok {
			return true
		}
	}
	return false
}

// answered makes sure that a message which asks for a vendor, and was delivered,
// became one or got a pointer to it; and that no other message did.
func (v *vendorsLife) answered() {
	for place, p := range v.posts {
		_, ts, _ := strings.Cut(place, "/")
		vendors := v.query("SELECT id FROM vendors WHERE thread_id = ? AND source = 'post'", ts)
		pointers := v.query("SELECT id FROM cards WHERE kind = 'notice' AND thread_id = ?", ts)
		n := len(vendors) + len(pointers)
		began := len(v.query("SELECT id FROM vendors WHERE thread_id = ?", ts)) > 0
		switch {
		case !p.asks && n > 0:
			v.fail("the message %s asks for nothing and got %v %v", ts, vendors, pointers)
		case n > 1:
			v.fail("the message %s got %v and %v", ts, vendors, pointers)
		case p.asks && p.heard && n == 0 && !began:
			v.fail("the message %s asks for %s and got no answer", ts, p.domain)
		}
	}
}

// plansAgain stops the product, takes away what is planned about vendors, and
// starts it again: what is due follows from the records alone.
func (v *vendorsLife) plansAgain() {
	planned := func() []string {
		return v.query("SELECT kind || ' ' || record || ' ' || due_at FROM calendar WHERE kind LIKE 'vendor.%' ORDER BY kind, record")
	}
	before := planned()
	v.life.stop()
	v.must(v.wait())
	db, err := sql.Open("sqlite", "file:simulation.db?_busy_timeout=10000")
	v.must(err)
	_, err = db.Exec("DELETE FROM calendar WHERE kind LIKE 'vendor.%'")
	v.must(errors.Join(err, db.Close()))
	v.start()
	v.pass(35 * time.Minute)
	if after := planned(); !slices.Equal(before, after) {
		v.fail("what was planned about vendors was %v, and after it was lost it is %v", before, after)
	}
}
