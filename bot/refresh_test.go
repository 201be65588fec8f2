package bot

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

// inWorld gives body a workspace inside a bubble, with a bot that was opened but
// does not listen, as patient as in production.
func inWorld(t *testing.T, body func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, service: &service{}, Server: fakeslack.New(fakeslack.Options{})}
		n := newWires(t, w.Server)
		t.Cleanup(w.DropConnections)
		w.url = "http://slack.test/api/"
		w.ana = w.AddUser(fakeslack.User{Name: "ana", RealName: "Ana Lopez", Email: "ana@acme.example"})
		w.requests = w.AddChannel(fakeslack.Channel{Name: "access-requests", Members: []string{w.ana.ID}})
		w.bot = w.newBot(Config{HTTPClient: n.client(t)})
		w.bot.timing = usual
		w.bot.log = w.log.logger()
		if err := w.bot.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		body(t, w)
	})
}

// slowHome takes a while for each answer, so that some are always on their way.
func slowHome(workflows.Clicker) (workflows.Home, error) {
	time.Sleep(700 * time.Millisecond)
	return workflows.Home{}, nil
}

// crowd asks for something again and again for a while, each person after pauses of
// any length.
func (w *world) crowd(people int, during time.Duration) {
	var all sync.WaitGroup
	end := time.Now().Add(during)
	for range people {
		all.Go(func() {
			for time.Now().Before(end) {
				time.Sleep(rand.N(200 * time.Millisecond))
				if err := w.Command(w.t.Context(), w.ana.ID, w.requests.ID, "/access", "mine"); err != nil {
					w.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestNothingIsLostOverTwoHundredRefreshesUnderLoad(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.service.home = slowHome
		stop := run(t, w.bot, w.service)
		t.Cleanup(func() { _ = stop() })
		next(t, "the connection", w.bot.Connected())
		for i := range 200 {
			time.Sleep(2 * time.Minute) // apps.connections.open is of the slowest tier
			w.Disconnect([]string{"warning", "refresh_requested"}[i%2])
			time.Sleep(time.Second)
			if n := w.Connections(); n != 2 {
				t.Fatalf("%d connections a second after refresh %d, want 2; the log ends %q", n, i, w.log.last(5))
			}
			w.crowd(3, 11*time.Second)
			if n := w.Connections(); n != 1 {
				t.Fatalf("%d connections after refresh %d, want 1", n, i)
			}
		}
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		for _, e := range w.Envelopes() {
			if !e.Acked || e.AckConn != e.Conn {
				t.Errorf("envelope %s came on connection %d and was acknowledged on %d (%t)", e.ID, e.Conn, e.AckConn, e.Acked)
			}
		}
	})
}

func TestAfterRunNothingOfItGoesOn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.service.home = slowHome
		w.bot.http.CloseIdleConnections()
		time.Sleep(time.Minute)
		synctest.Wait()
		before := strings.Count(stacks(), inThisBubble)
		stop := run(t, w.bot, w.service)
		t.Cleanup(func() { _ = stop() })
		next(t, "the connection", w.bot.Connected())
		for range 10 {
			if err := w.Command(t.Context(), w.ana.ID, w.requests.ID, "/access", "mine"); err != nil {
				t.Error(err)
			}
			w.Disconnect("refresh_requested")
			time.Sleep(2 * time.Minute)
			w.DropConnections()
			time.Sleep(2 * time.Minute)
		}
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		w.bot.http.CloseIdleConnections()
		time.Sleep(time.Minute)
		synctest.Wait()
		if all := stacks(); strings.Count(all, inThisBubble) > before {
			t.Errorf("more than %d goroutines after Run:\n%s", before, all)
		}
	})
}

// inThisBubble marks a goroutine of the only bubble that lives; the runtime's own
// come and go outside of it.
const inThisBubble = "synctest bubble "

func stacks() string {
	all := make([]byte, 1<<18)
	return string(all[:runtime.Stack(all, true)])
}
