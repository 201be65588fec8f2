package store

import (
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

const selectRequest = `SELECT r.id, r.state, r.requester, r.subject, r.app, r.level, r.duration_ms, coalesce(j.value, ''),
	r.content_version, r.steps, r.created_at, r.lapses_at, r.decided_at, r.version
	FROM requests r LEFT JOIN pii j ON j.commitment = r.justification `

func scanRequest(r scanner) (q workflows.Request, err error) {
	var duration, created, lapses, decided int64
	err = r.Scan(&q.ID, &q.State, &q.Requester, &q.Subject, &q.App, &q.Level, &duration, &q.Justification,
		&q.ContentVersion, &q.Steps, &created, &lapses, &decided, &q.Version)
	q.Duration = time.Duration(duration) * time.Millisecond
	q.CreatedAt, q.LapsesAt, q.DecidedAt = at(created), at(lapses), at(decided)
	return q, err
}

// Request returns a request.
func (t *tx) Request(id string) (workflows.Request, error) {
	r, err := one(rows(t.q, scanRequest, selectRequest+`WHERE r.id = $1`, id))
	return r, missing(err, "request", id)
}

// PutRequest stores a request.
func (t *tx) PutRequest(r *workflows.Request) error {
	why, err := t.commit(workflows.Personal{Owner: r.ID, Field: "justification", Value: r.Justification})
	if err != nil {
		return err
	}
	return t.put("requests", r.ID, &r.Version,
		[]string{"state", "requester", "subject", "app", "level", "duration_ms", "justification", "content_version", "steps", "created_at", "lapses_at", "decided_at"},
		[]any{string(r.State), r.Requester, r.Subject, r.App, r.Level, r.Duration.Milliseconds(), why, r.ContentVersion, r.Steps, ms(r.CreatedAt), ms(r.LapsesAt), ms(r.DecidedAt)})
}

// OpenRequests returns all waiting requests, oldest first.
func (t *tx) OpenRequests() ([]workflows.Request, error) {
	return rows(t.q, scanRequest, selectRequest+`WHERE r.state = 'waiting' ORDER BY r.id`)
}

// RequestsOf returns the newest requests made by or for a person.
func (t *tx) RequestsOf(person string, limit int) ([]workflows.Request, error) {
	return rows(t.q, scanRequest, selectRequest+`WHERE r.requester = $1 OR r.subject = $1 ORDER BY r.id DESC LIMIT $2`, person, limit)
}

func scanDecision(r scanner) (d workflows.Decision, err error) {
	var when int64
	err = r.Scan(&d.ID, &d.RequestID, &d.Step, &d.By, &d.Basis, &d.Seat, &d.Verdict, &d.Reason, &d.ContentVersion, &when)
	d.At = at(when)
	return d, err
}

// Decisions returns the decisions on a request, in their order.
func (t *tx) Decisions(requestID string) ([]workflows.Decision, error) {
	return rows(t.q, scanDecision, `SELECT d.id, d.request_id, d.step, d.person, d.basis, d.seat, d.verdict, coalesce(w.value, ''), d.content_version, d.decided_at
		FROM decisions d LEFT JOIN pii w ON w.commitment = d.reason WHERE d.request_id = $1 ORDER BY d.decided_at, d.step`, requestID)
}

// AddDecision stores a decision, which is never changed. That it is new is looked
// up before: a refused insert would end a transaction of PostgreSQL.
func (t *tx) AddDecision(d workflows.Decision) error {
	why, err := t.commit(workflows.Personal{Owner: d.ID, Field: "reason", Value: d.Reason})
	if err != nil {
		return err
	}
	var have string
	if err := t.q.row(`SELECT id FROM decisions WHERE id = $1`, []any{d.ID}, &have); err == nil {
		return fmt.Errorf("add decision %s: %w", d.ID, workflows.ErrConflict)
	} else if !errors.Is(err, workflows.ErrNotFound) {
		return fmt.Errorf("look for decision %s: %w", d.ID, err)
	}
	err = t.write("decisions", d.ID, `INSERT INTO decisions (id, request_id, step, person, basis, seat, verdict, reason, content_version, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		[]any{d.ID, d.RequestID, d.Step, d.By, string(d.Basis), string(d.Seat), string(d.Verdict), why, d.ContentVersion, ms(d.At)})
	if err != nil {
		return fmt.Errorf("add decision %s: %w", d.ID, err)
	}
	return nil
}
