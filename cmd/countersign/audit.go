package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"countersign/cmd/countersign/config"
	"countersign/store"
	"countersign/store/ledger"
)

// auditLogCommand prints the audit trail.
type auditLogCommand struct {
	Config string `help:"Configuration file." default:"config.yaml" type:"path"`
	DB     string `name:"db" help:"Database to read (sqlite:FILE or postgres://…); no configuration is needed then."`
	Since  string `help:"From this time on: RFC 3339, or a duration back such as 24h or 7d."`
	To     string `help:"Up to this time."`
	Person string `help:"Only what this person did or what was about them: e-mail address or id."`
	App    string `help:"Only what is about this app."`
	Vendor string `help:"Only what is about this vendor."`
	JSON   bool   `name:"json" help:"One event a line, with the bytes that were hashed."`
}

// Run prints the events, oldest first.
func (c *auditLogCommand) Run(e *env) (err error) {
	now := time.Now()
	filter := store.Filter{Person: c.Person, App: c.App, Vendor: c.Vendor}
	if filter.Since, err = moment("--since", c.Since, now); err != nil {
		return err
	}
	if filter.To, err = moment("--to", c.To, now); err != nil {
		return err
	}
	r, err := openReader(e, c.DB, c.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return r.Events(e.ctx, filter, func(x store.Entry) error {
		line, err := x.Line()
		if err != nil {
			return err
		}
		if !c.JSON {
			line = []byte(readable(x))
		}
		_, err = fmt.Fprintf(e.stdout, "%s\n", line)
		return err
	})
}

// moment reads a point in time: RFC 3339, or a duration back from now.
func moment(flag, s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	if d, err := config.ParseDuration(s); err == nil {
		return now.Add(-d.Std()), nil
	}
	return time.Time{}, fmt.Errorf("%s %q is neither a time like 2026-01-31T09:00:00Z nor a duration like 24h", flag, s)
}

// readable is an event as one line for a person.
func readable(x store.Entry) string {
	l := shown(x)
	parts := []string{fmt.Sprintf("%6d", x.Seq), l.RecordedAt, fmt.Sprintf("%-26s", l.Type), l.WorkflowID, l.who()}
	if l.Outcome != "success" {
		parts = append(parts, "["+l.Outcome+"]")
	}
	if v, ok := x.PII["/reason"]; ok {
		parts = append(parts, "“"+v.Value+"”")
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return printable(strings.Join(parts, "  "))
}

// shownEvent is what the readable forms of an event need.
type shownEvent struct {
	RecordedAt string `json:"recorded_at"`
	Type       string `json:"type"`
	Outcome    string `json:"outcome"`
	WorkflowID string `json:"workflow_id"`
	Actor      struct{ Kind, ID string }
	Subject    struct{ Kind, ID string }
	Target     struct{ Kind, ID, Name string }

	actor, subject string // names, where they are still kept
}

func shown(x store.Entry) shownEvent {
	var l shownEvent
	if err := json.Unmarshal(x.Body, &l); err != nil {
		l.Type = "unreadable"
	}
	l.actor, l.subject = l.Actor.ID, l.Subject.ID
	if v, ok := x.PII["/actor/email"]; ok {
		l.actor = v.Value
	}
	if v, ok := x.PII["/actor/id"]; ok {
		l.actor = v.Value
	}
	if v, ok := x.PII["/subject/name"]; ok {
		l.subject = v.Value
	}
	if l.Actor.Kind == "system" {
		l.actor = "Countersign"
	}
	return l
}

// who says who did it, and about whom.
func (l shownEvent) who() string {
	switch {
	case l.subject == "" || l.Subject.ID == l.Actor.ID:
		return l.actor
	case l.Target.Name != "" && l.Target.Kind != "person":
		return l.actor + " → " + l.subject + ", " + l.Target.Name
	}
	return l.actor + " → " + l.subject
}

// openReader opens the named database, or that of the configuration.
func openReader(e *env, db, path string) (*store.Reader, error) {
	if db == "" {
		cfg, err := loaded(path, e, func(p config.Problem) bool { return p.Path == "store.url" })
		if err != nil {
			return nil, err
		}
		db = cfg.Store.URL
	}
	if !strings.Contains(db, ":") {
		db = "sqlite:" + db
	}
	return store.OpenReader(e.ctx, db)
}

// auditVerifyCommand checks the audit trail.
type auditVerifyCommand struct {
	Config     string `help:"Configuration file." default:"config.yaml" type:"path"`
	DB         string `name:"db" help:"Database to check (sqlite:FILE or postgres://…); no configuration is needed then."`
	Key        string `help:"Verifier key that must have signed it (NAME+HASH+KEY, as countersign version prints)."`
	Checkpoint string `help:"File with a checkpoint kept from before: shows whether anything older was changed or cut off." type:"existingfile"`
}

// Run prints what was checked and the first thing wrong.
func (c *auditVerifyCommand) Run(e *env) (err error) {
	x := store.Expectation{Key: c.Key}
	if c.Key != "" {
		if _, err := ledger.ParseVerifier(c.Key); err != nil {
			return fmt.Errorf("--key: %w", err)
		}
	}
	if c.Checkpoint != "" {
		if x.Checkpoint, err = os.ReadFile(c.Checkpoint); err != nil {
			return err
		}
	}
	r, err := openReader(e, c.DB, c.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	report, err := r.Verify(e.ctx, x)
	if err != nil {
		return err
	}
	for _, line := range report.Checked {
		fmt.Fprintln(e.stdout, "ok: "+printable(line))
	}
	if report.Wrong != "" {
		fmt.Fprintln(e.stdout, "WRONG: "+printable(report.Wrong))
		return errSaid
	}
	switch {
	case c.Key != "":
		fmt.Fprintf(e.stdout, "verified; signer checked, fingerprint %s\n", report.Fingerprint)
	case report.Fingerprint != "":
		fmt.Fprintf(e.stdout, "self-consistent, signer not checked, fingerprint %s\n", report.Fingerprint)
	default:
		fmt.Fprintln(e.stdout, "self-consistent, signer not checked, no checkpoint signed yet")
	}
	return nil
}
