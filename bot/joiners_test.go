package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

func onboardForm() workflows.Form {
	return workflows.Form{
		Kind: workflows.OnboardingFlow, Title: "Onboard a person", Submit: "Start onboarding",
		Fields: []workflows.Field{
			{ID: "first_name", Label: "First name", Kind: workflows.FieldText, Max: 60},
			{ID: "start_date", Label: "Start date", Kind: workflows.FieldDay, Placeholder: "Choose a day"},
			{ID: "end_date", Label: "End date", Kind: workflows.FieldDay, Optional: true, Hint: "Contractors only."},
		},
	}
}

func offboardForm() workflows.Form {
	return workflows.Form{
		Kind: workflows.OffboardingFlow, Record: "P-000007", Version: 3, Title: "Offboard Nora", Submit: "Offboard",
		Fields: []workflows.Field{
			{ID: "last_day", Label: "Last working day", Kind: workflows.FieldDay, Value: "2026-11-22"},
			{ID: "when", Label: "When", Kind: workflows.FieldMoment, Optional: true, Hint: "Empty means now."},
			{ID: "told_by", Label: "Told by", Kind: workflows.FieldPerson, Optional: true},
			{ID: "holds", Label: "What they hold", Kind: workflows.FieldWords, Value: "GitHub · Member: ends\n" + hostile},
		},
	}
}

// submitted takes the next submission and answers it with an outcome.
func submitted(w *world, out workflows.Outcome) <-chan workflows.Submission {
	got := make(chan workflows.Submission, 1)
	w.service.submit = func(s workflows.Submission) (workflows.Outcome, error) {
		got <- s
		return out, nil
	}
	return got
}

// offboarding is Ana's form about somebody, just opened.
func offboarding(t *testing.T, w *world, f workflows.Form) fakeslack.View {
	t.Helper()
	w.service.open = func(string, workflows.Clicker, string) (workflows.Form, *workflows.Refusal, error) {
		return f, nil, nil
	}
	if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/offboard", "@nora"); err != nil {
		t.Fatal(err)
	}
	return w.modal(w.ana, "Offboard Nora")
}

func TestDaysAndMomentsArriveAsTheyWereChosen(t *testing.T) {
	w := running(t)
	v := offboarding(t, w, offboardForm())
	got := submitted(w, workflows.Outcome{Kind: workflows.OutcomeDone})
	values := map[string]map[string]any{
		"when": {"when": map[string]any{"type": "datetimepicker", "selected_date_time": 1795353000}},
	}
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, values); err != nil {
		t.Fatal(err)
	}
	s := next(t, "the submission", got)
	want := map[string]string{"last_day": "2026-11-22", "when": "1795353000", "told_by": ""}
	for field, value := range want {
		if s.Values[field] != value {
			t.Errorf("%s is %q, want %q", field, s.Values[field], value)
		}
	}
	if s.Kind != workflows.OffboardingFlow || s.Record != "P-000007" {
		t.Errorf("submitted as %q about %q", s.Kind, s.Record)
	}
}

func TestDaysAndMomentsThatMayBeEmptyCanBeLeftEmpty(t *testing.T) {
	w := running(t)
	f := onboardForm()
	f.Fields = append(f.Fields, workflows.Field{ID: "when", Label: "When", Kind: workflows.FieldMoment, Optional: true})
	w.service.open = func(string, workflows.Clicker, string) (workflows.Form, *workflows.Refusal, error) {
		return f, nil, nil
	}
	if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/onboard", ""); err != nil {
		t.Fatal(err)
	}
	v := w.modal(w.ana, "Onboard a person")
	got := submitted(w, workflows.Outcome{Kind: workflows.OutcomeDone})
	values := map[string]map[string]any{"first_name": {"first_name": typed("Nora")}}
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, values); err != nil {
		t.Fatal(err)
	}
	if errs := w.Views(w.ana.ID)[0].Errors; errs["start_date"] == "" || len(errs) != 1 {
		t.Errorf("Slack finds %v wrong, want the start date alone", errs)
	}
	values["start_date"] = map[string]any{"start_date": map[string]any{"type": "datepicker", "selected_date": "2026-12-01"}}
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, values); err != nil {
		t.Fatal(err)
	}
	s := next(t, "the submission", got)
	if s.Values["start_date"] != "2026-12-01" || s.Values["end_date"] != "" || s.Values["when"] != "" || s.Record != "" {
		t.Errorf("submitted %v about %q", s.Values, s.Record)
	}
}

func TestADayOrMomentThatIsNoneStartsEmpty(t *testing.T) {
	f := offboardForm()
	f.Fields[0].Value, f.Fields[1].Value = "22.11.2026", "soon"
	w := running(t)
	v := offboarding(t, w, f)
	if strings.Contains(string(v.Raw), "initial_date") {
		t.Errorf("the form starts with %s", v.Raw)
	}
	if err := w.CloseView(t.Context(), w.ana.ID, v.ID); err != nil {
		t.Fatal(err)
	}
	f.Fields[1].Value = "1795353000"
	if raw := string(offboarding(t, w, f).Raw); !strings.Contains(raw, `"initial_date_time":1795353000`) {
		t.Errorf("the form does not start with the moment: %s", raw)
	}
}

func TestWordsInAFormAreShownAndHoldNothing(t *testing.T) {
	w := running(t)
	f := offboardForm()
	f.Fields[3].Value = hostile + strings.Repeat("GitHub · Member: ends now. ", 3000)
	v := offboarding(t, w, f)
	intrudes(t, "words", json.RawMessage(strings.ReplaceAll(string(v.Raw), hostile, intruder)))
	if !strings.Contains(string(v.Raw), "What they hold") {
		t.Error("the heading is not shown")
	}
	if strings.Contains(string(v.Raw), `"holds"`) {
		t.Error("words have become a field")
	}
}

func TestARedrawnFormKeepsWhatItIsAbout(t *testing.T) {
	w := running(t)
	f := accessForm(map[string]string{"for": w.ana.ID})
	f.Kind, f.Record, f.Version, f.Title = workflows.OffboardingFlow, "P-000007", 3, "Offboard Nora"
	v := offboarding(t, w, f)
	asking(w)
	v = chosenApp(t, w, v, "app-007")
	got := submitted(w, workflows.Outcome{Kind: workflows.OutcomeDone})
	if err := w.Submit(t.Context(), w.ana.ID, v.ID, map[string]map[string]any{"justification": {"justification": typed("x")}}); err != nil {
		t.Fatal(err)
	}
	if s := next(t, "the submission", got); s.Record != "P-000007" {
		t.Errorf("submitted about %q, want what the form opened on", s.Record)
	}
}

func TestWhatWasBegunIsSaidInPlaceOfItsForm(t *testing.T) {
	for kind, title := range map[string]string{
		workflows.OnboardingFlow: "Onboarding started", workflows.OffboardingFlow: "Offboarding", "anything": "Done",
	} {
		w := running(t)
		f := offboardForm()
		f.Kind = kind
		v := offboarding(t, w, f)
		submitted(w, workflows.Outcome{Kind: workflows.OutcomeDone, Message: "ON-0001 was started for " + hostile})
		if err := w.Submit(t.Context(), w.ana.ID, v.ID, nil); err != nil {
			t.Fatal(err)
		}
		after := w.modal(w.ana, "was started for")
		var shown struct {
			Title  struct{ Text string }
			Submit *struct{}
		}
		if err := json.Unmarshal(after.Raw, &shown); err != nil || shown.Title.Text != title || shown.Submit != nil {
			t.Errorf("%s: the window is %q, %v, %v", kind, shown.Title.Text, shown.Submit, err)
		}
	}
}

func TestOffboardingHandsOnWhatWasWrittenAsItWas(t *testing.T) {
	w := running(t)
	type asked struct {
		name, text string
		by         workflows.Clicker
	}
	got := make(chan asked, 1)
	w.service.open = func(name string, by workflows.Clicker, text string) (workflows.Form, *workflows.Refusal, error) {
		got <- asked{name, text, by}
		return offboardForm(), nil, nil
	}
	for _, text := range []string{"<@U123|nora>", " Nora.Kim@Acme.example ", "Nora Kim"} {
		if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/offboard", text); err != nil {
			t.Fatal(err)
		}
		want := asked{workflows.OffboardingFlow, strings.TrimSpace(text), workflows.Clicker{ChatID: w.ana.ID, Team: w.bot.Team()}}
		if a := next(t, "the question", got); a != want {
			t.Errorf("asked %+v, want %+v", a, want)
		}
		if err := w.CloseView(t.Context(), w.ana.ID, w.modal(w.ana, "Offboard Nora").ID); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoMayNotOpenAFormIsToldAlone(t *testing.T) {
	w := running(t)
	w.service.open = func(string, workflows.Clicker, string) (workflows.Form, *workflows.Refusal, error) {
		return workflows.Form{}, &workflows.Refusal{Message: "Only admins can onboard people."}, nil
	}
	if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/onboard", ""); err != nil {
		t.Fatal(err)
	}
	w.whispered(w.ana, "Only admins can onboard people.")
	w.service.open = func(string, workflows.Clicker, string) (workflows.Form, *workflows.Refusal, error) {
		return workflows.Form{}, nil, fmt.Errorf("disk full")
	}
	if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/onboard", ""); err != nil {
		t.Fatal(err)
	}
	w.whispered(w.ana, "tell an admin this reference")
	if n := len(w.Views(w.ana.ID)); n != 0 {
		t.Errorf("%d forms are open, want none", n)
	}
}

func TestJoinerAndLeaverCommandsAnswerInWords(t *testing.T) {
	w := running(t)
	w.service.look = func(_ workflows.Clicker, record string) (workflows.CardView, *workflows.Refusal, error) {
		if strings.HasSuffix(record, "-0001") {
			return checklistCard(3), nil, nil
		}
		return workflows.CardView{}, nil, fmt.Errorf("look: %w", workflows.ErrNotFound)
	}
	for _, c := range []struct{ command, text, want string }{
		{"/onboard", "help", "For admins"},
		{"/onboard", "somebody", "For admins"},
		{"/onboard", "status", "For admins"},
		{"/onboard", "status on-0001", "step number 2"},
		{"/onboard", "status OF-0001", "looks like ON-0001"},
		{"/onboard", "status ON-0002", "There is no onboarding ON-0002"},
		{"/offboard", "", "or an e-mail address will do"},
		{"/offboard", "HELP", "or an e-mail address will do"},
		{"/offboard", "status OF-0001", "step number 2"},
		{"/offboard", "status AR-000001", "looks like OF-0001"},
		{"/access", "status ON-0001", "looks like AR-000123"},
	} {
		m := w.answered(w.ana, func() error { return w.Command(t.Context(), w.ana.ID, w.requests.ID, c.command, c.text) })
		if !m.Ephemeral || !strings.Contains(m.Text+string(m.Blocks), c.want) {
			t.Errorf("%s %s is answered %q, %s, want %q", c.command, c.text, m.Text, m.Blocks, c.want)
		}
	}
}

// stuck is a product whose store does not answer.
type stuck struct{ *service }

func (stuck) Open(ctx context.Context, _ string, _ workflows.Clicker, _ string) (workflows.Form, *workflows.Refusal, error) {
	<-ctx.Done()
	return workflows.Form{}, nil, ctx.Err()
}

func TestAStoreThatDoesNotAnswerIsNotWaitedForLongerThanATriggerLives(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		l, _ := s.start(t, stuck{&service{}})
		begun := time.Now()
		l.send(`{"envelope_id":"1","type":"slash_commands","payload":{"command":"/onboard","text":"","user_id":"U1","response_url":"http://slack.test/response"}}`)
		next(t, "an acknowledgement", l.acks)
		if waited := time.Since(begun); waited > 100*time.Millisecond {
			t.Errorf("acknowledged after %v, want at once", waited)
		}
		body := next(t, "the answer", s.posted)
		if waited := time.Since(begun); waited > 2*time.Second || !strings.Contains(string(body), "tell an admin this reference") {
			t.Errorf("answered after %v: %s", waited, body)
		}
	})
}
