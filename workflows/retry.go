package workflows

import "errors"

// retry tries a failed grant, or a failed end, again.
func (s *Service) retry(tx Tx, who Person, p Press) (Outcome, error) {
	m, err := s.matter(tx, p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	g, err := tx.GrantOf(m.r.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Outcome{}, err
	}
	if !s.mayRetry(tx, m, who) {
		return s.refused(tx, s.attempt(who, p), refuse("not_approver", "Only "+m.requester.Shown()+", those who manage "+m.app.Name+" and admins can retry this."))
	}
	switch g.State {
	case GrantEndFailed: // the end itself was decided by time; it is only tried sooner
		return done(m.r.ID, "Trying again to end it."), tx.Enqueue(Job{Kind: jobTake, Record: g.ID, Urgent: true})
	case GrantFailed:
	default:
		return already(m.r.ID, "Nothing to retry: "+m.r.ID+" has moved on."), s.touch(tx, m.r.ID)
	}
	g.State, g.Problem, g.NextStep = GrantProvisioning, "", ""
	if err := tx.PutGrant(&g); err != nil {
		return Outcome{}, err
	}
	e := s.granting(g, m.subject, "grant.started", Pending)
	e.Actor, e.Source, e.SourceRef, e.OccurredAt, e.Data["retry"] = user(who), "slack", p.Ref, p.At, true
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if err := tx.Enqueue(Job{Kind: jobGive, Record: g.ID, Urgent: true}); err != nil {
		return Outcome{}, err
	}
	return done(m.r.ID, "Trying again."), s.touch(tx, m.r.ID)
}

// mayRetry says who may set off again what was already decided: nothing new is
// granted by it.
func (s *Service) mayRetry(tx Tx, m matter, who Person) bool {
	if who.ID == m.r.Requester || who.ID == m.r.Subject {
		return true
	}
	for _, list := range [][]string{m.app.Owners, m.app.Backups, s.cat.Admins, s.cat.Security} {
		for _, email := range list {
			if p, err := tx.PersonByEmail(email); err == nil && p.ID == who.ID {
				return true
			}
		}
	}
	return false
}
