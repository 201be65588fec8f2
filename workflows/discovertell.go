package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/provisioners"
)

// discoveredCards is how many apps of one reading are shown on a card each. What
// is more is listed, not posted.
const discoveredCards = 10

// tell shows what somebody has to look at, and says in the compliance channel what
// is new, no longer used, or could not be read.
func (d *discovering) tell() error {
	slices.SortStableFunc(d.fresh, func(a, b *sightedApp) int {
		if w := scopeWeight(a.Scope) - scopeWeight(b.Scope); w != 0 {
			return w
		}
		return len(b.People) - len(a.People)
	})
	leads, err := d.s.vendorLeads(d.tx)
	if err != nil {
		return err
	}
	shown := d.fresh[:min(len(d.fresh), discoveredCards)]
	for _, to := range leads {
		for _, a := range shown {
			if err := d.s.card(d.tx, Card{Kind: CardDiscovered, Record: a.ID, Person: to.ID}, false); err != nil {
				return err
			}
		}
		if more := int64(len(d.fresh) - len(shown)); more > 0 {
			text := count(more, "more app") + " in use to be decided on. /vendor coverage lists them."
			if err := d.s.card(d.tx, Card{Kind: CardNotice, Record: d.stamp(), Person: to.ID, Body: text}, false); err != nil {
				return err
			}
		}
	}
	if text := d.notice(); text != "" {
		return d.s.tell(d.tx, ChannelCompliance, d.stamp(), text)
	}
	return nil
}

// stamp tells the notices of one reading from those of others.
func (d *discovering) stamp() string {
	return "discovery/" + strconv.FormatInt(d.tx.Now().UnixMilli(), 10)
}

// notice is what the compliance channel should know of a reading; empty where
// there is nothing to say.
func (d *discovering) notice() string {
	var lines []string
	if n := len(d.fresh); n > 0 {
		weighty := 0
		for _, a := range d.fresh {
			if heavy(a.Scope) {
				weighty++
			}
		}
		line := "Seen in use and to be decided on: " + count(int64(n), "app")
		if weighty > 0 {
			line += fmt.Sprintf(", %d with access to mail, files or administration", weighty)
		}
		lines = append(lines, line+". /vendor coverage lists them.")
	}
	for _, v := range d.unused {
		lines = append(lines, fmt.Sprintf("%s (%s) was not seen in use for %d days.", v.Name, v.ID, unusedAfter))
	}
	if gone := d.unread(); gone != "" {
		lines = append(lines, gone)
	}
	if first := d.firstRead(); first != "" {
		lines = append(lines, first)
	}
	if len(lines) == 0 {
		return ""
	}
	if until := d.upTo(); !until.IsZero() {
		lines = append(lines, "As of "+until.In(d.s.cat.Location).Format("2 January 2006 15:04")+"; Google tells of use some hours late.")
	}
	return strings.Join(lines, "\n")
}

// firstRead says what a first reading cannot show.
func (d *discovering) firstRead() string {
	var from time.Time
	for _, r := range d.found.Sources {
		if r.Err == nil && !r.From.IsZero() && d.since[r.Name].IsZero() && (from.IsZero() || r.From.Before(from)) {
			from = r.From
		}
	}
	if from.IsZero() {
		return ""
	}
	return "This was the first reading. Google keeps these logs for 180 days, so it goes back to " + DayOf(from, d.s.cat.Location).Shown() +
		". What people use with a password of their own Google does not see at all."
}

// unread says which sources could not be read, once nothing more is tried.
func (d *discovering) unread() string {
	if d.retry() {
		return ""
	}
	var names []string
	for _, r := range d.found.Sources {
		if r.Err != nil {
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Could not be read to the end: " + list(names, "and") + ". Until it can be, nothing seen there counts as unused. The log of Countersign says why; countersign check helps."
}

// upTo is up to when every source that could be read was.
func (d *discovering) upTo() time.Time {
	var out time.Time
	for _, r := range d.found.Sources {
		if r.Err == nil && (out.IsZero() || r.UpTo.Before(out)) {
			out = r.UpTo
		}
	}
	return out
}

// retry says whether what failed is worth another try before the next regular
// time.
func (d *discovering) retry() bool {
	return d.try < discoverTries && slices.ContainsFunc(d.found.Sources, func(r provisioners.SourceRead) bool {
		_, final := errors.AsType[*provisioners.Permanent](r.Err)
		return r.Err != nil && !final
	})
}

// again plans another try where one is worth it. A throttle that asks for longer
// gets longer.
func (d *discovering) again() error {
	if !d.retry() {
		return nil
	}
	pause := discoverPause
	for _, r := range d.found.Sources {
		if t, ok := errors.AsType[*provisioners.Throttled](r.Err); ok {
			pause = max(pause, t.After)
		}
	}
	return d.tx.Schedule(Due{Kind: dueDiscoverAgain, Record: strconv.Itoa(d.try + 1), At: d.tx.Now().Add(pause)})
}
