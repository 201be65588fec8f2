package fakegoogle_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2/google"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestSigningIsHeldToItsDiscoveryDocument(t *testing.T) {
	s := open(t, fakegoogle.Options{}, "https://www.googleapis.com/auth/cloud-platform")
	key, err := s.ServiceAccountKey(s.url + "/token")
	if err != nil {
		t.Fatal(err)
	}
	config, err := google.JWTConfigFromJSON(key)
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, fakegoogle.Options{})
	now := time.Now().Unix()
	ends := func(in time.Duration) string {
		return fmt.Sprintf(`{"payload":"{\"exp\":%d}"}`, now+int64(in/time.Second))
	}
	for _, c := range []struct {
		site       site
		path, body string
		want       int
	}{
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", ends(11 * time.Hour), 200},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", ends(13 * time.Hour), 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", ends(-time.Hour), 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{\"exp\":\"soon\"}"}`, 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"[]"}`, 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"null"}`, 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}"}`, 200},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":{}}`, 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}","claims":"{}"}`, 400},
		{s, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"no JSON"}`, 400},
		{s, "projects/acme/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}"}`, 400},
		{s, "projects/-/serviceAccounts/nobody@acme.example:signJwt", `{"payload":"{}"}`, 403},
		{other, "projects/-/serviceAccounts/" + config.Email + ":signJwt", `{"payload":"{}"}`, 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", c.site.url+"/v1/"+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.site.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s %s = %d, want %d", c.path, c.body, resp.StatusCode, c.want)
		}
	}
}
