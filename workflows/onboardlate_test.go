package workflows_test

import (
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

func TestAnAccountMadeAfterTheStartDateGetsTheFullRoleWithIt(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddGroup(fakegoogle.Group{Email: mail("zoe"), Name: "Zoology"})
		id := h.Joins()
		h.Advance(11 * day)
		if h.Onboarding(id).State != workflows.OnboardingStarted || len(h.grants()) != 0 {
			t.Fatalf("without an account: %s with %d grants", h.Onboarding(id).State, len(h.grants()))
		}
		h.says(h.checklist(id).Status, "Failed")
		h.done(h.As("ada").press(workflows.VerbAddress, id, map[string]string{"work_email": mail("zed")}))
		h.Settle()
		h.says(h.checklist(id).Status, "Started")
		if !h.In(members, "zed") || h.In(docsGuests, "zed") || h.account("zed").OrgUnit != "/Engineering" {
			t.Error("the account did not get what the full role gives")
		}
		if n := len(h.Events("grant.failed")); n != 0 {
			t.Errorf("%d grants were tried without an account", n)
		}
	})
}

func TestWhoseAccountIsGoneForGoodComesBackWithANewOne(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		before := h.Person("nora")
		h.Leaves("nora")
		if err := h.google.DeleteUser(before.AccountID); err != nil {
			t.Fatal(err)
		}
		h.Close()
		time.Sleep(21 * day) // Google forgets it
		h.Open()
		id := h.Joins("first_name", "Nora", "last_name", "Newcomer", "work_email", mail("nora"), "role", "writer")
		h.says(h.checklist(id).Status, "Ready")
		now := h.Person("nora")
		if now.ID != before.ID || now.AccountID == before.AccountID || now.AccountID != h.account("nora").ID {
			t.Errorf("got account %s, before it was %s", now.AccountID, before.AccountID)
		}
	})
}

func TestWhatHasTheAddressIsLookedAtAnewWithEachRetry(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		old := h.google.AddUser(fakegoogle.User{Email: mail("zoe"), GivenName: "Zoe", FamilyName: "Zander"})
		if err := h.google.DeleteUser(old.ID); err != nil {
			t.Fatal(err)
		}
		id := h.Joins()
		h.google.AddGroup(fakegoogle.Group{Email: mail("zoe"), Name: "Zoology"})
		h.done(h.As("ada").Retries(id))
		h.Settle()
		h.says(h.Steps(id)["address"].Problem, "the group Zoology")
		if got := h.buttons(workflows.CardOnboarding, id, workflows.ChannelPeople); got != "Retry, Change address" {
			t.Errorf("got buttons %q", got)
		}
		h.refused(h.As("ada").press(workflows.VerbRestore, id, nil), "nothing_to_restore")
	})
}

func TestAnAdminCanSettleTheAccountByHand(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddUnmanaged(mail("zoe"))
		id := h.Joins("role", "writer")
		h.isAt(id, "account", workflows.StepFailed)
		h.google.AddUser(fakegoogle.User{Email: mail("zoe"), GivenName: "Zoe", FamilyName: "Zander", ManagerEmail: mail("mona")})
		h.done(h.As("ada").press(workflows.VerbByHand, id, map[string]string{"step": "account", "note": "made in the Admin console"}))
		h.Reads()
		h.says(h.checklist(id).Status, "Ready")
		if got := h.Person("zoe"); got.AccountID != h.account("zoe").ID || !got.Active {
			t.Errorf("got %+v", got)
		}
		if len(h.duties("zoe")) != 2 {
			t.Error("the duties are missing")
		}
	})
}
