package workflows

import (
	"errors"
	"strconv"
)

// passOn gives what others were to hand over to a leaver to somebody else: to
// whom the leaver's own things go, else to who manages the leaver.
func (s *Service) passOn(tx Tx, mine Offboarding, p Person) error {
	open, err := tx.OpenOffboardings()
	if err != nil {
		return err
	}
	for _, off := range open {
		if off.NewOwner != p.ID || off.ID == mine.ID {
			continue
		}
		leaver, err := tx.Person(off.Person)
		if err != nil {
			return err
		}
		if off.NewOwner, err = s.heir(tx, off, mine.NewOwner, p.ManagerID); err != nil {
			return err
		}
		if err := tx.PutOffboarding(&off); err != nil {
			return err
		}
		e := offboardingEvent(off, leaver, "started", Pending)
		if !off.Begun() {
			e.Type, e.Data["at"] = "offboarding.scheduled", stamp(off.At)
		}
		e.Data["because"] = "who was to take over leaves: " + mine.ID
		text := off.ID + ": what " + leaver.Shown() + " leaves behind was to go to " + p.Shown() + ", who leaves as well. The card says to whom it goes now; Reschedule can change it until it begins."
		if err := errors.Join(s.append(tx, e), s.warn(tx, off.ID+"/heir/"+mine.ID, text, s.adminsBut(leaver)), s.touch(tx, off.ID)); err != nil {
			return err
		}
	}
	return nil
}

// heir returns the first of some people who can take over, or nobody.
func (s *Service) heir(tx Tx, off Offboarding, people ...string) (string, error) {
	for _, id := range people {
		p, err := tx.Person(id)
		if ignoreMissing(err) != nil {
			return "", err
		}
		if err == nil && p.ID != off.Person && p.MayHold() == nil && (s.accounts == nil || p.AccountID != "") {
			return p.ID, nil
		}
	}
	return "", nil
}

// rescheduleForm asks for another time, and who takes over.
func (s *Service) rescheduleForm(tx Tx, f Form) (Form, error) {
	off, err := tx.Offboarding(f.Record)
	if err != nil {
		return Form{}, err
	}
	owner := Field{ID: fieldNewOwner, Label: "Transfer files to", Kind: FieldPerson, Optional: true}
	if p, err := tx.Person(off.NewOwner); err == nil {
		owner.Value = p.ChatID
	} else if ignoreMissing(err) != nil {
		return Form{}, err
	}
	f.Title, f.Submit = "Reschedule", "Reschedule"
	f.Fields = []Field{
		{ID: fieldLastDay, Label: "Last working day", Kind: FieldDay, Value: string(off.LastDay), Hint: "The policy's hours count from its end."},
		{ID: fieldWhen, Label: "When", Kind: FieldMoment, Value: strconv.FormatInt(off.At.Unix(), 10)},
		owner,
	}
	return f, nil
}
