package workflows

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// websiteMost is how long an address of a vendor may be.
const websiteMost = 500

// localNames are top labels of hosts that are nowhere on the internet.
var localNames = []string{"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa", "invalid", "onion"}

// vendorWebsite reads the address of a vendor as people write it, with a scheme or
// without. website is the address without query and fragment, with a scheme;
// domain is its host without www, lower case. It is not ok where no company could
// have its website there: a number, a single label, another scheme, a password.
func vendorWebsite(text string) (website, domain string, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > websiteMost || strings.ContainsFunc(text, notInAddress) {
		return "", "", false
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return "", "", false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	domain = strings.TrimPrefix(host, "www.")
	if !publicHost(domain) {
		return "", "", false
	}
	if port := u.Port(); port != "" {
		host = net.JoinHostPort(host, port)
	}
	clean := url.URL{Scheme: u.Scheme, Host: host, Path: u.Path, RawPath: u.RawPath}
	website = strings.TrimRight(u.Scheme+"://"+host+clean.EscapedPath(), "/")
	if len(website) > websiteMost {
		return "", "", false
	}
	return website, domain, true
}

func notInAddress(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || strings.ContainsRune("<>\"`|\\^{}", r)
}

// publicHost says whether a host, lower case, can be one of the internet's. Labels
// may be of any script: nothing is translated.
func publicHost(host string) bool {
	labels := strings.Split(host, ".")
	if len(host) > 253 || len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool { return r != '-' && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) }) {
			return false
		}
	}
	top := labels[len(labels)-1]
	digits := strings.ContainsFunc(top, unicode.IsDigit) && !strings.HasPrefix(top, "xn--")
	return utf8.RuneCountInString(top) > 1 && !digits && !slices.Contains(localNames, top)
}

// sharedHosts are domains under which companies that have nothing to do with each
// other have their sites, or one company very different products.
var sharedHosts = []string{
	"github.io", "gitlab.io", "bitbucket.io", "gitbook.io", "readme.io", "readthedocs.io", "notion.site",
	"google.com", "microsoft.com", "apple.com", "amazon.com", "amazonaws.com", "cloudfront.net",
	"azurewebsites.net", "sharepoint.com", "atlassian.net", "myshopify.com",
	"vercel.app", "netlify.app", "web.app", "run.app", "replit.app", "firebaseapp.com", "appspot.com",
	"herokuapp.com", "pages.dev", "workers.dev", "fly.dev", "onrender.com",
	"wordpress.com", "blogspot.com", "substack.com", "medium.com", "webflow.io", "wixsite.com", "framer.website",
	"co.uk", "org.uk", "com.au", "co.nz", "co.jp", "co.kr", "co.in", "co.il", "co.za",
	"com.br", "com.mx", "com.ar", "com.cn", "com.hk", "com.sg", "com.tr", "com.tw",
}

// sameSite says whether two domains are of one vendor: they are equal, or one is
// below the other, unless strangers live there too.
func sameSite(a, b string) bool {
	a, b = plainDomain(a), plainDomain(b)
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	return strings.HasSuffix(b, "."+a) && strings.Contains(a, ".") && !slices.Contains(sharedHosts, a)
}

func plainDomain(domain string) string {
	return strings.TrimPrefix(strings.Trim(strings.ToLower(strings.TrimSpace(domain)), "."), "www.")
}

// legalForms are the ends of companies' names that say nothing about which one.
var legalForms = []string{
	"inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "pbc", "ltd", "limited", "plc", "pty",
	"gmbh", "ag", "kg", "ug", "se", "sa", "sas", "sarl", "srl", "spa", "sl", "bv", "nv", "ab", "as", "asa", "aps", "oy", "oyj", "kk",
}

// nameEndings are top labels that products carry in their names.
var nameEndings = []string{".com", ".io", ".ai", ".app", ".co", ".dev", ".net", ".org", ".so", ".de"}

// vendorName is a vendor's name for comparing it with others: without legal form,
// case, punctuation and spaces. It is empty for a text without letters and digits.
func vendorName(text string) string {
	var words []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;/()&+|", r) }) {
		for _, end := range nameEndings {
			if cut, ok := strings.CutSuffix(word, end); ok && lettersOf(cut) != "" {
				word = strings.TrimPrefix(cut, "www.")
				break
			}
		}
		if word = lettersOf(word); word != "" {
			words = append(words, word)
		}
	}
	for len(words) > 1 && slices.Contains(legalForms, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, "")
}

func lettersOf(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.M, unicode.N) {
			return r
		}
		return -1
	}, word)
}
