package fakegoogle

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

type wireParam struct {
	Key   string   `json:"key"`
	Value []string `json:"value"`
}

type wireApplication struct {
	Kind   string      `json:"kind"`
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Params []wireParam `json:"transferParams,omitempty"`
}

type wireTransfer struct {
	Kind   string             `json:"kind"`
	ID     string             `json:"id"`
	From   string             `json:"oldOwnerUserId"`
	To     string             `json:"newOwnerUserId"`
	Parts  []wireTransferPart `json:"applicationDataTransfers"`
	Status Status             `json:"overallTransferStatusCode"`
	At     string             `json:"requestTime"`
}

type wireTransferPart struct {
	ID     string      `json:"applicationId"`
	Params []wireParam `json:"applicationTransferParams,omitempty"`
	Status Status      `json:"applicationTransferStatus"`
}

func wireParams(params map[string][]string) []wireParam {
	var out []wireParam
	for _, key := range slices.Sorted(maps.Keys(params)) {
		out = append(out, wireParam{key, params[key]})
	}
	return out
}

func (t *transfer) wire(now time.Time) wireTransfer {
	out := wireTransfer{Kind: "admin#datatransfer#DataTransfer", ID: t.id, From: t.from, To: t.to, Status: t.status(now), At: timestamp(t.at)}
	for i, p := range t.parts {
		out.Parts = append(out.Parts, wireTransferPart{p.app.id, wireParams(p.params), t.partStatus(i, now)})
	}
	return out
}

func (s *Server) listApplications(w http.ResponseWriter, r *http.Request) {
	if !s.transfersOfCustomer(w, r) {
		return
	}
	var all []wireApplication
	for _, a := range applications {
		all = append(all, wireApplication{"admin#datatransfer#ApplicationResource", a.id, a.name, wireParams(a.params)})
	}
	rows, next, ok := page(w, r, s.options, all, 100, 500)
	if !ok {
		return
	}
	reply(w, http.StatusOK, struct {
		Kind  string            `json:"kind"`
		Items []wireApplication `json:"applications,omitempty"`
		Next  string            `json:"nextPageToken,omitempty"`
	}{"admin#datatransfer#applicationsList", rows, next})
}

func (s *Server) transfersOfCustomer(w http.ResponseWriter, r *http.Request) bool {
	if id := r.URL.Query().Get("customerId"); id != "" && !s.ownCustomer(id) {
		badRequest(w, "Invalid Customer Id")
		return false
	}
	return true
}

// insertTransfer begins a transfer each time that it is asked to: two requests
// that say the same are two transfers.
func (s *Server) insertTransfer(w http.ResponseWriter, r *http.Request) {
	var in struct {
		From  string `json:"oldOwnerUserId"`
		To    string `json:"newOwnerUserId"`
		Parts []struct {
			ID     string      `json:"applicationId"`
			Params []wireParam `json:"applicationTransferParams"`
		} `json:"applicationDataTransfers"`
	}
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ownersFitLocked(w, in.From, in.To) {
		return
	}
	t := &transfer{from: in.From, to: in.To, at: s.options.Now(), takes: s.options.TransferTime}
	for _, asked := range in.Parts {
		app, known := applicationOf(asked.ID)
		if !known || slices.ContainsFunc(t.parts, func(p transferPart) bool { return p.app.id == app.id }) {
			badRequest(w, "Invalid Input: applicationId "+strconv.Quote(asked.ID))
			return
		}
		part, problem := app.part(asked.Params)
		if problem != "" {
			badRequest(w, problem)
			return
		}
		t.parts = append(t.parts, part)
	}
	if len(t.parts) == 0 {
		badRequest(w, "Missing required field: applicationDataTransfers")
		return
	}
	s.beginLocked(t)
	reply(w, http.StatusOK, t.begun())
}

// ownersFitLocked checks between whom a transfer goes. Both are named by their
// ids only.
func (s *Server) ownersFitLocked(w http.ResponseWriter, from, to string) bool {
	old, heir := s.userLocked(from), s.userLocked(to)
	switch {
	case old == nil || old.ID != from:
		badRequest(w, "Invalid Input: oldOwnerUserId")
	case heir == nil || heir.ID != to || heir == old:
		badRequest(w, "Invalid Input: newOwnerUserId")
	case heir.Suspended || heir.Archived:
		fail(w, http.StatusForbidden, "forbidden", "The new owner is not active.")
	case s.held[from]:
		fail(w, http.StatusForbidden, "forbidden", "The data of a user on hold cannot be transferred.")
	default:
		return true
	}
	return false
}

func (s *Server) beginLocked(t *transfer) {
	t.id = "AKrEtI" + randomHex(12)
	for i, p := range t.parts {
		t.parts[i].fails = s.failing[p.app.id]
		delete(s.failing, p.app.id)
	}
	s.transfers = append(s.transfers, t)
	s.changedLocked("data transfer from " + s.addressLocked(t.from) + " to " + s.addressLocked(t.to) + " begun")
}

// begun is what the answer to an insert says: nothing is over yet.
func (t *transfer) begun() wireTransfer {
	out := t.wire(t.at)
	out.Status = InProgress
	for i := range out.Parts {
		out.Parts[i].Status = InProgress
	}
	return out
}

func (s *Server) getTransfer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.transfers, func(t *transfer) bool { return t.id == r.PathValue("dataTransferId") })
	if i < 0 {
		notFound(w, "dataTransferId")
		return
	}
	reply(w, http.StatusOK, s.transfers[i].wire(s.options.Now()))
}

func (s *Server) listTransfers(w http.ResponseWriter, r *http.Request) {
	if !s.transfersOfCustomer(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	fits := func(name, value string) bool { return q.Get(name) == "" || q.Get(name) == value }
	var found []wireTransfer
	for _, t := range s.transfers {
		if one := t.wire(s.options.Now()); fits("oldOwnerUserId", t.from) && fits("newOwnerUserId", t.to) && fits("status", string(one.Status)) {
			found = append(found, one)
		}
	}
	rows, next, ok := page(w, r, s.options, found, 100, 500)
	if !ok {
		return
	}
	reply(w, http.StatusOK, struct {
		Kind  string         `json:"kind"`
		Items []wireTransfer `json:"dataTransfers,omitempty"`
		Next  string         `json:"nextPageToken,omitempty"`
	}{"admin#datatransfer#dataTransfersList", rows, next})
}
