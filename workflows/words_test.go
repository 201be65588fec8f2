package workflows

import (
	"testing"
	"time"
)

func TestADurationIsSaidAsPeopleDo(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		0: {"no time", ""}, time.Second: {"1 second", "1s"}, 8 * time.Hour: {"8 hours", "8h"}, 36 * time.Hour: {"1 day 12 hours", "1d12h"},
		7 * 24 * time.Hour: {"7 days", "7d"}, 90 * time.Minute: {"1 hour 30 minutes", "1h30m"},
	} {
		if got := [2]string{Words(d), short(d)}; got != want {
			t.Errorf("%d: got %q, want %q", d, got, want)
		}
	}
}

func TestNamesAreJoinedAsInASentence(t *testing.T) {
	for want, names := range map[string][]string{"nobody": nil, "A": {"A"}, "A or B": {"A", "B"}, "A, B or C": {"A", "B", "C"}} {
		if got := list(names, "or"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheNextMidnightIsThatOfThePlaceAlsoWhenClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-01-01T22:59:59Z": "2026-01-01T23:00:00Z", "2026-01-01T23:00:00Z": "2026-01-02T23:00:00Z",
		"2026-03-29T00:00:00Z": "2026-03-29T22:00:00Z", "2026-10-25T00:30:00Z": "2026-10-25T23:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextMidnight(at, berlin).UTC().Format(time.RFC3339); got != want {
			t.Errorf("after %s: got %s, want %s", now, got, want)
		}
	}
}

func TestThePauseBetweenAttemptsDoublesUpToAMinute(t *testing.T) {
	var sum time.Duration
	for n := 1; n < MaxAttempts; n++ {
		if Backoff(n) > time.Minute || Backoff(n+1) < Backoff(n) {
			t.Errorf("pause %d is %s and the next %s", n, Backoff(n), Backoff(n+1))
		}
		sum += Backoff(n)
	}
	if Backoff(1) != 200*time.Millisecond || sum < 7*time.Minute || sum > 10*time.Minute {
		t.Errorf("begins with %s and lasts %s, want 200ms and about nine minutes", Backoff(1), sum)
	}
}
