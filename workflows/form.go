package workflows

// FieldKind is how a field is filled in.
type FieldKind string

// The kinds of field.
const (
	FieldSearch FieldKind = "search" // type-ahead over many choices
	FieldSelect FieldKind = "select" // one of a few choices
	FieldPerson FieldKind = "person" // somebody of the workspace
	FieldText   FieldKind = "text"   // one line
	FieldLong   FieldKind = "long"   // several lines
	FieldDay    FieldKind = "day"    // a calendar day, "2026-11-22"
	FieldMoment FieldKind = "moment" // a date and time, as seconds since 1970
	FieldTicks  FieldKind = "ticks"  // any of at most ten choices; values joined by commas
	FieldWords  FieldKind = "words"  // nothing to fill in: Label as a heading, Value under it
)

// Form is what a workflow asks. It is drawn by whoever speaks to people and
// carries its own limits, so that a mistake is shown beside its field.
type Form struct {
	Kind    string // the workflow's name
	Verb    Verb   // set for the form of a button
	Record  string // what it is about, where that is known before it is sent
	Version int    // content version the form was opened on
	Title   string // at most 24 characters
	Submit  string // at most 24 characters
	Intro   string // one or two sentences above the fields
	Fields  []Field
}

// Field is one question of a form.
type Field struct {
	ID          string
	Label       string
	Hint        string
	Placeholder string
	Kind        FieldKind
	Choices     []Choice // for FieldSelect, and the chosen one for FieldSearch
	Value       string   // what is filled in when the form opens
	Optional    bool
	Redraws     bool // choosing here changes other fields
	Min, Max    int  // length of text, in characters; 0: no limit
}

// Choice is one row to choose from.
type Choice struct {
	Value string
	Label string
	Hint  string
}

// label returns the choice with this value, or the first.
func pick(choices []Choice, value string) string {
	for _, c := range choices {
		if c.Value == value {
			return value
		}
	}
	if len(choices) == 0 {
		return ""
	}
	return choices[0].Value
}
