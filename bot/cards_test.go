package bot

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

var update = flag.Bool("update", false, "write the golden files")

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const hostile = "<!channel> & <b> *x* _y_ `z` :tada: <@U1|ben> <https://evil.example|GitHub>"

// golden compares v, as JSON, with a file in testdata.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func approverCard() workflows.CardView {
	return workflows.CardView{
		Record: "AR-000123", Version: 2, Title: "Ana Lopez asks for GitHub · Member", Status: "Waiting for approval", Tone: workflows.ToneWaiting,
		Facts: []workflows.Fact{
			{Label: "For", Value: workflows.Value{Text: "Ana Lopez"}},
			{Label: "App", Value: workflows.Value{Text: "GitHub"}},
			{Label: "Level", Value: workflows.Value{Text: "Member"}},
			{Label: "Duration", Value: workflows.Value{Text: "8 hours"}},
			{Label: "Business justification", Value: workflows.Value{Text: "I fix the build of the billing service."}, Long: true},
		},
		Notes: []workflows.Value{{Text: "You are asked because you manage GitHub"}, {Text: "Lapses", At: noon}},
		Actions: []workflows.ActionView{
			{Verb: workflows.VerbApprove, Label: "Approve", Style: "primary", Spoken: "Approve AR-000123, GitHub Member for Ana Lopez"},
			{Verb: workflows.VerbDeny, Label: "Deny", Style: "danger", Form: true, Spoken: "Deny AR-000123, GitHub Member for Ana Lopez"},
			{Verb: workflows.VerbReduce, Label: "Grant less", Form: true, Spoken: "Grant less than AR-000123"},
		},
		Text: "AR-000123 Ana Lopez asks for GitHub · Member, 8 hours: Waiting for approval",
	}
}

func hostileCard() workflows.CardView {
	v := approverCard()
	v.Title = hostile + " asks for GitHub · Member"
	v.Facts[0].Value.Text = hostile
	v.Facts[4].Value.Text = hostile + "\n" + strings.Repeat("a reason & more 👩‍🔧 ", 180) + "שלום עולם"
	v.Facts = append(v.Facts, workflows.Fact{Label: "Ends", Value: workflows.Value{At: noon}})
	v.Notes = append(v.Notes, workflows.Value{Text: "Denied by Bob Ott: " + strings.Repeat("<no> ", 600), At: noon})
	v.Actions = []workflows.ActionView{{Verb: workflows.VerbWithdraw, Label: "Withdraw", Confirm: "Take this request back?", Spoken: strings.Repeat("Withdraw 👩 ", 20)}}
	v.Text = hostile + strings.Repeat(" & more", 600)
	return v
}

func checkpointCard() workflows.CardView {
	return workflows.CardView{
		Record: "checkpoint/42", Title: "Ledger checkpoint, 42 events. Keep it: it shows any later change of the past.",
		Text: "Ledger checkpoint, 42 events.", Pre: "acme.example/ledger\n42\nq83vEjRWeJA=\n\n— acme.example/ledger 3q2+7w<&>==\n",
	}
}

func grantedCard() workflows.CardView {
	v := approverCard()
	v.Status, v.Tone, v.Actions = "Granted", workflows.ToneGood, nil
	v.Notes = []workflows.Value{{Text: "Approved by Bob Ott (owner)", At: noon}, {Text: "Ends by itself", At: noon.Add(8 * time.Hour)}}
	return v
}

var cards = map[string]func() workflows.CardView{
	"card_approver": approverCard, "card_hostile": hostileCard, "card_checkpoint": checkpointCard, "card_granted": grantedCard,
	"card_checklist": func() workflows.CardView { return checklistCard(4) },
}

func TestCardsAreDrawnAsRecorded(t *testing.T) {
	for name, card := range cards {
		golden(t, name, slack.WebhookMessage{Text: cardText(card()), Blocks: &slack.Blocks{BlockSet: cardBlocks(card())}})
	}
}

func homes() map[string]workflows.Home {
	var many []workflows.CardView
	for range 10 {
		many = append(many, hostileCard())
	}
	return map[string]workflows.Home{
		"home_empty":   {},
		"home_refused": {Refusal: &workflows.Refusal{Message: "Guests cannot use Countersign. Ask the person who invited you."}},
		"home_some":    {Waiting: []workflows.CardView{approverCard()}, Access: []workflows.CardView{grantedCard()}, Asked: []workflows.CardView{approverCard()}, More: 2},
		"home_full":    {Waiting: many, Access: many, Asked: many},
	}
}

func TestHomesAreDrawnAsRecorded(t *testing.T) {
	for name, h := range homes() {
		if name != "home_full" { // too long to be read by anybody
			golden(t, name, homeView(h, ""))
		}
	}
	golden(t, "home_banner", homeView(workflows.Home{}, "Already decided by "+hostile))
}

func accessForm(values map[string]string) workflows.Form {
	f := workflows.Form{
		Kind: workflows.AccessRequest, Title: "Request access", Submit: "Request", Intro: "Choose an app first.",
		Fields: []workflows.Field{{ID: "app", Label: "App", Kind: workflows.FieldSearch, Placeholder: "Type to find an app", Redraws: true}},
	}
	if app := values["app"]; app != "" {
		f.Intro = ""
		f.Fields[0].Value, f.Fields[0].Choices = app, []workflows.Choice{{Value: app, Label: strings.ToUpper(app)}}
		f.Fields = append(f.Fields, workflows.Field{
			ID: "level", Label: "Level", Kind: workflows.FieldSelect, Redraws: true, Value: app + "-user",
			Choices: []workflows.Choice{{Value: app + "-user", Label: "User"}, {Value: app + "-admin", Label: "Admin (privileged)", Hint: "Two people approve"}},
		})
	}
	f.Fields = append(f.Fields,
		workflows.Field{ID: "for", Label: "For", Kind: workflows.FieldPerson, Value: values["for"]},
		workflows.Field{ID: "justification", Label: "Business justification", Kind: workflows.FieldLong, Value: values["justification"], Max: 2000, Hint: "At least 20 characters."})
	return f
}

func denyForm() workflows.Form {
	return workflows.Form{
		Verb: workflows.VerbDeny, Record: "AR-000123", Version: 2, Title: "Deny request", Submit: "Deny",
		Fields: []workflows.Field{{ID: "reason", Label: "Reason", Kind: workflows.FieldLong, Min: 1, Max: 2000}},
	}
}

func TestFormsAreDrawnAsRecorded(t *testing.T) {
	golden(t, "form_access", formView(accessForm(map[string]string{"app": "github", "for": "U1", "justification": hostile})))
	golden(t, "form_deny", formView(denyForm()))
	golden(t, "form_onboard", formView(onboardForm()))
	golden(t, "form_offboard", formView(offboardForm()))
	long := workflows.Form{Kind: "access_request", Title: strings.Repeat("é", 40), Submit: strings.Repeat("👩", 40), Intro: strings.Repeat("x ", 2500)}
	long.Fields = []workflows.Field{
		{ID: "a", Label: strings.Repeat("l", 3000), Hint: strings.Repeat("h", 3000), Placeholder: strings.Repeat("p", 300), Kind: workflows.FieldText, Max: 9000},
		{ID: "b", Label: "None", Kind: workflows.FieldSelect},
		{ID: "c", Label: "Long", Kind: workflows.FieldSelect, Choices: []workflows.Choice{{Value: "v", Label: strings.Repeat("👩", 80), Hint: strings.Repeat("h", 80)}, {Value: strings.Repeat("v", 151), Label: "unusable"}}},
	}
	golden(t, "form_long", formView(long))
}

func TestSlackAcceptsEverythingThatIsDrawn(t *testing.T) {
	w := newWorld(t)
	api := w.bot.api
	if err := w.bot.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, card := range cards {
		d, err := draw(card())
		if err != nil {
			t.Fatal(err)
		}
		_, ts, err := api.PostMessageContext(t.Context(), w.requests.ID, d.message()...)
		if err != nil {
			t.Errorf("%s: %v", name, explain("post", err))
			continue
		}
		if _, _, _, err := api.UpdateMessageContext(t.Context(), w.requests.ID, ts, d.message()...); err != nil {
			t.Errorf("%s: %v", name, explain("update", err))
		}
	}
	for name, h := range homes() {
		_, err := api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: w.ana.ID, View: homeView(h, hostile)})
		if err != nil {
			t.Errorf("%s: %v", name, explain("publish", err))
		}
	}
}

func TestAReasonIsNeverShortened(t *testing.T) {
	reason := strings.Repeat("Because <of> & \"that\" 👩‍🔧 it must be. ", 260)
	v := approverCard()
	v.Facts[4].Value.Text = reason
	got := ""
	for _, b := range cardBlocks(v) {
		if s, ok := b.(*slack.SectionBlock); ok && s.Text != nil && s.Text.Type == slack.PlainTextType {
			if n := width(s.Text.Text, plainWidth); n > sectionMax {
				t.Errorf("a section has %d characters", n)
			}
			got += s.Text.Text
		}
	}
	if got != reason {
		t.Errorf("the reason has %d bytes on the card, want %d", len(got), len(reason))
	}
}

func TestNobodyIsMentionedByWhatPeopleWrote(t *testing.T) {
	raw, err := json.Marshal(cardBlocks(hostileCard()))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []struct {
		Text     struct{ Type, Text string }
		Fields   []struct{ Type, Text string }
		Elements []struct{ Type any }
	}
	if err := json.Unmarshal(raw, &blocks); err != nil {
		t.Fatal(err)
	}
	if got := cardText(hostileCard()); strings.Contains(got, "<!channel>") || strings.Contains(got, "<@U1") {
		t.Errorf("fallback text mentions somebody: %.80s", got)
	}
	for _, b := range blocks {
		for _, o := range append(b.Fields, b.Text) {
			if o.Type == slack.MarkdownType && strings.Contains(o.Text, "<!channel>") {
				t.Errorf("mrkdwn mentions everybody: %.80s", o.Text)
			}
		}
	}
}

func TestPreformattedTextStaysByteForByte(t *testing.T) {
	w := newWorld(t)
	if err := w.bot.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	at, err := w.bot.Show(t.Context(), workflows.Card{ID: 1, Channel: workflows.ChannelRequests}, workflows.Person{}, drawn(checkpointCard()))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []struct {
		Elements []struct {
			Type     string
			Elements []struct{ Text string }
		}
	}
	if err := json.Unmarshal(message(t, w, at).Blocks, &blocks); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, b := range blocks {
		for _, e := range b.Elements {
			if e.Type == "rich_text_preformatted" {
				got += e.Elements[0].Text
			}
		}
	}
	if want := checkpointCard().Pre; got != want {
		t.Errorf("preformatted text is %q, want %q", got, want)
	}
}

// message returns what stands where a card was put.
func message(t *testing.T, w *world, at workflows.Posted) fakeslack.Message {
	t.Helper()
	for _, m := range w.Messages(w.ana.ID, at.Channel) {
		if m.TS == at.ID {
			return m
		}
	}
	t.Fatalf("no message at %v", at)
	return fakeslack.Message{}
}

func TestAnAddressIsALinkOnlyWhereItIsOfTheWeb(t *testing.T) {
	for address, kind := range map[string]string{
		"https://training.acme.example/course": `"type":"link","url":"https://training.acme.example/course"`,
		"javascript:alert(1)":                  `"type":"text","text":"javascript:alert(1)"`,
		"slack://open":                         `"type":"text","text":"slack://open"`,
	} {
		v := workflows.CardView{Title: "x", Status: "To do", Facts: []workflows.Fact{{Label: "Where", Value: workflows.Value{Link: address}}}}
		raw, err := json.Marshal(cardBlocks(v))
		if err != nil || !strings.Contains(string(raw), kind) {
			t.Errorf("%s is drawn as %s (%v)", address, raw, err)
		}
	}
}
