package fakegoogle

import (
	"net/http"
	"slices"
)

type wireDelegate struct {
	Email  string `json:"delegateEmail"`
	Status string `json:"verificationStatus,omitempty"`
}

// AddDelegate lets one account read the mail of another, both by id or address.
func (s *Server) AddDelegate(key, delegate string) error {
	var id string
	if err := s.look(delegate, func(u *user) { id = u.ID }); err != nil {
		return err
	}
	return s.alter(key, func(u *user) string { return s.delegateLocked(u, id) })
}

func (s *Server) delegateLocked(u *user, id string) string {
	u.mail.delegates = append(u.mail.delegates, id)
	return s.addressLocked(id) + " reads the mail of " + u.Email
}

// listDelegates answers without content where there are none:
// https://github.com/googleapis/google-api-nodejs-client/issues/3239.
func (s *Server) listDelegates(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mailOfLocked(w, r)
	if u == nil {
		return
	}
	if len(u.mail.delegates) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer := map[string][]wireDelegate{}
	for _, id := range u.mail.delegates {
		answer["delegates"] = append(answer["delegates"], wireDelegate{s.addressLocked(id), "accepted"})
	}
	reply(w, http.StatusOK, answer)
}

// createDelegate takes accounts of the Workspace by their first address, says the
// discovery document, and no suspended one: https://github.com/GAM-team/GAM/issues/727.
// The words are those in https://github.com/googleapis/google-api-nodejs-client/issues/3239.
func (s *Server) createDelegate(w http.ResponseWriter, r *http.Request) {
	var in wireDelegate
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mailOfLocked(w, r)
	if u == nil {
		return
	}
	delegate := s.userLocked(in.Email)
	switch {
	case delegate == nil || delegate == u || !sameAddress(delegate.Email, in.Email):
		mailFail(w, http.StatusBadRequest, "invalidArgument", "Invalid delegate")
	case s.mailProblemLocked(delegate) != "":
		mailFail(w, http.StatusBadRequest, "failedPrecondition", "Precondition check failed.")
	case slices.Contains(u.mail.delegates, delegate.ID):
		mailFail(w, http.StatusConflict, "alreadyExists", "Delegate already exists")
	default:
		s.changedLocked(s.delegateLocked(u, delegate.ID))
		reply(w, http.StatusOK, wireDelegate{delegate.Email, "accepted"})
	}
}

func (s *Server) deleteDelegate(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mailOfLocked(w, r)
	if u == nil {
		return
	}
	address := r.PathValue("delegateEmail")
	i := slices.IndexFunc(u.mail.delegates, func(id string) bool { return sameAddress(s.addressLocked(id), address) })
	if i < 0 {
		mailFail(w, http.StatusNotFound, "notFound", "Requested entity was not found.")
		return
	}
	u.mail.delegates = slices.Delete(u.mail.delegates, i, i+1)
	s.changedLocked(address + " reads the mail of " + u.Email + " no more")
	w.WriteHeader(http.StatusNoContent)
}
