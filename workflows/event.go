package workflows

import (
	"slices"
	"time"

	"countersign/provisioners"
)

// Personal is a value about a person, or words that a person wrote. It stands in
// the ledger as a salted commitment; value and salt lie beside it and can be
// erased without breaking a proof.
type Personal struct {
	Owner string // record id the value belongs to: "P-000123", "AR-000123"
	Field string // what it is: "email", "justification"
	Value string
}

// Actor is who did something.
type Actor struct {
	Kind   string // user, system, cli or google
	Person Person // for a user
	Host   string // for cli: operating-system user and host
}

// System is the actor of what Countersign does by itself.
var System = Actor{Kind: "system"}

func user(p Person) Actor { return Actor{Kind: "user", Person: p} }

// Ref names what an event is about.
type Ref struct {
	Kind string // person app level group vendor request grant campaign policy training task control store
	ID   string
	Name string // committed where Kind is person
}

func refPerson(p Person) *Ref { return &Ref{Kind: "person", ID: p.ID, Name: p.Name} }
func refLevel(a App, l Level) *Ref {
	return &Ref{Kind: "level", ID: a.ID + "/" + l.ID, Name: a.Name + " · " + l.Name}
}
func refRecord(kind, id string) *Ref { return &Ref{Kind: kind, ID: id} }

// Event is one entry of the ledger. The store gives it its number, its times and
// its bytes, adds the digests of the rows that changed with it, and never
// changes it again. Events hold no secret.
type Event struct {
	Type       string
	OccurredAt time.Time // zero: now
	Actor      Actor
	OnBehalfOf *Ref
	Subject    *Ref
	Target     *Ref
	Workflow   string // "access_request"
	WorkflowID string // "AR-000123"
	Decision   string
	Reason     *Personal
	Outcome    string // success, failure, pending or refused
	Source     string // slack, calendar, job, cli, google or import
	SourceRef  string
	Data       map[string]any // strings, numbers, booleans, lists, maps and Personal values
}

// The outcomes of events.
const (
	Success = "success"
	Failure = "failure"
	Pending = "pending"
	Denied  = "refused"
)

// impersonal is what an observation may say in clear: nothing about who it is.
var impersonal = []string{"group", "group_id", "account", "role", "status", "type", "etag", "read_back", "count", "org_unit", "super_admin", "two_step", "blocked"}

// evidence is an observation as it stands in an event. What identifies the
// holder in the target system is personal.
func evidence(holder Person, o provisioners.Observation) map[string]any {
	private := func(field, value string) Personal {
		return Personal{Owner: holder.ID, Field: field, Value: value}
	}
	m := map[string]any{"present": o.Present, "machine_checked": o.Checked, "source": o.Source}
	if o.Query != "" {
		m["query"] = private("query", o.Query)
	}
	if !o.At.IsZero() {
		m["at"] = o.At.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	for k, v := range o.Details {
		if slices.Contains(impersonal, k) {
			m[k] = v
		} else {
			m[k] = private(k, v)
		}
	}
	return m
}
