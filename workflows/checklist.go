package workflows

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countersign/provisioners"
)

// stepDef is what a step of a checklist means. Its name is stored and outlives
// the rest.
type stepDef struct {
	name    string
	label   string // as the checklist says it
	phase   int    // begins when all steps of earlier phases are settled
	target  string // of the accounts provisioner
	present bool   // whether the account should have it
	look    bool   // only read, nothing to apply
	unseen  bool   // the target answers the change and can show nothing of it

	// run does a step that is no target of the accounts provisioner, and says what
	// it saw. Its errors are those of a provisioner.
	run func(ctx context.Context, s *Service, c checklist) (provisioners.Observation, error)
}

// checklistKind is a kind of record that is a checklist of steps.
type checklistKind struct {
	workflow string // as in the ledger
	// load reads what the steps need to know. It takes the record's turn.
	load func(tx Tx, record string) (checklist, error)
	// over changes the record when a step is settled, before the event that says
	// so.
	over func(tx Tx, c *checklist, st Step, seen provisioners.Observation) error
	// after does what follows, with events of its own.
	after func(tx Tx, c checklist, st Step) error
}

// checklist is a record with its steps.
type checklist struct {
	record  string
	kind    checklistKind
	defs    []stepDef
	steps   []Step
	person  Person
	details provisioners.Details
	until   int // last phase that may begin now

	reopened bool // the check found an account open that was to be closed because it was found closed
	on       Onboarding
	off      Offboarding
}

// def returns the definition of a step; the zero one where no code knows it any
// more.
func (c checklist) def(name string) stepDef {
	i := slices.IndexFunc(c.defs, func(d stepDef) bool { return d.name == name })
	if i < 0 {
		return stepDef{name: name, label: name}
	}
	return c.defs[i]
}

// step returns a step by its name.
func (c checklist) step(name string) (Step, bool) {
	i := slices.IndexFunc(c.steps, func(s Step) bool { return s.Name == name })
	if i < 0 {
		return Step{}, false
	}
	return c.steps[i], true
}

// done says whether all steps are finished.
func (c checklist) done() bool {
	return !slices.ContainsFunc(c.steps, func(s Step) bool { return !s.Over() })
}

// checklist reads a record with its steps, in its turn.
func (s *Service) checklist(tx Tx, record string) (checklist, error) {
	prefix, _, _ := strings.Cut(record, "-")
	k, ok := s.checklists()[prefix]
	if !ok {
		return checklist{}, fmt.Errorf("checklist %s: %w", record, ErrNotFound)
	}
	c, err := k.load(tx, record)
	if err != nil {
		return checklist{}, err
	}
	c.record, c.kind = record, k
	c.steps, err = tx.Steps(record)
	return c, err
}
