package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// walk is a visitor in Chromium before the demo's page.
type walk struct {
	t   *testing.T
	s   *story
	ctx context.Context
	url string
}

// chromium returns the browser's path. Where there is none the test is skipped,
// or fails where CI promised one.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no chromium, chromium-browser or google-chrome in PATH: the demo is not walked in a browser"
	if os.Getenv("COUNTERSIGN_CI") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

func startWalk(t *testing.T) *walk {
	t.Helper()
	path := chromium(t)
	t.Parallel() // a visitor waits more than he works
	s := tellStory(t)
	page := httptest.NewServer(s.page)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	tab, cancelTab := chromedp.NewContext(alloc)
	ctx, stop := context.WithTimeout(tab, 5*time.Minute)
	t.Cleanup(func() {
		stop()
		_ = chromedp.Cancel(tab)
		cancelTab()
		cancelAlloc()
		page.CloseClientConnections()
		page.Close()
	})
	w := &walk{t: t, s: s, ctx: ctx, url: page.URL}
	w.do("starting the browser", chromedp.EmulateViewport(1440, 900))
	return w
}

type step = chromedp.Action[chromedp.Void]

func (w *walk) do(what string, steps ...step) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.keep("failed")
		w.t.Fatalf("%s: %v", what, err)
	}
}

// keep saves a screenshot where COUNTERSIGN_SHOTS names a folder.
func (w *walk) keep(name string) {
	dir := os.Getenv("COUNTERSIGN_SHOTS")
	if dir == "" {
		return
	}
	b, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644)
	}
	if err != nil {
		w.t.Logf("screenshot %s: %v", name, err)
	}
}

func see(selector string) step         { return chromedp.WaitVisible(chromedp.CSS(selector)) }
func press(selector string) step       { return chromedp.Click(chromedp.CSS(selector)) }
func write(selector, text string) step { return chromedp.SendKeys(chromedp.CSS(selector), text) }
func shut(selector string) step        { return chromedp.WaitNotPresent(chromedp.CSS(selector)) }

// reads waits until something under a selector shows a text.
func (w *walk) reads(selector, text string) {
	w.t.Helper()
	look := fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, text)
	limited, stop := context.WithTimeout(w.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(limited, chromedp.Poll[bool](look)); err != nil {
		w.keep("failed")
		w.t.Fatalf("waiting for %q in %s: %v", text, selector, err)
	}
}

// button presses the newest button with a label.
func (w *walk) button(label string) {
	w.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(".stream button, #thread button, .modal button, #ask button")].filter(b => b.textContent.trim() == %q && b.offsetParent)`, label)
	limited, stop := context.WithTimeout(w.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(limited, chromedp.Poll[bool](find+`.length > 0`)); err != nil {
		w.keep("failed")
		w.t.Fatalf("looking for the button %q: %v", label, err)
	}
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](find+`.at(-1).click() === undefined`)); err != nil {
		w.t.Fatalf("pressing %q: %v", label, err)
	}
}

// as becomes somebody and opens a conversation: "home", or the messages from the
// app.
func (w *walk) as(user, where string) {
	w.t.Helper()
	if where == "messages" {
		w.s.until("a message to "+user, func() bool {
			for _, c := range w.s.slack.Channels(user) {
				if c.DM {
					where = c.ID
				}
			}
			return where != "messages"
		})
	}
	w.do("being "+user, chromedp.Navigate(w.url+"/?as="+user+"&c="+where), see("#stream, .stream"))
}

// asks fills in the form in the page.
func (w *walk) asks(app, level, reason string) {
	w.t.Helper()
	w.do("typing /access", see("#text"), write("#text", "/access"+kb.Enter), see("form.modal"))
	w.do("choosing the app", write("[data-block-id=app] input", app))
	w.offers(".combo", app)
	w.do("taking it", write("[data-block-id=app] input", kb.Enter), see("[data-block-id=duration]"))
	if level != "" {
		w.choose("level", level)
	}
	w.do("saying why", write("[data-block-id=justification] textarea", reason))
}

// offers waits until the first thing that a type-ahead offers has a text in it:
// what was offered for half of it does not count.
func (w *walk) offers(under, text string) {
	w.t.Helper()
	look := fmt.Sprintf(`(document.querySelector(%q)?.innerText ?? "").toLowerCase().includes(%q)`, under+" [role=option]", strings.ToLower(text))
	limited, stop := context.WithTimeout(w.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(limited, chromedp.Poll[bool](look)); err != nil {
		w.keep("failed")
		w.t.Fatalf("waiting for %q to be offered: %v", text, err)
	}
}

// choose picks an option of a select by its label.
func (w *walk) choose(block, label string) {
	w.t.Helper()
	pick := fmt.Sprintf(`(() => {
		const s = document.querySelector("[data-block-id=%s] select");
		s.value = [...s.options].find(o => o.text == %q).value;
		s.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, block, label)
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](pick)); err != nil {
		w.keep("failed")
		w.t.Fatalf("choosing %q: %v", label, err)
	}
}

func TestAVisitorWalksThePathInABrowser(t *testing.T) {
	w := startWalk(t)
	w.do("opening the page", chromedp.Navigate(w.url+"/?as=U0NORA"))
	w.keep("01-welcome")
	w.asks("github", "Member", "Too short")
	w.keep("02-form")
	w.button("Request")
	w.reads(".b-input.invalid", "at least 20 characters")
	w.keep("03-field-error")
	w.do("saying more", write("[data-block-id=justification] textarea", ": the flaky release job has to be fixed before Friday."))
	w.button("Request")
	w.do("sent", shut("form.modal"))
	w.reads("[data-panel=ledger]", "access_request.created")

	w.s.sees("U0NORA", "AR-000001", "Withdraw")
	w.as("U0NORA", w.s.logCard("U0NORA", "AR-000001").Channel)
	w.button("Approve")
	w.reads(".msg.private", "You asked for this yourself")
	w.keep("04-own-request-refused")
	w.as("U0OMAR", w.s.logCard("U0OMAR", "AR-000001").Channel)
	w.button("Approve")
	w.reads(".msg.private", "Only those who manage GitHub")
	w.keep("05-stranger-refused")

	w.s.sees("U0BOB", "AR-000001", "Approve")
	w.as("U0BOB", "home")
	w.reads(".stream", "Waiting for you")
	w.keep("06-home-of-the-approver")
	w.as("U0BOB", "messages")
	w.keep("07-card-of-the-approver")
	w.button("Approve")
	w.reads(".stream", "Granted")
	w.reads("[data-panel=google]", "nora")
	w.keep("08-granted")
	w.as("U0NORA", "home")
	w.reads(".stream", "Ends by itself")
	w.keep("09-home-of-the-holder")

	w.do("moving the clock", press("[data-advance='28800']"))
	w.as("U0NORA", "messages")
	w.reads(".stream", "Expired")
	w.reads("[data-panel=ledger]", "grant.verified_absent")
	w.keep("10-expired")
}

func TestAVisitorWalksPrivilegedAndManualAccessInABrowser(t *testing.T) {
	w := startWalk(t)
	w.do("opening the page", chromedp.Navigate(w.url+"/?as=U0NORA"))
	w.asks("aws", "Administrator (privileged)", "Rotating the root keys of the production account.")
	w.reads(".modal", "two different people")
	w.keep("11-privileged-form")
	w.button("Request")
	w.s.sees("U0BOB", "AR-000001", "Approve")
	w.as("U0BOB", "messages")
	w.button("Approve")
	w.reads(".stream", "Waiting for approval (1 of 2)")
	w.as("U0BOB", w.s.channel("U0BOB", "access-requests"))
	w.button("Approve")
	w.reads(".stream", "second, different person")
	w.keep("12-same-person-twice")
	w.s.sees("U0SAM", "AR-000001", "Approve")
	w.as("U0SAM", "messages")
	w.button("Deny")
	w.do("the reason", see("form.modal"), write("[data-block-id=reason] textarea", "The keys were rotated yesterday."))
	w.keep("13-deny")
	w.button("Deny")
	w.reads(".stream", "Denied by Sam Okafor: The keys were rotated yesterday.")
	w.keep("14-denied")

	w.as("U0OMAR", w.s.general("U0OMAR"))
	w.asks("single repo", "", "Updating the pictures of the public web site.")
	w.button("Request")
	w.s.sees("U0BOB", "AR-000002", "Approve")
	w.as("U0BOB", "messages")
	w.button("Approve")
	w.button("Mark done")
	w.do("the note", see("form.modal"), write("[data-block-id=note] textarea", "Invited to acme/website."))
	w.keep("15-mark-done")
	w.button("Mark done")
	w.reads(".stream", "confirmed by Bob Tran, not machine-checked")
	w.keep("16-manual")
	w.as("U0CLEO", w.s.channel("U0CLEO", "compliance"))
	w.reads(".stream", "Fingerprint of the ledger key")
	w.keep("17-compliance")
}

func TestAVisitorWalksRefusalsAndFailuresInABrowser(t *testing.T) {
	w := startWalk(t)
	w.do("opening the page", chromedp.Navigate(w.url+"/?as=U0OMAR"))
	w.asks("figma", "", "Reviewing the drafts of the new start page.")
	w.do("for somebody else", write("[data-block-id=for] input", "Nora"))
	w.offers("[data-block-id=for]", "Nora")
	w.do("taking her", write("[data-block-id=for] input", kb.Enter))
	w.button("Request")
	w.reads(".b-input.invalid", "Nora Kim does not report to you")
	w.keep("20-not-a-report")

	w.s.google.Fail(fakegoogle.Fault{Method: "POST", Path: "/admin/directory/v1/groups/*/members", Kind: fakegoogle.Forbidden, Count: 1})
	w.as("U0NORA", w.s.general("U0NORA"))
	w.asks("github", "Member", "Fixing the flaky release job before Friday.")
	w.button("Request")
	w.s.sees("U0BOB", "AR-000001", "Approve")
	w.as("U0BOB", "messages")
	w.button("Approve")
	w.reads(".stream", "Failed")
	w.reads(".stream", "Next step")
	w.keep("21-failed")
	w.button("Retry")
	w.reads(".stream", "Granted")
	w.keep("22-granted-after-retry")

	w.as("U0BOB", w.s.general("U0BOB"))
	w.asks("github", "Member", "I own this, but I have to ask like everybody.")
	w.button("Request")
	w.s.sees("U0BEA", "AR-000002", "Approve")
	w.as("U0BEA", "messages")
	w.reads(".stream", "You are asked because you stand in for who manages GitHub")
	w.button("Approve")
	w.reads(".stream", "was there before this request")
	w.keep("23-already-present")

	w.as("U0NORA", "messages")
	w.asks("aws", "Administrator (privileged)", "Rotating the root keys of the production account.")
	w.button("Request")
	w.s.sees("U0SAM", "AR-000003", "Approve")
	w.as("U0SAM", "messages")
	w.button("Grant less")
	w.do("the form", see("form.modal"))
	w.choose("level", "Developer")
	w.keep("24-grant-less")
	w.button("Approve this much")
	w.reads(".modal", "who manage AWS")
	w.keep("25-grant-less-refused")
}

func TestAVisitorSeesANewAccountSignsInAsItsPersonAndPlaysThem(t *testing.T) {
	w := startWalk(t)
	w.do("opening the page", chromedp.Navigate(w.url+"/?as=U0ADA"))
	w.s.google.AddUser(fakegoogle.User{Email: "zoe@acme.example", GivenName: "Zoe", FamilyName: "Park", OrgUnit: "/Future hires"})
	w.reads("[data-account='zoe@acme.example']", "signed in: never")
	w.do("signing in", see("[data-press='zoe@acme.example']"), press("[data-press='zoe@acme.example']"), shut("[data-press='zoe@acme.example']"))
	w.reads("[data-account='zoe@acme.example']", "signed in: now")
	w.keep("30-new-account")
	w.do("being Zoe", press("[data-persona=U0ZOE]"), see("[data-persona=U0ZOE].current"))
	w.reads(".stream, #stream", "general")
	w.keep("31-as-the-new-person")
}
