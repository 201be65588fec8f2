package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/mod/sumdb/note"

	"countersign/bot/fakeslack"
	"countersign/cmd/countersign/config"
	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

// world is a company that works with the product as it is wired, in a bubble.
//
// It has two clocks. The machine's is the bubble's: networks, patience and the
// pauses of reconnecting use it, and chance is in it. The calendar's is the
// simulation's own and stands still while something happens: everything that is
// recorded carries its time, so that the same script writes the same ledger.
type world struct {
	t      *testing.T
	seed   uint64
	order  *rand.Rand // which of several jobs goes first
	clock  atomic.Int64
	cfg    *config.Config
	people []*soul
	slack  *fakeslack.Server
	google *fakegoogle.Server
	desk   *desk  // where Google's calls go through
	key    []byte // of the service account
	net    *network
	fate   *fate
	random *chance // what the product draws
	spread *chance // how long cards wait
	log    *journal
	life   *life // the product as it runs now; nil while it does not

	flows []flow
	book  *book
	told  []string // what happened, for who reads a failure

	byHand    map[string]bool // group and account: others made the membership; true: and it is not ours to end
	removed   map[string]bool // group and account: others ended a membership
	everAway  map[string]bool // Slack ids of people who could not be written to for a while
	spoilt    map[string]bool // account and thing: what others gave a leaver after it was looked for the last time
	disturbed bool            // something was made to go wrong
	tally     tally
}

// life is one process of the product.
type life struct {
	app       *app
	stepping  *stepping
	stop      context.CancelFunc
	ended     chan error
	transport *http.Transport
	raw       *sql.DB // for looking at the database from outside
}

// dawn is when a simulation begins: a Monday.
var dawn = time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)

// now is the calendar's time.
func (w *world) now() time.Time { return dawn.Add(time.Duration(w.clock.Load())) }

// tick lets the calendar's time go on.
func (w *world) tick(d time.Duration) { w.clock.Add(int64(d)) }

// found founds a company. The working directory is taken for its database.
func found(t *testing.T, seed uint64) (*world, error) {
	r := rand.New(rand.NewPCG(seed, 1))
	w := &world{
		t: t, seed: seed, order: rand.New(rand.NewPCG(seed, 2)), people: companyOf(), log: &journal{}, book: &book{},
		random: newChance(seed, 3), spread: newChance(seed, 4), fate: &fate{},
		byHand: make(map[string]bool), removed: make(map[string]bool), everAway: make(map[string]bool), spoilt: make(map[string]bool),
	}
	var err error
	if w.cfg, err = configOf(r); err != nil {
		return nil, err
	}
	secret, _, err := note.GenerateKey(newChance(seed, 5), logName(w.cfg))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(w.cfg.Ledger.KeyFile, []byte(secret+"\n"), 0o600); err != nil {
		return nil, err
	}
	w.slack = fakeslack.New(fakeslack.Options{Now: w.now, TeamName: "Acme", CallRate: 20})
	time.Sleep(aeons)
	w.desk = &desk{w: w, changed: make(map[string]bool), made: make(map[string]int)}
	w.google = fakegoogle.New(fakegoogle.Options{KeyBits: 1024, Now: w.desk.now, TransferTime: 3 * time.Minute, DeletedSaysSo: seed%2 == 0})
	w.settle()
	if w.key, err = w.google.ServiceAccountKey("http://google.test/token"); err != nil {
		return nil, err
	}
	w.net = newNetwork(map[string]http.Handler{"slack.test": w.fate.mortal(w.slack), "google.test": w.fate.mortal(w.desk)})
	w.fate.end, w.log.deaf = w.halt, w.fate.isDead
	for _, make := range flows {
		w.flows = append(w.flows, make(w))
	}
	return w, nil
}

// halt is what a death cuts off at once.
func (w *world) halt() {
	if w.life != nil {
		w.life.stepping.halt()
	}
	w.net.cut()
}

// start starts the product, as a supervisor does: again and again until it runs.
func (w *world) start() {
	const tries = 30
	for try := 1; ; try++ {
		err := w.begin()
		if err == nil {
			return
		}
		if try == tries {
			w.fail("the product did not start in %d tries: %v", tries, err)
		}
		w.tally.failedStarts++
		w.tick(time.Minute)
	}
}

func (w *world) begin() error {
	w.fate.revive()
	l := &life{ended: make(chan error, 1), transport: &http.Transport{DialContext: w.net.dial}}
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	var err error
	l.app, err = wire(ctx, assembly{
		config: w.cfg, log: slog.New(w.log), now: w.now, slackURL: "http://slack.test/api/", googleURL: "http://google.test", googleKey: w.key,
		transport: l.transport, random: w.random, jitter: w.spread.float,
		around: func(real workflows.Store) workflows.Store {
			l.stepping = newStepping(real, w.fate)
			return l.stepping
		},
	})
	if err == nil && w.fate.isDead() {
		err = errDead
		_ = l.app.store.Close()
	}
	if err != nil {
		stop()
		l.transport.CloseIdleConnections()
		w.net.cut()
		return err
	}
	if l.raw, err = sql.Open("sqlite", "file:simulation.db?_busy_timeout=10000&_query_only=on"); err != nil {
		return err
	}
	w.life = l
	go func() { l.ended <- l.app.run(ctx) }()
	w.online()
	return nil
}

// online waits until the product is connected to Slack.
func (w *world) online() {
	for range 1800 {
		synctest.Wait()
		if w.fate.isDead() || w.slack.Connections() > 0 && closed(w.life.app.bot.Connected()) {
			return
		}
		time.Sleep(time.Second)
	}
	w.fail("the product does not connect to Slack")
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// restart stops the product as an operator does and starts it again.
func (w *world) restart() {
	w.life.stop()
	if err := w.wait(); err != nil {
		w.fail("the product stopped with: %v", err)
	}
	w.tally.restarts++
	w.start()
}

// mourn starts the product again where it died.
func (w *world) mourn() {
	if !w.fate.isDead() {
		return
	}
	w.tell("the product dies")
	w.life.stop()
	_ = w.wait() // what a dead process says is heard by nobody
	w.tally.deaths++
	w.tick(time.Second)
	w.start()
}

// wait waits until the product has ended.
func (w *world) wait() error {
	err := errors.Join(w.life.raw.Close(), <-w.life.ended)
	w.life.transport.CloseIdleConnections()
	w.life = nil
	synctest.Wait()
	return err
}

// close ends everything, so that the bubble can end.
func (w *world) close() {
	if w.life != nil {
		w.life.stop()
		_ = w.wait()
	}
	w.slack.Close()
	w.net.close()
	time.Sleep(10 * time.Minute) // for what still waits for something
	synctest.Wait()
}

// failure is how a step says that something is wrong.
type failure string

func (w *world) fail(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }

func (w *world) tell(format string, args ...any) {
	w.told = append(w.told, w.now().Format("01-02 15:04:05 ")+fmt.Sprintf(format, args...))
}

// chance is a seeded source of randomness for several goroutines.
type chance struct {
	mu   sync.Mutex
	seed *rand.ChaCha8
}

func newChance(seed, stream uint64) *chance {
	var key [32]byte
	for i := range 8 {
		key[i], key[8+i] = byte(seed>>(8*i)), byte(stream>>(8*i))
	}
	return &chance{seed: rand.NewChaCha8(key)}
}

// Read fills b.
func (c *chance) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seed.Read(b)
}

// float is between 0 and 1.
func (c *chance) float() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return float64(c.seed.Uint64()>>11) / (1 << 53)
}
