package vendorrisk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// says is what each option of a question means for the vendor, as a clause. An
// empty one speaks neither for nor against it.
var says = map[string][]string{
	Data:      {"it holds public data only", "it holds internal data", "it holds confidential data", "it holds restricted data"},
	Access:    {"it has no access to our systems", "it can read our systems", "it can write to our systems or has a company-wide scope", "it has admin or production access"},
	Outage:    {"nobody notices if it is down for a day", "it is an annoyance if it is down for a day", "a team stops if it is down for a day", "customers are affected if it is down for a day"},
	Assurance: {"", "its assurance is of Type 1, or older with a bridge letter", "only a questionnaire speaks for its security", "nothing independent speaks for its security"},
	SignIn:    {"", "single sign-on is not enforced", "people sign in with a password only"},
	Breach:    {"", "it had a breach that was disclosed and fixed", "a breach is open, or nobody knows"},
	Terms:     {"", "its terms are the standard ones", "a data processing agreement is needed but missing"},
}

// reasons puts a result into sentences, the weightiest first.
func reasons(a Answers, r Result) []string {
	var out []string
	if r.Critical {
		out = append(out, "It is critical: "+whyCritical(a))
	}
	if r.Inherent != Unassessed {
		out = append(out, fmt.Sprintf("Inherent risk is %s: %s", r.Inherent.Shown(), join(causes(a))))
	}
	if r.Residual != Unassessed {
		out = append(out, "Residual risk is "+r.Residual.Shown()+whyResidual(a, r.Residual))
	}
	if open := a.open(); len(open) > 0 {
		out = append(out, openQuestions(open))
	}
	return out
}

func whyCritical(a Answers) string {
	a = a.filled(false)
	if a.Outage.Points() == customersFeel {
		return clause(a, Outage)
	}
	return join([]string{clause(a, Data), clause(a, Access)})
}

// causes are the answers that make the impact as high as it is.
func causes(a Answers) []string {
	filled := a.filled(false)
	var out []string
	for _, id := range []string{Data, Access, Outage} {
		if a.To(id).Known() && filled.To(id).Points() == impact(filled) {
			out = append(out, clause(filled, id))
		}
	}
	return out
}

// whyResidual is the end of the sentence about the residual risk: what speaks
// against the vendor's security, and whether that or the impact weighs more.
func whyResidual(a Answers, r Rating) string {
	open := !a.Assurance.Known() || !a.SignIn.Known() || !a.Breach.Known() || !a.Terms.Known()
	a = a.filled(false)
	var found []string
	for _, id := range []string{Assurance, SignIn, Breach, Terms} {
		if text := clause(a, id); text != "" {
			found = append(found, text)
		}
	}
	switch {
	case len(found) > 0 && r == Low:
		return ", although " + join(found)
	case len(found) > 0:
		return ": " + join(found)
	case open:
		return ", whatever the open answers are"
	case r == Low:
		return ": nothing speaks against its own security"
	}
	return ": nothing speaks against its own security, but too much depends on it for Low"
}

// clause is what the answer to a question says.
func clause(a Answers, id string) string {
	text := says[id][a.To(id).Points()]
	if id != Data {
		return text
	}
	var types []string
	for _, t := range DataTypes() {
		if t.Least == a.Data && slices.Contains(a.DataTypes, t.ID) {
			types = append(types, strings.ToLower(t.Name[:1])+t.Name[1:])
		}
	}
	if len(types) == 0 {
		return text
	}
	return text + " (" + strings.Join(types, ", ") + ")"
}

func openQuestions(open []Question) string {
	if len(open) == 1 {
		return fmt.Sprintf("Question %d is not answered yet", open[0].Number)
	}
	numbers := make([]string, len(open))
	for i, q := range open {
		numbers[i] = strconv.Itoa(q.Number)
	}
	return "Questions " + join(numbers) + " are not answered yet"
}

// join lists clauses as a sentence does.
func join(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
