package fakegoogle

import (
	"net/http"
	"strconv"
	"strings"
)

// wireVacation is the automatic reply. Times are milliseconds since 1970.
type wireVacation struct {
	Enabled  bool   `json:"enableAutoReply"`
	Subject  string `json:"responseSubject,omitempty"`
	Text     string `json:"responseBodyPlainText,omitempty"`
	HTML     string `json:"responseBodyHtml,omitempty"`
	Contacts bool   `json:"restrictToContacts"`
	Domain   bool   `json:"restrictToDomain"`
	Start    string `json:"startTime,omitempty"`
	End      string `json:"endTime,omitempty"`
}

// words are what others read.
func (v wireVacation) words() string {
	text := v.Text
	if v.HTML != "" { // which is used where both are given, says the discovery document
		text = v.HTML
	}
	return strings.TrimSpace(v.Subject + "\n" + text)
}

// problem says what the discovery document says in prose.
func (v wireVacation) problem() string {
	if v.Enabled && v.words() == "" {
		return "Vacation responder must have a subject or a body"
	}
	start, _ := strconv.ParseInt(v.Start, 10, 64)
	end, _ := strconv.ParseInt(v.End, 10, 64)
	if v.Start != "" && v.End != "" && start >= end {
		return "Vacation start time must precede its end time"
	}
	return ""
}

// wireImap is how programs may use a mailbox from afar.
type wireImap struct {
	Enabled         bool   `json:"enabled"`
	AutoExpunge     bool   `json:"autoExpunge"`
	ExpungeBehavior string `json:"expungeBehavior,omitempty"`
	MaxFolderSize   int    `json:"maxFolderSize"`
}

func (i wireImap) problem() string {
	switch i.MaxFolderSize {
	case 0, 1000, 2000, 5000, 10000: // the discovery document lists them
		return ""
	}
	return "Invalid max folder size"
}

// wirePop is how programs may fetch mail.
type wirePop struct {
	AccessWindow string `json:"accessWindow,omitempty"`
	Disposition  string `json:"disposition,omitempty"`
}

func (p wirePop) problem() string {
	if p.AccessWindow == "" || p.AccessWindow == "accessWindowUnspecified" {
		return "Invalid access window"
	}
	return ""
}

func (s *Server) getVacation(w http.ResponseWriter, r *http.Request) {
	showSetting(s, w, r, func(m *mailbox) *wireVacation { return &m.vacation })
}

func (s *Server) updateVacation(w http.ResponseWriter, r *http.Request) {
	replaceSetting(s, w, r, "automatic reply", func(m *mailbox) *wireVacation { return &m.vacation })
}

func (s *Server) getImap(w http.ResponseWriter, r *http.Request) {
	showSetting(s, w, r, func(m *mailbox) *wireImap { return &m.imap })
}

func (s *Server) updateImap(w http.ResponseWriter, r *http.Request) {
	replaceSetting(s, w, r, "IMAP", func(m *mailbox) *wireImap { return &m.imap })
}

func (s *Server) getPop(w http.ResponseWriter, r *http.Request) {
	showSetting(s, w, r, func(m *mailbox) *wirePop { return &m.pop })
}

func (s *Server) updatePop(w http.ResponseWriter, r *http.Request) {
	replaceSetting(s, w, r, "POP", func(m *mailbox) *wirePop { return &m.pop })
}

func showSetting[T any](s *Server, w http.ResponseWriter, r *http.Request, of func(*mailbox) *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.mailOfLocked(w, r); u != nil {
		reply(w, http.StatusOK, *of(&u.mail))
	}
}

// replaceSetting puts a whole setting in the place of the old one: what is not
// sent is off.
func replaceSetting[T interface{ problem() string }](s *Server, w http.ResponseWriter, r *http.Request, name string, of func(*mailbox) *T) {
	var in T
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mailOfLocked(w, r)
	if u == nil {
		return
	}
	if problem := in.problem(); problem != "" {
		mailFail(w, http.StatusBadRequest, "invalidArgument", problem)
		return
	}
	*of(&u.mail) = in
	s.changedLocked(name + " of " + u.Email + " set")
	reply(w, http.StatusOK, in)
}
