package fakegoogle_test

import (
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

const calendar = `{"applicationId":"435070579839","applicationTransferParams":[{"key":"RELEASE_RESOURCES","value":["TRUE"]}]}`

// handover is a transfer of these parts.
func (s site) handover(t *testing.T, parts string) string {
	t.Helper()
	from, to := s.ids(t)
	return `{"oldOwnerUserId":"` + from + `","newOwnerUserId":"` + to + `","applicationDataTransfers":[` + parts + `]}`
}

func TestATransferNamesNumbersAndKnownParameters(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	from, to := s.ids(t)
	drive := s.drive(t)
	parameter := func(key, value string) string {
		return s.handover(t, `{"applicationId":"55656082996","applicationTransferParams":[{"key":"`+key+`","value":`+value+`}]}`)
	}
	s.refuses(t, []refused{
		{"POST", transfer, strings.Replace(drive, from, ada, 1), 400, "invalid", "oldOwnerUserId"},
		{"POST", transfer, strings.Replace(drive, to, bob, 1), 400, "invalid", "newOwnerUserId"},
		{"POST", transfer, strings.Replace(drive, to, from, 1), 400, "invalid", "newOwnerUserId"},
		{"POST", transfer, strings.Replace(drive, `"55656082996"`, `55656082996`, 1), 400, "badRequest", "applicationId"},
		{"POST", transfer, strings.Replace(drive, "55656082996", "7", 1), 400, "invalid", "applicationId"},
		{"POST", transfer, s.handover(t, ""), 400, "invalid", "applicationDataTransfers"},
		{"POST", transfer, s.handover(t, calendar+","+calendar), 400, "invalid", "applicationId"},
		{"POST", transfer, parameter("PRIVACY", `["PRIVATE"]`), 400, "invalid", "PRIVACY"},
		{"POST", transfer, parameter("PRIVACY_LEVEL", `["private"]`), 400, "invalid", "PRIVACY_LEVEL"},
		{"POST", transfer, parameter("PRIVACY_LEVEL", `[]`), 400, "invalid", "PRIVACY_LEVEL"},
		{"POST", transfer, parameter("PRIVACY_LEVEL", `"PRIVATE"`), 400, "badRequest", "value"},
		{"POST", transfer, strings.Replace(drive, `{"old`, `{"id":"1","old`, 1), 400, "badRequest", "Google only"},
		{"GET", transfer + "?customerId=C0other", "", 400, "invalid", "Invalid Customer Id"},
		{"GET", transfer + "?oldOwner=" + from, "", 400, "invalid", "oldOwner"},
	})
	s.as(t, bob, "https://www.googleapis.com/auth/admin.datatransfer").refuses(t, []refused{{"POST", transfer, drive, 403, "forbidden", "Not Authorized"}})
	if got := s.Transfers(); len(got) != 0 {
		t.Errorf("refused transfers began: %v", got)
	}
	listed := s.get(t, "/admin/datatransfer/v1/applications")
	if listed.at("applications") != "3 items" || listed.at("applications", 0, "transferParams", 0, "value") != "2 items" {
		t.Errorf("applications %v", listed.whole)
	}
}

func TestANewOwnerIsActive(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	must(t, s.Suspend(bob))
	s.refuses(t, []refused{{"POST", transfer, s.drive(t), 403, "forbidden", "not active"}})
	s.do(t, "PUT", "users/"+bob, `{"suspended":false,"archived":true}`)
	s.refuses(t, []refused{{"POST", transfer, s.drive(t), 403, "forbidden", "not active"}})
	s.do(t, "PUT", "users/"+bob, `{"archived":false}`)
	must(t, s.Suspend(ada)) // the old one need not be
	s.do(t, "POST", transfer, s.drive(t))
}

func TestATransferGoesOnAfterItsAnswer(t *testing.T) {
	shift := time.Duration(0)
	s := leaver(t, fakegoogle.Options{TransferTime: 20 * time.Minute, Now: func() time.Time { return time.Now().Add(shift) }})
	id := s.do(t, "POST", transfer, s.handover(t, calendar+`,{"applicationId":"810260081642"}`)).ID
	for _, c := range []struct {
		after                time.Duration
		whole, first, second string
	}{
		{0, "inProgress", "inProgress", "inProgress"},
		{11 * time.Minute, "inProgress", "completed", "inProgress"},
		{21 * time.Minute, "completed", "completed", "completed"},
	} {
		shift = c.after
		got := s.do(t, "GET", transfer+"/"+id, "")
		parts := []string{got.at("applicationDataTransfers", 0, "applicationTransferStatus"), got.at("applicationDataTransfers", 1, "applicationTransferStatus")}
		if got.at("overallTransferStatusCode") != c.whole || parts[0] != c.first || parts[1] != c.second {
			t.Errorf("after %v: %s of %v, want %s of %s and %s", c.after, got.at("overallTransferStatusCode"), parts, c.whole, c.first, c.second)
		}
	}
	at := leaver(t, fakegoogle.Options{})
	answer := at.do(t, "POST", transfer, at.drive(t))
	if got := answer.at("overallTransferStatusCode") + " " + answer.at("applicationDataTransfers", 0, "applicationTransferStatus"); got != "inProgress inProgress" {
		t.Errorf("the answer to an insert says %s, want that it has begun", got)
	}
	if got := at.Transfers(); len(got) != 1 || got[0].Status != fakegoogle.Completed || got[0].From != ada || got[0].To != bob || len(got[0].Applications[0].Parameters["PRIVACY_LEVEL"]) != 2 {
		t.Errorf("transfers %+v, want one of ada to bob that is over", got)
	}
	s.refuses(t, []refused{{"GET", transfer + "/none", "", 404, "notFound", "dataTransferId"}})
}

func TestATransferCanFail(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	s.FailTransfers("435070579839")
	body := s.handover(t, `{"applicationId":"55656082996"},`+calendar)
	for _, want := range []fakegoogle.Status{fakegoogle.Failed, fakegoogle.Completed} { // the next one only
		s.do(t, "POST", transfer, body)
		all := s.Transfers()
		got := all[len(all)-1]
		if got.Status != want || got.Applications[0].Status != fakegoogle.Completed || got.Applications[1].Status != want {
			t.Errorf("transfer %+v, want %s by Calendar", got, want)
		}
	}
}

func TestATransferIsMadeTwiceWhenAskedTwice(t *testing.T) {
	s := leaver(t, fakegoogle.Options{})
	first, second := s.do(t, "POST", transfer, s.drive(t)).ID, s.do(t, "POST", transfer, s.drive(t)).ID
	if first == second || len(s.Transfers()) != 2 {
		t.Errorf("transfers %s and %s of %d, want two", first, second, len(s.Transfers()))
	}
}

func TestTransfersAreFoundByOwnersAndStatus(t *testing.T) {
	s := leaver(t, fakegoogle.Options{PageSize: 1})
	from, to := s.ids(t)
	s.begin(t)
	s.FailTransfers("55656082996")
	s.begin(t)
	for query, want := range map[string]int{
		"": 2, "oldOwnerUserId=" + from: 2, "oldOwnerUserId=" + to: 0, "newOwnerUserId=" + to: 2, "newOwnerUserId=" + from: 0,
		"status=failed": 1, "status=completed&oldOwnerUserId=" + from: 1, "status=inProgress": 0, "customerId=my_customer": 2,
	} {
		rows, token := 0, ""
		for {
			got := s.do(t, "GET", transfer+"?"+query+"&pageToken="+token, "")
			if got.at("dataTransfers") != "<nil>" {
				rows++
			}
			if token = got.NextPageToken; token == "" {
				break
			}
		}
		if rows != want {
			t.Errorf("?%s finds %d, want %d", query, rows, want)
		}
	}
}
