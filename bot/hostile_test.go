package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// intruder is what somebody calls themselves, or gives as a reason.
const intruder = "*intruder* :white_check_mark: ~intruder~ _intruder_ `intruder` <!channel> <https://evil.example|intruder>"

func intruderCard() workflows.CardView {
	v := approverCard()
	v.Title, v.Text, v.Status = intruder+" asks for GitHub", "> "+intruder+" asks", "Denied by "+intruder
	v.Facts = []workflows.Fact{
		{Label: "For", Value: workflows.Value{Text: intruder}},
		{Label: "Person", Value: workflows.Value{Text: intruder, At: noon}},
		{Label: "Reason", Value: workflows.Value{Text: intruder, At: noon}, Long: true},
	}
	v.Notes = []workflows.Value{{Text: "Denied by " + intruder}, {Text: "Denied by " + intruder + ": " + intruder, At: noon}}
	v.Actions[0].Confirm = "Approve for " + intruder + "?"
	v.Actions[1].Label = intruder
	return v
}

// intrudes says where text of people is read as markup: in a mrkdwn object, or
// as an emoji.
func intrudes(t *testing.T, where string, raw json.RawMessage) {
	t.Helper()
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			text, _ := v["text"].(string)
			if strings.Contains(text, "intruder") {
				if v["type"] == slack.MarkdownType {
					t.Errorf("%s: read as markup: %.120s", where, text)
				}
				if v["type"] == slack.PlainTextType && v["emoji"] != false {
					t.Errorf("%s: read as emoji: %.120s", where, text)
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	walk(v)
}

// intrudesMessage looks at the fallback text too, and wants blocks: without them
// Slack shows the text, and reads it as mrkdwn.
func intrudesMessage(t *testing.T, where string, m fakeslack.Message) {
	t.Helper()
	intrudes(t, where, m.Blocks)
	if !strings.Contains(m.Text, "intruder") || !strings.Contains(string(m.Blocks), "intruder") {
		t.Errorf("%s: says %q, %.200s", where, m.Text, m.Blocks)
	}
	for _, mark := range []string{"*intruder", "_intruder_", "~intruder", "`", ":white_check_mark:", "<!", "<h"} {
		if strings.Contains(m.Text, mark) {
			t.Errorf("%s: the text has %s: %.120s", where, mark, m.Text)
		}
	}
}

func TestWhatPeopleWroteIsMarkupOnNoCard(t *testing.T) {
	w := posting(t)
	c := logCard(1)
	c.At = show(t, w, c, intruderCard())
	intrudesMessage(t, "a new card", message(t, w, c.At))
	changed := intruderCard()
	changed.Version++
	changed.Tone = workflows.ToneBad
	show(t, w, c, changed)
	intrudesMessage(t, "a changed card", message(t, w, c.At))
	notice := workflows.CardView{Record: "notice/1", Title: intruder, Text: intruder}
	intrudesMessage(t, "a notice", message(t, w, show(t, w, logCard(2), notice)))
	if strings.HasPrefix(message(t, w, c.At).Text, "&gt;") {
		t.Error("the fallback text is a quote")
	}
}

func TestMarkupOfSlackIsSwitchedOffForThePostedText(t *testing.T) {
	w := posting(t)
	show(t, w, logCard(1), intruderCard())
	for _, c := range w.Calls() {
		if got := c.Args["mrkdwn"]; c.Method == "chat.postMessage" && got != "false" && got != false {
			t.Errorf("mrkdwn is %v, want false", got)
		}
	}
}

func TestWhatPeopleWroteIsMarkupInNoAnswer(t *testing.T) {
	w := running(t)
	no := &workflows.Refusal{Message: "Already decided by " + intruder}
	w.service.look = func(_ workflows.Clicker, record string) (workflows.CardView, *workflows.Refusal, error) {
		if record == "AR-000124" {
			return workflows.CardView{}, no, nil
		}
		return intruderCard(), nil, nil
	}
	w.service.home = func(by workflows.Clicker) (workflows.Home, error) {
		if by.ChatID == w.bob.ID {
			return workflows.Home{Refusal: no}, nil
		}
		return workflows.Home{Access: []workflows.CardView{intruderCard()}}, nil
	}
	w.service.act = func(workflows.Press) (workflows.Outcome, error) {
		return workflows.Outcome{Kind: workflows.OutcomeAlready, Message: no.Message}, nil
	}
	for _, c := range []struct {
		who  fakeslack.User
		text string
	}{{w.ana, "status AR-000123"}, {w.ana, "status AR-000124"}, {w.ana, "mine"}, {w.bob, "mine"}} {
		m := w.answered(c.who, func() error { return w.Command(t.Context(), c.who.ID, w.requests.ID, "/access", c.text) })
		if c.text == "mine" && c.who.ID == w.ana.ID {
			intrudes(t, c.text, m.Blocks) // its text is a number
			continue
		}
		intrudesMessage(t, c.text, m)
	}
	at, m := posted(t, w)
	e := find(t, m.Blocks, "act:approve")
	m = w.answered(w.bob, func() error {
		return w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value})
	})
	intrudesMessage(t, "an answer to a press", m)
	if err := w.bot.tell(t.Context(), origin{user: w.ana.ID}, no.Message); err != nil {
		t.Fatal(err)
	}
	direct, err := w.bot.directChannel(t.Context(), w.ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	all := w.Messages(w.ana.ID, direct)
	intrudesMessage(t, "a direct message", all[len(all)-1])
}

// answered waits for the next message that only this person sees.
func (w *world) answered(u fakeslack.User, do func() error) fakeslack.Message {
	w.t.Helper()
	before := len(w.Messages(u.ID, w.requests.ID))
	if err := do(); err != nil {
		w.t.Fatal(err)
	}
	w.until("an answer", func() bool { return len(w.Messages(u.ID, w.requests.ID)) > before })
	return w.Messages(u.ID, w.requests.ID)[before]
}

func TestWhatPeopleWroteIsMarkupOnNoPageAndInNoForm(t *testing.T) {
	h := workflows.Home{
		Waiting: []workflows.CardView{intruderCard()}, Access: []workflows.CardView{intruderCard()}, Asked: []workflows.CardView{intruderCard()},
	}
	form := accessForm(map[string]string{"app": "github", "for": "U1", "justification": intruder})
	form.Title, form.Intro = intruder, intruder
	for i := range form.Fields {
		f := &form.Fields[i]
		f.Label, f.Hint, f.Placeholder = intruder, intruder, intruder
		for j := range f.Choices {
			f.Choices[j].Label, f.Choices[j].Hint = intruder, intruder
		}
	}
	for where, v := range map[string]any{
		"home": homeView(h, intruder), "a refused home": homeView(workflows.Home{Refusal: &workflows.Refusal{Message: intruder}}, ""),
		"a form": formView(form), "a refused form": plainView(intruder, intruder),
		"an empty choice": formView(workflows.Form{Fields: []workflows.Field{{Label: intruder, Kind: workflows.FieldSelect}}}),
	} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		intrudes(t, where, raw)
	}
}

func TestMarksInFallbackTextLookAlikeAndDoNothing(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"nora_kim@acme.example asks, 8 hours", "nora_kim@acme.example asks, 8 hours"},
		{"_x_ *y* ~z~ `c`", "ˍxˍ ∗y∗ ∼z∼ ˋcˋ"},
		{":tada: :a:b: 12:30", "∶tada∶ ∶a∶b: 12:30"},
		{"> quote\n > too, 3 > 2", "› quote\n › too, 3 > 2"},
	} {
		if got := inert(c.in); got != c.want {
			t.Errorf("inert(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
