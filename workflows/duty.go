package workflows

import "time"

// DutyKind says what a person has to do.
type DutyKind string

// The kinds of duty. The strings are stored and never change meaning.
const (
	DutyPolicy   DutyKind = "policy"   // read and accept a policy
	DutyTraining DutyKind = "training" // do a training
)

// Duty is a policy that a person has to accept, or a training to do.
type Duty struct {
	ID             string // "DU-000001"
	Person         string
	Kind           DutyKind
	Item           string // id of the policy or training
	ItemVersion    string // version of the policy; of a training its address
	Hash           string // SHA-256 of the policy's text, lower-case hex; of a training empty
	Record         string // the onboarding it belongs to, or empty
	ContentVersion int    // rises when what is asked changes before it is done
	AssignedAt     time.Time
	DueAt          time.Time
	OverdueAt      time.Time // when it was found overdue; zero: not
	DoneAt         time.Time // zero while open
	Version        int       // row version, for optimistic locking
}

// Open says whether the duty is still to be done.
func (d Duty) Open() bool { return d.DoneAt.IsZero() }
