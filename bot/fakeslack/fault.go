package fakeslack

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Fault makes calls of one method go wrong. With neither Status, Error nor Drop
// it only delays them.
type Fault struct {
	Method     string // empty matches every method; "response_url" is a post to a response URL, "upload" the bytes of a file
	Count      int    // how many calls; 0 means one, a negative number all
	Status     int    // HTTP status; 0 means 200, or 429 with a RetryAfter
	RetryAfter int    // seconds
	Error      string // code in the body; default ratelimited for 429, else internal_error
	Applied    bool   // the call takes effect before it fails
	Drop       bool   // the connection is cut without an answer
	Delay      time.Duration
}

// Call is one Web API request the app made. Args holds no token.
type Call struct {
	Method string
	Args   map[string]any
	At     time.Time
	Error  string // the error code answered, empty when ok
}

// maxRecords bounds what a long-running demo remembers for assertions.
const maxRecords = 10_000

// Fail adds a fault. Faults for the same method are used up in order.
func (s *Server) Fail(f Fault) {
	if f.Count == 0 {
		f.Count = 1
	}
	if f.RetryAfter > 0 && f.Status == 0 {
		f.Status = http.StatusTooManyRequests
	}
	if f.Status == http.StatusTooManyRequests && f.Error == "" {
		f.Error = "ratelimited"
	}
	if f.Status >= 400 && f.Error == "" || f.Drop {
		f.Error = cmp.Or(f.Error, "internal_error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

func (s *Server) takeFault(method string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Method != "" && f.Method != method {
			continue
		}
		taken := *f
		if f.Count > 0 {
			f.Count--
		}
		if f.Count == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return &taken
	}
	return nil
}

func (f *Fault) fails() bool {
	return f != nil && (f.Drop || f.Error != "")
}

// pause waits out the delay; it is false when the caller has gone meanwhile.
func (f *Fault) pause(ctx context.Context) bool {
	if f == nil || f.Delay <= 0 {
		return true
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// answer gives the failure instead of Slack's answer.
func (f *Fault) answer(w http.ResponseWriter) {
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	e := &apiError{code: f.Error, status: f.Status, retry: f.RetryAfter}
	writeAnswer(w, encode(e.body()), e)
}

func (s *Server) record(c *call, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{Method: c.method, Args: c.args, At: s.o.Now(), Error: code})
	s.calls = trim(s.calls)
}

// Calls returns the Web API calls so far, oldest first, at most the last
// 10,000.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.calls)
	for i := range out {
		out[i].Args = maps.Clone(out[i].Args)
	}
	return out
}

func trim[T any](records []T) []T {
	if len(records) <= maxRecords {
		return records
	}
	return slices.Delete(records, 0, len(records)-maxRecords)
}
