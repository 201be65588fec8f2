package web

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// date draws <!date^TIMESTAMP^FORMAT^LINK|FALLBACK> in the reader's zone.
func (s scene) date(target, fallback string) string {
	parts := strings.SplitN(target, "^", 4)
	if len(parts) < 3 {
		return literal(fallback)
	}
	unix, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return literal(fallback)
	}
	t := time.Unix(unix, 0).In(s.Zone)
	out := fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`,
		t.UTC().Format(time.RFC3339), html.EscapeString(t.Format("Monday, 2 January 2006 15:04 MST")),
		literal(formatDate(parts[2], t, s.Now.In(s.Zone))))
	if len(parts) == 4 {
		return anchor(unescape(parts[3]), out)
	}
	return out
}

// formatDate replaces Slack's tokens, see "Formatting dates" on
// https://api.slack.com/reference/surfaces/formatting.
func formatDate(format string, t, now time.Time) string {
	long, short := t.Format("January 2, 2006"), t.Format("Jan 2, 2006")
	full := t.Format("Monday, January 2, 2006")
	pretty := func(absolute string) string {
		if near := nearDay(t, now); near != "" {
			return near
		}
		return absolute
	}
	return strings.NewReplacer(
		"{date_num}", t.Format("2006-01-02"),
		"{date_slash}", t.Format("01/02/2006"),
		"{date_long_pretty}", pretty(full), "{date_short_pretty}", pretty(short), "{date_pretty}", pretty(long),
		"{date_long}", full, "{date_short}", short, "{date}", long,
		"{day_divider_pretty}", pretty(t.Format("Monday, January 2")),
		"{time_secs}", t.Format("15:04:05"), "{time}", t.Format("15:04"),
		"{ago}", ago(now.Sub(t)),
	).Replace(format)
}

// nearDay names yesterday, today and tomorrow; otherwise it is empty.
func nearDay(t, now time.Time) string {
	for days, name := range map[int]string{-1: "Yesterday", 0: "Today", 1: "Tomorrow"} {
		y, m, d := now.AddDate(0, 0, days).Date()
		if ty, tm, td := t.Date(); ty == y && tm == m && td == d {
			return name
		}
	}
	return ""
}

func ago(d time.Duration) string {
	side := "%s ago"
	if d < 0 {
		d, side = -d, "in %s"
	}
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / unit.size); n > 0 {
			return fmt.Sprintf(side, plural(n, unit.name))
		}
	}
	return "just now"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && noun != "day" {
		return strconv.Itoa(n) + " " + stem + "ies"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// messageTime reads a message's ts, which is seconds since 1970 with a
// fraction that only makes it unique.
func messageTime(ts string) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}

// tsOf is the ts of a message sent at t.
func tsOf(t time.Time) string {
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
}
