package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// checklistCard is an offboarding with so many steps, every third of them failed
// and the others done.
func checklistCard(steps int) workflows.CardView {
	v := approverCard()
	v.Record, v.Title, v.Status, v.Tone = "OF-0001", "Nora Kim leaves", "In progress", workflows.ToneWorking
	v.Actions, v.Text = nil, "OF-0001 Nora Kim leaves: in progress"
	for i := range steps {
		l := workflows.Line{Text: fmt.Sprintf("step number %d", i+1), Tone: workflows.ToneGood, Note: "read back", At: noon.Add(time.Duration(i) * time.Minute)}
		if i%3 == 2 {
			l = workflows.Line{Text: l.Text, Tone: workflows.ToneBad, Note: "Google said no to\n" + hostile}
		}
		v.Lines = append(v.Lines, l)
	}
	return v
}

// lines is a drawn checklist as plain text, a moment as "@".
func lines(t *testing.T, blocks json.RawMessage) []string {
	t.Helper()
	var all []struct {
		Elements []struct {
			Elements []struct{ Type, Text string }
		}
	}
	if err := json.Unmarshal(blocks, &all); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, b := range all {
		for _, section := range b.Elements {
			for _, e := range section.Elements {
				if e.Type == "date" {
					e.Text = "@"
				}
				text += e.Text
			}
			text += "\n"
		}
	}
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if strings.Contains(l, "step number") || strings.HasPrefix(l, "… and") {
			out = append(out, l)
		}
	}
	return out
}

func TestAChecklistSaysOfEachLineWhereItStands(t *testing.T) {
	w := posting(t)
	got := lines(t, message(t, w, show(t, w, logCard(1), checklistCard(3))).Blocks)
	want := []string{"✓ step number 1: read back @", "✓ step number 2: read back @", "✗ step number 3: Google said no to " + hostile}
	for i := range max(len(want), len(got)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("the checklist is %q, want %q", got, want)
		}
	}
}

func TestALongChecklistIsCutAndWhatIsNotDoneStays(t *testing.T) {
	const steps = 90
	v := checklistCard(steps)
	v.Lines[steps-2] = workflows.Line{Text: "step number 89", Tone: workflows.ToneOver} // not begun
	w := posting(t)
	m := message(t, w, show(t, w, logCard(1), v))
	if n := len(m.Blocks); n > messageBytes {
		t.Errorf("the message has %d bytes, want at most %d", n, messageBytes)
	}
	got := lines(t, m.Blocks)
	last := got[len(got)-1]
	if want := fmt.Sprintf("… and %d more", steps-len(got)+1); last != want || len(got) < 40 {
		t.Errorf("%d lines end with %q, want %q", len(got), last, want)
	}
	open := 0
	for i, l := range got {
		if !strings.HasPrefix(l, "✓") && !strings.HasPrefix(l, "…") {
			if open++; open != i+1 {
				t.Errorf("line %d is not done and stands behind one that is", i+1)
			}
		}
	}
	if open != steps/3+1 {
		t.Errorf("%d lines that are not done are shown, want %d", open, steps/3+1)
	}
}

func TestSixtyLinesFitAMessage(t *testing.T) {
	v := checklistCard(60)
	for i := range v.Lines {
		v.Lines[i].At, v.Lines[i].Note = time.Time{}, "done"
	}
	w := posting(t)
	if got := lines(t, message(t, w, show(t, w, logCard(1), v)).Blocks); len(got) != 60 {
		t.Errorf("%d lines are shown, want 60; the last is %q", len(got), got[len(got)-1])
	}
}

func TestALongPolicyIsShownAsAWhole(t *testing.T) {
	text := strings.Repeat("You keep your password to yourself.\n", 333)
	v := approverCard()
	v.Record, v.Actions, v.Notes = "DU-000001", v.Actions[:1], v.Notes[:1]
	v.Facts = []workflows.Fact{{Label: "Acceptable Use Policy", Value: workflows.Value{Text: text}, Long: true}}
	w := posting(t)
	var blocks []struct{ Text struct{ Text string } }
	if err := json.Unmarshal(message(t, w, show(t, w, logCard(1), v)).Blocks, &blocks); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, b := range blocks {
		got += b.Text.Text
	}
	if got != text {
		t.Errorf("%d characters are shown, want %d", len(got), len(text))
	}
}

func TestATextTooLongForOneMessageIsCutAndThatIsSaid(t *testing.T) {
	v := approverCard()
	v.Facts[4].Value.Text = strings.Repeat("You keep your password to yourself.\n", 400)
	w := posting(t)
	m := message(t, w, show(t, w, logCard(1), v))
	for _, want := range []string{"did not fit here", "Look it up by AR-000123", "act:approve", "Ana Lopez"} {
		if !strings.Contains(string(m.Blocks), want) {
			t.Errorf("the card lacks %q", want)
		}
	}
}

func TestACardOpensAFormThatIsFilledIn(t *testing.T) {
	w := running(t)
	asking(w)
	given := make(chan map[string]string, 2)
	draw := w.service.form
	w.service.form = func(name, asker string, values map[string]string) (workflows.Form, error) {
		given <- values
		return draw(name, asker, values)
	}
	v := approverCard()
	v.Actions = []workflows.ActionView{
		{Opens: workflows.AccessRequest, Value: "github|member", Label: "Request GitHub"},
		{Opens: workflows.AccessRequest, Value: "jumphost|user", Label: "Request Jumphost"},
		{Opens: workflows.AccessRequest, Label: "Request other access"},
	}
	at := show(t, w, logCard(1), v)
	for i, want := range []map[string]string{{"app": "github", "level": "member"}, {"app": "jumphost", "level": "user"}, nil} {
		e := find(t, message(t, w, at).Blocks, fmt.Sprintf("open:access_request:%d", i+1))
		if err := w.Click(t.Context(), w.ana.ID, fakeslack.Place{Channel: at.Channel, TS: at.ID}, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value}); err != nil {
			t.Fatal(err)
		}
		if got := next(t, "the form", given); got["app"] != want["app"] || got["level"] != want["level"] {
			t.Errorf("button %d fills in %v, want %v", i+1, got, want)
		}
		w.modal(w.ana, "Request access")
	}
}
