package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Vendor says whose an app is: a domain such as figma.com, lower case and without
// www, an id of the vendor register such as VN-0007, or NoVendor.
type Vendor string

// NoVendor is for an app that the company runs itself.
const NoVendor Vendor = "none"

var (
	vendorID    = regexp.MustCompile(`^VN-[0-9]{4,}$`)
	addressForm = regexp.MustCompile(`(^|\.)[0-9]+$`) // the end of a number's, which is no domain
)

// UnmarshalText refuses what is neither a domain nor an id nor none.
func (v *Vendor) UnmarshalText(text []byte) error {
	lower := strings.ToLower(string(text))
	domain := strings.TrimPrefix(lower, "www.")
	switch {
	case lower == string(NoVendor):
		*v = NoVendor
	case vendorID.MatchString(strings.ToUpper(lower)):
		*v = Vendor(strings.ToUpper(lower))
	case domainForm.MatchString(domain) && len(domain) <= 253 && !addressForm.MatchString(domain):
		*v = Vendor(domain)
	default:
		return errors.New("must be a domain such as figma.com, an id of the register such as VN-0007, or none")
	}
	return nil
}

// vendorPolicy: the policies that people are shown promise a look every year.
func (v *validator) vendorPolicy() {
	const most = 365 * day
	if every := v.Policy.Vendor.ReassessEvery; every > most {
		v.wrong("policy.vendor.reassess_every", "%s is above %s: vendors are looked at again at least once a year", every, most)
	}
}

// oneByOne is how many apps without a vendor are named each with its place.
const oneByOne = 5

// WithoutVendor says which apps have no vendor named: each with its place, or all
// of them at the first one where they are many. None of it is fatal.
func (c *Config) WithoutVendor() Problems {
	const advice = "write vendor: with a domain such as figma.com, or none for one you run yourselves"
	var at, ids []string
	for i, app := range c.Apps {
		if app.Vendor == "" {
			at, ids = append(at, fmt.Sprintf("apps[%d]", i)), append(ids, app.ID)
		}
	}
	var out Problems
	switch {
	case len(ids) > oneByOne:
		out = append(out, c.Problem(at[0], false, "%d apps have no vendor: %s; %s", len(ids), strings.Join(ids, ", "), advice))
	default:
		for i, id := range ids {
			out = append(out, c.Problem(at[i]+".id", false, "app %s has no vendor; %s", id, advice))
		}
	}
	return out
}
