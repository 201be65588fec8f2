package vendorrisk_test

import (
	"testing"

	"countersign/workflows/vendorrisk"
)

// matrixQuestions are those that the matrix uses.
var matrixQuestions = []string{
	vendorrisk.Data, vendorrisk.Access, vendorrisk.Outage,
	vendorrisk.Assurance, vendorrisk.SignIn, vendorrisk.Breach, vendorrisk.Terms,
}

// set changes one answer.
func set(a vendorrisk.Answers, id string, answer vendorrisk.Answer) vendorrisk.Answers {
	switch id {
	case vendorrisk.Data:
		a.Data = answer
	case vendorrisk.Access:
		a.Access = answer
	case vendorrisk.Outage:
		a.Outage = answer
	case vendorrisk.SubProcessor:
		a.SubProcessor = answer
	case vendorrisk.Assurance:
		a.Assurance = answer
	case vendorrisk.SignIn:
		a.SignIn = answer
	case vendorrisk.Breach:
		a.Breach = answer
	case vendorrisk.Terms:
		a.Terms = answer
	}
	return a
}

// every calls f with every way to answer the questions of the matrix.
func every(t *testing.T, f func(vendorrisk.Answers)) {
	t.Helper()
	var rec func(a vendorrisk.Answers, rest []string)
	rec = func(a vendorrisk.Answers, rest []string) {
		if len(rest) == 0 {
			f(a)
			return
		}
		q, ok := vendorrisk.QuestionNamed(rest[0])
		if !ok {
			t.Fatalf("no question %q", rest[0])
		}
		for n := range q.Options {
			rec(set(a, rest[0], vendorrisk.Chosen(n)), rest[1:])
		}
	}
	rec(vendorrisk.Answers{SubProcessor: vendorrisk.Chosen(0)}, matrixQuestions)
}

// inputs is what the matrix sees of answers: three scores and a sum.
func inputs(a vendorrisk.Answers) [4]int {
	return [4]int{a.Data.Points(), a.Access.Points(), a.Outage.Points(),
		a.Assurance.Points() + a.SignIn.Points() + a.Breach.Points() + a.Terms.Points()}
}

func TestTheSameInputsGiveTheSameRiskInAll640Combinations(t *testing.T) {
	type outcome struct {
		inherent, residual vendorrisk.Rating
		critical           bool
	}
	seen := make(map[[4]int]outcome)
	every(t, func(a vendorrisk.Answers) {
		r := vendorrisk.Assess(a)
		got := outcome{r.Inherent, r.Residual, r.Critical}
		if before, ok := seen[inputs(a)]; ok && before != got {
			t.Fatalf("%v gives %v and %v", inputs(a), before, got)
		}
		seen[inputs(a)] = got
		if r.Inherent == vendorrisk.Unassessed || r.Residual == vendorrisk.Unassessed || r.Version != vendorrisk.Version {
			t.Fatalf("complete answers %v are not rated: %+v", inputs(a), r)
		}
	})
	if len(seen) != 640 {
		t.Errorf("got %d combinations, want 640", len(seen))
	}
}

func TestNoBetterAnswerEverRaisesARisk(t *testing.T) {
	every(t, func(a vendorrisk.Answers) {
		worse := vendorrisk.Assess(a)
		for _, id := range matrixQuestions {
			if a.To(id).Points() == 0 {
				continue
			}
			better := vendorrisk.Assess(set(a, id, a.To(id)-1))
			if vendorrisk.Compare(better.Inherent, worse.Inherent) > 0 || vendorrisk.Compare(better.Residual, worse.Residual) > 0 || better.Critical && !worse.Critical {
				t.Fatalf("a better answer to %s raises %+v to %+v", id, worse, better)
			}
		}
	})
}

func TestACriticalVendorIsNeverLow(t *testing.T) {
	n := 0
	every(t, func(a vendorrisk.Answers) {
		r := vendorrisk.Assess(a)
		if !r.Critical {
			return
		}
		n++
		if r.Inherent != vendorrisk.High || r.Residual == vendorrisk.Low {
			t.Fatalf("critical %v is %s/%s", inputs(a), r.Inherent, r.Residual)
		}
	})
	if n == 0 {
		t.Error("no combination is critical")
	}
}

// In steps of one answer each: whatever is certain stays so along every way from
// no answer to all of them.
func TestWhatIsCertainOfPartialAnswersHoldsOnceMoreAreThere(t *testing.T) {
	seen := make(map[string]vendorrisk.Result)
	var rec func(a vendorrisk.Answers, key string, rest []string)
	rec = func(a vendorrisk.Answers, key string, rest []string) {
		if len(rest) == 0 {
			seen[key] = vendorrisk.Assess(a)
			return
		}
		q, _ := vendorrisk.QuestionNamed(rest[0])
		for n := range len(q.Options) + 1 {
			rec(set(a, rest[0], vendorrisk.Answer(n)), key+string(rune('0'+n)), rest[1:])
		}
	}
	rec(vendorrisk.Answers{}, "", matrixQuestions)
	for key, part := range seen {
		for i := range key {
			for n := '1'; key[i] == '0' && n <= '4'; n++ {
				if more, ok := seen[key[:i]+string(n)+key[i+1:]]; ok {
					checkPart(t, key, part, more)
				}
			}
		}
	}
}

func checkPart(t *testing.T, key string, part, more vendorrisk.Result) {
	t.Helper()
	if part.Inherent != vendorrisk.Unassessed && part.Inherent != more.Inherent {
		t.Fatalf("%s was certainly %s inherent, and became %q", key, part.Inherent, more.Inherent)
	}
	if part.Residual != vendorrisk.Unassessed && part.Residual != more.Residual {
		t.Fatalf("%s was certainly %s residual, and became %q", key, part.Residual, more.Residual)
	}
	if part.Critical && !more.Critical {
		t.Fatalf("%s was certainly critical, and is not", key)
	}
}
