package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func (r *rig) client() *slack.Client {
	return slack.New("xoxb-fake", slack.OptionAPIURL(r.api+"/api/"))
}

func TestAPersonChangesAndDeletesTheirOwnMessages(t *testing.T) {
	r := newRig(t)
	ts, err := r.slack.Say(t.Context(), nora, r.room, "", "can we use figma.com & <b>?")
	if err != nil {
		t.Fatal(err)
	}
	wantParts(t, r.regionsOf("?as=U0NORA&c=" + r.room)["stream"], `href="http://figma.com"`,
		`data-edit="can we use &lt;http://figma.com|figma.com&gt; &amp; &lt;b&gt;?"`, "data-delete", `data-shortcut="vendor"`)
	if got := r.regionsOf("?as=U0BOB&c=" + r.room)["stream"]; strings.Contains(got, "data-edit") || !strings.Contains(got, `data-shortcut="vendor"`) {
		t.Errorf("Bob sees %s, want the shortcut and no more", got)
	}
	if status, _ := r.act("edit", map[string]any{"as": bob, "channel": r.room, "ts": ts, "text": "mine"}); status != http.StatusConflict {
		t.Errorf("Bob changed Nora's message: %d", status)
	}
	r.act("edit", map[string]any{"as": nora, "channel": r.room, "ts": ts, "text": "can we use <http://miro.com|miro.com>?"})
	wantParts(t, r.regionsOf("?as=U0NORA&c=" + r.room)["stream"], `href="http://miro.com"`, "(edited)")
	r.act("say", map[string]any{"as": bob, "channel": r.room, "thread": ts, "text": "why?"})
	r.act("delete", map[string]any{"as": nora, "channel": r.room, "ts": ts})
	now := r.regionsOf("?as=U0NORA&c=" + r.room + "&t=" + ts)
	wantParts(t, now["stream"], "This message was deleted.", "1 reply", "Slackbot")
	wantParts(t, now["thread"], "why?")
	if strings.Contains(now["stream"], "miro") || strings.Contains(now["stream"], "data-edit") {
		t.Errorf("of the deleted message there is left %s", now["stream"])
	}
}

// ownMessages changes and deletes a message through its menu.
func ownMessages(t *testing.T, r *rig, ctx context.Context) {
	do(t, ctx, "saying", typing("#text", "we need figma"+kb.Enter), visible(".msg"))
	menu := func() { read(t, ctx, `document.querySelector(".msg details").open = true, "open"`) }
	menu()
	do(t, ctx, "changing", click("[data-edit]"), visible("#ask textarea"), typing("#ask textarea", " and miro"), click("[data-testid=save]"), gone("#ask .modal"), visible(".edited"))
	if got := read(t, ctx, `document.querySelector(".msg .b-text").textContent`); got != "we need figma and miro" {
		t.Errorf("the message says %q", got)
	}
	menu()
	do(t, ctx, "keeping it", click("[data-edit]"), visible("#ask textarea"), typing("#ask textarea", " and more"+kb.Escape), gone("#ask .modal"))
	menu()
	do(t, ctx, "deleting", click("[data-delete]"), gone(".msg"))
}

func TestAFileIsALinkThatOnlyItsReadersCanDownload(t *testing.T) {
	r := newRig(t)
	dm, _, _, err := r.client().OpenConversation(&slack.OpenConversationParameters{Users: []string{nora}})
	if err != nil {
		t.Fatal(err)
	}
	content := "%PDF-1.7 " + strings.Repeat("x", 2000)
	f, err := r.client().UploadFile(slack.UploadFileParameters{
		Reader: strings.NewReader(content), FileSize: len(content), Filename: "regis\"ter.pdf", Channel: dm.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	wantParts(t, r.regionsOf("?as=U0NORA&c=" + dm.ID)["stream"], `<a class="file" href="/file?as=U0NORA&amp;id=`+f.ID+`" download="regis&#34;ter.pdf">`, "<b>PDF</b>", "2 kB")
	res, err := http.Get(r.url + "/file?as=U0NORA&id=" + f.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Disposition"); res.StatusCode != http.StatusOK || got != `attachment; filename="regis\"ter.pdf"` {
		t.Errorf("downloaded with %d, %s", res.StatusCode, got)
	}
	if _, body := r.get("/file?as=U0NORA&id=" + f.ID); body != content {
		t.Errorf("downloaded %d bytes, want %d", len(body), len(content))
	}
	if status, _ := r.get("/file?as=U0BOB&id=" + f.ID); status != http.StatusNotFound {
		t.Errorf("Bob's download: %d, want 404", status)
	}
}

func TestATableIsDrawnWithItsHeadingsAndWithoutMarkup(t *testing.T) {
	got := string(testScene().Blocks([]byte(`[{"type":"table","rows":[
		[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Vendor","style":{"bold":true}}]}]},{"type":"raw_text","text":"Cost"}],
		[{"type":"raw_text","text":"*x* :tada: <b>"},{"type":"raw_text","text":"1,200"}]],
		"column_settings":[{"align":"left","is_wrapped":true},{"align":"right","is_wrapped":false}]}]`)))
	wantParts(t, got, `<th scope="col" class=" wrapped"><div><strong>Vendor</strong></div></th>`, `<th scope="col" class="right">Cost</th>`,
		`<td class=" wrapped">*x* :tada: &lt;b&gt;</td>`, `<td class="right">1,200</td>`, `role="region"`)
}

// tallModal has more fields than a window has room for.
func tallModal(t *testing.T, r *rig, ctx context.Context) {
	do(t, ctx, "a low window", chromedp.EmulateViewport(1440, 420), typing("#text", "/offboard"+kb.Enter), visible("form.modal"))
	if got := read(t, ctx, `(() => { const b = document.querySelector("[data-testid=submit]").getBoundingClientRect();
		return String(b.bottom <= innerHeight && b.height > 0); })()`); got != "true" {
		t.Error("the button that sends the modal lies outside the window")
	}
}
