package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// commands sends a slash command in the general channel.
func (s *story) commands(user, command, text string) {
	s.t.Helper()
	if err := s.slack.Command(s.ctx, user, s.general(user), command, text); err != nil {
		s.t.Fatalf("%s types %s %s: %v", user, command, text, err)
	}
}

// account returns an account of the emulated Google.
func (s *story) accountOf(email string) (fakegoogle.User, bool) {
	all := s.google.Users()
	i := slices.IndexFunc(all, func(u fakegoogle.User) bool { return u.Email == email })
	if i < 0 {
		return fakegoogle.User{}, false
	}
	return all[i], true
}

// said is everything that stands in a channel.
func (s *story) said(channel string) string {
	var all strings.Builder
	for _, m := range s.slack.Messages("U0HUGO", s.channel("U0HUGO", channel)) {
		all.WriteString(m.Text + string(m.Blocks))
	}
	return all.String()
}

// inTime moves the clock on, a little at a time, until something holds: what waits
// for another system is looked at less often the longer it takes.
func (s *story) inTime(what string, step time.Duration, ok func() bool) {
	s.t.Helper()
	move := time.NewTicker(time.Second)
	defer move.Stop()
	s.until(what, func() bool {
		select {
		case <-move.C:
			s.clock.Advance(step)
		default:
		}
		return ok()
	})
}

// inPeople waits for the newest message in the people channel with all of the
// texts.
func (s *story) inPeople(texts ...string) fakeslack.Message {
	s.t.Helper()
	room := s.channel("U0HUGO", "people-ops")
	var found fakeslack.Message
	s.until("#people-ops to show "+strings.Join(texts, ", "), func() bool {
		for _, m := range s.slack.Messages("U0HUGO", room) {
			all := m.Text + string(m.Blocks)
			if !slices.ContainsFunc(texts, func(t string) bool { return !strings.Contains(all, t) }) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func TestALeaverIsTakenOutOfEverythingAndACertificateSaysSo(t *testing.T) {
	onEachDatabase(t, leaverIsTakenOut)
}

func leaverIsTakenOut(t *testing.T, begin func(*testing.T) (*story, func())) {
	s, _ := begin(t)
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	s.presses("U0BOB", s.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	s.sees("U0NORA", "AR-000001", "Granted")
	s.commands("U0BOB", "/offboard", "<@U0NORA>")
	s.whispers("U0BOB", "Only admins can offboard somebody", "Ada Lang")
	s.commands("U0HUGO", "/offboard", "<@U0HUGO>")
	s.whispers("U0HUGO", "You cannot offboard yourself")
	s.commands("U0ADA", "/offboard", "<@U0NORA>")
	if v := s.view("U0ADA"); !strings.Contains(string(v.Raw), "taken away and read back") {
		t.Errorf("the form does not say what becomes of what Nora holds: %s", v.Raw)
	}
	s.fills("U0ADA", map[string]string{"confirm": "nora@acme.example"})
	s.inPeople("OF-0001", "Nora Kim leaves")
	s.until("the account to be closed", func() bool {
		u, _ := s.accountOf("nora@acme.example")
		return u.Suspended && !s.member("github-members@acme.example", "nora")
	})
	s.commands("U0NORA", "/access", "mine")
	s.whispers("U0NORA", "You are recorded as having left the company")
	s.inTime("the certificate", 20*time.Minute, func() bool { return strings.Contains(s.said("people-ops"), "Certificate") })
	s.inPeople("Certificate", "OF-0001", "Account suspended (read back)")
	s.inPeople("OF-0001", "Nora Kim leaves", "Completed")
	s.commands("U0ADA", "/access", "person nora@acme.example")
	s.whispers("U0ADA", "Nora Kim", "Left", "OF-0001")
	trail := s.trail("OF-0001")
	for _, want := range []string{"offboarding.started", "person.left", "offboarding.step_done", "offboarding.completed"} {
		if !slices.Contains(trail, want) {
			t.Errorf("the trail has no %s: %v", want, trail)
		}
	}
	s.auditVerifies()
}

func TestASuspendedPersonIsAskedAboutAndOneWhoIsGoneLeaves(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, begin func(*testing.T) (*story, func())) {
		s, _ := begin(t)
		if err := s.google.Suspend("lena@acme.example"); err != nil {
			t.Fatal(err)
		}
		if err := s.google.DeleteUser("tariq@acme.example"); err != nil {
			t.Fatal(err)
		}
		s.clock.Advance(15 * time.Minute)
		asked := s.inPeople("Lena Fischer leaves", "is this a leaver?")
		s.inPeople("Tariq Aziz leaves", "Completed")
		s.presses("U0HUGO", asked, "Not leaving")
		s.inPeople("Lena Fischer leaves", "Cancelled")
	})
}
