package workflows

import (
	"errors"
	"fmt"
	"slices"
)

// Basis is what gives a person the right to decide.
type Basis string

// The bases, in the order in which they are asked. Stored in the ledger.
const (
	BasisOwner    Basis = "owner"
	BasisBackup   Basis = "backup"
	BasisAdmin    Basis = "admin"
	BasisSecurity Basis = "security"

	BasisCompliance Basis = "compliance_lead" // for vendors
)

// Approver is a person who may decide, and why.
type Approver struct {
	Person Person
	Basis  Basis
}

// Panel is who may decide on one request: the people who manage the resource
// and, for privileged access, the second opinion.
type Panel struct {
	Resource []Approver
	Second   []Approver // nil unless two approvals are needed
}

// people finds persons by e-mail address.
type people func(email string) (Person, error)

// panel works out who may decide, against the configuration and the directory
// as they are now. Owners come first; where none of them is independent their
// backups are asked, then admins, then security (surface rule 1).
func panel(cat *Catalogue, person people, r Request, app App, level Level) (Panel, error) {
	ask := func(basis Basis, emails []string) ([]Approver, error) {
		var out []Approver
		for _, e := range emails {
			p, err := person(e)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("find approver: %w", err)
			}
			if independent(p, r) {
				out = append(out, Approver{p, basis})
			}
		}
		return out, nil
	}
	first := func(steps ...func() ([]Approver, error)) ([]Approver, error) {
		for _, step := range steps {
			if out, err := step(); err != nil || len(out) > 0 {
				return out, err
			}
		}
		return nil, nil
	}
	owners := func() ([]Approver, error) { return ask(BasisOwner, app.Owners) }
	backups := func() ([]Approver, error) { return ask(BasisBackup, app.Backups) }
	admins := func() ([]Approver, error) { return ask(BasisAdmin, cat.Admins) }
	security := func() ([]Approver, error) { return ask(BasisSecurity, cat.Security) }

	var p Panel
	var err error
	if p.Resource, err = first(owners, backups, admins, security); err != nil {
		return Panel{}, err
	}
	if !level.Privileged && r.Steps < 2 {
		return p, nil
	}
	if p.Second, err = first(security, admins); err != nil {
		return Panel{}, err
	}
	// Where one person alone would have to give both approvals, those who stand
	// in are asked as well.
	for _, more := range []func() ([]Approver, error){backups, admins} {
		if p.open(nil, 2) {
			break
		}
		extra, err := more()
		if err != nil {
			return Panel{}, err
		}
		for _, a := range extra {
			if _, ok := find(p.Resource, a.Person.ID); !ok {
				p.Resource = append(p.Resource, a)
			}
		}
	}
	return p, nil
}

// independent says whether a person may decide on the request at all.
func independent(p Person, r Request) bool {
	return p.ID != r.Requester && p.ID != r.Subject && p.MayAct() == nil && p.ChatID != "" && p.Hold == ""
}

// Seat says in which capacity somebody approves: for the resource or as the
// second opinion. It is stored with the decision, so that a later change of the
// panel cannot turn the one into the other.
type Seat string

// The seats. The strings are stored and never change meaning.
const (
	slotNone     Seat = ""
	slotResource Seat = "resource"
	slotSecond   Seat = "second"
)

// seat finds the place that a person takes among the approvals still needed, so
// that somebody else can take the others. Those who approved keep theirs.
func (p Panel) seat(person string, given []Decision, steps int) (Approver, Seat) {
	taken := p.taken(given)
	res, isRes := find(p.Resource, person)
	sec, isSec := find(p.Second, person)
	isRes = isRes && !taken[slotResource]
	isSec = isSec && steps > 1 && !taken[slotSecond]
	switch {
	case isRes && isSec:
		if !others(p.Second, person, given) && others(p.Resource, person, given) {
			return sec, slotSecond
		}
		return res, slotResource
	case isRes:
		return res, slotResource
	case isSec:
		return sec, slotSecond
	}
	return Approver{}, slotNone
}

// taken says which places the approvals given so far fill.
func (p Panel) taken(given []Decision) map[Seat]bool {
	t := make(map[Seat]bool)
	for _, d := range given {
		t[d.Seat] = true
	}
	return t
}

// open says whether every approval still needed after given has somebody
// independent who could give it.
func (p Panel) open(given []Decision, steps int) bool {
	taken := p.taken(given)
	if !taken[slotResource] && !others(p.Resource, "", given) {
		return false
	}
	if steps < 2 || taken[slotSecond] {
		return true
	}
	if !others(p.Second, "", given) {
		return false
	}
	// One person cannot take both places.
	return taken[slotResource] || len(p.All()) > 1
}

// All returns everyone who may decide, each once, resource first.
func (p Panel) All() []Approver {
	all := slices.Clone(p.Resource)
	for _, a := range p.Second {
		if _, ok := find(all, a.Person.ID); !ok {
			all = append(all, a)
		}
	}
	return all
}

func find(list []Approver, person string) (Approver, bool) {
	i := slices.IndexFunc(list, func(a Approver) bool { return a.Person.ID == person })
	if i < 0 {
		return Approver{}, false
	}
	return list[i], true
}

// others says whether the list has somebody who is not this person and has not
// decided yet.
func others(list []Approver, person string, given []Decision) bool {
	return slices.ContainsFunc(list, func(a Approver) bool {
		decided := slices.ContainsFunc(given, func(d Decision) bool { return d.By == a.Person.ID })
		return a.Person.ID != person && !decided
	})
}
