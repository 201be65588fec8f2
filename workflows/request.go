package workflows

import "time"

// RequestState is where a request stands. What becomes of the access itself is
// the grant's state; the two never mix.
type RequestState string

// The states of a request. The strings are stored and never change meaning.
const (
	RequestWaiting   RequestState = "waiting"   // for one or more approvals
	RequestApproved  RequestState = "approved"  // all approvals given; see the grant
	RequestDenied    RequestState = "denied"    // somebody entitled said no
	RequestWithdrawn RequestState = "withdrawn" // taken back by who asked
	RequestLapsed    RequestState = "lapsed"    // nobody decided in time
)

// Request asks that a person be given a level of an app for a time.
type Request struct {
	ID             string
	State          RequestState
	Requester      string // person id of who asks
	Subject        string // person id of whom it is for
	App            string // app id
	Level          string // level id
	Duration       time.Duration
	Justification  string
	ContentVersion int // rises when subject, app, level, duration or reason change
	Steps          int // approvals needed, by that many different people
	CreatedAt      time.Time
	LapsesAt       time.Time
	DecidedAt      time.Time // zero while waiting
	Version        int       // row version, for optimistic locking
}

// Verdict is what one person decided.
type Verdict string

// The verdicts. The strings are stored and never change meaning.
const (
	VerdictApprove Verdict = "approve"
	VerdictDeny    Verdict = "deny"
)

// Decision is one person's verdict on one content version of a request. It is
// written once and never changed.
type Decision struct {
	ID             string // "AR-000123/1"
	RequestID      string
	Step           int    // counts from 1 in the order of arrival
	By             string // person id
	Basis          Basis  // what gave them the right
	Seat           Seat   // which of the approvals needed it gives
	Verdict        Verdict
	Reason         string // required for a denial
	ContentVersion int    // what was on their screen
	At             time.Time
}

// approvals returns the decisions that approve the current content.
func (r Request) approvals(all []Decision) []Decision {
	var given []Decision
	for _, d := range all {
		if d.Verdict == VerdictApprove && d.ContentVersion == r.ContentVersion {
			given = append(given, d)
		}
	}
	return given
}

// approve returns the request with one more approval than those given.
func (r Request) approve(given int, now time.Time) Request {
	if given+1 >= r.Steps {
		r.State, r.DecidedAt = RequestApproved, now
	}
	return r
}

// end returns the request closed in a state that needs no further decision.
func (r Request) end(state RequestState, now time.Time) Request {
	r.State, r.DecidedAt = state, now
	return r
}

// reduce returns the request with less: earlier approvals no longer count.
func (r Request) reduce(level string, d time.Duration, steps int) Request {
	r.Level, r.Duration, r.Steps = level, d, steps
	r.ContentVersion++
	return r
}
