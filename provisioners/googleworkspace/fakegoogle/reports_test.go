package fakegoogle_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

var diary = fakegoogle.Token{ClientID: "7.apps.example", Name: "Diary", Scopes: []string{"openid", "https://www.googleapis.com/auth/calendar"}}

// hours is so many hours ago.
func hours(n int) time.Time { return time.Now().Add(-time.Duration(n) * time.Hour) }

// log reads a log with a query and returns its events, the newest first.
func (s site) log(t *testing.T, app string, query ...string) []string {
	t.Helper()
	v := url.Values{}
	for i := 0; i < len(query); i += 2 {
		v.Set(query[i], query[i+1])
	}
	a := s.get(t, reports+app+"?"+v.Encode())
	if a.Status != 200 {
		return []string{fmt.Sprint(a.Status, " ", a.reason())}
	}
	var out []string
	for i := range a.Items {
		line := a.at("items", i, "actor", "email") + " " + a.at("items", i, "events", 0, "name")
		out = append(out, strings.TrimSuffix(line, "@acme.example"))
	}
	return out
}

func (s site) logs(t *testing.T, want string, app string, query ...string) {
	t.Helper()
	if got := strings.Join(s.log(t, app, query...), ", "); got != want {
		t.Errorf("log of %s with %q: %q, want %q", app, query, got, want)
	}
}

func TestTheLogTellsWhoLetAnAppInAndWhichAppWasUsed(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	must(t, s.AddAppUse(ada, diary, hours(5)), s.AddAppUse(ada, diary, hours(3)))
	s.logs(t, ada+" activity, "+ada+" authorize, "+ada+" activity", "token")
	tokens, err := s.Tokens(ada)
	if err != nil || len(tokens) != 1 || tokens[0].ClientID != diary.ClientID {
		t.Errorf("ada holds %v, %v", tokens, err)
	}
	a := s.get(t, reports+"token?eventName=authorize")
	if got := a.at("items", 0, "events", 0, "parameters", 0, "value"); got != diary.ClientID {
		t.Errorf("client %s", got)
	}
	if got := a.at("items", 0, "events", 0, "parameters", 3, "multiValue"); got != "2 items" {
		t.Errorf("scopes: %s", got)
	}
	must(t, s.Revoke(ada, diary.ClientID, hours(1)))
	s.logs(t, ada+" revoke", "token", "eventName", "revoke")
	if err := s.Revoke(ada, diary.ClientID, hours(1)); err == nil {
		t.Error("what is not there was taken back")
	}
	must(t, s.AddAppUse(ada, diary, hours(0)))
	if got := s.do(t, "DELETE", "users/"+ada+"/tokens/"+diary.ClientID, ""); got.Status != 204 {
		t.Errorf("delete = %d", got.Status)
	}
	if got := s.log(t, "token", "eventName", "revoke"); len(got) != 2 {
		t.Errorf("an administrator's taking away is logged as %v", got)
	}
}

func TestTheLogTellsWhoSignedInToWhatBySAML(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	must(t, s.AddSAMLLogin(ada, "Payroll", hours(2)), s.AddSAMLFailure(admin, "Payroll", hours(1)))
	s.logs(t, admin+" login_failure, "+ada+" login_success", "saml")
	if got := s.get(t, reports+"saml?eventName=login_success").at("items", 0, "events", 0, "parameters", 0, "value"); got != "Payroll" {
		t.Errorf("application %s", got)
	}
	s.logs(t, "", "token")
	s.logs(t, "501 notImplemented", "login")
	s.logs(t, "400 invalidParameter", "sauna")
}

func TestTheLogGoesBackAHundredAndEightyDays(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	must(t, s.AddSAMLLogin(ada, "Payroll", hours(180*24+1)), s.AddSAMLLogin(admin, "Payroll", hours(180*24-1)))
	s.logs(t, admin+" login_success", "saml")
	year := hours(365 * 24).Format(time.RFC3339)
	s.logs(t, admin+" login_success", "saml", "startTime", year)
	s.logs(t, "400 invalid", "saml", "startTime", year, "endTime", hours(0).Format(time.RFC3339))
}

func TestTheLogIsLate(t *testing.T) {
	ahead := time.Duration(0)
	s := open(t, fakegoogle.Options{LogNow: func() time.Time { return time.Now().Add(ahead) }})
	s.LogLag(4 * time.Hour)
	must(t, s.AddSAMLLogin(ada, "Payroll", hours(3)))
	s.logs(t, "", "saml")
	ahead = 2 * time.Hour
	s.logs(t, ada+" login_success", "saml")
}

func TestAReportIsOfAnEventAndOfAnAppWhereThatIsAskedFor(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	other := fakegoogle.Token{ClientID: "8.apps.example", Name: "Other"}
	must(t, s.AddAppUse(ada, diary, hours(9)), s.AddAppUse(admin, other, hours(2)))
	s.logs(t, admin+" authorize, "+ada+" authorize", "token", "eventName", "authorize")
	s.logs(t, ada+" activity", "token", "eventName", "activity", "filters", "client_id==7.apps.example")
	s.logs(t, "", "token", "eventName", "activity", "filters", "client_id==9.apps.example")
	s.logs(t, "501 notImplemented", "token", "filters", "num_response_bytes>1")
	s.logs(t, ada+" authorize, "+ada+" activity", "token", "endTime", hours(5).Format(time.RFC3339))
	if a := s.get(t, strings.Replace(reports, "/all/", "/"+ada+"/", 1)+"token"); len(a.Items) != 2 {
		t.Errorf("the log of ada has %d lines, want 2", len(a.Items))
	}
}

func TestAReportBeginsBeforeItEndsAndBeforeNow(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	early, late, coming := hours(9).Format(time.RFC3339), hours(2).Format(time.RFC3339), hours(-5).Format(time.RFC3339)
	for _, query := range [][]string{{"startTime", late, "endTime", early}, {"startTime", late, "endTime", late}, {"startTime", coming}, {"startTime", "yesterday"}} {
		s.logs(t, "400 invalid", "saml", query...)
	}
	s.logs(t, "", "saml", "startTime", early, "endTime", late)
	s.logs(t, "400 invalid", "saml", "customerId", "C0other")
	s.logs(t, "400 invalid", "saml", "maxResults", "1001")
}
