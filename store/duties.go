package store

import (
	"countersign/workflows"
)

const selectDuty = `SELECT id, person, kind, item, item_version, hash, record, content_version, assigned_at, due_at, overdue_at, done_at, version FROM duties `

// That the record is not empty is what the index says as well.
const (
	dutiesOfText   = selectDuty + `WHERE person = $1 ORDER BY id DESC`
	dutiesFromText = selectDuty + `WHERE record = $1 AND record <> '' ORDER BY id`
	openDutiesText = selectDuty + `WHERE done_at = 0 ORDER BY id`
)

func scanDuty(r scanner) (d workflows.Duty, err error) {
	var assigned, due, overdue, done int64
	err = r.Scan(&d.ID, &d.Person, &d.Kind, &d.Item, &d.ItemVersion, &d.Hash, &d.Record, &d.ContentVersion, &assigned, &due, &overdue, &done, &d.Version)
	d.AssignedAt, d.DueAt, d.OverdueAt, d.DoneAt = at(assigned), at(due), at(overdue), at(done)
	return d, err
}

// Duty returns a duty.
func (t *tx) Duty(id string) (workflows.Duty, error) {
	d, err := one(rows(t.q, scanDuty, selectDuty+`WHERE id = $1`, id))
	return d, missing(err, "duty", id)
}

// DutiesOf returns a person's duties, newest first.
func (t *tx) DutiesOf(person string) ([]workflows.Duty, error) {
	return rows(t.q, scanDuty, dutiesOfText, person)
}

// DutiesFrom returns the duties that belong to a record, oldest first; none for no
// record.
func (t *tx) DutiesFrom(record string) ([]workflows.Duty, error) {
	return rows(t.q, scanDuty, dutiesFromText, record)
}

// OpenDuties returns all that are still to be done, oldest first.
func (t *tx) OpenDuties() ([]workflows.Duty, error) {
	return rows(t.q, scanDuty, openDutiesText)
}

// PutDuty stores a duty.
func (t *tx) PutDuty(d *workflows.Duty) error {
	return t.put("duties", d.ID, &d.Version,
		[]string{"person", "kind", "item", "item_version", "hash", "record", "content_version", "assigned_at", "due_at", "overdue_at", "done_at"},
		[]any{d.Person, string(d.Kind), d.Item, d.ItemVersion, d.Hash, d.Record, d.ContentVersion, ms(d.AssignedAt), ms(d.DueAt), ms(d.OverdueAt), ms(d.DoneAt)})
}
