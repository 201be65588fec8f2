package workflows_test

import (
	"context"
	"time"

	"countersign/workflows"
)

// voice is somebody who sends forms and presses buttons.
type voice struct {
	h       *company
	by      workflows.Clicker
	version int // of the content on their screen; 0: as it is now
	key     string
}

// As speaks for somebody of the cast.
func (h *company) As(who string) voice {
	return voice{h: h, by: workflows.Clicker{ChatID: chat(who), Team: team}}
}

// Seeing speaks for the same person before an older card.
func (v voice) Seeing(version int) voice {
	v.version = version
	return v
}

// Again sends under a key, so that a repeat is known as one.
func (v voice) Again(key string) voice {
	v.key = key
	return v
}

// Requests sends the access request form for oneself.
func (v voice) Requests(app, level string, d time.Duration, why string) workflows.Outcome {
	v.h.t.Helper()
	return v.submit(v.by.ChatID, app, level, d, why)
}

// RequestsFor sends the access request form for somebody else.
func (v voice) RequestsFor(who, app, level string, d time.Duration, why string) workflows.Outcome {
	v.h.t.Helper()
	return v.submit(chat(who), app, level, d, why)
}

func (v voice) submit(subject, app, level string, d time.Duration, why string) workflows.Outcome {
	v.h.t.Helper()
	if why != "" {
		v.h.spoken = append(v.h.spoken, why)
	}
	out, err := v.h.svc.Submit(context.Background(), workflows.Submission{
		Key: v.key, Kind: workflows.AccessRequest, By: v.by, Ref: "view:V1",
		Values: map[string]string{"app": app, "level": level, "for": subject, "duration": d.String(), "justification": why},
	})
	if err != nil {
		v.h.t.Fatalf("submit: %v", err)
	}
	return out
}

// press presses a button, or sends its form.
func (v voice) press(verb workflows.Verb, record string, values map[string]string) workflows.Outcome {
	v.h.t.Helper()
	for _, word := range values {
		if len(word) > 12 {
			v.h.spoken = append(v.h.spoken, word)
		}
	}
	version := v.version
	if version == 0 && record[:2] == "AR" {
		version = v.h.Request(record).ContentVersion
	}
	out, err := v.h.svc.Act(context.Background(), workflows.Press{Key: v.key, Verb: verb, Record: record, Version: version, By: v.by, Values: values, Ref: "msg:1"})
	if err != nil {
		v.h.t.Fatalf("%s %s: %v", verb, record, err)
	}
	return out
}

func (v voice) Approves(id string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbApprove, id, nil)
}

func (v voice) Denies(id, why string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbDeny, id, map[string]string{"reason": why})
}

func (v voice) GrantsLess(id, level string, d time.Duration) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbReduce, id, map[string]string{"level": level, "duration": d.String()})
}

func (v voice) Withdraws(id string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbWithdraw, id, nil)
}

func (v voice) Retries(id string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbRetry, id, nil)
}

func (v voice) MarksDone(task, note string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbDone, task, map[string]string{"note": note})
}

func (v voice) Confirms(person string) workflows.Outcome {
	v.h.t.Helper()
	return v.press(workflows.VerbConfirm, person, nil)
}

// Gets asks, has it approved and waits until it is there.
func (h *company) Gets(who, app, level string, d time.Duration, approvers ...string) string {
	h.t.Helper()
	id := h.Asks(who, app, level, d)
	for _, a := range approvers {
		h.done(h.As(a).Approves(id))
	}
	h.Settle()
	return id
}

// Asks sends a request that is taken, and returns its id.
func (h *company) Asks(who, app, level string, d time.Duration) string {
	h.t.Helper()
	out := h.As(who).Requests(app, level, d, reason)
	h.done(out)
	return out.Record
}
