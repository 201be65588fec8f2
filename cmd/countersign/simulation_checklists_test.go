package main

import (
	"countersign/workflows"
)

// storedList is an onboarding or an offboarding with everything stored about it.
type storedList struct {
	id      string
	on      workflows.Onboarding
	off     workflows.Offboarding
	person  workflows.Person
	account string // in Google
	steps   map[string]workflows.Step
	grants  []workflows.Grant // that it gave, or ended
	duties  []workflows.Duty
}

// begun says whether an offboarding may change anything, or could have done so.
func (l storedList) begun() bool {
	return l.off.State == workflows.OffboardingStarted || l.off.State == workflows.OffboardingCompleted
}

// over says whether a step is finished; byMachine, that it was read back.
func (l storedList) over(step string) bool      { return l.steps[step].Over() }
func (l storedList) byMachine(step string) bool { return l.steps[step].State == workflows.StepDone }

// waits says whether the onboarding or offboarding goes on.
func (l storedList) waits() bool {
	if l.off.ID != "" {
		return l.off.Open()
	}
	return l.on.State != workflows.OnboardingCompleted && l.on.State != workflows.OnboardingStopped
}

// birthright is access that came with a role.
type birthright struct {
	g       workflows.Grant
	account string
}

// lists is what is stored about joiners and leavers as it was after so many
// entries of the ledger: it changes with no less.
type lists struct {
	at          int
	leavers     []storedList // oldest first
	joiners     []storedList
	birthrights []birthright
	undone      map[string]bool // people with a policy to accept for which access waits
}

func (w *world) lists() lists {
	if w.read(); w.book.lists.at == len(w.book.entries) {
		return w.book.lists
	}
	out := lists{at: len(w.book.entries), undone: make(map[string]bool)}
	offs, ons := w.query("SELECT id FROM offboardings ORDER BY id"), w.query("SELECT id FROM onboardings ORDER BY id")
	given := w.query("SELECT id FROM grants WHERE source = 'birthright' ORDER BY id")
	w.view(func(tx workflows.Tx) error {
		for _, id := range offs {
			l, err := w.leaver(tx, id)
			if err != nil {
				return err
			}
			out.leavers = append(out.leavers, l)
		}
		for _, id := range ons {
			l, err := w.joiner(tx, id)
			if err != nil {
				return err
			}
			out.joiners = append(out.joiners, l)
		}
		for _, id := range given {
			g, err := tx.Grant(id)
			if err != nil {
				return err
			}
			p, err := tx.Person(g.Person)
			if err != nil {
				return err
			}
			out.birthrights = append(out.birthrights, birthright{g, w.accountOf(p)})
		}
		duties, err := tx.OpenDuties()
		for _, d := range duties {
			if d.Kind == workflows.DutyPolicy && (d.Record != "" || !d.OverdueAt.IsZero()) {
				out.undone[d.Person] = true
			}
		}
		return err
	})
	w.book.lists = out
	return out
}

func (w *world) leaver(tx workflows.Tx, id string) (l storedList, err error) {
	l.id = id
	if l.off, err = tx.Offboarding(id); err != nil {
		return l, err
	}
	if l.grants, err = tx.GrantsEndedBy(id); err != nil {
		return l, err
	}
	return w.withSteps(tx, l, l.off.Person)
}

func (w *world) joiner(tx workflows.Tx, id string) (l storedList, err error) {
	l.id = id
	if l.on, err = tx.Onboarding(id); err != nil {
		return l, err
	}
	if l.grants, err = tx.GrantsFrom(id); err != nil {
		return l, err
	}
	if l.duties, err = tx.DutiesFrom(id); err != nil {
		return l, err
	}
	return w.withSteps(tx, l, l.on.Person)
}

func (w *world) withSteps(tx workflows.Tx, l storedList, person string) (_ storedList, err error) {
	if l.person, err = tx.Person(person); err != nil {
		return l, err
	}
	l.account, l.steps = w.accountOf(l.person), make(map[string]workflows.Step)
	all, err := tx.Steps(l.id)
	for _, st := range all {
		l.steps[st.Name] = st
	}
	return l, err
}

func (w *world) birthrights() []birthright { return w.lists().birthrights }

// waitsForPolicy says whether access for somebody waits until they accept one.
func (w *world) waitsForPolicy(person string) bool { return w.lists().undone[person] }

// leaversAccounts are the accounts of those who left or are leaving.
func (w *world) leaversAccounts() map[string]bool {
	out := make(map[string]bool)
	for _, l := range w.lists().leavers {
		if l.begun() {
			out[l.account] = true
		}
	}
	return out
}

// waitsForAccount says whether the end of access waits for a leaver's account to
// be closed, which is the only way in.
func (w *world) waitsForAccount(g workflows.Grant) bool {
	app, _ := w.cfg.App(g.App)
	if g.Provisioner != byHand || string(app.SignIn) != "google" {
		return false
	}
	for _, l := range w.lists().leavers {
		if l.id == g.EndedBy {
			return l.off.ClosedAt.IsZero() && l.waits()
		}
	}
	return false
}
