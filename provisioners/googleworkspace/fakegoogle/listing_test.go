package fakegoogle_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestAPageTokenBelongsToOneListingAndEndsAfterThreeDays(t *testing.T) {
	shift := time.Duration(0)
	s := open(t, fakegoogle.Options{PageSize: 1, Now: func() time.Time { return time.Now().Add(shift) }})
	s.AddGroup(fakegoogle.Group{Email: "more@acme.example"})
	const listing = "users?customer=my_customer&orderBy=email"
	token := "&pageToken=" + url.QueryEscape(s.get(t, listing).NextPageToken)
	for _, other := range []string{"users?customer=my_customer", listing + "&sortOrder=DESCENDING", listing + "&showDeleted=true", "groups?customer=my_customer"} {
		s.refuses(t, []refused{{"GET", other + token, "", 400, "invalid", "Invalid Input: pageToken"}})
	}
	if got := s.do(t, "GET", listing+token+"&maxResults=100&prettyPrint=false", ""); got.Users[0].PrimaryEmail != admin {
		t.Errorf("the second page begins with %s, want %s", got.Users[0].PrimaryEmail, admin)
	}
	for ago, want := range map[time.Duration]int{72*time.Hour - time.Minute: 200, 72*time.Hour + time.Minute: 400} {
		shift = -ago // the access token was given out at the later time, and is good at both
		token := s.get(t, listing).NextPageToken
		shift = 0
		if got := s.get(t, listing+"&pageToken="+url.QueryEscape(token)); got.Status != want {
			t.Errorf("a token that is %v old = %d, want %d", ago, got.Status, want)
		}
	}
}

func TestOnlyTheFieldsAskedForAreAnswered(t *testing.T) {
	s := open(t, fakegoogle.Options{PageSize: 1})
	id := s.get(t, "users/"+ada).ID
	for _, c := range [][3]string{
		{"users/" + ada, "id", `{"id":"` + id + `"}`},
		{"users/" + ada, "primaryEmail,name(fullName)", `{"name":{"fullName":""},"primaryEmail":"` + ada + `"}`},
		{"users/" + ada, "emails/address", `{"emails":[{"address":"` + ada + `"},{"address":"countess@acme.example"}]}`},
		{"users/" + ada, "name/*,customSchemas/hr/badge", `{"name":{"familyName":"","fullName":"","givenName":""}}`},
		{"groups?customer=my_customer", "groups(email,directMembersCount)", `{"groups":[{"directMembersCount":"0","email":"` + devs + `"}]}`},
		{"users?customer=my_customer", "users/primaryEmail", `{"users":[{"primaryEmail":"` + ada + `"}]}`},
	} {
		if _, got := s.raw(t, "GET", directory+withFields(c[0], c[1])); got != c[2] {
			t.Errorf("GET %s of %s = %s, want %s", c[1], c[0], got, c[2])
		}
	}
	if got := s.get(t, withFields("users?customer=my_customer", "nextPageToken")); got.NextPageToken == "" || len(got.Users) != 0 {
		t.Errorf("got %+v, want a page token only", got)
	}
	for _, wrong := range []string{"surname", "name(full)", "id/x", "name(fullName", "id)", "id,,etag", "users(", "a()"} {
		s.refuses(t, []refused{{"GET", withFields("users/"+ada, wrong), "", 400, "invalidParameter", "Invalid field selection"}})
	}
	s.refuses(t, []refused{{"GET", withFields("users/nobody@acme.example", "id"), "", 404, "notFound", "userKey"}})
}

func withFields(path, fields string) string {
	if strings.Contains(path, "?") {
		return path + "&fields=" + url.QueryEscape(fields)
	}
	return path + "?fields=" + url.QueryEscape(fields)
}
