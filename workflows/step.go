package workflows

import "time"

// StepState is where one line of a checklist stands.
type StepState string

// The states of a step. The strings are stored and never change meaning.
const (
	StepWaiting StepState = "waiting" // for the steps before it
	StepRunning StepState = "running" // being done, by us or by the target
	StepDone    StepState = "done"    // the target was read and showed it
	StepByHand  StepState = "by_hand" // an admin says that it is done; no machine saw it
	StepFailed  StepState = "failed"  // a person must act
)

// Step is one line of the checklist of an onboarding or offboarding: one state
// of the person's account that should hold. What it means is in the
// definitions of its kind, by its name.
type Step struct {
	ID        string // "OF-0001/tokens"
	Record    string // the onboarding or offboarding
	Name      string // "tokens"
	Place     int    // on the checklist, counted from 1
	State     StepState
	Problem   string // what the target said when it refused
	NextStep  string // what a person can do about it
	Seen      string // what the target showed, in a few words
	DoneBy    string // person id, where it was done by hand
	Note      string // of who did it by hand; of an address that is not free, the id of the deleted account that has it
	StartedAt time.Time
	DoneAt    time.Time
	Version   int // row version, for optimistic locking
}

// Over says whether the step is finished, by machine or by hand.
func (s Step) Over() bool { return s.State == StepDone || s.State == StepByHand }

// Settled says whether nothing more happens by itself, so that what comes after
// need not wait: a failure of one step must not hold up the others.
func (s Step) Settled() bool { return s.Over() || s.State == StepFailed }
