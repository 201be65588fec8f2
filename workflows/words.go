package workflows

import (
	"fmt"
	"strings"
	"time"
)

// Words says a duration as people do: "8 hours", "7 days", "1 day 12 hours".
func Words(d time.Duration) string {
	var parts []string
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		n := d / u.size
		d -= n * u.size
		switch {
		case n == 1:
			parts = append(parts, "1 "+u.name)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n, u.name))
		}
	}
	if len(parts) == 0 {
		return "no time"
	}
	return strings.Join(parts, " ")
}

// count says how many of something there are.
func count(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// list joins names as a sentence does: "A", "A or B", "A, B or C".
func list(names []string, last string) string {
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}

// stamp is a time as it stands in an event.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// names lists who may decide.
func names(p Panel) string {
	some := func(list []Approver) []string {
		var out []string
		for _, a := range list {
			out = append(out, a.Person.Shown())
		}
		return out
	}
	if len(p.Second) == 0 {
		return list(some(p.Resource), "or")
	}
	return list(some(p.Resource), "or") + " and, as the second person, " + list(some(p.Second), "or")
}

// ids lists who may decide, as an event does.
func ids(p Panel) []any {
	var out []any
	for _, a := range p.All() {
		out = append(out, map[string]any{"person": a.Person.ID, "basis": string(a.Basis)})
	}
	return out
}

// short says a duration as the configuration does: "8h", "7d", "1d12h".
func short(d time.Duration) string {
	var b strings.Builder
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.size
		}
	}
	return b.String()
}
