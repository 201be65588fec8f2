package fakegoogle

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Status is how far a data transfer has come. GAM (https://github.com/GAM-team/GAM)
// knows these three.
type Status string

// The states of a data transfer.
const (
	InProgress Status = "inProgress"
	Completed  Status = "completed"
	Failed     Status = "failed"
)

// Transfer is one hand-over of what an account owns to another.
type Transfer struct {
	ID           string
	At           time.Time // when it was asked for
	From, To     string    // addresses, or ids of accounts that are gone
	Status       Status
	Applications []TransferOf
}

// TransferOf is the part of a transfer that one application carries out.
type TransferOf struct {
	ID         string
	Name       string
	Parameters map[string][]string
	Status     Status
}

// application is one that can hand over what it keeps for somebody.
type application struct {
	id, name string
	params   map[string][]string // the values of each parameter
}

// applications are those of https://developers.google.com/workspace/admin/data-transfer/v1/parameters.
var applications = []application{
	{"55656082996", "Drive and Docs", map[string][]string{"PRIVACY_LEVEL": {"PRIVATE", "SHARED"}}},
	{"435070579839", "Calendar", map[string][]string{"RELEASE_RESOURCES": {"TRUE"}}},
	{"810260081642", "Looker Studio", nil},
}

// transfer goes on by the clock: each part is over in its turn, and the last one
// when the whole time is up.
type transfer struct {
	id       string
	from, to string // ids of accounts
	at       time.Time
	takes    time.Duration
	parts    []transferPart
}

type transferPart struct {
	app    application
	params map[string][]string
	fails  bool
}

// FailTransfers lets the next transfer of an application fail in its part.
func (s *Server) FailTransfers(applicationID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing[applicationID] = true
}

// Transfers returns every data transfer as it stands now, oldest first.
func (s *Server) Transfers() []Transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Transfer
	now := s.options.Now()
	for _, t := range s.transfers {
		view := Transfer{ID: t.id, At: t.at, From: s.addressLocked(t.from), To: s.addressLocked(t.to), Status: t.status(now)}
		for i, p := range t.parts {
			view.Applications = append(view.Applications, TransferOf{p.app.id, p.app.name, maps.Clone(p.params), t.partStatus(i, now)})
		}
		out = append(out, view)
	}
	return out
}

func (t *transfer) partStatus(i int, now time.Time) Status {
	over := t.at.Add(t.takes * time.Duration(i+1) / time.Duration(len(t.parts)))
	switch {
	case now.Before(over):
		return InProgress
	case t.parts[i].fails:
		return Failed
	}
	return Completed
}

// status is that of the whole: not over until every part is, and failed if one is.
func (t *transfer) status(now time.Time) Status {
	out := Completed
	for i := range t.parts {
		switch t.partStatus(i, now) {
		case InProgress:
			return InProgress
		case Failed:
			out = Failed
		}
	}
	return out
}

func applicationOf(id string) (application, bool) {
	i := slices.IndexFunc(applications, func(a application) bool { return a.id == id })
	if i < 0 {
		return application{}, false
	}
	return applications[i], true
}

// part checks what one application is asked to hand over.
func (a application) part(params []wireParam) (transferPart, string) {
	out := transferPart{app: a, params: map[string][]string{}}
	for _, p := range params {
		values, known := a.params[p.Key]
		if _, twice := out.params[p.Key]; !known || twice || len(p.Value) == 0 {
			return out, "Invalid Input: applicationTransferParams " + strconv.Quote(p.Key)
		}
		for _, v := range p.Value {
			if !slices.Contains(values, v) {
				return out, "Invalid Input: " + p.Key + " " + strconv.Quote(v)
			}
		}
		out.params[p.Key] = p.Value
	}
	return out, ""
}
