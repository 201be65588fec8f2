package workflows

import (
	"context"
	"errors"
	"slices"
)

// noticeView shows a plain message.
func noticeView(c Card) CardView {
	return CardView{Record: c.Record, Text: firstLine(c.Body), Title: c.Body, Pre: c.Pre}
}

func firstLine(s string) string {
	for i, r := range s {
		if r == '\n' {
			return s[:i]
		}
	}
	return s
}

// taskView shows work to be done by hand to who should do it.
func (s *Service) taskView(tx Tx, c Card) (CardView, error) {
	t, err := tx.Task(c.Record)
	if err != nil {
		return CardView{}, err
	}
	g, err := tx.Grant(t.GrantID)
	if err != nil {
		return CardView{}, err
	}
	holder, err := tx.Person(g.Person)
	if err != nil {
		return CardView{}, err
	}
	app, level := s.labels(g)
	title, record := "Please give "+holder.Shown()+" "+app.Name+" · "+level.Name, t.Record
	if !t.Give {
		title = "Please take " + app.Name + " · " + level.Name + " away from " + holder.Shown()
		if g.EndedBy != "" {
			record = g.EndedBy
		}
	}
	v := CardView{
		Record: t.ID, Title: title, Status: "To do", Tone: ToneWaiting, Text: t.ID + ": " + title,
		Facts: []Fact{
			{Label: "Person", Value: Value{Text: holder.Shown() + " (" + holder.Email + ")"}},
			{Label: reasonLabel(record), Value: Value{Text: record}},
			{Label: "What to do", Value: Value{Text: t.Instruction}, Long: true},
		},
		Notes:   []Value{{Text: "You are asked because you manage " + app.Name}},
		Actions: []ActionView{{Verb: VerbDone, Label: "Mark done", Style: "primary", Form: true, Spoken: "Mark " + t.ID + " done"}},
	}
	if !t.Done {
		if !t.waits(g) {
			v.Status, v.Tone, v.Actions, v.Notes = "No longer needed", ToneOver, nil, nil
			return v, nil
		}
		return s.withDoers(tx, g, c.Person, v)
	}
	by, err := tx.Person(t.DoneBy)
	v.Status, v.Tone, v.Actions = "Done", ToneGood, nil
	v.Notes = []Value{{Text: "Marked done by " + by.Shown() + ": " + t.Note}}
	return v, err
}

// reasonLabel says what a task follows from.
func reasonLabel(record string) string {
	switch workflowOf(record) {
	case OnboardingFlow:
		return "For onboarding"
	case OffboardingFlow:
		return "For offboarding"
	case VendorFlow:
		return "For the end of vendor"
	}
	return "For request"
}

// withDoers takes the button from who no longer manages the app, and says who
// does.
func (s *Service) withDoers(tx Tx, g Grant, person string, v CardView) (CardView, error) {
	doers, err := s.doers(tx, g)
	if err != nil {
		return v, err
	}
	var names []string
	for _, d := range doers {
		if d.ID == person {
			return v, nil
		}
		names = append(names, d.Shown())
	}
	v.Actions = nil
	v.Notes = []Value{{Text: "This is now for those who manage the app: " + list(names, "and")}}
	return v, nil
}

// identityView asks somebody to confirm who a person is.
func (s *Service) identityView(tx Tx, c Card) (CardView, error) {
	p, err := tx.Person(c.Record)
	if err != nil {
		return CardView{}, err
	}
	v := CardView{
		Record: p.ID, Title: "Is this still " + p.Shown() + "?", Status: "To confirm", Tone: ToneBad,
		Text:  "Please confirm the identity of " + p.Shown(),
		Facts: []Fact{{Label: "Person", Value: Value{Text: p.Shown() + " (" + p.Email + ")"}}, {Label: "What happened", Value: Value{Text: p.Hold}, Long: true}},
		Notes: []Value{{Text: "Until an admin confirms, this person cannot decide on anything. Ask them in person or by telephone, not in Slack."}},
		Actions: []ActionView{{
			Verb: VerbConfirm, Label: "Confirm identity", Style: "primary", Spoken: "Confirm the identity of " + p.Shown(),
			Confirm: "Have you made sure, outside Slack, that this is " + p.Shown() + "?",
		}},
	}
	if p.Hold == "" {
		v.Status, v.Tone, v.Actions, v.Facts, v.Notes = "Confirmed", ToneGood, nil, v.Facts[:1], nil
	}
	return v, nil
}

// Home is a person's own page: what they have and what waits for them.
type Home struct {
	Person  Person
	Refusal *Refusal   // set where Countersign is not for this person
	Waiting []CardView // what they must act on
	Access  []CardView // what they hold now
	Asked   []CardView // what they asked for and is not settled
	More    int        // rows that did not fit
}

// homeRows is how many rows of each kind the page shows.
const homeRows = 10

// Home returns a person's page.
func (s *Service) Home(ctx context.Context, by Clicker) (Home, error) {
	var h Home
	err := s.store.View(ctx, func(tx Tx) error {
		p, err := tx.PersonByChat(by.ChatID)
		if errors.Is(err, ErrNotFound) {
			h.Refusal = refuse("unknown_person", "I do not know you yet. Open this page again in a moment.")
			return nil
		}
		if err != nil {
			return err
		}
		h.Person = p
		if h.Refusal = p.MayAct(); h.Refusal != nil {
			return nil
		}
		return s.fillHome(tx, &h)
	})
	return h, err
}

func (s *Service) fillHome(tx Tx, h *Home) error {
	open, err := tx.OpenRequests()
	if err != nil {
		return err
	}
	for _, r := range open {
		if !s.named(r.App, h.Person.Email) {
			continue
		}
		st, err := s.standing(tx, r.ID)
		if err != nil {
			return err
		}
		if _, place := st.panel.seat(h.Person.ID, st.given, r.Steps); place != slotNone && !decidedBy(st.given, h.Person.ID) {
			h.Waiting = append(h.Waiting, st.view(Card{Kind: CardApprover, Person: h.Person.ID}))
		}
	}
	if err := s.homeVendors(tx, h); err != nil {
		return err
	}
	if err := s.homeDuties(tx, h); err != nil {
		return err
	}
	tasks, err := tx.OpenTasks()
	if err != nil {
		return err
	}
	for _, t := range tasks {
		g, err := tx.Grant(t.GrantID)
		if err != nil {
			return err
		}
		if !t.waits(g) {
			continue
		}
		doers, err := s.doers(tx, g)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(doers, func(p Person) bool { return p.ID == h.Person.ID }) {
			v, err := s.taskView(tx, Card{Record: t.ID, Person: h.Person.ID})
			if err != nil {
				return err
			}
			h.Waiting = append(h.Waiting, v)
		}
	}
	return s.fillOwn(tx, h)
}

// homeDuties adds the policies to accept and the trainings to do.
func (s *Service) homeDuties(tx Tx, h *Home) error {
	duties, err := tx.DutiesOf(h.Person.ID)
	if err != nil {
		return err
	}
	for _, d := range duties {
		if !d.Open() || !s.asked(d) {
			continue
		}
		v, err := s.dutyView(tx, Card{Record: d.ID, Person: h.Person.ID})
		if err != nil {
			return err
		}
		v.Facts = slices.DeleteFunc(v.Facts, func(f Fact) bool { return f.Long }) // the text is in their messages
		if d.Kind == DutyPolicy {
			v.Actions = nil // what is accepted has to be on the screen
			v.Notes = []Value{{Text: "The text and the button are in your messages from me"}}
		}
		h.Waiting = append(h.Waiting, v)
	}
	return nil
}

// fillOwn adds what the person holds and asked for.
func (s *Service) fillOwn(tx Tx, h *Home) error {
	grants, err := tx.GrantsOf(h.Person.ID, 100)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if !g.Touching() {
			continue
		}
		v, err := s.accessView(tx, g)
		if err != nil {
			return err
		}
		h.Access = append(h.Access, v)
	}
	asked, err := tx.RequestsOf(h.Person.ID, 100)
	if err != nil {
		return err
	}
	for _, r := range asked {
		if r.State != RequestWaiting {
			continue
		}
		st, err := s.standing(tx, r.ID)
		if err != nil {
			return err
		}
		kind := CardHolder
		if r.Requester == h.Person.ID {
			kind = CardRequester
		}
		h.Asked = append(h.Asked, st.view(Card{Kind: kind, Person: h.Person.ID}))
	}
	h.cut()
	return nil
}

// accessView shows what somebody holds.
func (s *Service) accessView(tx Tx, g Grant) (CardView, error) {
	app, level := s.labels(g)
	title := app.Name + " · " + level.Name
	if g.Source != SourceBirthright {
		st, err := s.standing(tx, g.Record)
		if err != nil {
			return CardView{}, err
		}
		v := st.view(Card{Kind: CardHolder, Person: g.Person})
		v.Title = title
		return v, nil
	}
	st := standing{grant: &g}
	var err error
	if g.State == GrantByHand || g.State == GrantEndByHand {
		st.waitsOn, err = s.doers(tx, g)
	}
	if g.ConfirmedBy != "" {
		by, err := tx.Person(g.ConfirmedBy)
		if err != nil {
			return CardView{}, err
		}
		st.by = &by
	}
	v := CardView{Record: g.Record, Title: title, Text: title, Notes: st.grantNotes()}
	v.Status, v.Tone = st.grantStatus()
	if role, ok := s.cat.Role(g.Role); ok {
		v.Facts = []Fact{{Label: "Comes with", Value: Value{Text: role.Name}}}
	}
	return v, err
}

// cut keeps the page within what can be shown.
func (h *Home) cut() {
	for _, rows := range []*[]CardView{&h.Waiting, &h.Access, &h.Asked} {
		if over := len(*rows) - homeRows; over > 0 {
			h.More += over
			*rows = (*rows)[:homeRows]
		}
	}
}

func decidedBy(given []Decision, person string) bool {
	return slices.ContainsFunc(given, func(d Decision) bool { return d.By == person })
}
