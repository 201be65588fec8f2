package web

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"countersign/bot/fakeslack"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestBlocksAreDrawnAsInTheGoldenFiles(t *testing.T) {
	for name, prepare := range map[string]func(*scene){
		"message": func(s *scene) { s.At = fakeslack.Place{Channel: "C1", TS: "1.1"} },
		"modal": func(s *scene) {
			s.At = fakeslack.Place{ViewID: "V1"}
			s.Errors = map[string]string{"why": "Say <what> for."}
			s.State = map[string]map[string]held{"level": {"level": {SelectedOption: &object{Value: "o"}}}}
		},
	} {
		raw, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		s := testScene()
		prepare(&s)
		// One element a line makes the golden file readable.
		got := strings.ReplaceAll(string(s.Blocks(raw)), "><", ">\n<")
		golden := "testdata/" + name + ".html"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got, -update writes it anew):\n%s", name, diff)
		}
	}
}

func TestFilledInputsBecomeSlacksStateObjects(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	for _, c := range []struct {
		element, in, want string
	}{
		{`{"type":"plain_text_input"}`, `{"value":"x"}`, `{"type":"plain_text_input","value":"x"}`},
		{`{"type":"plain_text_input"}`, `{"value":""}`, `{"type":"plain_text_input","value":null}`},
		{`{"type":"static_select","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]}`, `{"value":"a"}`,
			`{"selected_option":{"text":{"emoji":true,"text":"A","type":"plain_text"},"value":"a"},"type":"static_select"}`},
		{`{"type":"static_select"}`, `{"value":"gone"}`, `{"selected_option":null,"type":"static_select"}`},
		{`{"type":"external_select"}`, `{"value":"gh","label":"GitHub"}`,
			`{"selected_option":{"text":{"emoji":true,"text":"GitHub","type":"plain_text"},"value":"gh"},"type":"external_select"}`},
		{`{"type":"checkboxes","options":[{"text":{"type":"mrkdwn","text":"A"},"value":"a","description":{"type":"plain_text","text":"d"}}]}`, `{"values":["a","b"]}`,
			`{"selected_options":[{"description":{"emoji":true,"text":"d","type":"plain_text"},"text":{"text":"A","type":"mrkdwn"},"value":"a"}],"type":"checkboxes"}`},
		{`{"type":"users_select"}`, `{"value":"U1"}`, `{"selected_user":"U1","type":"users_select"}`},
		{`{"type":"multi_users_select"}`, `{"values":["U1"]}`, `{"selected_users":["U1"],"type":"multi_users_select"}`},
		{`{"type":"datepicker"}`, `{"value":"2026-03-02"}`, `{"selected_date":"2026-03-02","type":"datepicker"}`},
		{`{"type":"datetimepicker"}`, `{"value":"2026-03-02T10:00"}`, `{"selected_date_time":1772442000,"type":"datetimepicker"}`},
	} {
		var e object
		var f filled
		if err := json.Unmarshal([]byte(c.element), &e); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.in), &f); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(stateValue(e, f, zone))
		if err != nil || string(got) != c.want {
			t.Errorf("%s with %s:\n got %s (%v)\nwant %s", c.element, c.in, got, err, c.want)
		}
	}
}
