package workflows

import (
	"errors"
	"slices"
)

// resumeJoiners sets the work and the moments of joiners going again, and those of
// duties and contracts.
func (s *Service) resumeJoiners(tx Tx) error {
	open, err := tx.OpenOnboardings()
	if err != nil {
		return err
	}
	for _, on := range open {
		if !on.Begun() {
			err = tx.Schedule(Due{Kind: dueFirstDay, Record: on.ID, At: on.StartsOn.At(startHour, s.cat.Location)})
		}
		if err := errors.Join(err, s.resumeSteps(tx, on.ID)); err != nil {
			return err
		}
	}
	duties, err := tx.OpenDuties()
	if err != nil {
		return err
	}
	for _, d := range duties {
		if !d.OverdueAt.IsZero() {
			continue
		}
		if err := tx.Schedule(Due{Kind: dueDuty, Record: d.ID, At: d.DueAt}); err != nil {
			return err
		}
	}
	people, err := tx.People()
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Stage == StageLeft || p.Kind != KindMember {
			continue
		}
		if err := errors.Join(s.scheduleContract(tx, p), s.resumeTrainings(tx, p)); err != nil {
			return err
		}
	}
	return nil
}

// resumeTrainings sets when a person has to repeat what they did.
func (s *Service) resumeTrainings(tx Tx, p Person) error {
	all, err := tx.DutiesOf(p.ID)
	if err != nil {
		return err
	}
	seen := make(map[string]bool) // trainings, by the newest duty of each
	for _, d := range all {
		if d.Kind != DutyTraining || seen[d.Item] {
			continue
		}
		seen[d.Item] = true
		if d.Open() {
			continue
		}
		if err := s.scheduleAgain(tx, d); err != nil {
			return err
		}
	}
	return nil
}

// reaskJoiners brings the cards about joiners and contracts up to who manages
// them now. With nobody given, every open one is drawn again.
func (s *Service) reaskJoiners(tx Tx, changed []Person) error {
	open, err := tx.OpenOnboardings()
	if err != nil {
		return err
	}
	for _, on := range open {
		p, err := tx.Person(on.Person)
		if err != nil {
			return err
		}
		about := func(c Person) bool { return c.ID == p.ID || c.ID == p.ManagerID || c.ID == on.OpenedBy }
		if len(changed) > 0 && !slices.ContainsFunc(changed, about) {
			continue
		}
		if p.Stage != StageLeft {
			err = s.managerCard(tx, on, p)
		}
		if err := errors.Join(err, s.touch(tx, on.ID)); err != nil {
			return err
		}
	}
	for _, p := range changed {
		if err := s.redrawPerson(tx, p); err != nil {
			return err
		}
	}
	return s.reaskSponsors(tx, changed)
}

// redrawPerson has the cards about a person's contract and coming drawn again.
func (s *Service) redrawPerson(tx Tx, p Person) error {
	on, err := tx.OnboardingOf(p.ID)
	if err == nil {
		err = s.touch(tx, on.ID)
	}
	if ignoreMissing(err) != nil || p.EndsOn == "" {
		return ignoreMissing(err)
	}
	return s.touch(tx, p.ID)
}
