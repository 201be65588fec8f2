package main

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"countersign/cmd/countersign/config"
	"countersign/workflows"
)

// optionsOf lists the values that a select of a modal offers.
func optionsOf(raw json.RawMessage, field string) (out []string) {
	var view struct {
		Blocks []struct {
			BlockID string `json:"block_id"`
			Element struct{ Options []struct{ Value string } }
		}
	}
	_ = json.Unmarshal(raw, &view)
	for _, b := range view.Blocks {
		for _, o := range b.Element.Options {
			if b.BlockID == field {
				out = append(out, o.Value)
			}
		}
	}
	return out
}

// stands makes sure that a form which was taken is stored: Slack closes it only
// for what was done.
func (a *accessLife) stands(user string, raw json.RawMessage) {
	var v struct {
		Metadata string `json:"private_metadata"`
	}
	a.must(json.Unmarshal(raw, &v))
	words := strings.SplitN(v.Metadata, "|", 3)
	verb, record := words[0], words[1]
	a.view(func(tx workflows.Tx) error {
		who, err := tx.PersonByChat(user)
		if err != nil {
			return err
		}
		if verb == "done" {
			if t, err := tx.Task(record); err != nil || t.DoneBy != who.ID {
				a.fail("%s marked %s as done, and it is done by %q: %v", user, record, t.DoneBy, err)
			}
			return nil
		}
		want, decides := map[string]workflows.Verdict{"deny": workflows.VerdictDeny, "reduce": workflows.VerdictApprove}[verb]
		if !decides {
			return nil
		}
		all, err := tx.Decisions(record)
		if !slices.ContainsFunc(all, func(d workflows.Decision) bool { return d.By == who.ID && d.Verdict == want }) {
			a.fail("%s sent the form to %s %s, and no such decision is stored", user, verb, record)
		}
		return err
	})
}

// view reads what is stored.
func (w *world) view(f func(workflows.Tx) error) {
	if err := w.life.app.store.View(w.t.Context(), f); err != nil {
		w.fail("read what is stored: %v", err)
	}
}

// storedMatter is a request with everything stored about it.
type storedMatter struct {
	r         workflows.Request
	decisions []workflows.Decision
	grant     *workflows.Grant
	holder    workflows.Person
	account   string // of the holder, in Google
	level     config.Level
	app       config.App
}

// matters reads all requests. They change only with an event of the ledger.
func (w *world) matters() []storedMatter {
	if w.read(); w.book.mattersAt == len(w.book.entries) {
		return w.book.matters
	}
	var out []storedMatter
	ids := w.query("SELECT id FROM requests ORDER BY id")
	w.view(func(tx workflows.Tx) error {
		for _, id := range ids {
			m, err := w.matter(tx, id)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	w.book.matters, w.book.mattersAt = out, len(w.book.entries)
	return out
}

func (w *world) matter(tx workflows.Tx, id string) (m storedMatter, err error) {
	if m.r, err = tx.Request(id); err != nil {
		return m, err
	}
	if m.decisions, err = tx.Decisions(id); err != nil {
		return m, err
	}
	if m.holder, err = tx.Person(m.r.Subject); err != nil {
		return m, err
	}
	m.account = w.accountOf(m.holder)
	m.app, _ = w.cfg.App(m.r.App)
	m.level, _ = m.app.Level(m.r.Level)
	if g, err := tx.GrantOf(id); err == nil {
		m.grant = &g
	}
	return m, nil
}

// accountOf is the account of somebody; who has just joined is known by address
// alone.
func (w *world) accountOf(p workflows.Person) string {
	if p.AccountID != "" {
		return p.AccountID
	}
	for _, u := range w.google.Users() {
		if u.Email == p.Email {
			return u.ID
		}
	}
	return ""
}

// always is what must hold of access at any time.
func (a *accessLife) always() {
	all := a.matters()
	found := make(map[string]int)
	for _, m := range all {
		found[m.r.Justification]++
		a.decidedRightly(m)
		a.endedOnce(m)
		if m.grant != nil && !a.rough() {
			a.endedInTime(*m.grant)
		}
	}
	for why, acknowledged := range a.asked {
		if n := found[why]; n > 1 || n == 0 && acknowledged {
			a.fail("%q was asked once (acknowledged: %v) and is there %d times", why, acknowledged, n)
		}
	}
	a.onlyByGrant(all)
}

// decidedRightly makes sure that nobody has a grant without the approval of those
// entitled to give it.
func (a *accessLife) decidedRightly(m storedMatter) {
	if m.grant != nil && m.r.State != workflows.RequestApproved {
		a.fail("%s has a grant and is %s", m.r.ID, m.r.State)
	}
	for _, d := range m.decisions { // as things stood when it was given
		if !a.judged[d.ID] && !a.entitled(m, d) {
			a.fail("%s was decided by %s as %s, which they are not", m.r.ID, d.By, d.Basis)
		}
		a.judged[d.ID] = true
	}
	if m.r.State != workflows.RequestApproved {
		return
	}
	need := 1
	if m.level.Privileged {
		need = 2
	}
	given := make(map[string]bool)
	for _, d := range m.decisions {
		if d.Verdict != workflows.VerdictApprove || d.ContentVersion != m.r.ContentVersion {
			continue
		}
		if d.By == m.r.Requester || d.By == m.r.Subject {
			a.fail("%s was approved by %s, who asked or gets it", m.r.ID, d.By)
		}
		given[d.By] = true
	}
	if len(given) < need || m.grant == nil {
		a.fail("%s is approved by %d people, %d are needed (a grant: %v)", m.r.ID, len(given), need, m.grant != nil)
	}
}

// entitled says whether the configuration gives somebody the right to decide.
func (a *accessLife) entitled(m storedMatter, d workflows.Decision) (ok bool) {
	lists := map[workflows.Basis][]string{
		workflows.BasisOwner: m.app.Owners, workflows.BasisBackup: m.app.Backups,
		workflows.BasisAdmin: a.cfg.Admins, workflows.BasisSecurity: a.cfg.Security,
	}
	a.view(func(tx workflows.Tx) error {
		p, err := tx.Person(d.By)
		ok = slices.Contains(lists[d.Basis], p.Email)
		return err
	})
	return ok
}

// endedOnce makes sure that the ledger tells one end of each request and grant.
func (a *accessLife) endedOnce(m storedMatter) {
	ends := a.book.about(m.r.ID, "access_request.denied", "access_request.withdrawn", "access_request.lapsed")
	over := m.r.State == workflows.RequestDenied || m.r.State == workflows.RequestWithdrawn || m.r.State == workflows.RequestLapsed
	if len(ends) > 1 || over != (len(ends) == 1) {
		a.fail("%s is %s, and the ledger tells %d ends without a grant", m.r.ID, m.r.State, len(ends))
	}
	if n := len(a.book.about(m.r.ID, "access_request.created")); n != 1 {
		a.fail("the ledger tells %d times that %s was made", n, m.r.ID)
	}
	if m.grant == nil {
		return
	}
	gone := 0
	for _, e := range a.book.about(m.r.ID, "grant.expired", "grant.verified_absent", "grant.revoked") {
		if e.Outcome == workflows.Success {
			gone++
		}
	}
	if over := m.grant.Ended(); gone > 1 || over != (gone == 1) {
		a.fail("%s is %s, and the ledger tells %d ends of it", m.grant.ID, m.grant.State, gone)
	}
}

// onlyByGrant makes sure that nobody is in a group without a grant that will end
// it, unless others put them there; and that those stay.
func (a *accessLife) onlyByGrant(all []storedMatter) {
	holders := make(map[string]bool)
	count := func(g workflows.Grant, account string) {
		if g.Touching() || g.State == workflows.GrantFailed && g.Looked {
			holders[g.Target+" "+account] = true
		}
	}
	for _, m := range all {
		if m.grant != nil {
			count(*m.grant, m.account)
		}
	}
	for _, b := range a.birthrights() {
		count(b.g, b.account)
	}
	in := make(map[string]bool)
	for _, g := range a.google.Groups() {
		for _, account := range a.members(g.Email) {
			who := g.Email + " " + account
			in[who] = true
			if _, others := a.byHand[who]; !holders[who] && !others {
				a.fail("%s is in %s without a grant", account, g.Email)
			}
		}
	}
	left := a.leaversAccounts()
	for who, stays := range a.byHand {
		if _, account, _ := strings.Cut(who, " "); left[account] {
			continue // all groups of a leaver are left, whoever put them there
		}
		if stays && !in[who] {
			a.fail("the membership %s was not ours to end", who)
		}
	}
}

// members are the accounts in a group.
func (w *world) members(group string) (out []string) {
	all, err := w.google.Members(group)
	if err != nil {
		w.fail("%v", err)
	}
	for _, m := range all {
		out = append(out, m.ID)
	}
	return out
}

// lateBy is how long after its time an access may still be there when nothing is
// in the way.
const lateBy = time.Hour

// quiet is what must hold of access when all is calm.
func (a *accessLife) quiet() {
	if open := a.query("SELECT kind || ' ' || record || ' at attempt ' || attempt FROM jobs"); len(open) > 0 {
		a.fail("after a rest there are still jobs: %s", strings.Join(open, ", "))
	}
	for _, m := range a.matters() {
		if m.r.State == workflows.RequestWaiting && a.now().After(m.r.LapsesAt.Add(lateBy)) {
			a.fail("%s still waits after its time", m.r.ID)
		}
		if m.grant != nil {
			a.grantAtRest(m, *m.grant)
		}
	}
}

func (a *accessLife) grantAtRest(m storedMatter, g workflows.Grant) {
	allowed := []workflows.GrantState{workflows.GrantHeld, workflows.GrantFailed, workflows.GrantExpired, workflows.GrantRevoked}
	if g.Provisioner == byHand {
		allowed = append(allowed, workflows.GrantByHand, workflows.GrantEndByHand)
	}
	switch { // what waits for a person or for Google
	case g.State == workflows.GrantApproved && a.waitsForPolicy(g.Person), g.State == workflows.GrantEnding && a.waitsForAccount(g):
		return
	}
	if !slices.Contains(allowed, g.State) {
		a.fail("after a rest %s is %s: %s", g.ID, g.State, g.Problem)
	}
	a.endedInTime(g)
	who := g.Target + " " + m.account
	if g.State == workflows.GrantHeld && g.Provisioner == googleGroup && !a.removed[who] && !slices.Contains(a.members(g.Target), m.account) {
		a.fail("%s is granted, but %s is not in %s", g.ID, m.account, g.Target)
	}
}

// endedInTime makes sure that nothing outlives its time for long.
func (a *accessLife) endedInTime(g workflows.Grant) {
	late := !g.EndsAt.IsZero() && a.now().After(g.EndsAt.Add(lateBy))
	if late && !g.Ended() && g.State != workflows.GrantEndByHand && !(g.State == workflows.GrantApproved && a.waitsForPolicy(g.Person)) && !a.waitsForAccount(g) {
		a.fail("%s should have ended at %s and is %s", g.ID, g.EndsAt.Format(time.DateTime), g.State)
	}
}
