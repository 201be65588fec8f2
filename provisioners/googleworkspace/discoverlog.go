package googleworkspace

import (
	"context"
	"fmt"
	"time"

	reports "google.golang.org/api/admin/reports/v1"
	"google.golang.org/api/googleapi"

	"countersign/provisioners"
)

// How fast logs are asked for: 200 a minute and 40 at once stay below the 250 a
// minute that Google was seen to allow a project for reports with conditions.
const (
	reportRate  = 200.0 / 60
	reportBurst = 40
)

// logPage is the longest page that Google gives.
const logPage = 1000

// logFields are what is needed of a log, and no address of anybody's machine.
const logFields = googleapi.Field("nextPageToken,items(id/time,actor(email,profileId),events(name,parameters))")

// auditLog is one of Google's logs, over the time that is to be read.
type auditLog struct {
	w        *Workspace
	app      string
	from, to time.Time
}

// openLog works out from when a log is read.
func (w *Workspace) openLog(app string, since time.Time) auditLog {
	now := w.config.Now()
	oldest := now.Add(logMargin - logKept)
	from := since.Add(-logLate)
	if since.After(now) { // a clock went back
		from = now.Add(-logLate)
	}
	if from.Before(oldest) {
		from = oldest
	}
	return auditLog{w, app, from, now}
}

// read is the begin of what is said of reading the log.
func (l auditLog) read(name, uses string) provisioners.SourceRead {
	query := fmt.Sprintf("GET /admin/reports/v1/activity/users/all/applications/%s?startTime=%s&endTime=%s", l.app, logTime(l.from), logTime(l.to))
	return provisioners.SourceRead{
		Name: name, Uses: uses, From: l.from, UpTo: l.to, Reading: provisioners.Reading{Source: reportsSource, Query: query},
	}
}

func logTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// logQuery is which events are wanted.
type logQuery struct {
	event  string
	filter string // on parameters; empty: any
	newest bool   // only the first page, on which Google puts the newest
}

// each calls f for every event that was asked for, page by page, and counts them.
func (l auditLog) each(ctx context.Context, q logQuery, count *provisioners.Reading, f func(*reports.Activity, *reports.ActivityEvents)) error {
	w := l.w
	for token, n := "", 1; ; n++ {
		if err := w.reports.Wait(ctx); err != nil {
			return err
		}
		what := fmt.Sprintf("read the %s log of %s, page %d", q.event, l.app, n)
		if q.filter != "" {
			what = fmt.Sprintf("read the %s log of %s for %s, page %d", q.event, l.app, q.filter, n)
		}
		var page *reports.Activities
		err := w.run(ctx, call{what: what, scope: reports.AdminReportsAuditReadonlyScope, do: func(ctx context.Context) (err error) {
			list := w.reportsClient().Activities.List("all", l.app).CustomerId(w.config.Customer).EventName(q.event).
				StartTime(logTime(l.from)).EndTime(logTime(l.to)).MaxResults(logPage).Fields(logFields)
			if q.filter != "" {
				list = list.Filters(q.filter)
			}
			if token != "" {
				list = list.PageToken(token)
			}
			page, err = list.Context(ctx).Do()
			return err
		}})
		if err != nil {
			return err
		}
		count.Pages++
		count.Rows += len(page.Items)
		count.At = w.config.Now()
		for _, a := range page.Items {
			for _, e := range a.Events {
				if e.Name == q.event { // an activity holds other events as well
					f(a, e)
				}
			}
		}
		if token = page.NextPageToken; token == "" || q.newest {
			return nil
		}
	}
}

// parameter returns the text of an event's parameter.
func parameter(e *reports.ActivityEvents, name string) string {
	for _, p := range e.Parameters {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// parameters returns the texts of one that can have several.
func parameters(e *reports.ActivityEvents, name string) []string {
	for _, p := range e.Parameters {
		if p.Name == name {
			return p.MultiValue
		}
	}
	return nil
}
