package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// offboards opens the form of /offboard and fills it in.
func (w *walk) offboards(who, email string) {
	w.t.Helper()
	w.do("typing /offboard", see("#text"), write("#text", "/offboard "+who+kb.Enter), see("form.modal"))
	w.do("confirming", write("[data-block-id=confirm] input", email))
}

func TestAVisitorWalksAnOffboardingInABrowser(t *testing.T) {
	w := startWalk(t)
	w.do("opening the page", chromedp.Navigate(w.url+"/?as=U0NORA"))
	w.asks("github", "Member", "Fixing the flaky release job before Friday.")
	w.button("Request")
	w.s.sees("U0BOB", "AR-000001", "Approve")
	w.as("U0BOB", "messages")
	w.button("Approve")
	w.reads(".stream", "Granted")

	w.as("U0NORA", w.s.general("U0NORA"))
	w.do("typing /offboard", see("#text"), write("#text", "/offboard bob@acme.example"+kb.Enter))
	w.reads(".stream", "Only admins can offboard somebody")
	w.keep("40-not-an-admin")

	w.as("U0ADA", w.s.channel("U0ADA", "people-ops"))
	w.offboards("nora@acme.example", "nora@acme.exampl")
	w.keep("41-offboard-form")
	w.button("Offboard")
	w.reads(".b-input.invalid", "This is not Nora's work email")
	w.keep("42-wrong-email")
	w.do("the rest of the address", write("[data-block-id=confirm] input", "e"))
	w.button("Offboard")
	w.reads(".modal", "OF-0001")
	w.keep("43-begun")
	w.as("U0HUGO", w.s.channel("U0HUGO", "people-ops"))
	w.reads(".stream", "Account suspended")
	w.reads("[data-panel=google]", "suspended")
	w.keep("44-checklist")
	w.do("moving the clock", press("[data-advance='3600']"))
	w.s.inTime("the certificate", 20*time.Minute, func() bool { return strings.Contains(w.s.said("people-ops"), "Certificate") })
	w.as("U0HUGO", w.s.channel("U0HUGO", "people-ops"))
	w.reads(".stream", "Completed")
	w.keep("45-completed")
	w.reads("[data-panel=ledger]", "offboarding.completed")
}
