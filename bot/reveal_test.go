package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

const secret = `correct<horse>&"battery*staple`

// managing is a workspace with a manager's card, whose log is read from debug on.
func managing(t *testing.T) (*world, fakeslack.Place, element) {
	t.Helper()
	w := newWorld(t)
	w.bot.log = slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if err := w.bot.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop := run(t, w.bot, w.service)
	t.Cleanup(func() { _ = stop() })
	<-w.bot.Connected()
	v := approverCard()
	v.Record, v.Version = "ON-0001", 4
	v.Actions = []workflows.ActionView{{Verb: workflows.VerbPassword, Label: "Show first password", Style: "primary"}}
	at := show(t, w, logCard(1), v)
	return w, fakeslack.Place{Channel: at.Channel, TS: at.ID}, find(t, message(t, w, at).Blocks, "act:show_password")
}

func (w *world) press(u fakeslack.User, at fakeslack.Place, e element) {
	w.t.Helper()
	if err := w.Click(w.t.Context(), u.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value}); err != nil {
		w.t.Fatal(err)
	}
}

// leaks says where a secret went besides the window of the person who asked.
func (w *world) leaks() {
	w.t.Helper()
	part := secret[:7] // the rest may be escaped
	for _, l := range w.log.lines(part) {
		w.t.Errorf("the log has it: %s", l)
	}
	for _, u := range []fakeslack.User{w.ana, w.bob} {
		for _, c := range w.Channels(u.ID) {
			for _, m := range w.Messages(u.ID, c.ID) {
				if strings.Contains(m.Text+string(m.Blocks)+string(m.Metadata), part) {
					w.t.Errorf("a message has it: %s", m.Text)
				}
			}
		}
	}
	for _, c := range w.Calls() {
		if c.Method != "views.update" && strings.Contains(fmt.Sprint(c.Args), part) {
			w.t.Errorf("%s has it", c.Method)
		}
	}
	for _, e := range w.Envelopes() {
		if strings.Contains(string(e.Payload), part) {
			w.t.Errorf("an envelope of type %s has it", e.Type)
		}
	}
}

func TestAPasswordIsShownInAWindowAndNowhereElse(t *testing.T) {
	w, at, e := managing(t)
	var pressed workflows.Press
	waiting := false
	w.service.reveal = func(p workflows.Press) (workflows.Revealed, error) {
		pressed = p
		views := w.Views(w.ana.ID)
		waiting = len(views) == 1 && strings.Contains(string(views[0].Raw), "One moment")
		return workflows.Revealed{
			Outcome: workflows.Outcome{Kind: workflows.OutcomeDone}, Title: "First password", Text: "Tell it to Nora in person.", Secret: secret,
		}, nil
	}
	w.press(w.ana, at, e)
	v := w.modal(w.ana, "Tell it to Nora")
	if pressed.Verb != workflows.VerbPassword || pressed.Record != "ON-0001" || pressed.Version != 4 || pressed.By.ChatID != w.ana.ID {
		t.Errorf("asked for %+v", pressed)
	}
	if !waiting {
		t.Error("the password was made before its window was open")
	}
	var view struct {
		PrivateMetadata string `json:"private_metadata"`
		Blocks          []struct {
			Elements []struct {
				Type     string
				Elements []struct{ Text string }
			}
		}
	}
	if err := json.Unmarshal(v.Raw, &view); err != nil {
		t.Fatal(err)
	}
	last := view.Blocks[len(view.Blocks)-1].Elements[0]
	if last.Type != "rich_text_preformatted" || last.Elements[0].Text != secret || view.PrivateMetadata != "" {
		t.Errorf("the window shows %+v, with %q kept", last, view.PrivateMetadata)
	}
	w.leaks()
}

func TestNoPasswordIsMadeWithoutAWindowForIt(t *testing.T) {
	w, at, e := managing(t)
	w.service.reveal = func(workflows.Press) (workflows.Revealed, error) {
		t.Error("it was made")
		return workflows.Revealed{}, nil
	}
	w.Fail(fakeslack.Fault{Method: "views.open", Error: "expired_trigger_id"})
	w.press(w.ana, at, e)
	w.whispered(w.ana, "did not let me open the window")
}

func TestARefusedPasswordIsSaidInItsWindow(t *testing.T) {
	w, at, e := managing(t)
	w.service.reveal = func(workflows.Press) (workflows.Revealed, error) {
		return workflows.Revealed{Outcome: workflows.Outcome{Kind: workflows.OutcomeRefused, Message: "It was shown before."}}, nil
	}
	w.press(w.ana, at, e)
	w.modal(w.ana, "It was shown before.")
}

func TestAFaultBesideAPasswordNamesAReference(t *testing.T) {
	w, at, e := managing(t)
	w.service.reveal = func(workflows.Press) (workflows.Revealed, error) {
		return workflows.Revealed{}, errors.New("google is away")
	}
	w.press(w.ana, at, e)
	if v := w.modal(w.ana, "tell an admin this reference"); strings.Contains(string(v.Raw), "google is away") {
		t.Error("the person is told about the fault")
	}
	if got := w.log.lines("google is away"); len(got) != 1 || !strings.Contains(got[0], "ref=") {
		t.Errorf("the log has %q", got)
	}
}

func TestAPasswordSurvivesAFaultOfSlacks(t *testing.T) {
	w, at, e := managing(t)
	w.service.reveal = func(workflows.Press) (workflows.Revealed, error) {
		for _, f := range []fakeslack.Fault{{Status: 503}, {Drop: true}, {Status: 500}} {
			f.Method = "views.update"
			w.Fail(f)
		}
		return workflows.Revealed{Outcome: workflows.Outcome{Kind: workflows.OutcomeDone}, Text: "Tell it to Nora.", Secret: secret}, nil
	}
	w.press(w.ana, at, e)
	w.modal(w.ana, "Tell it to Nora")
	w.leaks()
}

func TestAPasswordWhoseWindowIsGoneIsSaidToBeLost(t *testing.T) {
	for name, spoil := range map[string]func(w *world){
		"closed": func(w *world) { _ = w.CloseView(w.t.Context(), w.ana.ID, w.Views(w.ana.ID)[0].ID) },
		"refused": func(w *world) {
			w.Fail(fakeslack.Fault{Method: "views.update", Error: "invalid_arguments"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, at, e := managing(t)
			w.service.reveal = func(workflows.Press) (workflows.Revealed, error) {
				spoil(w)
				return workflows.Revealed{Outcome: workflows.Outcome{Kind: workflows.OutcomeDone}, Text: "Tell it to Nora.", Secret: secret}, nil
			}
			w.press(w.ana, at, e)
			w.whispered(w.ana, "cannot be shown again")
			if got := w.log.lines("could not be filled"); len(got) != 1 {
				t.Errorf("the log has %q", got)
			}
			w.leaks()
		})
	}
}
