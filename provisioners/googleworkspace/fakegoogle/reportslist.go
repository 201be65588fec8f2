package fakegoogle

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type wireLog struct {
	Kind  string         `json:"kind"`
	Etag  string         `json:"etag"`
	Items []wireActivity `json:"items,omitempty"`
	Next  string         `json:"nextPageToken,omitempty"`
}

type wireActivity struct {
	Kind      string         `json:"kind"`
	Etag      string         `json:"etag"`
	ID        wireActivityID `json:"id"`
	Actor     wireLogActor   `json:"actor"`
	IPAddress string         `json:"ipAddress"`
	Events    []wireLogEvent `json:"events"`
}

type wireActivityID struct {
	Time       string `json:"time"`
	Qualifier  string `json:"uniqueQualifier"`
	App        string `json:"applicationName"`
	CustomerID string `json:"customerId"`
}

type wireLogActor struct {
	CallerType string `json:"callerType"`
	Email      string `json:"email"`
	ProfileID  string `json:"profileId"`
}

type wireLogEvent struct {
	Type       string             `json:"type"`
	Name       string             `json:"name"`
	Parameters []wireLogParameter `json:"parameters"`
}

type wireLogParameter struct {
	Name   string   `json:"name"`
	Value  string   `json:"value,omitempty"`
	Int    string   `json:"intValue,omitempty"`
	Values []string `json:"multiValue,omitempty"`
}

// logs are the applications whose logs are kept here.
var logs = []string{"saml", "token"}

// logQuery is what a report is to hold.
type logQuery struct {
	app, user, event string
	from, to         time.Time
	parameters       map[string]string
}

// listActivities shows the log, the newest first.
func (s *Server) listActivities(w http.ResponseWriter, r *http.Request) {
	q, ok := s.readLogQuery(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.user != "all" {
		u := s.userLocked(q.user)
		if u == nil {
			badRequest(w, "Invalid value 'userKey'")
			return
		}
		q.user = u.ID
	}
	now := s.options.LogNow()
	var rows []activity
	for _, a := range s.activities {
		if !a.shown.After(now) && a.at.After(now.Add(-logDays)) && q.holds(a) {
			rows = append(rows, a)
		}
	}
	slices.SortStableFunc(rows, func(a, b activity) int { return b.at.Compare(a.at) })
	part, next, ok := page(w, r, s.options, rows, 1000, 1000)
	if !ok {
		return
	}
	answer := wireLog{Kind: "admin#reports#activities", Etag: s.etagLocked(), Next: next}
	for _, a := range part {
		answer.Items = append(answer.Items, s.wireActivityOf(a))
	}
	reply(w, http.StatusOK, answer)
}

func (s *Server) wireActivityOf(a activity) wireActivity {
	return wireActivity{
		Kind: "admin#reports#activity", Etag: "\"log/" + strconv.Itoa(a.serial) + "\"", IPAddress: "192.0.2.7",
		ID:     wireActivityID{a.at.UTC().Format("2006-01-02T15:04:05.000Z"), strconv.Itoa(a.serial), a.app, s.options.CustomerID},
		Actor:  wireLogActor{"USER", a.email, a.userID},
		Events: []wireLogEvent{a.event},
	}
}

// readLogQuery reads what is asked for, or answers that it cannot be had.
func (s *Server) readLogQuery(w http.ResponseWriter, r *http.Request) (logQuery, bool) {
	given, now := r.URL.Query(), s.options.LogNow()
	q := logQuery{app: r.PathValue("applicationName"), user: r.PathValue("userKey"), event: given.Get("eventName"), to: now, from: now.Add(-logDays)}
	if !slices.Contains(logs, q.app) {
		absent(w, "the log of "+q.app)
		return q, false
	}
	if id := given.Get("customerId"); id != "" && id != "my_customer" && id != s.options.CustomerID {
		badRequest(w, "Invalid value 'customerId'")
		return q, false
	}
	if !readTime(given.Get("startTime"), &q.from) || !readTime(given.Get("endTime"), &q.to) {
		badRequest(w, "Invalid value for a time: it must be as in RFC 3339")
		return q, false
	}
	if given.Has("startTime") && (!q.from.Before(q.to) || !q.from.Before(now)) {
		badRequest(w, "Start time must be before end time and the current time.")
		return q, false
	}
	if given.Has("endTime") && q.from.Before(now.Add(-logDays)) {
		badRequest(w, "Start time can't be more than 180 days in the past.")
		return q, false
	}
	return q, q.readFilters(w, given.Get("filters"))
}

// readFilters reads the conditions on an event's parameters, of which the
// emulator knows that of being equal.
func (q *logQuery) readFilters(w http.ResponseWriter, filters string) bool {
	q.parameters = map[string]string{}
	if filters == "" {
		return true
	}
	for one := range strings.SplitSeq(filters, ",") {
		name, value, ok := strings.Cut(one, "==")
		if !ok {
			absent(w, "the filter "+one)
			return false
		}
		q.parameters[name] = value
	}
	return true
}

func readTime(text string, into *time.Time) bool {
	if text == "" {
		return true
	}
	at, err := time.Parse(time.RFC3339, text)
	*into = at
	return err == nil
}

// holds says whether a line belongs into the report.
func (q logQuery) holds(a activity) bool {
	if a.app != q.app || q.user != "all" && a.userID != q.user || q.event != "" && a.event.Name != q.event {
		return false
	}
	for name, value := range q.parameters {
		if !slices.ContainsFunc(a.event.Parameters, func(p wireLogParameter) bool { return p.Name == name && p.Value == value }) {
			return false
		}
	}
	return !a.at.Before(q.from) && !a.at.After(q.to)
}
