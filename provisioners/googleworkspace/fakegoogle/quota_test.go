package fakegoogle_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

// inProcess is a transport that needs no network, so that the calls can run on
// a synthetic clock.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return answer.Result(), nil
}

// local opens a Workspace inside the process.
func local(t *testing.T, o fakegoogle.Options) site {
	t.Helper()
	s := site{Server: acme(o), url: "http://fake.example"}
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: inProcess{s}})
	s.client = s.signIn(t, ctx, admin, allScopes)
	s.get(t, "users/"+ada) // gets the access token
	return s
}

// together reads everything at the same time and counts the answers.
func (s site) together(t *testing.T, paths ...string) map[string]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	out := map[string]int{}
	for _, path := range paths {
		wg.Go(func() {
			got := s.get(t, path)
			mu.Lock()
			defer mu.Unlock()
			out[strings.TrimSpace(fmt.Sprint(got.Status, " ", got.reason()))]++
		})
	}
	wg.Wait()
	return out
}

func TestSoManyCallsOfOneMethodAreServedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := local(t, fakegoogle.Options{MethodCallsAtOnce: 2, Latency: time.Second})
		for range 2 {
			got := s.together(t, "users/"+ada, "users/"+ada, "users/"+admin, "groups/"+devs)
			if diff := cmp.Diff(got, map[string]int{"200": 3, "403 quotaExceeded": 1}); diff != "" {
				t.Errorf("answers (-got +want):\n%s", diff)
			}
		}
	})
}

func TestSoManyCallsOfAWorkspaceAreServedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := local(t, fakegoogle.Options{CallsAtOnce: 2, Latency: time.Second})
		for range 2 {
			got := s.together(t, "users/"+ada, "groups/"+devs, "groups?customer=my_customer")
			if diff := cmp.Diff(got, map[string]int{"200": 2, "429 rateLimitExceeded": 1}); diff != "" {
				t.Errorf("answers (-got +want):\n%s", diff)
			}
		}
	})
}

func TestAUserHasSoManyCallsInAMinute(t *testing.T) {
	shift := time.Duration(0)
	begun := time.Now().Truncate(time.Minute)
	s := open(t, fakegoogle.Options{QueriesPerMinute: 2, Now: func() time.Time { return begun.Add(shift) }})
	for i, want := range []string{"", "", "userRateLimitExceeded", "userRateLimitExceeded"} {
		if got := s.get(t, "users/"+ada); got.reason() != want {
			t.Errorf("call %d = %d %q, want %q", i+1, got.Status, got.reason(), want)
		}
	}
	shift = time.Minute
	if got := s.get(t, "users/"+ada); got.Status != 200 {
		t.Errorf("in the next minute: %d, want 200", got.Status)
	}
}

func TestAQuotaIsThatOfTheUserWhomTheCallNames(t *testing.T) {
	now := time.Now()
	s := open(t, fakegoogle.Options{QueriesPerMinute: 1, Now: func() time.Time { return now }})
	for _, c := range [][2]string{{"", ""}, {"?quotaUser=a", ""}, {"?quotaUser=b", ""}, {"?quotaUser=a", "userRateLimitExceeded"}, {"", "userRateLimitExceeded"}} {
		if got := s.get(t, "users/"+ada+c[0]); got.reason() != c[1] {
			t.Errorf("GET %q = %d %q, want %q", c[0], got.Status, got.reason(), c[1])
		}
	}
}

func TestAProjectHasSoManyCallsInAMinute(t *testing.T) {
	shift := time.Duration(0)
	begun := time.Now().Truncate(time.Minute)
	s := open(t, fakegoogle.Options{ProjectQueriesPerMinute: 2, QueriesPerMinute: 2, Now: func() time.Time { return begun.Add(shift) }})
	s.AddUser(fakegoogle.User{Email: "second@acme.example", Admin: true})
	second := s.signIn(t, t.Context(), "second@acme.example", allScopes)
	for i, c := range []struct {
		client *http.Client
		want   string
	}{{s.client, ""}, {second, ""}, {second, "rateLimitExceeded"}, {s.client, "rateLimitExceeded"}} {
		got := s.call(t, c.client, "GET", "users/"+ada, "")
		if got.reason() != c.want || c.want != "" && (got.Status != 403 || !strings.Contains(got.Error.Message, "'Queries per minute'")) {
			t.Errorf("call %d = %d %q %q, want %q", i+1, got.Status, got.reason(), got.Error.Message, c.want)
		}
	}
	shift = time.Minute
	if got := s.get(t, "users/"+ada); got.Status != 200 {
		t.Errorf("in the next minute: %d, want 200", got.Status)
	}
}

func TestACallTakesItsTimeAndGoesOnWithoutItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := local(t, fakegoogle.Options{Latency: 2 * time.Second})
		begun := time.Now()
		s.get(t, "users/"+ada)
		if took := time.Since(begun); took != 2*time.Second {
			t.Errorf("a call took %v, want 2s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "POST", s.url+directory+"groups/"+devs+"/members", strings.NewReader(`{"email":"`+ada+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := s.client.Do(r); err == nil {
			resp.Body.Close()
			t.Error("the caller had his answer, want none")
		}
		if waited := time.Since(begun); waited != 3*time.Second {
			t.Errorf("both calls took %v, want 3s", waited)
		}
		if got, err := s.Members(devs); len(got) != 1 || err != nil {
			t.Errorf("members %v, %v, want %s", got, err, ada)
		}
	})
}
