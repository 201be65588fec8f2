package workflows

import (
	"context"
	"time"
)

// Job is work to be done now, outside any transaction. It says which state
// should hold, so it may run twice. A job kind is stored and outlives the names
// in this code.
type Job struct {
	ID      int64
	Kind    string
	Record  string // what it is about: "GR-000123", or a card's number
	Attempt int    // counts from 1
	Urgent  bool   // goes before the others
}

// MaxAttempts is how often a job is tried before a person has to act. With the
// pauses of Backoff that is about nine minutes.
const MaxAttempts = 16

// Jobs runs jobs. Work calls do for each job that is due, with at most n at
// once, until ctx ends; it returns when the last call has. A job that do
// returns an error for comes again after a pause: *Later says how long, other
// errors wait longer each time. A job whose process died comes again by itself.
type Jobs interface {
	Work(ctx context.Context, n int, do func(ctx context.Context, j Job) error) error
}

// Later is returned for a job that is well but must wait. It does not count as
// an attempt.
type Later struct {
	After time.Duration
	Err   error // why, for the log
}

// Error says why.
func (l *Later) Error() string {
	if l.Err == nil {
		return "later"
	}
	return l.Err.Error()
}

// Unwrap returns the cause.
func (l *Later) Unwrap() error { return l.Err }

// Backoff is the pause after the nth failed attempt, counted from 1, before
// jitter: 0.2 s doubling to 60 s.
func Backoff(n int) time.Duration {
	d := 200 * time.Millisecond << min(max(n-1, 0), 10)
	return min(d, time.Minute)
}

// Due is a moment in business time: an end, a lapse, a recurring sync.
type Due struct {
	Kind   string
	Record string // what it is about, or empty
	At     time.Time
	Cron   string // standard five-field expression where it recurs, else empty
}

// Calendar fires what is due. Fire calls f in one transaction per due moment,
// which forgets it or moves it to its next time; one that was missed while the
// process was down fires once. It returns when ctx ends.
type Calendar interface {
	Fire(ctx context.Context, f func(tx Tx, d Due) error) error
}

// The kinds of job.
const (
	jobGive   = "grant.give"     // make a grant's access exist
	jobTake   = "grant.take"     // make it not exist
	jobCard   = "card.show"      // draw a card as its record stands
	jobLookUp = "person.look_up" // read one member from the chat directory
	jobSync   = "directory.sync" // read all people
	jobStep   = "step.do"        // make a step of a checklist hold
	jobAgain  = "step.again"     // the same, because a person asked for another try
)

// The kinds of due moment.
const (
	dueLapse      = "request.lapse"
	dueEnd        = "grant.end"
	dueRetryEnd   = "grant.retry_end"
	dueSync       = "directory.sync"
	dueCheckpoint = "ledger.checkpoint"
	dueRepeats    = "refusal.repeats"

	dueOffboard     = "offboarding.start"
	dueAccountLate  = "offboarding.account_late"
	dueOffboardLate = "offboarding.late"
	dueMailEnds     = "offboarding.mail_ends" // forwarding is over: the account is suspended

	dueFirstDay = "onboarding.start"
	dueDuty     = "duty.overdue"
	dueAgain    = "training.again"
	dueContract = "contract.end" // or a notice before it
)
