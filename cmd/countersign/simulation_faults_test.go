package main

import (
	"math/rand/v2"
	"slices"
	"time"

	"countersign/bot/fakeslack"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// processFlow stops, kills and starts the product.
func processFlow(w *world) flow {
	return flow{actions: []action{
		{name: "restart", weight: 2, do: func(*rand.Rand) { w.tell("restart"); w.restart() }},
		{name: "reorganize", weight: 2, do: w.reorganize},
		{name: "kill", weight: 2, possible: w.rough, do: func(*rand.Rand) { w.disturbed = true; w.tell("kill"); w.fate.die(); w.mourn() }},
		{name: "doom", weight: 5, possible: w.rough, do: w.doom},
	}}
}

// reorganize gives an app to other people and starts the product again.
func (w *world) reorganize(r *rand.Rand) {
	app := &w.cfg.Apps[r.IntN(len(w.cfg.Apps))]
	var all []string
	for _, s := range w.here() {
		all = append(all, s.email())
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	n := 1 + r.IntN(2)
	app.Owners, app.Backups = slices.Clone(all[:n]), slices.Clone(all[n:n+r.IntN(2)])
	w.tell("%s now belongs to %v, then %v", app.ID, app.Owners, app.Backups)
	w.restart()
}

// doom lets the product die at one of its next commits or calls, before or after
// it takes effect.
func (w *world) doom(r *rand.Rand) {
	w.disturbed = true
	at, left, after := anyOf(r, []string{"commit", "call"}), 1+r.IntN(12), r.IntN(2) == 0
	w.tell("doom at %s %d, after it %v", at, left, after)
	w.fate.doom(at, left, after)
}

// rough says whether anything goes wrong in this company at all. In every third
// nothing does, so that errors without a fault are noticed.
func (w *world) rough() bool { return w.seed%3 > 0 }

// brink lets the product die, now and then, just before or after the next commit.
func (w *world) brink(r *rand.Rand) {
	if w.rough() && r.IntN(8) == 0 {
		w.disturbed = true
		after := r.IntN(2) == 0
		w.tell("doom at the next commit, after it %v", after)
		w.fate.doom("commit", 1, after)
	}
}

// faultFlow makes Slack and Google go wrong.
func faultFlow(w *world) flow {
	act := func(f func(r *rand.Rand)) func(r *rand.Rand) {
		return func(r *rand.Rand) {
			w.disturbed = true
			w.tally.faults++
			f(r)
		}
	}
	return flow{actions: []action{
		{name: "slackfault", weight: 4, possible: w.rough, do: act(w.slackFault)},
		{name: "frame", weight: 4, possible: w.rough, do: act(w.frameFault)},
		{name: "link", weight: 3, possible: w.rough, do: act(w.linkFault)},
		{name: "googlefault", weight: 4, possible: w.rough, do: act(w.googleFault)},
	}}
}

// slackFault makes some of the next calls of the Web API fail, before or after
// they took effect.
func (w *world) slackFault(r *rand.Rand) {
	f := fakeslack.Fault{
		Method: anyOf(r, []string{
			"chat.postMessage", "chat.postMessage", "chat.update", "chat.update", "views.open", "views.update", "conversations.history",
			"conversations.open", "users.list", "users.info", "response_url", "apps.connections.open", "auth.test", "conversations.list", "views.publish", "",
		}),
		Count: 1 + r.IntN(3), Applied: r.IntN(2) == 0,
	}
	switch r.IntN(5) {
	case 0:
		f.Error = "internal_error"
	case 1:
		f.Status = 503
	case 2:
		f.RetryAfter, f.Applied = 1+r.IntN(30), false
	case 3:
		f.Drop = true
	case 4:
		f.Drop, f.Delay = true, time.Duration(r.IntN(9))*time.Second // less than the client's patience: nobody can look for a post that is yet to come
	}
	w.tell("Slack's next %+v", f)
	w.slack.Fail(f)
}

// frameFault makes the next envelope go astray.
func (w *world) frameFault(r *rand.Rand) {
	f := fakeslack.EnvelopeFault{Type: anyOf(r, []string{"", "", "interactive", "interactive", "events_api", "slash_commands"})}
	switch r.IntN(6) {
	case 0:
		f.Lose = true
	case 1:
		f.Malformed = true
	case 2:
		f.Cut = true
	case 3:
		f.Repeat, f.Again = true, time.Duration(r.IntN(3))*time.Second
	case 4:
		f.Reissue, f.Again = true, time.Duration(r.IntN(3))*time.Second
	case 5:
		f.Delay = time.Duration(1+r.IntN(5)) * time.Second
	}
	w.tell("Slack's next envelope %+v", f)
	w.slack.FailEnvelope(f)
}

// linkFault cuts or renews the connection. There are no ghosts here, because which
// envelopes they take is chance; a lost frame is the same to the product.
func (w *world) linkFault(r *rand.Rand) {
	kind := anyOf(r, []string{"drop", "warning", "refresh_requested", "arrival"})
	w.tell("the connection: %s", kind)
	switch kind {
	case "drop":
		w.slack.DropConnections()
	case "arrival":
		w.slack.CloseOnArrival(1 + r.IntN(2))
		w.slack.DropConnections()
	default:
		w.slack.Disconnect(kind)
	}
	w.lull()
	time.Sleep(30 * time.Second) // until the old connection is left, so that it is not chance what comes before
	w.online()
}

// googleFault makes some of the next calls of Google fail, before or after they
// took effect. Google's lag is left to other tests: whether a read comes before
// its end would be chance.
func (w *world) googleFault(r *rand.Rand) {
	f := fakegoogle.Fault{
		Method: anyOf(r, []string{"", "", "GET", "POST", "DELETE", "PUT"}),
		Path:   anyOf(r, anyOf(r, [][]string{faultyGroups, faultyGroups, faultyAccounts})),
		Kind: anyOf(r, []fakegoogle.Kind{
			fakegoogle.Unavailable, fakegoogle.BadGateway, fakegoogle.TooMany, fakegoogle.UserRate, fakegoogle.Quota, fakegoogle.RateLimit,
			fakegoogle.Internal, fakegoogle.Late, fakegoogle.Forbidden, fakegoogle.Unauthorized, fakegoogle.Dropped, fakegoogle.Flicker, fakegoogle.Conflict,
		}),
		Applied: r.IntN(2) == 0, Skip: r.IntN(3), Count: 1 + r.IntN(5), RetryAfter: time.Duration(r.IntN(3)*r.IntN(40)) * time.Second,
	}
	if f.Kind == fakegoogle.Flicker { // which comes only with what is new: who is away for a moment is no leaver
		f.Path = anyOf(r, faultyGroups[1:])
	}
	lost := f.Kind == fakegoogle.Unavailable || f.Kind == fakegoogle.BadGateway || f.Kind == fakegoogle.Internal || f.Kind == fakegoogle.Late || f.Kind == fakegoogle.Dropped
	f.Applied = f.Applied && lost
	w.tell("Google's next %+v", f)
	w.google.Fail(f)
}

// faultyGroups and faultyAccounts are the calls that fail, as access and as joiners
// and leavers make them; of the latter each step has its own.
var (
	faultyGroups = []string{
		"", "/admin/directory/v1/groups/*/members", "/admin/directory/v1/groups/*/members/*", "/admin/directory/v1/groups/*",
	}
	faultyAccounts = []string{
		"/admin/directory/v1/users", "/admin/directory/v1/users/*", "/admin/directory/v1/users/*/*", "/admin/directory/v1/users/*/tokens", "/admin/directory/v1/users/*/tokens/*",
		"/admin/directory/v1/users/*/asps", "/admin/directory/v1/users/*/asps/*", "/admin/directory/v1/users/*/verificationCodes/*",
		"/admin/directory/v1/users/*/makeAdmin", "/admin/directory/v1/users/*/signOut", "/admin/directory/v1/customer/*/roleassignments",
		"/admin/directory/v1/customer/*/roleassignments/*", "/admin/directory/v1/groups", "/gmail/v1/users/*/settings/*", "/gmail/v1/users/*/settings/*/*",
		"/admin/datatransfer/v1/transfers", "/admin/datatransfer/v1/applications", "/token",
	}
)

// calm lifts what can be lifted. What is left is counted and runs out.
func (w *world) calm() {
	w.google.Heal()
	w.fate.doom("", 0, false)
	w.online()
	for _, s := range w.people {
		w.shut(s.slackID())
	}
}
