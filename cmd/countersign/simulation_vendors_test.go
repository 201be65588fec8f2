package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// vendorsFlow lets people ask for vendors, look after them and decide on them.
func vendorsFlow(w *world) flow {
	v := &vendorsLife{
		world: w, clicks: newAccessLife(w), wishes: make(map[string]bool), posts: make(map[string]post),
		sponsors: make(map[string]string), askers: make(map[string]string), over: make(map[string]bool), given: make(map[string][]string), alone: make(map[string]time.Time),
	}
	return flow{
		actions: []action{
			{name: "vendorpost", weight: 3, do: v.post},
			{name: "vendorask", weight: 4, do: v.ask},
			{name: "vendornext", weight: 16, do: v.next},
			{name: "vendorpress", weight: 6, do: v.anything},
			{name: "vendorlook", weight: 3, do: v.lookUp},
		},
		always: v.always, quiet: v.quiet,
	}
}

// vendorsLife is what the simulation knows about vendors.
type vendorsLife struct {
	*world
	clicks *accessLife
	forms  int             // that were filled in
	wishes map[string]bool // by reason given: whether the form was acknowledged
	posts  map[string]post // in the vendors channel, by their place

	read     int                  // entries of the ledger that were replayed
	sponsors map[string]string    // by vendor, as the ledger tells it
	askers   map[string]string    // who asked, likewise
	over     map[string]bool      // vendors that ended
	given    map[string][]string  // who approved what is to be decided now, likewise
	alone    map[string]time.Time // since when the sponsor of a vendor was seen not to be active
}

// post is a message that somebody wrote in the vendors channel.
type post struct {
	asks   bool // for a vendor, so that it must become one, or be answered
	heard  bool // nothing was in the way of its delivery
	domain string
}

// vendorNames are companies that people ask for. Some are asked for by two names.
var vendorNames = []struct{ name, site string }{
	{"Figma", "figma.com"}, {"Miro", "miro.com"}, {"Notetaker", "notetaker.example"}, {"Datadog", "datadoghq.com"}, {"Stripe", "stripe.com"},
	{"Zoom", "zoom.us"}, {"Zoom Meetings", "www.zoom.us"}, {"Payfast", "payfast.example"}, {"Hotjar", "hotjar.com"}, {"Loom", "loom.com"},
}

// vendorsChannel is the id of the vendors channel, or nothing for who is not in it.
func (w *world) vendorsChannel(user string) string {
	for _, c := range w.slack.Channels(user) {
		if c.Name == w.cfg.Slack.Channels.Vendors {
			return c.ID
		}
	}
	return ""
}

// post writes a message in the vendors channel: mostly one that asks for a vendor.
func (v *vendorsLife) post(r *rand.Rand) {
	who, what := anyOf(r, v.people), anyOf(r, vendorNames)
	if who.gone {
		who = anyOf(r, v.here())
	}
	text, asks := fmt.Sprintf("We need %s for the design reviews: https://%s/pricing", what.name, what.site), !who.guest
	switch r.IntN(6) {
	case 0:
		text, asks = "lunch at noon, who comes along?", false
	case 1:
		text = "Could we buy " + what.name + "?"
	}
	channel := v.vendorsChannel(who.slackID())
	if channel == "" {
		v.drain()
		return
	}
	thread := ""
	if all := v.slack.Messages(who.slackID(), channel); len(all) > 0 && r.IntN(6) == 0 {
		thread, asks = anyOf(r, all).TS, false
	}
	v.online()
	v.brink(r)
	ts, err := v.slack.Say(v.t.Context(), who.slackID(), channel, thread, text)
	v.tell("%s writes %q in #%s (in a thread: %v): %v", who.name, text, v.cfg.Slack.Channels.Vendors, thread != "", err)
	if err == nil && thread == "" {
		v.posts[channel+"/"+ts] = post{asks: asks, heard: !v.rough() && who.address == "", domain: strings.TrimPrefix(what.site, "www.")}
	}
	(&peopleLife{world: v.world}).heard()
	v.mourn()
	if r.IntN(4) == 0 && err == nil { // somebody is faster than the bot, or not
		v.shortcut(r, anyOf(r, v.here()), channel, ts, what.name, what.site)
	}
}

// ask asks for a vendor with /vendor.
func (v *vendorsLife) ask(r *rand.Rand) {
	who, what := anyOf(r, v.here()), anyOf(r, vendorNames)
	user := who.slackID()
	v.shut(user)
	v.online()
	if err := v.slack.Command(v.t.Context(), user, v.general(user), "/vendor", ""); err != nil {
		v.tell("%s asks for %s: %v", who.name, what.name, err)
		return
	}
	v.lull()
	v.wish(r, who, what.name, what.site)
}

// shortcut starts a request from a message.
func (v *vendorsLife) shortcut(r *rand.Rand, who *soul, channel, ts, name, site string) {
	v.shut(who.slackID())
	v.online()
	err := v.slack.MessageShortcut(v.t.Context(), who.slackID(), channel, ts, "start_vendor_request")
	v.lull()
	v.tell("%s starts a vendor request from a message: %v", who.name, err)
	v.wish(r, who, name, site)
}

// wish fills in Vendor details on somebody's screen.
func (v *vendorsLife) wish(r *rand.Rand, who *soul, name, site string) {
	view, ok := v.top(who.slackID())
	if !ok || v.inputs(view)["website"].action == "" {
		v.mourn()
		return
	}
	f := form{v.world, view, map[string]map[string]any{}}
	f.text("vendor", name)
	f.text("website", site)
	why := v.details(r, f)
	v.wishes[why] = false
	v.brink(r)
	err := v.send(who.slackID(), view, f.values)
	taken, says := v.outcome(who.slackID())
	v.tell("%s asks for %s because %q: %v %s", who.name, name, why, err, says)
	if err == nil && taken {
		v.wishes[why] = true
	}
	v.mourn()
	v.shut(who.slackID())
}

// details fills in all but the name of Vendor details. It returns the reason, which
// nobody else gives.
func (v *vendorsLife) details(r *rand.Rand, f form) string {
	v.forms++
	why := fmt.Sprintf("Wanted for goal %d of this year.", v.forms)
	f.text("service", "What it does for us")
	f.text("why", why)
	f.text("users", "The design team")
	f.choice("data", fmt.Sprint(r.IntN(4)))
	f.choice("access", fmt.Sprint(r.IntN(4)))
	if r.IntN(3) == 0 {
		f.person("proposed", anyOf(r, v.here()).slackID())
	}
	return why
}

// vendorSteps are the buttons that bring a vendor further, in their order.
var vendorSteps = []workflows.Verb{
	workflows.VerbDetails, workflows.VerbSponsor, workflows.VerbServices, workflows.VerbCompensate, workflows.VerbVendorYes, workflows.VerbVendorIf, workflows.VerbVendorNo,
	workflows.VerbEvaluate, workflows.VerbActionDone,
}

// next lets somebody who is asked to do something about a vendor do it.
func (v *vendorsLife) next(r *rand.Rand) {
	var all []button
	for _, b := range v.vendorButtons("") {
		verb := workflows.Verb(b.verb)
		if verb == workflows.VerbVendorNo && r.IntN(4) > 0 || verb == workflows.VerbVendorIf && r.IntN(2) > 0 || verb == workflows.VerbCompensate && r.IntN(2) > 0 {
			continue
		}
		if verb == workflows.VerbEvaluate && r.IntN(3) > 0 {
			continue
		}
		if slices.Contains(vendorSteps, verb) {
			all = append(all, b)
		}
	}
	v.pressOne(r, all)
}

// anything lets somebody press any button of a vendor.
func (v *vendorsLife) anything(r *rand.Rand) { v.pressOne(r, v.vendorButtons("")) }

// lookUp shows somebody a vendor, and lets them press what is there.
func (v *vendorsLife) lookUp(r *rand.Rand) {
	ids := v.query("SELECT id FROM vendors ORDER BY id")
	who := anyOf(r, v.here())
	if len(ids) == 0 {
		v.drain()
		return
	}
	user, id := who.slackID(), anyOf(r, ids)
	v.online()
	channel := v.general(user)
	err := v.slack.Command(v.t.Context(), user, channel, "/vendor", anyOf(r, []string{id, "status " + id, "list", "coverage"}))
	v.lull()
	var all []button
	for _, m := range v.slack.Messages(user, channel) {
		for _, e := range elements(v.t, m.Blocks) {
			if b, ok := buttonOf(user, fakeslack.Place{Channel: m.Channel, TS: m.TS}, e, ""); ok && m.Ephemeral {
				all = append(all, b)
			}
		}
	}
	v.tell("%s looks up %s: %v, and can press %d buttons", who.name, id, err, len(all))
	v.mourn()
	v.pressOne(r, all)
	v.slack.Reload(user)
}

// vendorButtons are the buttons about vendors that anybody sees.
func (v *vendorsLife) vendorButtons(verb string) []button {
	return slices.DeleteFunc(v.everyButton(verb), func(b button) bool { return !strings.HasPrefix(b.record, "VN-") })
}

// pressOne presses one of some buttons, now and then as the wrong person, and
// twice.
func (v *vendorsLife) pressOne(r *rand.Rand, all []button) {
	if len(all) == 0 {
		v.drain()
		return
	}
	b := anyOf(r, all)
	times := 1
	if r.IntN(6) == 0 {
		times = 2
	}
	for range times {
		v.use(r, b)
	}
}

// use presses a button, and fills in its form where it has one.
func (v *vendorsLife) use(r *rand.Rand, b button) {
	faults := v.faulty()
	asks := workflows.HasForm(workflows.Verb(b.verb))
	if asks {
		v.shut(b.user)
	} else {
		v.brink(r)
	}
	before := v.traces(b)
	err := v.press(b)
	v.tell("%s presses %s on %s: %v", b.user, b.verb, b.record, err)
	v.mourn()
	if !asks {
		if err == nil && faults == v.faulty() && v.traces(b) == before && !v.repeats(b) {
			v.fail("%s's %s of %s was acknowledged, and neither it nor a refusal is in the ledger", b.user, b.verb, b.record)
		}
		return
	}
	view, ok := v.top(b.user)
	if !ok || !strings.Contains(string(view.Raw), "act:"+b.verb) {
		return
	}
	f := form{v.world, view, map[string]map[string]any{}}
	why := v.answer(r, b, f)
	v.brink(r)
	before = v.traces(b)
	err = v.send(b.user, view, f.values)
	taken, says := v.outcome(b.user)
	v.tell("%s sends the form to %s %s: %v %s", b.user, b.verb, b.record, err, says)
	v.mourn()
	if err == nil && taken {
		if why != "" {
			v.wishes[why] = true
		}
		if v.traces(b) == before && !v.repeats(b) {
			v.fail("%s's form to %s %s was taken, and nothing of it is in the ledger", b.user, b.verb, b.record)
		}
	}
	v.shut(b.user)
}

// outcome says whether a form that was sent was taken: it is closed, or what was
// done stands in its place; and what it says otherwise.
func (v *vendorsLife) outcome(user string) (taken bool, says string) {
	view, ok := v.top(user)
	if !ok {
		return true, "closed"
	}
	var is struct {
		Title  struct{ Text string }
		Blocks []struct{ Text struct{ Text string } }
	}
	v.must(json.Unmarshal(view.Raw, &is))
	if is.Title.Text == "Done" || len(v.inputs(view)) == 0 && len(is.Blocks) > 0 {
		says = is.Blocks[0].Text.Text
	}
	return is.Title.Text == "Done", fmt.Sprintf("%s: %s %v", is.Title.Text, says, view.Errors)
}

// traces counts what the ledger has of somebody doing something to a vendor.
func (v *vendorsLife) traces(b button) int {
	v.world.read()
	n, who := 0, v.personOf(b.user)
	vendor, _, _ := strings.Cut(b.record, "/")
	for _, e := range v.book.entries {
		if e.WorkflowID == vendor && e.Actor.ID == who || e.Type == "action.refused" && e.Actor.ID == who && e.Data["record"] == b.record {
			n++
		}
	}
	return n
}

// traceOf are the events that some buttons leave.
var traceOf = map[workflows.Verb]string{
	workflows.VerbDetails: "vendor.details_added", workflows.VerbAskAgain: "vendor.details_added", workflows.VerbServices: "vendor.assessed",
	workflows.VerbVendorYes: "vendor.approved", workflows.VerbVendorIf: "vendor.conditional", workflows.VerbVendorNo: "vendor.denied",
	workflows.VerbEvaluate: "vendor.reviewed", workflows.VerbVendorBack: "vendor.changed", workflows.VerbEndVendor: "vendor.terminated", workflows.VerbRenew: "vendor.renewed",
}

// repeats says whether somebody's press says again what the ledger has, so that it
// is answered as done or counted as a repeat. What others may have done already is
// taken for a repeat.
func (v *vendorsLife) repeats(b button) bool {
	who := v.personOf(b.user)
	kind, alone := traceOf[workflows.Verb(b.verb)]
	did := func(e entry) bool { return e.WorkflowID == b.record && e.Actor.ID == who && e.Type == kind }
	return !alone || v.refusedBefore(who, b.record, b.verb) || slices.ContainsFunc(v.book.entries, did)
}

func (w *world) personOf(user string) (id string) {
	w.view(func(tx workflows.Tx) error {
		p, err := tx.PersonByChat(user)
		if errors.Is(err, workflows.ErrNotFound) {
			return nil
		}
		id = p.ID
		return err
	})
	return id
}
