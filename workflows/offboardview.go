package workflows

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// offboardingView is the live checklist of an offboarding.
func (s *Service) offboardingView(tx Tx, card Card) (CardView, error) {
	c, err := s.checklist(tx, card.Record)
	if err != nil {
		return CardView{}, err
	}
	grants, err := tx.GrantsEndedBy(card.Record)
	if err != nil {
		return CardView{}, err
	}
	status, tone := c.offboardingStatus(s, grants)
	v := CardView{
		Record: c.record, Version: 1, Title: c.person.Shown() + " leaves", Status: status, Tone: tone,
		Text: fmt.Sprintf("%s: offboarding of %s: %s", c.record, c.person.Shown(), status),
	}
	if v.Facts, err = s.offboardingFacts(tx, c, grants); err != nil {
		return CardView{}, err
	}
	if v.Lines, err = s.stepLines(tx, c); err != nil {
		return CardView{}, err
	}
	for _, g := range grants {
		l, err := s.grantLine(tx, g, c.off)
		if err != nil {
			return CardView{}, err
		}
		v.Lines = append(v.Lines, l)
	}
	v.Notes, err = s.offboardingNotes(tx, c)
	v.Actions = c.offboardingActions(grants)
	return v, err
}

// offboardingStatus is the one line that says where it stands.
func (c checklist) offboardingStatus(s *Service, grants []Grant) (string, Tone) {
	switch c.off.State {
	case OffboardingScheduled:
		return "Scheduled", ToneWaiting
	case OffboardingFound:
		return "Closed in Google without Countersign: is this a leaver?", ToneBad
	case OffboardingSecond:
		return "Waiting for a second admin", ToneWaiting
	case OffboardingCompleted:
		return "Completed", ToneGood
	case OffboardingCancelled:
		return "Cancelled", ToneOver
	}
	over, all := 0, len(c.steps)+len(grants)
	failed := 0
	for _, st := range c.steps {
		if st.Over() {
			over++
		}
		if st.State == StepFailed {
			failed++
		}
	}
	for _, g := range grants {
		if g.Ended() {
			over++
		}
		if g.State == GrantEndFailed {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Sprintf("Failed: %s, %d of %d done", count(int64(failed), "line"), over, all), ToneBad
	}
	return fmt.Sprintf("In progress: %d of %d done", over, all), ToneWorking
}

// offboardingFacts is what was decided, and the hours against the policy.
func (s *Service) offboardingFacts(tx Tx, c checklist, grants []Grant) ([]Fact, error) {
	facts := []Fact{
		{Label: "Person", Value: Value{Text: c.person.Shown() + " (" + c.person.Email + ")"}},
		{Label: "Last working day", Value: Value{Text: c.off.LastDay.Shown()}},
	}
	name := func(label, id string) error {
		if id == "" {
			return nil
		}
		p, err := tx.Person(id)
		facts = append(facts, Fact{Label: label, Value: Value{Text: p.Shown()}})
		return err
	}
	if c.off.State == OffboardingScheduled || c.off.State == OffboardingFound {
		facts = append(facts, Fact{Label: "Begins", Value: Value{At: c.off.At}})
	}
	err := errors.Join(name("Opened by", c.off.OpenedBy), name("Told by", c.off.ToldBy), name("Second admin", c.off.SecondBy), name("Files go to", c.off.NewOwner))
	if c.off.locked() {
		facts = append(facts, Fact{Label: "Mail", Value: Value{Text: "forwarded until", At: c.off.mailUntil()}})
	}
	if !c.off.Begun() {
		return facts, err
	}
	if len(c.steps) > 0 {
		facts = append(facts, Fact{Label: "Account", Value: s.clock(c.off, c.off.ClosedAt, tx.Now(), s.cat.Offboarding.IdentityWithin, "closed")})
	}
	var gone time.Time
	if len(c.steps) == 0 || !c.off.ClosedAt.IsZero() {
		gone = allGone(c.off, grants)
	}
	return append(facts, Fact{Label: "All access", Value: s.clock(c.off, gone, tx.Now(), s.cat.Offboarding.AppsWithin, "gone")}), err
}

// mailUntil is when forwarding ends.
func (o Offboarding) mailUntil() time.Time {
	if o.StartedAt.IsZero() {
		return o.At.Add(forwardFor)
	}
	return o.StartedAt.Add(forwardFor)
}

// clock says the hours against the policy. It changes with time only at the
// deadline, when the card is drawn again.
func (s *Service) clock(off Offboarding, reached, now time.Time, within time.Duration, word string) Value {
	from, until := off.LastDay.At(24, s.cat.Location), s.deadline(off, within)
	switch {
	case reached.IsZero() && now.Before(until):
		return Value{Text: fmt.Sprintf("open, %s h allowed, until", hours(within)), At: until}
	case reached.IsZero():
		return Value{Text: fmt.Sprintf("late: still open, %s h were allowed, until", hours(within)), At: until}
	case reached.After(until):
		return Value{Text: fmt.Sprintf("%s late, %s h after the last working day; %s h were allowed", word, hours(reached.Sub(from)), hours(within))}
	}
	return Value{Text: fmt.Sprintf("%s %s h after the last working day; %s h were allowed", word, hours(reached.Sub(from)), hours(within))}
}

// offboardingNotes is the small print.
func (s *Service) offboardingNotes(tx Tx, c checklist) ([]Value, error) {
	var out []Value
	switch c.off.State {
	case OffboardingScheduled:
		out = append(out, Value{Text: c.person.First() + " hears nothing of this from me"})
	case OffboardingFound:
		out = append(out, Value{Text: "The account was suspended outside Countersign. Unless an admin says otherwise this begins by itself", At: c.off.At})
	case OffboardingSecond:
		out = append(out, Value{Text: c.person.Shown() + " is a super administrator. Somebody else than who asked has to agree: " + s.secondNames(tx, c.off)})
	case OffboardingCompleted:
		out = append(out, Value{Text: "Everything was read back. The certificate stands below"})
	}
	if c.off.Cause == "google" && c.off.State != OffboardingFound {
		out = append(out, Value{Text: "Found in Google: the account was closed there, not by Countersign"})
	}
	if c.off.Cause == "calendar" {
		out = append(out, Value{Text: "Opened because the contract ended and nobody extended it"})
	}
	return out, nil
}

// offboardingActions are the buttons of the checklist.
func (c checklist) offboardingActions(grants []Grant) []ActionView {
	who := c.person.Shown()
	switch c.off.State {
	case OffboardingScheduled:
		return []ActionView{
			{Verb: VerbStart, Label: "Start now", Style: "danger", Spoken: "Start the offboarding of " + who + " now", Confirm: "Begin now? It cannot be called back."},
			{Verb: VerbReschedule, Label: "Reschedule", Form: true, Spoken: "Reschedule the offboarding of " + who},
			{Verb: VerbCancel, Label: "Cancel offboarding", Spoken: "Cancel the offboarding of " + who, Confirm: "Cancel this offboarding?"},
		}
	case OffboardingFound:
		return []ActionView{
			{Verb: VerbStart, Label: "Start now", Style: "danger", Spoken: "Start the offboarding of " + who + " now", Confirm: "Begin now? It cannot be called back."},
			{Verb: VerbReschedule, Label: "Reschedule", Form: true, Spoken: "Reschedule the offboarding of " + who},
			{Verb: VerbCancel, Label: "Not leaving", Spoken: who + " is not leaving", Confirm: "Is " + who + " staying? Nothing is changed in Google."},
		}
	case OffboardingSecond:
		return []ActionView{
			{Verb: VerbAgree, Label: "Agree", Style: "danger", Spoken: "Agree to the offboarding of " + who, Confirm: "Close out a super administrator? It cannot be called back."},
			{Verb: VerbCancel, Label: "Cancel offboarding", Spoken: "Cancel the offboarding of " + who, Confirm: "Cancel this offboarding?"},
		}
	case OffboardingStarted:
		return c.repairs(slices.ContainsFunc(grants, func(g Grant) bool { return g.State == GrantEndFailed }))
	}
	return nil
}

// repairs are the buttons for what failed.
func (c checklist) repairs(grantFailed bool) []ActionView {
	failed, byHand := false, false
	for _, st := range c.steps {
		failed = failed || st.State == StepFailed
		byHand = byHand || st.State == StepFailed && c.def(st.Name).run == nil
	}
	var out []ActionView
	if failed || grantFailed {
		out = append(out, ActionView{Verb: VerbRetry, Label: "Retry", Style: "primary", Spoken: "Retry what failed in " + c.record})
	}
	if byHand || grantFailed && c.kind.workflow == OffboardingFlow {
		out = append(out, ActionView{Verb: VerbByHand, Label: "Mark step done", Form: true, Spoken: "Mark a failed step of " + c.record + " as done by hand"})
	}
	return out
}
