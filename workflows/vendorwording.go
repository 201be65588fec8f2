package workflows

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// vendorNameMost is how long a name that is read from a message may be, in
// characters and in words.
const (
	vendorNameMost = 80
	vendorWords    = 5
)

// asksForVendor says whether a message asks for a vendor: it has a link that may
// be one's, or a name after need, use, buy or try. A name begins with a capital, is
// a domain, or stands in quotes; so most chatter is none. own are our own domains.
// Where it is ok the name is never empty, and the link may be.
func asksForVendor(text string, links []string, own ...string) (name, link string, ok bool) {
	for _, l := range append(slices.Clone(links), addressesIn(text)...) {
		if site, _, good := vendorWebsite(l); good && !elsewhere(l, own) {
			link = site
			break
		}
	}
	for _, sentence := range sentences(text) {
		if name = namedAfterAsking(sentence, own); name != "" {
			break
		}
	}
	if site, domain, good := vendorWebsite(name); good && fileKind(name) == "" {
		name = nameOfDomain(domain)
		if link == "" {
			link = site
		}
	}
	if name == "" && link != "" {
		_, domain, _ := vendorWebsite(link)
		name = nameOfDomain(domain)
	}
	return name, link, name != ""
}

// addressesIn finds the addresses that are written out in a text.
func addressesIn(text string) []string {
	var out []string
	for _, word := range strings.Fields(text) {
		word = strings.Trim(word, "<>()[],;:!?\"'.")
		if strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://") {
			out = append(out, word)
		}
	}
	return out
}

// notVendors are hosts that people link to in any talk; those with a path only
// there. Below them counts too.
var notVendors = []string{
	"slack.com", "slack-edge.com", "slack-files.com", "docs.google.com", "drive.google.com", "calendar.google.com",
	"meet.google.com", "sheets.google.com", "slides.google.com", "forms.gle", "photos.app.goo.gl", "mail.google.com",
	"zoom.us/j/", "zoom.us/my/", "zoom.us/s/", "zoom.us/w/", "zoom.us/wc/", "zoom.us/rec/", "teams.microsoft.com/l/",
	"giphy.com", "tenor.com",
}

// elsewhere says whether a link is no vendor's: to the chat itself, to us, to a
// document, a meeting or an image.
func elsewhere(link string, own []string) bool {
	site, domain, ok := vendorWebsite(link)
	if !ok {
		return true
	}
	u, err := url.Parse(site)
	if err != nil || slices.Contains(imageKinds, strings.ToLower(path.Ext(u.Path))) {
		return true
	}
	for _, not := range slices.Concat(notVendors, own) {
		host, at, _ := strings.Cut(not, "/")
		host = plainDomain(host)
		if host == "" || domain != host && !strings.HasSuffix(domain, "."+host) {
			continue
		}
		if at == "" || strings.HasPrefix(u.Path, "/"+at) {
			return true
		}
	}
	return false
}

var imageKinds = []string{".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".heic", ".bmp"}

// fileKind is the ending of a word that is a file's name rather than a domain.
func fileKind(word string) string {
	kind := strings.ToLower(path.Ext(word))
	if slices.Contains(imageKinds, kind) || slices.Contains(fileKinds, kind) {
		return kind
	}
	return ""
}

var fileKinds = []string{".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".csv", ".txt", ".md", ".json", ".yaml", ".yml", ".zip", ".html", ".go", ".py", ".js", ".ts", ".sh", ".exe", ".log", ".mp4", ".mov"}

// nameOfDomain is what a vendor is likely called: the label that it registered,
// with a capital.
func nameOfDomain(domain string) string {
	labels := strings.Split(domain, ".")
	last := len(labels) - 2
	if last > 0 && slices.Contains(sharedHosts, strings.Join(labels[last:], ".")) {
		last--
	}
	label := labels[max(last, 0)]
	first, size := utf8.DecodeRuneInString(label)
	return string(unicode.ToUpper(first)) + label[size:]
}
