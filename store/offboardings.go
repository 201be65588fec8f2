package store

import (
	"countersign/workflows"
)

const selectOffboarding = `SELECT id, state, person, opened_by, cause, told_by, last_day, begins_at, new_owner, mail, super_admin, second_by,
	created_at, started_at, closed_at, completed_at, version FROM offboardings `

// Ids of offboardings have four digits at least: the longer one is the newer.
const (
	offboardingOfText    = selectOffboarding + `WHERE person = $1 ORDER BY length(id) DESC, id DESC LIMIT 1`
	openOffboardingsText = selectOffboarding + `WHERE state <> 'completed' AND state <> 'cancelled' ORDER BY length(id), id`
)

func scanOffboarding(r scanner) (o workflows.Offboarding, err error) {
	var begins, super, created, started, closed, completed int64
	err = r.Scan(&o.ID, &o.State, &o.Person, &o.OpenedBy, &o.Cause, &o.ToldBy, &o.LastDay, &begins, &o.NewOwner, &o.Mail, &super, &o.SecondBy,
		&created, &started, &closed, &completed, &o.Version)
	o.SuperAdmin = super == 1
	o.At, o.CreatedAt, o.StartedAt, o.ClosedAt, o.CompletedAt = at(begins), at(created), at(started), at(closed), at(completed)
	return o, err
}

// Offboarding returns an offboarding.
func (t *tx) Offboarding(id string) (workflows.Offboarding, error) {
	o, err := one(rows(t.q, scanOffboarding, selectOffboarding+`WHERE id = $1`, id))
	return o, missing(err, "offboarding", id)
}

// OffboardingOf returns the newest offboarding of a person.
func (t *tx) OffboardingOf(person string) (workflows.Offboarding, error) {
	o, err := one(rows(t.q, scanOffboarding, offboardingOfText, person))
	return o, missing(err, "offboarding of", person)
}

// OpenOffboardings returns those that are neither completed nor cancelled, oldest
// first.
func (t *tx) OpenOffboardings() ([]workflows.Offboarding, error) {
	return rows(t.q, scanOffboarding, openOffboardingsText)
}

// PutOffboarding stores an offboarding.
func (t *tx) PutOffboarding(o *workflows.Offboarding) error {
	return t.put("offboardings", o.ID, &o.Version,
		[]string{"state", "person", "opened_by", "cause", "told_by", "last_day", "begins_at", "new_owner", "mail", "super_admin", "second_by",
			"created_at", "started_at", "closed_at", "completed_at"},
		[]any{string(o.State), o.Person, o.OpenedBy, o.Cause, o.ToldBy, string(o.LastDay), ms(o.At), o.NewOwner, string(o.Mail), flag(o.SuperAdmin), o.SecondBy,
			ms(o.CreatedAt), ms(o.StartedAt), ms(o.ClosedAt), ms(o.CompletedAt)})
}
