package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
)

// accessFlow asks for access and decides on it.
func accessFlow(w *world) flow {
	a := newAccessLife(w)
	return flow{
		actions: []action{
			{name: "ask", weight: 14, do: a.ask},
			{name: "approve", weight: 18, do: a.presses("approve", 1)},
			{name: "twice", weight: 2, do: a.presses("approve", 2)},
			{name: "withdraw", weight: 2, do: a.presses("withdraw", 1)},
			{name: "retry", weight: 2, do: a.presses("retry", 1)},
			{name: "deny", weight: 3, do: a.presses("deny", 1)},
			{name: "reduce", weight: 3, do: a.presses("reduce", 1)},
			{name: "confirm", weight: 3, do: a.presses("confirm_identity", 1)},
			{name: "done", weight: 6, do: a.presses("done", 1)},
			{name: "fill", weight: 10, possible: func() bool { return len(a.screens()) > 0 }, do: a.fillIn},
		},
		always: a.always, quiet: a.quiet,
	}
}

// accessLife is what the simulation knows about access.
type accessLife struct {
	*world
	asked  map[string]bool // by justification: whether it was acknowledged
	judged map[string]bool // decisions that were looked at when they were new
}

func newAccessLife(w *world) *accessLife {
	return &accessLife{world: w, asked: make(map[string]bool), judged: make(map[string]bool)}
}

// ask lets somebody ask for something, mostly for themselves.
func (a *accessLife) ask(r *rand.Rand) {
	who, app := anyOf(r, a.people), anyOf(r, a.cfg.Apps)
	level := anyOf(r, app.Levels)
	if r.IntN(3) == 0 { // what overlaps is asked for most: two apps give the same group
		who, app = a.people[5+r.IntN(3)], a.cfg.Apps[1+r.IntN(2)]
		level = app.Levels[0]
	}
	if new := a.people[13:]; len(new) > 0 && r.IntN(4) == 0 { // who joined has much to ask for
		who = anyOf(r, new)
	}
	if who.gone {
		who = anyOf(r, a.here())
	}
	subject := who
	switch r.IntN(8) {
	case 0:
		subject = anyOf(r, a.people)
	case 1:
		subject = a.reportOf(r, who)
	}
	x := wish{
		app: app.ID, level: level.ID, duration: anyOf(r, a.cfg.Durations(level)).Std().String(), subject: subject.slackID(),
		why: fmt.Sprintf("Needed for ticket %d of this quarter.", len(a.asked)+1),
	}
	a.shut(who.slackID())
	a.asked[x.why] = false
	a.brink(r)
	err := a.fill(who.slackID(), x)
	_, open := a.top(who.slackID())
	a.tell("%s asks for %s %s %s for %s (%d): %s", who.name, x.app, x.level, x.duration, subject.name, len(a.asked), said(err, open))
	if err == nil && !open {
		a.asked[x.why] = true
		a.tally.requests++
	}
	a.shut(who.slackID())
}

// reportOf returns somebody who reports to a person, or the person.
func (w *world) reportOf(r *rand.Rand, boss *soul) *soul {
	var all []*soul
	for _, s := range w.people {
		if s.manager == boss.name {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return boss
	}
	return anyOf(r, all)
}

func said(err error, open bool) string {
	switch {
	case err != nil:
		return err.Error()
	case open:
		return "the form stays"
	}
	return "sent"
}

// presses lets somebody press a button that they see, some times in a row.
func (a *accessLife) presses(verb string, times int) func(r *rand.Rand) {
	return func(r *rand.Rand) {
		b, ok := a.pick(r, verb)
		if !ok { // nobody sees one, so what is due is done
			a.drain()
			return
		}
		if workflows.HasForm(workflows.Verb(verb)) {
			a.shut(b.user)
		}
		for range times {
			faults := a.faulty()
			before, fit := a.verdicts(b.user)
			a.brink(r)
			err := a.press(b)
			a.tell("%s presses %s on %s: %v", b.user, verb, b.e.value, err)
			a.mourn()
			if after, _ := a.verdicts(b.user); after > before && !fit {
				a.fail("%s decided on %s and may not decide on anything", b.user, b.record)
			}
			if err == nil && faults == a.faulty() && !workflows.HasForm(workflows.Verb(verb)) {
				a.counted(b)
			}
		}
		if workflows.HasForm(workflows.Verb(verb)) && r.IntN(3) > 0 { // others leave it open for a while
			a.fillInOf(r, b.user)
		}
	}
}

// verdicts counts what somebody decided so far, and says whether they may decide
// at all.
func (w *world) verdicts(user string) (n int, fit bool) {
	w.view(func(tx workflows.Tx) error {
		p, err := tx.PersonByChat(user)
		if errors.Is(err, workflows.ErrNotFound) {
			return nil
		}
		fit = err == nil && p.MayAct() == nil && p.Hold == ""
		n = len(w.query("SELECT id FROM decisions WHERE person = ?", p.ID))
		return err
	})
	return n, fit
}

// pick picks a button, one on a card to the person rather than one that everybody
// sees.
func (a *accessLife) pick(r *rand.Rand, verb string) (b button, ok bool) {
	all := a.everyButton(verb)
	if len(all) == 0 {
		return b, false
	}
	own := slices.DeleteFunc(slices.Clone(all), func(b button) bool { return !strings.HasPrefix(b.at.Channel, "D") })
	if len(own) > 0 && r.IntN(3) > 0 {
		return anyOf(r, own), true
	}
	return anyOf(r, all), true
}

// faulty counts the envelopes that the product could not handle.
func (w *world) faulty() int {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	n := 0
	for _, l := range w.log.lines {
		if strings.HasPrefix(l.text, "an envelope could not be handled") {
			n++
		}
	}
	return n
}

// counted makes sure that what was acknowledged is stored: what was wanted, or
// that it was refused.
func (a *accessLife) counted(b button) {
	a.read()
	a.view(func(tx workflows.Tx) error {
		who, err := tx.PersonByChat(b.user)
		if err != nil {
			return err
		}
		stored := a.refusedBefore(who.ID, b.record, b.verb)
		switch b.verb {
		case "approve":
			all, err := tx.Decisions(b.record)
			if err != nil {
				return err
			}
			stored = stored || slices.ContainsFunc(all, func(d workflows.Decision) bool { return d.By == who.ID && d.Verdict == workflows.VerdictApprove })
			a.tally.decisions++
		case "withdraw":
			r, err := tx.Request(b.record)
			if err != nil {
				return err
			}
			stored = stored || r.State == workflows.RequestWithdrawn && r.Requester == who.ID
		default:
			stored = true
		}
		if !stored {
			a.fail("%s's %s of %s was acknowledged, but neither it nor a refusal is stored", b.user, b.verb, b.record)
		}
		return nil
	})
}

// refusedBefore says whether the ledger has a refusal. Repeats within ten minutes
// are counted and not listed.
func (w *world) refusedBefore(person, record, verb string) bool {
	return slices.ContainsFunc(w.book.entries, func(e entry) bool {
		return e.Type == "action.refused" && e.Actor.ID == person && e.Data["record"] == record && e.Data["action"] == verb
	})
}

// screens lists who has the form of a button before them.
func (a *accessLife) screens() []string {
	var out []string
	for _, s := range a.people {
		if v, ok := a.top(s.slackID()); ok && !s.gone && strings.Contains(string(v.Raw), `"act:`) {
			out = append(out, s.slackID())
		}
	}
	return out
}

// fillIn fills in the form of a button and sends it.
func (a *accessLife) fillIn(r *rand.Rand) {
	a.fillInOf(r, anyOf(r, a.screens()))
}

func (a *accessLife) fillInOf(r *rand.Rand, user string) {
	a.online()
	v, ok := a.top(user)
	if !ok || !strings.Contains(string(v.Raw), `"act:`) {
		return
	}
	f := form{a.world, v, map[string]map[string]any{}}
	f.text("reason", "Because of rule "+fmt.Sprint(r.IntN(100))+".")
	f.text("note", "Done as ticket "+fmt.Sprint(r.IntN(100))+" says.")
	for _, field := range []string{"level", "duration", "step"} {
		if all := optionsOf(v.Raw, field); len(all) > 0 && r.IntN(2) == 0 {
			f.choice(field, anyOf(r, all))
		}
	}
	f.moment("when", a.now().Add(time.Duration(r.IntN(100)-5)*time.Hour))
	f.date("new_end_date", a.now().AddDate(0, 0, r.IntN(60)-5))
	f.text("work_email", fmt.Sprintf("new%d@%s", r.IntN(1000), simulatedDomain))
	a.brink(r)
	err := a.send(user, v, f.values)
	_, open := a.top(user)
	a.tell("%s fills in a form: %s", user, said(err, open))
	a.mourn()
	if err == nil && !open {
		a.stands(user, v.Raw)
	}
	if r.IntN(2) == 0 {
		a.shut(user)
	}
}
