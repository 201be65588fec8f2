package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// The fields of the forms behind buttons.
const (
	fieldWhy  = "reason"
	fieldNote = "note"
)

// ActionForm returns the form that a button opens, or what it becomes when values
// that change other fields are chosen; values is nil when it opens. It reads the
// record but checks nothing: what counts is checked when the form is sent.
func (s *Service) ActionForm(ctx context.Context, verb Verb, record string, version int, values map[string]string) (Form, error) {
	f := Form{Verb: verb, Record: record, Version: version}
	switch verb {
	case VerbDeny:
		f.Title, f.Submit = "Deny request", "Deny"
		f.Fields = []Field{{ID: fieldWhy, Label: "Reason", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "The requester and the auditor read this."}}
		return f, nil
	case VerbDone:
		f.Title, f.Submit = "Mark done", "Mark done"
		f.Intro = "By sending this you say that it is done. Your name stands for it in the audit trail."
		f.Fields = []Field{{ID: fieldNote, Label: "Note or link", Kind: FieldLong, Min: 1, Max: justificationMax, Hint: "What you did, or a link that shows it."}}
		return f, nil
	case VerbReduce:
		return s.reduceForm(ctx, f)
	}
	if draw, ok := vendorForms[verb]; ok {
		err := s.store.View(ctx, func(tx Tx) (err error) {
			f, err = draw(s, tx, f, values)
			return err
		})
		return f, err
	}
	draw, ok := map[Verb]func(Tx, Form) (Form, error){
		VerbByHand: s.byHandForm, VerbReschedule: s.rescheduleForm, VerbAddress: s.addressForm, VerbExtend: s.extendForm,
	}[verb]
	if !ok {
		return Form{}, fmt.Errorf("form of verb %q: %w", verb, ErrNotFound)
	}
	err := s.store.View(ctx, func(tx Tx) (err error) {
		f, err = draw(tx, f)
		return err
	})
	return f, err
}

// reduceForm offers what is less than what was asked for.
func (s *Service) reduceForm(ctx context.Context, f Form) (Form, error) {
	var r Request
	err := s.store.View(ctx, func(tx Tx) (err error) {
		r, err = tx.Request(f.Record)
		return err
	})
	if err != nil {
		return Form{}, err
	}
	app, _, ok := s.cat.Level(r.App, r.Level)
	if !ok {
		return Form{}, fmt.Errorf("level %s of %s: %w", r.Level, r.App, ErrNotFound)
	}
	level := Field{ID: fieldLevel, Label: "Level", Kind: FieldSelect, Value: r.Level}
	length := Field{ID: fieldDuration, Label: "Duration", Kind: FieldSelect, Value: r.Duration.String()}
	for _, l := range app.Levels {
		level.Choices = append(level.Choices, Choice{Value: l.ID, Label: l.Name})
		if l.ID == r.Level {
			break
		}
	}
	seen := make(map[time.Duration]bool)
	for _, l := range app.Levels {
		for _, d := range append(l.Durations, r.Duration) {
			if d <= r.Duration && !seen[d] {
				seen[d] = true
				length.Choices = append(length.Choices, Choice{Value: d.String(), Label: Words(d)})
			}
		}
	}
	f.Title, f.Submit = "Grant less", "Approve this much"
	f.Intro = "A lower level, a shorter time, or both. You approve what you choose here."
	f.Fields = []Field{level, length}
	return f, nil
}

// reduce approves less than was asked for. It is a new content version, so what
// others approved before no longer counts.
func (s *Service) reduce(tx Tx, who Person, p Press) (Outcome, error) {
	m, out, err := s.deciding(tx, who, p, VerdictApprove)
	if err != nil || out.Kind != "" {
		return out, err
	}
	level, d, wrong := m.less(p.Values)
	if len(wrong) > 0 {
		return invalid(wrong), nil
	}
	before := m.r
	m.r = m.r.reduce(level.ID, d, steps(level))
	m.level, m.given = level, nil
	if m.panel, err = panel(s.cat, tx.PersonByEmail, m.r, m.app, m.level); err != nil {
		return Outcome{}, err
	}
	seat, place := m.panel.seat(who.ID, nil, m.r.Steps)
	if place == slotNone {
		return s.refused(tx, s.attempt(who, p), refuse("not_approver", "Only those who manage "+m.app.Name+" can decide on "+level.Name+": "+m.others()+"."))
	}
	if first := (Decision{By: who.ID, Basis: seat.Basis, Seat: place}); m.r.Steps > 1 && !m.panel.open([]Decision{first}, m.r.Steps) {
		return s.refused(tx, s.attempt(who, p), nobodyLeft(m.app, level))
	}
	if err := tx.PutRequest(&m.r); err != nil {
		return Outcome{}, err
	}
	e := s.about(m.r, who, m.subject, m.app, m.level, "access_request.reduced", p.Ref)
	e.Data["from_level"], e.Data["from_duration"] = before.Level, short(before.Duration)
	if err := s.append(tx, e); err != nil {
		return Outcome{}, err
	}
	return s.approved(tx, who, p, m)
}

// less reads the form and makes sure that it is less than what was asked for.
func (m matter) less(v map[string]string) (Level, time.Duration, map[string]string) {
	asked, chosen := -1, -1
	for i, l := range m.app.Levels {
		if l.ID == m.r.Level {
			asked = i
		}
		if l.ID == strings.TrimSpace(v[fieldLevel]) {
			chosen = i
		}
	}
	if chosen < 0 || chosen > asked {
		return Level{}, 0, map[string]string{fieldLevel: "Choose the level asked for, or a lower one."}
	}
	level := m.app.Levels[chosen]
	d, err := time.ParseDuration(v[fieldDuration])
	switch {
	case err != nil || d <= 0 || d > m.r.Duration:
		return Level{}, 0, map[string]string{fieldDuration: "Choose the time asked for, or a shorter one."}
	case d > level.Longest():
		return Level{}, 0, map[string]string{fieldDuration: fmt.Sprintf("%s can be had for %s at most.", level.Name, Words(level.Longest()))}
	case chosen == asked && d == m.r.Duration:
		return Level{}, 0, map[string]string{fieldDuration: "This is what was asked for. Choose less, or close this and approve."}
	}
	return level, d, nil
}
