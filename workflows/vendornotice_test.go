package workflows_test

import (
	"errors"
	"strings"
	"testing"

	"countersign/provisioners/googleworkspace/fakegoogle"
	"countersign/workflows"
)

func TestAddressesOfOurOwnAskForNoVendorEvenWhereTheyStandInTheText(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.As("nora").Posts("1700.1", "the notes are at https://wiki.acme.example/vendors", "https://wiki.acme.example/vendors")
		h.As("nora").Posts("1700.2", "join https://acme.slack.com/archives/C1/p1, we need to talk")
		h.Settle()
		if n := h.count("SELECT count(*) FROM vendors"); n != 0 {
			t.Errorf("%d entries were made of our own addresses", n)
		}
		h.As("nora").Posts("1700.3", "see https://wiki.acme.example/design: we need Figma", "https://wiki.acme.example/design")
		h.Settle()
		if v := h.Vendor("VN-0001"); v.Name != "Figma" || v.Domain != "" {
			t.Errorf("the entry is %q of %q, want Figma without a domain", v.Name, v.Domain)
		}
	})
}

func TestANameWithSignsThatCannotBeSeenIsRefused(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		for _, name := range []string{"Fig\u202ema", "Fig\u200bma", "Fig\x1b[31mma", "Figma\u2028Miro"} {
			out := h.As("nora").AsksForVendor(vendorForm("vendor", name))
			if out.Kind != workflows.OutcomeInvalid || !strings.Contains(out.Fields["vendor"], "cannot be seen") {
				t.Errorf("%q: %+v", name, out)
			}
			if r := h.imports(true, workflows.VendorRow{Vendor: name}); name != "Figma\u2028Miro" && len(r.Problems) != 1 {
				t.Errorf("imported as %q: %+v", name, r)
			}
		}
		h.done(h.As("nora").AsksForVendor(vendorForm("vendor", "Žluť שלום 小米 & 😀")))
	})
}

func TestAMessageOfSomebodyNotKnownYetIsOneEntryWhenItComesAgain(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		h.google.AddUser(fakegoogle.User{Email: mail("gwen"), GivenName: "Gwen", FamilyName: "New"})
		h.slack.Change("U0GWEN", func(m *workflows.Member) { m.Name, m.Email = "Gwen New", mail("gwen") })
		post := workflows.VendorPost{By: workflows.Clicker{ChatID: "U0GWEN", Team: team}, Channel: "C0VENDORS", ID: "1700.1", Text: "we need Figma", At: h.now()}
		if err := h.svc.VendorNoticed(t.Context(), post); !errors.Is(err, workflows.ErrNotKnownYet) {
			t.Fatalf("the first time: %v, want that it is to come again", err)
		}
		h.Settle()
		for range 2 {
			if err := h.svc.VendorNoticed(t.Context(), post); err != nil {
				t.Fatal(err)
			}
		}
		h.Settle()
		if n := h.count("SELECT count(*) FROM vendors"); n != 1 {
			t.Errorf("%d entries, want one", n)
		}
	})
}

func TestWhatAFormSaysItIsAboutGivesNothingAway(t *testing.T) {
	story(t, func(t *testing.T, h *company) {
		id := h.Buys()
		before := h.Vendor(id)
		for i, record := range []string{"post/../..", "post/", "post/C0VENDORS", id, "DA-0001", "post/C0VENDORS/1700.1/x|y"} {
			name := "Vendor " + string(rune('A'+i))
			out, err := h.svc.Submit(t.Context(), workflows.Submission{
				Key: name, Kind: workflows.VendorFlow, Record: record, By: h.As("nora").by, Values: vendorForm("vendor", name, "website", "site"+string(rune('a'+i))+".example"),
			})
			if err != nil || out.Kind != workflows.OutcomeDone || out.Record == id {
				t.Errorf("%s: %+v, %v; want an entry of its own", record, out, err)
			}
		}
		h.Settle()
		if after := h.Vendor(id); after.Version != before.Version {
			t.Errorf("another vendor was changed: %+v", after)
		}
		for _, p := range h.slack.all() {
			if strings.HasPrefix(p.card.Record, "VN-") && p.card.ThreadIn != "" {
				t.Errorf("the card of %s stands in %s", p.card.Record, p.card.ThreadIn)
			}
		}
	})
}
