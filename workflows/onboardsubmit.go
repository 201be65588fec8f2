package workflows

import (
	"errors"
	"fmt"
	"strings"
)

// joiner is what the form says about who comes.
type joiner struct {
	person Person // with an id where the person was here before
	on     Onboarding
	boss   Person
}

// onboard takes the form: the person is stored and the work begins.
func (s *Service) onboard(tx Tx, who Person, sub Submission) (Outcome, error) {
	try := attempt{who: who, by: sub.By, workflow: OnboardingFlow, action: "submit", ref: sub.Ref}
	if no, err := s.mayOnboard(tx, who); no != nil || err != nil {
		return s.refusedOr(tx, try, no, err)
	}
	j, wrong, err := s.joinerOf(tx, sub.Values)
	if err != nil || len(wrong) > 0 {
		return invalid(wrong), err
	}
	j.on.OpenedBy, j.on.CreatedAt, j.on.State = who.ID, tx.Now(), OnboardingPreparing
	if j.on.ID, err = tx.NextID("ON"); err != nil {
		return Outcome{}, err
	}
	by := cause{actor: user(who), source: "slack", ref: sub.Ref}
	if err := s.storeJoiner(tx, &j, by); err != nil {
		return Outcome{}, err
	}
	if err := s.startOnboarding(tx, j, by); err != nil {
		return Outcome{}, err
	}
	return done(j.on.ID, fmt.Sprintf("%s: the onboarding of %s has begun. The card in the people channel shows every step.", j.on.ID, j.person.Shown())), nil
}

// joinerOf reads the form against what is stored.
func (s *Service) joinerOf(tx Tx, v map[string]string) (joiner, map[string]string, error) {
	wrong := make(map[string]string)
	j := joiner{on: Onboarding{
		GivenName: strings.TrimSpace(v[fieldFirstName]), FamilyName: strings.TrimSpace(v[fieldLastName]),
		Role: v[fieldRole], StartsOn: Day(v[fieldStarts]),
	}}
	j.on.PersonalEmail, _ = emailAddress(v[fieldPersonal])
	today := DayOf(tx.Now(), s.cat.Location)
	switch {
	case j.on.StartsOn < today:
		wrong[fieldStarts] = "The start date is past. Today is the earliest."
	case j.on.StartsOn > DayOf(tx.Now().AddDate(0, 0, 365), s.cat.Location):
		wrong[fieldStarts] = "At most 365 days ahead."
	}
	email, _ := emailAddress(v[fieldWorkEmail])
	before, problem, err := s.addressFree(tx, email, "")
	if err != nil {
		return j, nil, err
	}
	if problem != "" {
		wrong[fieldWorkEmail] = problem
	}
	if j.boss, problem, err = s.managerNamed(tx, v[fieldManager]); err != nil {
		return j, nil, err
	}
	if problem == "" && before.ID != "" && j.boss.ID == before.ID {
		problem = "Nobody manages themselves. Choose somebody else."
	}
	if problem != "" {
		wrong[fieldManager] = problem
	}
	role, _ := s.cat.Role(j.on.Role)
	j.on.PreStart, j.on.Rehire = role.PreStart, before.ID != ""
	j.person = before
	j.person.Kind, j.person.Email, j.person.Name = KindMember, email, j.on.GivenName+" "+j.on.FamilyName
	j.person.ManagerID, j.person.Terms, j.person.Stage, j.person.Active = j.boss.ID, Terms(v[fieldTerms]), StageFuture, false
	j.person.StartsOn, j.person.EndsOn, j.person.RoleID = j.on.StartsOn, Day(v[fieldEnds]), j.on.roleBefore()
	return j, wrong, nil
}

// roleBefore is the role held until the start date.
func (o Onboarding) roleBefore() string {
	if o.PreStart != "" {
		return o.PreStart
	}
	return o.Role
}

// addressFree says who had an address before and can come back with it, or what
// stands against using it. self is the person who may have it already.
func (s *Service) addressFree(tx Tx, email, self string) (Person, string, error) {
	p, err := tx.PersonByEmail(email)
	if errors.Is(err, ErrNotFound) || err == nil && p.ID == self {
		return Person{}, "", nil
	}
	if err != nil {
		return Person{}, "", err
	}
	off, err := tx.OffboardingOf(p.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Person{}, "", err
	}
	if err == nil && off.Open() {
		return Person{}, p.Shown() + ", who has this address, is being offboarded: " + off.ID + ". Wait until that is complete.", nil
	}
	on, err := tx.OnboardingOf(p.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Person{}, "", err
	}
	if err == nil && on.State != OnboardingCompleted && p.Stage != StageLeft {
		return Person{}, p.Shown() + " is being onboarded with this address: " + on.ID + ".", nil
	}
	if p.Active && p.Stage != StageLeft {
		return Person{}, p.Shown() + " has this address.", nil
	}
	return p, "", nil
}

// managerNamed finds the manager whom the form names, or says why not.
func (s *Service) managerNamed(tx Tx, chatID string) (Person, string, error) {
	p, no, err := s.clicker(tx, Clicker{ChatID: chatID})
	switch {
	case err != nil:
		return Person{}, "", err
	case no != nil && no.Rule == "unknown_person":
		return Person{}, "I do not know this person yet and am looking them up now. Please try again in a moment.", nil
	case no != nil || p.MayHold() != nil:
		return Person{}, p.Shown() + " is not active here. Choose somebody who is.", nil
	case s.accounts != nil && p.AccountID == "":
		return Person{}, p.Shown() + " has no Google account, so they cannot be anybody's manager there.", nil
	}
	return p, "", nil
}

// storeJoiner stores the person, who may have been here before.
func (s *Service) storeJoiner(tx Tx, j *joiner, by cause) (err error) {
	kind := "person.rehired"
	if j.person.ID == "" {
		kind = "person.joined"
		if j.person.ID, err = tx.NextID("P"); err != nil {
			return err
		}
	}
	j.on.Person = j.person.ID
	if err := tx.PutPerson(&j.person); err != nil {
		return err
	}
	e := by.on(personEvent(j.person, kind, "slack", nil))
	e.Workflow, e.WorkflowID, e.Data["stage"] = OnboardingFlow, j.on.ID, string(j.person.Stage)
	return errors.Join(s.append(tx, e), s.touchPast(tx, j.person))
}

// touchPast has the cards of somebody's earlier coming and going drawn again,
// which show the person as they are now.
func (s *Service) touchPast(tx Tx, p Person) error {
	on, err := tx.OnboardingOf(p.ID)
	if ignoreMissing(err) != nil {
		return err
	}
	off, err := tx.OffboardingOf(p.ID)
	if ignoreMissing(err) != nil {
		return err
	}
	return errors.Join(s.touch(tx, on.ID), s.touch(tx, off.ID), s.touch(tx, p.ID))
}

// startOnboarding stores the record with all that it begins.
func (s *Service) startOnboarding(tx Tx, j joiner, by cause) error {
	if err := tx.PutOnboarding(&j.on); err != nil {
		return err
	}
	if s.accounts != nil {
		if err := s.plan(tx, j.on.ID, onboardingPlan()); err != nil {
			return err
		}
	} else if err := s.welcomeIn(tx, j.on, j.person); err != nil {
		return err
	}
	c, err := s.checklist(tx, j.on.ID)
	if err != nil {
		return err
	}
	c.until = c.on.reach(c)
	if err := s.begin(tx, &c); err != nil {
		return err
	}
	e := by.on(onboardingEvent(j.on, j.person, "started", Pending))
	e.Data["manager"], e.Data["terms"], e.Data["steps"] = j.boss.ID, string(j.person.Terms), len(c.steps)
	if err := s.append(tx, e); err != nil {
		return err
	}
	begins := Due{Kind: dueFirstDay, Record: j.on.ID, At: j.on.StartsOn.At(startHour, s.cat.Location)}
	if err := errors.Join(tx.Schedule(begins), s.scheduleContract(tx, j.person)); err != nil {
		return err
	}
	if err := s.card(tx, Card{Kind: CardOnboarding, Record: j.on.ID, Channel: ChannelPeople}, true); err != nil {
		return err
	}
	if err := s.managerCard(tx, j.on, j.person); err != nil {
		return err
	}
	if s.accounts != nil {
		return nil
	}
	return s.settledIn(tx, j.on.ID, j.person)
}

// onboardingEvent is an event about an onboarding.
func onboardingEvent(on Onboarding, p Person, kind, outcome string) Event {
	return Event{
		Type: "onboarding." + kind, Actor: System, Subject: refPerson(p), Target: refPerson(p),
		Workflow: OnboardingFlow, WorkflowID: on.ID, Outcome: outcome, Source: "job",
		Data: map[string]any{
			"role": on.Role, "pre_start": on.PreStart, "starts_on": string(on.StartsOn), "ends_on": string(p.EndsOn), "rehire": on.Rehire,
		},
	}
}

// managerCard tells the person's manager, as the directory has them now.
func (s *Service) managerCard(tx Tx, on Onboarding, p Person) error {
	boss, err := tx.Person(p.ManagerID)
	if errors.Is(err, ErrNotFound) || err == nil && (boss.ChatID == "" || boss.MayAct() != nil) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.card(tx, Card{Kind: CardManager, Record: on.ID, Person: boss.ID}, true)
}
