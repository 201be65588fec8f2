package googleworkspace_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"countersign/provisioners"
	"countersign/provisioners/googleworkspace"
	"countersign/provisioners/googleworkspace/fakegoogle"
)

// TestManyChangesAtOncePassEveryLimitOfGoogle makes changes as the job runner
// does: all at once, and again when Google asked to wait.
func TestManyChangesAtOncePassEveryLimitOfGoogle(t *testing.T) {
	for name, limits := range map[string]fakegoogle.Options{
		"calls of one method at once": {MethodCallsAtOnce: 2},
		"calls at once":               {CallsAtOnce: 2},
		"calls of a user":             {QueriesPerMinute: 60},
		"calls of a project":          {ProjectQueriesPerMinute: 60},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limits.KeyBits, limits.Latency = 1024, 300*time.Millisecond
				google := fakegoogle.New(limits)
				key, err := google.ServiceAccountKey("http://fake.example/token")
				if err != nil {
					t.Fatal(err)
				}
				google.AddUser(fakegoogle.User{Email: admin, Admin: true})
				google.AddGroup(fakegoogle.Group{Email: devs})
				w := production(t, google, key)
				var wg sync.WaitGroup
				const people = 20
				for i := range people {
					email := google.AddUser(fakegoogle.User{Email: fmt.Sprintf("p%d@acme.example", i)}).Email
					wg.Go(func() { insist(t, w, email) })
				}
				wg.Wait()
				if members, err := google.Members(devs); len(members) != people || err != nil {
					t.Errorf("%d members, %v, want %d", len(members), err, people)
				}
				if n := refusals(google); n == 0 {
					t.Error("no limit was met, so that nothing was shown")
				}
			})
		})
	}
}

// insist adds somebody to the group, however often Google asks to wait.
func insist(t *testing.T, w *googleworkspace.Workspace, email string) {
	change := provisioners.Change{Key: "G-" + email, Person: provisioners.Person{ID: "P-" + email, Email: email}, Target: devs, Present: true}
	for tries := range 12 {
		_, err := w.Apply(t.Context(), change)
		if err == nil {
			return
		}
		throttled, ok := errors.AsType[*provisioners.Throttled](err)
		if !ok {
			t.Errorf("Apply for %s: %v, want success or *Throttled", email, err)
			return
		}
		backoff := 5 * time.Second << tries
		time.Sleep(max(throttled.After, backoff/2+rand.N(backoff))) // on the synthetic clock
	}
	t.Errorf("Apply for %s was throttled 12 times", email)
}

func refusals(google *fakegoogle.Server) int {
	n := 0
	for _, r := range google.Requests() {
		if r.Status == http.StatusForbidden || r.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}
