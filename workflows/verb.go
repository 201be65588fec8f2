package workflows

import "time"

// Verb is what a button asks for. The strings are stored in the ledger and in
// the buttons of cards that are still on people's screens.
type Verb string

// The verbs.
const (
	VerbApprove  Verb = "approve"
	VerbDeny     Verb = "deny"
	VerbReduce   Verb = "reduce"
	VerbWithdraw Verb = "withdraw"
	VerbRetry    Verb = "retry"
	VerbDone     Verb = "done"
	VerbConfirm  Verb = "confirm_identity"
)

// HasForm says whether a button opens a form before anything happens.
func HasForm(v Verb) bool { return v == VerbDeny || v == VerbReduce || v == VerbDone }

// Clicker is who pressed or sent something, as the chat system names them. Team
// is empty where the chat system does not say.
type Clicker struct {
	ChatID string
	Team   string
}

// Press is a button that was pressed, or its form that was sent.
type Press struct {
	Key     string // makes a repeat harmless; empty where the state does
	Verb    Verb
	Record  string
	Version int // content version on the presser's screen
	By      Clicker
	Values  map[string]string // of the form
	Ref     string            // the chat system's own reference, for the ledger
	At      time.Time         // the chat system's own time of the press; zero where it does not say
}

// Submission is a workflow's form that was sent.
type Submission struct {
	Key    string // view id and hash: the same one is answered the same way
	Kind   string // the workflow's name
	By     Clicker
	Values map[string]string // by field id; persons by their chat id
	Ref    string
}
