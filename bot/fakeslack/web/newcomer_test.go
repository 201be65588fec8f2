package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"countersign/bot/fakeslack"
)

func TestAMemberWhoJoinsLaterCanBePlayed(t *testing.T) {
	r := newRig(t)
	r.slack.AddUser(fakeslack.User{ID: "U0ZOE", Name: "zoe", RealName: "Zoe Park"})
	r.slack.AddUser(fakeslack.User{ID: "U0GIL", Name: "gil", RealName: "Gil Guest", IsGuest: true})
	side := r.regionsOf("?as=U0ZOE&c=" + r.room)["side"]
	wantParts(t, side, `data-persona="U0ZOE" class="face current"`, "<b>Zoe Park</b><small>New member</small>")
	if strings.Contains(side, "U0GIL") {
		t.Errorf("a guest is among the personas: %s", side)
	}
	r.slack.Deactivate("U0ZOE")
	wantParts(t, r.regionsOf("")["side"], `data-persona="U0ZOE" class="face gone"`)
}

func TestAButtonInAPanelReachesThatPanel(t *testing.T) {
	slack := fakeslack.New(fakeslack.Options{})
	defer slack.Close()
	draw := func(context.Context) (template.HTML, error) { return "", nil }
	var pressed []string
	page := New(Options{Slack: slack, Panels: []Panel{
		{ID: "mute", Render: draw},
		{ID: "google", Render: draw, Press: func(_ context.Context, value string) error {
			pressed = append(pressed, value)
			if value == "nobody" {
				return errors.New("there is no such account")
			}
			return nil
		}},
	}})
	for _, test := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"callback":"google","value":"zoe"}`, http.StatusOK, `"ok":true`},
		{`{"callback":"google","value":"nobody"}`, http.StatusConflict, "There is no such account"},
		{`{"callback":"mute","value":"x"}`, http.StatusConflict, "not there any more"},
		{`{"callback":"other","value":"x"}`, http.StatusConflict, "not there any more"},
	} {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequest("POST", "http://127.0.0.1/act/press", strings.NewReader(test.body)))
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.says) {
			t.Errorf("%s: got %d %s, want %d with %s", test.body, w.Code, w.Body, test.status, test.says)
		}
	}
	if got := strings.Join(pressed, " "); got != "zoe nobody" {
		t.Errorf("pressed %q, want %q", got, "zoe nobody")
	}
}
