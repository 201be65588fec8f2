package store

import (
	"errors"
	"fmt"

	"countersign/workflows"
)

// What was said about a vendor is counted within it, so that of two ids the longer
// one is the newer.
const (
	assessmentsText = `SELECT a.id, a.vendor, a.round, a.kind, a.person, a.made_at, a.answers, a.result, a.carry_on, coalesce(w.value, '')
		FROM vendor_assessments a LEFT JOIN pii w ON w.commitment = a.words WHERE a.vendor = $1 ORDER BY length(a.id), a.id`
	vendorDecisionsText = `SELECT d.id, d.vendor, d.round, d.step, d.person, d.basis, d.seat, d.verdict, coalesce(w.value, ''), d.until, d.content_version, d.decided_at
		FROM vendor_decisions d LEFT JOIN pii w ON w.commitment = d.words WHERE d.vendor = $1 ORDER BY length(d.id), d.id`
)

func scanAssessment(r scanner) (a workflows.VendorAssessment, err error) {
	var made int64
	var answers, result string
	if err = r.Scan(&a.ID, &a.Vendor, &a.Round, &a.Kind, &a.By, &made, &answers, &result, &a.Continue, &a.Words); err != nil {
		return a, err
	}
	a.At = at(made)
	return a, errors.Join(unpack(answers, &a.Answers), unpack(result, &a.Result))
}

// Assessments returns those of a vendor, oldest first.
func (t *tx) Assessments(vendor string) ([]workflows.VendorAssessment, error) {
	return rows(t.q, scanAssessment, assessmentsText, vendor)
}

// AddAssessment stores an assessment, which is never changed.
func (t *tx) AddAssessment(a workflows.VendorAssessment) error {
	text, err := packedAll(a.Answers, a.Result)
	if err != nil {
		return err
	}
	words, err := t.commit(workflows.Personal{Owner: a.ID, Field: "words", Value: a.Words})
	if err != nil {
		return err
	}
	return t.add("vendor_assessments", a.ID, `INSERT INTO vendor_assessments (id, vendor, round, kind, person, made_at, answers, result, carry_on, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		[]any{a.ID, a.Vendor, a.Round, a.Kind, a.By, ms(a.At), text[0], text[1], a.Continue, words})
}

func scanVendorDecision(r scanner) (d workflows.VendorDecision, err error) {
	var when int64
	err = r.Scan(&d.ID, &d.Vendor, &d.Round, &d.Step, &d.By, &d.Basis, &d.Seat, &d.Verdict, &d.Words, &d.Until, &d.ContentVersion, &when)
	d.At = at(when)
	return d, err
}

// VendorDecisions returns those of a vendor, oldest first.
func (t *tx) VendorDecisions(vendor string) ([]workflows.VendorDecision, error) {
	return rows(t.q, scanVendorDecision, vendorDecisionsText, vendor)
}

// AddVendorDecision stores a decision, which is never changed.
func (t *tx) AddVendorDecision(d workflows.VendorDecision) error {
	words, err := t.commit(workflows.Personal{Owner: d.ID, Field: "words", Value: d.Words})
	if err != nil {
		return err
	}
	return t.add("vendor_decisions", d.ID, `INSERT INTO vendor_decisions (id, vendor, round, step, person, basis, seat, verdict, words, until, content_version, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		[]any{d.ID, d.Vendor, d.Round, d.Step, d.By, string(d.Basis), string(d.Seat), string(d.Verdict), words, string(d.Until), d.ContentVersion, ms(d.At)})
}

// add writes a row that is never changed. That it is new is looked up before: a
// refused insert would end a transaction of PostgreSQL.
func (t *tx) add(table, id, text string, args []any) error {
	var have string
	if err := t.q.row(`SELECT id FROM `+table+` WHERE id = $1`, []any{id}, &have); err == nil {
		return fmt.Errorf("add to %s %s: %w", table, id, workflows.ErrConflict)
	} else if !errors.Is(err, workflows.ErrNotFound) {
		return fmt.Errorf("look in %s for %s: %w", table, id, err)
	}
	if err := t.write(table, id, text, args); err != nil {
		return fmt.Errorf("add to %s %s: %w", table, id, err)
	}
	return nil
}
