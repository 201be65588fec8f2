package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/bot/fakeslack"
)

func TestAVendorLivesFromAMessageToItsEnd(t *testing.T) {
	onEachDatabase(t, aVendorLives)
}

func aVendorLives(t *testing.T, begin func(*testing.T) (*story, func())) {
	s, _ := begin(t)
	card := s.answered("U0NORA", "Can we get Helpwise? https://www.helpwise.io", "Fill in details")
	s.presses("U0OMAR", card, "Fill in details")
	s.fills("U0OMAR", helpwise())
	s.until("Omar to be refused", func() bool { return strings.Contains(string(s.view("U0OMAR").Raw), "Only Nora Kim, who asked") })
	s.presses("U0NORA", card, "Fill in details")
	s.fills("U0NORA", helpwise())

	s.presses("U0CLEO", s.sees("U0CLEO", "Waiting for a sponsor", "Assign sponsor"), "Assign sponsor")
	s.fills("U0CLEO", map[string]string{"sponsor": "U0DANA"})
	assess := s.sees("U0DANA", "In assessment", "Services and risk")
	s.presses("U0DANA", assess, "Services and risk")
	s.fills("U0DANA", map[string]string{
		"outage": "2", "sub_processor": "1", "countries": "IE", "assurance": "0", "report_kind": "SOC 2 Type 2", "report_notes": "Read, nothing that touches us",
		"sign_in": "0", "breach": "0", "terms": "0", "cost": "4800", "length": "12 months",
	})
	decide := s.sees("U0CLEO", "High risk", "Approve vendor")
	s.presses("U0CLEO", decide, "Approve vendor")
	s.presses("U0SAM", s.sees("U0SAM", "(1 of 2)", "Approve vendor"), "Approve vendor")
	s.until("it to be approved", func() bool { return strings.Contains(s.said("vendor_requests"), "Helpwise (VN-0001): Approved") })

	s.commands("U0OMAR", "/vendor", "list high")
	s.whispers("U0OMAR", "High Risk Only", "Helpwise", "4,800", "COUNT 1")
	s.reviewed()
	s.terminated()
	code, out, errs := shell(t, "audit", "verify", "--db", s.url(), "--key", s.app.key.VerifierKey())
	if code != exitDone || !strings.Contains(out, "verified; signer checked") {
		t.Errorf("audit verify: exit %d\n%s%s", code, out, errs)
	}
}

// helpwise is Vendor details of something that holds customers' data.
func helpwise() map[string]string {
	return map[string]string{
		"service": "Answers customers in a chat", "why": "The same question forty times a day", "users": "Support", "data": "3", "access": "1",
	}
}

// answered posts a message in the vendors channel and waits for the answer under it
// that has a text.
func (s *story) answered(user, text, want string) (found fakeslack.Message) {
	s.t.Helper()
	room := s.channel(user, "vendor_requests")
	ts, err := s.slack.Say(s.ctx, user, room, "", text)
	if err != nil {
		s.t.Fatalf("%s says %s: %v", user, text, err)
	}
	s.until(fmt.Sprintf("an answer with %q", want), func() bool {
		for _, m := range s.slack.Replies(user, room, ts) {
			if strings.Contains(string(m.Blocks), want) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// reviewed moves the clock to the first check, which finds something to put right.
func (s *story) reviewed() {
	s.t.Helper()
	s.clock.Advance(75 * 24 * time.Hour)
	s.presses("U0DANA", s.sees("U0DANA", "under re-evaluation", "Re-evaluate"), "Re-evaluate")
	s.fills("U0DANA", map[string]string{
		"still_used": "yes", "same_data": "yes", "continue": "yes", "checked": "Used daily, nothing new",
		"action": "Turn single sign-on on", "action_owner": "U0BOB", "action_due": s.clock.Now().AddDate(0, 0, 10).Format(time.DateOnly),
	})
	s.presses("U0BOB", s.sees("U0BOB", "Turn single sign-on on", "Close action"), "Close action")
	s.fills("U0BOB", map[string]string{"proof": "Enforced for everybody"})
	s.until("the review and its action to be on record", func() bool {
		trail := s.trail("VN-0001")
		return slices.Contains(trail, "vendor.reviewed") && slices.Contains(trail, "vendor.action_closed")
	})
}

// terminated ends the relationship.
func (s *story) terminated() {
	s.t.Helper()
	s.presses("U0DANA", s.sees("U0DANA", "VN-0001", "Terminate vendor"), "Terminate vendor")
	s.fills("U0DANA", map[string]string{"reason": "Support moved to another tool", "confirm": "Helpwise"})
	for _, what := range []string{"returned or deleted", "sign in to Helpwise"} {
		s.presses("U0DANA", s.sees("U0DANA", what, "Close action"), "Close action")
		s.fills("U0DANA", map[string]string{"proof": "Confirmed in writing"})
		s.sees("U0DANA", what, "Confirmed in writing")
	}
	s.until("it to be terminated", func() bool { return slices.Contains(s.trail("VN-0001"), "vendor.terminated") })
}
