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

	VerbPassword Verb = "show_password" // of a new account, once
	VerbAddress  Verb = "change_address"
	VerbRestore  Verb = "restore_account" // a deleted account, for somebody who comes back
	VerbAccept   Verb = "accept_policy"
	VerbTrained  Verb = "training_done"

	VerbReschedule Verb = "reschedule"
	VerbCancel     Verb = "cancel"  // an offboarding that has not begun
	VerbStart      Verb = "start"   // one that is scheduled or was found, at once
	VerbAgree      Verb = "agree"   // as the second admin
	VerbByHand     Verb = "by_hand" // settle a failed step on an admin's word
	VerbExtend     Verb = "extend"  // a contract

	VerbDetails    Verb = "vendor_details"
	VerbSponsor    Verb = "assign_sponsor"
	VerbServices   Verb = "vendor_services" // sending it is accepting
	VerbDecline    Verb = "decline_sponsor"
	VerbVendorYes  Verb = "approve_vendor"
	VerbVendorIf   Verb = "approve_conditions"
	VerbVendorNo   Verb = "deny_vendor"
	VerbVendorBack Verb = "withdraw_vendor"
	VerbAskAgain   Verb = "ask_again" // for a vendor that was denied, withdrawn or terminated

	VerbCompensate Verb = "compensating_review"
	VerbOverride   Verb = "override_risk"
	VerbAgreeRisk  Verb = "agree_override"
	VerbEditVendor Verb = "edit_vendor"
	VerbEvaluate   Verb = "evaluate_vendor" // again
	VerbRenew      Verb = "renew_vendor"
	VerbEndVendor  Verb = "terminate_vendor"
	VerbAction     Verb = "open_action"
	VerbActionDone Verb = "close_action"
	VerbActionDue  Verb = "move_action" // its due date, with a reason
	VerbReport     Verb = "add_report"
	VerbToApp      Verb = "vendor_to_app"

	VerbMapApp    Verb = "map_app" // a discovered app to a vendor
	VerbIntake    Verb = "open_intake"
	VerbIgnoreApp Verb = "ignore_app"
)

// HasForm says whether a button opens a form before anything happens.
func HasForm(v Verb) bool {
	switch v {
	case VerbDeny, VerbReduce, VerbDone, VerbAddress, VerbReschedule, VerbByHand, VerbExtend,
		VerbDetails, VerbSponsor, VerbServices, VerbDecline, VerbVendorIf, VerbVendorNo, VerbAskAgain,
		VerbCompensate, VerbOverride, VerbEditVendor, VerbEvaluate, VerbRenew, VerbEndVendor,
		VerbAction, VerbActionDone, VerbActionDue, VerbReport, VerbToApp, VerbMapApp, VerbIgnoreApp:
		return true
	}
	return false
}

// Reveals says whether a button shows something that is stored nowhere, so that
// it is answered by Reveal in a window of its own.
func Reveals(v Verb) bool { return v == VerbPassword }

// Revealed is the answer to such a button. The secret is shown and forgotten.
type Revealed struct {
	Outcome Outcome
	Title   string // at most 24 characters
	Text    string
	Secret  string // empty where the outcome is not OutcomeDone
}

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
	Record string // what the form was about when it opened, or empty
	By     Clicker
	Values map[string]string // by field id; persons by their chat id
	Ref    string
}
