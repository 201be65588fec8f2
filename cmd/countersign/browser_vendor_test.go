package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// fillVendor fills in Vendor details of something that holds customers' data.
func (w *walk) fillVendor() {
	w.t.Helper()
	w.do("the details", see("form.modal"),
		write("[data-block-id=service] textarea", "Answers our customers' questions in a chat on the website"),
		write("[data-block-id=why] textarea", "Support answers the same question forty times a day by mail"),
		write("[data-block-id=users] input", "Support, four people"))
	w.choose("data", "3 restricted")
	w.do("which data", press("[data-block-id=data_types] input[value=customer]"))
	w.choose("access", "1 read via OAuth/API")
}

// person chooses somebody in a field.
func (w *walk) person(block, name string) {
	w.t.Helper()
	w.do("typing "+name, write("[data-block-id="+block+"] input", name))
	w.offers("[data-block-id="+block+"]", name)
	w.do("taking "+name, write("[data-block-id="+block+"] input", kb.Enter))
}

func TestAVisitorWalksTheLifeOfAVendorInABrowser(t *testing.T) {
	w := startWalk(t)
	room := w.s.channel("U0NORA", "vendor_requests")
	w.as("U0NORA", room)
	w.do("asking", write("#text", "Can we get Helpwise? https://www.helpwise.io"+kb.Enter))
	w.do("the thread", see("a.replies"), press("a.replies"))
	w.reads("#thread", "Details needed")
	w.keep("70-noticed")
	w.button("Fill in details")
	w.fillVendor()
	w.keep("71-details")
	w.button("Send")
	w.reads("[data-panel=ledger]", "vendor.details_added")

	w.as("U0CLEO", "messages")
	w.reads(".stream", "Waiting for a sponsor")
	w.keep("72-lead")
	w.button("Assign sponsor")
	w.do("the form", see("form.modal"))
	w.person("sponsor", "Dana")
	w.button("Assign")
	w.reads("[data-panel=ledger]", "vendor.sponsor_assigned")

	w.as("U0DANA", "messages")
	w.button("Services and risk")
	w.do("the form", see("form.modal"))
	w.assesses()
	w.do("the rest", write("[data-block-id=countries] input", "IE, US"), write("[data-block-id=report_notes] textarea", "Type 2, no exceptions that touch us"),
		write("[data-block-id=cost] input", "4800"), write("[data-block-id=length] input", "12 months"), write("[data-block-id=notice] input", "30"))
	w.setDay("renews", w.s.clock.Now().AddDate(1, 0, 0))
	w.keep("73-services")
	w.button("Accept and send")
	w.reads("[data-panel=ledger]", "vendor.assessed")

	w.as("U0NORA", room)
	w.do("asking about it", write("#text", "/vendor VN-0001"+kb.Enter))
	w.reads(".msg.private", "High risk, residual Medium")
	w.keep("74-waiting")
	w.as("U0CLEO", "messages")
	w.button("Approve vendor")
	w.reads(".stream", "(1 of 2)")
	w.as("U0SAM", "messages")
	w.keep("75-second")
	w.button("Approve vendor")
	w.reads("[data-panel=ledger]", "vendor.approved")
	w.as("U0NORA", room)
	w.reads(".stream", "Approved")
	w.keep("76-approved")

	w.evaluates()
	w.discovers()
	w.ends(room)
}

// assesses answers the questions of the matrix, and once more where the form did
// not take an answer in while it was being drawn.
func (w *walk) assesses() {
	w.t.Helper()
	outlook := `[...document.querySelectorAll(".modal")].some(e => e.innerText.includes("Who decides") && e.innerText.includes("Inherent risk: High"))`
	for range 5 {
		for _, q := range []struct{ block, option string }{
			{"outage", "2 a team stops"}, {"sub_processor", "1 yes"}, {"assurance", "0 SOC 2 Type 2 or ISO 27001, current"}, {"report_kind", "SOC 2 Type 2"},
			{"sign_in", "1 SSO optional or password + MFA"}, {"breach", "0 none found"}, {"terms", "0 signed terms with security clauses + DPA where needed"},
		} {
			w.choose(q.block, q.option)
		}
		limited, stop := context.WithTimeout(w.ctx, patience/4)
		_, err := chromedp.Run(limited, chromedp.Poll[bool](outlook))
		stop()
		if err == nil {
			return
		}
	}
	w.keep("failed")
	w.t.Fatal("the form does not say what follows from the answers")
}

// typed makes sure that a field holds a text.
func (w *walk) typed(selector, text string) {
	w.t.Helper()
	held := fmt.Sprintf(`document.querySelector(%q)?.value === %q`, selector, text)
	has, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](held))
	if err != nil {
		w.t.Fatalf("reading %s: %v", selector, err)
	}
	if !has {
		w.do("typing "+text, write(selector, text))
	}
}

// discovers looks at the apps that people use without having asked, and ignores
// one with a reason.
func (w *walk) discovers() {
	w.t.Helper()
	w.as("U0CLEO", "messages")
	w.reads(".stream", "Notetaker AI")
	w.keep("84-discovered")
	w.button("Ignore")
	w.do("the reason", see("form.modal"), write("[data-block-id=reason] textarea", "Only looked at once, and the grant is gone"))
	w.button("Ignore")
	w.reads("[data-panel=ledger]", "vendor.ignored")
}

// evaluates moves the clock to the first check, and does it.
func (w *walk) evaluates() {
	w.t.Helper()
	for range 10 {
		w.do("a week later", press("[data-advance='604800']"))
	}
	w.as("U0DANA", "messages")
	w.reads(".stream", "under re-evaluation")
	w.keep("77-due")
	w.button("Re-evaluate")
	w.do("the form", see("form.modal"))
	w.keep("78-evaluate")
	w.choose("same_data", "Yes") // draws the form again, which in the page takes what is typed meanwhile
	w.choose("still_used", "Yes")
	w.choose("continue", "Yes")
	w.person("action_owner", "Bob")
	w.setDay("action_due", w.s.clock.Now().AddDate(0, 0, 20))
	w.typed("[data-block-id=checked] textarea", "Asked support: used daily, same data, contract unchanged")
	w.typed("[data-block-id=action] input", "Turn single sign-on on")
	w.typed("[data-block-id=checked] textarea", "Asked support: used daily, same data, contract unchanged")
	w.button("Send")
	w.reads("[data-panel=ledger]", "vendor.reviewed")
	w.as("U0BOB", "messages")
	w.reads(".stream", "Turn single sign-on on")
	w.keep("79-action")
	w.button("Close action")
	w.do("the proof", see("form.modal"), write("[data-block-id=proof] textarea", "Enforced for everybody, screenshot in the wiki"))
	w.button("Close action")
	w.reads("[data-panel=ledger]", "vendor.action_closed")
}

// ends looks at the register and ends the relationship.
func (w *walk) ends(room string) {
	w.t.Helper()
	w.as("U0CLEO", room)
	w.do("listing", write("#text", "/vendor list high"+kb.Enter))
	w.reads(".msg.private", "COUNT 1")
	w.keep("80-list")
	w.do("looking", write("#text", "/vendor VN-0001"+kb.Enter))
	w.reads(".msg.private", "Terminate vendor")
	w.keep("81-look")
	w.button("Terminate vendor")
	w.do("the form", see("form.modal"), write("[data-block-id=reason] textarea", "Support moved to another tool"), write("[data-block-id=confirm] input", "Helpwise"))
	w.button("Terminate")
	w.reads("[data-panel=ledger]", "vendor.action_opened")
	w.as("U0DANA", "messages")
	w.keep("82-actions")
	for _, proof := range []string{"Deletion confirmed in writing", "All accounts closed, seen in their console"} {
		w.button("Close action")
		w.do("the proof", see("form.modal"), write("[data-block-id=proof] textarea", proof))
		w.button("Close action")
		w.reads(".stream", proof)
	}
	w.reads("[data-panel=ledger]", "vendor.terminated")
	w.as("U0NORA", room)
	w.reads(".stream", "(VN-0001): Terminated")
	w.keep("83-terminated")
}
