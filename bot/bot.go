// Package bot is the Slack edge: it turns what people do in Slack into calls of
// the product, and what the product says into Block Kit. It decides nothing and
// keeps nothing that matters.
//
// A submission or a press is committed by the service before it is acknowledged;
// opening a form is acknowledged at once, because its trigger dies after three
// seconds. Cards are drawn by the product's jobs through Show, never from the
// press that changed them.
package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Config is what the bot needs to reach one workspace.
type Config struct {
	AppToken string            // xapp-…, for Socket Mode
	BotToken string            // xoxb-…, for the Web API
	APIURL   string            // of the Web API, ending in a slash; empty: Slack's own
	Channels map[string]string // the product's channels by name or id in Slack

	// HTTPClient reaches the Web API; nil has a timeout of ten seconds and the
	// proxy of the environment. Its transport's proxy, dialer and TLS settings
	// are used for the websocket too.
	HTTPClient *http.Client
	Log        *slog.Logger // nil: none
	// Print draws a listing as a PDF; nil where listings cannot be printed.
	Print  func(workflows.Listing) ([]byte, error)
	Clock  func() time.Time // nil: time.Now
	Jitter func() float64   // spreads the cards that wait for their turn, 0 to 1; nil: by chance
}

// Service is what the bot asks of the product.
type Service interface {
	Form(name, asker string, values map[string]string) (workflows.Form, error)
	Open(ctx context.Context, name string, by workflows.Clicker, text string) (workflows.Form, *workflows.Refusal, error)
	Choices(name, field, query string) []workflows.Choice
	Submit(ctx context.Context, sub workflows.Submission) (workflows.Outcome, error)
	Act(ctx context.Context, p workflows.Press) (workflows.Outcome, error)
	Reveal(ctx context.Context, p workflows.Press) (workflows.Revealed, error)
	ActionForm(ctx context.Context, verb workflows.Verb, record string, version int, values map[string]string) (workflows.Form, error)
	Home(ctx context.Context, by workflows.Clicker) (workflows.Home, error)
	LookPerson(ctx context.Context, by workflows.Clicker, text string) (workflows.CardView, *workflows.Refusal, error)
	Look(ctx context.Context, by workflows.Clicker, record string) (workflows.CardView, *workflows.Refusal, error)
	MemberChanged(ctx context.Context, m workflows.Member) error
	VendorNoticed(ctx context.Context, p workflows.VendorPost) error
	OpenFromPost(ctx context.Context, p workflows.VendorPost) (workflows.Form, *workflows.Refusal, error)
	VendorList(ctx context.Context, by workflows.Clicker, q workflows.Query) (workflows.Listing, *workflows.Refusal, error)
}

// Bot is the app in one workspace. It implements workflows.Notifier and
// workflows.Members.
type Bot struct {
	cfg    Config
	api    *slack.Client
	http   *http.Client
	log    *slog.Logger
	clock  func() time.Time
	timing timing

	opened atomic.Pointer[workspace] // set by Open

	service   Service
	queue     chan work
	seen      *seen
	homes     *counter
	redraws   *redraws
	sent      *sent
	strays    *counter // threads that a card could not be posted in
	connected chan struct{}
	greet     sync.Once
	linked    linkCount

	mu      sync.Mutex
	direct  map[string]string // direct message channels by user id
	paces   map[string]*pace  // of posts, by channel
	updates *pace
}

// New returns a bot that has talked to nobody yet; call Open, then Run.
func New(cfg Config) (*Bot, error) {
	if cfg.AppToken == "" || cfg.BotToken == "" {
		return nil, errors.New("both the app-level token and the bot token are needed")
	}
	b := &Bot{
		cfg: cfg, http: cfg.HTTPClient, log: cfg.Log, clock: cfg.Clock, timing: usual,
		queue: make(chan work, queueLength), seen: newSeen(),
		homes: newCounter(), redraws: newRedraws(), sent: newSent(), strays: newCounter(), connected: make(chan struct{}),
		direct: make(map[string]string), paces: make(map[string]*pace), updates: newPace(updatesPerSecond, updateBurst, updatesKept),
	}
	if b.http == nil {
		b.http = &http.Client{Timeout: 10 * time.Second, Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	b.log = cmp.Or(b.log, slog.New(slog.DiscardHandler))
	if b.clock == nil {
		b.clock = time.Now
	}
	if b.cfg.Jitter == nil {
		b.cfg.Jitter = rand.Float64
	}
	b.updates.jitter = b.cfg.Jitter
	options := []slack.Option{slack.OptionAppLevelToken(cfg.AppToken), slack.OptionHTTPClient(b.http)}
	if cfg.APIURL != "" {
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(cfg.APIURL, "/")+"/"))
	}
	b.api = slack.New(cfg.BotToken, options...)
	return b, nil
}

// Team returns the id of our own workspace. It is empty until Open has succeeded,
// which may be in another goroutine.
func (b *Bot) Team() string {
	if w := b.workspace(); w != nil {
		return w.team
	}
	return ""
}

// Connected returns a channel that is closed when Slack has greeted the first
// connection.
func (b *Bot) Connected() <-chan struct{} { return b.connected }

// Run listens to Slack until ctx ends, then finishes what was begun and
// acknowledges it. It returns nil after a stop that was asked for, and an error
// where Slack will not let this app in again without somebody's help. It can be
// called once.
func (b *Bot) Run(ctx context.Context, s Service) error {
	b.service = s
	var workers sync.WaitGroup
	for range workerCount {
		workers.Go(b.work)
	}
	err := b.listen(ctx)
	close(b.queue)
	workers.Wait()
	return err
}
