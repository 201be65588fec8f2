// Package web is the demo's page: a chat client in the browser where one
// person can be everyone in the workspace of the Slack emulator.
//
// It draws Block Kit on the server, from the JSON the app sent, and the script
// in the page only exchanges pieces of finished HTML. Everything a person
// writes or an app sends is escaped; the page loads nothing from elsewhere.
package web

import (
	"context"
	"html/template"
	"io"
	"net/http"
	"sync"
	"time"

	"countersign/bot/fakeslack"
)

// Slack is the side of the emulator that a person touches. *fakeslack.Server
// implements it.
type Slack interface {
	Users() []fakeslack.User
	Channels(userID string) []fakeslack.Channel
	Messages(userID, channelID string) []fakeslack.Message
	Replies(userID, channelID, threadTS string) []fakeslack.Message
	Home(userID string) (fakeslack.View, bool)
	Views(userID string) []fakeslack.View // bottom of the stack first

	Command(ctx context.Context, userID, channelID, command, text string) error
	OpenHome(ctx context.Context, userID string) error
	Click(ctx context.Context, userID string, at fakeslack.Place, a fakeslack.Action) error
	Suggest(ctx context.Context, userID string, at fakeslack.Place, blockID, actionID, query string) ([]fakeslack.Option, error)
	Submit(ctx context.Context, userID, viewID string, values map[string]map[string]any) error
	CloseView(ctx context.Context, userID, viewID string) error
	Shortcut(ctx context.Context, userID, callbackID string) error
	MessageShortcut(ctx context.Context, userID, channelID, ts, callbackID string) error
	Say(ctx context.Context, userID, channelID, threadTS, text string) (ts string, err error)
	Edit(ctx context.Context, userID, channelID, ts, text string) error
	Delete(ctx context.Context, userID, channelID, ts string) error
	Download(userID, fileID string) (fakeslack.File, io.ReadSeeker, error)
	SetState(userID, viewID, blockID, actionID string, value any) error

	// Changed returns a channel that is closed at the next change of anything.
	Changed() <-chan struct{}
}

var _ Slack = (*fakeslack.Server)(nil)

// Persona is somebody the visitor can be.
type Persona struct {
	UserID string
	Name   string // empty: the workspace's real name
	Role   string // such as "Employee · engineer"
	Hint   string // what this person is good for in the demo; shown on hover
}

// Panel is one box of the right-hand column.
type Panel struct {
	ID, Title string
	// Render draws the body. Rows (li and tr) that are new since the last
	// drawing light up for a moment.
	Render func(ctx context.Context) (template.HTML, error)
	// Changed works like Slack.Changed; nil means: look every two seconds.
	Changed func() <-chan struct{}
	// Press is called for a button with a data-press attribute in the body, with
	// its value; nil where there is none. An error is shown to the visitor.
	Press func(ctx context.Context, value string) error
}

// Clock is the demo's time, which the visitor can move forward.
type Clock interface {
	Now() time.Time
	Advance(d time.Duration)
}

// Step is one line of the guided tour. Persona is a user id or a persona's
// name, or empty; Text is Slack's mrkdwn.
type Step struct{ Persona, Text string }

// Command is a slash command offered while typing. Name starts with a slash.
type Command struct{ Name, Usage, Description string }

// Shortcut is a global shortcut, offered in the menu next to the composer, or
// one in the menu of every message.
type Shortcut struct {
	CallbackID, Name string
	OnMessage        bool
}

// Options says what the page shows. Slack is required, the rest may be empty.
type Options struct {
	Slack     Slack
	Title     string    // the workspace's name
	App       string    // the app's name; empty means Countersign
	Personas  []Persona // empty: every active person of the workspace; members who join later are added
	Panels    []Panel
	Clock     Clock // nil: the real time, without buttons
	Tour      []Step
	Commands  []Command
	Shortcuts []Shortcut
}

// New returns the page's handler. It answers only under a loopback host name,
// because it acts for anybody without a password. It starts nothing in the
// background; an open page holds one request to /events for as long as the
// server's base context lives, so a server that is to stop at once needs
// http.Server.BaseContext.
func New(opts Options) http.Handler {
	if opts.App == "" {
		opts.App = "Countersign"
	}
	if opts.Title == "" {
		opts.Title = "Workspace"
	}
	s := &site{Options: opts, read: map[string]string{}, began: map[string]bool{}}
	for _, u := range opts.Slack.Users() {
		s.began[u.ID] = true
	}
	s.since = tsOf(s.now().Add(-time.Microsecond)) // the first message may come at once
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /fragment", s.fragment)
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /file", s.file)
	mux.Handle("GET /static/", static())
	for name, act := range s.acts() {
		mux.HandleFunc("POST /act/"+name, s.acting(act))
	}
	return guard(mux)
}

// site is the handler's state. It knows nothing of browsers, so any number of
// them can look at once.
type site struct {
	Options
	since string          // ts of the start: what was there before counts as read
	began map[string]bool // user ids that were there at the start

	mu   sync.Mutex
	read map[string]string // user and conversation → ts of the newest message looked at
}

// now is the demo's time, or the real one without a clock.
func (s *site) now() time.Time {
	if s.Clock == nil {
		return time.Now()
	}
	return s.Clock.Now()
}
