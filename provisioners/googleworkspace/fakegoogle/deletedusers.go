package fakegoogle

import (
	"net/http"
	"slices"
	"time"
)

// restorable is how long a deleted account can come back:
// https://support.google.com/a/answer/1397578. Its address is free for others, so
// that it is known by its id only.
const restorable = 20 * 24 * time.Hour

func (s *Server) deleteUser(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	if s.held[u.ID] {
		fail(w, http.StatusPreconditionFailed, "conditionNotMet", "The user is on hold and cannot be deleted.")
		return
	}
	s.dropUserLocked(u)
	w.WriteHeader(http.StatusNoContent)
}

// dropUserLocked ends an account, its memberships, its roles and what others let
// it do. It can be restored for a while, by its id.
func (s *Server) dropUserLocked(u *user) {
	for _, g := range s.groups {
		s.leaveLocked(g, u.ID)
	}
	for _, other := range s.users {
		other.mail.delegates = slices.DeleteFunc(other.mail.delegates, func(id string) bool { return id == u.ID })
	}
	s.roles = slices.DeleteFunc(s.roles, func(a roleAssignment) bool { return a.assignedTo == u.ID })
	s.users = slices.DeleteFunc(s.users, func(other *user) bool { return other == u })
	u.Admin, u.access.signedIn = false, false
	u.deletedAt = s.options.Now()
	s.deleted = append(s.deleted, u)
	s.changedLocked("account " + u.Email + " deleted")
}

// undeleteUser brings an account back, unless somebody else has its address now.
func (s *Server) undeleteUser(w http.ResponseWriter, r *http.Request) {
	var in struct {
		OrgUnitPath string `json:"orgUnitPath"`
	}
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	there := s.deletedLocked("")
	i := slices.IndexFunc(there, func(u *user) bool { return u.ID == r.PathValue("userKey") })
	if i < 0 {
		notFound(w, "userKey")
		return
	}
	if in.OrgUnitPath != "" && !s.hasUnitLocked(in.OrgUnitPath) {
		badRequest(w, invalidUnit)
		return
	}
	u := there[i]
	for _, address := range append([]string{u.Email}, u.Aliases...) {
		if _, taken := s.memberIDLocked(address); taken {
			fail(w, http.StatusPreconditionFailed, "conditionNotMet", "The address of the deleted user is in use: "+address)
			return
		}
	}
	u.OrgUnit = "/" // where a restored account goes, unless another place is named
	if in.OrgUnitPath != "" {
		u.OrgUnit = in.OrgUnitPath
	}
	u.etag = s.etagLocked()
	u.deletedAt = time.Time{}
	s.deleted = slices.DeleteFunc(s.deleted, func(other *user) bool { return other == u })
	s.users = append(s.users, u)
	s.changedLocked("account " + u.Email + " restored")
	w.WriteHeader(http.StatusNoContent)
}

// deletedLocked lists the accounts that can be restored.
func (s *Server) deletedLocked(domain string) []*user {
	return slices.DeleteFunc(slices.Clone(s.deleted), func(u *user) bool {
		return !s.options.Now().Before(u.deletedAt.Add(restorable)) || !inDomain(u.Email, domain)
	})
}

// deletedIDLocked tells whether this is the id of an account that can be restored.
func (s *Server) deletedIDLocked(key string) bool {
	return slices.ContainsFunc(s.deletedLocked(""), func(u *user) bool { return u.ID == key })
}

// Hold puts an account on a Vault hold: it can neither be deleted nor its data
// transferred until Release.
func (s *Server) Hold(key string) error { return s.setHold(key, true) }

// Release ends a Vault hold.
func (s *Server) Release(key string) error { return s.setHold(key, false) }

func (s *Server) setHold(key string, on bool) error {
	return s.alter(key, func(u *user) string {
		s.held[u.ID] = on
		return "hold of account " + u.Email + map[bool]string{true: " begun", false: " ended"}[on]
	})
}
