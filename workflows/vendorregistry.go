package workflows

import "context"

// vendorForms says how the form of a vendor's button is drawn. values is nil when
// it opens, and what is filled in when it is drawn again.
var vendorForms = map[Verb]func(s *Service, tx Tx, f Form, values map[string]string) (Form, error){
	VerbDetails:    (*Service).vendorDetailsForm,
	VerbAskAgain:   (*Service).vendorDetailsForm,
	VerbSponsor:    (*Service).sponsorForm,
	VerbServices:   (*Service).servicesForm,
	VerbDecline:    (*Service).declineForm,
	VerbVendorIf:   (*Service).conditionsForm,
	VerbVendorNo:   (*Service).denyVendorForm,
	VerbCompensate: (*Service).compensateForm,
	VerbToApp:      (*Service).toAppForm,

	VerbEvaluate:   (*Service).reviewForm,
	VerbRenew:      (*Service).renewForm,
	VerbReport:     (*Service).reportForm,
	VerbAction:     (*Service).openActionForm,
	VerbActionDone: (*Service).closeForm,
	VerbActionDue:  (*Service).moveForm,
	VerbEditVendor: (*Service).editForm,
	VerbOverride:   (*Service).overrideForm,
	VerbEndVendor:  (*Service).endForm,

	VerbMapApp:    (*Service).mapAppForm,
	VerbIgnoreApp: (*Service).ignoreAppForm,
}

// vendorVerbs says what the buttons of vendors do.
func (s *Service) vendorVerbs() map[Verb]func(Tx, Person, Press) (Outcome, error) {
	return map[Verb]func(Tx, Person, Press) (Outcome, error){
		VerbDetails:    s.fillInDetails,
		VerbAskAgain:   s.fillInDetails,
		VerbSponsor:    s.assignSponsor,
		VerbServices:   s.services,
		VerbDecline:    s.decline,
		VerbVendorYes:  s.approveVendor,
		VerbVendorIf:   s.approveConditions,
		VerbVendorNo:   s.denyVendor,
		VerbVendorBack: s.withdrawVendor,
		VerbCompensate: s.compensate,
		VerbToApp:      s.vendorToApp,

		VerbEvaluate:   s.evaluate,
		VerbRenew:      s.renew,
		VerbReport:     s.addVendorReport,
		VerbAction:     s.openAction,
		VerbActionDone: s.closeAction,
		VerbActionDue:  s.moveAction,
		VerbEditVendor: s.edit,
		VerbOverride:   s.override,
		VerbAgreeRisk:  s.agreeRisk,
		VerbEndVendor:  s.terminate,

		VerbMapApp:    s.mapApp,
		VerbIntake:    s.openIntake,
		VerbIgnoreApp: s.ignoreApp,
	}
}

// vendorJobs says how the jobs about vendors are done.
func (s *Service) vendorJobs() map[string]func(context.Context, Job) error {
	return map[string]func(context.Context, Job) error{
		jobDiscover: s.discoverJob,
	}
}

// vendorMoments says what happens when something about a vendor is due.
func (s *Service) vendorMoments() map[string]func(Tx, Due) error {
	return map[string]func(Tx, Due) error{
		dueVendorReview:   s.reviewDue,
		dueVendorUntil:    s.untilDue,
		dueVendorRenewal:  s.renewalDue,
		dueVendorReport:   s.reportDue,
		dueVendorAction:   s.actionDue,
		dueVendorOverride: s.overrideDue,

		dueDiscover:      s.startDiscovery,
		dueDiscoverAgain: s.discoverAgain,
		dueVendorNightly: s.vendorNightly,
	}
}
