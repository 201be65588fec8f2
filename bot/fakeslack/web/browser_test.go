package web

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestThePageInABrowser starts Chromium once for all its sentences, each of
// which has a workspace and a tab of its own. It skips where there is none.
func TestThePageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the page is not tried in a browser")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		const missing = "no chromium, chromium-browser or google-chrome in PATH: the page is not tried in a browser"
		if os.Getenv("COUNTERSIGN_CI") != "" { // CI promised one
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancel(); cancelAlloc() })
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	for name, test := range map[string]func(*testing.T, *rig, context.Context){
		"one person can ask as Nora and approve as Bob":          askAndApprove,
		"text being written outlives a new message":              textOutlives,
		"Escape closes a modal":                                  escapeCloses,
		"a link stays the same while its unread count changes":   linkStays,
		"an input keeps its text and caret when a modal changes": modalChanges,
		"a day and a moment can be chosen, or left empty":        pickDayAndMoment,
		"one's own message is changed and deleted":               ownMessages,
		"a modal has its button in a low window":                 tallModal,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			test(t, r, tab(t, ctx, r))
		})
	}
}

// tab opens the rig's page as Nora.
func tab(t *testing.T, browser context.Context, r *rig) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		t.Fatal(err)
	}
	limited, stop := context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(stop)
	do(t, limited, "opening the page", chromedp.Navigate(r.url+"/?as="+nora), visible("#text"))
	return limited
}

type doing = chromedp.Action[chromedp.Void]

func visible(selector string) doing { return chromedp.WaitVisible(chromedp.CSS(selector)) }
func gone(selector string) doing    { return chromedp.WaitNotPresent(chromedp.CSS(selector)) }
func click(selector string) doing   { return chromedp.Click(chromedp.CSS(selector)) }
func typing(selector, keys string) doing {
	return chromedp.SendKeys(chromedp.CSS(selector), keys)
}

func do(t *testing.T, ctx context.Context, what string, steps ...doing) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func read(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return got
}

func askAndApprove(t *testing.T, r *rig, ctx context.Context) {
	do(t, ctx, "typing a command", typing("#text", "/acc"), visible("#offers [role=option]"), typing("#text", kb.Tab+kb.Enter), visible("form.modal"))
	if got := read(t, ctx, `document.activeElement.closest("[data-action-id]").dataset.actionId`); got != "app" {
		t.Errorf("the focus is in %q, want the modal's first input", got)
	}
	do(t, ctx, "sending it empty", click("[data-testid=submit]"), visible(".b-input.invalid .error"))
	do(t, ctx, "choosing the app", click(".combo input"), visible(".combo [role=option]"), typing(".combo input", "git"+kb.Enter))
	do(t, ctx, "writing too little", typing("[data-action-id=why] textarea", "just because I want it"), click("[data-testid=submit]"),
		visible(`.b-input.invalid[data-block-id=why]`))
	if got := read(t, ctx, `document.querySelector(".combo input").value + "|" + document.querySelector("[data-action-id=why] textarea").value`); got != "GitHub|just because I want it" {
		t.Errorf("after the error the inputs hold %q", got)
	}
	do(t, ctx, "writing more", typing("[data-action-id=why] textarea", ", really"), click("[data-testid=submit]"),
		gone("form.modal"), visible(".msg.private"), visible("[data-persona=U0BOB] .badge"))
	r.waitTold("submitted github member")

	do(t, ctx, "being Bob", click("[data-persona=U0BOB]"), visible("[data-persona=U0BOB].current"),
		click(".side [data-channel=home]"), visible("[data-action-id=approve]"))
	do(t, ctx, "asking back", click("[data-action-id=deny]"), visible("#ask [role=alertdialog]"), typing("#ask [data-testid=confirm]", kb.Escape), gone("#ask .modal"))
	do(t, ctx, "approving", click("[data-action-id=approve]"), gone("[data-action-id=approve]"), visible("[data-panel=google] li.fresh"))
	r.waitTold("approve AR-000001")
	if got := read(t, ctx, `document.querySelector("[data-panel=google] li.fresh").textContent`); got != "nora@acme.example" {
		t.Errorf("the new row is %q, want nora", got)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range r.told {
		if strings.HasPrefix(line, "error") || strings.HasPrefix(line, "deny") {
			t.Errorf("the app was told %q", line)
		}
	}
}

func textOutlives(t *testing.T, r *rig, ctx context.Context) {
	do(t, ctx, "writing", typing("#text", "half a sent"))
	if _, err := r.slack.Say(ctx, bob, r.room, "", "interrupting"); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, "seeing the message", visible(".msg"), typing("#text", "ence"))
	if got := read(t, ctx, `document.getElementById("text").value`); got != "half a sentence" {
		t.Errorf("the composer holds %q, want what was typed", got)
	}
	do(t, ctx, "sending", typing("#text", kb.Enter), visible(".msg:nth-of-type(2)"))
	if got := read(t, ctx, `document.querySelector(".msg:nth-of-type(2) .b-text").textContent`); got != "half a sentence" {
		t.Errorf("the message says %q", got)
	}
}

func escapeCloses(t *testing.T, r *rig, ctx context.Context) {
	do(t, ctx, "opening and closing", typing("#text", "/access"+kb.Enter), visible("form.modal"),
		typing(".combo input", kb.Escape), gone("form.modal"))
	if n := len(r.slack.Views(nora)); n != 0 {
		t.Errorf("%d views are open, want 0", n)
	}
}

func linkStays(t *testing.T, r *rig, ctx context.Context) {
	do(t, ctx, "going elsewhere", click(`.side [data-channel=home]`), visible(".home"))
	read(t, ctx, `window.link = document.querySelector('[data-channel="`+r.room+`"]'), "kept"`)
	if _, err := r.slack.Say(ctx, bob, r.room, "", "news"); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, "being told", visible(`[data-channel="`+r.room+`"] .badge`))
	if got := read(t, ctx, `String(window.link.isConnected && window.link.classList.contains("unread"))`); got != "true" {
		t.Error("the link was replaced, so a press on it would have been lost")
	}
}

// modalChanges draws field errors into a modal from another window while the
// person is writing in this one.
func modalChanges(t *testing.T, r *rig, ctx context.Context) {
	do(t, ctx, "opening", typing("#text", "/access"+kb.Enter), visible("form.modal"),
		typing("[data-action-id=why] textarea", "half a reason"))
	read(t, ctx, `window.box = document.activeElement, box.setSelectionRange(4, 4), "kept"`)
	view := r.slack.Views(nora)[0].ID
	r.act("submit", map[string]any{"as": nora, "view": view}) // from the other window
	do(t, ctx, "being told", visible(".b-input.invalid[data-block-id=app]"))
	if got := read(t, ctx, `String(box.isConnected) + " " + box.value + " " + box.selectionStart`); got != "true half a reason 4" {
		t.Errorf("got %q, want the same box with its text and caret", got)
	}
}
