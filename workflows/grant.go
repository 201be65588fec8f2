package workflows

import (
	"time"

	"countersign/provisioners"
)

// GrantState is where the access itself stands in the target system.
type GrantState string

// The states of a grant. The strings are stored and never change meaning.
const (
	GrantApproved     GrantState = "approved"      // decided, not yet sent
	GrantProvisioning GrantState = "provisioning"  // sent, not yet seen
	GrantByHand       GrantState = "by_hand"       // waiting for a person to make it
	GrantHeld         GrantState = "granted"       // the target was read and showed it
	GrantFailed       GrantState = "failed"        // the target said no
	GrantEnding       GrantState = "ending"        // its time is up, removal not yet seen
	GrantEndByHand    GrantState = "ending_manual" // waiting for a person to remove it
	GrantEndFailed    GrantState = "revoke_failed" // the target refused the removal
	GrantExpired      GrantState = "expired"       // ended at its time
	GrantRevoked      GrantState = "revoked"       // ended before its time; EndedBy says through what
)

// GrantSource says what a grant rests on. The strings are stored and never change
// meaning.
type GrantSource string

// The sources of grants.
const (
	SourceRequest    GrantSource = "request"    // somebody asked and it was approved
	SourceBirthright GrantSource = "birthright" // it comes with the role and ends with it
)

// Grant is access that was decided: one person, one level, one time, and what it
// rests on.
type Grant struct {
	ID          string
	Record      string // the request or onboarding it comes from
	Person      string // person id of the holder
	App         string
	Level       string
	Provisioner string // name of the provisioner, "google_group" or "manual"
	Target      string // as the provisioner takes it
	TargetKey   string // what the target system knows it by; empty until resolved
	State       GrantState
	Source      GrantSource
	Role        string        // id of the role that gives a birthright
	Duration    time.Duration // zero: as long as the role
	CreatedAt   time.Time
	EndedBy     string // record that ended it before its time: "OF-0001"
	Looked      bool   // the target was read before anything was changed
	Found       bool   // that first reading showed the access already there
	Ours        bool   // Countersign made or adopted it, so an end may remove it
	StartsAt    time.Time
	EndsAt      time.Time
	Problem     string // what the target said when it refused
	NextStep    string // what a person can do about it
	ConfirmedBy string // person id of who said it is done, where no machine can read it
	Version     int    // row version, for optimistic locking
}

// Live says whether the grant wants its holder to have the access.
func (g Grant) Live() bool {
	switch g.State {
	case GrantApproved, GrantProvisioning, GrantByHand, GrantHeld:
		return true
	}
	return false
}

// Touching says whether the grant has, or is about to have, its access in the
// target: what makes an end by another grant leave the access alone.
func (g Grant) Touching() bool {
	return g.Live() || g.State == GrantEnding || g.State == GrantEndByHand || g.State == GrantEndFailed
}

// Ended says whether the grant is over.
func (g Grant) Ended() bool { return g.State == GrantExpired || g.State == GrantRevoked }

// decidedAt is when the grant was decided.
func (g Grant) decidedAt() time.Time {
	if g.CreatedAt.IsZero() { // kept by an older version
		return g.EndsAt.Add(-g.Duration)
	}
	return g.CreatedAt
}

// looked records what the target showed before we changed anything. Access that
// was there is ours only if another grant of ours put it there.
func (g Grant) looked(key string, seen provisioners.Observation, others []Grant) Grant {
	g.State, g.TargetKey = GrantProvisioning, key
	g.Problem, g.NextStep = "", ""
	if g.Looked {
		return g
	}
	g.Looked, g.Found, g.Ours = true, seen.Present, !seen.Present
	for _, o := range others {
		g.Ours = g.Ours || o.Ours
	}
	return g
}

// held records that the target showed the access. Its time begins the first time
// and is not lengthened when the access had to be made again.
func (g Grant) held(now time.Time) Grant {
	g.State = GrantHeld
	if g.StartsAt.IsZero() {
		g.StartsAt = now
		if g.Duration > 0 {
			g.EndsAt = now.Add(g.Duration)
		}
	}
	g.Problem, g.NextStep = "", ""
	return g
}

// failed records that the target would not do it.
func (g Grant) failed(state GrantState, problem, next string) Grant {
	g.State, g.Problem, g.NextStep = state, problem, next
	return g
}

// ended records that the grant is over.
func (g Grant) ended(now time.Time) Grant {
	g.State, g.Problem, g.NextStep = GrantExpired, "", ""
	if g.EndedBy != "" {
		g.State = GrantRevoked
	}
	if g.EndsAt.IsZero() || g.EndsAt.After(now) {
		g.EndsAt = now
	}
	return g
}

// Task is work that a person does by hand for a grant.
type Task struct {
	ID          string // "TK-000123"
	GrantID     string
	Record      string // what the grant comes from
	Give        bool   // true: give the access; false: take it away
	Instruction string // what to do, as the configuration words it
	Done        bool
	DoneBy      string // person id
	Note        string // note or link of who did it
	Version     int    // row version, for optimistic locking
}

// waits says whether the grant still waits for this task.
func (t Task) waits(g Grant) bool {
	return !t.Done && (t.Give && g.State == GrantByHand || !t.Give && g.State == GrantEndByHand)
}
