package workflows

import "context"

// vendorForms says how the form of a vendor's button is drawn. values is nil when
// it opens, and what is filled in when it is drawn again.
var vendorForms = map[Verb]func(s *Service, tx Tx, f Form, values map[string]string) (Form, error){}

// vendorVerbs says what the buttons of vendors do.
func (s *Service) vendorVerbs() map[Verb]func(Tx, Person, Press) (Outcome, error) {
	return map[Verb]func(Tx, Person, Press) (Outcome, error){}
}

// vendorJobs says how the jobs about vendors are done.
func (s *Service) vendorJobs() map[string]func(context.Context, Job) error {
	return map[string]func(context.Context, Job) error{}
}

// vendorMoments says what happens when something about a vendor is due.
func (s *Service) vendorMoments() map[string]func(Tx, Due) error {
	return map[string]func(Tx, Due) error{}
}
