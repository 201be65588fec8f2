package workflows

import (
	"strings"
	"testing"
)

func TestAVendorsWebsiteIsReadAsPeopleWriteIt(t *testing.T) {
	for _, test := range []struct{ text, website, domain string }{
		{"figma.com", "https://figma.com", "figma.com"},
		{"https://www.figma.com/pricing", "https://www.figma.com/pricing", "figma.com"},
		{"http://Figma.COM/", "http://figma.com", "figma.com"},
		{" www.notion.so ", "https://www.notion.so", "notion.so"},
		{"HTTPS://Linear.App/Features?ref=ada#top", "https://linear.app/Features", "linear.app"},
		{"https://example.com:8443/a", "https://example.com:8443/a", "example.com"},
		{"aws.amazon.com", "https://aws.amazon.com", "aws.amazon.com"},
		{"https://müller.example/über", "https://müller.example/%C3%BCber", "müller.example"},
		{"xn--mller-kva.example", "https://xn--mller-kva.example", "xn--mller-kva.example"},
		{"example.xn--p1ai", "https://example.xn--p1ai", "example.xn--p1ai"},
		{"figma.com.", "https://figma.com", "figma.com"},
	} {
		website, domain, ok := vendorWebsite(test.text)
		if !ok || website != test.website || domain != test.domain {
			t.Errorf("%q: got %q, %q, %t, want %q, %q", test.text, website, domain, ok, test.website, test.domain)
		}
	}
}

func TestWhatCanBeNobodysWebsiteIsRefused(t *testing.T) {
	for _, text := range []string{
		"", " ", "figma", "localhost", "http://localhost:8080", "app.localhost", "printer.local", "db.internal", "10.0.0.1", "https://127.0.0.1/x",
		"http://[::1]/", "http://2130706433/", "0x7f.0.0.1", "ftp://figma.com", "javascript:alert(1)", "mailto:ada@figma.com", "ada@figma.com",
		"https://ada:secret@figma.com", "https://figma.com@evil.example", "figma .com", "figma.com\nnotion.so", "https://", "https:///path", ".com", "figma..com",
		"-figma.com", "figma-.com", "fig_ma.com", "figma.c", "figma.123", "www.com", "<https://figma.com>", "https://figma.com|Figma",
		"https://fig%6da.com:port", "//figma.com:x", strings.Repeat("a", 64) + ".com", "figma.com/" + strings.Repeat("a", 600),
	} {
		if website, domain, ok := vendorWebsite(text); ok || website != "" || domain != "" {
			t.Errorf("%q: got %q, %q, %t", text, website, domain, ok)
		}
	}
}

func TestDomainsOfOneVendorAreTheSameSite(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"figma.com", "figma.com", true},
		{"figma.com", "app.figma.com", true},
		{"eu.app.figma.com", "figma.com", true},
		{"www.figma.com", "FIGMA.com", true},
		{"github.io", "github.io", true},
		{"tool.github.io", "docs.tool.github.io", true},
		{"aws.amazon.com", "console.aws.amazon.com", true},
		{"figma.com", "notfigma.com", false},
		{"figma.com", "figma.com.evil.example", false},
		{"figma.com", "notion.so", false},
		{"one.github.io", "two.github.io", false},
		{"one.github.io", "github.io", false},
		{"acme.notion.site", "notion.site", false},
		{"drive.google.com", "google.com", false},
		{"shop.co.uk", "co.uk", false},
		{"app.figma.com", "www2.figma.com", false},
		{"figma.com", "com", false},
		{"", "", false},
		{"figma.com", "", false},
	} {
		if got := sameSite(test.a, test.b); got != test.want {
			t.Errorf("%q and %q: got %t, want %t", test.a, test.b, got, test.want)
		}
		if got := sameSite(test.b, test.a); got != test.want {
			t.Errorf("%q and %q: got %t, want %t", test.b, test.a, got, test.want)
		}
	}
}

func TestNamesOfOneVendorCompareEqual(t *testing.T) {
	for want, texts := range map[string][]string{
		"figma":      {"Figma", "FIGMA", " figma ", "Figma, Inc.", "Figma Inc", "figma.com", "www.figma.com", "Figma GmbH", "Figma Ltd.", "FigMa!", "Figma GmbH & Co. KG"},
		"monday":     {"monday.com", "Monday.com Ltd."},
		"notionlabs": {"Notion Labs, Inc.", "Notion-Labs", "notion labs"},
		"1password":  {"1Password", "1password.com"},
		"att":        {"AT&T", "A.T.&T. Inc."},
		"sas":        {"SAS", "SAS Inc."},
		"müller":     {"Müller GmbH", "müller.de"},
		"":           {"", "...", "!?"},
	} {
		for _, text := range texts {
			if got := vendorName(text); got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
	for _, pair := range [][2]string{{"Figma", "Figmatic"}, {"Linear", "Linear B"}, {"Inc", "Ltd"}} {
		if vendorName(pair[0]) == vendorName(pair[1]) {
			t.Errorf("%q and %q are both %q", pair[0], pair[1], vendorName(pair[0]))
		}
	}
}

func FuzzWebsitesAreReadTheSameTwice(f *testing.F) {
	for _, seed := range []string{"figma.com", "https://www.figma.com/pricing?x=1#y", "http://[::1]/", "https://a:b@c.de", "xn--mller-kva.example", "ädä.ex", "a.b:99999", "https://figma.com/%2f%zz", "https://fi%67ma.com", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		website, domain, ok := vendorWebsite(text)
		if !ok {
			if website != "" || domain != "" {
				t.Fatalf("%q is refused with %q, %q", text, website, domain)
			}
			return
		}
		again, same, ok := vendorWebsite(website)
		if !ok || again != website || same != domain {
			t.Fatalf("%q is read as %q, %q, and that as %q, %q, %t", text, website, domain, again, same, ok)
		}
		if domain != strings.ToLower(domain) || !sameSite(domain, domain) || len(website) > websiteMost {
			t.Fatalf("%q has the domain %q and the website %q", text, domain, website)
		}
	})
}
