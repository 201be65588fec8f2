package workflows

import (
	"slices"
	"strings"
)

// The classes of what an app may do, the weightiest first. Stored.
var scopeClasses = []string{"admin", "mail", "files", "calendar", "contacts", "profile", "other"}

// scopeClass returns the weightiest class of what an app was let in to; empty
// where that is not known. A scope that we do not know is other: it weighs less
// than any that we do, but never hides one.
func scopeClass(scopes []string) string {
	best := len(scopeClasses)
	for _, scope := range scopes {
		best = min(best, scopeWeight(classOf(scope)))
	}
	if best == len(scopeClasses) {
		return ""
	}
	return scopeClasses[best]
}

// newClass returns the weightiest class of which nothing was allowed before; empty
// where there is none.
func newClass(before, now []string) string {
	had := make(map[string]bool)
	for _, scope := range before {
		had[classOf(scope)] = true
	}
	return scopeClass(slices.DeleteFunc(slices.Clone(now), func(scope string) bool { return had[classOf(scope)] }))
}

// scopeWeight is the place of a class, 0 the weightiest. None weighs least.
func scopeWeight(class string) int {
	if i := slices.Index(scopeClasses, class); i >= 0 {
		return i
	}
	return len(scopeClasses)
}

// heavy says whether a class can read or change what the company keeps.
func heavy(class string) bool { return scopeWeight(class) <= scopeWeight("files") }

// scopeMarks say by which words of a scope its class is known, the first that
// fits. The names are those of https://developers.google.com/identity/protocols/oauth2/scopes.
var scopeMarks = []struct {
	class  string
	starts []string // of the scope without the address that all begin with
}{
	{"admin", []string{
		"admin.", "apps.", "cloud-platform", "cloud-identity", "cloudplatform", "ediscovery", "chrome.management", "chrome.device", "cloud_device",
		"chromewebstore", "service.management", "siteverification", "compute", "devstorage", "bigquery", "sqlservice", "logging",
		"script.deployments", "script.projects", "apps/", "datastore", "pubsub", "iam", "identitytoolkit", "firebase",
	}},
	{"mail", []string{"gmail", "mail.google.com", "chat", "groups", "hangouts"}},
	{"files", []string{"drive", "docs", "documents", "spreadsheets", "presentations", "forms", "keep", "photoslibrary", "script.", "sites", "meetings", "jamboard", "youtube"}},
	{"calendar", []string{"calendar", "tasks"}},
	{"contacts", []string{"contacts", "directory", "m8/", "user.", "other.contacts"}},
	{"profile", []string{"openid", "email", "profile", "userinfo", "plus."}},
}

// oldFeeds are scopes of Google's first APIs, which had hosts of their own.
var oldFeeds = strings.NewReplacer(
	"https://www.googleapis.com/auth/", "", "https://www.google.com/m8/feeds", "m8/", "https://www.google.com/calendar/feeds", "calendar",
	"https://docs.google.com/feeds", "docs", "https://spreadsheets.google.com/feeds", "spreadsheets", "https://apps-apis.google.com/a/feeds", "apps/",
	"https://docs.googleusercontent.com", "docs", "https://sites.google.com/feeds", "sites", "https://", "",
)

// classOf returns the class of one scope.
func classOf(scope string) string {
	s := oldFeeds.Replace(strings.ToLower(strings.TrimSpace(scope)))
	for _, m := range scopeMarks {
		if slices.ContainsFunc(m.starts, func(start string) bool { return strings.HasPrefix(s, start) }) {
			return m.class
		}
	}
	return "other"
}

// classNames are the classes as people say them.
var classNames = map[string]string{
	"admin": "Administration of the Workspace or its cloud", "mail": "Mail and messages", "files": "Files", "calendar": "Calendar",
	"contacts": "Contacts and other people's data", "profile": "Name and address only", "other": "Something else",
}

// scopeLines lists scopes by class, the weightiest first, each class with the
// scopes as Google names them.
func scopeLines(scopes []string) []string {
	var out []string
	for _, class := range scopeClasses {
		var of []string
		for _, s := range scopes {
			if classOf(s) == class {
				of = append(of, strings.TrimPrefix(s, "https://www.googleapis.com/auth/"))
			}
		}
		if len(of) > 0 {
			slices.Sort(of)
			out = append(out, classNames[class]+": "+strings.Join(of, ", "))
		}
	}
	return out
}
