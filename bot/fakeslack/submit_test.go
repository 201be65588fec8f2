package fakeslack

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

// filled are good values for the form.
func (w *world) filled() map[string]map[string]any {
	return map[string]map[string]any{
		"app": {"app": map[string]any{"type": "external_select", "selected_option": map[string]any{
			"text": map[string]any{"type": "plain_text", "text": "GitHub"}, "value": "github"}}},
		"why": {"why": map[string]any{"type": "plain_text_input", "value": "on call"}},
		"for": {"for": map[string]any{"type": "users_select", "selected_user": w.bob.ID}},
	}
}

func TestASubmissionCarriesEveryValueAndAnEmptyAnswerClosesTheView(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		v := w.open(a)
		check(t, w.Submit(t.Context(), w.ana.ID, v.ID, w.filled()))
		ic := a.interaction(t)
		values := ic.View.State.Values
		switch {
		case ic.Type != slack.InteractionTypeViewSubmission, ic.View.CallbackID != "access", ic.View.PrivateMetadata != "v1",
			ic.View.Hash != v.Hash, ic.TriggerID == "":
			t.Errorf("got %+v", ic)
		case values["app"]["app"].SelectedOption.Value != "github", values["why"]["why"].Value != "on call",
			values["for"]["for"].SelectedUser != w.bob.ID:
			t.Errorf("got values %+v", values)
		}
		if n := len(w.Views(w.ana.ID)); n != 0 {
			t.Errorf("got %d open views, want 0", n)
		}
	})
}

func TestTheClientFindsEmptyAndShortFieldsItself(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		v := w.open(a)
		values := w.filled()
		delete(values, "app")
		for text, wrong := range map[string]bool{"": true, "four": true, "enough": false, "one character too many": true} {
			values["why"]["why"] = map[string]any{"type": "plain_text_input", "value": text}
			check(t, w.Submit(t.Context(), w.ana.ID, v.ID, values))
			errs := w.Views(w.ana.ID)[0].Errors
			if (errs["why"] != "") != wrong || errs["app"] == "" || errs["for"] != "" {
				t.Errorf("%q: got errors %v", text, errs)
			}
		}
		if n := len(a.got("interactive")); n != 0 {
			t.Errorf("got %d submissions, want none", n)
		}
	})
}

func TestTheAnswerToASubmissionDecidesWhatThePersonSees(t *testing.T) {
	answerTo := func(t *testing.T, answer string) (errs map[string]string, open int, err error) {
		inSlack(t, Options{}, func(t *testing.T, w *world) {
			a := w.connect()
			v := w.open(a)
			a.answerWith(json.RawMessage(answer))
			err = w.Submit(t.Context(), w.ana.ID, v.ID, w.filled())
			views := w.Views(w.ana.ID)
			if open = len(views); open > 0 {
				errs = views[open-1].Errors
			}
		})
		return errs, open, err
	}
	for name, c := range map[string]struct {
		answer string
		open   int
		bad    bool
	}{
		"clear":         {`{"response_action":"clear"}`, 0, false},
		"update":        {`{"response_action":"update","view":` + form + `}`, 1, false},
		"push":          {`{"response_action":"push","view":` + form + `}`, 2, false},
		"bad view":      {`{"response_action":"push","view":{"type":"modal"}}`, 1, true},
		"unknown":       {`{"response_action":"explode"}`, 1, true},
		"other payload": {`[]`, 1, true},
		"errors":        {`{"response_action":"errors","errors":{"why":"Say more"}}`, 1, false},
		"wrong key":     {`{"response_action":"errors","errors":{"why":"Say more","note":"x"}}`, 1, true},
		"action as key": {`{"response_action":"errors","errors":{"nobody":"x"}}`, 1, true},
	} {
		errs, open, err := answerTo(t, c.answer)
		if open != c.open {
			t.Errorf("%s: got %d views, want %d", name, open, c.open)
		}
		if c.bad {
			wantIs(t, err, ErrBadAnswer)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := name == "errors"; (errs["why"] == "Say more") != want {
			t.Errorf("%s: got errors %v", name, errs)
		}
	}
}

func TestAViewStaysOpenWhenTheAppDoesNotAnswer(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		v := w.open(a)
		a.ignoreAll()
		wantIs(t, w.Submit(t.Context(), w.ana.ID, v.ID, w.filled()), ErrNoAnswer)
		if n := len(w.Views(w.ana.ID)); n != 1 {
			t.Errorf("got %d views, want the form still open", n)
		}
		envelopes := w.Envelopes()
		if last := envelopes[len(envelopes)-1]; last.Acked || last.Type != "interactive" {
			t.Errorf("got %+v", last)
		}
	})
}

func TestEveryKindOfInputArrivesInTheState(t *testing.T) {
	const opt = `{"text":{"type":"plain_text","text":"One"},"value":"1"}`
	kinds := []struct{ element, value, want string }{
		{`"type":"static_select","options":[` + opt + `]`, `{"selected_option":{"value":"1"}}`, `{"type":"static_select","selected_option":` + opt + `}`},
		{`"type":"multi_static_select","options":[` + opt + `]`, `{"selected_options":[{"value":"1"}]}`, `{"type":"multi_static_select","selected_options":[` + opt + `]}`},
		{`"type":"radio_buttons","options":[` + opt + `],"initial_option":` + opt, ``, `{"type":"radio_buttons","selected_option":` + opt + `}`},
		{`"type":"checkboxes","options":[` + opt + `]`, ``, `{"type":"checkboxes","selected_options":[]}`},
		{`"type":"datepicker"`, `{"selected_date":"2026-11-21"}`, `{"type":"datepicker","selected_date":"2026-11-21"}`},
		{`"type":"datepicker"`, ``, `{"type":"datepicker","selected_date":null}`},
		{`"type":"datetimepicker"`, ``, `{"type":"datetimepicker","selected_date_time":null}`},
		{`"type":"datepicker","initial_date":"2026-11-22"`, `{"selected_date":null}`, `{"type":"datepicker","selected_date":null}`},
		{`"type":"datetimepicker","initial_date_time":1763676000`, `{"selected_date_time":null}`, `{"type":"datetimepicker","selected_date_time":null}`},
		{`"type":"timepicker"`, ``, `{"type":"timepicker","selected_time":null}`},
		{`"type":"datetimepicker"`, `{"selected_date_time":1763676000}`, `{"type":"datetimepicker","selected_date_time":1763676000}`},
		{`"type":"number_input","is_decimal_allowed":false`, `{"value":"7"}`, `{"type":"number_input","value":"7"}`},
		{`"type":"email_text_input"`, `{"value":"a@b.example"}`, `{"type":"email_text_input","value":"a@b.example"}`},
		{`"type":"url_text_input"`, `{"value":"https://a.example"}`, `{"type":"url_text_input","value":"https://a.example"}`},
		{`"type":"multi_users_select"`, `{"selected_users":["U0BOT"]}`, `{"type":"multi_users_select","selected_users":["U0BOT"]}`},
		{`"type":"conversations_select"`, ``, `{"type":"conversations_select","selected_conversation":null}`},
	}
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		for _, k := range kinds {
			modal := `{"type":"modal","title":` + textA + `,"submit":` + textA + `,"blocks":[{"type":"input","block_id":"b","optional":true,"label":` +
				textA + `,"element":{"action_id":"a",` + k.element + `}}]}`
			res := must2(w.api.OpenViewContext(t.Context(), w.trigger(a), modalOf(t, modal)))(t)
			values := map[string]map[string]any{}
			if k.value != "" {
				values["b"] = map[string]any{"a": json.RawMessage(k.value)}
			}
			check(t, w.Submit(t.Context(), w.ana.ID, res.View.ID, values))
			a.interaction(t) // slack-go decodes it
			envelopes := w.Envelopes()
			var p struct {
				View struct {
					State struct{ Values map[string]map[string]any }
				}
			}
			check(t, json.Unmarshal(envelopes[len(envelopes)-1].Payload, &p))
			var want any
			check(t, json.Unmarshal([]byte(k.want), &want))
			if got := p.View.State.Values["b"]["a"]; string(encode(got)) != string(encode(want)) {
				t.Errorf("got %s, want %s", encode(got), encode(want))
			}
		}
	})
}

func TestFieldsOfAKindAreChecked(t *testing.T) {
	for element, text := range map[string]string{
		`{"type":"number_input","is_decimal_allowed":false,"min_value":"1","max_value":"9"}`: "10",
		`{"type":"number_input","is_decimal_allowed":false}`:                                 "1.5",
		`{"type":"email_text_input"}`:                                                        "nobody",
		`{"type":"url_text_input"}`:                                                          "nowhere",
	} {
		var e object
		check(t, decode([]byte(element), &e))
		if fieldError(e, object{"value": text}) == "" {
			t.Errorf("%s took %q", element, text)
		}
	}
}

func TestClosingAViewTellsOnlyAnAppThatAsked(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		a := w.connect()
		quiet := modalOf(t, form)
		quiet.NotifyOnClose = false
		v := must2(w.api.OpenViewContext(t.Context(), w.trigger(a), quiet))(t)
		check(t, w.CloseView(t.Context(), w.ana.ID, v.View.ID))
		if n := len(a.got("interactive")); n != 0 {
			t.Errorf("got %d interactions, want none", n)
		}
		root := w.open(a)
		clearing := modalOf(t, form)
		clearing.ClearOnClose = true
		top := must2(w.api.PushViewContext(t.Context(), w.trigger(a), clearing))(t)
		check(t, w.CloseView(t.Context(), w.ana.ID, top.View.ID))
		if ic := a.interaction(t); !ic.IsCleared || ic.View.ID != root.ID || len(w.Views(w.ana.ID)) != 0 {
			t.Errorf("got %+v with %d views left", ic, len(w.Views(w.ana.ID)))
		}
	})
}

func TestAnEventWithoutAConnectionComesWhenTheAppIsBack(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		w.connect()
		w.DropConnections()
		synctest.Wait()
		check(t, w.OpenHome(t.Context(), w.ana.ID))
		a := w.connect()
		time.Sleep(2 * time.Minute)
		if got := a.got("events_api"); len(got) != 1 || got[0].RetryAttempt != 2 {
			t.Errorf("got %+v, want the second retry", got)
		}
	})
}

func TestAValueOfTheWrongShapeIsRefused(t *testing.T) {
	inSlack(t, Options{}, func(t *testing.T, w *world) {
		v := w.open(w.connect())
		for name, value := range map[string]any{
			"number for text": map[string]any{"value": 7},
			"other type":      map[string]any{"type": "datepicker", "selected_date": "2026-01-01"},
			"no object":       "on call",
		} {
			if w.SetState(w.ana.ID, v.ID, "why", "why", value) == nil {
				t.Errorf("%s was taken", name)
			}
		}
		wantIs(t, w.SetState(w.ana.ID, v.ID, "for", "for", map[string]any{"selected_user": "U404"}), ErrNotThere)
		wantIs(t, w.SetState(w.bob.ID, v.ID, "why", "why", map[string]any{"value": "x"}), ErrNotThere)
	})
}
