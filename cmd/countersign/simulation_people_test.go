package main

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing/synctest"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// mostLeave is how many people leave a company at most: its owners must not all
// be gone.
const mostLeave = 4

// peopleFlow lets people leave and come back, and administrators change things by
// hand.
func peopleFlow(w *world) flow {
	p := &peopleLife{world: w}
	few := func() bool { return p.left < mostLeave }
	return flow{actions: []action{
		{name: "leave", weight: 2, possible: few, do: p.leave},
		{name: "suspend", weight: 1, possible: few, do: p.suspend},
		{name: "return", weight: 1, possible: func() bool { return len(p.away) > 0 }, do: p.comeBack},
		{name: "readdress", weight: 1, do: p.readdress},
		{name: "join", weight: 1, possible: func() bool { return len(p.new) < 2 }, do: p.join},
		{name: "add", weight: 2, do: p.add},
		{name: "remove", weight: 2, do: p.remove},
		{name: "home", weight: 2, do: p.home},
	}}
}

type peopleLife struct {
	*world
	left int
	away []*soul // deactivated in Slack
	new  []*soul
}

// leave deactivates somebody in Slack.
func (p *peopleLife) leave(r *rand.Rand) {
	s := anyOf(r, p.here())
	s.gone = true
	p.left++
	p.away = append(p.away, s)
	p.everAway[s.slackID()] = true
	p.tell("%s is deactivated in Slack", s.name)
	p.slack.Deactivate(s.slackID())
	p.heard()
}

// comeBack activates somebody again.
func (p *peopleLife) comeBack(r *rand.Rand) {
	i := r.IntN(len(p.away))
	s := p.away[i]
	p.away = slices.Delete(p.away, i, i+1)
	s.gone = false
	p.left--
	p.tell("%s comes back to Slack", s.name)
	p.slack.UpdateUser(p.account(s))
	p.heard()
}

func (p *peopleLife) account(s *soul) fakeslack.User {
	return fakeslack.User{ID: s.slackID(), Name: s.handle(), RealName: s.name + " " + s.last, Email: cmp.Or(s.address, s.email())}
}

// suspend suspends somebody in Google, or deletes the account, which is seen when
// people are read next.
func (p *peopleLife) suspend(r *rand.Rand) {
	s := anyOf(r, p.here())
	if s.account == "" {
		return
	}
	s.gone = true
	p.left++
	if r.IntN(2) == 0 {
		p.tell("%s is suspended in Google", s.name)
		p.spoilt[s.account+" mail"], p.spoilt[s.account+" backup_codes"] = true, true // Google changes neither of a suspended account
		p.must(p.google.Suspend(s.account))
		return
	}
	p.tell("%s is deleted in Google", s.name)
	p.must(p.google.DeleteUser(s.account))
	for _, g := range p.google.Groups() {
		p.removed[g.Email+" "+s.account] = true
		delete(p.byHand, g.Email+" "+s.account)
	}
}

// readdress changes somebody's address in Slack alone, and sometimes back.
func (p *peopleLife) readdress(r *rand.Rand) {
	s := anyOf(r, p.here())
	s.address = map[bool]string{true: s.handle() + ".new@" + simulatedDomain}[s.address == ""]
	p.tell("%s's address in Slack is %q", s.name, cmp.Or(s.address, s.email()))
	p.slack.UpdateUser(p.account(s))
	p.heard()
}

func (w *world) must(err error) {
	if err != nil {
		w.fail("%v", err)
	}
}

// join adds somebody to Slack who is in Google since a moment ago or never.
func (p *peopleLife) join(r *rand.Rand) {
	s := []*soul{{name: "Yara", last: "Said", manager: "Bob"}, {name: "Zeno", last: "Rossi", manager: "Dana"}}[len(p.new)]
	p.new = append(p.new, s)
	p.tell("%s joins", s.name)
	if r.IntN(4) > 0 {
		p.hire(s, len(p.people))
	}
	p.people = append(p.people, s)
	p.slack.AddUser(p.account(s))
	p.heard()
}

// heard waits until Slack has told the product, again if it must.
func (p *peopleLife) heard() {
	synctest.Wait()
	all := p.slack.Envelopes()
	for _, e := range all[max(0, len(all)-3):] {
		if e.Type == "events_api" && !e.Acked {
			p.mourn()
			time.Sleep(8 * time.Minute) // Slack repeats an event for so long
		}
	}
	p.lull()
}

// add makes somebody a member of a group, by hand.
func (p *peopleLife) add(r *rand.Rand) {
	group, s := anyOf(r, p.google.Groups()).Email, anyOf(r, p.here())
	if s.account == "" || p.google.AddMember(group, s.account, "") != nil {
		return // there already, or not in Google
	}
	p.tell("an administrator adds %s to %s", s.name, group)
	p.byHand[group+" "+s.account] = !p.touched(group, s.account)
	p.spoil(s.account, "groups")
}

// touched says whether a grant has, or may soon have, put somebody in a group:
// its end may then end what was made by hand.
func (w *world) touched(group, account string) bool {
	return slices.ContainsFunc(w.matters(), func(m storedMatter) bool {
		return m.grant != nil && m.grant.Target == group && m.account == account && m.grant.State != workflows.GrantExpired
	})
}

// remove ends a membership, by hand.
func (p *peopleLife) remove(r *rand.Rand) {
	group := anyOf(r, p.google.Groups()).Email
	all := p.members(group)
	if len(all) == 0 {
		return
	}
	account := anyOf(r, all)
	p.tell("an administrator removes %s from %s", account, group)
	p.must(p.google.RemoveMember(group, account))
	p.removed[group+" "+account] = true
	delete(p.byHand, group+" "+account)
}

// home opens the Home tab, and presses what is there.
func (p *peopleLife) home(r *rand.Rand) {
	p.online()
	s := anyOf(r, p.here())
	if err := p.slack.OpenHome(p.t.Context(), s.slackID()); err != nil {
		return
	}
	p.heard()
	v, ok := p.slack.Home(s.slackID())
	if !ok {
		return
	}
	var all []button
	for _, e := range elements(p.t, v.Raw) {
		if b, ok := buttonOf(s.slackID(), fakeslack.Place{Home: true}, e, ""); ok {
			all = append(all, b)
		}
	}
	if len(all) == 0 {
		return
	}
	b := anyOf(r, all)
	err := p.press(b)
	p.tell("%s presses %s on %s at home: %v", s.name, b.verb, b.e.value, err)
}
