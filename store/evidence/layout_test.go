package evidence

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// each character is one millimetre wide.
func each(text string) float64 { return float64(utf8.RuneCountInString(text)) }

func TestTextIsWrappedAtSpacesAndWithinLongWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                      {""},
		"one two":               {"one two"},
		"one two three":         {"one two", "three"},
		"next_review_due":       {"next_", "review_", "due"},
		"abcdefghijklmnop":      {"abcdefgh", "ijklmnop"},
		"ééééééééé":             {"éééééééé", "é"},
		"a bob@acme.example.io": {"a bob@", "acme.exa", "mple.io"},
	} {
		if diff := cmp.Diff(wrap(text, 8, each), want); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestWrappingLosesNothingAndNoLineIsTooLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(strings.Fields(rapid.StringMatching(`[a-zé_/ ]{0,60}`).Draw(t, "text")), " ")
		limit := float64(rapid.IntRange(1, 20).Draw(t, "limit"))
		lines := wrap(text, limit, each)
		for _, l := range lines {
			if each(l) > limit {
				t.Fatalf("%q is longer than %g", l, limit)
			}
		}
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := bare(strings.Join(lines, "")); got != bare(text) {
			t.Fatalf("got %q, want %q", got, text)
		}
	})
}

func TestColumnsShareTheWidthByWhatTheyNeed(t *testing.T) {
	columns := []span{{10, 20}, {10, 50}, {10, 10}}
	for _, c := range []struct {
		total float64
		want  []float64
	}{{160, []float64{40, 100, 20}}, {55, []float64{15, 30, 10}}, {29, nil}} {
		got, ok := fit(columns, c.total)
		if diff := cmp.Diff(got, c.want); diff != "" || ok != (c.want != nil) {
			t.Errorf("%g: %t %s", c.total, ok, diff)
		}
	}
}

func TestBandsRepeatTheFirstColumnAndShowEveryOtherOnce(t *testing.T) {
	columns := []span{{least: 10}, {least: 15}, {least: 15}, {least: 15}, {least: 90}, {least: 5}}
	if diff := cmp.Diff(bands(columns, 40), [][]int{{0, 1, 2}, {0, 3}, {0, 4}, {0, 5}}); diff != "" {
		t.Error(diff)
	}
}

func TestBandsAreMadeEven(t *testing.T) {
	columns := slices.Repeat([]span{{least: 10}}, 8)
	if diff := cmp.Diff(even(columns, 70), [][]int{{0, 1, 2, 3, 4}, {0, 5, 6, 7}}); diff != "" {
		t.Error(diff)
	}
}

func TestAWordThatJustFitsItsColumnIsNotCut(t *testing.T) {
	for i := range 300 {
		width := func(s string) float64 { return each(s) * float64(i+1) / 90 }

		narrow, ok := fit(spans([][]string{{"critical"}}, 2.4, 34, width), width("critical")+2.4)
		if got := wrap("critical", narrow[0]-2.4+slack, width); !ok || len(got) != 1 {
			t.Errorf("at %d: got %q", i, got)
		}
	}
}

func TestTheTypefaceDrawsWhatTheRegisterUses(t *testing.T) {
	can, err := drawable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range "AZaz09äßñžłőЖяΩώ☑☐–·…€$()[]{}\\\"'�" {
		if !can[c] {
			t.Errorf("%q cannot be drawn", c)
		}
	}
	for _, c := range "小米\U0001F600\uE123" {
		if can[c] {
			t.Errorf("%q is said to be drawn", c)
		}
	}
	if got, want := legible("  a\tb\r\nc\u200b\u00a0d \xff ", can), "a b c d �"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
