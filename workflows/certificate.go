package workflows

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// finishOffboarding completes an offboarding when every step is over and all
// access is gone, and posts its certificate.
func (s *Service) finishOffboarding(tx Tx, record string) error {
	c, err := s.checklist(tx, record)
	if err != nil || c.off.State != OffboardingStarted || !c.done() {
		return err
	}
	grants, err := tx.GrantsEndedBy(record)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if !g.Ended() {
			return nil
		}
	}
	c.off.State, c.off.CompletedAt = OffboardingCompleted, tx.Now()
	if err := tx.PutOffboarding(&c.off); err != nil {
		return err
	}
	e := offboardingEvent(c.off, c.person, "completed", Success)
	s.measure(c.off, grants, e.Data)
	if err := s.append(tx, e); err != nil {
		return err
	}
	text, err := s.certificate(tx, c, grants)
	if err != nil {
		return err
	}
	post := Card{
		Kind: CardNotice, Record: record + "/certificate", Channel: ChannelPeople, Pre: text,
		Body: record + ": the offboarding of " + c.person.Shown() + " is complete. Certificate:",
	}
	return errors.Join(s.card(tx, post, false), tx.Unschedule(dueAccountLate, record), tx.Unschedule(dueOffboardLate, record), tx.Unschedule(dueMailEnds, record), s.touch(tx, record))
}

// measure adds how long it took against the policy.
func (s *Service) measure(off Offboarding, grants []Grant, data map[string]any) {
	from, gone := off.LastDay.At(24, s.cat.Location), allGone(off, grants)
	data["access_ended"] = len(grants)
	data["last_working_at"] = stamp(from)
	data["access_gone_at"] = stamp(gone)
	data["hours_to_last"] = hours(gone.Sub(from))
	data["apps_within_hours"] = hours(s.cat.Offboarding.AppsWithin)
	data["apps_in_time"] = !gone.After(from.Add(s.cat.Offboarding.AppsWithin))
	data["super_admin"] = off.SuperAdmin
	if off.SecondBy != "" {
		data["second_by"] = off.SecondBy
	}
	if off.ClosedAt.IsZero() {
		return
	}
	data["account_closed_at"] = stamp(off.ClosedAt)
	data["hours_to_account"] = hours(off.ClosedAt.Sub(from))
	data["identity_within_hours"] = hours(s.cat.Offboarding.IdentityWithin)
	data["identity_in_time"] = !off.ClosedAt.After(from.Add(s.cat.Offboarding.IdentityWithin))
}

// allGone is when the last access ended: what follows after that, such as a
// transfer of files or the end of forwarding, is no access. It is zero while some
// is there.
func allGone(off Offboarding, grants []Grant) time.Time {
	last := off.StartedAt
	if off.ClosedAt.After(last) {
		last = off.ClosedAt
	}
	for _, g := range grants {
		if !g.Ended() {
			return time.Time{}
		}
		if g.EndsAt.After(last) {
			last = g.EndsAt
		}
	}
	return last
}

// hours is a length of time as evidence has it: hours with one decimal, none
// where it was over before it began to count.
func hours(d time.Duration) string {
	return fmt.Sprintf("%.1f", max(d, 0).Hours())
}

// certificate says in plain text what was done, when, and what showed it.
func (s *Service) certificate(tx Tx, c checklist, grants []Grant) (string, error) {
	var b strings.Builder
	at := func(t time.Time) string { return t.In(s.cat.Location).Format("2006-01-02 15:04:05 MST") }
	fmt.Fprintf(&b, "%s  %s <%s>, %s\n", c.record, c.person.Shown(), c.person.Email, c.person.ID)
	fmt.Fprintf(&b, "Last working day   %s\nBegun              %s\n", c.off.LastDay, at(c.off.StartedAt))
	from := c.off.LastDay.At(24, s.cat.Location)
	if !c.off.ClosedAt.IsZero() {
		fmt.Fprintf(&b, "Account closed     %s, %s h of %s h\n", at(c.off.ClosedAt), hours(c.off.ClosedAt.Sub(from)), hours(s.cat.Offboarding.IdentityWithin))
	}
	gone := allGone(c.off, grants)
	fmt.Fprintf(&b, "All access gone    %s, %s h of %s h\nCompleted          %s\n", at(gone), hours(gone.Sub(from)), hours(s.cat.Offboarding.AppsWithin), at(c.off.CompletedAt))
	for _, st := range c.steps {
		how := "read back"
		switch {
		case st.State == StepByHand:
			by, err := tx.Person(st.DoneBy)
			if err != nil {
				return "", err
			}
			how = "by hand, on the word of " + by.Shown()
		case st.Seen == nothingThere || st.Seen == blockedBySuspension:
			how = st.Seen
		case c.def(st.Name).unseen:
			how = "Google's answer; it shows none"
		case c.def(st.Name).run != nil || c.def(st.Name).look:
			how = "read"
		}
		fmt.Fprintf(&b, "[x] %s  %s (%s)\n", at(st.DoneAt), c.def(st.Name).label, how)
	}
	for _, g := range grants {
		line, err := s.grantEnd(tx, g, c.off)
		if err != nil {
			return "", err
		}
		app, level := s.labels(g)
		fmt.Fprintf(&b, "[x] %s  %s · %s (%s)\n", at(g.EndsAt), app.Name, level.Name, line)
	}
	fmt.Fprintf(&b, "The audit trail has what each target showed: countersign audit log --json, workflow_id %s", c.record)
	return b.String(), nil
}

// grantEnd says how access ended.
func (s *Service) grantEnd(tx Tx, g Grant, off Offboarding) (string, error) {
	t, err := lastTask(tx, g)
	if err != nil {
		return "", err
	}
	switch {
	case t.Done && !t.Give:
		by, err := tx.Person(t.DoneBy)
		return "by hand, on the word of " + by.Shown(), err
	case !g.Looked:
		return "was never given", nil
	case off.ID != "" && s.endsWithAccount(g):
		return "closed with the Google account", nil
	case g.Found && !g.Ours:
		return "was there before Countersign; see the groups", nil
	}
	return "read back", nil
}
