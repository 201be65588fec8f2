package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"countersign/bot/fakeslack"
)

// deed is what the script posts: who does what, where.
type deed struct {
	As       string `json:"as"`
	Channel  string `json:"channel"`
	TS       string `json:"ts"`
	ViewID   string `json:"view"`
	Home     bool   `json:"home"`
	Thread   string `json:"thread"`
	Text     string `json:"text"`
	BlockID  string `json:"block"`
	ActionID string `json:"action"`
	Kind     string `json:"kind"` // the element's type
	Value    string `json:"value"`
	Selected string `json:"selected"`
	Query    string `json:"query"`
	Callback string `json:"callback"`
	Seconds  int64  `json:"seconds"`

	Values map[string]map[string]filled `json:"values"` // what the view's inputs hold
}

func (d deed) place() fakeslack.Place {
	switch {
	case d.Home:
		return fakeslack.Place{Home: true}
	case d.ViewID != "":
		return fakeslack.Place{ViewID: d.ViewID}
	}
	return fakeslack.Place{Channel: d.Channel, TS: d.TS}
}

// deedLimit bounds a posted body; a modal's inputs can hold some 300 kB.
const deedLimit = 1 << 20

// advanceLimit is the furthest the clock moves at one press.
const advanceLimit = 366 * 24 * time.Hour

type act func(ctx context.Context, d deed) (any, error)

func (s *site) acts() map[string]act {
	return map[string]act{
		"say": s.say, "click": s.click, "suggest": s.suggest, "submit": s.submit, "state": s.state,
		"command": func(ctx context.Context, d deed) (any, error) {
			name, rest, _ := strings.Cut(strings.TrimSpace(d.Text), " ")
			return nil, s.Slack.Command(ctx, d.As, d.Channel, name, strings.TrimSpace(rest))
		},
		"close": func(ctx context.Context, d deed) (any, error) {
			return nil, s.Slack.CloseView(ctx, d.As, d.ViewID)
		},
		"edit": func(ctx context.Context, d deed) (any, error) {
			return nil, s.Slack.Edit(ctx, d.As, d.Channel, d.TS, strings.TrimSpace(d.Text))
		},
		"delete": func(ctx context.Context, d deed) (any, error) {
			return nil, s.Slack.Delete(ctx, d.As, d.Channel, d.TS)
		},
		"shortcut": func(ctx context.Context, d deed) (any, error) {
			if d.TS != "" {
				return nil, s.Slack.MessageShortcut(ctx, d.As, d.Channel, d.TS, d.Callback)
			}
			return nil, s.Slack.Shortcut(ctx, d.As, d.Callback)
		},
		"home": func(ctx context.Context, d deed) (any, error) {
			return nil, s.Slack.OpenHome(ctx, d.As)
		},
		"press": func(ctx context.Context, d deed) (any, error) {
			i := slices.IndexFunc(s.Panels, func(p Panel) bool { return p.ID == d.Callback && p.Press != nil })
			if i < 0 {
				return nil, fmt.Errorf("a button of the panel %q: %w", d.Callback, fakeslack.ErrNotThere)
			}
			return nil, s.Panels[i].Press(ctx, d.Value)
		},
		"advance": func(_ context.Context, d deed) (any, error) {
			by := time.Duration(d.Seconds) * time.Second
			if s.Clock == nil || d.Seconds <= 0 || d.Seconds > int64(advanceLimit/time.Second) {
				return nil, errors.New("the clock only moves forward, by at most a year at once")
			}
			s.Clock.Advance(by)
			return nil, nil
		},
	}
}

// acting turns an act into a handler. Errors become one plain sentence for the
// page's toast.
func (s *site) acting(do act) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var d deed
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, deedLimit)).Decode(&d); err != nil {
			reply(w, http.StatusBadRequest, map[string]any{"error": "The page sent something unreadable: " + err.Error()})
			return
		}
		out, err := do(r.Context(), d)
		if err != nil {
			reply(w, http.StatusConflict, map[string]any{"error": s.sentence(err)})
			return
		}
		reply(w, http.StatusOK, map[string]any{"ok": true, "result": out})
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a browser that has gone needs no answer
}

// sentence is an error as a person reads it.
func (s *site) sentence(err error) string {
	msg := err.Error()
	switch {
	case errors.Is(err, fakeslack.ErrNoAnswer):
		return s.App + " did not answer within three seconds. Slack would show: operation_timeout."
	case errors.Is(err, fakeslack.ErrBadAnswer):
		return "Slack did not take the answer of " + s.App + ". " + msg
	case errors.Is(err, fakeslack.ErrNotThere):
		return "That is not there any more. " + msg
	case errors.Is(err, fakeslack.ErrNotNow):
		return "Slack does not let one do that here. " + msg
	}
	r, n := utf8.DecodeRuneInString(msg)
	msg = string(unicode.ToUpper(r)) + msg[n:]
	if !strings.HasSuffix(msg, ".") {
		msg += "."
	}
	return msg
}

func (s *site) say(ctx context.Context, d deed) (any, error) {
	text := strings.TrimSpace(d.Text)
	if text == "" {
		return nil, errors.New("there is nothing to send")
	}
	for _, c := range s.Slack.Channels(d.As) {
		if c.ID == d.Channel && !slices.Contains(c.Members, d.As) {
			return nil, errors.New("you can read #" + c.Name + " but are not a member of it, so you cannot write here")
		}
	}
	return s.Slack.Say(ctx, d.As, d.Channel, d.Thread, text)
}

// click sends a press or a choice. In a view the other inputs go first, as
// the app is told about all of them.
func (s *site) click(ctx context.Context, d deed) (any, error) {
	if err := s.keep(d); err != nil {
		return nil, err
	}
	if d.Kind == "datetimepicker" {
		if t, ok := localTime(d.Selected, s.newScene(d.As).Zone); ok {
			d.Selected = strconv.FormatInt(t, 10)
		}
	}
	return nil, s.Slack.Click(ctx, d.As, d.place(), fakeslack.Action{
		BlockID: d.BlockID, ActionID: d.ActionID, Value: d.Value, Selected: d.Selected,
	})
}

// state keeps what a view's inputs hold, so that a reload or another window
// shows it.
func (s *site) state(_ context.Context, d deed) (any, error) {
	return nil, s.keep(d)
}

// keep does nothing outside a modal: there a choice is kept by clicking it.
func (s *site) keep(d deed) error {
	if d.ViewID == "" || d.Home {
		return nil
	}
	for block, actions := range s.stateOf(d) {
		for action, value := range actions {
			if err := s.Slack.SetState(d.As, d.ViewID, block, action, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// submit sends a modal. Errors at its fields come back with the view.
func (s *site) submit(ctx context.Context, d deed) (any, error) {
	return nil, s.Slack.Submit(ctx, d.As, d.ViewID, s.stateOf(d))
}

// suggest answers a type-ahead: people and channels from the workspace, the
// rest from the app.
func (s *site) suggest(ctx context.Context, d deed) (any, error) {
	switch d.Kind {
	case "users_select":
		return matching(s.newScene(d.As).Roster, d.Query), nil
	case "channels_select", "conversations_select":
		var all []choice
		for _, c := range s.Slack.Channels(d.As) {
			if !c.DM {
				all = append(all, choice{Text: "#" + c.Name, Value: c.ID})
			}
		}
		return matching(all, d.Query), nil
	}
	if err := s.keep(d); err != nil {
		return nil, err
	}
	found, err := s.Slack.Suggest(ctx, d.As, d.place(), d.BlockID, d.ActionID, d.Query)
	if err != nil {
		return nil, err
	}
	out := []choice{}
	for _, o := range found {
		out = append(out, choice{Text: glyphs(o.Text), Value: o.Value, Description: glyphs(o.Description)})
	}
	return out, nil
}

// matching filters by words anywhere in the text, without case.
func matching(all []choice, query string) []choice {
	out := []choice{}
	for _, c := range all {
		if strings.Contains(strings.ToLower(c.Text+" "+c.Description), strings.ToLower(strings.TrimSpace(query))) {
			out = append(out, c)
		}
	}
	return out
}
