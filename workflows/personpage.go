package workflows

import (
	"context"
	"fmt"
)

// LookPerson shows what a person has, had and has to do: to themselves, to who
// manages them and to admins. text names them as after a command; empty means
// oneself. Others are refused, and the refusal is recorded.
func (s *Service) LookPerson(ctx context.Context, by Clicker, text string) (CardView, *Refusal, error) {
	var v CardView
	var no *Refusal
	err := s.update(ctx, func(tx Tx) error {
		who, r, err := s.clicker(tx, by)
		if err != nil {
			return err
		}
		p := who
		if no = r; no == nil && text != "" {
			if p, no, err = s.whom(tx, text); err != nil {
				return err
			}
		}
		if no == nil {
			if no, err = s.maySee(tx, who, p); err != nil {
				return err
			}
		}
		if no != nil {
			_, err := s.refused(tx, attempt{who: who, by: by, workflow: AccessRequest, action: "person"}, no)
			return err
		}
		v, err = s.personView(tx, p, who)
		return err
	})
	return v, no, err
}

// maySee says why somebody may not see another's page.
func (s *Service) maySee(tx Tx, who, p Person) (*Refusal, error) {
	if who.ID == p.ID || p.ManagerID == who.ID {
		return nil, nil
	}
	admin, err := s.isAdmin(tx, who)
	if err != nil || admin {
		return nil, err
	}
	return refuse("not_concerned", "You can see your own page and those of your direct reports. Admins can see everybody's."), nil
}

// personView is a person's page for who looks at it. Nobody learns from it that
// they are to be offboarded.
func (s *Service) personView(tx Tx, p, who Person) (CardView, error) {
	v := CardView{Record: p.ID, Title: p.Shown(), Text: "Access of " + p.Shown()}
	v.Status, v.Tone = p.standing()
	add := func(label, text string) {
		if text != "" {
			v.Facts = append(v.Facts, Fact{Label: label, Value: Value{Text: text}})
		}
	}
	add("Work email", p.Email)
	role, _ := s.cat.Role(p.RoleID)
	add("Role", role.Name)
	add("Employment", p.Terms.Shown())
	if p.ManagerID != "" {
		boss, err := tx.Person(p.ManagerID)
		if err != nil {
			return v, err
		}
		add("Manager", boss.Shown())
	}
	if p.StartsOn != "" {
		add("First day", p.StartsOn.Shown())
	}
	if p.EndsOn != "" {
		add("Last day", p.EndsOn.Shown())
	}
	off, err := tx.OffboardingOf(p.ID)
	if err == nil && (who.ID != p.ID || off.Begun()) {
		add("Offboarding", off.ID+", "+string(off.State))
	} else if ignoreMissing(err) != nil {
		return v, err
	}
	grants, err := tx.GrantsOf(p.ID, manyGrants)
	if err != nil {
		return v, err
	}
	now := 0
	for _, g := range grants {
		l, err := s.grantLine(tx, g, off)
		if err != nil {
			return v, err
		}
		if g.Ended() {
			l.Tone, l.Note = ToneOver, "ended, "+l.Note
		} else {
			now++
		}
		l.Note += " (" + g.Record + ")"
		v.Lines = append(v.Lines, l)
	}
	duties, err := s.dutyLines(tx, p)
	v.Lines = append(v.Lines, duties...)
	v.Notes = []Value{{Text: fmt.Sprintf("%s of access now, %s ended", count(int64(now), "line"), count(int64(len(grants)-now), "line"))}}
	return v, err
}

// standing says where a person is between contract and departure.
func (p Person) standing() (string, Tone) {
	switch {
	case p.Stage == StageLeft:
		return "Left", ToneOver
	case p.Stage == StageFuture:
		return "Not yet started", ToneWaiting
	case !p.Active:
		return "Not active", ToneBad
	}
	return "Active", ToneGood
}

// dutyLines draws what a person accepted, did or still has to.
func (s *Service) dutyLines(tx Tx, p Person) ([]Line, error) {
	duties, err := tx.DutiesOf(p.ID)
	var out []Line
	for _, d := range duties {
		out = append(out, s.dutyLine(d))
	}
	return out, err
}
