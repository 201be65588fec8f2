package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// setDay fills in a date picker.
func (w *walk) setDay(block string, day time.Time) {
	w.t.Helper()
	set := fmt.Sprintf(`(() => {
		const i = document.querySelector("[data-block-id^=%s] input");
		i.value = %q;
		i.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, block, day.Format(time.DateOnly))
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](set)); err != nil {
		w.t.Fatalf("setting %s: %v", block, err)
	}
}

func TestAVisitorWalksAnOnboardingInABrowser(t *testing.T) {
	w := startWalk(t)
	w.do("opening the page", chromedp.Navigate(w.url+"/?as=U0ADA"))
	w.do("typing /onboard", see("#text"), write("#text", "/onboard"+kb.Enter), see("form.modal"))
	w.keep("50-onboard-form")
	w.do("who", write("[data-block-id=first_name] input", "Mia"), write("[data-block-id=last_name] input", "Sato"),
		write("[data-block-id=work_email] input", "nora@acme.example"), write("[data-block-id=personal_email] input", "mia.sato@mail.example"))
	start := w.s.clock.Now().AddDate(0, 0, 3)
	w.setDay("start_date", start)
	w.do("the manager", write("[data-block-id=manager] input", "Bob"))
	w.offers("[data-block-id=manager]", "Bob")
	w.do("taking him", write("[data-block-id=manager] input", kb.Enter))
	w.choose("role", "Software Engineer")
	w.button("Start onboarding")
	w.reads(".b-input.invalid", "Nora Kim has this address")
	w.keep("51-taken-address")
	w.retype("work_email", "github-members@acme.example")
	w.button("Start onboarding")
	w.reads(".modal", "ON-0001")
	w.keep("52-begun")

	w.as("U0HUGO", w.s.channel("U0HUGO", "people-ops"))
	w.reads(".stream", "is taken: it is the group")
	w.keep("53-taken-by-a-group")
	w.button("Change address")
	w.do("another address", see("form.modal"))
	w.retype("work_email", "mia.sato@acme.example")
	w.button("Change address")
	w.reads(".stream", "Ready for")
	w.reads("[data-panel=google]", "mia.sato")
	w.keep("54-ready")

	w.as("U0BOB", "messages")
	w.button("Show first password")
	w.reads(".modal", "stored nowhere")
	w.keep("55-first-password")
	w.as("U0BOB", "messages")
	w.reads(".stream", "The first password was shown")

	w.as("U0MIA", "messages")
	w.reads(".stream", "Acceptable Use Policy")
	w.keep("56-welcome")
	for range 4 {
		w.do("a day later", press("[data-advance='86400']"))
	}
	w.as("U0HUGO", w.s.channel("U0HUGO", "people-ops"))
	w.reads(".stream", "Started")
	w.reads("[data-panel=google]", "/Employees")
	w.keep("57-started")
	w.as("U0MIA", "messages")
	w.button("Accept")
	w.reads("[data-panel=ledger]", "policy.acknowledged")
	w.button("Done")
	w.do("the question", see("#ask"))
	w.button("Done")
	w.reads("[data-panel=ledger]", "training.completed")
	w.keep("58-accepted")
	w.as("U0MIA", "home")
	w.reads(".stream", "GitHub")
	w.keep("59-home")
	w.as("U0ADA", w.s.general("U0ADA"))
	w.do("looking at the person", write("#text", "/access person mia.sato@acme.example"+kb.Enter))
	w.reads(".msg.private", "Mia Sato")
	w.keep("60-person")
}

// retype replaces what stands in a text field.
func (w *walk) retype(block, text string) {
	w.t.Helper()
	field := "[data-block-id^=" + block + "] input"
	empty := fmt.Sprintf(`(() => { document.querySelector(%q).value = ""; return true; })()`, field)
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](empty)); err != nil {
		w.t.Fatal(err)
	}
	w.do("typing anew", write(field, text))
}
