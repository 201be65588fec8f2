package workflows

import (
	"time"

	"countersign/provisioners"
)

// OffboardingState is where an offboarding stands.
type OffboardingState string

// The states of an offboarding. The strings are stored and never change meaning.
const (
	OffboardingScheduled OffboardingState = "scheduled" // begins at its time
	OffboardingFound     OffboardingState = "found"     // closed outside; begins by itself unless an admin says no
	OffboardingSecond    OffboardingState = "second"    // waits for a second admin
	OffboardingStarted   OffboardingState = "started"   // being done
	OffboardingCompleted OffboardingState = "completed" // all done and read back
	OffboardingCancelled OffboardingState = "cancelled" // before it began
)

// Offboarding takes one person out.
type Offboarding struct {
	ID          string // "OF-0001"
	State       OffboardingState
	Person      string // person id of who leaves
	OpenedBy    string // person id of the admin; empty where nobody did
	Cause       string // "slack" (an admin), "calendar" (a contract's end) or "google" (closed outside)
	ToldBy      string // person id of who said so; may be empty
	LastDay     Day    // last working day: what the policy's hours count from
	At          time.Time
	NewOwner    string // person id; may be empty
	Mail        provisioners.Mail
	SuperAdmin  bool   // the snapshot showed it: a second admin must agree
	SecondBy    string // person id of the second admin
	CreatedAt   time.Time
	StartedAt   time.Time
	ClosedAt    time.Time // when the account could no longer be signed in to
	CompletedAt time.Time
	Version     int // row version, for optimistic locking
}

// Open says whether the offboarding is not over.
func (o Offboarding) Open() bool {
	return o.State != OffboardingCompleted && o.State != OffboardingCancelled
}

// Begun says whether its steps are or were being done.
func (o Offboarding) Begun() bool {
	return o.State == OffboardingStarted || o.State == OffboardingCompleted || o.State == OffboardingSecond
}
