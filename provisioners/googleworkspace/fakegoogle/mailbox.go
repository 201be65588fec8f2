package fakegoogle

import (
	"net/http"
	"slices"
)

// mailbox is what Gmail keeps of the settings of an account.
type mailbox struct {
	off        bool     // the account has no Gmail
	delegates  []string // ids of accounts
	forwarding []ForwardingAddress
	forward    wireForwarding
	vacation   wireVacation
	imap       wireImap
	pop        wirePop
}

// newMailbox is how Gmail sets a new account up.
func newMailbox() mailbox {
	return mailbox{
		forward: wireForwarding{Disposition: "leaveInInbox"},
		imap:    wireImap{Enabled: true, AutoExpunge: true, ExpungeBehavior: "archive"},
		pop:     wirePop{AccessWindow: "disabled", Disposition: "leaveInInbox"},
	}
}

// ForwardingAddress is one to which an account may forward its mail, once its
// owner agreed.
type ForwardingAddress struct {
	Email    string
	Accepted bool
}

// Mail is what the mailbox of an account is set to.
type Mail struct {
	Enabled    bool     // there is a mailbox, and somebody may use it
	Delegates  []string // addresses of those who read it too
	Forwarding []ForwardingAddress
	ForwardTo  string // where all new mail goes; empty for nowhere
	AutoReply  string // subject and text of the automatic reply; empty for none
	IMAP, POP  bool   // programs may fetch mail
}

// Mail returns what the mailbox of an account is set to.
func (s *Server) Mail(key string) (Mail, error) {
	var out Mail
	err := s.look(key, func(u *user) {
		m := u.mail
		out = Mail{Enabled: s.mailProblemLocked(u) == "", Forwarding: slices.Clone(m.forwarding), IMAP: m.imap.Enabled && !m.off, POP: m.pop.AccessWindow != "disabled"}
		for _, id := range m.delegates {
			out.Delegates = append(out.Delegates, s.addressLocked(id))
		}
		if m.forward.Enabled {
			out.ForwardTo = m.forward.Email
		}
		if m.vacation.Enabled {
			out.AutoReply = m.vacation.words()
		}
	})
	return out, err
}

// NoMail takes Gmail from an account, as the console does by its licence.
func (s *Server) NoMail(key string) error {
	return s.alter(key, func(u *user) string {
		u.mail = newMailbox()
		u.mail.off = true
		return "mail of " + u.Email + " switched off"
	})
}

// AcceptForwarding lets the owner of a forwarding address agree. Nothing happens
// where an account has no such address.
func (s *Server) AcceptForwarding(key, address string) error {
	return s.alter(key, func(u *user) string {
		if i := u.mail.forwardingAt(address); i >= 0 {
			u.mail.forwarding[i].Accepted = true
		}
		return address + " accepts mail of " + u.Email
	})
}

func (m mailbox) forwardingAt(address string) int {
	return slices.IndexFunc(m.forwarding, func(f ForwardingAddress) bool { return sameAddress(f.Email, address) })
}

// hasMailLocked tells whether a mailbox is set up. That takes as long as a new
// account takes to be known everywhere.
func (s *Server) hasMailLocked(u *user) bool { return !u.mail.off && !s.freshLocked(u.settling) }

// mailProblemLocked says why nobody can use a mailbox; empty means that he can.
func (s *Server) mailProblemLocked(u *user) string {
	if !s.hasMailLocked(u) || u.Suspended || u.Archived {
		return "Mail service not enabled"
	}
	return ""
}

// mailOfLocked is the account whose settings a request means. Only its owner may
// ask, so the token must be in his name: no rank helps. It answers the request
// itself where there is none. The words are those in
// https://github.com/googleapis/google-api-nodejs-client/issues/1751 and, for a
// token in nobody's name, https://github.com/googleworkspace/python-samples/issues/336.
func (s *Server) mailOfLocked(w http.ResponseWriter, r *http.Request) *user {
	subject, _ := r.Context().Value(actor{}).(string)
	u := s.userLocked(subject)
	if u == nil {
		mailFail(w, http.StatusBadRequest, "failedPrecondition", "Precondition check failed.")
		return nil
	}
	if key := r.PathValue("userId"); key != "me" && (key == u.ID || !u.answersTo(key)) {
		mailFail(w, http.StatusForbidden, "forbidden", "Delegation denied for "+u.Email)
		return nil
	}
	if problem := s.mailProblemLocked(u); problem != "" {
		mailFail(w, http.StatusBadRequest, "failedPrecondition", problem)
		return nil
	}
	return u
}

// mailFail refuses with the status that Gmail's errors have besides.
func mailFail(w http.ResponseWriter, code int, reason, message string) {
	status := map[string]string{
		"failedPrecondition": "FAILED_PRECONDITION", "invalidArgument": "INVALID_ARGUMENT",
		"forbidden": "PERMISSION_DENIED", "notFound": "NOT_FOUND", "alreadyExists": "ALREADY_EXISTS",
	}[reason]
	reply(w, code, apiError{apiErrorBody{
		Code: code, Message: message, Status: status,
		Errors: []apiErrorItem{{Message: message, Domain: "global", Reason: reason}},
	}})
}
