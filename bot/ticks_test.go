package bot

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

func TestTicksArriveInTheOrderOfTheBoxes(t *testing.T) {
	w := running(t)
	w.service.open = func(string, workflows.Clicker, string) (workflows.Form, *workflows.Refusal, error) {
		return vendorForm("VN-0001"), nil, nil
	}
	for _, c := range []struct{ chosen, want string }{
		{"", "payment,health"}, // as it opened
		{"secrets,payment", "payment,secrets"},
		{"none", ""},
	} {
		got := submitted(w, workflows.Outcome{Kind: workflows.OutcomeDone})
		if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/offboard", "@x"); err != nil {
			t.Fatal(err)
		}
		v := w.modal(w.ana, "Types of data")
		e := find(t, v.Raw, "data:")
		values := map[string]map[string]any{}
		if c.chosen != "" {
			all := []any{}
			for _, value := range strings.Split(strings.TrimPrefix(c.chosen, "none"), ",") {
				if value != "" {
					all = append(all, map[string]any{"value": value})
				}
			}
			values[e.block] = map[string]any{e.action: map[string]any{"type": "checkboxes", "selected_options": all}}
		}
		if err := w.Submit(t.Context(), w.ana.ID, v.ID, values); err != nil {
			t.Fatal(err)
		}
		if s := next(t, "the submission", got); s.Values["data"] != c.want {
			t.Errorf("%q arrived as %q, want %q", c.chosen, s.Values["data"], c.want)
		}
	}
}

func TestBoxesThatCouldBeMisreadAreLeftOut(t *testing.T) {
	choices := []workflows.Choice{{Value: "a,b", Label: "Two"}, {Value: "", Label: "None"}}
	for i := range 12 {
		choices = append(choices, workflows.Choice{Value: string(rune('a' + i)), Label: "One"})
	}
	all := ticks(choices)
	if len(all) != ticksMax || all[0].Value != "a" {
		t.Errorf("%d boxes, the first %q, want 10 and a", len(all), all[0].Value)
	}
	if got := ticked(all, "b,z,a,a,b"); len(got) != 2 || got[0].Value != "a" {
		t.Errorf("%d boxes are ticked, want a and b", len(got))
	}
}

func TestTheFormOfAButtonIsDrawnAgainByAChoice(t *testing.T) {
	w := running(t)
	at, m := posted(t, w)
	form := func(risk string) workflows.Form {
		f := denyForm()
		f.Fields = append(f.Fields,
			workflows.Field{ID: "data", Label: "Data", Kind: workflows.FieldSelect, Redraws: true, Choices: []workflows.Choice{{Value: "low", Label: "Low"}, {Value: "high", Label: "High"}}},
			workflows.Field{ID: "kinds", Label: "Kinds", Kind: workflows.FieldTicks, Redraws: true, Optional: true, Choices: []workflows.Choice{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}},
			workflows.Field{ID: "risk", Label: "Risk", Kind: workflows.FieldWords, Value: risk})
		return f
	}
	w.service.actionForm = func(workflows.Verb, string, int) (workflows.Form, error) { return form("nothing yet"), nil }
	w.service.redrawn = func(v workflows.Verb, record string, version int, values map[string]string) (workflows.Form, error) {
		if v != workflows.VerbDeny || record != "AR-000123" || version != 2 {
			t.Errorf("drawn again for %s of %s version %d", v, record, version)
		}
		return form("risk of " + values["data"] + " and " + values["kinds"]), nil
	}
	e := find(t, m.Blocks, "act:deny")
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value}))
	v := w.modal(w.bob, "nothing yet")
	check(w.SetState(w.bob.ID, v.ID, "reason", "reason", typed("half a sentence")))
	in := fakeslack.Place{ViewID: v.ID}
	e = find(t, v.Raw, "data:")
	check(w.Click(t.Context(), w.bob.ID, in, fakeslack.Action{BlockID: e.block, ActionID: e.action, Selected: "high"}))
	v = w.modal(w.bob, "risk of high and ")
	e = find(t, v.Raw, "kinds:")
	check(w.Click(t.Context(), w.bob.ID, in, fakeslack.Action{BlockID: e.block, ActionID: e.action, Selected: "b,a"}))
	v = w.modal(w.bob, "risk of high and a,b")
	got := make(chan workflows.Press, 1)
	w.service.act = func(p workflows.Press) (workflows.Outcome, error) {
		got <- p
		return workflows.Outcome{Kind: workflows.OutcomeDone}, nil
	}
	check(w.Submit(t.Context(), w.bob.ID, v.ID, nil))
	if p := next(t, "the press", got); p.Values["reason"] != "half a sentence" || p.Values["data"] != "high" || p.Record != "AR-000123" {
		t.Errorf("sent %+v", p)
	}
}

func TestTheNewestOfQuickChoicesIsWhatStaysDrawn(t *testing.T) {
	for _, late := range []string{"low", "high"} { // the first choice is drawn late, or the second
		w := running(t)
		at, m := posted(t, w)
		form := func(risk string) workflows.Form {
			f := denyForm()
			f.Fields = append(f.Fields,
				workflows.Field{ID: "data", Label: "Data", Kind: workflows.FieldSelect, Redraws: true, Choices: []workflows.Choice{{Value: "low", Label: "Low"}, {Value: "high", Label: "High"}}},
				workflows.Field{ID: "risk", Label: "Risk", Kind: workflows.FieldWords, Value: risk})
			return f
		}
		go1, asked := make(chan bool), make(chan string, 2)
		w.service.actionForm = func(workflows.Verb, string, int) (workflows.Form, error) { return form("nothing yet"), nil }
		w.service.redrawn = func(_ workflows.Verb, _ string, _ int, values map[string]string) (workflows.Form, error) {
			asked <- values["data"]
			if values["data"] == late {
				<-go1
			}
			return form("risk of " + values["data"]), nil
		}
		e := find(t, m.Blocks, "act:deny")
		if err := w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value}); err != nil {
			t.Fatal(err)
		}
		v := w.modal(w.bob, "nothing yet")
		e = find(t, v.Raw, "data:")
		for _, choice := range []string{"low", "high"} {
			if err := w.Click(t.Context(), w.bob.ID, fakeslack.Place{ViewID: v.ID}, fakeslack.Action{BlockID: e.block, ActionID: e.action, Selected: choice}); err != nil {
				t.Fatal(err)
			}
		}
		next(t, "the first choice", asked)
		next(t, "the second choice", asked)
		other := map[string]string{"low": "risk of high", "high": "risk of low"}[late]
		w.modal(w.bob, other)
		close(go1)
		w.modal(w.bob, "risk of high")
	}
}

func TestAFieldStartsWithNoMoreThanItTakes(t *testing.T) {
	for value, want := range map[string]string{
		"12 months": "12 months", strings.Repeat("x", 60): strings.Repeat("x", 60), strings.Repeat("x", 61): strings.Repeat("x", 59) + "…",
		strings.Repeat("😀", 31): strings.Repeat("😀", 29) + "…",
	} {
		e, ok := fieldElement(workflows.Field{ID: "length", Kind: workflows.FieldText, Value: value, Max: 60}).(*slack.PlainTextInputBlockElement)
		if !ok || e.InitialValue != want || e.MaxLength != 60 {
			t.Errorf("it starts with %q, want %q", e.InitialValue, want)
		}
	}
}
