package web

import (
	"context"
	"testing"
)

// leaverModal has a day and a moment that are empty and may stay so, and one of
// each that starts with something.
const leaverModal = `{"type":"modal","callback_id":"leaver","title":{"type":"plain_text","text":"Offboard Bob"},"submit":{"type":"plain_text","text":"Offboard"},"blocks":[
{"type":"input","block_id":"last","label":{"type":"plain_text","text":"Last working day"},"element":{"type":"datepicker","action_id":"last"}},
{"type":"input","block_id":"when","optional":true,"label":{"type":"plain_text","text":"When"},"element":{"type":"datetimepicker","action_id":"when"}},
{"type":"input","block_id":"end","optional":true,"label":{"type":"plain_text","text":"End date"},"element":{"type":"datepicker","action_id":"end","initial_date":"2026-12-31"}},
{"type":"input","block_id":"then","optional":true,"label":{"type":"plain_text","text":"Then"},"element":{"type":"datetimepicker","action_id":"then","initial_date_time":1795422600}}]}`

func TestADayAndAMomentReachTheAppAndMayBeLeftEmpty(t *testing.T) {
	value := func(v string) map[string]any { return map[string]any{"value": v} }
	for _, c := range []struct {
		last, when, end, then string
		told                  string
	}{
		{"2026-11-22", "2026-11-23T09:30", "2026-12-31", "2026-11-23T09:30", `leaves "2026-11-22" 1795422600 "2026-12-31" 1795422600`}, // Berlin
		{"2026-11-22", "", "", "", `leaves "2026-11-22" 0 "" 0`},
	} {
		r := newRig(t)
		r.act("command", map[string]any{"as": nora, "channel": r.room, "text": "/offboard"})
		wantParts(t, r.regionsOf("?as=U0NORA")["modal"], `type="date" value=""`, `type="datetime-local" value=""`,
			`type="date" value="2026-12-31"`, `type="datetime-local" value="2026-11-23T09:30"`)
		r.act("submit", map[string]any{"as": nora, "view": r.slack.Views(nora)[0].ID, "values": map[string]any{
			"last": map[string]any{"last": value(c.last)}, "when": map[string]any{"when": value(c.when)},
			"end": map[string]any{"end": value(c.end)}, "then": map[string]any{"then": value(c.then)},
		}})
		r.waitTold(c.told)
	}
}

// pickDayAndMoment chooses in one field of each kind, clears the others and
// sends; a message meanwhile has the page draw itself anew.
func pickDayAndMoment(t *testing.T, r *rig, ctx context.Context) {
	set := func(action, value string) {
		read(t, ctx, `(() => { const i = document.querySelector("[data-action-id=`+action+`] input");
			i.focus(); i.value = "`+value+`";
			i.dispatchEvent(new Event("input", { bubbles: true })); i.dispatchEvent(new Event("change", { bubbles: true })); i.blur();
			return i.value; })()`)
	}
	do(t, ctx, "opening", typing("#text", "/offboard"), typing("#text", "\r"), visible("form.modal"))
	do(t, ctx, "sending it empty", click("[data-testid=submit]"), visible(".b-input.invalid[data-block-id=last]"))
	set("last", "2026-11-22")
	set("when", "2026-11-23T09:30")
	set("end", "")
	set("then", "")
	if _, err := r.slack.Say(ctx, bob, r.room, "", "meanwhile"); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, "seeing the message", visible(".msg"))
	if got := read(t, ctx, `[...document.querySelectorAll("form.modal input")].map((i) => i.value).join("|")`); got != "2026-11-22|2026-11-23T09:30||" {
		t.Errorf("the inputs hold %q", got)
	}
	do(t, ctx, "sending", click("[data-testid=submit]"), gone("form.modal"))
	r.waitTold(`leaves "2026-11-22" 1795422600 "" 0`)
}
