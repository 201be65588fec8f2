package bot

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// closest returns the least time between two attempts.
func closest(all []time.Time) time.Duration {
	least := time.Duration(1<<63 - 1)
	for i := 1; i < len(all); i++ {
		least = min(least, all[i].Sub(all[i-1]))
	}
	return least
}

func TestConnectionsThatEndAtOnceComeBackSlowly(t *testing.T) {
	for _, c := range []struct {
		name     string
		greeting string
		then     func(*line)
	}{
		{"dropped before the greeting", "", nil},
		{"dropped after the greeting", hello, func(l *line) { l.conn.Close() }},
		{"asked to refresh after the greeting", hello, func(l *line) { l.send(`{"type":"disconnect","reason":"refresh_requested"}`) }},
		{"asked to refresh instead of the greeting", `{"type":"disconnect","reason":"refresh_requested"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *switchboard) {
				s.greeting = func(int) string { return c.greeting }
				stop := run(t, s.bot(t), &service{})
				hour := time.After(time.Hour)
				for over := false; !over; {
					select {
					case l := <-s.lines:
						if c.then != nil {
							c.then(l)
						}
					case <-hour:
						over = true
					}
				}
				if err := stop(); err != nil {
					t.Errorf("Run: %v", err)
				}
				all := s.tries()
				if got := closest(all); got < time.Second {
					t.Errorf("two attempts within %v, want a second at least", got)
				}
				if n := len(all); n < 40 || n > 200 {
					t.Errorf("%d attempts in an hour, want about one a minute", n)
				}
			})
		})
	}
}

func TestALongLivedConnectionIsReplacedAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		l, _ := s.start(t, &service{})
		time.Sleep(5 * time.Minute)
		cut := time.Now()
		l.conn.Close()
		next(t, "a second connection", s.lines)
		if took := time.Since(cut); took > 100*time.Millisecond {
			t.Errorf("the connection came back after %v", took)
		}
	})
}

func TestAHalfOpenConnectionIsReplaced(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		l, _ := s.start(t, &service{})
		time.Sleep(5 * time.Minute)
		l.wire().halve() // nothing arrives any more, and nothing says so
		cut := time.Now()
		later(t, "a second connection", s.lines)
		if took := time.Since(cut); took > usual.dead+time.Second {
			t.Errorf("replaced after %v, want %v", took, usual.dead)
		}
	})
}

func TestOurPingsKeepAQuietConnectionOpen(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		l, _ := s.start(t, &service{})
		time.Sleep(5 * time.Hour)
		synctest.Wait()
		if n := len(s.tries()); n != 1 {
			t.Errorf("%d attempts on a connection whose every ping was answered, want 1", n)
		}
		l.send(`{"envelope_id":"1","type":"something_new"}`)
		next(t, "an acknowledgement", l.acks)
	})
}

func TestTooManyConnectionsWaitLongAndLoud(t *testing.T) {
	const crowded = `{"type":"disconnect","reason":"too_many_websockets"}`
	for _, c := range []struct {
		name     string
		greeting string
	}{{"instead of the greeting", crowded}, {"after the greeting", hello}} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *switchboard) {
				s.greeting = func(n int) string {
					if n == 1 {
						return c.greeting
					}
					return hello
				}
				first, _ := s.start(t, &service{})
				if c.greeting == hello {
					first.send(crowded)
				}
				later(t, "another connection", s.lines)
				if got := closest(s.tries()); got < usual.crowded/2 {
					t.Errorf("came back after %v, want at least %v", got, usual.crowded/2)
				}
				loud := s.log.lines("too many connections")
				if len(loud) != 1 || !strings.Contains(loud[0], "level=ERROR") {
					t.Errorf("the log says %q, want one error", loud)
				}
			})
		})
	}
}

func TestTheBotStopsLoudlyWhereOnlyAPersonCanHelp(t *testing.T) {
	for _, code := range []string{"invalid_auth", "token_revoked", "missing_scope", "forbidden_team"} {
		inBubble(t, func(t *testing.T, s *switchboard) {
			s.refusal.Store(&code)
			err := s.bot(t).Run(t.Context(), &service{})
			if slackCode(err) != code || !Lasting(err) {
				t.Errorf("Run with %s: %v", code, err)
			}
			if strings.Contains(fmt.Sprint(err, s.log.lines("")), "secret") {
				t.Errorf("the error or the log holds a token: %v", err)
			}
		})
	}
}

func TestADisabledLinkStopsTheBotLoudly(t *testing.T) {
	const disabled = `{"type":"disconnect","reason":"link_disabled"}`
	for _, greeting := range []string{hello, disabled} {
		inBubble(t, func(t *testing.T, s *switchboard) {
			s.greeting = func(int) string { return greeting }
			ended := make(chan error, 1)
			go func() { ended <- s.bot(t).Run(t.Context(), &service{}) }()
			l := next(t, "a connection", s.lines)
			if greeting == hello {
				time.Sleep(time.Hour)
				l.send(disabled)
			}
			if err := next(t, "the end", ended); !errors.Is(err, errDisabled) || !Lasting(err) {
				t.Errorf("Run: %v, want a lasting %v", err, errDisabled)
			}
			loud := strings.Join(s.log.lines("level=ERROR"), "")
			if !strings.Contains(loud, "link_disabled") {
				t.Errorf("the log says %q, want an error", loud)
			}
			if n := len(s.tries()); n != 1 {
				t.Errorf("%d attempts, want 1", n)
			}
		})
	}
}

func TestGhostConnectionsAreWarnedOf(t *testing.T) {
	for n, want := range map[int]int{1: 0, 10: 1} {
		inBubble(t, func(t *testing.T, s *switchboard) {
			s.greeting = func(int) string { return fmt.Sprintf(`{"type":"hello","num_connections":%d}`, n) }
			s.start(t, &service{})
			synctest.Wait()
			warned := s.log.lines("more connections than this process has")
			if len(warned) != want || want == 1 && !(strings.Contains(warned[0], "level=WARN") && strings.Contains(warned[0], "slack=10 own=1")) {
				t.Errorf("with %d connections the log says %q", n, warned)
			}
		})
	}
}

func TestAnOddGreetingIsStillAGreeting(t *testing.T) {
	inBubble(t, func(t *testing.T, s *switchboard) {
		s.greeting = func(int) string { return `{"type":"hello","num_connections":"some","reason":{}}` }
		b := s.bot(t)
		stop := run(t, b, &service{})
		t.Cleanup(func() { _ = stop() })
		next(t, "the connection", b.Connected())
	})
}
