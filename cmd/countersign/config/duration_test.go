package config_test

import (
	"testing"
	"time"

	"countersign/cmd/countersign/config"

	"pgregory.net/rapid"
)

func TestDurationsAreReadAndShownInShortAndInWords(t *testing.T) {
	for _, test := range []struct {
		in           string
		want         time.Duration
		short, words string
	}{
		{"10s", 10 * time.Second, "10s", "10 seconds"},
		{"30m", 30 * time.Minute, "30m", "30 minutes"},
		{"1h", time.Hour, "1h", "1 hour"},
		{"8h", 8 * time.Hour, "8h", "8 hours"},
		{"24h", 24 * time.Hour, "1d", "1 day"},
		{"7d", 168 * time.Hour, "7d", "7 days"},
		{"365d", 365 * 24 * time.Hour, "365d", "365 days"},
		{"1d12h", 36 * time.Hour, "1d12h", "1 day 12 hours"},
		{"250ms", 250 * time.Millisecond, "250ms", "250 milliseconds"},
	} {
		d, err := config.ParseDuration(test.in)
		if err != nil || d.Std() != test.want || d.String() != test.short || d.Words() != test.words {
			t.Errorf("%s: got %v, %q, %q, %v; want %v, %q, %q", test.in, d.Std(), d.String(), d.Words(), err, test.want, test.short, test.words)
		}
	}
}

func TestWhatIsNoLengthOfTimeIsRefused(t *testing.T) {
	for _, in := range []string{"", "0s", "-1h", "8", "h", "1.5h", "1w", "8 h", "12h1d", "1d1d", "99999999999999999999d", "200000d", "1h ", "٣h"} {
		if d, err := config.ParseDuration(in); err == nil {
			t.Errorf("%q was read as %v", in, d)
		}
	}
}

func TestTheShortFormIsReadBackAsTheSameLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := config.Duration(rapid.Int64Range(1, int64(1000*config.Day/time.Millisecond)).Draw(t, "ms")) * config.Duration(time.Millisecond)
		if back, err := config.ParseDuration(d.String()); err != nil || back != d {
			t.Fatalf("%s was read back as %v, %v", d, back, err)
		}
	})
}
