package workflows

import (
	"fmt"
	"strings"
)

// matter is a request with everything needed to decide on it, read inside the
// deciding transaction.
type matter struct {
	r         Request
	app       App
	level     Level
	requester Person
	subject   Person
	panel     Panel
	decisions []Decision
	given     []Decision // approvals of the content as it is now
	deciders  map[string]Person
	gone      bool // the configuration no longer has the level
}

// matter reads a request and works out who may decide on it now.
func (s *Service) matter(tx Tx, id string) (matter, error) {
	r, err := tx.Request(id)
	if err != nil {
		return matter{}, err
	}
	m := matter{r: r}
	var known bool
	if m.app, m.level, known = s.cat.Level(r.App, r.Level); !known {
		m.app, m.level = s.gone(r)
	}
	m.gone = !known
	m.r.Steps = max(m.r.Steps, steps(m.level)) // a level that became privileged needs two
	if m.requester, err = tx.Person(r.Requester); err != nil {
		return matter{}, err
	}
	if m.subject, err = tx.Person(r.Subject); err != nil {
		return matter{}, err
	}
	if m.decisions, err = tx.Decisions(id); err != nil {
		return matter{}, err
	}
	m.given = r.approvals(m.decisions)
	m.deciders = make(map[string]Person)
	for _, d := range m.decisions {
		if m.deciders[d.By], err = tx.Person(d.By); err != nil {
			return matter{}, err
		}
	}
	m.panel, err = panel(s.cat, tx.PersonByEmail, m.r, m.app, m.level)
	return m, err
}

// gone stands in for an app or level that the configuration no longer has, so
// that old records can still be read.
func (s *Service) gone(r Request) (App, Level) {
	app, ok := s.cat.App(r.App)
	if !ok {
		app = App{ID: r.App, Name: r.App}
	}
	return app, Level{ID: r.Level, Name: r.Level, Privileged: r.Steps > 1}
}

// deciding reads the request behind a press and says why this person cannot
// decide on it, if so. An outcome that is not zero is the answer.
func (s *Service) deciding(tx Tx, who Person, p Press, verdict Verdict) (matter, Outcome, error) {
	m, err := s.matter(tx, p.Record)
	if err != nil {
		out, err := s.unknown(tx, who, p, err)
		return m, out, err
	}
	if again, ok := m.repeated(who, p, verdict); ok {
		return m, again, nil
	}
	if no := m.mayDecide(tx, who, p); no != nil {
		out, err := s.refused(tx, s.attempt(who, p), no)
		return m, out, err
	}
	if verdict != VerdictApprove {
		return m, Outcome{}, nil
	}
	no, err := s.closedByVendor(tx, m.app)
	if no == nil || err != nil {
		return m, Outcome{}, err
	}
	out, err := s.refused(tx, s.attempt(who, p), no)
	return m, out, err
}

// repeated answers somebody who decides the same thing a second time.
func (m matter) repeated(who Person, p Press, verdict Verdict) (Outcome, bool) {
	for _, d := range m.decisions {
		if d.By != who.ID || d.Verdict != verdict || d.ContentVersion != m.r.ContentVersion {
			continue
		}
		if m.r.State == RequestWaiting && m.twoHats(who) {
			return Outcome{}, false
		}
		word := map[Verdict]string{VerdictApprove: "approved", VerdictDeny: "denied"}[verdict]
		msg := fmt.Sprintf("Already done: you %s %s.", word, m.r.ID)
		if m.r.State == RequestWaiting {
			msg += " It waits for a second, different person."
		}
		return already(m.r.ID, msg), true
	}
	return Outcome{}, false
}

// twoHats says whether a person who approved could also be asked for the other
// approval.
func (m matter) twoHats(who Person) bool {
	_, res := find(m.panel.Resource, who.ID)
	_, sec := find(m.panel.Second, who.ID)
	return res && sec
}

// mayDecide is the rules of surface 4.1 and 4.3, checked when it counts.
func (m matter) mayDecide(tx Tx, who Person, p Press) *Refusal {
	switch {
	case who.ID == m.r.Requester:
		return refuse("not_independent", "You asked for this yourself, so somebody else must decide: "+m.others()+".")
	case who.ID == m.r.Subject:
		return refuse("not_independent", "This is for you, so somebody else must decide: "+m.others()+".")
	case m.r.State != RequestWaiting:
		return refuse("already_decided", m.verdict())
	case !tx.Now().Before(m.r.LapsesAt): // the calendar has not come to it yet
		m.r.State = RequestLapsed
		return refuse("already_decided", m.verdict())
	case who.Hold != "":
		return refuse("identity_hold", "You cannot decide for now: "+who.Hold+". An admin has been asked to confirm that it is you.")
	case p.Version != m.r.ContentVersion:
		return refuse("content_changed", "The request changed after this card was drawn. Look at it again: it now asks for "+m.what()+".")
	}
	if p.Verb != VerbDeny {
		if no := m.mayBeGiven(p.Verb); no != nil {
			return no
		}
	}
	for _, d := range m.given {
		if d.By == who.ID {
			return refuse("two_people", "You gave the first approval. "+m.level.Name+" of "+m.app.Name+" is privileged and needs a second, different person: "+m.others()+".")
		}
	}
	if _, place := m.panel.seat(who.ID, m.given, m.r.Steps); place == slotNone {
		return m.stranger(tx, who)
	}
	return nil
}

// mayBeGiven says why what is asked for cannot be approved as things stand now,
// whoever does it. It can still be denied.
func (m matter) mayBeGiven(verb Verb) *Refusal {
	switch {
	case m.app.Closed:
		return refuse("not_offered", m.app.Name+" is not used any more, or waits to be approved again: its vendor's card says more. Deny this.")
	case m.gone:
		return refuse("not_offered", m.what()+" is no longer offered. Deny this, and "+m.requester.First()+" can ask for something else.")
	case verb == VerbApprove && m.r.Duration > m.level.Longest():
		return refuse("not_offered", fmt.Sprintf("%s of %s can now be had for %s at most. Press Grant less, or deny this.", m.level.Name, m.app.Name, Words(m.level.Longest())))
	case m.requester.MayAct() != nil:
		return refuse("not_active", m.requester.Shown()+", who asked, is no longer active here. Deny this.")
	}
	if no := m.subject.MayHold(); no != nil {
		return refuse(no.Rule, no.Message+" Deny this.")
	}
	return nil
}

// stranger says no to somebody who may not decide, and whether they once might.
func (m matter) stranger(tx Tx, who Person) *Refusal {
	cards, err := tx.Cards(m.r.ID)
	for _, c := range cards {
		if err == nil && c.Kind == CardApprover && c.Person == who.ID {
			if _, asked := find(m.panel.All(), who.ID); asked {
				return refuse("step_taken", "Your part is already decided. It now waits for "+m.others()+".")
			}
			return refuse("no_longer_approver", "You no longer decide on "+m.app.Name+": who manages it changed. It waits for "+m.others()+".")
		}
	}
	return refuse("not_approver", "Only those who manage "+m.app.Name+" can decide on this: "+m.others()+".")
}

// others names who can still decide.
func (m matter) others() string {
	var out []string
	for _, a := range m.panel.All() {
		if others([]Approver{a}, "", m.given) {
			out = append(out, a.Person.Shown())
		}
	}
	if len(out) == 0 {
		return "an admin can name somebody"
	}
	return list(out, "or")
}

// what says what is asked for.
func (m matter) what() string {
	return fmt.Sprintf("%s · %s for %s", m.app.Name, m.level.Name, Words(m.r.Duration))
}

// verdict says how a request ended and through whom.
func (m matter) verdict() string {
	switch m.r.State {
	case RequestWithdrawn:
		return m.r.ID + ": " + m.withdrawal() + "."
	case RequestLapsed:
		return m.r.ID + " lapsed because nobody decided in time. " + m.requester.First() + " can ask again."
	case RequestDenied:
		return m.r.ID + " was already denied by " + m.by(VerdictDeny) + "."
	}
	return m.r.ID + " was already approved by " + m.by(VerdictApprove) + "."
}

// withdrawal says why a request was taken back.
func (m matter) withdrawal() string {
	for _, p := range []Person{m.subject, m.requester} {
		if p.Stage == StageLeft {
			return "Closed because " + p.Shown() + " left"
		}
	}
	return "Withdrawn by " + m.requester.Shown()
}

// by names who gave a verdict.
func (m matter) by(v Verdict) string {
	var out []string
	for _, d := range m.decisions {
		if d.Verdict == v && (v == VerdictDeny || d.ContentVersion == m.r.ContentVersion) {
			out = append(out, m.deciders[d.By].Shown())
		}
	}
	return list(out, "and")
}

func nobodyLeft(a App, l Level) *Refusal {
	who := "nobody independent of you who could decide"
	if l.Privileged {
		who = "not enough independent people to decide (privileged access needs two)"
	}
	return refuse("no_independent_approver", fmt.Sprintf("For %s · %s there is %s. An admin can name another owner or backup in the configuration.", a.Name, l.Name, who))
}

// approve gives one approval.
func (s *Service) approve(tx Tx, who Person, p Press) (Outcome, error) {
	m, out, err := s.deciding(tx, who, p, VerdictApprove)
	if err != nil || out.Kind != "" {
		return out, err
	}
	return s.approved(tx, who, p, m)
}

// approved records an approval that was found allowed, and grants when it was
// the last one needed.
func (s *Service) approved(tx Tx, who Person, p Press, m matter) (Outcome, error) {
	seat, place := m.panel.seat(who.ID, m.given, m.r.Steps)
	d := Decision{
		ID: fmt.Sprintf("%s/%d", m.r.ID, len(m.decisions)+1), RequestID: m.r.ID, Step: len(m.given) + 1, By: who.ID,
		Basis: seat.Basis, Seat: place, Verdict: VerdictApprove, ContentVersion: m.r.ContentVersion, At: tx.Now(),
	}
	given := append(m.given[:len(m.given):len(m.given)], d)
	if len(given) < m.r.Steps && !m.panel.open(given, m.r.Steps) {
		return s.refused(tx, s.attempt(who, p), nobodyLeft(m.app, m.level))
	}
	m.r = m.r.approve(len(m.given), tx.Now())
	if err := tx.AddDecision(d); err != nil {
		return Outcome{}, err
	}
	if err := tx.PutRequest(&m.r); err != nil {
		return Outcome{}, err
	}
	var g Grant
	if m.r.State == RequestApproved {
		var err error
		if g, err = s.newGrant(tx, m); err != nil {
			return Outcome{}, err
		}
	}
	if err := s.append(tx, s.decided(m, who, d, p)); err != nil {
		return Outcome{}, err
	}
	if m.r.State == RequestApproved {
		if err := s.startGrant(tx, g); err != nil {
			return Outcome{}, err
		}
		if err := tx.Unschedule(dueLapse, m.r.ID); err != nil {
			return Outcome{}, err
		}
		return done(m.r.ID, "Approved "+m.r.ID+": "+m.what()+" for "+m.subject.Shown()+"."), s.touch(tx, m.r.ID)
	}
	m.given = given
	return done(m.r.ID, fmt.Sprintf("Approved %s (%d of %d). It now waits for %s.", m.r.ID, len(given), m.r.Steps, m.others())), s.touch(tx, m.r.ID)
}

// deny ends a request with a reason.
func (s *Service) deny(tx Tx, who Person, p Press) (Outcome, error) {
	reason := strings.TrimSpace(p.Values[fieldWhy])
	if reason == "" {
		return invalid(map[string]string{fieldWhy: "Say why. The requester and the auditor read this."}), nil
	}
	m, out, err := s.deciding(tx, who, p, VerdictDeny)
	if err != nil || out.Kind != "" {
		return out, err
	}
	seat, place := m.panel.seat(who.ID, m.given, m.r.Steps)
	d := Decision{
		ID: fmt.Sprintf("%s/%d", m.r.ID, len(m.decisions)+1), RequestID: m.r.ID, Step: len(m.given) + 1, By: who.ID,
		Basis: seat.Basis, Seat: place, Verdict: VerdictDeny, Reason: reason, ContentVersion: m.r.ContentVersion, At: tx.Now(),
	}
	if err := tx.AddDecision(d); err != nil {
		return Outcome{}, err
	}
	return s.close(tx, m, RequestDenied, s.decided(m, who, d, p))
}

// withdraw takes a request back.
func (s *Service) withdraw(tx Tx, who Person, p Press) (Outcome, error) {
	m, err := s.matter(tx, p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	switch {
	case m.r.State == RequestWithdrawn && who.ID == m.r.Requester:
		return already(m.r.ID, "Already done: you withdrew "+m.r.ID+"."), nil
	case who.ID != m.r.Requester:
		return s.refused(tx, s.attempt(who, p), refuse("not_requester", "Only "+m.requester.Shown()+", who asked, can withdraw this. If you may decide on it, deny it."))
	case m.r.State != RequestWaiting:
		return s.refused(tx, s.attempt(who, p), refuse("already_decided", m.verdict()+" It can no longer be withdrawn."))
	}
	e := s.about(m.r, who, m.subject, m.app, m.level, "access_request.withdrawn", p.Ref)
	e.OccurredAt = p.At
	return s.close(tx, m, RequestWithdrawn, e)
}

// lapse ends a request that nobody decided in time.
func (s *Service) lapse(tx Tx, d Due) error {
	m, err := s.matter(tx, d.Record)
	if err != nil || m.r.State != RequestWaiting {
		return err
	}
	e := s.about(m.r, Person{}, m.subject, m.app, m.level, "access_request.lapsed", "")
	e.Actor, e.Source, e.OccurredAt = System, "calendar", d.At
	_, err = s.close(tx, m, RequestLapsed, e)
	return err
}

// close ends a waiting request without a grant.
func (s *Service) close(tx Tx, m matter, state RequestState, e Event) (Outcome, error) {
	m.r = m.r.end(state, tx.Now())
	if err := tx.PutRequest(&m.r); err != nil {
		return Outcome{}, err
	}
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if err := tx.Unschedule(dueLapse, m.r.ID); err != nil {
		return Outcome{}, err
	}
	word := map[RequestState]string{RequestDenied: "Denied", RequestWithdrawn: "Withdrew", RequestLapsed: "Lapsed"}[state]
	return done(m.r.ID, word+" "+m.r.ID+"."), s.touch(tx, m.r.ID)
}

// about is an event about a request, with what it asks for.
func (s *Service) about(r Request, who, subject Person, a App, l Level, kind, ref string) Event {
	e := Event{
		Type: kind, Actor: user(who), Subject: refPerson(subject), Target: refLevel(a, l),
		Workflow: AccessRequest, WorkflowID: r.ID, Source: "slack", SourceRef: ref,
		Data: map[string]any{
			"app": a.ID, "level": l.ID, "duration": short(r.Duration), "content_version": r.ContentVersion,
			"privileged": l.Privileged, "in_scope": a.InScope, "in_role": s.cat.InRole(subject.RoleID, a.ID, l.ID),
			"requester_is": "subject", "steps": r.Steps,
		},
	}
	if r.Requester != r.Subject {
		e.Data["requester_is"] = "manager"
		e.OnBehalfOf = refPerson(subject)
	}
	return e
}

// decided is the event of a decision, with everything that held at that moment.
func (s *Service) decided(m matter, who Person, d Decision, p Press) Event {
	e := s.about(m.r, who, m.subject, m.app, m.level, "access_request.approved", p.Ref)
	e.OccurredAt = p.At
	e.Decision, e.OnBehalfOf = string(d.Verdict), nil
	e.Data["step"], e.Data["approver_basis"], e.Data["proof"] = d.Step, string(d.Basis), "slack"
	if d.Verdict == VerdictDeny {
		e.Type, e.Reason = "access_request.denied", &Personal{Owner: d.ID, Field: "reason", Value: d.Reason}
	}
	return e
}

func justification(r Request) *Personal {
	return &Personal{Owner: r.ID, Field: "justification", Value: r.Justification}
}
