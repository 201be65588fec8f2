package workflows

import (
	"errors"
	"slices"
)

// welcomeIn stores what somebody has to do and gives what comes with the role
// that holds now. An event must follow.
func (s *Service) welcomeIn(tx Tx, on Onboarding, p Person) error {
	if err := s.assignDuties(tx, on, p); err != nil {
		return err
	}
	id := on.roleBefore()
	if on.Begun() {
		id = on.Role
	} else if on.PreStart == "" {
		return nil // nothing is held before the start date
	}
	role, _ := s.cat.Role(id)
	return s.giveBirthright(tx, on, p, role)
}

// settledIn says what welcomeIn stored, to the ledger and to people.
func (s *Service) settledIn(tx Tx, record string, p Person) error {
	duties, err := tx.DutiesFrom(record)
	if err != nil {
		return err
	}
	for _, d := range duties {
		if d.Kind == DutyTraining {
			if err := s.append(tx, s.dutyEvent(d, p, "training.assigned", Pending)); err != nil {
				return err
			}
		}
	}
	on, err := tx.Onboarding(record)
	if err != nil {
		return err
	}
	return errors.Join(s.managerCard(tx, on, p), s.bound(tx, p), s.finishOnboarding(tx, record))
}

// bound greets a person whom the chat system has come to know, with what waits
// for them. Greeting twice is greeting once.
func (s *Service) bound(tx Tx, p Person) error {
	if p.ChatID == "" || !p.Active || p.Stage == StageLeft {
		return nil
	}
	on, err := tx.OnboardingOf(p.ID)
	if ignoreMissing(err) != nil {
		return err
	}
	if err == nil {
		if err := s.card(tx, Card{Kind: CardNewcomer, Record: on.ID, Person: p.ID}, true); err != nil {
			return err
		}
	}
	duties, err := tx.DutiesOf(p.ID)
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(duties) { // oldest first
		if !d.Open() {
			continue
		}
		if err := s.dutyCard(tx, d, p); err != nil {
			return err
		}
	}
	return nil
}

// firstDay is what happens on the morning of the start date: the full role holds.
func (s *Service) firstDay(tx Tx, d Due) error {
	c, err := s.checklist(tx, d.Record)
	if err != nil || c.on.Begun() || c.on.State == OnboardingStopped || c.person.Stage == StageLeft {
		return err
	}
	if at := c.on.StartsOn.At(startHour, s.cat.Location); at.After(tx.Now()) {
		return tx.Schedule(Due{Kind: dueFirstDay, Record: c.record, At: at})
	}
	c.on.State, c.on.StartedAt = OnboardingStarted, tx.Now()
	c.person.Stage, c.person.RoleID = StageActive, c.on.Role
	if err := errors.Join(tx.PutOnboarding(&c.on), tx.PutPerson(&c.person)); err != nil {
		return err
	}
	if c.arrived() { // else it is given with the account
		role, _ := s.cat.Role(c.on.Role)
		if err := s.giveBirthright(tx, c.on, c.person, role); err != nil {
			return err
		}
	}
	c.until = c.on.reach(c)
	if err := s.begin(tx, &c); err != nil {
		return err
	}
	by := cause{actor: System, source: "calendar", at: d.At}
	moved := by.on(personEvent(c.person, "person.changed", "calendar", []string{"stage", "role"}))
	moved.Workflow, moved.WorkflowID = OnboardingFlow, c.record
	moved.Data["stage"], moved.Data["role"] = string(c.person.Stage), c.person.RoleID
	e := by.on(onboardingEvent(c.on, c.person, "step_done", Success))
	e.Data["step"] = "role"
	if err := errors.Join(s.append(tx, moved), s.append(tx, e)); err != nil {
		return err
	}
	if err := s.endBirthrights(tx, c.person.ID, c.on.Role, c.record); err != nil {
		return err
	}
	return errors.Join(s.greet(tx, c), s.touch(tx, c.record), s.finishOnboarding(tx, c.record))
}

// greet tells the person that today is the day.
func (s *Service) greet(tx Tx, c checklist) error {
	if c.person.ChatID == "" || !c.person.Active {
		return nil
	}
	role, _ := s.cat.Role(c.on.Role)
	text := "Welcome to " + s.cat.Organization + ", " + c.on.GivenName + ". Today is your first day as " + roleName(role, c.on.Role) +
		": what comes with your role is being given to you now. The card above says what you have, what is left to do and what you can ask for."
	return s.card(tx, Card{Kind: CardNotice, Record: c.record + "/start", Person: c.person.ID, Body: text}, true)
}

// roleName is a role's name, also where the configuration no longer has it.
func roleName(r Role, id string) string {
	if r.Name != "" {
		return r.Name
	}
	return id
}

// finishOnboarding brings a record on as far as what belongs to it is done:
// prepared before the start date, completed after it.
func (s *Service) finishOnboarding(tx Tx, record string) error {
	c, err := s.checklist(tx, record)
	if err != nil {
		return err
	}
	grants, err := tx.GrantsFrom(record)
	if err != nil {
		return err
	}
	duties, err := tx.DutiesFrom(record)
	if err != nil {
		return err
	}
	given := !slices.ContainsFunc(grants, func(g Grant) bool { return g.State != GrantHeld && !g.Ended() })
	open := slices.ContainsFunc(duties, func(d Duty) bool { return d.Open() && s.asked(d) })
	switch {
	case c.on.State == OnboardingPreparing && c.arrived() && given:
		c.on.State = OnboardingReady
		return s.reached(tx, c, "step_done", map[string]any{"step": "ready"})
	case c.on.State == OnboardingStarted && c.done() && given && !open:
		c.on.State, c.on.CompletedAt = OnboardingCompleted, tx.Now()
		return s.reached(tx, c, "completed", map[string]any{"grants": len(grants), "duties": len(duties), "started_at": stamp(c.on.StartedAt)})
	}
	return nil
}

// reached records that an onboarding got somewhere, and how long it took.
func (s *Service) reached(tx Tx, c checklist, kind string, data map[string]any) error {
	if err := tx.PutOnboarding(&c.on); err != nil {
		return err
	}
	e := onboardingEvent(c.on, c.person, kind, Success)
	e.Data["hours"] = hours(tx.Now().Sub(c.on.CreatedAt))
	for k, v := range data {
		e.Data[k] = v
	}
	return errors.Join(s.append(tx, e), s.touch(tx, c.record))
}
