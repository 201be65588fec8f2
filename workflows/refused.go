package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// refusalWindow is how long repeats of a refusal are counted rather than listed.
const refusalWindow = 10 * time.Minute

// attempt is what somebody tried, for the record of its refusal.
type attempt struct {
	who      Person // zero id: nobody we know
	by       Clicker
	workflow string
	record   string // empty before there is one
	action   string
	ref      string
}

// refused records that a rule said no and returns the answer. The first refusal
// is an event at once. Repeats within the window are counted and become one more
// event when it ends, so that the sum of the counts is what was tried.
func (s *Service) refused(tx Tx, a attempt, r *Refusal) (Outcome, error) {
	key := RefusalKey{Person: a.who.ID, Record: a.record, Action: a.action, Rule: r.Rule}
	if key.Person == "" {
		key.Person = "chat:" + a.by.ChatID
	}
	before, err := tx.Refused(key, refusalWindow)
	if err != nil || before > 0 {
		return r.outcome(a.record), err
	}
	record, err := json.Marshal(key)
	if err != nil {
		return Outcome{}, err
	}
	if err := tx.Schedule(Due{Kind: dueRepeats, Record: string(record), At: tx.Now().Add(refusalWindow)}); err != nil {
		return Outcome{}, err
	}
	who := a.who
	if who.ID == "" {
		who = Person{ChatID: a.by.ChatID}
	}
	return r.outcome(a.record), s.append(tx, refusal(who, a.workflow, a.ref, key, 1))
}

// unknown refuses a press on a record that does not exist. Any other error stays
// one. It must be asked before anything is written.
func (s *Service) unknown(tx Tx, who Person, p Press, err error) (Outcome, error) {
	if !errors.Is(err, ErrNotFound) {
		return Outcome{}, err
	}
	return s.refused(tx, s.attempt(who, p), refuse("unknown_record", "There is no "+p.Record+" here. Ask an admin if you think there should be."))
}

// countRepeats writes the event for the repeats of a refusal, if there were any.
func (s *Service) countRepeats(tx Tx, d Due) error {
	var key RefusalKey
	if err := json.Unmarshal([]byte(d.Record), &key); err != nil {
		return fmt.Errorf("read refusal: %w", err)
	}
	n, err := tx.Repeats(key)
	if err != nil || n == 0 {
		return err
	}
	who := Person{ChatID: strings.TrimPrefix(key.Person, "chat:")}
	if !strings.HasPrefix(key.Person, "chat:") {
		if who, err = tx.Person(key.Person); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return s.append(tx, refusal(who, workflowOf(key.Record), "", key, n))
}

// workflowOf returns the workflow that a record's id belongs to, or nothing.
func workflowOf(record string) string {
	prefix, _, _ := strings.Cut(record, "-")
	return map[string]string{"AR": AccessRequest, "ON": OnboardingFlow, "OF": OffboardingFlow, "VN": VendorFlow, "DA": VendorFlow}[prefix]
}

func refusal(who Person, workflow, ref string, k RefusalKey, count int) Event {
	return Event{
		Type: "action.refused", Actor: user(who), Workflow: workflow, WorkflowID: k.Record, Outcome: Denied,
		Source: "slack", SourceRef: ref,
		Data: map[string]any{"action": k.Action, "record": k.Record, "rule": k.Rule, "count": count},
	}
}
