package provisioners

import (
	"errors"
	"time"
)

// Permanent is a failure that no repeat can cure. A person must act.
type Permanent struct {
	Reason string // what the system said, in plain words
	Next   string // what someone can do about it
	Err    error  // the cause, for the log
}

// Error returns the reason and the cause.
func (e *Permanent) Error() string {
	if e.Err == nil {
		return e.Reason
	}
	return e.Reason + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Permanent) Unwrap() error { return e.Err }

// Throttled says that the system asked us to wait.
type Throttled struct {
	After time.Duration // how long; zero where it did not say
	Err   error         // the cause, for the log
}

// Error returns the cause.
func (e *Throttled) Error() string { return "throttled: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Throttled) Unwrap() error { return e.Err }

// Underway says that the system took the change and works on it by itself: a
// transfer of files takes minutes to days. The change is not sent again; asked
// again, Apply only looks how far it is.
type Underway struct {
	After time.Duration // when it is worth looking again
	Seen  Observation   // how far it is; Details["status"] in the system's words
}

// Error says how far it is.
func (e *Underway) Error() string { return "on its way: " + e.Seen.Details["status"] }

// ErrNoAccount is the cause of a *Permanent where the target system knows no
// such person.
var ErrNoAccount = errors.New("no such account")

// ErrSignedIn is the cause of a *Permanent where an account is already in use.
var ErrSignedIn = errors.New("the account was signed in to")
