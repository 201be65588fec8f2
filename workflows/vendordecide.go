package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"countersign/workflows/vendorrisk"
)

// The fields of the forms that decide on a vendor.
const (
	fieldConditions = "conditions"
	fieldUntil      = "until"
)

// conditionsMost is how long a conditional approval may last: it gives a vendor
// time to get better, and is no approval in disguise.
const conditionsMost = 365

// vendorMatter is a vendor with everything needed to decide on it, read inside
// the deciding transaction.
type vendorMatter struct {
	v     Vendor
	steps int
	panel Panel
	all   []VendorDecision
	given []Decision // approvals of this round and content, as seats are counted
	gates []vendorrisk.Gate
}

// vendorMatter reads a vendor and works out who may decide on it now.
func (s *Service) vendorMatter(tx Tx, id string) (vendorMatter, error) {
	v, err := tx.Vendor(id)
	if err != nil {
		return vendorMatter{}, err
	}
	m := vendorMatter{v: v, steps: vendorSteps(v)}
	if m.all, err = tx.VendorDecisions(id); err != nil {
		return m, err
	}
	for _, d := range m.current() {
		if d.Verdict != VendorNo {
			m.given = append(m.given, Decision{By: d.By, Basis: d.Basis, Seat: d.Seat})
		}
	}
	if m.gates, err = s.gatesOf(tx, v); err != nil {
		return m, err
	}
	m.panel, err = s.vendorPanel(tx, v, m.steps)
	return m, err
}

// current are the decisions on what is to be decided now.
func (m vendorMatter) current() []VendorDecision {
	var out []VendorDecision
	for _, d := range m.all {
		if d.Round == m.v.Round && d.ContentVersion == m.v.ContentVersion {
			out = append(out, d)
		}
	}
	return out
}

// others names who can still decide.
func (m vendorMatter) others() string {
	var out []string
	for _, a := range m.panel.All() {
		if _, place := m.panel.seat(a.Person.ID, m.given, m.steps); place != slotNone && others([]Approver{a}, "", m.given) {
			out = append(out, a.Person.Shown())
		}
	}
	if len(out) == 0 {
		return "an admin can name somebody"
	}
	return list(out, "or")
}

// deciding reads the vendor behind a press and says why this person cannot decide
// on it, if so. An outcome that is not zero is the answer.
func (s *Service) decidingVendor(tx Tx, who Person, p Press, verdict VendorVerdict) (vendorMatter, Outcome, error) {
	m, err := s.vendorMatter(tx, p.Record)
	if err != nil {
		out, err := s.unknown(tx, who, p, err)
		return m, out, err
	}
	for _, d := range m.all {
		if d.By == who.ID && d.Verdict == verdict && d.Round == m.v.Round && (d.ContentVersion == m.v.ContentVersion || !m.v.Deciding() && !m.v.undecided()) {
			return m, already(m.v.ID, fmt.Sprintf("Already done: you decided this on %s.", m.v.ID)), nil
		}
	}
	if no := m.mayDecide(who, p, verdict); no != nil {
		out, err := s.refused(tx, s.attempt(who, p), no)
		return m, out, err
	}
	return m, Outcome{}, nil
}

// mayDecide is the rules about who decides on what they have seen, checked when it
// counts.
func (m vendorMatter) mayDecide(who Person, p Press, verdict VendorVerdict) *Refusal {
	v := m.v
	switch {
	case who.ID == v.RequestedBy:
		return refuse("not_independent", "You asked for "+v.Name+" yourself, so somebody else must decide: "+m.others()+".")
	case who.ID == v.Sponsor:
		return refuse("not_independent", "You are the sponsor of "+v.Name+", so somebody else must decide: "+m.others()+".")
	case v.evaluatedBy(who.ID):
		return refuse("not_independent", "You re-evaluated "+v.Name+" yourself, so somebody else must decide: "+m.others()+".")
	case !v.Deciding():
		return refuse("already_decided", v.pointer()+": there is nothing to decide now.")
	case who.Hold != "":
		return refuse("identity_hold", "You cannot decide for now: "+who.Hold+". An admin has been asked to confirm that it is you.")
	case slices.ContainsFunc(m.given, func(d Decision) bool { return d.By == who.ID }):
		return refuse("two_people", v.Name+" has "+v.riskWords()+" and needs two different people. You gave the first approval; it waits for "+m.others()+".")
	}
	if _, place := m.panel.seat(who.ID, m.given, m.steps); place == slotNone {
		if _, asked := find(m.panel.All(), who.ID); asked {
			return refuse("step_taken", "Your part is already decided. It now waits for "+m.others()+".")
		}
		return refuse("not_approver", "You cannot decide on "+v.Name+". Those who can: "+m.others()+".")
	}
	if p.Version != v.ContentVersion {
		return refuse("content_changed", "Something about "+v.Name+" changed after this card was drawn. Look at it again.")
	}
	return m.mayBeGiven(verdict)
}

// mayBeGiven says which gate stands against a verdict.
func (m vendorMatter) mayBeGiven(verdict VendorVerdict) *Refusal {
	for _, g := range m.gates {
		switch {
		case verdict != VendorNo && g.Bars == vendorrisk.BarsAll:
			return refuse(g.Rule, g.Message+" Until then it cannot be approved at all: ask the sponsor, or deny it.")
		case verdict == VendorYes && g.Bars == vendorrisk.BarsPlain:
			return refuse(g.Rule, g.Message+" Until then it can only be approved with conditions that end.")
		}
	}
	return nil
}

// approveVendor gives one approval.
func (s *Service) approveVendor(tx Tx, who Person, p Press) (Outcome, error) {
	m, out, err := s.decidingVendor(tx, who, p, VendorYes)
	if err != nil || out.Kind != "" {
		return out, err
	}
	return s.vendorApproval(tx, who, p, m, VendorDecision{Verdict: VendorYes})
}

// approveConditions gives one approval under conditions, for a time.
func (s *Service) approveConditions(tx Tx, who Person, p Press) (Outcome, error) {
	words, until := strings.TrimSpace(p.Values[fieldConditions]), Day(p.Values[fieldUntil])
	today := DayOf(tx.Now(), s.cat.Location)
	wrong := make(map[string]string)
	if words == "" {
		wrong[fieldConditions] = "Say what has to be true, and what must not be done with it until then."
	}
	if until <= today {
		wrong[fieldUntil] = "Choose a day to come: a condition that never ends is none."
	} else if until > DayOf(tx.Now().AddDate(0, 0, conditionsMost), s.cat.Location) {
		wrong[fieldUntil] = fmt.Sprintf("At most %d days ahead.", conditionsMost)
	}
	if len(wrong) > 0 {
		return invalid(wrong), nil
	}
	m, out, err := s.decidingVendor(tx, who, p, VendorIf)
	if err != nil || out.Kind != "" {
		return out, err
	}
	return s.vendorApproval(tx, who, p, m, VendorDecision{Verdict: VendorIf, Words: words, Until: until})
}

// vendorApproval records an approval that was found allowed, and settles the round
// when it was the last one needed.
func (s *Service) vendorApproval(tx Tx, who Person, p Press, m vendorMatter, d VendorDecision) (Outcome, error) {
	seat, place := m.panel.seat(who.ID, m.given, m.steps)
	d = m.decision(d, who, seat.Basis, place, tx)
	given := append(m.given[:len(m.given):len(m.given)], Decision{By: who.ID, Basis: seat.Basis, Seat: place})
	last := len(given) >= m.steps
	if !last && !m.panel.open(given, m.steps) {
		return s.refused(tx, s.attempt(who, p), refuse("no_independent_approver", "With your approval nobody else would be left for the second one. An admin can name more people in the configuration."))
	}
	if err := tx.AddVendorDecision(d); err != nil {
		return Outcome{}, err
	}
	if last {
		if err := s.settleRound(tx, &m, d); err != nil {
			return Outcome{}, err
		}
	}
	kind := map[VendorVerdict]string{VendorYes: "approved", VendorIf: "conditional"}[d.Verdict]
	e := m.decided(who, d, kind, p)
	e.Data["settled"] = last
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if err := s.touchVendor(tx, m.v.ID); err != nil {
		return Outcome{}, err
	}
	if !last {
		m.given = given
		return done(m.v.ID, fmt.Sprintf("Approved %s (%d of %d). It now waits for %s.", m.v.ID, len(given), m.steps, m.others())), nil
	}
	return done(m.v.ID, m.v.Name+" is approved ("+m.v.ID+")."), s.sayDecided(tx, m.v)
}

// decision fills in what every decision has.
func (m vendorMatter) decision(d VendorDecision, who Person, basis Basis, seat Seat, tx Tx) VendorDecision {
	d.ID, d.Vendor, d.Round = fmt.Sprintf("%s/D%d", m.v.ID, len(m.all)+1), m.v.ID, m.v.Round
	d.Step, d.By, d.Basis, d.Seat, d.ContentVersion, d.At = len(m.given)+1, who.ID, basis, seat, m.v.ContentVersion, tx.Now()
	return d
}

// settleRound makes a vendor approved. If anybody set conditions, they hold; with
// several ends, the first.
func (s *Service) settleRound(tx Tx, m *vendorMatter, last VendorDecision) error {
	first := m.v.State == VendorDeciding
	m.v.State, m.v.Until, m.v.About.Conditions = VendorApproved, "", ""
	var words []string
	for _, d := range append(m.current(), last) {
		if d.Verdict != VendorIf {
			continue
		}
		m.v.State = VendorConditional
		words = append(words, d.Words)
		if m.v.Until == "" || d.Until < m.v.Until {
			m.v.Until = d.Until
		}
	}
	m.v.About.Conditions = strings.Join(words, "\n")
	m.v.DecidedAt, m.v.ChangedAt = tx.Now(), tx.Now()
	if err := s.vendorApproved(tx, &m.v, first); err != nil {
		return err
	}
	m.v.Review.Deciding = false
	return tx.PutVendor(&m.v)
}

// decided is the event of a decision.
func (m vendorMatter) decided(who Person, d VendorDecision, kind string, p Press) Event {
	e := vendorEvent(m.v, kind, Success)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt, e.Decision = user(who), "slack", p.Ref, p.At, string(d.Verdict)
	if d.Words != "" {
		e.Reason = &Personal{Owner: d.ID, Field: "words", Value: d.Words}
	}
	e.Data["decision"], e.Data["approver_basis"], e.Data["step"], e.Data["steps"] = d.ID, string(d.Basis), d.Step, m.steps
	e.Data["inherent"], e.Data["residual"], e.Data["critical"], e.Data["rated"], e.Data["matrix"] = string(m.v.Inherent), string(m.v.Residual), m.v.Critical, string(m.v.Rated()), m.v.Matrix
	e.Data["sponsor"], e.Data["gates"] = m.v.Sponsor, gateRules(m.gates)
	e.Data["content_version"] = d.ContentVersion
	if d.Until != "" {
		e.Data["until"] = string(d.Until)
	}
	return e
}

// denyVendor ends a request, or the relationship, with a reason.
func (s *Service) denyVendor(tx Tx, who Person, p Press) (Outcome, error) {
	reason := strings.TrimSpace(p.Values[fieldWhy])
	if reason == "" {
		return invalid(map[string]string{fieldWhy: "Say why. The requester and the auditor read this."}), nil
	}
	m, out, err := s.decidingVendor(tx, who, p, VendorNo)
	if err != nil || out.Kind != "" {
		return out, err
	}
	seat, place := m.panel.seat(who.ID, m.given, m.steps)
	d := m.decision(VendorDecision{Verdict: VendorNo, Words: reason}, who, seat.Basis, place, tx)
	if err := tx.AddVendorDecision(d); err != nil {
		return Outcome{}, err
	}
	again := m.v.InForce() || m.v.Used // what is in use has to be undone, whoever let it in
	m.v.DecidedAt, m.v.ChangedAt, m.v.Review.Deciding = tx.Now(), tx.Now(), false
	if !again {
		m.v.State = VendorDenied
		if err := s.vendorOver(tx, &m.v); err != nil {
			return Outcome{}, err
		}
	}
	if err := tx.PutVendor(&m.v); err != nil {
		return Outcome{}, err
	}
	if err := s.append(tx, m.decided(who, d, "denied", p)); err != nil {
		return Outcome{}, err
	}
	if again { // it is in use: what is there has to be undone
		if err := s.endVendor(tx, &m.v, cause{actor: user(who), source: "slack", ref: p.Ref, at: p.At}, reason); err != nil {
			return Outcome{}, err
		}
	}
	return done(m.v.ID, "Denied "+m.v.ID+": "+m.v.Name+"."), errors.Join(s.touchVendor(tx, m.v.ID), s.sayDecided(tx, m.v))
}

// denyVendorForm asks why.
func (s *Service) denyVendorForm(_ Tx, f Form, _ map[string]string) (Form, error) {
	f.Title, f.Submit = "Deny vendor", "Deny"
	f.Fields = []Field{{ID: fieldWhy, Label: "Reason", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "The requester and the auditor read this."}}
	return f, nil
}

// conditionsForm asks for conditions and their end.
func (s *Service) conditionsForm(tx Tx, f Form, _ map[string]string) (Form, error) {
	m, err := s.vendorMatter(tx, f.Record)
	if err != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Approve with conditions", "Approve"
	f.Intro = "Say what " + m.v.Name + " has to reach, what it is not used for until then, and when that ends. At its end somebody looks again."
	var missing []string
	for _, g := range m.gates {
		missing = append(missing, g.Message)
	}
	if len(missing) > 0 {
		f.Fields = append(f.Fields, Field{Kind: FieldWords, ID: "gates", Label: "What is missing", Value: strings.Join(missing, "\n")})
	}
	f.Fields = append(f.Fields,
		Field{ID: fieldConditions, Label: "Conditions", Kind: FieldLong, Min: 1, Max: justificationMax, Placeholder: "SOC 2 Type 2 report within six months; no customer data until then."},
		Field{ID: fieldUntil, Label: "Until", Kind: FieldDay, Value: string(DayOf(tx.Now().AddDate(0, 6, 0), s.cat.Location))})
	return f, nil
}

// sayDecided posts how it ended where everybody can see it.
func (s *Service) sayDecided(tx Tx, v Vendor) error {
	status, _ := v.status()
	text := fmt.Sprintf("%s (%s): %s. %s.", v.Name, v.ID, status, sentence(v.riskWords()))
	return s.tell(tx, ChannelVendors, fmt.Sprintf("%s/decided/%d/%d", v.ID, v.Round, v.ContentVersion), text)
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
