package workflows

import (
	"errors"
	"strings"
	"time"

	"countersign/provisioners"
)

// offboard takes the form: it begins at once, or at its time.
func (s *Service) offboard(tx Tx, who Person, sub Submission) (Outcome, error) {
	try := attempt{who: who, by: sub.By, workflow: OffboardingFlow, action: "submit", ref: sub.Ref}
	if no, err := s.mayOffboard(tx, who); no != nil || err != nil {
		return s.refusedOr(tx, try, no, err)
	}
	p, err := tx.Person(sub.Record)
	if errors.Is(err, ErrNotFound) {
		return s.refused(tx, try, refuse("unknown_person", "I do not know this person any more. Close this and try again."))
	}
	if err != nil {
		return Outcome{}, err
	}
	if no, err := s.mayLeave(tx, who, p); no != nil || err != nil {
		return s.refusedOr(tx, try, no, err)
	}
	off, wrong, err := s.offboardingOf(tx, p, sub.Values)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	if !strings.EqualFold(strings.TrimSpace(sub.Values[fieldConfirm]), p.Email) {
		return s.refused(tx, try, refuse("not_confirmed", "This is not "+p.First()+"'s work email. Type it exactly, so that nobody is offboarded by mistake.").on(fieldConfirm))
	}
	off.OpenedBy = who.ID
	found, err := tx.OffboardingOf(p.ID)
	switch {
	case ignoreMissing(err) != nil:
		return Outcome{}, err
	case err == nil && found.State == OffboardingFound: // it is the one that was found
		off.ID, off.Cause, off.CreatedAt, off.Version = found.ID, found.Cause, found.CreatedAt, found.Version
	default:
		off.Cause, off.CreatedAt = "slack", tx.Now()
		if off.ID, err = tx.NextID("OF"); err != nil {
			return Outcome{}, err
		}
	}
	by := cause{actor: user(who), source: "slack", ref: sub.Ref}
	if off.At.After(tx.Now()) {
		if err := s.scheduleOffboarding(tx, off, p, by); err != nil {
			return Outcome{}, err
		}
		return done(off.ID, off.ID+": "+p.Shown()+" will be offboarded on "+off.At.In(s.cat.Location).Format("2 January 2006 at 15:04")+". The card in the people channel can change or cancel that."), s.offboardingCards(tx, off, p)
	}
	if err := s.startOffboarding(tx, off, p, by); err != nil {
		return Outcome{}, err
	}
	return done(off.ID, off.ID+": offboarding "+p.Shown()+" has begun. The card in the people channel shows every step."), s.offboardingCards(tx, off, p)
}

func (s *Service) refusedOr(tx Tx, a attempt, no *Refusal, err error) (Outcome, error) {
	if err != nil {
		return Outcome{}, err
	}
	return s.refused(tx, a, no)
}

// offboardingOf reads the form.
func (s *Service) offboardingOf(tx Tx, p Person, v map[string]string) (Offboarding, map[string]string, error) {
	day, _ := ParseDay(v[fieldLastDay])
	when, _ := moment(v[fieldWhen])
	off := Offboarding{Person: p.ID, LastDay: day, Mail: provisioners.Mail(v[fieldMail]), At: tx.Now()}
	if !when.IsZero() && when.After(tx.Now()) {
		off.At = when
	}
	wrong := make(map[string]string)
	if !when.IsZero() && when.Before(tx.Now().Add(-10*time.Minute)) {
		wrong[fieldWhen] = "This is past. Choose a time to come, or leave it empty for now."
	}
	if off.At.After(tx.Now().AddDate(1, 0, 0)) {
		wrong[fieldWhen] = "At most a year ahead."
	}
	if off.LastDay > DayOf(tx.Now().AddDate(1, 0, 0), s.cat.Location) {
		wrong[fieldLastDay] = "At most a year ahead."
	}
	told, err := tx.PersonByChat(v[fieldToldBy])
	if err != nil && !errors.Is(err, ErrNotFound) {
		return off, nil, err
	}
	off.ToldBy = told.ID
	if off.ToldBy == "" {
		wrong[fieldToldBy] = "I do not know this person yet. Choose another or try again in a moment."
	}
	var problem string
	if off.NewOwner, problem, err = s.newOwner(tx, p, v[fieldNewOwner]); err != nil {
		return off, nil, err
	}
	if problem != "" {
		wrong[fieldNewOwner] = problem
	}
	return off, wrong, nil
}

// newOwner reads who takes over, by chat id, or says why it cannot be that person.
func (s *Service) newOwner(tx Tx, leaver Person, chatID string) (id, problem string, err error) {
	if chatID == "" {
		return "", "", nil
	}
	p, err := tx.PersonByChat(chatID)
	switch {
	case errors.Is(err, ErrNotFound):
		return "", "I do not know this person yet. Choose another or try again in a moment.", nil
	case err != nil:
		return "", "", err
	case p.ID == leaver.ID:
		return "", "Choose somebody else: " + leaver.First() + " leaves.", nil
	case p.MayHold() != nil:
		return "", p.MayHold().Message + " Choose somebody who is active.", nil
	case s.accounts != nil && p.AccountID == "":
		return "", p.Shown() + " has no Google account, so nothing can be transferred to them.", nil
	}
	return p.ID, "", nil
}

// cause is who or what set something off.
type cause struct {
	actor  Actor
	source string
	ref    string
	at     time.Time // the chat system's own time, or when it was due
}

func (c cause) on(e Event) Event {
	e.Actor, e.Source, e.SourceRef, e.OccurredAt = c.actor, c.source, c.ref, c.at
	return e
}

// offboardingEvent is an event about an offboarding.
func offboardingEvent(off Offboarding, p Person, kind, outcome string) Event {
	return Event{
		Type: "offboarding." + kind, Actor: System, Subject: refPerson(p), Target: refPerson(p),
		Workflow: OffboardingFlow, WorkflowID: off.ID, Outcome: outcome, Source: "job",
		Data: map[string]any{"last_working_day": string(off.LastDay), "mail": string(off.Mail), "new_owner": off.NewOwner, "told_by": off.ToldBy, "cause": off.Cause},
	}
}

// scheduleOffboarding stores one that begins later.
func (s *Service) scheduleOffboarding(tx Tx, off Offboarding, p Person, by cause) error {
	off.State = OffboardingScheduled
	if err := tx.PutOffboarding(&off); err != nil {
		return err
	}
	e := by.on(offboardingEvent(off, p, "scheduled", Pending))
	e.Data["at"] = stamp(off.At)
	return errors.Join(s.append(tx, e), tx.Schedule(Due{Kind: dueOffboard, Record: off.ID, At: off.At}))
}

// offboardingCards shows it in the people channel. While a leaver who is an admin
// still has everything in hand, only the other admins see it: the leaver reads
// that channel.
func (s *Service) offboardingCards(tx Tx, off Offboarding, p Person) error {
	if p.Stage != StageLeft {
		if in, err := s.isAdmin(tx, p); err != nil || in {
			return errors.Join(err, s.offboardingToAdmins(tx, off, p))
		}
	}
	return s.card(tx, Card{Kind: CardOffboarding, Record: off.ID, Channel: ChannelPeople}, true)
}

// offboardingToAdmins shows it to each admin but the leaver.
func (s *Service) offboardingToAdmins(tx Tx, off Offboarding, p Person) error {
	for _, email := range s.cat.Admins {
		a, err := tx.PersonByEmail(email)
		if errors.Is(err, ErrNotFound) || err == nil && (a.ID == p.ID || a.ChatID == "" || a.MayAct() != nil) {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.card(tx, Card{Kind: CardOffboarding, Record: off.ID, Person: a.ID}, true); err != nil {
			return err
		}
	}
	return nil
}
