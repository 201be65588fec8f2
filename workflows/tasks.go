package workflows

import (
	"context"
	"errors"
	"strings"

	"countersign/provisioners"
)

// askByHand turns a change that no machine can make into a task for the people
// who manage the app.
func (s *Service) askByHand(ctx context.Context, j Job, g Grant, instruction string, give bool) error {
	return s.update(ctx, func(tx Tx) error {
		g, err := tx.Grant(g.ID)
		if err != nil {
			return err
		}
		wants := g.State == GrantProvisioning
		if !give {
			wants = g.State == GrantEnding || g.State == GrantEndFailed
		}
		if !wants {
			return tx.Complete(j)
		}
		id, err := tx.NextID("TK")
		if err != nil {
			return err
		}
		t := Task{ID: id, GrantID: g.ID, Record: g.Record, Give: give, Instruction: instruction}
		g.State = GrantByHand
		if !give {
			g.State = GrantEndByHand
		}
		if err := errors.Join(tx.PutTask(&t), tx.PutGrant(&g)); err != nil {
			return err
		}
		holder, err := tx.Person(g.Person)
		if err != nil {
			return err
		}
		e := s.granting(g, holder, "task.created", Pending)
		e.Target, e.Data["task"], e.Data["give"] = refRecord("task", t.ID), t.ID, give
		if err := s.append(tx, e); err != nil {
			return err
		}
		doers, err := s.doers(tx, g)
		if err != nil {
			return err
		}
		for _, p := range doers {
			if err := s.card(tx, Card{Kind: CardTask, Record: t.ID, Person: p.ID}, true); err != nil {
				return err
			}
		}
		return errors.Join(s.touchBoth(tx, g), tx.Complete(j))
	})
}

// doers returns who makes a grant's change by hand: the app's owners, else its
// backups, else admins. Nobody does it for themselves while somebody else can.
func (s *Service) doers(tx Tx, g Grant) ([]Person, error) {
	app, ok := s.cat.App(g.App)
	if !ok {
		app = App{ID: g.App, Name: g.App}
	}
	var self []Person
	for _, emails := range [][]string{app.Owners, app.Backups, s.cat.Admins} {
		var out []Person
		for _, e := range emails {
			p, err := tx.PersonByEmail(e)
			if errors.Is(err, ErrNotFound) || err == nil && (p.MayAct() != nil || p.ChatID == "") {
				continue
			}
			if err != nil {
				return nil, err
			}
			if p.ID == g.Person {
				self = append(self, p)
				continue
			}
			out = append(out, p)
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return self, nil
}

// taskDone takes a person's word that a change was made by hand.
func (s *Service) taskDone(tx Tx, who Person, p Press) (Outcome, error) {
	note := strings.TrimSpace(p.Values[fieldNote])
	if note == "" {
		return invalid(map[string]string{fieldNote: "Say what you did, or paste a link that shows it."}), nil
	}
	t, err := tx.Task(p.Record)
	if err != nil {
		return s.unknown(tx, who, p, err)
	}
	g, err := tx.Grant(t.GrantID)
	if err != nil {
		return Outcome{}, err
	}
	doers, err := s.doers(tx, g)
	if err != nil {
		return Outcome{}, err
	}
	if t.Done && t.DoneBy == who.ID {
		return already(t.ID, "Already done: you marked this as done."), nil
	}
	if t.Done {
		return s.refused(tx, s.attempt(who, p), refuse("already_done", "Somebody else marked this as done already."))
	}
	var names []string
	allowed := false
	for _, d := range doers {
		names = append(names, d.Shown())
		allowed = allowed || d.ID == who.ID
	}
	if !allowed {
		return s.refused(tx, s.attempt(who, p), refuse("not_owner", "Only those who manage the app can say that this is done: "+list(names, "or")+"."))
	}
	if !t.waits(g) {
		return s.refused(tx, s.attempt(who, p), refuse("too_late", "Its time is up, so please do not do this any more. If you did, undo it and mark that task done."))
	}
	return s.confirmed(tx, who, p, t, g, note)
}

// confirmed records a person's word and what it means for the grant.
func (s *Service) confirmed(tx Tx, who Person, p Press, t Task, g Grant, note string) (Outcome, error) {
	holder, err := tx.Person(g.Person)
	if err != nil {
		return Outcome{}, err
	}
	t.Done, t.DoneBy, t.Note = true, who.ID, note
	if err := tx.PutTask(&t); err != nil {
		return Outcome{}, err
	}
	e := s.granting(g, holder, "grant.confirmed_manual", Success)
	e.Actor, e.Source, e.SourceRef = user(who), "slack", p.Ref
	e.Reason = &Personal{Owner: t.ID, Field: "note", Value: note}
	e.Data["task"], e.Data["machine_checked"], e.Data["give"] = t.ID, false, t.Give
	if t.Give && g.State == GrantByHand {
		g = g.held(tx.Now())
		g.ConfirmedBy = who.ID
		if err := errors.Join(tx.PutGrant(&g), scheduleEnd(tx, g)); err != nil {
			return Outcome{}, err
		}
		if !g.EndsAt.IsZero() {
			e.Data["ends_at"] = stamp(g.EndsAt)
		}
	}
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	if !t.Give && g.State == GrantEndByHand {
		said := provisioners.Observation{Source: "person", At: tx.Now()}
		if err := s.expired(tx, g, "", &said); err != nil {
			return Outcome{}, err
		}
	}
	return done(t.ID, "Marked as done."), errors.Join(s.touch(tx, t.ID), s.moved(tx, g))
}
