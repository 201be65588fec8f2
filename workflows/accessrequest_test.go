package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestARequestTravelsFromTheQuestionToItsEnd(t *testing.T) {
	story(t, func(h *company) {
		out := h.As("nora").Requests("github", "member", 8*time.Hour, reason)
		h.done(out)
		h.says(out.Message, "AR-000001", "Bob Builder")
		h.Settle()
		h.is("AR-000001", "Waiting for approval")
		if h.In(members, "nora") {
			t.Fatal("nora is in before anybody approved")
		}

		h.done(h.As("bob").Approves("AR-000001"))
		h.Settle()
		h.is("AR-000001", "Granted")
		if !h.In(members, "nora") {
			t.Fatal("nora is not in the group")
		}

		h.Advance(8 * time.Hour)
		h.is("AR-000001", "Expired")
		if h.In(members, "nora") {
			t.Fatal("nora is still in the group")
		}
		want := []string{
			"access_request.created", "access_request.approved", "grant.started", "grant.provisioned", "grant.verified",
			"grant.expired", "grant.verified_absent",
		}
		if diff := cmp.Diff(want, h.History("AR-000001")); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}
