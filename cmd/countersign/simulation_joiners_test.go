package main

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"countersign/bot/fakeslack"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// mostOnboarded is how many people an admin brings into one company.
const mostOnboarded = 5

// joinersFlow onboards people, who come to Slack some time after their account is
// made.
func joinersFlow(w *world) flow {
	j := &joinersLife{world: w, clicks: newAccessLife(w), shown: make(map[string]int), seated: make(map[string]bool), judged: make(map[string]bool)}
	return flow{
		actions: []action{
			{name: "onboard", weight: 5, do: j.onboard},
			{name: "seat", weight: 4, do: j.seat},
			{name: "accept", weight: 4, do: j.clicks.presses("accept_policy", 2)},
			{name: "trained", weight: 4, do: j.clicks.presses("training_done", 1)},
			{name: "password", weight: 3, do: j.password},
			{name: "signin", weight: 2, do: j.signIn},
			{name: "address", weight: 2, do: j.clicks.presses("change_address", 1)},
			{name: "restore", weight: 2, do: j.clicks.presses("restore_account", 2)},
			{name: "extend", weight: 2, do: j.clicks.presses("extend", 1)},
		},
		always: j.always, quiet: j.quiet,
	}
}

// joinersLife is what the simulation knows about joiners.
type joinersLife struct {
	*world
	clicks  *accessLife
	sent    int             // forms that were taken
	private []string        // personal addresses that were typed
	secrets []string        // first passwords that somebody saw
	shown   map[string]int  // by onboarding
	seated  map[string]bool // accounts that were looked at for a seat in Slack
	judged  map[string]bool // grants that were looked at when they were new
	scanned time.Time       // calls of Slack up to then were looked at
}

// joinersNames are first names that nobody else has; the ones after the first few
// are seldom needed.
var joinersNames = []string{"Jon", "Kai", "Mia", "Olga", "Pim", "Quinn", "Rosa", "Till", "Uma", "Vera", "Wim", "Xenia"}

// onboard fills in the form of /onboard, mostly well.
func (j *joinersLife) onboard(r *rand.Rand) {
	who := j.adminOf(r)
	if r.IntN(8) == 0 {
		who = anyOf(r, j.here())
	}
	n := len(j.private)
	if who == nil || j.sent >= mostOnboarded || n >= len(joinersNames) {
		j.drain()
		return
	}
	name := joinersNames[n]
	x := joinerForm{
		first: name, last: "Newman", work: strings.ToLower(name) + "@" + simulatedDomain,
		personal: strings.ToLower(name) + ".private@mail.example",
		starts:   j.now().AddDate(0, 0, r.IntN(21)), terms: workflows.TermsFull, role: "employee", manager: anyOf(r, j.here()),
	}
	if r.IntN(3) == 0 {
		x.terms, x.role, x.ends = workflows.TermsContractor, "contractor", x.starts.AddDate(0, 0, 3+r.IntN(40))
	}
	why := j.spoilForm(r, &x)
	j.private = append(j.private, x.personal)
	before := len(j.lists().joiners)
	j.brink(r)
	err := j.fillOnboard(who, x)
	v, _ := j.top(who.slackID())
	stays := j.inputs(v)["work_email"].action != ""
	j.tell("%s onboards %s as %s from %s, managed by %s (%s): %s", who.name, x.work, x.role, x.starts.Format(time.DateOnly), x.manager.name, why, said(err, stays))
	j.mourn()
	made := len(j.lists().joiners) - before
	switch sent := err == nil && !stays; {
	case made > 0 && (why == "past" || why == "endless" || why == "inside" || made > 1):
		j.fail("%s began %d onboardings with a form that is wrong: %s", who.name, made, why)
	case made == 0 && sent:
		j.fail("%s's form to onboard %s was taken, and no onboarding is there", who.name, x.work)
	case made > 0:
		j.sent++
	}
	j.shut(who.slackID())
}

type joinerForm struct {
	first, last, work, personal string
	starts, ends                time.Time
	terms                       workflows.Terms
	role                        string
	manager                     *soul
}

// spoilForm makes something of a form wrong, or hard.
func (j *joinersLife) spoilForm(r *rand.Rand, x *joinerForm) string {
	switch r.IntN(14) {
	case 0:
		x.work = anyOf(r, j.people).email()
		return "the address of a person"
	case 1:
		x.work = anyOf(r, j.google.Groups()).Email
		return "the address of a group"
	case 2:
		j.google.AddUnmanaged(x.work)
		return "the address of a personal account"
	case 3:
		u := j.google.AddUser(fakegoogle.User{Email: x.work, GivenName: "Former", FamilyName: "Person"})
		j.seated[u.ID] = true
		j.must(j.google.DeleteUser(u.ID))
		return "the address of a deleted account"
	case 4:
		u := j.google.AddUser(fakegoogle.User{Email: "shared." + x.work, Aliases: []string{x.work}, GivenName: "Shared", FamilyName: "Account"})
		j.seated[u.ID] = true
		return "an alias"
	case 5:
		x.starts = j.now().AddDate(0, 0, -2)
		return "past"
	case 6:
		x.terms, x.role, x.ends = workflows.TermsContractor, "contractor", time.Time{}
		return "endless"
	case 7:
		x.personal = "private." + x.work
		return "inside"
	}
	return "well"
}

func (j *joinersLife) fillOnboard(who *soul, x joinerForm) error {
	user := who.slackID()
	j.shut(user)
	j.online()
	if err := j.slack.Command(j.t.Context(), user, j.general(user), "/onboard", ""); err != nil {
		return err
	}
	j.lull()
	v, ok := j.top(user)
	if !ok {
		return errNoForm
	}
	f := form{j.world, v, map[string]map[string]any{}}
	f.text("first_name", x.first)
	f.text("last_name", x.last)
	f.text("work_email", x.work)
	f.text("personal_email", x.personal)
	f.date("start_date", x.starts)
	if !x.ends.IsZero() {
		f.date("end_date", x.ends)
	}
	f.choice("employment_type", string(x.terms))
	f.choice("role", x.role)
	f.person("manager", x.manager.slackID())
	return j.send(user, v, f.values)
}

// seat gives those who got an account a seat in Slack.
func (j *joinersLife) seat(*rand.Rand) {
	for _, u := range j.google.Users() {
		if j.seated[u.ID] || u.Admin || u.Suspended || slices.ContainsFunc(j.people, func(s *soul) bool { return s.account == u.ID }) {
			continue
		}
		j.seated[u.ID] = true
		i := slices.IndexFunc(j.people, func(s *soul) bool { return s.email() == u.Email || s.name == u.GivenName })
		if i >= 0 { // who is in Slack already
			j.people[i].account = u.ID
			continue
		}
		s := &soul{name: u.GivenName, last: u.FamilyName, account: u.ID, work: u.Email}
		j.tell("%s comes to Slack as %s", s.name, s.email())
		j.people = append(j.people, s)
		j.slack.AddUser(fakeslack.User{ID: s.slackID(), Name: s.handle(), RealName: s.name + " " + s.last, Email: s.email()})
		for _, c := range j.slack.Channels(s.slackID()) {
			if c.Name == "general" || c.Name == j.cfg.Slack.Channels.Requests || c.Name == j.cfg.Slack.Channels.Vendors {
				j.must(j.slack.Invite(c.ID, s.slackID()))
			}
		}
		(&peopleLife{world: j.world}).heard()
		return
	}
	j.drain()
}

// firstPassword is how a first password looks in its window.
var firstPassword = regexp.MustCompile(`[A-Za-z2-9]{4}(-[A-Za-z2-9]{4}){3}`)

// password lets a manager ask for the first password, twice.
func (j *joinersLife) password(r *rand.Rand) {
	b, ok := j.clicks.pick(r, "show_password")
	if !ok {
		j.drain()
		return
	}
	for range 2 {
		j.shut(b.user)
		j.brink(r)
		err := j.press(b)
		v, _ := j.top(b.user)
		secret := firstPassword.FindString(string(v.Raw))
		j.tell("%s presses %s on %s: %v, shown: %v", b.user, b.verb, b.record, err, secret != "")
		if secret != "" {
			j.seen(b, secret)
		}
		j.mourn()
		j.shut(b.user)
	}
}

// seen judges a password that somebody saw.
func (j *joinersLife) seen(b button, secret string) {
	j.secrets = append(j.secrets, secret)
	if j.shown[b.record]++; j.shown[b.record] > 1 {
		j.fail("the first password of %s was shown %d times", b.record, j.shown[b.record])
	}
	for _, one := range j.lists().joiners {
		if one.id != b.record {
			continue
		}
		manager := ""
		j.view(func(tx workflows.Tx) error {
			p, err := tx.PersonByChat(b.user)
			manager = p.ID
			return err
		})
		if one.person.ManagerID != manager {
			j.fail("%s saw the first password of %s and is not the manager", b.user, b.record)
		}
		now, err := j.google.Password(one.account)
		j.must(err)
		session, err := j.google.Session(one.account)
		j.must(err)
		if !now.Matches(secret) || !now.MustChange {
			j.fail("what was shown is not the first password of %s", b.record)
		}
		if !session.LastIn.IsZero() {
			j.fail("the first password of %s was shown after the first sign-in", b.record)
		}
	}
}

// signIn lets somebody new sign in for the first time.
func (j *joinersLife) signIn(r *rand.Rand) {
	var all []storedList
	for _, one := range j.lists().joiners {
		if one.account != "" && j.exists(one.account) {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		j.drain()
		return
	}
	one := anyOf(r, all)
	j.tell("%s signs in to Google: %v", one.person.Shown(), j.google.SignIn(one.account))
}
