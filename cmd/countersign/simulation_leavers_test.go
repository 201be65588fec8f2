package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// mostOffboarded is how many people an admin sends away in one company.
const mostOffboarded = 4

// leaversFlow offboards people, and does to their accounts what happens outside.
func leaversFlow(w *world) flow {
	l := &leaversLife{
		world: w, clicks: newAccessLife(w), shut: make(map[string]bool), since: make(map[string]bool), left: make(map[string]bool),
		held: make(map[string]bool),
	}
	return flow{
		actions: []action{
			{name: "offboard", weight: 4, do: l.offboard},
			{name: "start", weight: 1, do: l.clicks.presses("start", 1)},
			{name: "cancel", weight: 1, do: l.clicks.presses("cancel", 1)},
			{name: "agree", weight: 3, do: l.clicks.presses("agree", 2)},
			{name: "reschedule", weight: 1, do: l.clicks.presses("reschedule", 1)},
			{name: "byhand", weight: 2, do: l.clicks.presses("by_hand", 1)},
			{name: "furnish", weight: 4, do: l.furnish},
			{name: "reopen", weight: 1, do: l.reopen},
			{name: "hold", weight: 1, do: l.hold},
			{name: "walkout", weight: 2, do: l.walkOut},
		},
		always: l.always, quiet: l.quiet,
	}
}

// leaversLife is what the simulation knows about leavers.
type leaversLife struct {
	*world
	clicks *accessLife
	opened int

	shut   map[string]bool // accounts that were suspended when it looked last
	since  map[string]bool // onboardings that went on when it looked last
	looked time.Time
	left   map[string]bool // people who left, by the ledger as far as it was read
	read   int             // entries of it
	held   map[string]bool // accounts on hold
}

// offboard fills in the form of /offboard, mostly well.
func (l *leaversLife) offboard(r *rand.Rand) {
	who, whom := l.adminOf(r), anyOf(r, l.here())
	if r.IntN(6) == 0 {
		who = anyOf(r, l.here())
	}
	if slices.Contains(l.cfg.Admins, whom.email()) && r.IntN(3) > 0 {
		whom = anyOf(r, l.here())
	}
	if all := l.holders(); len(all) > 0 && r.IntN(2) == 0 { // who has something to lose
		whom = anyOf(r, all)
	}
	if who == nil || l.opened >= mostOffboarded {
		l.drain()
		return
	}
	name, email := anyOf(r, []string{"@" + whom.handle(), whom.email()}), whom.email()
	switch r.IntN(12) {
	case 0:
		name, email = l.cfg.Google.AdminSubject, l.cfg.Google.AdminSubject
	case 1:
		name, email = who.email(), who.email()
	}
	typed := email
	if r.IntN(8) == 0 {
		typed = "x" + email
	}
	before := len(l.leaversOf(email, whom))
	l.brink(r)
	err := l.fillOffboard(r, who, name, typed)
	v, _ := l.top(who.slackID())
	stays := l.inputs(v)["confirm"].action != ""
	l.tell("%s offboards %s (typing %s): %s", who.name, name, typed, said(err, stays))
	l.mourn()
	now := l.leaversOf(email, whom)
	switch sent := err == nil && !stays; {
	case len(now) > before && (typed != email || email == who.email() || email == l.cfg.Google.AdminSubject):
		l.fail("%s began %s", who.name, now[len(now)-1].id)
	case sent && len(now) == before:
		l.fail("%s's offboarding of %s was taken and is not there", who.name, email)
	case len(now) > before:
		l.opened++
	}
	l.world.shut(who.slackID())
	if len(now) > before && r.IntN(2) == 0 { // in the middle of it
		l.some(r.IntN(16))
		l.give(r, whom)
	}
}

// holders are those who hold access, or are about to; by hand first of all, of
// which there is less.
func (l *leaversLife) holders() (out []*soul) {
	for _, hand := range []bool{true, false} {
		for _, s := range l.here() {
			if slices.ContainsFunc(l.matters(), func(m storedMatter) bool {
				return m.grant != nil && m.grant.Touching() && (m.grant.Provisioner == byHand) == hand && m.account == s.account
			}) {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// adminOf returns an admin who is here, or nobody.
func (w *world) adminOf(r *rand.Rand) *soul {
	all := slices.DeleteFunc(w.here(), func(s *soul) bool { return !slices.Contains(w.cfg.Admins, s.email()) })
	if len(all) == 0 {
		return nil
	}
	return anyOf(r, all)
}

// leaversOf are the offboardings of whoever has an address, or the account of
// somebody who has it.
func (l *leaversLife) leaversOf(email string, s *soul) (out []storedList) {
	for _, one := range l.lists().leavers {
		if one.person.Email == email || s.email() == email && s.account != "" && one.account == s.account {
			out = append(out, one)
		}
	}
	return out
}

func (l *leaversLife) fillOffboard(r *rand.Rand, who *soul, name, typed string) error {
	user := who.slackID()
	l.world.shut(user)
	l.online()
	if err := l.slack.Command(l.t.Context(), user, l.general(user), "/offboard", name); err != nil {
		return err
	}
	l.lull()
	v, ok := l.top(user)
	if !ok {
		return errNoForm
	}
	f := form{l.world, v, map[string]map[string]any{}}
	f.date("last_day", l.now().AddDate(0, 0, r.IntN(5)-2))
	f.text("confirm", typed)
	f.person("told_by", anyOf(r, l.here()).slackID())
	if r.IntN(2) == 0 {
		f.moment("when", l.now().Add(time.Duration(1+r.IntN(200))*time.Hour))
	}
	owner := anyOf(r, l.here()).slackID()
	if r.IntN(3) == 0 {
		owner = ""
	}
	f.person("new_owner", owner)
	if r.IntN(4) == 0 {
		f.choice("mail", "forward")
	}
	return l.send(user, v, f.values)
}

// furnish gives somebody what a leaver can have: an app that was let in may also
// ask for access anew in the middle of an offboarding.
func (l *leaversLife) furnish(r *rand.Rand) {
	s := anyOf(r, l.people)
	if all := slices.DeleteFunc(slices.Clone(l.lists().leavers), func(one storedList) bool { return !one.waits() }); len(all) > 0 && r.IntN(3) > 0 {
		leaver := anyOf(r, all)
		for _, other := range l.people {
			if other.account != "" && other.account == leaver.account {
				s = other
			}
		}
	}
	l.give(r, s)
}

func (l *leaversLife) give(r *rand.Rand, s *soul) {
	if s.account == "" || !l.exists(s.account) {
		return
	}
	what := anyOf(r, []string{"tokens", "app_passwords", "mail", "admin", "backup_codes"})
	var err error
	switch what {
	case "tokens":
		err = l.google.Grant(s.account, fakegoogle.Token{ClientID: fmt.Sprintf("app%d", r.IntN(3)), Name: "App", Scopes: []string{"openid"}})
	case "app_passwords":
		_, err = l.google.AddAppPassword(s.account, "Mail program")
	case "mail":
		err = l.google.AddDelegate(s.account, anyOf(r, l.here()).account)
	case "admin":
		err = l.google.AssignRole(s.account)
	case "backup_codes":
		err = l.google.SetTwoStep(s.account, fakegoogle.TwoStep{Enrolled: true})
	}
	l.tell("%s gets %s in Google: %v", s.name, what, err)
	l.spoil(s.account, what)
}

func (w *world) exists(account string) bool {
	return slices.ContainsFunc(w.google.Users(), func(u fakegoogle.User) bool { return u.ID == account })
}

// spoil notes that others gave a leaver something again after it was looked for
// the last time.
func (w *world) spoil(account, what string) {
	for _, one := range w.lists().leavers {
		last := "verify"
		if what == "mail" || what == "backup_codes" {
			last = what
		}
		if one.account == account && one.over(last) {
			w.spoilt[account+" "+what] = true
		}
	}
}

// reopen lets an administrator lift somebody's suspension.
func (l *leaversLife) reopen(r *rand.Rand) {
	var all []fakegoogle.User
	for _, u := range l.google.Users() {
		if u.Suspended {
			all = append(all, u)
		}
	}
	if len(all) == 0 {
		l.drain()
		return
	}
	u := anyOf(r, all)
	_, err := l.console().Users.Update(u.ID, &admin.User{ForceSendFields: []string{"Suspended"}}).Do()
	l.tell("an administrator lifts the suspension of %s: %v", u.Email, err)
	if !slices.ContainsFunc(l.google.Users(), func(now fakegoogle.User) bool { return now.ID == u.ID && now.Suspended }) {
		delete(l.shut, u.ID)
		l.spoil(u.ID, "suspend")
	}
}

// hold puts somebody's account on hold, or ends that, or lets a transfer fail.
func (l *leaversLife) hold(r *rand.Rand) {
	s := anyOf(r, l.people)
	switch on := l.held[s.account]; {
	case r.IntN(2) == 0:
		l.tell("the next transfer fails")
		l.google.FailTransfers("55656082996")
	case s.account == "" || !l.exists(s.account):
	case on:
		l.tell("%s is released from hold", s.name)
		l.must(l.google.Release(s.account))
		delete(l.held, s.account)
	default:
		l.tell("%s is on hold", s.name)
		l.must(l.google.Hold(s.account))
		l.held[s.account] = true
	}
}

// walkOut deactivates somebody in Slack who has left.
func (l *leaversLife) walkOut(r *rand.Rand) {
	var all []*soul
	for _, s := range l.here() {
		for _, one := range l.leaversOf(s.email(), s) {
			if one.person.Stage == workflows.StageLeft && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	if len(all) == 0 {
		l.drain()
		return
	}
	s := anyOf(r, all)
	s.gone, l.everAway[s.slackID()] = true, true
	l.tell("%s, who left, is deactivated in Slack", s.name)
	l.slack.Deactivate(s.slackID())
	(&peopleLife{world: l.world}).heard()
}
