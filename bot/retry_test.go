package bot

import (
	"bytes"
	"log/slog"
	"regexp"
	"testing"
	"time"
)

func TestAttemptsAreNeverCloserThanASecond(t *testing.T) {
	now := time.Now()
	r := &retry{t: usual}
	if got := r.wait(now); got != 0 {
		t.Errorf("the first attempt waits %v, want 0", got)
	}
	r.last = now
	if got := r.wait(now.Add(300 * time.Millisecond)); got != 700*time.Millisecond {
		t.Errorf("the second attempt waits %v, want 700ms", got)
	}
}

func TestFailuresWaitLongerAndLongerUpToALimit(t *testing.T) {
	r := &retry{t: usual}
	for _, c := range []struct {
		fails       int
		least, most time.Duration
	}{
		{1, 500 * time.Millisecond, 1500 * time.Millisecond},
		{4, 4 * time.Second, 12 * time.Second},
		{7, 30 * time.Second, 90 * time.Second},
		{1000, 30 * time.Second, 90 * time.Second},
	} {
		r.fails = c.fails
		for range 50 {
			if got := r.wait(time.Now()); got < c.least || got > c.most {
				t.Fatalf("after %d failures it waits %v, want %v to %v", c.fails, got, c.least, c.most)
			}
		}
	}
}

func TestWhatSlackAsksForIsWaitedForOnce(t *testing.T) {
	r := &retry{t: usual, next: 30 * time.Second}
	if got := r.wait(time.Now()); got != 30*time.Second {
		t.Errorf("waits %v, want 30s", got)
	}
	if got := r.wait(time.Now()); got != 0 {
		t.Errorf("waits %v the second time, want 0", got)
	}
}

func TestWhatWasSeenIsForgottenInTime(t *testing.T) {
	s, now := newSeen(), time.Now()
	if _, first := s.first("a", now); !first {
		t.Error("a new key was seen before")
	}
	if _, first := s.first("a", now.Add(time.Hour)); first {
		t.Error("an hour later the key is unknown")
	}
	if _, first := s.first("a", now.Add(seenFor+time.Second)); !first {
		t.Error("the key is kept for ever")
	}
	for i := range seenMax + 5 {
		s.first(time.Duration(i).String(), now)
	}
	if len(s.known) > seenMax {
		t.Errorf("%d keys are kept, want at most %d", len(s.known), seenMax)
	}
}

func TestTheLogGivesTimesInWords(t *testing.T) {
	var out bytes.Buffer
	b := &Bot{log: slog.New(slog.NewJSONHandler(&out, nil)), timing: usual}
	b.tooMany(&retry{t: usual})
	gone := make(chan struct{})
	close(gone)
	if _, err := b.stay(t.Context(), &link{gone: gone, born: time.Now().Add(-1200 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"waiting":"[0-9m]+s"`, `"after":"1\.[0-9]+s"`} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the log is %s, want %s", out.String(), want)
		}
	}
}
