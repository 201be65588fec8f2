package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"countersign/cmd/countersign/config"

	"github.com/google/go-cmp/cmp"
)

// withVendor is the smallest configuration with this vendor at its app.
func withVendor(value string) string {
	return strings.Replace(minimal, "    owners:", "    vendor: "+value+"\n    owners:", 1)
}

func TestAnAppNamesItsVendorByDomainByIdOrNotAtAll(t *testing.T) {
	for value, want := range map[string]config.Vendor{
		"figma.com": "figma.com", "www.Figma.com": "figma.com", "aws.amazon.com": "aws.amazon.com",
		"VN-0007": "VN-0007", "vn-12345": "VN-12345", "none": config.NoVendor, "NONE": config.NoVendor,
	} {
		if c := parse(t, withVendor(value)); c.Apps[0].Vendor != want {
			t.Errorf("%s: got %q, want %q", value, c.Apps[0].Vendor, want)
		}
	}
	if c := parse(t, minimal); c.Apps[0].Vendor != "" {
		t.Errorf("without the key the vendor is %q", c.Apps[0].Vendor)
	}
}

func TestWhatIsNoVendorIsNamedWithItsPlace(t *testing.T) {
	for _, value := range []string{`Figma`, `VN-7`, `https://figma.com`, `""`, `10.0.0.1`, `figma.com/pricing`, `ada@figma.com`} {
		want := []string{fmt.Sprintf("c.yaml:9:13: apps[0].vendor: must be a domain such as figma.com, an id of the register such as VN-0007, or none, not %q", strings.Trim(value, `"`))}
		if diff := cmp.Diff(want, problemsOf(withVendor(value))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", value, diff)
		}
	}
}

func TestVendorsAreLookedAtAgainAtLeastOnceAYear(t *testing.T) {
	for _, test := range []struct{ policy, want string }{
		{"reassess_every: 365d", ""},
		{"reassess_every: 90d, requester_may_sponsor: true", ""},
		{"reassess_every: 366d", "c.yaml:11:35: policy.vendor.reassess_every: 366d is above 365d: vendors are looked at again at least once a year"},
		{"reassess_every: 0d", `c.yaml:11:35: policy.vendor.reassess_every: must be a length of time above zero, such as 30m, 8h, 7d or 1d12h, not "0d"`},
		{"first_check_after: -1d", `c.yaml:11:38: policy.vendor.first_check_after: must be a length of time above zero, such as 30m, 8h, 7d or 1d12h, not "-1d"`},
		{"requester_may_sponsor: maybe", "c.yaml:11:42: policy.vendor.requester_may_sponsor: must be true or false, not \"maybe\""},
	} {
		got := strings.Join(problemsOf(minimal+"policy: {vendor: {"+test.policy+"}}\n"), "|")
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.policy, got, test.want)
		}
	}
}

func TestDiscoveryIsASchedule(t *testing.T) {
	with := func(spec string) string {
		return strings.Replace(minimal, "google: {", "google: {discovery: \""+spec+"\", ", 1)
	}
	if c := parse(t, with("0 5 * * 1")); c.Google.Discovery != "0 5 * * 1" {
		t.Errorf("got %q", c.Google.Discovery)
	}
	if c := parse(t, minimal); c.Google.Discovery != "" {
		t.Errorf("without the key it is %q", c.Google.Discovery)
	}
	want := []string{`c.yaml:6:21: google.discovery: must be a cron schedule of five fields, such as "0 9 1 3,6,9,12 *", not "daily"`}
	if diff := cmp.Diff(want, problemsOf(with("daily"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheEffectiveConfigurationAndItsDiffShowVendors(t *testing.T) {
	before, one := parse(t, minimal).Effective()
	after, two := parse(t, strings.Replace(withVendor("figma.com"), "google: {", "google: {discovery: \"0 5 * * 1\", ", 1)+"policy: {vendor: {requester_may_sponsor: true}}\n").Effective()
	if one == two {
		t.Error("the hash did not change")
	}
	want := []string{
		"apps[wiki].vendor: (none) → figma.com",
		"google.discovery: (none) → 0 5 * * 1",
		"policy.vendor.requester_may_sponsor: false → true",
	}
	if diff := cmp.Diff(want, config.Diff(before, after)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAppsWithoutAVendorAreNamed(t *testing.T) {
	apps := minimal[strings.Index(minimal, "  - id"):]
	text := minimal
	for _, id := range []string{"b", "c", "d", "e"} {
		text += strings.ReplaceAll(apps, "wiki", id)
	}
	few := parse(t, text).WithoutVendor()
	if len(few) != 5 || few.Fatal() || few[0].String() != "config.yaml:8:9: apps[0].id: warning: app wiki has no vendor; write vendor: with a domain such as figma.com, or none for one you run yourselves" {
		t.Errorf("five apps:\n%s", few)
	}
	many := parse(t, text+strings.ReplaceAll(apps, "wiki", "f")).WithoutVendor()
	if len(many) != 1 || many.Fatal() || !strings.HasPrefix(many.String(), "config.yaml:8:5: apps[0]: warning: 6 apps have no vendor: wiki, b, c, d, e, f; ") {
		t.Errorf("six apps:\n%s", many)
	}
	if none := parse(t, withVendor("none")).WithoutVendor(); len(none) != 0 {
		t.Errorf("an app of our own:\n%s", none)
	}
	example, err := os.ReadFile("../../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, problems := config.Parse("config.example.yaml", example, environment("SLACK_APP_TOKEN", "xapp-1", "SLACK_BOT_TOKEN", "xoxb-1"))
	if got := append(problems, c.WithoutVendor()...); len(got) != 0 {
		t.Errorf("the example:\n%s", got)
	}
}
