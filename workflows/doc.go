// Package workflows is the product: who may ask for what, who decides, what
// happens then, and what is recorded about it. It knows no chat system, no
// directory and no database; those are reached through the interfaces that it
// names here (Store, Jobs, Calendar, Notifier, Members) and through the
// provisioners' contract.
//
// # How a request travels
//
//	/access ─► Form, drawn from memory
//	form    ─► Submit ─┐
//	button  ─► Act    ─┴─ ONE transaction: state + event + jobs ─► the answer
//	job     ─► Provisioner or Notifier ─► ONE transaction: state + event + jobs
//	time    ─► calendar ─► ONE transaction: state + event + jobs
//
// # What always holds
//
//  1. When Submit or Act has returned, what it said is durable. Nothing outside
//     happens in between, so the answer is quick.
//  2. State, event and jobs change in one transaction. The store refuses to
//     commit a changed row that no event names.
//  3. A refusal is an Outcome and is recorded; an error is a fault and changes
//     nothing.
//  4. Everything may arrive twice. A form carries a key under which its outcome
//     is kept; a job says which state should hold; a button is judged by the
//     state it finds.
//  5. Granted and Expired mean that the target was read and showed it.
//  6. A card is drawn from stored state, never from the press that changed it.
//
// # Where to read
//
// request.go and grant.go hold the two state machines. service.go, submit.go and
// refused.go are the doors. accessrequest.go, decide.go, granting.go, ending.go
// and tasks.go are the access request from question to end; approvers.go says
// who decides. steps.go is the engine of the two checklists: a step is a state of
// somebody's account that should hold. onboard*.go, duty*.go, contract*.go and
// password.go bring people in; offboard*.go, outside.go and certificate.go take
// them out; birthright.go is what comes and goes with a role. vendor*.go is the
// register of vendors from the first message to the last action, with its matrix
// in vendorrisk; discover*.go finds apps that nobody registered. people.go and
// identity.go keep the directory. registry.go and vendorregistry.go list every
// workflow, button, job and moment: a new workflow is its own file and one line
// there.
package workflows
