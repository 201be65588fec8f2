package vendorrisk_test

import (
	"testing"
	"unicode/utf8"

	"countersign/workflows/vendorrisk"
)

// What Slack takes: the text of an option, and the options of one group.
const (
	optionText   = 75
	groupOptions = 10
)

func TestQuestionsFitSlackAndHaveIdsOfTheirOwn(t *testing.T) {
	seen := make(map[string]bool)
	for i, q := range vendorrisk.Questions() {
		if q.Number != i+3 || seen[q.ID] || q.Text == "" {
			t.Errorf("question %d is %+v", i+3, q)
		}
		seen[q.ID] = true
		for _, o := range q.Options {
			if n := utf8.RuneCountInString(o); n == 0 || n > optionText {
				t.Errorf("%s: option %q has %d characters", q.ID, o, n)
			}
		}
		if named, ok := vendorrisk.QuestionNamed(q.ID); !ok || named.Number != q.Number {
			t.Errorf("by its id %s it is %+v", q.ID, named)
		}
	}
	if _, ok := vendorrisk.QuestionNamed("colour"); ok {
		t.Error("there is a question about colour")
	}
}

func TestDataTypesAskForAClassOfTheirOwn(t *testing.T) {
	types := vendorrisk.DataTypes()
	if len(types) > groupOptions {
		t.Errorf("%d types do not fit one group", len(types))
	}
	seen := make(map[string]bool)
	for _, d := range types {
		if seen[d.ID] || !d.Least.Known() || d.Least.Points() > 3 || utf8.RuneCountInString(d.Name) > optionText {
			t.Errorf("type %+v", d)
		}
		seen[d.ID] = true
	}
	for _, test := range []struct {
		types []string
		least int
		named string
	}{
		{nil, -1, ""},
		{[]string{"documents"}, 1, "documents"},
		{[]string{"employee", "payment", "documents"}, 3, "payment"},
		{[]string{"source_code", "unknown"}, 2, "source_code"},
		{[]string{"special", "personal"}, 3, "personal"},
	} {
		if least, because := vendorrisk.LeastClass(test.types); least != vendorrisk.Chosen(test.least) || because.ID != test.named {
			t.Errorf("%v: got %d because of %q, want %d because of %q", test.types, least, because.ID, vendorrisk.Chosen(test.least), test.named)
		}
	}
}

func TestRatingsAreReadAsPeopleWriteThemAndOrdered(t *testing.T) {
	for text, want := range map[string]vendorrisk.Rating{
		"High": vendorrisk.High, " medium ": vendorrisk.Medium, "LOW": vendorrisk.Low,
		"": vendorrisk.Unassessed, "Not Assessed": vendorrisk.Unassessed, "unassessed": vendorrisk.Unassessed,
	} {
		if got, ok := vendorrisk.ParseRating(text); !ok || got != want {
			t.Errorf("%q: got %q %t, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"critical", "hi", "3", "high!"} {
		if got, ok := vendorrisk.ParseRating(text); ok {
			t.Errorf("%q is read as %q", text, got)
		}
	}
	order := []vendorrisk.Rating{vendorrisk.Unassessed, vendorrisk.Low, vendorrisk.Medium, vendorrisk.High}
	for i, a := range order {
		if back, ok := vendorrisk.ParseRating(a.Shown()); !ok || back != a {
			t.Errorf("%q is shown as %q, which is read as %q", a, a.Shown(), back)
		}
		for j, b := range order {
			if got := vendorrisk.Compare(a, b); got != max(-1, min(1, i-j)) {
				t.Errorf("Compare(%q, %q) is %d", a, b, got)
			}
		}
	}
}
