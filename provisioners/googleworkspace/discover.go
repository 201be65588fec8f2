package googleworkspace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	admin "google.golang.org/api/admin/directory/v1"
	reports "google.golang.org/api/admin/reports/v1"

	"countersign/provisioners"
)

// The sources of discovery. The log of Google's own sign-ins is none: its events
// name no app (https://developers.google.com/workspace/admin/reports/v1/appendix/activity/login).
// Who signs in to an app with Google lets it in, which the log of tokens tells.
const (
	sourceGrants = "google.tokens"
	sourceTokens = "google.reports.token"
	sourceSAML   = "google.reports.saml"
)

// What the keys of apps begin with.
const (
	oauthKey = "oauth:"
	samlKey  = "saml:"
)

// reportsSource is how the logs name themselves in a reading.
const reportsSource = "Google Workspace Reports API"

// logKept is how long Google keeps its logs; logMargin keeps a clock that differs
// from Google's from asking for more, and logLate is how much is read again
// because it may have come late. Google promises hours and says that it can take
// longer: https://support.google.com/a/answer/7061566.
const (
	logKept   = 180 * 24 * time.Hour
	logMargin = time.Hour
	logLate   = 72 * time.Hour
)

// Sources names the grants of today, the log of tokens and the log of SAML.
func (w *Workspace) Sources() []string { return []string{sourceGrants, sourceTokens, sourceSAML} }

// Discover reads which apps people let in and sign in to. It goes back 180 days at
// most and asks each account that can sign in for its grants; see
// provisioners.Discovery.
//
// Google logs every single call of an app. Of those only the newest page is read
// for each client: enough to know when it was used last. Apps that share a client
// would hide each other there, so all of theirs are read.
func (w *Workspace) Discover(ctx context.Context, since func(source string) time.Time) (provisioners.Found, error) {
	seen := sightings{}
	grants := w.readGrants(ctx, seen)
	if ctx.Err() != nil {
		return provisioners.Found{}, ctx.Err()
	}
	tokens := w.readTokenLog(ctx, seen, since(sourceTokens), grants)
	saml := w.readSAMLLog(ctx, seen, since(sourceSAML))
	return provisioners.Found{Apps: seen.apps(), Sources: []provisioners.SourceRead{grants, tokens, saml}}, ctx.Err()
}

// readGrants asks each account that can sign in which apps it lets in now. Google
// does not say since when, or whether they are used.
func (w *Workspace) readGrants(ctx context.Context, seen sightings) provisioners.SourceRead {
	read := provisioners.SourceRead{Name: sourceGrants, Reading: provisioners.Reading{Source: Source, Query: "GET /admin/directory/v1/users/{userKey}/tokens"}}
	accounts, _, err := w.Accounts(ctx)
	if err != nil {
		read.Err = fmt.Errorf("list whom to ask: %w", err)
		return read
	}
	for _, a := range accounts {
		if a.Suspended || a.Archived {
			continue
		}
		var found *admin.Tokens
		err := w.run(ctx, call{what: "list the apps with access to " + a.Email, scope: security, do: func(ctx context.Context) (err error) {
			found, err = w.directoryFor(security).Tokens.List(a.ID).Context(ctx).Do()
			return err
		}})
		if err != nil && classify(err) == missing {
			continue // the account is gone since it was listed
		}
		if err != nil {
			read.Err = err
			return read
		}
		read.Reading.Pages++
		read.Reading.Rows += len(found.Items)
		for _, t := range found.Items {
			seen.app(clientKey(t.ClientId, t.DisplayText), t.DisplayText).scopes(t.Scopes).granted(a)
		}
	}
	read.UpTo = w.config.Now()
	read.Reading.At = read.UpTo
	return read
}

// readTokenLog reads which apps were let in, and for each app that anybody is known
// to let in when it was used last. Where the grants are not known, apps can be
// missing from that, so the source counts as not read.
func (w *Workspace) readTokenLog(ctx context.Context, seen sightings, since time.Time, grants provisioners.SourceRead) provisioners.SourceRead {
	l := w.openLog("token", since)
	read := l.read(sourceTokens, oauthKey)
	use := func(a *reports.Activity, e *reports.ActivityEvents) {
		client, name := parameter(e, "client_id"), parameter(e, "app_name")
		if client == "" {
			return
		}
		seen.app(clientKey(client, name), name).scopes(parameters(e, "scope")).used(a)
	}
	read.Err = l.each(ctx, logQuery{event: "authorize"}, &read.Reading, use)
	if read.Err != nil {
		return read
	}
	for _, client := range seen.clients() {
		if read.Err = l.each(ctx, logQuery{event: "activity", filter: "client_id==" + client, newest: client != anonymous}, &read.Reading, use); read.Err != nil {
			return read
		}
	}
	if grants.Err != nil {
		read.Err = fmt.Errorf("which apps are let in is not known: %w", grants.Err)
	}
	return read
}

// readSAMLLog reads who signed in to what.
func (w *Workspace) readSAMLLog(ctx context.Context, seen sightings, since time.Time) provisioners.SourceRead {
	l := w.openLog("saml", since)
	read := l.read(sourceSAML, samlKey)
	read.Err = l.each(ctx, logQuery{event: "login_success"}, &read.Reading, func(a *reports.Activity, e *reports.ActivityEvents) {
		if name := parameter(e, "application_name"); name != "" {
			seen.app(samlKey+name, name).used(a)
		}
	})
	return read
}

// anonymous is the client id of every app that is not registered with Google.
const anonymous = "anonymous"

// clientKey tells apps apart. Those that are not registered with Google share one
// client id, and differ by their names.
func clientKey(client, name string) string {
	if client == anonymous {
		return oauthKey + client + ":" + name
	}
	return oauthKey + client
}

// clients returns the client ids of the apps seen so far, sorted.
func (s sightings) clients() []string {
	var out []string
	for key := range s {
		client, ok := strings.CutPrefix(key, oauthKey)
		if strings.HasPrefix(client, anonymous+":") {
			client = anonymous
		}
		// A filter has no way to write these.
		if ok && !strings.ContainsAny(client, ",<>=") {
			out = append(out, client)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
