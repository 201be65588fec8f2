package web

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// regionsOf fetches a fragment's regions.
func (r *rig) regionsOf(query string) map[string]string {
	r.t.Helper()
	status, body := r.get("/fragment" + query)
	var f struct{ Regions map[string]string }
	if err := json.Unmarshal([]byte(body), &f); err != nil || status != 200 {
		r.t.Fatalf("fragment %s: %d %v", query, status, err)
	}
	return f.Regions
}

func wantParts(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("got %s\nwant a part: %s", got, p)
		}
	}
}

func TestThePageShowsPersonasChannelsPanelsClockAndTour(t *testing.T) {
	r := newRig(t)
	status, page := r.get("/")
	if status != 200 {
		t.Fatalf("status %d, want 200", status)
	}
	wantParts(t, page, `data-persona="U0NORA" class="face current"`, `data-persona="U0BOB"`, "access-requests",
		`data-panel="google"`, "bob@acme.example", `data-advance="604800"`, "10:30</b> Mon 2 Mar<", // Berlin
		"As Bob</a>", "<code>/access</code>", `placeholder="Message #access-requests"`)
}

func TestACommandOpensAModalThatSubmitsIntoACardForTheApprover(t *testing.T) {
	r := newRig(t)
	if status, out := r.act("command", map[string]any{"as": nora, "channel": r.room, "text": "/access"}); status != 200 {
		t.Fatalf("command: %d %v", status, out)
	}
	modal := r.regionsOf("?as=U0NORA")["modal"]
	wantParts(t, modal, `role="dialog"`, "Request access", `<label class="label" for="f-`, "Business justification")
	view := r.slack.Views(nora)[0].ID

	_, found := r.act("suggest", map[string]any{"as": nora, "view": view, "block": "app", "action": "app", "kind": "external_select", "query": "git"})
	if got := found["result"].([]any)[0].(map[string]any)["Value"]; got != "github" {
		t.Fatalf("suggested %v, want github", got)
	}
	values := func(why string) map[string]any {
		return map[string]any{
			"app": map[string]any{"app": map[string]any{"value": "github", "label": "GitHub"}}, "level": map[string]any{"level": map[string]any{"value": "admin"}},
			"why": map[string]any{"why": map[string]any{"value": why}},
		}
	}
	r.act("submit", map[string]any{"as": nora, "view": view, "values": values("just because I want it")})
	wantParts(t, r.regionsOf("?as=U0NORA")["modal"], `class="b-input invalid"`, "Say what for.", "just because I want it</textarea>", `<option value="admin" selected>`)

	r.act("submit", map[string]any{"as": nora, "view": view, "values": values("rotate the deploy keys")})
	r.waitTold("submitted github admin")
	for r.slack.Messages(nora, r.room) == nil || len(r.slack.Messages(nora, r.room)) < 2 {
		<-r.slack.Changed()
	}
	now := r.regionsOf("?as=U0NORA&c=" + r.room)
	if now["modal"] != "" {
		t.Errorf("modal is %s, want none", now["modal"])
	}
	wantParts(t, now["stream"], "Only visible to you", `<strong>AR-000001</strong> &lt;script&gt;`, `data-action-id="approve"`)
	wantParts(t, now["side"], `aria-label="1 unread from Countersign">1</span>`)
}

func TestLookingAtAConversationMakesItRead(t *testing.T) {
	r := newRig(t)
	if _, err := r.slack.Say(t.Context(), nora, r.room, "", "hello <b>"); err != nil {
		t.Fatal(err)
	}
	badge := `data-channel="` + r.room + `" class=" unread"`
	wantParts(t, r.regionsOf("?as=U0BOB&c=home")["side"], badge)
	wantParts(t, r.regionsOf("?as=U0BOB&c=" + r.room)["stream"], "hello &lt;b&gt;")
	if side := r.regionsOf("?as=U0BOB&c=home")["side"]; strings.Contains(side, badge) {
		t.Errorf("got %s, want no unread badge", side)
	}
}

func TestAReplyStandsInTheThreadAndIsCountedUnderItsMessage(t *testing.T) {
	r := newRig(t)
	ts, err := r.slack.Say(t.Context(), nora, r.room, "", "parent")
	if err != nil {
		t.Fatal(err)
	}
	r.act("say", map[string]any{"as": bob, "channel": r.room, "thread": ts, "text": "looking at it @nora"})
	got := r.regionsOf("?as=U0NORA&c=" + r.room + "&t=" + ts)
	wantParts(t, got["stream"], "1 reply")
	wantParts(t, got["thread"], "looking at it", `<span class="mention">@Nora Lindqvist</span>`)
	if strings.Contains(got["stream"], "looking at it") {
		t.Error("the reply stands in the channel as well")
	}
}

func TestWhatSlackRefusesIsSaidInPlainWords(t *testing.T) {
	r := newRig(t)
	lounge := r.slack.Channels(nora)[1].ID
	for _, c := range []struct {
		act  string
		deed map[string]any
		want string
	}{
		{"say", map[string]any{"as": nora, "channel": lounge, "text": "hi"}, "You can read #lounge but are not a member"},
		{"close", map[string]any{"as": nora, "view": "V1"}, "That is not there any more."},
		{"advance", map[string]any{"as": nora, "seconds": -5}, "The clock only moves forward"},
	} {
		status, out := r.act(c.act, c.deed)
		if msg, _ := out["error"].(string); status != http.StatusConflict || !strings.HasPrefix(msg, c.want) {
			t.Errorf("%s: got %d %v, want 409 and %q", c.act, status, out, c.want)
		}
	}
}

func TestAdvancingMovesTheClock(t *testing.T) {
	r := newRig(t)
	before := r.clock.Now()
	r.act("advance", map[string]any{"as": nora, "seconds": 3600})
	if got, want := r.clock.Now(), before.Add(time.Hour); !got.Equal(want) {
		t.Errorf("clock is at %v, want %v", got, want)
	}
}

func TestShortcutsReachTheAppWithTheirMessage(t *testing.T) {
	r := newRig(t)
	ts, err := r.slack.Say(t.Context(), nora, r.room, "", "we need Figma")
	if err != nil {
		t.Fatal(err)
	}
	r.act("shortcut", map[string]any{"as": nora, "callback": "request"})
	r.waitTold("shortcut request")
	r.act("shortcut", map[string]any{"as": nora, "callback": "vendor", "channel": r.room, "ts": ts})
	r.waitTold("message_action vendor we need Figma")
}

func TestOpeningTheHomeHasTheAppDrawIt(t *testing.T) {
	r := newRig(t)
	wantParts(t, r.regionsOf("?as=U0NORA&c=home")["stream"], "has not published this page yet")
	changed := r.slack.Changed()
	r.act("home", map[string]any{"as": nora})
	for home, ok := r.slack.Home(nora); !ok; home, ok = r.slack.Home(nora) {
		_ = home
		<-changed
		changed = r.slack.Changed()
	}
	wantParts(t, r.regionsOf("?as=U0NORA&c=home")["stream"], "Your access")
}

func TestEveryChangeIsAnEventUntilTheReaderGoes(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/events", nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		for lines.Scan() {
			if lines.Text() != "" {
				return lines.Text()
			}
		}
		return ""
	}
	if got := next(); got != "event: change" {
		t.Fatalf("first line %q, want an event at once", got)
	}
	next() // data
	if _, err := r.slack.Say(ctx, nora, r.room, "", "news"); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != "event: change" {
		t.Errorf("got %q after a message, want an event", got)
	}
}
