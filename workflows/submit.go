package workflows

import (
	"context"
	"fmt"
)

// Form returns the form of a workflow for who asks, with what is filled in
// already. It is drawn from memory, without the database.
func (s *Service) Form(name, asker string, values map[string]string) (Form, error) {
	k, ok := kindNamed(name)
	if !ok {
		return Form{}, fmt.Errorf("form of workflow %q: %w", name, ErrNotFound)
	}
	return k.form(s.cat, asker, values), nil
}

// Open returns the form that a command opens, with what stored state fills in,
// or says why this person cannot have it. text is what was written after the
// command.
func (s *Service) Open(ctx context.Context, name string, by Clicker, text string) (Form, *Refusal, error) {
	k, ok := kindNamed(name)
	if !ok {
		return Form{}, nil, fmt.Errorf("open workflow %q: %w", name, ErrNotFound)
	}
	if k.open == nil {
		return k.form(s.cat, by.ChatID, nil), nil, nil
	}
	var f Form
	var no *Refusal
	err := s.update(ctx, func(tx Tx) error {
		who, r, err := s.clicker(tx, by)
		if err != nil {
			return err
		}
		if no = r; no == nil {
			if f, no, err = k.open(s, tx, who, text); err != nil {
				return err
			}
		}
		if no != nil {
			_, err = s.refused(tx, attempt{who: who, by: by, workflow: k.name, action: "open"}, no)
		}
		return err
	})
	return f, no, err
}

// Choices answers a type-ahead field from memory.
func (s *Service) Choices(name, field, query string) []Choice {
	k, ok := kindNamed(name)
	if !ok {
		return nil
	}
	return k.choices(s.cat, field, query)
}

// Submit takes a workflow's form. When it returns without an error, what the
// outcome says is durable; the same submission sent again gets the same outcome.
func (s *Service) Submit(ctx context.Context, sub Submission) (Outcome, error) {
	k, ok := kindNamed(sub.Kind)
	if !ok {
		return Outcome{}, fmt.Errorf("submit workflow %q: %w", sub.Kind, ErrNotFound)
	}
	if wrong := k.check(s.cat, sub.Values); len(wrong) > 0 {
		return invalid(wrong), nil
	}
	return s.once(ctx, sub.Key, func(tx Tx) (Outcome, error) {
		who, no, err := s.clicker(tx, sub.By)
		if err != nil {
			return Outcome{}, err
		}
		if no != nil {
			return s.refused(tx, attempt{who: who, by: sub.By, workflow: k.name, action: "submit", ref: sub.Ref}, no)
		}
		return k.submit(s, tx, who, sub)
	})
}

// Act takes a pressed button, or its form. When it returns without an error,
// what the outcome says is durable.
func (s *Service) Act(ctx context.Context, p Press) (Outcome, error) {
	do, ok := s.verbs()[p.Verb]
	if !ok {
		return Outcome{}, fmt.Errorf("verb %q: %w", p.Verb, ErrNotFound)
	}
	out, err := s.once(ctx, p.Key, func(tx Tx) (Outcome, error) {
		who, no, err := s.clicker(tx, p.By)
		if err != nil {
			return Outcome{}, err
		}
		if no != nil {
			return s.refused(tx, s.attempt(who, p), no)
		}
		return do(tx, who, p)
	})
	if err == nil && out.Kind == OutcomeDone && workflowOf(p.Record) == VendorFlow {
		s.refresh(ctx) // what can be asked for hangs on vendors
	}
	return out, err
}

func (s *Service) attempt(who Person, p Press) attempt {
	return attempt{who: who, by: p.By, workflow: workflowOf(p.Record), record: p.Record, action: string(p.Verb), ref: p.Ref}
}

// once runs f in one transaction and keeps its outcome under the key, so that a
// repeat is answered with what happened the first time. What can be corrected is
// not kept: the correction comes under the same view.
func (s *Service) once(ctx context.Context, key string, f func(Tx) (Outcome, error)) (Outcome, error) {
	var out Outcome
	err := s.update(ctx, func(tx Tx) error {
		if key != "" {
			before, ok, err := tx.Answer(key)
			if err != nil {
				return err
			}
			if ok {
				out = before
				return nil
			}
		}
		var err error
		if out, err = f(tx); err != nil {
			return err
		}
		if key == "" || !out.lasts() {
			return nil
		}
		return tx.Remember(key, out)
	})
	return out, err
}
