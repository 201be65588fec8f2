package workflows_test

import "testing"

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
