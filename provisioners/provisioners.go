// Package provisioners is the contract between Countersign and the systems in
// which access really exists. It imports nothing of ours: whoever writes a new
// provisioner reads this file and never meets a request, an approval or a ledger.
//
// A provisioner is told which state should hold, never which step to take, so
// the same call may be made any number of times. It says what it saw, and
// nothing is called done until Read has shown it.
package provisioners

import (
	"context"
	"time"
)

// Person is whom access is for, as the target system can find them.
type Person struct {
	ID        string // Countersign's own id, "P-000123"
	Email     string // primary work address, lower case
	AccountID string // the target system's own id for the person; empty if unknown
}

// Change is the state that should hold: the person has, or has not, what the
// target gives.
type Change struct {
	Key       string        // the grant's id; stable over every repeat of this change
	Person    Person        // whose access
	Target    string        // as configured: a group's address, or an instruction
	Present   bool          // true: should have it; false: should not
	Confirmed *Confirmation // a person's word that it is done, for targets no machine can read
	Details   Details       // what else a target of accounts needs; zero for access

	// Again says that a person asked for another try after the system gave a
	// change up that it had taken, such as a transfer that failed. Without it Apply
	// never asks the system a second time. It stands until Apply first returns
	// *Underway, *Permanent or success, so that one wish begins one more try.
	Again bool
}

// Confirmation is a person's statement that they made the change by hand.
type Confirmation struct {
	By   string    // display name of who said so
	At   time.Time // when
	Note string    // what they wrote, or a link
}

// Observation is what the target system showed, kept as evidence.
type Observation struct {
	Present bool              // whether the person has what the target gives
	Checked bool              // true: read from the system; false: somebody's word
	Source  string            // the system, "Google Workspace Directory API"
	Query   string            // the exact read, so that another can repeat it
	At      time.Time         // when it was read
	Details map[string]string // what else was shown: ids, role, status
}

// Result is the outcome of Apply.
type Result struct {
	Changed bool        // false: the state held before, and we did nothing
	Waiting bool        // true: a person has to act; Task says what they should do
	Task    string      // the instruction for that person
	Seen    Observation // what Apply saw after the change; zero while Waiting
}

// Provisioner makes a state hold in one target system. Its errors are
// *Permanent where no repeat can help, *Throttled where the system asked for
// patience, and anything else where a repeat may help.
type Provisioner interface {
	// TargetKey returns the system's own stable name for a target, so that two
	// addresses of one group are known to be one.
	TargetKey(ctx context.Context, target string) (string, error)

	// Apply makes the state hold. Called again it changes nothing.
	Apply(ctx context.Context, c Change) (Result, error)

	// Read says what the system shows now, without changing anything.
	Read(ctx context.Context, c Change) (Observation, error)
}

// Account is one person's account in a directory.
type Account struct {
	ID           string   // the directory's own stable id
	Email        string   // primary address, lower case
	GivenName    string   // first name
	FamilyName   string   // last name
	ManagerEmail string   // address of the manager, or empty
	Aliases      []string // further addresses, lower case
	Suspended    bool     // cannot sign in
	Archived     bool     // kept for its data only
	SuperAdmin   bool     // may do anything in the directory
	OrgUnit      string   // "/Engineering"
	SignedIn     bool     // has ever signed in
}

// Reading is the proof of one listing: where it came from and how complete it is.
type Reading struct {
	Source string    // the system
	Query  string    // the exact request
	Pages  int       // pages read
	Rows   int       // rows read
	At     time.Time // when the last page arrived
}

// Directory lists every account. A listing that could not be read to its end is
// an error, never a shorter list: a missing row would look like a leaver.
type Directory interface {
	Accounts(ctx context.Context) ([]Account, Reading, error)

	// Account reads one account now, by address or id. An unknown one is a
	// *Permanent that wraps ErrNoAccount.
	Account(ctx context.Context, emailOrID string) (Account, error)
}
