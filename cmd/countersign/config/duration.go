package config

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Day is what "1d" means: 24 hours, whatever the clocks do.
const Day = 24 * time.Hour

// Duration is a length of time written as in 10s, 30m, 8h, 7d or 1d12h. One
// that was read from a file is above zero.
type Duration time.Duration

var units = []struct {
	short, word string
	size        time.Duration
}{
	{"d", "day", Day},
	{"h", "hour", time.Hour},
	{"m", "minute", time.Minute},
	{"s", "second", time.Second},
	{"ms", "millisecond", time.Millisecond},
}

var errDuration = errors.New("must be a length of time above zero, such as 30m, 8h, 7d or 1d12h")

// ParseDuration reads whole numbers, each with a unit (d, h, m, s, ms), each
// unit smaller than the one before. Zero, signs, fractions and more than about
// 292 years are errors.
func ParseDuration(s string) (Duration, error) {
	var total time.Duration
	last := time.Duration(math.MaxInt64)
	for s != "" {
		n, unit, rest, ok := leadingQuantity(s)
		if !ok || unit >= last || n > (math.MaxInt64-int64(total))/int64(unit) {
			return 0, errDuration
		}
		total += time.Duration(n) * unit
		last, s = unit, rest
	}
	if total <= 0 {
		return 0, errDuration
	}
	return Duration(total), nil
}

// leadingQuantity splits "12h30m" into 12, an hour and "30m".
func leadingQuantity(s string) (n int64, unit time.Duration, rest string, ok bool) {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		n = n*10 + int64(s[digits]-'0')
		if n > math.MaxInt32*1000 {
			return 0, 0, "", false
		}
		digits++
	}
	letters := digits
	for letters < len(s) && s[letters] >= 'a' && s[letters] <= 'z' {
		letters++
	}
	for _, u := range units {
		if digits > 0 && s[digits:letters] == u.short {
			return n, u.size, s[letters:], true
		}
	}
	return 0, 0, "", false
}

// Std is the same length as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String gives the short form, such as 8h, 7d or 1d12h; ParseDuration reads it back.
func (d Duration) String() string {
	return d.join("", func(n int64, short, _ string) string { return fmt.Sprint(n) + short })
}

// Words gives the form for people, such as "8 hours", "1 day" or "1 day 12 hours".
func (d Duration) Words() string {
	return d.join(" ", func(n int64, _, word string) string {
		if n != 1 {
			word += "s"
		}
		return fmt.Sprintf("%d %s", n, word)
	})
}

func (d Duration) join(sep string, part func(n int64, short, word string) string) string {
	var parts []string
	left := time.Duration(d)
	for _, u := range units {
		if n := int64(left / u.size); n != 0 {
			parts = append(parts, part(n, u.short, u.word))
			left %= u.size
		}
	}
	if parts == nil {
		return part(0, "s", "second")
	}
	return strings.Join(parts, sep)
}

// UnmarshalText reads the form of ParseDuration.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}
