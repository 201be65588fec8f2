package workflows

import (
	"errors"
	"fmt"
	"strings"
)

// view says what a card shows now, from stored state alone.
func (s *Service) view(tx Tx, c Card) (CardView, error) {
	switch c.Kind {
	case CardNotice:
		return noticeView(c), nil
	case CardTask:
		return s.taskView(tx, c)
	case CardIdentity:
		return s.identityView(tx, c)
	case CardOffboarding:
		return s.offboardingView(tx, c)
	case CardOnboarding:
		return s.onboardingView(tx, c)
	case CardManager:
		return s.managerView(tx, c)
	case CardNewcomer:
		return s.newcomerView(tx, c)
	case CardDuty:
		return s.dutyView(tx, c)
	case CardContract:
		return s.contractView(tx, c)
	case CardVendor, CardVendorAsker, CardVendorLead, CardVendorSponsor, CardVendorDecider:
		return s.vendorCardView(tx, c)
	case CardDiscovered:
		return s.discoveredView(tx, c)
	case CardVendorAction:
		return s.actionView(tx, c)
	}
	st, err := s.standing(tx, c.Record)
	if err != nil {
		return CardView{}, err
	}
	return st.view(c), nil
}

// standing is a request with everything its cards show.
type standing struct {
	matter
	grant   *Grant
	by      *Person // who confirmed by hand
	waitsOn []Person
	fresh   []Person // approvers who were named only recently
	waits   bool     // the access waits for its holder to accept a policy
}

// standing reads a request for showing.
func (s *Service) standing(tx Tx, id string) (standing, error) {
	m, err := s.matter(tx, id)
	if err != nil {
		return standing{}, err
	}
	st := standing{matter: m}
	if st.fresh, err = fresh(tx, m.r, m.panel); err != nil {
		return standing{}, err
	}
	g, err := tx.GrantOf(id)
	if errors.Is(err, ErrNotFound) {
		return st, nil
	}
	if err != nil {
		return standing{}, err
	}
	st.grant = &g
	if g.State == GrantApproved {
		if st.waits, err = s.waitsForPolicy(tx, g.Person); err != nil {
			return standing{}, err
		}
	}
	if g.ConfirmedBy != "" {
		by, err := tx.Person(g.ConfirmedBy)
		if err != nil {
			return standing{}, err
		}
		st.by = &by
	}
	if g.State == GrantByHand || g.State == GrantEndByHand {
		st.waitsOn, err = s.doers(tx, g)
	}
	return st, err
}

// status is the one line that says where a request stands. The words are fixed.
func (st standing) status() (string, Tone) {
	switch st.r.State {
	case RequestWaiting:
		if st.r.Steps > 1 && len(st.given) > 0 {
			return fmt.Sprintf("Waiting for approval (%d of %d)", len(st.given), st.r.Steps), ToneWaiting
		}
		return "Waiting for approval", ToneWaiting
	case RequestDenied:
		return "Denied", ToneBad
	case RequestWithdrawn:
		return "Withdrawn", ToneOver
	case RequestLapsed:
		return "Lapsed", ToneOver
	}
	if st.grant == nil {
		return "Approved", ToneWorking
	}
	return st.grantStatus()
}

func (st standing) grantStatus() (string, Tone) {
	switch st.grant.State {
	case GrantProvisioning, GrantByHand:
		return "Provisioning", ToneWorking
	case GrantHeld:
		if st.by != nil {
			return "Granted, confirmed by " + st.by.Shown() + ", not machine-checked", ToneGood
		}
		return "Granted", ToneGood
	case GrantFailed:
		return "Failed", ToneBad
	case GrantEnding, GrantEndByHand: // still there until the target shows otherwise
		return "Granted", ToneWorking
	case GrantEndFailed:
		return "Failed", ToneBad
	case GrantExpired:
		return "Expired", ToneOver
	case GrantRevoked:
		return "Revoked", ToneOver
	}
	return "Approved", ToneWorking
}

// title says who asks for what.
func (st standing) title() string {
	t := fmt.Sprintf("%s asks for %s · %s", st.requester.Shown(), st.app.Name, st.level.Name)
	if st.r.Requester != st.r.Subject {
		t += " for " + st.subject.Shown()
	}
	return t
}

// view draws the request for one of its cards.
func (st standing) view(c Card) CardView {
	status, tone := st.status()
	level := st.level.Name
	if st.level.Privileged {
		level += " (privileged)"
	}
	v := CardView{
		Record: st.r.ID, Version: st.r.ContentVersion, Title: st.title(), Status: status, Tone: tone,
		Facts: []Fact{
			{Label: "For", Value: Value{Text: st.subject.Shown()}},
			{Label: "App", Value: Value{Text: st.app.Name}},
			{Label: "Level", Value: Value{Text: level}},
			{Label: "Duration", Value: Value{Text: Words(st.r.Duration)}},
			{Label: "Business justification", Value: Value{Text: st.r.Justification}, Long: true},
		},
		Actions: st.actions(c),
		Text:    fmt.Sprintf("%s %s, %s: %s", st.r.ID, st.title(), Words(st.r.Duration), status),
	}
	v.Notes = append(v.Notes, st.why(c)...)
	v.Notes = append(v.Notes, st.history()...)
	return v
}

// why says why somebody sees the card and what they can expect.
func (st standing) why(c Card) []Value {
	var out []Value
	if st.r.State != RequestWaiting {
		return nil
	}
	if c.Kind == CardApprover && !decidedBy(st.given, c.Person) {
		for _, a := range st.panel.All() {
			if a.Person.ID == c.Person {
				out = append(out, Value{Text: "You are asked because " + because(a.Basis, st.app)})
			}
		}
	}
	if c.Kind != CardApprover || len(st.given) > 0 {
		out = append(out, Value{Text: "Waiting for " + st.others()})
	}
	for _, p := range st.fresh {
		out = append(out, Value{Text: p.Shown() + " was named as an approver within 24 hours of this request"})
	}
	return append(out, Value{Text: "Lapses", At: st.r.LapsesAt})
}

func because(b Basis, a App) string {
	switch b {
	case BasisOwner:
		return "you manage " + a.Name
	case BasisBackup:
		return "you stand in for who manages " + a.Name
	case BasisAdmin:
		return "you are an admin and nobody independent manages " + a.Name
	}
	return "you are in security: privileged access needs a second person"
}

// history says who decided and what the target showed.
func (st standing) history() []Value {
	var out []Value
	for _, d := range st.decisions {
		if d.ContentVersion != st.r.ContentVersion {
			continue
		}
		word := "Approved by "
		if d.Verdict == VerdictDeny {
			word = "Denied by "
		}
		line := word + st.deciders[d.By].Shown()
		if d.Verdict == VerdictApprove {
			line += " (" + string(d.Basis) + ")"
		}
		if d.Reason != "" {
			line += ": " + d.Reason
		}
		out = append(out, Value{Text: line, At: d.At})
	}
	if st.r.State == RequestWithdrawn {
		out = append(out, Value{Text: st.withdrawal(), At: st.r.DecidedAt})
	}
	if st.r.State == RequestLapsed {
		out = append(out, Value{Text: "Nobody decided in time", At: st.r.DecidedAt})
	}
	if st.grant != nil {
		out = append(out, st.grantNotes()...)
	}
	return out
}

func (st standing) grantNotes() []Value {
	g := st.grant
	if st.waits {
		return []Value{{Text: "Given as soon as " + st.subject.Shown() + " has accepted the policy that waits in their messages"}}
	}
	switch g.State {
	case GrantEnding:
		if g.EndedBy != "" {
			return []Value{{Text: "Ended by " + g.EndedBy + ": the access is being removed"}}
		}
		return []Value{{Text: "Its time is up: the access is being removed"}}
	case GrantByHand, GrantEndByHand:
		var names []string
		for _, p := range st.waitsOn {
			names = append(names, p.Shown())
		}
		return []Value{{Text: "Done by hand: waiting for " + list(names, "or")}}
	case GrantHeld:
		out := []Value{{Text: "Ends by itself", At: g.EndsAt}}
		if g.EndsAt.IsZero() {
			out = []Value{{Text: "Lasts as long as the role it comes with"}}
		}
		if g.Found && !g.Ours {
			out = append(out, Value{Text: "The access was there before this request and will be left when it ends"})
		} else if st.by == nil {
			out = append(out, Value{Text: "Read back from the target", At: g.StartsAt})
		}
		return out
	case GrantFailed, GrantEndFailed:
		problem := "Problem: " + g.Problem
		if g.State == GrantEndFailed {
			problem = "The access should have ended but is still there. " + problem
		}
		return []Value{{Text: problem}, {Text: "Next step: " + g.NextStep}}
	case GrantRevoked:
		return []Value{{Text: "Ended before its time by " + g.EndedBy, At: g.EndsAt}}
	case GrantExpired:
		if g.Found && !g.Ours {
			return []Value{{Text: "Ended; the access was there before and was left", At: g.EndsAt}}
		}
		return []Value{{Text: "Ended", At: g.EndsAt}}
	}
	return nil
}

// actions are the buttons of a card. Decided cards have none that decide.
func (st standing) actions(c Card) []ActionView {
	spoken := func(word string) string {
		return strings.TrimSpace(word + " " + st.r.ID + ", " + st.what() + " for " + st.subject.Shown())
	}
	if st.r.State == RequestWaiting {
		switch c.Kind {
		case CardRequester:
			return []ActionView{{Verb: VerbWithdraw, Label: "Withdraw", Spoken: spoken("Withdraw"), Confirm: "Take this request back?"}}
		case CardApprover, CardLog:
			if c.Kind == CardApprover && decidedBy(st.given, c.Person) {
				return nil
			}
			out := []ActionView{
				{Verb: VerbApprove, Label: "Approve", Style: "primary", Spoken: spoken("Approve")},
				{Verb: VerbDeny, Label: "Deny", Style: "danger", Form: true, Spoken: spoken("Deny")},
			}
			return append(out, ActionView{Verb: VerbReduce, Label: "Grant less", Form: true, Spoken: spoken("Grant less than")})
		}
		return nil
	}
	if st.grant != nil && (st.grant.State == GrantFailed || st.grant.State == GrantEndFailed) {
		return []ActionView{{Verb: VerbRetry, Label: "Retry", Spoken: spoken("Retry")}}
	}
	return nil
}
