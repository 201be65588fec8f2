package bot

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// asking is a product that offers the access form over a few apps.
func asking(w *world) {
	w.service.form = func(_, asker string, values map[string]string) (workflows.Form, error) {
		if values["for"] == "" {
			values = map[string]string{"for": asker}
		}
		return accessForm(values), nil
	}
	w.service.choices = func(_, field, query string) []workflows.Choice {
		var out []workflows.Choice
		for i := range 300 {
			name := fmt.Sprintf("app-%03d", i)
			if field == "app" && strings.Contains(name, query) {
				out = append(out, workflows.Choice{Value: name, Label: name + strings.Repeat("é", 60), Hint: strings.Repeat("h", 90)})
			}
		}
		return out
	}
}

// opened is Ana's access form, just opened.
func opened(t *testing.T, w *world) fakeslack.View {
	t.Helper()
	asking(w)
	if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/access", ""); err != nil {
		t.Fatal(err)
	}
	return w.modal(w.ana, "Request access")
}

// chosenApp chooses an app, which redraws the form.
func chosenApp(t *testing.T, w *world, v fakeslack.View, app string) fakeslack.View {
	t.Helper()
	at := fakeslack.Place{ViewID: v.ID}
	if _, err := w.Suggest(t.Context(), w.ana.ID, at, "app", "app", app); err != nil {
		t.Fatal(err)
	}
	if err := w.Click(t.Context(), w.ana.ID, at, fakeslack.Action{BlockID: "app", ActionID: "app", Selected: app}); err != nil {
		t.Fatal(err)
	}
	return w.modal(w.ana, app+"-admin")
}

func TestTheFormOpensForACommandAndForAShortcut(t *testing.T) {
	w := running(t)
	v := opened(t, w)
	if err := w.CloseView(t.Context(), w.ana.ID, v.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Shortcut(t.Context(), w.ana.ID, "request_access"); err != nil {
		t.Fatal(err)
	}
	w.modal(w.ana, "Business justification")
}

func TestChoosingAnAppKeepsWhatWasTyped(t *testing.T) {
	w := running(t)
	v := opened(t, w)
	if err := w.SetState(w.ana.ID, v.ID, "justification", "justification", typed("half a sentence")); err != nil {
		t.Fatal(err)
	}
	v = chosenApp(t, w, v, "app-007")
	got := make(chan workflows.Submission, 1)
	w.service.submit = func(s workflows.Submission) (workflows.Outcome, error) {
		got <- s
		return workflows.Outcome{Kind: workflows.OutcomeDone}, nil
	}
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, nil); err != nil {
		t.Fatal(err)
	}
	s := next(t, "the submission", got)
	want := map[string]string{"app": "app-007", "level": "app-007-user", "for": w.ana.ID, "justification": "half a sentence"}
	for field, value := range want {
		if s.Values[field] != value {
			t.Errorf("%s is %q, want %q", field, s.Values[field], value)
		}
	}
	if s.By.ChatID != w.ana.ID || s.By.Team != w.bot.Team() || s.Kind != workflows.AccessRequest || s.Key != v.ID+"|"+v.Hash {
		t.Errorf("submitted as %+v", s)
	}
	if open := w.Views(w.ana.ID); len(open) != 0 {
		t.Errorf("%d views are open after sending, want none", len(open))
	}
}

func TestATypeAheadOffersAsMuchAsFits(t *testing.T) {
	w := running(t)
	v := opened(t, w)
	all, err := w.Suggest(t.Context(), w.ana.ID, fakeslack.Place{ViewID: v.ID}, "app", "app", "")
	if err != nil || len(all) == 0 || len(all) > selectMax {
		t.Errorf("offered %d, %v", len(all), err)
	}
	none, err := w.Suggest(t.Context(), w.ana.ID, fakeslack.Place{ViewID: v.ID}, "app", "app", "no such app")
	if err != nil || len(none) != 0 {
		t.Errorf("offered %d for nonsense, %v", len(none), err)
	}
}

func TestAMistakeIsShownBesideItsField(t *testing.T) {
	w := running(t)
	v := chosenApp(t, w, opened(t, w), "app-007")
	w.service.submit = func(workflows.Submission) (workflows.Outcome, error) {
		return workflows.Outcome{Kind: workflows.OutcomeInvalid, Fields: map[string]string{"justification": "Say a little more.", "gone": "x"}}, nil
	}
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, map[string]map[string]any{"justification": {"justification": typed("short")}}); err != nil {
		t.Fatal(err)
	}
	if got := w.Views(w.ana.ID)[0].Errors; got["justification"] != "Say a little more." || len(got) != 1 {
		t.Errorf("errors are %v", got)
	}
}

func TestARefusalCanBeCorrectedInTheSameForm(t *testing.T) {
	w := running(t)
	v := chosenApp(t, w, opened(t, w), "app-007")
	var keys []string
	w.service.submit = func(s workflows.Submission) (workflows.Outcome, error) {
		keys = append(keys, s.Key)
		if len(keys) > 1 {
			return workflows.Outcome{Kind: workflows.OutcomeDone}, nil
		}
		return workflows.Outcome{Kind: workflows.OutcomeRefused, Message: "Not yours.", Fields: map[string]string{"for": "Not yours."}}, nil
	}
	values := map[string]map[string]any{"justification": {"justification": typed("for the release")}}
	for range 2 {
		if err := w.Submit(t.Context(), w.ana.ID, v.ID, values); err != nil {
			t.Fatal(err)
		}
	}
	if len(keys) != 2 || keys[0] != keys[1] {
		t.Errorf("keys are %q, want the same one twice: the form is the same", keys)
	}
	if left := w.Views(w.ana.ID); len(left) != 0 {
		t.Errorf("%d modals are left after the corrected form was taken", len(left))
	}
}

func TestARefusalWithoutAFieldReplacesTheForm(t *testing.T) {
	w := running(t)
	v := chosenApp(t, w, opened(t, w), "app-007")
	w.service.submit = func(workflows.Submission) (workflows.Outcome, error) {
		return workflows.Outcome{Kind: workflows.OutcomeRefused, Message: "Nobody independent can decide on this."}, nil
	}
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, map[string]map[string]any{"justification": {"justification": typed("x")}}); err != nil {
		t.Fatal(err)
	}
	w.modal(w.ana, "Nobody independent can decide")
}

func TestAFaultKeepsTheFormAndNamesAReference(t *testing.T) {
	w := running(t)
	v := chosenApp(t, w, opened(t, w), "app-007")
	w.service.submit = func(workflows.Submission) (workflows.Outcome, error) {
		return workflows.Outcome{}, errors.New("disk full")
	}
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, map[string]map[string]any{"justification": {"justification": typed("x")}}); err != nil {
		t.Fatal(err)
	}
	top := w.modal(w.ana, "tell an admin this reference")
	if strings.Contains(string(top.Raw), "disk full") {
		t.Error("the person is told about the disk")
	}
	if n := len(w.Views(w.ana.ID)); n != 2 {
		t.Errorf("%d views are open, want the form under the message", n)
	}
}

func TestAFormThatCannotBeOpenedIsSaidInWords(t *testing.T) {
	w := running(t)
	asking(w)
	w.Fail(fakeslack.Fault{Method: "views.open", Error: "expired_trigger_id"})
	if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/access", ""); err != nil {
		t.Fatal(err)
	}
	w.whispered(w.ana, "did not let me open the form")
}

func TestCommandsAnswerInWords(t *testing.T) {
	w := running(t)
	w.service.home = func(workflows.Clicker) (workflows.Home, error) {
		return workflows.Home{Access: []workflows.CardView{grantedCard()}}, nil
	}
	w.service.look = func(_ workflows.Clicker, record string) (workflows.CardView, *workflows.Refusal, error) {
		switch record {
		case "AR-000123":
			return hostileCard(), nil, nil
		case "AR-000124":
			return workflows.CardView{}, &workflows.Refusal{Message: "You can see your own requests."}, nil
		}
		return workflows.CardView{}, nil, fmt.Errorf("request: %w", workflows.ErrNotFound)
	}
	w.service.lookPerson = func(_ workflows.Clicker, text string) (workflows.CardView, *workflows.Refusal, error) {
		if text == "" {
			return workflows.CardView{}, &workflows.Refusal{Message: "This is your own page."}, nil
		}
		return workflows.CardView{Title: "Bob", Text: "Access of " + text[1:], Status: "Active"}, nil, nil
	}
	for _, c := range []struct{ command, text, want string }{
		{"/access", "help", "opens a form"},
		{"/access", "gimme", "opens a form"},
		{"/access", "mine", "Granted"},
		{"/access", "status ar-000123", "AR-000123"},
		{"/access", "status AR-000124", "You can see your own requests."},
		{"/access", "status AR-000999", "There is no request AR-000999"},
		{"/access", "person @Bob Baker", "Access of Bob Baker"},
		{"/access", "person", "your own page"},
		{"/access", "status nonsense", "looks like AR-000123"},
		{"/audit", "", "not available in this version"},
		{"/review", "", "not available in this version"},
	} {
		before := len(w.Messages(w.ana.ID, w.requests.ID))
		if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, c.command, c.text); err != nil {
			t.Errorf("%s %s: %v", c.command, c.text, err)
			continue
		}
		w.until("an answer to "+c.command+" "+c.text, func() bool { return len(w.Messages(w.ana.ID, w.requests.ID)) > before })
		m := w.Messages(w.ana.ID, w.requests.ID)[before]
		if !m.Ephemeral || !strings.Contains(m.Text+string(m.Blocks), c.want) {
			t.Errorf("%s %s is answered %q, want %q", c.command, c.text, m.Text, c.want)
		}
	}
}

// posted is the approver's card in the channel.
func posted(t *testing.T, w *world) (fakeslack.Place, fakeslack.Message) {
	t.Helper()
	at, err := w.bot.Show(t.Context(), workflows.Card{ID: 1, Channel: workflows.ChannelRequests}, workflows.Person{}, drawn(approverCard()))
	if err != nil {
		t.Fatal(err)
	}
	return fakeslack.Place{Channel: at.Channel, TS: at.ID}, message(t, w, at)
}

func TestAPressReachesTheServiceWithIdAndVersion(t *testing.T) {
	w := running(t)
	at, m := posted(t, w)
	got := make(chan workflows.Press, 1)
	w.service.act = func(p workflows.Press) (workflows.Outcome, error) {
		got <- p
		return workflows.Outcome{Kind: workflows.OutcomeRefused, Message: "You asked for this yourself."}, nil
	}
	e := find(t, m.Blocks, "act:approve")
	if err := w.Click(t.Context(), w.ana.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value}); err != nil {
		t.Fatal(err)
	}
	p := next(t, "the press", got)
	if p.Verb != workflows.VerbApprove || p.Record != "AR-000123" || p.Version != 2 || p.By.ChatID != w.ana.ID {
		t.Errorf("pressed %+v", p)
	}
	w.whispered(w.ana, "You asked for this yourself.")
}

func TestADenialAsksForItsReason(t *testing.T) {
	w := running(t)
	at, m := posted(t, w)
	got := make(chan workflows.Press, 1)
	w.service.actionForm = func(workflows.Verb, string, int) (workflows.Form, error) { return denyForm(), nil }
	w.service.act = func(p workflows.Press) (workflows.Outcome, error) {
		got <- p
		return workflows.Outcome{Kind: workflows.OutcomeDone}, nil
	}
	e := find(t, m.Blocks, "act:deny")
	if err := w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action, Value: e.value}); err != nil {
		t.Fatal(err)
	}
	v := w.modal(w.bob, "Deny request")
	if err := w.Submit(t.Context(), w.bob.ID, v.ID, map[string]map[string]any{"reason": {"reason": typed("not now")}}); err != nil {
		t.Fatal(err)
	}
	p := next(t, "the denial", got)
	if p.Verb != workflows.VerbDeny || p.Record != "AR-000123" || p.Version != 2 || p.Values["reason"] != "not now" || p.Key != v.ID+"|"+v.Hash {
		t.Errorf("pressed %+v", p)
	}
}

func TestAFaultAfterAPressIsToldToThePresser(t *testing.T) {
	w := running(t)
	at, m := posted(t, w)
	w.service.act = func(workflows.Press) (workflows.Outcome, error) { return workflows.Outcome{}, errors.New("disk full") }
	e := find(t, m.Blocks, "act:approve")
	if err := w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action}); err != nil {
		t.Fatal(err)
	}
	w.whispered(w.bob, "tell an admin this reference")
}

func TestTheHomeTabAnswersWhereItWasPressed(t *testing.T) {
	w := running(t)
	asking(w)
	w.service.home = func(by workflows.Clicker) (workflows.Home, error) {
		return workflows.Home{Waiting: []workflows.CardView{approverCard()}}, nil
	}
	w.service.act = func(workflows.Press) (workflows.Outcome, error) {
		return workflows.Outcome{Kind: workflows.OutcomeAlready, Message: "You approved this before."}, nil
	}
	if err := w.OpenHome(t.Context(), w.bob.ID); err != nil {
		t.Fatal(err)
	}
	v := w.home(w.bob, "Waiting for you")
	e := find(t, v.Raw, "act:approve")
	at := fakeslack.Place{Home: true}
	if err := w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action}); err != nil {
		t.Fatal(err)
	}
	v = w.home(w.bob, "You approved this before.")
	e = find(t, v.Raw, "open:")
	if err := w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action}); err != nil {
		t.Fatal(err)
	}
	w.modal(w.bob, "Request access")
}

func TestAHomeTabThatIsOpenShowsWhatItsOwnerDidElsewhere(t *testing.T) {
	w := running(t)
	titles := []string{"Ana Lopez asks", "Nothing"}
	w.service.home = func(workflows.Clicker) (workflows.Home, error) {
		v := approverCard()
		v.Title, titles = titles[0], titles[1:]
		return workflows.Home{Waiting: []workflows.CardView{v}}, nil
	}
	w.service.act = func(workflows.Press) (workflows.Outcome, error) {
		return workflows.Outcome{Kind: workflows.OutcomeDone}, nil
	}
	if err := w.OpenHome(t.Context(), w.bob.ID); err != nil {
		t.Fatal(err)
	}
	w.home(w.bob, "Ana Lopez asks")
	at, m := posted(t, w)
	e := find(t, m.Blocks, "act:approve")
	if err := w.Click(t.Context(), w.bob.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action}); err != nil {
		t.Fatal(err)
	}
	w.home(w.bob, "Nothing")
}

func TestAChangedMemberIsPassedOn(t *testing.T) {
	w := running(t)
	got := make(chan workflows.Member, 1)
	w.service.changed = func(m workflows.Member) error { got <- m; return nil }
	changed := w.ana
	changed.RealName, changed.IsGuest = "Ana Maria Lopez", true
	w.UpdateUser(changed)
	want := workflows.Member{ChatID: w.ana.ID, Email: "ana@acme.example", Name: "Ana Maria Lopez", Kind: workflows.KindGuest}
	if m := next(t, "the change", got); m != want {
		t.Errorf("changed to %+v, want %+v", m, want)
	}
}
