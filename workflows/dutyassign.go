package workflows

import (
	"errors"
	"slices"
)

// assignDuties stores what a new person has to accept and to do, once. An event
// must follow.
func (s *Service) assignDuties(tx Tx, on Onboarding, p Person) error {
	have, err := tx.DutiesFrom(on.ID)
	if err != nil || len(have) > 0 {
		return err
	}
	from := on.StartsOn.At(startHour, s.cat.Location)
	for _, pol := range s.cat.Policies {
		d := Duty{Person: p.ID, Kind: DutyPolicy, Item: pol.ID, Record: on.ID, DueAt: from.Add(s.cat.Onboarding.AcceptWithin)}
		if _, err := s.assign(tx, d); err != nil {
			return err
		}
	}
	for _, tr := range s.cat.Trainings {
		d := Duty{Person: p.ID, Kind: DutyTraining, Item: tr.ID, Record: on.ID, DueAt: from.Add(s.cat.Onboarding.TrainWithin)}
		if _, err := s.assign(tx, d); err != nil {
			return err
		}
	}
	return nil
}

// assign stores a duty as the configuration words it now, and when it is overdue.
// An event must follow.
func (s *Service) assign(tx Tx, d Duty) (Duty, error) {
	var err error
	if d.ID, err = tx.NextID("DU"); err != nil {
		return d, err
	}
	d.AssignedAt, d.ContentVersion = tx.Now(), 1
	d.ItemVersion, d.Hash, _ = s.wording(d)
	err = errors.Join(tx.PutDuty(&d), tx.Schedule(Due{Kind: dueDuty, Record: d.ID, At: d.DueAt}))
	return d, err
}

// wording is what a duty asks for in the configuration as it is now. It is not
// there where the configuration no longer asks for it.
func (s *Service) wording(d Duty) (version, hash string, there bool) {
	if d.Kind == DutyPolicy {
		p, ok := s.cat.policy(d.Item)
		return p.Version, p.Hash, ok
	}
	t, ok := s.cat.training(d.Item)
	return t.URL, "", ok
}

// asked says whether the configuration still asks for a duty. One that it dropped
// holds nothing up.
func (s *Service) asked(d Duty) bool {
	_, _, there := s.wording(d)
	return there
}

func (c *Catalogue) policy(id string) (Policy, bool) {
	i := slices.IndexFunc(c.Policies, func(p Policy) bool { return p.ID == id })
	if i < 0 {
		return Policy{ID: id, Name: id}, false
	}
	return c.Policies[i], true
}

func (c *Catalogue) training(id string) (Training, bool) {
	i := slices.IndexFunc(c.Trainings, func(t Training) bool { return t.ID == id })
	if i < 0 {
		return Training{ID: id, Name: id}, false
	}
	return c.Trainings[i], true
}

// itemName is what people call what a duty asks for.
func (s *Service) itemName(d Duty) string {
	if d.Kind == DutyPolicy {
		p, _ := s.cat.policy(d.Item)
		return p.Name
	}
	t, _ := s.cat.training(d.Item)
	return t.Name
}

// dutyEvent is an event about a duty.
func (s *Service) dutyEvent(d Duty, p Person, kind, outcome string) Event {
	e := Event{
		Type: kind, Actor: System, Subject: refPerson(p), Target: &Ref{Kind: string(d.Kind), ID: d.Item, Name: s.itemName(d)},
		Workflow: workflowOf(d.Record), WorkflowID: d.Record, Outcome: outcome, Source: "job",
		Data: map[string]any{
			"duty": d.ID, "item": d.Item, "version": d.ItemVersion, "content_version": d.ContentVersion, "due_at": stamp(d.DueAt),
		},
	}
	if d.Hash != "" {
		e.Data["hash"] = d.Hash
	}
	return e
}

// dutyCard shows somebody what they have to do, once the chat system knows them.
func (s *Service) dutyCard(tx Tx, d Duty, p Person) error {
	if p.ChatID == "" || !p.Active {
		return nil
	}
	return s.card(tx, Card{Kind: CardDuty, Record: d.ID, Person: p.ID}, true)
}

// trainAgain asks for a training that has to be repeated.
func (s *Service) trainAgain(tx Tx, due Due) error {
	before, err := tx.Duty(due.Record)
	if err != nil {
		return err
	}
	p, err := tx.Person(before.Person)
	if err != nil || p.Stage == StageLeft || !p.Active || !s.asked(before) {
		return err
	}
	all, err := tx.DutiesOf(p.ID)
	if err != nil {
		return err
	}
	newer := func(d Duty) bool {
		return d.Kind == DutyTraining && d.Item == before.Item && d.AssignedAt.After(before.AssignedAt)
	}
	if slices.ContainsFunc(all, newer) { // asked for, and perhaps done, already
		return nil
	}
	d, err := s.assign(tx, Duty{Person: p.ID, Kind: DutyTraining, Item: before.Item, DueAt: tx.Now().Add(s.cat.Onboarding.TrainWithin)})
	if err != nil {
		return err
	}
	e := s.dutyEvent(d, p, "training.assigned", Pending)
	e.Source, e.Data["after"] = "calendar", before.ID
	return errors.Join(s.append(tx, e), s.dutyCard(tx, d, p))
}

// scheduleAgain sets when a finished training has to be repeated.
func (s *Service) scheduleAgain(tx Tx, d Duty) error {
	t, ok := s.cat.training(d.Item)
	if d.Kind != DutyTraining || !ok || t.Every <= 0 {
		return nil
	}
	return tx.Schedule(Due{Kind: dueAgain, Record: d.ID, At: d.DoneAt.Add(t.Every)})
}
