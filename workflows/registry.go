package workflows

import (
	"context"
	"maps"
)

// kind is one workflow: what it asks and what happens when it is answered. A new
// workflow is its own file and one line in kinds.
type kind struct {
	name    string                                                                   // as in the ledger
	command string                                                                   // the slash command that opens its form
	open    func(s *Service, tx Tx, who Person, text string) (Form, *Refusal, error) // its form as stored state has it; nil: form says it
	form    func(c *Catalogue, asker string, values map[string]string) Form          // drawn from memory
	choices func(c *Catalogue, field, query string) []Choice
	check   func(c *Catalogue, values map[string]string) map[string]string
	submit  func(s *Service, tx Tx, who Person, sub Submission) (Outcome, error)
}

// kinds lists every workflow.
var kinds = []kind{
	accessRequest,
	onboarding,
	offboarding,
	vendorRequest,
}

func kindNamed(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// KindOf returns the name of the workflow that a slash command opens.
func KindOf(command string) (string, bool) {
	for _, k := range kinds {
		if k.command == command {
			return k.name, true
		}
	}
	return "", false
}

// verbs says what happens when a button is pressed.
func (s *Service) verbs() map[Verb]func(tx Tx, who Person, p Press) (Outcome, error) {
	all := map[Verb]func(Tx, Person, Press) (Outcome, error){
		VerbApprove:  s.approve,
		VerbReduce:   s.reduce,
		VerbDeny:     s.deny,
		VerbWithdraw: s.withdraw,
		VerbRetry:    s.retryAny,
		VerbDone:     s.taskDone,
		VerbConfirm:  s.confirmIdentity,

		VerbStart:      s.startNow,
		VerbReschedule: s.reschedule,
		VerbCancel:     s.cancelOffboarding,
		VerbAgree:      s.agree,
		VerbByHand:     s.byHand,

		VerbAddress: s.changeAddress,
		VerbRestore: s.restoreDeleted,
		VerbAccept:  s.acceptPolicy,
		VerbTrained: s.trained,
		VerbExtend:  s.extend,
	}
	maps.Copy(all, s.vendorVerbs())
	return all
}

// checklists lists the kinds of record that are a checklist, by the prefix of
// their ids.
func (s *Service) checklists() map[string]checklistKind {
	return map[string]checklistKind{
		"ON": s.onboardingList(),
		"OF": s.offboardingList(),
	}
}

// jobs says how each kind of job is done.
func (s *Service) jobs() map[string]func(context.Context, Job) error {
	all := map[string]func(context.Context, Job) error{
		jobGive:   s.giveInTurn,
		jobTake:   s.take,
		jobCard:   s.showCard,
		jobLookUp: s.lookUp,
		jobSync:   s.syncJob,
		jobStep:   s.doStep,
		jobAgain:  s.doStep,
	}
	maps.Copy(all, s.vendorJobs())
	return all
}

// moments says what happens when something is due.
func (s *Service) moments() map[string]func(Tx, Due) error {
	all := map[string]func(Tx, Due) error{
		dueLapse:      s.lapse,
		dueEnd:        s.endGrant,
		dueRetryEnd:   s.retryEnd,
		dueSync:       s.startSync,
		dueCheckpoint: s.checkpoint,
		dueRepeats:    s.countRepeats,

		dueOffboard:     s.dueOffboarding,
		dueAccountLate:  s.accountLate,
		dueOffboardLate: s.lateOffboarding,
		dueMailEnds:     s.mailEnds,

		dueFirstDay: s.firstDay,
		dueDuty:     s.overdue,
		dueAgain:    s.trainAgain,
		dueContract: s.contractDue,
	}
	maps.Copy(all, s.vendorMoments())
	return all
}
