package workflows

import "strings"

// dutyTextMax is how many characters of a policy stand in one piece on a card.
const dutyTextMax = 2800

// dutyView shows somebody a policy to accept or a training to do.
func (s *Service) dutyView(tx Tx, c Card) (CardView, error) {
	d, err := tx.Duty(c.Record)
	if err != nil {
		return CardView{}, err
	}
	name := s.itemName(d)
	v := CardView{Record: d.ID, Version: d.ContentVersion, Status: "To do", Tone: ToneWaiting}
	v.Facts = []Fact{{Label: "Due", Value: Value{At: d.DueAt}}}
	if d.Kind == DutyPolicy {
		s.policyView(d, name, &v)
	} else {
		v.Title = "Please do the training: " + name
		v.Facts = append(v.Facts, Fact{Label: "Where", Value: Value{Link: d.ItemVersion}})
		v.Actions = []ActionView{{Verb: VerbTrained, Label: "Done", Style: "primary", Spoken: name + " is done", Confirm: "Have you done all of " + name + "? Your name stands for it in the audit trail."}}
	}
	switch {
	case !d.Open():
		v.Status, v.Tone, v.Actions = "Done", ToneGood, nil
		v.Notes = append(v.Notes, Value{Text: "Done", At: d.DoneAt})
	case !s.asked(d):
		v.Status, v.Tone, v.Actions = "No longer needed", ToneOver, nil
	case !d.OverdueAt.IsZero():
		v.Status, v.Tone = "Overdue", ToneBad
	}
	v.Text = d.ID + ": " + v.Title + ": " + v.Status
	return v, nil
}

// policyView fills in the policy with its text.
func (s *Service) policyView(d Duty, name string, v *CardView) {
	p, _ := s.cat.policy(d.Item)
	v.Title = "Please read and accept: " + name
	v.Facts = append(v.Facts, Fact{Label: "Version", Value: Value{Text: d.ItemVersion}})
	if p.Hash == d.Hash { // of an older one nobody has the text here any more
		for i, part := range pieces(readable(p.Text), dutyTextMax) {
			label := name
			if i > 0 {
				label += ", continued"
			}
			v.Facts = append(v.Facts, Fact{Label: label, Value: Value{Text: part}, Long: true})
		}
	}
	v.Notes = []Value{{Text: "SHA-256 of this text: " + short12(d.Hash) + "…"}}
	if s.holdsUp(d) {
		v.Notes = append(v.Notes, Value{Text: "Access that you ask for waits until you have accepted"})
	}
	v.Actions = []ActionView{{Verb: VerbAccept, Label: "Accept", Style: "primary", Spoken: "Accept " + name + ", version " + d.ItemVersion}}
}

// readable takes the marks of Markdown from the beginnings of lines: a card shows
// every character as it is. What is accepted is the text itself, by its hash.
func readable(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if bare := strings.TrimLeft(line, "#"); bare != line && strings.HasPrefix(bare, " ") {
			line = bare[1:]
		} else if item, ok := strings.CutPrefix(line, "- "); ok {
			line = "• " + item
		}
		b.WriteString(line)
	}
	return b.String()
}

// pieces cuts a text at the ends of its lines.
func pieces(text string, most int) []string {
	var out []string
	var b strings.Builder
	size := 0
	flush := func() {
		if part := strings.TrimSpace(b.String()); part != "" {
			out = append(out, part)
		}
		b.Reset()
		size = 0
	}
	for line := range strings.Lines(text) {
		r := []rune(line)
		if size+len(r) > most {
			flush()
		}
		for ; len(r) > most; r = r[most:] {
			out = append(out, string(r[:most]))
		}
		b.WriteString(string(r))
		size += len(r)
	}
	flush()
	return out
}

// dutyLine is a duty as a checklist shows it.
func (s *Service) dutyLine(d Duty) Line {
	l := Line{Text: s.itemName(d), Tone: ToneWaiting}
	open, over := "to be accepted by", "accepted, version "+d.ItemVersion
	if d.Kind == DutyTraining {
		open, over = "to be done by", "done"
	}
	switch {
	case !d.Open():
		l.Tone, l.Note, l.At = ToneGood, over, d.DoneAt
	case !s.asked(d):
		l.Tone, l.Note = ToneOver, "no longer needed"
	case !d.OverdueAt.IsZero():
		l.Tone, l.Note, l.At = ToneBad, "overdue since", d.DueAt
	default:
		l.Note, l.At = open, d.DueAt
	}
	return l
}
