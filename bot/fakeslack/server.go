package fakeslack

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Options describes the workspace and the one app installed in it. Every field
// may be left zero.
type Options struct {
	Now    func() time.Time // clock of timestamps, triggers, response URLs and rate limits
	Logger *slog.Logger

	AppToken  string // default xapp-1-fake
	BotToken  string // default xoxb-fake
	TeamID    string
	TeamName  string
	BotUserID string
	BotName   string
	AppID     string

	// Scopes are the bot token's scopes. Nil grants all that the emulator
	// knows except chat:write.public, so that an app has to join a channel
	// before it posts there.
	Scopes []string

	// PostsPerSecond and PostBurst limit chat.postMessage per channel; the
	// defaults are 1 and 10. A negative rate takes the limit away.
	PostsPerSecond float64
	PostBurst      int

	// CallRate multiplies the rates and bursts of the methods' tiers. The
	// default is 1; a negative number takes the limits away.
	CallRate float64

	// MaxFile is the size of a file in bytes; the default is Slack's 1 GB. Files
	// are kept in memory.
	MaxFile int

	// SocketURL and ResponseURL begin the links given out for Socket Mode and
	// the response URLs, such as wss://wss-primary.slack.com and
	// https://hooks.slack.com. Empty means the scheme and host of the app's
	// last call. Both still have to reach this server.
	SocketURL   string
	ResponseURL string
}

// Server is the workspace. It is an http.Handler for /api/ (Web API), /link/
// (Socket Mode), /response/ (response URLs) and /upload/ (files); its methods are what people do
// in Slack. All methods may be called from several goroutines.
type Server struct {
	o   Options
	mux *http.ServeMux

	mu        sync.Mutex
	base      string // scheme://host the app reached us by
	seq       int
	lastTS    int64 // microseconds
	changed   chan struct{}
	users     []*User
	channels  []*Channel
	log       map[string][]*message // by channel, oldest first
	homes     map[string]*view      // by user
	stacks    map[string][]*view    // by user, top last
	views     map[string]*view      // open modals and homes, by id
	triggers  map[string]*trigger
	responses map[string]*responseURL
	files     map[string]*file         // by id
	uploads   map[string]*file         // by the token of the address that waits for them
	limits    map[string]*rate.Limiter // by channel and by method
	offered   map[string][]map[string]any
	faults    []*Fault
	calls     []Call
	links     map[*link]bool
	tickets   map[string]bool
	linkSeq   int
	envelopes []*Envelope
	pending   map[string]*Envelope
	closed    bool
	disabled  bool // Socket Mode is switched off
	ghosts    int
	slams     int // connections still to be closed on arrival

	envelopeFaults []*EnvelopeFault
}

// New returns an empty workspace with the app's bot user in it.
func New(o Options) *Server {
	s := &Server{
		o:         withDefaults(o),
		mux:       http.NewServeMux(),
		changed:   make(chan struct{}),
		log:       map[string][]*message{},
		homes:     map[string]*view{},
		stacks:    map[string][]*view{},
		views:     map[string]*view{},
		triggers:  map[string]*trigger{},
		responses: map[string]*responseURL{},
		files:     map[string]*file{},
		uploads:   map[string]*file{},
		limits:    map[string]*rate.Limiter{},
		offered:   map[string][]map[string]any{},
		links:     map[*link]bool{},
		tickets:   map[string]bool{},
		pending:   map[string]*Envelope{},
	}
	s.users = append(s.users, &User{
		ID: s.o.BotUserID, TeamID: s.o.TeamID, Name: strings.ToLower(s.o.BotName), RealName: s.o.BotName, IsBot: true,
	})
	s.mux.HandleFunc("/api/{method}", s.serveAPI)
	s.mux.HandleFunc("GET /link/", s.serveLink)
	s.mux.HandleFunc("POST /response/{token}", s.serveResponse)
	s.mux.HandleFunc("POST /upload/v1/{token}", s.serveUpload)
	return s
}

func withDefaults(o Options) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		field *string
		value string
	}{
		{&o.AppToken, "xapp-1-fake"}, {&o.BotToken, "xoxb-fake"},
		{&o.TeamID, "T0COUNTER"}, {&o.TeamName, "Acme"},
		{&o.BotUserID, "U0BOT"}, {&o.BotName, "Countersign"}, {&o.AppID, "A0COUNTER"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if o.PostsPerSecond == 0 {
		o.PostsPerSecond = 1
	}
	if o.PostBurst == 0 {
		o.PostBurst = 10
	}
	if o.CallRate == 0 {
		o.CallRate = 1
	}
	if o.MaxFile == 0 {
		o.MaxFile = 1 << 30
	}
	o.SocketURL, o.ResponseURL = strings.TrimRight(o.SocketURL, "/"), strings.TrimRight(o.ResponseURL, "/")
	return o
}

// ServeHTTP answers the app's calls.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// Changed returns a channel that is closed at the next change of anything a
// person could see.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *Server) touchLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Close ends every connection with a close frame and stops event retries.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	links := s.linksLocked()
	s.mu.Unlock()
	for _, l := range links {
		l.closePolitely("")
	}
}

// newIDLocked makes ids in the shape of Slack's: a letter and ten characters.
func (s *Server) newIDLocked(prefix string) string {
	s.seq++
	return fmt.Sprintf("%s0%09d", prefix, s.seq)
}

// newTSLocked makes a message timestamp: unique and increasing in the whole
// workspace, even when the clock stands still.
func (s *Server) newTSLocked() string {
	now := s.o.Now().UnixMicro()
	s.lastTS = max(now, s.lastTS+1)
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func (s *Server) botIDLocked() string { return "B" + strings.TrimPrefix(s.o.BotUserID, "U") }

func (s *Server) teamDomain() string {
	return strings.ReplaceAll(strings.ToLower(s.o.TeamName), " ", "-")
}
