package workflows

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound is returned when a record does not exist.
var ErrNotFound = errors.New("not found")

// ErrConflict is returned when a row changed since it was read; the whole
// transaction may be tried again.
var ErrConflict = errors.New("the row changed meanwhile")

// Store keeps everything. Update runs f in one transaction that is durable when
// Update returns nil, and rolled back entirely otherwise; it refuses to commit a
// changed row that no event names. View runs f on one consistent snapshot, in
// which nothing can be written.
type Store interface {
	Update(ctx context.Context, f func(Tx) error) error
	View(ctx context.Context, f func(Tx) error) error
	Jobs
	Calendar
}

// Tx is one transaction. Every method that looks something up returns an error
// that matches ErrNotFound when it is not there; every Put of a row whose
// version is not the stored one returns one that matches ErrConflict. Put raises
// the version of the row.
type Tx interface {
	// Now is the time of the transaction, the same each time it is asked.
	Now() time.Time
	// NextID returns the next id with this prefix, "AR" → "AR-000001".
	NextID(prefix string) (string, error)

	PeopleTx
	RequestTx
	ChecklistTx
	DutyTx
	VendorTx
	DiscoveryTx
	CardTx

	// Append writes an event, with the digests of all rows put since the last
	// one. It returns the event's id.
	Append(e Event) (string, error)
	// AppliedConfig returns the effective configuration applied last, or nil.
	AppliedConfig() ([]byte, error)
	// ApplyConfig remembers an effective configuration under its hash.
	ApplyConfig(hash string, effective []byte) error
	// Name remembers whom the configuration names in a scope: newcomers since
	// now, or since ever where first is set; who is no longer named is forgotten.
	Name(scope string, emails []string, first bool) error
	// NamedSince returns since when somebody is named, zero for ever or never.
	NamedSince(scope, email string) (time.Time, error)
	// Checkpoint signs the ledger as it stands and returns the signed note.
	Checkpoint() (Checkpoint, error)

	// Enqueue adds a job that becomes due when the transaction commits.
	Enqueue(j Job) error
	// Complete removes a job, in the transaction that holds its effect.
	Complete(j Job) error
	// Schedule sets when something is due; a later call with the same kind and
	// record replaces the time.
	Schedule(d Due) error
	// Unschedule forgets it.
	Unschedule(kind, record string) error

	// Answer returns the outcome stored under a submission's key.
	Answer(key string) (Outcome, bool, error)
	// Remember stores the outcome under a submission's key.
	Remember(key string, o Outcome) error
	// Forget drops the outcomes that were stored before a time.
	Forget(before time.Time) error
	// Refused counts a refusal. It returns how often the same one came before
	// within the window; the first time 0.
	Refused(k RefusalKey, window time.Duration) (before int, err error)
	// Repeats returns how often a refusal came again after its first time, and
	// forgets the count.
	Repeats(k RefusalKey) (int, error)
}

// RefusalKey tells one refusal from another: repeats of the same one are counted
// instead of listed.
type RefusalKey struct {
	Person string `json:"person"` // person id, or "chat:" and the chat id of somebody unknown
	Record string `json:"record"`
	Action string `json:"action"`
	Rule   string `json:"rule"`
}

// PeopleTx is the part of Tx about people.
type PeopleTx interface {
	Person(id string) (Person, error)
	PersonByChat(chatID string) (Person, error)
	PersonByAccount(accountID string) (Person, error)
	PersonByEmail(email string) (Person, error)
	People() ([]Person, error)
	PutPerson(p *Person) error
}

// RequestTx is the part of Tx about requests and what follows from them. In an
// Update, Request takes the row's turn: a second transaction on the same request
// waits.
type RequestTx interface {
	Request(id string) (Request, error)
	PutRequest(r *Request) error
	// OpenRequests returns all waiting requests, oldest first.
	OpenRequests() ([]Request, error)
	// RequestsOf returns the newest requests made by or for a person.
	RequestsOf(person string, limit int) ([]Request, error)
	Decisions(requestID string) ([]Decision, error)
	AddDecision(d Decision) error

	Grant(id string) (Grant, error)
	GrantOf(requestID string) (Grant, error)
	// GrantsFrom returns the grants that rest on a record, oldest first.
	GrantsFrom(record string) ([]Grant, error)
	// GrantsEndedBy returns the grants that a record ended, oldest first.
	GrantsEndedBy(record string) ([]Grant, error)
	PutGrant(g *Grant) error
	// UnendedGrants returns all grants that have not ended, oldest first.
	UnendedGrants() ([]Grant, error)
	// GrantsOn returns the grants of a person on one target, by its key.
	GrantsOn(person, targetKey string) ([]Grant, error)
	// GrantsOf returns a person's grants, newest first.
	GrantsOf(person string, limit int) ([]Grant, error)

	Task(id string) (Task, error)
	// OpenTask returns the undone task of a grant.
	OpenTask(grantID string) (Task, error)
	OpenTasks() ([]Task, error)
	// TaskOf returns the newest task of a grant.
	TaskOf(grantID string) (Task, error)
	PutTask(t *Task) error
}

// ChecklistTx is the part of Tx about joiners and leavers. In an Update,
// Onboarding and Offboarding take the row's turn, as Request does.
type ChecklistTx interface {
	Onboarding(id string) (Onboarding, error)
	// OnboardingOf returns the newest onboarding of a person.
	OnboardingOf(person string) (Onboarding, error)
	// OpenOnboardings returns those that are neither completed nor stopped, oldest
	// first.
	OpenOnboardings() ([]Onboarding, error)
	PutOnboarding(o *Onboarding) error

	Offboarding(id string) (Offboarding, error)
	// OffboardingOf returns the newest offboarding of a person.
	OffboardingOf(person string) (Offboarding, error)
	// OpenOffboardings returns those that are neither completed nor cancelled,
	// oldest first.
	OpenOffboardings() ([]Offboarding, error)
	PutOffboarding(o *Offboarding) error

	Step(id string) (Step, error)
	// Steps returns a record's steps in their places.
	Steps(record string) ([]Step, error)
	PutStep(s *Step) error
}

// DutyTx is the part of Tx about policies and trainings.
type DutyTx interface {
	Duty(id string) (Duty, error)
	// DutiesOf returns a person's duties, newest first.
	DutiesOf(person string) ([]Duty, error)
	// DutiesFrom returns the duties that belong to a record, oldest first.
	DutiesFrom(record string) ([]Duty, error)
	// OpenDuties returns all that are still to be done, oldest first.
	OpenDuties() ([]Duty, error)
	PutDuty(d *Duty) error
}

// CardTx is the part of Tx about cards.
type CardTx interface {
	Card(id int64) (Card, error)
	// Cards returns all cards about a record, oldest first.
	Cards(record string) ([]Card, error)
	// AddCard stores a new card, wanted at version 1, and sets its id. A card of
	// the same kind, record and recipient is kept and wanted once more.
	AddCard(c *Card) error
	// WantCard raises the version wanted.
	WantCard(id int64) error
	// CardPosting notes that a post is about to be tried, so that the next try
	// looks for it before it posts again.
	CardPosting(id int64) error
	// CardShown notes where the card stands and which version it shows, and keeps
	// a copy of what was said: what somebody edits or deletes over there is not
	// lost here.
	CardShown(id int64, at Posted, version int) error
}

// Checkpoint is the ledger's size and root at one moment, signed.
type Checkpoint struct {
	Size      int64
	Note      string // C2SP signed note
	Signature string // SSHSIG of the note's bytes
}
