package fakegoogle

import (
	"net/http"
	"strings"
)

type wireForwardingAddress struct {
	Email  string `json:"forwardingEmail"`
	Status string `json:"verificationStatus,omitempty"`
}

func (f ForwardingAddress) wire() wireForwardingAddress {
	if f.Accepted {
		return wireForwardingAddress{f.Email, "accepted"}
	}
	return wireForwardingAddress{f.Email, "pending"}
}

// wireForwarding is where all new mail goes.
type wireForwarding struct {
	Enabled     bool   `json:"enabled"`
	Email       string `json:"emailAddress,omitempty"`
	Disposition string `json:"disposition,omitempty"`
}

func (s *Server) listForwarding(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mailOfLocked(w, r)
	if u == nil {
		return
	}
	answer := map[string][]wireForwardingAddress{}
	for _, f := range u.mail.forwarding {
		answer["forwardingAddresses"] = append(answer["forwardingAddresses"], f.wire())
	}
	reply(w, http.StatusOK, answer)
}

// createForwarding asks the owner of an address unless it is of the same domain
// or one below: https://developers.google.com/workspace/gmail/api/guides/forwarding_settings.
func (s *Server) createForwarding(w http.ResponseWriter, r *http.Request) {
	var in wireForwardingAddress
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mailOfLocked(w, r)
	if u == nil {
		return
	}
	switch {
	case !isAddress(in.Email) || u.answersTo(in.Email):
		mailFail(w, http.StatusBadRequest, "invalidArgument", "Invalid forwarding address")
		return
	case u.mail.forwardingAt(in.Email) >= 0:
		mailFail(w, http.StatusConflict, "alreadyExists", "Requested entity already exists")
		return
	}
	made := ForwardingAddress{in.Email, nearby(u.Email, in.Email)}
	u.mail.forwarding = append(u.mail.forwarding, made)
	s.changedLocked("forwarding address " + in.Email + " of " + u.Email + " made")
	reply(w, http.StatusOK, made.wire())
}

// nearby tells whether an address is of the same domain as another or of one below.
func nearby(own, address string) bool {
	_, home := cutAddress(own)
	_, domain := cutAddress(address)
	return domain == home || strings.HasSuffix(domain, "."+home)
}

func cutAddress(address string) (name, domain string) {
	name, domain, _ = strings.Cut(strings.ToLower(address), "@")
	return name, domain
}

func (s *Server) getForwarding(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.mailOfLocked(w, r); u != nil {
		reply(w, http.StatusOK, u.mail.forward)
	}
}

// updateForwarding replaces the whole setting. Forwarding needs an address that
// was accepted and something to do with the mail that is left.
func (s *Server) updateForwarding(w http.ResponseWriter, r *http.Request) {
	var in wireForwarding
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mailOfLocked(w, r)
	if u == nil {
		return
	}
	at := u.mail.forwardingAt(in.Email)
	switch {
	case in.Enabled && (at < 0 || !u.mail.forwarding[at].Accepted):
		mailFail(w, http.StatusBadRequest, "invalidArgument", "Unrecognized forwarding address")
		return
	case in.Enabled && (in.Disposition == "" || in.Disposition == "dispositionUnspecified"):
		mailFail(w, http.StatusBadRequest, "invalidArgument", "Invalid disposition")
		return
	}
	u.mail.forward = in
	s.changedLocked("forwarding of " + u.Email + " set")
	reply(w, http.StatusOK, in)
}
