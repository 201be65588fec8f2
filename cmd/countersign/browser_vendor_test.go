package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// fillVendor fills in Vendor details of something that holds customers' data.
func (w *walk) fillVendor() {
	w.t.Helper()
	w.do("the details", see("form.modal"),
		write("[data-block-id=service] textarea", "Answers our customers' questions in a chat on the website"),
		write("[data-block-id=why] textarea", "Support answers the same question forty times a day by mail"),
		write("[data-block-id=users] input", "Support, four people"))
	w.choose("data", "3: restricted")
	w.do("which data", press("[data-block-id=data_types] input[value=customer]"))
	w.choose("access", "1: read via OAuth/API")
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
	w.keep("73-services")
}
