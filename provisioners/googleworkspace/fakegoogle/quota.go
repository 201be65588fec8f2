package fakegoogle

import (
	"net/http"
	"time"
)

// quota counts what Google limits:
// https://developers.google.com/workspace/admin/directory/v1/limits.
type quota struct {
	minute  time.Time      // the one that project and users count
	project int            // calls of that minute
	users   map[string]int // calls of that minute, by whom they are put down to
	served  int            // calls that are being served now
	methods map[string]int // the same by method
}

func newQuota() quota { return quota{users: map[string]int{}, methods: map[string]int{}} }

// admit counts a call in, or names the limit that it breaks. Whoever is let in
// must call done.
func (s *Server) admit(method, payer string) (done func(), broken Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, q := s.options, &s.quota
	if minute := o.Now().Truncate(time.Minute); !minute.Equal(q.minute) {
		q.minute, q.project = minute, 0
		clear(q.users)
	}
	q.project++
	q.users[payer]++
	switch {
	case over(q.project, o.ProjectQueriesPerMinute):
		return nil, RateLimit
	case over(q.users[payer], o.QueriesPerMinute):
		return nil, UserRate
	case over(q.served+1, o.CallsAtOnce):
		return nil, TooMany
	case over(q.methods[method]+1, o.MethodCallsAtOnce):
		return nil, Quota
	}
	q.served++
	q.methods[method]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.quota.served--
		s.quota.methods[method]--
	}, ""
}

func over(n, limit int) bool { return limit > 0 && n > limit }

// payer is whose quota a call uses up: that of the user in whose name it is made,
// unless it names another with quotaUser:
// https://developers.google.com/workspace/admin/directory/v1/parameters.
func payer(r *http.Request, subject string) string {
	if name := r.URL.Query().Get("quotaUser"); name != "" {
		return "quotaUser " + name
	}
	return subject
}

// work takes the time that a call needs. Whoever goes away meanwhile has made
// his call all the same, and cannot know how it ended.
func (s *Server) work(r *http.Request) {
	if s.options.Latency <= 0 {
		return
	}
	timer := time.NewTimer(s.options.Latency)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}
