package workflows

import "errors"

// stepLines draws the steps of a checklist.
func (s *Service) stepLines(tx Tx, c checklist) ([]Line, error) {
	var out []Line
	for _, st := range c.steps {
		l := Line{Text: c.def(st.Name).label}
		switch st.State {
		case StepWaiting:
			l.Tone = ToneOver
		case StepRunning:
			l.Tone, l.Note = ToneWorking, "in progress"
			if st.Name == stepFiles {
				l.Note = "Google is transferring them"
			}
		case StepDone:
			l.Tone, l.Note, l.At = ToneGood, st.Seen, st.DoneAt
			if c.def(st.Name).unseen && st.Seen != nothingThere {
				l.Note = "confirmed by Google, which shows none"
			}
		case StepByHand:
			by, err := tx.Person(st.DoneBy)
			if err != nil {
				return nil, err
			}
			l.Tone, l.Note, l.At = ToneGood, "confirmed by "+by.Shown()+", not machine-checked: "+st.Note, st.DoneAt
		case StepFailed:
			l.Tone, l.Note = ToneBad, st.Problem+". "+st.NextStep
		}
		out = append(out, l)
	}
	return out, nil
}

// grantLine draws access that a checklist gives or takes away.
func (s *Service) grantLine(tx Tx, g Grant, off Offboarding) (Line, error) {
	app, level := s.labels(g)
	l := Line{Text: app.Name + " · " + level.Name}
	switch g.State {
	case GrantApproved, GrantProvisioning:
		l.Tone, l.Note = ToneWorking, "being given"
	case GrantHeld:
		l.Tone, l.Note, l.At = ToneGood, "given, read back", g.StartsAt
		if g.ConfirmedBy != "" {
			by, err := tx.Person(g.ConfirmedBy)
			if err != nil {
				return l, err
			}
			l.Note = "given, confirmed by " + by.Shown() + ", not machine-checked"
		}
	case GrantByHand, GrantEndByHand:
		return s.handLine(tx, g, l)
	case GrantEnding:
		l.Tone, l.Note = ToneWorking, "being taken away"
		if g.Provisioner == ByHand && off.ID != "" {
			l.Note = "ends with the Google account"
		}
	case GrantFailed, GrantEndFailed:
		l.Tone, l.Note = ToneBad, g.Problem+". "+g.NextStep
	case GrantExpired, GrantRevoked:
		how, err := s.grantEnd(tx, g, off)
		l.Tone, l.Note, l.At = ToneGood, how, g.EndsAt
		return l, err
	}
	return l, nil
}

// handLine says who has to do it.
func (s *Service) handLine(tx Tx, g Grant, l Line) (Line, error) {
	doers, err := s.doers(tx, g)
	var names []string
	for _, p := range doers {
		names = append(names, p.Shown())
	}
	l.Tone, l.Note = ToneWaiting, "by hand: waiting for "+list(names, "or")
	return l, err
}

// lastTask returns the newest task of a grant; the zero one where it has none.
func lastTask(tx Tx, g Grant) (Task, error) {
	t, err := tx.TaskOf(g.ID)
	if errors.Is(err, ErrNotFound) {
		return Task{}, nil
	}
	return t, err
}
