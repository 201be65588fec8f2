package workflows

// Refusal says no to a person, in words for that person: what was refused, why,
// and who can help. It is an answer and not an error: it is committed to the
// ledger like any other outcome.
type Refusal struct {
	Rule    string // which rule said no; stored, so the strings never change meaning
	Message string // plain text, complete sentences
	Field   string // id of the form field it belongs to, or empty
}

func refuse(rule, message string) *Refusal { return &Refusal{Rule: rule, Message: message} }

// on returns the refusal tied to a form field; no refusal stays none.
func (r *Refusal) on(field string) *Refusal {
	if r == nil {
		return nil
	}
	return &Refusal{Rule: r.Rule, Message: r.Message, Field: field}
}

// OutcomeKind tells how a submission or an action ended.
type OutcomeKind string

// The kinds of outcome. They are stored with the submission's key.
const (
	OutcomeDone    OutcomeKind = "done"    // it happened, now or when it was first sent
	OutcomeAlready OutcomeKind = "already" // the same person did the same thing before
	OutcomeRefused OutcomeKind = "refused" // a rule said no; recorded
	OutcomeInvalid OutcomeKind = "invalid" // the form needs correction; not recorded
)

// Outcome is the answer to a submission or an action. It is stored under the
// submission's key and returned again if the same one arrives twice.
type Outcome struct {
	Kind    OutcomeKind       `json:"kind"`
	Record  string            `json:"record,omitempty"`  // "AR-000123"
	Message string            `json:"message,omitempty"` // for the person, plain text
	Fields  map[string]string `json:"fields,omitempty"`  // message by field id
	Rule    string            `json:"rule,omitempty"`    // of a refusal
}

// Refused says whether a rule said no.
func (o Outcome) Refused() bool { return o.Kind == OutcomeRefused }

// lasts says whether the same form sent again must get the same answer. A wrong
// field can be corrected, and who was unknown is known a moment later.
func (o Outcome) lasts() bool {
	return o.Kind != OutcomeInvalid && len(o.Fields) == 0 && o.Rule != "unknown_person"
}

func done(record, message string) Outcome {
	return Outcome{Kind: OutcomeDone, Record: record, Message: message}
}

func already(record, message string) Outcome {
	return Outcome{Kind: OutcomeAlready, Record: record, Message: message}
}

func invalid(fields map[string]string) Outcome {
	return Outcome{Kind: OutcomeInvalid, Fields: fields}
}

// outcome turns the refusal into the answer that is sent and stored.
func (r *Refusal) outcome(record string) Outcome {
	o := Outcome{Kind: OutcomeRefused, Record: record, Message: r.Message, Rule: r.Rule}
	if r.Field != "" {
		o.Fields = map[string]string{r.Field: r.Message}
	}
	return o
}
