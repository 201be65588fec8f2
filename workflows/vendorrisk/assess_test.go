package vendorrisk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/workflows/vendorrisk"
)

// answered gives options by their numbers, in the order of the questions; -1
// leaves one open.
func answered(options ...int) vendorrisk.Answers {
	var a vendorrisk.Answers
	for i, q := range vendorrisk.Questions() {
		if i < len(options) && options[i] >= 0 {
			a = set(a, q.ID, vendorrisk.Chosen(options[i]))
		}
	}
	return a
}

func TestKnownVendorsAreRatedAsThePolicySays(t *testing.T) {
	for _, test := range []struct {
		name     string
		answers  vendorrisk.Answers
		inherent vendorrisk.Rating
		residual vendorrisk.Rating
		critical bool
	}{
		{"AWS", answered(3, 3, 3, 1, 0, 1, 0, 0), vendorrisk.High, vendorrisk.Medium, true},
		{"Slack", answered(2, 1, 2, 0, 0, 0, 1, 0), vendorrisk.Medium, vendorrisk.Low, false},
		{"AI note taker", answered(2, 1, 1, 0, 3, 1, 0, 1), vendorrisk.Medium, vendorrisk.High, false},
		{"Payroll", answered(3, 0, 2, 0, 0, 1, 0, 0), vendorrisk.High, vendorrisk.Medium, false},
		{"Figma", answered(1, 1, 1, 0, 0, 1, 0, 0), vendorrisk.Low, vendorrisk.Low, false},
	} {
		r := vendorrisk.Assess(test.answers)
		if r.Inherent != test.inherent || r.Residual != test.residual || r.Critical != test.critical {
			t.Errorf("%s: got %s/%s critical %t, want %s/%s critical %t", test.name, r.Inherent, r.Residual, r.Critical, test.inherent, test.residual, test.critical)
		}
	}
}

func TestEveryCellOfTheMatrixIsAsWritten(t *testing.T) {
	want := []string{"LLLL", "LLMM", "LMHH", "MHHH"}
	weak := []vendorrisk.Answers{ // one for each likelihood, at both ends of it
		answered(-1, -1, -1, 0, 0, 0, 0, 0), answered(-1, -1, -1, 0, 0, 0, 0, 1),
		answered(-1, -1, -1, 0, 2, 0, 0, 0), answered(-1, -1, -1, 0, 3, 0, 0, 0),
		answered(-1, -1, -1, 0, 2, 2, 0, 0), answered(-1, -1, -1, 0, 3, 1, 1, 0),
		answered(-1, -1, -1, 0, 3, 1, 1, 1), answered(-1, -1, -1, 0, 3, 2, 2, 2),
	}
	for impact, row := range want {
		for i, a := range weak {
			a.Data, a.Access, a.Outage = vendorrisk.Chosen(impact), vendorrisk.Chosen(0), vendorrisk.Chosen(0)
			got := vendorrisk.Assess(a).Residual.Shown()[:1]
			if got != row[i/2:i/2+1] {
				t.Errorf("impact %d, likelihood %d: got %s, want %s", impact+1, i/2+1, got, row[i/2:i/2+1])
			}
		}
	}
}

func TestCriticalNeedsCustomersOrRestrictedDataWithWriteAccess(t *testing.T) {
	for _, test := range []struct {
		a    vendorrisk.Answers
		want bool
	}{
		{answered(0, 0, 3), true},
		{answered(3, 2, 0), true},
		{answered(3, 3, 0), true},
		{answered(3, 1, 2), false},
		{answered(2, 3, 2), false},
		{answered(3, -1, 2), false}, // not certain yet
		{answered(-1, -1, 3), true},
	} {
		if got := vendorrisk.Assess(test.a).Critical; got != test.want {
			t.Errorf("%+v: got critical %t, want %t", test.a, got, test.want)
		}
	}
}

func TestInherentRiskIsCertainAsSoonAsNoOtherAnswerCanChangeIt(t *testing.T) {
	for _, test := range []struct {
		a    vendorrisk.Answers
		want vendorrisk.Rating
	}{
		{vendorrisk.Answers{}, vendorrisk.Unassessed},
		{answered(3), vendorrisk.High},
		{answered(-1, 3), vendorrisk.High},
		{answered(2, 2), vendorrisk.Unassessed},
		{answered(2, 2, 0), vendorrisk.Medium},
		{answered(0, 0, 0), vendorrisk.Low},
	} {
		if got := vendorrisk.Assess(test.a).Inherent; got != test.want {
			t.Errorf("%+v: got %q, want %q", test.a, got, test.want)
		}
	}
}

func TestReasonsNameTheAnswersThatDecide(t *testing.T) {
	aws := answered(3, 3, 3, 1, 0, 1, 0, 0)
	aws.DataTypes = []string{"source_code", "customer", "secrets"}
	for _, test := range []struct {
		a    vendorrisk.Answers
		want []string
	}{
		{vendorrisk.Answers{Data: vendorrisk.Chosen(3), DataTypes: []string{"customer"}}, []string{
			"Inherent risk is High: it holds restricted data (customer data)",
			"Questions 4, 5, 6, 7, 8, 9 and 10 are not answered yet"}},
		{aws, []string{
			"It is critical: customers are affected if it is down for a day",
			"Inherent risk is High: it holds restricted data (customer data, secrets (passwords, keys, tokens)), it has admin or production access and customers are affected if it is down for a day",
			"Residual risk is Medium: single sign-on is not enforced"}},
		{answered(1, 1, 1, 0, 3, 2, 0, 0), []string{
			"Inherent risk is Low: it holds internal data, it can read our systems and it is an annoyance if it is down for a day",
			"Residual risk is Medium: nothing independent speaks for its security and people sign in with a password only"}},
		{answered(0, 0, 0, 0, 3, 2, 0), []string{
			"Inherent risk is Low: it holds public data only, it has no access to our systems and nobody notices if it is down for a day",
			"Residual risk is Low, although nothing independent speaks for its security and people sign in with a password only",
			"Question 10 is not answered yet"}},
		{answered(3, 0, 0, 0, 0, 0, 0, 0), []string{
			"Inherent risk is High: it holds restricted data",
			"Residual risk is Medium: nothing speaks against its own security, but too much depends on it for Low"}},
		{answered(2, 0, 0, 0, 0, 0, 0, 0), []string{
			"Inherent risk is Medium: it holds confidential data",
			"Residual risk is Low: nothing speaks against its own security"}},
		{answered(0, 0, 0), []string{
			"Inherent risk is Low: it holds public data only, it has no access to our systems and nobody notices if it is down for a day",
			"Residual risk is Low, whatever the open answers are",
			"Questions 6, 7, 8, 9 and 10 are not answered yet"}},
		{answered(3, 2, 0), []string{
			"It is critical: it holds restricted data and it can write to our systems or has a company-wide scope",
			"Inherent risk is High: it holds restricted data",
			"Questions 6, 7, 8, 9 and 10 are not answered yet"}},
	} {
		if got := vendorrisk.Assess(test.a).Reasons; !slices.Equal(got, test.want) {
			t.Errorf("%+v:\n got %s\nwant %s", test.a, strings.Join(got, "\n     "), strings.Join(test.want, "\n     "))
		}
	}
}

func TestEveryCompleteAssessmentExplainsBothRisks(t *testing.T) {
	every(t, func(a vendorrisk.Answers) {
		r := vendorrisk.Assess(a)
		all := strings.Join(r.Reasons, "\n")
		for _, want := range []string{"Inherent risk is " + r.Inherent.Shown(), "Residual risk is " + r.Residual.Shown()} {
			if !strings.Contains(all, want) {
				t.Fatalf("%v: %q is not in %q", inputs(a), want, all)
			}
		}
		if r.Critical != strings.HasPrefix(all, "It is critical: ") || strings.HasSuffix(all, ": ") {
			t.Fatalf("%v: critical %t, and the reasons are %q", inputs(a), r.Critical, all)
		}
	})
}

func TestARecordWithAnswersPastTheOptionsCountsAsTheWorst(t *testing.T) {
	a := answered(9, 9, 9, 9, 9, 9, 9, 9)
	r := vendorrisk.Assess(a)
	if r.Inherent != vendorrisk.High || r.Residual != vendorrisk.High || !r.Critical {
		t.Errorf("got %+v", r)
	}
	if a.Complete() {
		t.Error("answers that are no options count as complete")
	}
}

func TestAnswersAreCompleteOnceEveryQuestionIsAnswered(t *testing.T) {
	full := answered(0, 0, 0, 0, 0, 0, 0, 0)
	if !full.Complete() {
		t.Error("all answered, and not complete")
	}
	for _, q := range vendorrisk.Questions() {
		if set(full, q.ID, 0).Complete() {
			t.Errorf("complete without %s", q.ID)
		}
	}
}

func ExampleAssess() {
	r := vendorrisk.Assess(vendorrisk.Answers{
		Data: vendorrisk.Chosen(2), Access: vendorrisk.Chosen(1), Outage: vendorrisk.Chosen(1), SubProcessor: vendorrisk.Chosen(0),
		Assurance: vendorrisk.Chosen(3), SignIn: vendorrisk.Chosen(1), Breach: vendorrisk.Chosen(0), Terms: vendorrisk.Chosen(1),
	})
	fmt.Println(r.Inherent.Shown(), r.Residual.Shown(), r.Critical)
	fmt.Println(strings.Join(r.Reasons, "\n"))
	// Output:
	// Medium High false
	// Inherent risk is Medium: it holds confidential data
	// Residual risk is High: nothing independent speaks for its security, single sign-on is not enforced and its terms are the standard ones
}
