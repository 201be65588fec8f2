package workflows

import (
	"slices"
	"strings"
	"testing"
)

const googleAuth = "https://www.googleapis.com/auth/"

func TestAnAppIsClassedByTheWeightiestThingItMayDo(t *testing.T) {
	for _, c := range []struct{ scopes, want string }{
		{"", ""},
		{"openid", "profile"},
		{"openid email profile", "profile"},
		{googleAuth + "userinfo.email " + googleAuth + "userinfo.profile", "profile"},
		{googleAuth + "calendar.events.readonly openid", "calendar"},
		{googleAuth + "tasks", "calendar"},
		{googleAuth + "contacts.readonly " + googleAuth + "calendar", "calendar"},
		{googleAuth + "contacts.readonly openid", "contacts"},
		{googleAuth + "directory.readonly", "contacts"},
		{"https://www.google.com/m8/feeds/", "contacts"},
		{googleAuth + "user.phonenumbers.read", "contacts"},
		{googleAuth + "drive.file openid", "files"},
		{googleAuth + "drive " + googleAuth + "calendar", "files"},
		{googleAuth + "spreadsheets.readonly", "files"},
		{googleAuth + "documents", "files"},
		{"https://docs.google.com/feeds/", "files"},
		{googleAuth + "script.external_request", "files"},
		{googleAuth + "script.projects", "admin"},
		{"https://mail.google.com/", "mail"},
		{googleAuth + "gmail.readonly " + googleAuth + "drive", "mail"},
		{googleAuth + "gmail.send", "mail"},
		{googleAuth + "chat.messages", "mail"},
		{googleAuth + "groups", "mail"},
		{googleAuth + "admin.directory.user https://mail.google.com/", "admin"},
		{googleAuth + "admin.reports.audit.readonly", "admin"},
		{googleAuth + "apps.groups.settings", "admin"},
		{googleAuth + "cloud-platform", "admin"},
		{googleAuth + "ediscovery", "admin"},
		{"https://apps-apis.google.com/a/feeds/domain/", "admin"},
		{googleAuth + "fitness.activity.read", "other"},
		{"https://example.com/auth/anything", "other"},
		{googleAuth + "fitness.activity.read openid", "profile"},
		{strings.ToUpper(googleAuth) + "GMAIL.READONLY", "mail"},
	} {
		scopes := strings.Fields(c.scopes)
		if got := scopeClass(scopes); got != c.want {
			t.Errorf("%v: %q, want %q", scopes, got, c.want)
		}
		slices.Reverse(scopes)
		if got := scopeClass(scopes); got != c.want {
			t.Errorf("%v backwards: %q, want %q", scopes, got, c.want)
		}
	}
}

func TestScopesAreListedWithTheBroadestFirst(t *testing.T) {
	got := scopeLines([]string{"openid", googleAuth + "drive", googleAuth + "gmail.send", googleAuth + "gmail.readonly"})
	want := []string{"Mail and messages: gmail.readonly, gmail.send", "Files: drive", "Name and address only: openid"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
