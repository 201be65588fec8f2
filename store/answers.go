package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

// Answer returns the outcome stored under a submission's key.
func (t *tx) Answer(key string) (o workflows.Outcome, ok bool, err error) {
	var body string
	err = t.q.row(`SELECT outcome FROM answers WHERE key = $1`, []any{key}, &body)
	if errors.Is(err, workflows.ErrNotFound) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("read answer: %w", err)
	}
	return o, true, json.Unmarshal([]byte(body), &o)
}

// Remember stores an outcome under a submission's key.
func (t *tx) Remember(key string, o workflows.Outcome) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = t.q.exec(`INSERT INTO answers (key, at, outcome) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`, key, ms(t.now), string(body))
	return err
}

// Forget drops old outcomes.
func (t *tx) Forget(before time.Time) error {
	if _, err := t.q.exec(`DELETE FROM answers WHERE at < $1`, ms(before)); err != nil {
		return fmt.Errorf("forget old answers: %w", err)
	}
	return nil
}

// Refused counts a refusal within its window.
func (t *tx) Refused(k workflows.RefusalKey, window time.Duration) (int, error) {
	var times int
	err := t.q.row(`INSERT INTO refusals (person, record, action, rule, since, times) VALUES ($1, $2, $3, $4, $5, 1)
		ON CONFLICT (person, record, action, rule) DO UPDATE SET
			times = CASE WHEN refusals.since > $6 THEN refusals.times + 1 ELSE 1 END,
			since = CASE WHEN refusals.since > $6 THEN refusals.since ELSE $5 END
		RETURNING times`,
		[]any{k.Person, k.Record, k.Action, k.Rule, ms(t.now), ms(t.now.Add(-window))}, &times)
	if err != nil {
		return 0, fmt.Errorf("count refusal: %w", err)
	}
	return times - 1, nil
}

// Repeats returns how often a refusal came again, and forgets it.
func (t *tx) Repeats(k workflows.RefusalKey) (int, error) {
	var times int
	err := t.q.row(`DELETE FROM refusals WHERE person = $1 AND record = $2 AND action = $3 AND rule = $4 RETURNING times`,
		[]any{k.Person, k.Record, k.Action, k.Rule}, &times)
	if errors.Is(err, workflows.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("close count of refusals: %w", err)
	}
	return times - 1, nil
}

// AppliedConfig returns the effective configuration applied last.
func (t *tx) AppliedConfig() ([]byte, error) {
	var b []byte
	err := t.q.row(`SELECT effective FROM configurations ORDER BY n DESC LIMIT 1`, nil, &b)
	if errors.Is(err, workflows.ErrNotFound) {
		return nil, nil
	}
	return b, err
}

// ApplyConfig remembers an effective configuration.
func (t *tx) ApplyConfig(hash string, effective []byte) error {
	_, err := t.q.exec(`INSERT INTO configurations (n, hash, applied_at, effective)
		SELECT coalesce(max(n), 0) + 1, $1, $2, $3 FROM configurations`, hash, ms(t.now), effective)
	return err
}
