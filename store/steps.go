package store

import (
	"countersign/workflows"
)

const selectStep = `SELECT s.id, s.record, s.name, s.place, s.state, coalesce(p.value, ''), s.next_step, coalesce(w.value, ''), s.done_by, coalesce(n.value, ''),
	s.started_at, s.done_at, s.version
	FROM steps s
	LEFT JOIN pii p ON p.commitment = s.problem
	LEFT JOIN pii w ON w.commitment = s.seen
	LEFT JOIN pii n ON n.commitment = s.note `

const stepsText = selectStep + `WHERE s.record = $1 ORDER BY s.place, s.id`

func scanStep(r scanner) (s workflows.Step, err error) {
	var started, done int64
	err = r.Scan(&s.ID, &s.Record, &s.Name, &s.Place, &s.State, &s.Problem, &s.NextStep, &s.Seen, &s.DoneBy, &s.Note,
		&started, &done, &s.Version)
	s.StartedAt, s.DoneAt = at(started), at(done)
	return s, err
}

// Step returns a step.
func (t *tx) Step(id string) (workflows.Step, error) {
	s, err := one(rows(t.q, scanStep, selectStep+`WHERE s.id = $1`, id))
	return s, missing(err, "step", id)
}

// Steps returns a record's steps in their places.
func (t *tx) Steps(record string) ([]workflows.Step, error) {
	return rows(t.q, scanStep, stepsText, record)
}

// PutStep stores a step.
func (t *tx) PutStep(s *workflows.Step) error {
	c, err := t.commits(s.ID, map[string]string{"problem": s.Problem, "seen": s.Seen, "note": s.Note})
	if err != nil {
		return err
	}
	return t.put("steps", s.ID, &s.Version,
		[]string{"record", "name", "place", "state", "problem", "next_step", "seen", "done_by", "note", "started_at", "done_at"},
		[]any{s.Record, s.Name, s.Place, string(s.State), c["problem"], s.NextStep, c["seen"], s.DoneBy, c["note"], ms(s.StartedAt), ms(s.DoneAt)})
}
