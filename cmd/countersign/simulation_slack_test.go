package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing/synctest"
	"time"

	"countersign/bot/fakeslack"
)

// button is something in Slack that somebody can press.
type button struct {
	user   string
	at     fakeslack.Place
	e      element
	verb   string
	record string
}

// seenBack is how many messages of a conversation people look back.
const seenBack = 30

// buttons returns what somebody sees and can press, of one verb or of all.
func (w *world) buttons(user, verb string) []button {
	var out []button
	for _, c := range w.slack.Channels(user) {
		if !c.DM && c.Name != w.cfg.Slack.Channels.Requests && c.Name != w.cfg.Slack.Channels.People && c.Name != w.cfg.Slack.Channels.Vendors {
			continue
		}
		all := w.messages(user, c.ID)
		for _, m := range all[max(0, len(all)-seenBack):] {
			if m.Ephemeral || !strings.Contains(string(m.Blocks), `"act:`+verb) {
				continue
			}
			for _, e := range elements(w.t, m.Blocks) {
				if b, ok := buttonOf(user, fakeslack.Place{Channel: m.Channel, TS: m.TS}, e, verb); ok {
					out = append(out, b)
				}
			}
		}
	}
	return out
}

// messages is a conversation as somebody sees it, with the replies in threads.
func (w *world) messages(user, channel string) (out []fakeslack.Message) {
	for _, m := range w.slack.Messages(user, channel) {
		if out = append(out, m); m.ReplyCount > 0 {
			out = append(out, w.slack.Replies(user, channel, m.TS)[1:]...)
		}
	}
	return out
}

func buttonOf(user string, at fakeslack.Place, e element, verb string) (button, bool) {
	is, ok := strings.CutPrefix(e.action, "act:")
	record, _, _ := strings.Cut(e.value, "|")
	return button{user: user, at: at, e: e, verb: is, record: record}, ok && (verb == "" || is == verb)
}

// everyButton returns what anybody sees and can press.
func (w *world) everyButton(verb string) []button {
	var out []button
	for _, s := range w.people {
		if !s.gone {
			out = append(out, w.buttons(s.slackID(), verb)...)
		}
	}
	return out
}

// lull gives the product a moment for what it does after it has answered.
func (w *world) lull() {
	synctest.Wait()
	time.Sleep(4 * time.Second)
	synctest.Wait()
}

// press presses a button. An error is what the person sees as one.
func (w *world) press(b button) error {
	w.online()
	err := w.slack.Click(w.t.Context(), b.user, b.at, fakeslack.Action{BlockID: b.e.block, ActionID: b.e.action, Value: b.e.value})
	w.lull()
	return err
}

// errNoForm is returned where no form opens.
var errNoForm = errors.New("no form opens")

// top returns the modal on top of somebody's screen.
func (w *world) top(user string) (fakeslack.View, bool) {
	views := w.slack.Views(user)
	if len(views) == 0 {
		return fakeslack.View{}, false
	}
	return views[len(views)-1], true
}

// inputs lists the inputs of a modal by the field they stand for.
func (w *world) inputs(v fakeslack.View) map[string]element {
	out := make(map[string]element)
	for _, e := range elements(w.t, v.Raw) {
		out[e.block] = e
	}
	return out
}

// wish is what somebody puts into the form of /access.
type wish struct{ app, level, duration, subject, why string }

// fill opens the form of /access, fills it in and sends it.
func (w *world) fill(user string, x wish) error {
	w.online()
	if err := w.slack.Command(w.t.Context(), user, w.general(user), "/access", ""); err != nil {
		return err
	}
	w.lull()
	v, ok := w.top(user)
	if !ok {
		return errNoForm
	}
	app := w.inputs(v)["app"]
	at := fakeslack.Place{ViewID: v.ID}
	if _, err := w.slack.Suggest(w.t.Context(), user, at, app.block, app.action, x.app); err != nil {
		return err
	}
	if err := w.choose(user, v, "app", x.app); err != nil {
		return err
	}
	v, _ = w.top(user)
	if err := w.choose(user, v, "level", x.level); err != nil {
		return err
	}
	v, _ = w.top(user)
	values := map[string]map[string]any{}
	in := w.inputs(v)
	values["duration"] = map[string]any{in["duration"].action: map[string]any{"selected_option": map[string]any{"value": x.duration}}}
	values["for"] = map[string]any{in["for"].action: map[string]any{"type": "users_select", "selected_user": x.subject}}
	values["justification"] = map[string]any{in["justification"].action: map[string]any{"type": "plain_text_input", "value": x.why}}
	return w.send(user, v, values)
}

// choose makes a choice that draws the form again.
func (w *world) choose(user string, v fakeslack.View, field, value string) error {
	e, ok := w.inputs(v)[field]
	if !ok {
		return fmt.Errorf("%s: %w", field, errNoForm)
	}
	err := w.slack.Click(w.t.Context(), user, fakeslack.Place{ViewID: v.ID}, fakeslack.Action{BlockID: e.block, ActionID: e.action, Selected: value})
	w.lull()
	return err
}

// send sends a form.
func (w *world) send(user string, v fakeslack.View, values map[string]map[string]any) error {
	for field, actions := range values {
		if _, ok := w.inputs(v)[field]; !ok {
			return fmt.Errorf("%s: %w", field, errNoForm)
		}
		for action := range actions {
			if action == "" {
				return fmt.Errorf("%s: %w", field, errNoForm)
			}
		}
	}
	err := w.slack.Submit(w.t.Context(), user, v.ID, values)
	w.lull()
	return err
}

// form fills in the fields of a modal that are there.
type form struct {
	w      *world
	v      fakeslack.View
	values map[string]map[string]any
}

func (f form) set(field string, value map[string]any) {
	if e, ok := f.w.inputs(f.v)[field]; ok {
		f.values[field] = map[string]any{e.action: value}
	}
}

func (f form) text(field, text string) {
	f.set(field, map[string]any{"type": "plain_text_input", "value": text})
}

func (f form) date(field string, at time.Time) {
	f.set(field, map[string]any{"type": "datepicker", "selected_date": at.Format(time.DateOnly)})
}

func (f form) moment(field string, at time.Time) {
	f.set(field, map[string]any{"type": "datetimepicker", "selected_date_time": at.Unix()})
}

func (f form) choice(field, value string) {
	f.set(field, map[string]any{"selected_option": map[string]any{"value": value}})
}

// person chooses somebody; nobody empties the field.
func (f form) person(field, user string) {
	var is any
	if user != "" {
		is = user
	}
	f.set(field, map[string]any{"type": "users_select", "selected_user": is})
}

// shut closes what is on somebody's screen.
func (w *world) shut(user string) {
	for range 3 {
		v, ok := w.top(user)
		if !ok {
			return
		}
		_ = w.slack.CloseView(w.t.Context(), user, v.ID)
	}
	w.lull()
}

func (w *world) general(user string) string {
	for _, c := range w.slack.Channels(user) {
		if c.Name == "general" {
			return c.ID
		}
	}
	w.fail("%s is not in #general", user)
	return ""
}

// anyOf returns one of a list.
func anyOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
