package workflows

import (
	"slices"
	"strings"
)

// foldApp makes the name of an app comparable with those of vendors: "Zoom for
// Google Workspace" and "Zoom App" are Zoom.
func foldApp(name string) string {
	words := strings.Fields(name)
	lower := strings.Fields(strings.ToLower(name))
	if i := slices.Index(lower, "for"); i > 0 {
		words, lower = words[:i], lower[:i]
	}
	if n := len(words); n > 1 && lower[n-1] == "app" {
		words = words[:n-1]
	}
	return vendorName(strings.Join(words, " "))
}

// matchVendor returns the vendor that an app's name or address names; empty where
// none does or several do. Names prove nothing, for anybody can take any name:
// what an app that was matched may do is shown all the same.
func matchVendor(name string, vendors []Vendor, apps []App) string {
	host := hostOf(name)
	var live, over []string
	for _, v := range vendors {
		if !namesVendor(name, host, v) && !slices.ContainsFunc(apps, func(a App) bool { return foldApp(a.Name) == foldApp(name) && belongs(a, v) }) {
			continue
		}
		if v.Live() {
			live = append(live, v.ID)
		} else {
			over = append(over, v.ID)
		}
	}
	switch {
	case len(live) == 1:
		return live[0]
	case len(live) == 0 && len(over) == 1:
		return over[0]
	}
	return ""
}

// namesVendor says whether an app calls itself as a vendor does.
func namesVendor(name, host string, v Vendor) bool {
	folded := foldApp(name)
	if folded == "" {
		return false
	}
	if folded == vendorName(v.Name) {
		return true
	}
	if v.Domain == "" {
		return false
	}
	if host != "" {
		return sameSite(host, v.Domain)
	}
	return folded == siteLabel(v.Domain)
}

// belongs says whether the catalogue names a vendor as the one behind an app.
func belongs(a App, v Vendor) bool {
	return a.Vendor != "" && a.Vendor != "none" && (a.Vendor == v.ID || sameSite(a.Vendor, v.Domain))
}

// siteLabel is the word by which people know an address, "notion" of "notion.so";
// empty where it is too short to tell anybody apart, as that of "foo.co.uk", or
// where strangers share the address.
func siteLabel(domain string) string {
	parts := strings.Split(domain, ".")
	if len(parts) < 2 || len(parts[len(parts)-2]) < 4 || slices.Contains(sharedHosts, domain) {
		return ""
	}
	return vendorName(parts[len(parts)-2])
}

// hostOf is the address that an app gives as its name, or empty.
func hostOf(name string) string {
	_, host, ok := vendorWebsite(name)
	if !ok {
		return ""
	}
	return host
}
