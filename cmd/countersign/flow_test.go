package main

import (
	"slices"
	"testing"
	"time"

	"countersign/bot/fakeslack"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

const why = "Fixing the flaky release job before Friday."

func TestAccessIsAskedApprovedGrantedReadBackAndEndsByItself(t *testing.T) {
	onEachDatabase(t, accessEndsByItself)
}

func accessEndsByItself(t *testing.T, begin func(*testing.T) (*story, func())) {
	s, _ := begin(t)
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	s.sees("U0NORA", "AR-000001", "Waiting for approval", "Withdraw")
	card := s.sees("U0BOB", "AR-000001", "You are asked because", why, "Approve")
	if s.member("github-members@acme.example", "nora") {
		t.Fatal("Nora is in the group before anyone decided")
	}
	s.presses("U0BOB", card, "Approve")
	s.until("the membership in Google", func() bool { return s.member("github-members@acme.example", "nora") })
	s.sees("U0NORA", "AR-000001", "Granted", "Ends by itself")
	done := s.sees("U0BOB", "AR-000001", "Granted", "Approved by Bob Tran")
	for _, e := range elements(t, done.Blocks) {
		if e.text == "Approve" || e.text == "Deny" {
			t.Errorf("the decided card still has the button %q", e.text)
		}
	}
	s.clock.Advance(8*time.Hour + time.Second)
	s.until("the membership to end", func() bool { return !s.member("github-members@acme.example", "nora") })
	s.sees("U0NORA", "AR-000001", "Expired")
	s.keptPosts(3, "Waiting for approval", "Granted", "Expired")
	got := s.trail("AR-000001")
	want := []string{
		"access_request.created", "access_request.approved", "grant.started", "grant.provisioned", "grant.verified",
		"grant.expired", "grant.verified_absent",
	}
	if !slices.Equal(got, want) {
		t.Errorf("trail %v, want %v", got, want)
	}
	s.auditVerifies()
}

func TestNobodyDecidesOnTheirOwnRequestAndStrangersAreRefused(t *testing.T) {
	s := tellStory(t)
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	card := s.logCard("U0NORA", "AR-000001")
	s.presses("U0NORA", card, "Approve")
	s.whispers("U0NORA", "You asked for this yourself", "Bob Tran")
	s.presses("U0OMAR", s.logCard("U0OMAR", "AR-000001"), "Approve")
	s.whispers("U0OMAR", "Only those who manage GitHub", "Bob Tran")
	s.presses("U0BOB", s.sees("U0BOB", "AR-000001", "Approve"), "Deny")
	s.fills("U0BOB", map[string]string{"reason": "Use the shared build account instead."})
	s.sees("U0NORA", "AR-000001", "Denied", "Use the shared build account instead.")
	got := s.trail("AR-000001")
	want := []string{"access_request.created", "action.refused", "action.refused", "access_request.denied"}
	if !slices.Equal(got, want) {
		t.Errorf("trail %v, want %v", got, want)
	}
	if s.member("github-members@acme.example", "nora") {
		t.Error("Nora was added to the group though she was denied")
	}
}

func TestPrivilegedAccessNeedsTwoDifferentPeople(t *testing.T) {
	s := tellStory(t)
	s.asks("U0NORA", "AWS", "admin", "8h0m0s", why, "")
	bob := s.sees("U0BOB", "AR-000001", "privileged", "Approve")
	s.presses("U0BOB", bob, "Approve")
	s.sees("U0NORA", "AR-000001", "Waiting for approval (1 of 2)")
	if s.member("aws-admins@acme.example", "nora") {
		t.Fatal("one approval was enough")
	}
	s.sees("U0BOB", "AR-000001", "(1 of 2)")
	s.presses("U0BOB", s.logCard("U0BOB", "AR-000001"), "Approve")
	s.whispers("U0BOB", "second, different person")
	s.presses("U0SAM", s.sees("U0SAM", "AR-000001", "(1 of 2)"), "Approve")
	s.sees("U0NORA", "AR-000001", "Granted", "Approved by Bob Tran", "Approved by Sam Okafor")
	if !s.member("aws-admins@acme.example", "nora") {
		t.Error("Granted is shown but Google does not show it")
	}
}

func TestAManualLevelIsDoneByTheOwnerAndSaysWhoseWordItIs(t *testing.T) {
	s := tellStory(t)
	s.asks("U0OMAR", "GitHub, single", "", "8h0m0s", why, "")
	s.presses("U0BOB", s.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	s.presses("U0BOB", s.sees("U0BOB", "TK-000001", "Mark done"), "Mark done")
	s.fills("U0BOB", map[string]string{"note": "Invited to acme/website."})
	s.sees("U0OMAR", "AR-000001", "Granted, confirmed by Bob Tran, not machine-checked")
	s.clock.Advance(8*time.Hour + time.Second)
	task := s.sees("U0BOB", "TK-000002", "Mark done", "take")
	s.presses("U0BOB", task, "Mark done")
	s.fills("U0BOB", map[string]string{"note": "Removed."})
	s.sees("U0OMAR", "AR-000001", "Expired")
}

func TestGoogleSayingNoIsShownAsFailedAndRetryWorks(t *testing.T) {
	s := tellStory(t)
	s.google.Fail(fakegoogle.Fault{Method: "POST", Path: "/admin/directory/v1/groups/*/members", Kind: fakegoogle.Forbidden, Count: 1})
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	s.presses("U0BOB", s.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	failed := s.sees("U0NORA", "AR-000001", "Failed", "Next step", "Retry")
	s.presses("U0NORA", failed, "Retry")
	s.sees("U0NORA", "AR-000001", "Granted")
	if !s.member("github-members@acme.example", "nora") {
		t.Error("Granted is shown but Google does not show it")
	}
}

func TestAccessThatWasThereBeforeIsNeverTakenAway(t *testing.T) {
	s := tellStory(t)
	if err := s.google.AddMember("github-members@acme.example", "nora@acme.example", "MEMBER"); err != nil {
		t.Fatal(err)
	}
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	s.presses("U0BOB", s.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	s.sees("U0NORA", "AR-000001", "Granted", "was there before")
	s.clock.Advance(8*time.Hour + time.Second)
	s.sees("U0NORA", "AR-000001", "Expired", "was left")
	if !s.member("github-members@acme.example", "nora") {
		t.Error("a membership that Countersign did not make was removed")
	}
}

func TestAManagerAsksForAReportAndNobodyElseCan(t *testing.T) {
	s := tellStory(t)
	v := s.asks("U0OMAR", "GitHub", "member", "8h0m0s", why, "U0NORA")
	if len(v.Errors) == 0 {
		t.Fatal("Omar could ask for Nora, who does not report to him")
	}
	if err := s.slack.CloseView(s.ctx, "U0OMAR", v.ID); err != nil {
		t.Fatal(err)
	}
	s.asks("U0BOB", "Figma", "", "8h0m0s", why, "U0NORA")
	s.sees("U0DANA", "AR-000001", "Bob Tran asks for Figma", "for Nora Kim", "Approve")
	s.sees("U0NORA", "AR-000001", "Waiting for approval")
	got := s.trail("AR-000001")
	if want := []string{"access_request.created"}; !slices.Equal(got, want) {
		t.Errorf("trail %v, want %v", got, want)
	}
}

func TestWhatIsWrongInTheFormIsShownBesideItsFieldAndNotRecorded(t *testing.T) {
	s := tellStory(t)
	v := s.asks("U0NORA", "GitHub", "member", "8h0m0s", "too short", "")
	if len(v.Errors) != 1 {
		t.Errorf("field errors %v, want one", v.Errors)
	}
	before := len(s.trail(""))
	s.fills("U0NORA", map[string]string{"justification": why})
	s.sees("U0NORA", "AR-000001", "Waiting for approval")
	if after := len(s.trail("")); after != before {
		t.Errorf("%d events outside any record, want %d", after, before)
	}
}

func TestAWithdrawnOrLapsedRequestCannotBeApproved(t *testing.T) {
	s := tellStory(t)
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	s.sees("U0BOB", "AR-000001", "Approve")
	s.presses("U0NORA", s.sees("U0NORA", "AR-000001", "Withdraw"), "Withdraw")
	s.sees("U0NORA", "AR-000001", "Withdrawn")
	s.until("every card of Bob's to lose its buttons", func() bool {
		_, ok := s.find("U0BOB", "AR-000001", `"Approve"`)
		return !ok
	})
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	s.sees("U0BOB", "AR-000002", "Approve")
	s.clock.Advance(7*24*time.Hour + time.Second)
	s.sees("U0NORA", "AR-000002", "Lapsed")
	if s.member("github-members@acme.example", "nora") {
		t.Error("Nora is in the group")
	}
}

func TestARequestOutlivesARestartAndIsDecidedFromTheHomeTab(t *testing.T) {
	onEachDatabase(t, requestOutlivesARestart)
}

func requestOutlivesARestart(t *testing.T, begin func(*testing.T) (*story, func())) {
	before, stop := begin(t)
	before.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	before.sees("U0BOB", "AR-000001", "Approve")
	stop()

	s, _ := begin(t)
	if err := s.slack.OpenHome(s.ctx, "U0BOB"); err != nil {
		t.Fatal(err)
	}
	var approve element
	s.until("Bob's Home tab to show what waits for him", func() bool {
		home, _ := s.slack.Home("U0BOB")
		for _, e := range elements(t, home.Raw) {
			if e.text == "Approve" {
				approve = e
			}
		}
		return approve.action != ""
	})
	if err := s.slack.Click(s.ctx, "U0BOB", fakeslack.Place{Home: true}, fakeslack.Action{BlockID: approve.block, ActionID: approve.action, Value: approve.value}); err != nil {
		t.Fatal(err)
	}
	s.sees("U0NORA", "AR-000001", "Granted")
	if !s.member("github-members@acme.example", "nora") {
		t.Error("Granted is shown but Google does not show it")
	}
	want := []string{"access_request.created", "access_request.approved", "grant.started", "grant.provisioned", "grant.verified"}
	if got := s.trail("AR-000001"); !slices.Equal(got, want) {
		t.Errorf("trail %v, want %v", got, want)
	}
}

func TestAStatusIsShownToThoseItConcernsAlone(t *testing.T) {
	s := tellStory(t)
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	s.sees("U0BOB", "AR-000001", "Approve")
	for user, want := range map[string]string{
		"U0NORA": "Waiting for approval", "U0BOB": "Waiting for approval", "U0ADA": "Waiting for approval",
		"U0OMAR": "You can see your own requests",
	} {
		if err := s.slack.Command(s.ctx, user, s.general(user), "/access", "status AR-000001"); err != nil {
			t.Fatal(err)
		}
		s.whispers(user, want)
	}
	if err := s.slack.Command(s.ctx, "U0NORA", s.general("U0NORA"), "/access", "status AR-000999"); err != nil {
		t.Fatal(err)
	}
	s.whispers("U0NORA", "There is no request AR-000999")
}

func TestOutsidersAndGuestsAreRefused(t *testing.T) {
	s := tellStory(t)
	s.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	for _, who := range []string{"U0OUTSIDE", "U0GUEST"} {
		v := s.asks("U0BOB", "Figma", "", "8h0m0s", why, who)
		if len(v.Errors) == 0 {
			t.Errorf("access could be asked for %s", who)
		}
		if err := s.slack.CloseView(s.ctx, "U0BOB", v.ID); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAKeptDemoGoesOnWhereItsClockStood(t *testing.T) {
	onEachDatabase(t, demoGoesOn)
}

func demoGoesOn(t *testing.T, begin func(*testing.T) (*story, func())) {
	before, stop := begin(t)
	before.asks("U0NORA", "GitHub", "member", "8h0m0s", why, "")
	before.presses("U0BOB", before.sees("U0BOB", "AR-000001", "Approve"), "Approve")
	before.sees("U0NORA", "AR-000001", "Granted")
	before.clock.Advance(10 * 24 * time.Hour)
	before.sees("U0NORA", "AR-000001", "Expired")
	left := before.clock.Now()
	stop()
	s, _ := begin(t)
	if now := s.clock.Now(); now.Before(left.Add(-time.Minute)) {
		t.Errorf("the clock stands at %s, before %s where it was left", now, left)
	}
}
