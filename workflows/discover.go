package workflows

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/robfig/cron/v3"

	"countersign/provisioners"
)

// The job and the moments of discovery. Stored.
const (
	jobDiscover      = "vendor.discover" // look which apps are in use
	dueDiscover      = "vendor.discover"
	dueDiscoverAgain = "vendor.discover_again" // because a source could not be read
)

// discoverTries is how often a source that cannot be read is tried before the next
// regular time, with discoverPause between.
const (
	discoverTries = 3
	discoverPause = time.Hour
)

// unusedAfter is how many days an app is not seen before it counts as unused.
const unusedAfter = 90

// resumeDiscovery sets when apps in use are looked for. A time that was missed
// while the process was down stays due.
func (s *Service) resumeDiscovery(tx Tx) error {
	if s.cat.Discovery == "" || s.discovery == nil {
		return tx.Unschedule(dueDiscover, "") // a try that is still planned finds nothing to do
	}
	every := "CRON_TZ=" + s.cat.Location.String() + " " + s.cat.Discovery
	plan, err := cron.ParseStandard(every)
	if err != nil {
		return fmt.Errorf("read when apps in use are looked for, %q: %w", s.cat.Discovery, err)
	}
	return tx.Schedule(Due{Kind: dueDiscover, At: plan.Next(tx.Now()), Cron: every})
}

// startDiscovery is the moment at which apps in use are looked for.
func (s *Service) startDiscovery(tx Tx, _ Due) error {
	return tx.Enqueue(Job{Kind: jobDiscover, Record: "1"})
}

// discoverAgain is the moment of another try; its record counts them.
func (s *Service) discoverAgain(tx Tx, d Due) error {
	return tx.Enqueue(Job{Kind: jobDiscover, Record: d.Record})
}

// discoverJob looks which apps are in use. The reading changes nothing outside and
// everything that follows from it is one transaction, so a job that dies in
// between is simply done again.
func (s *Service) discoverJob(ctx context.Context, j Job) error {
	if s.discovery == nil || s.cat.Discovery == "" {
		return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
	}
	try, err := strconv.Atoi(j.Record)
	if err != nil {
		return fmt.Errorf("discovery job %q: %w", j.Record, err)
	}
	since, err := s.readBefore(ctx)
	if err != nil {
		return err
	}
	found, err := s.discovery.Discover(ctx, func(source string) time.Time { return since[source] })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		found = s.nothingRead(err)
	}
	for _, r := range found.Sources {
		if r.Err != nil {
			s.log.Error("apps in use could not be read", "source", r.Name, "try", try, "err", r.Err)
		}
	}
	err = s.update(ctx, func(tx Tx) error {
		d := &discovering{s: s, tx: tx, found: found, since: since, try: try}
		if err := d.settle(); err != nil {
			return fmt.Errorf("keep what discovery found: %w", err)
		}
		return tx.Complete(j)
	})
	if err == nil || ctx.Err() != nil || j.Attempt < MaxAttempts {
		return err
	}
	s.log.Error("what discovery found could not be kept; the next regular time reads it again", "err", err)
	return s.store.Update(ctx, func(tx Tx) error { return tx.Complete(j) })
}

// readBefore returns up to when each source was read without a gap.
func (s *Service) readBefore(ctx context.Context) (map[string]time.Time, error) {
	out := make(map[string]time.Time)
	err := s.store.View(ctx, func(tx Tx) (err error) {
		for _, name := range s.discovery.Sources() {
			if out[name], err = tx.ReadUpTo(name); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// nothingRead is what a reading found that failed as a whole.
func (s *Service) nothingRead(err error) provisioners.Found {
	var out provisioners.Found
	for _, name := range s.discovery.Sources() {
		out.Sources = append(out.Sources, provisioners.SourceRead{Name: name, Err: err})
	}
	return out
}
