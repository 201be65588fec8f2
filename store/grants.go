package store

import (
	"time"

	"countersign/workflows"
)

const selectGrant = `SELECT g.id, g.request_id, g.person, g.app, g.level, g.provisioner, g.target, g.target_key, g.state, g.duration_ms,
	g.looked, g.found, g.ours, g.starts_at, g.ends_at, coalesce(w.value, ''), g.next_step, g.confirmed_by,
	g.source, g.role, g.created_at, g.ended_by, g.version
	FROM grants g LEFT JOIN pii w ON w.commitment = g.problem `

// That the record that ended a grant is not empty is what the index says as well.
const (
	grantsOnText      = selectGrant + `WHERE g.person = $1 AND g.target_key = $2 ORDER BY g.id`
	grantsFromText    = selectGrant + `WHERE g.request_id = $1 ORDER BY g.id`
	grantsEndedByText = selectGrant + `WHERE g.ended_by = $1 AND g.ended_by <> '' ORDER BY g.id`
	unendedGrantsText = selectGrant + `WHERE g.state <> 'expired' AND g.state <> 'revoked' ORDER BY g.id`
)

func scanGrant(r scanner) (g workflows.Grant, err error) {
	var duration, looked, found, ours, starts, ends, created int64
	err = r.Scan(&g.ID, &g.Record, &g.Person, &g.App, &g.Level, &g.Provisioner, &g.Target, &g.TargetKey, &g.State, &duration,
		&looked, &found, &ours, &starts, &ends, &g.Problem, &g.NextStep, &g.ConfirmedBy,
		&g.Source, &g.Role, &created, &g.EndedBy, &g.Version)
	g.Duration = time.Duration(duration) * time.Millisecond
	g.Looked, g.Found, g.Ours = looked == 1, found == 1, ours == 1
	g.StartsAt, g.EndsAt, g.CreatedAt = at(starts), at(ends), at(created)
	return g, err
}

// Grant returns a grant.
func (t *tx) Grant(id string) (workflows.Grant, error) {
	g, err := one(rows(t.q, scanGrant, selectGrant+`WHERE g.id = $1`, id))
	return g, missing(err, "grant", id)
}

// GrantOf returns the grant of a request.
func (t *tx) GrantOf(requestID string) (workflows.Grant, error) {
	g, err := one(rows(t.q, scanGrant, selectGrant+`WHERE g.request_id = $1`, requestID))
	return g, missing(err, "grant of", requestID)
}

// PutGrant stores a grant.
func (t *tx) PutGrant(g *workflows.Grant) error {
	problem, err := t.commit(workflows.Personal{Owner: g.ID, Field: "problem", Value: g.Problem})
	if err != nil {
		return err
	}
	return t.put("grants", g.ID, &g.Version,
		[]string{"request_id", "person", "app", "level", "provisioner", "target", "target_key", "state", "duration_ms",
			"looked", "found", "ours", "starts_at", "ends_at", "problem", "next_step", "confirmed_by",
			"source", "role", "created_at", "ended_by"},
		[]any{g.Record, g.Person, g.App, g.Level, g.Provisioner, g.Target, g.TargetKey, string(g.State), g.Duration.Milliseconds(),
			flag(g.Looked), flag(g.Found), flag(g.Ours), ms(g.StartsAt), ms(g.EndsAt), problem, g.NextStep, g.ConfirmedBy,
			string(g.Source), g.Role, ms(g.CreatedAt), g.EndedBy})
}

// UnendedGrants returns all grants that have not ended, oldest first.
func (t *tx) UnendedGrants() ([]workflows.Grant, error) {
	return rows(t.q, scanGrant, unendedGrantsText)
}

// GrantsFrom returns the grants that rest on a record, oldest first.
func (t *tx) GrantsFrom(record string) ([]workflows.Grant, error) {
	return rows(t.q, scanGrant, grantsFromText, record)
}

// GrantsEndedBy returns the grants that a record ended, oldest first; none for no
// record.
func (t *tx) GrantsEndedBy(record string) ([]workflows.Grant, error) {
	return rows(t.q, scanGrant, grantsEndedByText, record)
}

// GrantsOn returns a person's grants on one target, oldest first.
func (t *tx) GrantsOn(person, targetKey string) ([]workflows.Grant, error) {
	return rows(t.q, scanGrant, grantsOnText, person, targetKey)
}

// GrantsOf returns a person's grants, newest first.
func (t *tx) GrantsOf(person string, limit int) ([]workflows.Grant, error) {
	return rows(t.q, scanGrant, selectGrant+`WHERE g.person = $1 ORDER BY g.id DESC LIMIT $2`, person, limit)
}

const selectTask = `SELECT t.id, t.grant_id, t.request_id, t.give, t.instruction, t.done, t.done_by, coalesce(n.value, ''), t.version
	FROM tasks t LEFT JOIN pii n ON n.commitment = t.note `

func scanTask(r scanner) (t workflows.Task, err error) {
	var give, done int64
	err = r.Scan(&t.ID, &t.GrantID, &t.Record, &give, &t.Instruction, &done, &t.DoneBy, &t.Note, &t.Version)
	t.Give, t.Done = give == 1, done == 1
	return t, err
}

// Task returns a task.
func (t *tx) Task(id string) (workflows.Task, error) {
	task, err := one(rows(t.q, scanTask, selectTask+`WHERE t.id = $1`, id))
	return task, missing(err, "task", id)
}

// OpenTask returns the undone task of a grant.
func (t *tx) OpenTask(grantID string) (workflows.Task, error) {
	task, err := one(rows(t.q, scanTask, selectTask+`WHERE t.grant_id = $1 AND t.done = 0 ORDER BY t.id`, grantID))
	return task, missing(err, "open task of", grantID)
}

// TaskOf returns the newest task of a grant.
func (t *tx) TaskOf(grantID string) (workflows.Task, error) {
	task, err := one(rows(t.q, scanTask, selectTask+`WHERE t.grant_id = $1 ORDER BY t.id DESC LIMIT 1`, grantID))
	return task, missing(err, "task of", grantID)
}

// OpenTasks returns all undone tasks, oldest first.
func (t *tx) OpenTasks() ([]workflows.Task, error) {
	return rows(t.q, scanTask, selectTask+`WHERE t.done = 0 ORDER BY t.id`)
}

// PutTask stores a task.
func (t *tx) PutTask(k *workflows.Task) error {
	note, err := t.commit(workflows.Personal{Owner: k.ID, Field: "note", Value: k.Note})
	if err != nil {
		return err
	}
	return t.put("tasks", k.ID, &k.Version,
		[]string{"grant_id", "request_id", "give", "instruction", "done", "done_by", "note"},
		[]any{k.GrantID, k.Record, flag(k.Give), k.Instruction, flag(k.Done), k.DoneBy, note})
}
