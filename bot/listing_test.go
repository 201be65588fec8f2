package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"countersign/bot/fakeslack"
	"countersign/workflows"
)

var registerViews = []workflows.Choice{
	{Value: "", Label: "Default view"}, {Value: "high", Label: "High Risk Only"}, {Value: "medium", Label: "Medium Risk Only"},
	{Value: "low", Label: "Low Risk Only"}, {Value: "unassessed", Label: "Not assessed"}, {Value: "coverage", Label: "Coverage"},
}

// register is a page of so many vendors, as a product lists them.
func register(count int, q workflows.Query) workflows.Listing {
	const page = 15
	l := workflows.Listing{
		Title: "Vendors", View: q.View, Views: registerViews, Page: q.Page, Pages: max((count+page-1)/page, 1), Count: count,
		Columns: []string{"Vendor", "Risk", "Actively Used", "Approved by IT team", "Vendor Sponsor", "Last Updated At", "Annual Cost ($)", "Contract Length"},
		Notes:   []string{"As of 2 March 2026, 13:00 CET."},
	}
	from, to := (q.Page-1)*page, min(q.Page*page, count)
	if q.Page == 0 {
		l.Page, l.Pages, from, to = 1, 1, 0, count
	}
	for i := from; i < to; i++ {
		name, cost := fmt.Sprintf("Vendor %03d", i+1), fmt.Sprintf("%d,400.00", i+1)
		switch i % 5 {
		case 1:
			name = hostile + strings.Repeat(" very long name 👩‍🔧", 20)
		case 2:
			cost = ""
		}
		l.Rows = append(l.Rows, workflows.Row{Record: fmt.Sprintf("VN-%04d", i+1), Cells: []string{
			name, []string{"High", "Medium", "Low", ""}[i%4], "Yes", "Yes", "Kim Berg", "2 March 2026", cost, "12 months",
		}})
	}
	return l
}

// listing has a product with so many vendors, and returns what it was asked.
func (w *vendorWorld) listing(count int) <-chan workflows.Query {
	got := make(chan workflows.Query, 20)
	w.service.list = func(_ workflows.Clicker, q workflows.Query) (workflows.Listing, *workflows.Refusal, error) {
		got <- q
		return register(count, q), nil, nil
	}
	return got
}

// listed waits for a listing that only Ana sees, with a text in it.
func (w *vendorWorld) listed(text string) fakeslack.Message {
	w.t.Helper()
	return w.whispered(w.ana, text)
}

func (w *vendorWorld) pressListed(m fakeslack.Message, id, selected string) {
	w.t.Helper()
	e := find(w.t, m.Blocks, listPrefix+id)
	at := fakeslack.Place{Channel: m.Channel, TS: m.TS}
	w.must(w.Click(w.t.Context(), w.ana.ID, at, fakeslack.Action{BlockID: e.block, ActionID: e.action, Selected: selected}))
}

func (w *vendorWorld) ephemerals() int {
	n := 0
	for _, m := range w.Messages(w.ana.ID, w.requests.ID) {
		if m.Ephemeral {
			n++
		}
	}
	return n
}

func TestAListingIsTurnedAndChosenInItsPlace(t *testing.T) {
	w := withVendors(t)
	asked := w.listing(126)
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list"))
	m := w.listed("Page 1 of 9")
	if got := string(m.Blocks); !strings.Contains(got, "COUNT 126") || !strings.Contains(got, "Vendors · Default view") || !strings.Contains(got, `"type":"table"`) {
		t.Errorf("the listing is %s", got)
	}
	w.pressListed(m, "next", "")
	m = w.listed("Page 2 of 9")
	w.pressListed(m, "back", "")
	m = w.listed("Page 1 of 9")
	w.pressListed(m, "view", "view:high")
	m = w.listed("Vendors · High Risk Only")
	w.pressListed(m, "next", "")
	m = w.listed("Page 2 of 9")
	w.pressListed(m, "view", "view:")
	w.listed("Vendors · Default view")
	want := []workflows.Query{{Page: 1}, {Page: 2}, {Page: 1}, {View: "high", Page: 1}, {View: "high", Page: 2}, {Page: 1}}
	for _, q := range want {
		if got := next(t, "a question", asked); got != q {
			t.Errorf("the product was asked for %+v, want %+v", got, q)
		}
	}
	if n := w.ephemerals(); n != 1 {
		t.Errorf("%d messages are there, want one that changes", n)
	}
}

func TestTheCommandNamesTheViews(t *testing.T) {
	w := withVendors(t)
	asked := w.listing(3)
	for text, want := range map[string]workflows.Query{
		"list": {Page: 1}, "LIST High": {View: "high", Page: 1}, "list unassessed": {View: "unassessed", Page: 1},
		"coverage": {View: "coverage", Page: 1}, "list coverage": {View: "coverage", Page: 1},
		"list High Risk Only": {View: "high risk only", Page: 1},
	} {
		w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", text))
		if got := next(t, text, asked); got != want {
			t.Errorf("%s asks for %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{"what", "help", "lists"} {
		before := w.ephemerals()
		w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", text))
		w.until("help", func() bool { return w.ephemerals() > before })
		if len(asked) != 0 {
			t.Errorf("%s asks for %+v, want help", text, <-asked)
		}
	}
}

func TestAnEmptyViewSaysSo(t *testing.T) {
	w := withVendors(t)
	w.listing(0)
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list low"))
	if got := string(w.listed("There is nothing in this view.").Blocks); !strings.Contains(got, "COUNT 0") || strings.Contains(got, `"table"`) {
		t.Errorf("an empty view is %s", got)
	}
}

func TestARefusedListingIsSaid(t *testing.T) {
	w := withVendors(t)
	w.service.list = func(workflows.Clicker, workflows.Query) (workflows.Listing, *workflows.Refusal, error) {
		return workflows.Listing{}, &workflows.Refusal{Message: "Guests cannot see the register."}, nil
	}
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list"))
	w.listed("Guests cannot see the register.")
}

func TestAListingKeepsSlacksLimitsWhateverIsInIt(t *testing.T) {
	w := withVendors(t)
	long := register(500, workflows.Query{})
	for i := range long.Rows {
		for c := range long.Rows[i].Cells {
			long.Rows[i].Cells[c] = strings.Repeat(hostile, 30)
		}
	}
	long.Rows[3].Cells = long.Rows[3].Cells[:1]
	long.Rows[4].Cells = nil
	for range 30 {
		long.Columns = append(long.Columns, strings.Repeat("c", 300))
		long.Notes = append(long.Notes, strings.Repeat("note ", 500))
	}
	long.Views = append(long.Views, workflows.Choice{Value: strings.Repeat("v", 300), Label: "unusable"})
	for _, draw := range []func(workflows.Listing) slack.Block{table, columns} {
		for name, l := range map[string]workflows.Listing{"long": long, "usual": register(126, workflows.Query{Page: 2}), "none": {}} {
			blocks := listingBlocks(l, true, draw)
			if n := textLength(blocks); n > messageText {
				t.Errorf("%s: %d characters", name, n)
			}
			_, _, err := w.bot.api.PostMessageContext(t.Context(), w.requests.ID, slack.MsgOptionText(fallback(listingSentence(l)), false), slack.MsgOptionBlocks(blocks...))
			if err != nil {
				t.Errorf("%s: %v", name, explain("post", err))
			}
		}
	}
}

func TestATableThatSlackDoesNotTakeIsShownAsText(t *testing.T) {
	w := withVendors(t)
	w.listing(20)
	w.Fail(fakeslack.Fault{Method: "response_url", Status: 400, Error: "invalid_blocks"})
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list"))
	got := string(w.listed("COUNT 20").Blocks)
	if strings.Contains(got, `"table"`) || !strings.Contains(got, "rich_text_preformatted") || !strings.Contains(got, "Vendor 003 ") {
		t.Errorf("the listing is %s", got)
	}
}

func TestListingsAreDrawnAsRecorded(t *testing.T) {
	l := register(40, workflows.Query{View: "high", Page: 2})
	l.Rows = l.Rows[:4]
	golden(t, "listing", listingBlocks(l, true, table))
	golden(t, "listing_text", listingBlocks(l, false, columns))
}

func TestAnOldAnswerURLIsNotTriedAgainAndNothingBreaks(t *testing.T) {
	w := withVendors(t)
	w.listing(126)
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list"))
	m := w.listed("Page 1 of 9")
	before := w.CallCount("response_url")
	w.Fail(fakeslack.Fault{Method: "response_url", Status: 404, Error: "expired_url", Count: -1})
	w.pressListed(m, "next", "")
	w.must(w.stop())
	if n := w.CallCount("response_url") - before; n != 2 {
		t.Errorf("answered %d times, want the page, and that it could not be shown", n)
	}
	if got := string(w.listed("Page 1 of 9").Blocks); !strings.Contains(got, "COUNT 126") {
		t.Errorf("the listing became %s", got)
	}
	if said := w.log.lines("could not be handled"); len(said) != 1 || strings.Contains(said[0], "/response/") {
		t.Errorf("the log says %q, want one line without the address", said)
	}
}

func TestAVendorIsOpenedFromItsRowWithItsButtons(t *testing.T) {
	w := withVendors(t)
	w.listing(126)
	looked := make(chan string, 5)
	w.service.look = func(_ workflows.Clicker, record string) (workflows.CardView, *workflows.Refusal, error) {
		looked <- record
		if record == "VN-0003" {
			return workflows.CardView{}, nil, fmt.Errorf("vendor: %w", workflows.ErrNotFound)
		}
		return vendorCard(), nil, nil
	}
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "list"))
	m := w.listed("COUNT 126")
	w.pressListed(m, "open", "VN-0002")
	if got := next(t, "the vendor", looked); got != "VN-0002" {
		t.Errorf("looked at %s, want VN-0002", got)
	}
	if got := string(w.listed("Ana Lopez asks for Figma").Blocks); !strings.Contains(got, "Fill in details") {
		t.Errorf("the card has no buttons: %s", got)
	}
	w.listed("COUNT 126") // and the list is still there
	w.pressListed(m, "open", "VN-0003")
	w.listed("There is no vendor VN-0003.")
}

func TestAVendorIsLookedUpByItsIdAndPressedThere(t *testing.T) {
	w := withVendors(t)
	status := "Waiting for approval"
	w.service.look = func(workflows.Clicker, string) (workflows.CardView, *workflows.Refusal, error) {
		v := vendorCard()
		v.Status, v.Actions = status, []workflows.ActionView{{Verb: workflows.VerbVendorYes, Label: "Approve vendor"}}
		return v, nil, nil
	}
	pressed := make(chan workflows.Press, 2)
	w.service.act = func(p workflows.Press) (workflows.Outcome, error) {
		status = "Approved"
		pressed <- p
		return workflows.Outcome{Kind: workflows.OutcomeDone, Record: p.Record}, nil
	}
	for _, text := range []string{"status vn-0001", "VN-0001"} {
		status = "Waiting for approval"
		w.Reload(w.ana.ID)
		w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", text))
		m := w.listed("Waiting for approval")
		e := find(t, m.Blocks, "act:approve_vendor")
		w.must(w.Click(t.Context(), w.ana.ID, fakeslack.Place{Channel: m.Channel, TS: m.TS}, fakeslack.Action{BlockID: e.block, ActionID: e.action}))
		if p := next(t, "the press", pressed); p.Record != "VN-0001" || p.Version != 2 {
			t.Errorf("pressed %+v", p)
		}
		w.listed("Approved")
		if n := w.ephemerals(); n != 1 {
			t.Errorf("%d messages are there, want the one that was pressed", n)
		}
	}
}

func TestAnAppSeenInUseIsLookedUpByItsId(t *testing.T) {
	w := withVendors(t)
	looked := make(chan string, 5)
	w.service.look = func(_ workflows.Clicker, record string) (workflows.CardView, *workflows.Refusal, error) {
		looked <- record
		if record != "DA-0001" {
			return workflows.CardView{}, nil, fmt.Errorf("app: %w", workflows.ErrNotFound)
		}
		return workflows.CardView{Record: record, Title: "Super Mailer is in use", Status: "To decide", Actions: []workflows.ActionView{{Verb: workflows.VerbIntake, Label: "Open intake"}}}, nil, nil
	}
	w.service.list = func(workflows.Clicker, workflows.Query) (workflows.Listing, *workflows.Refusal, error) {
		l := register(1, workflows.Query{Page: 1})
		l.Rows[0].Record, l.Rows[0].Cells[0] = "DA-0001", "Super Mailer"
		return l, nil, nil
	}
	for _, text := range []string{"status da-0001", "DA-0001"} {
		w.Reload(w.ana.ID)
		w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", text))
		if got := next(t, "the app", looked); got != "DA-0001" {
			t.Errorf("looked at %s, want DA-0001", got)
		}
		if got := string(w.listed("Super Mailer is in use").Blocks); !strings.Contains(got, "Open intake") {
			t.Errorf("the card has no buttons: %s", got)
		}
	}
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "DA-0404"))
	w.listed("There is no app in use with the id DA-0404.")
	<-looked
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", "coverage"))
	w.pressListed(w.listed("COUNT 1"), "open", "DA-0001")
	if got := next(t, "the app of the row", looked); got != "DA-0001" {
		t.Errorf("looked at %s, want DA-0001", got)
	}
}

func TestTheCommandAloneOpensTheForm(t *testing.T) {
	w := withVendors(t)
	w.service.form = func(name, _ string, _ map[string]string) (workflows.Form, error) {
		if name != workflows.VendorFlow {
			return workflows.Form{}, errors.New("another form")
		}
		return vendorForm(""), nil
	}
	w.must(w.Command(t.Context(), w.ana.ID, w.requests.ID, "/vendor", ""))
	w.modal(w.ana, "Vendor details")
}

func TestNumbersStandToTheRight(t *testing.T) {
	raw, err := json.Marshal(table(register(15, workflows.Query{Page: 1})))
	if err != nil {
		t.Fatal(err)
	}
	var b struct {
		ColumnSettings []struct{ Align string } `json:"column_settings"`
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		t.Fatal(err)
	}
	var right []int
	for i, s := range b.ColumnSettings {
		if s.Align == "right" {
			right = append(right, i)
		}
	}
	if !slices.Equal(right, []int{6}) {
		t.Errorf("columns %v stand to the right, want the cost", right)
	}
}
