package fakegoogle

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// restorable is how long a deleted account can come back:
// https://support.google.com/a/answer/1397578. Its address is free for others, so
// that it is known by its id only.
const restorable = 20 * 24 * time.Hour

// userChange is what insert and update keep of an account. A pointer tells a
// field that was sent from one that was not.
type userChange struct {
	PrimaryEmail *string `json:"primaryEmail"`
	Name         *struct {
		Given  *string `json:"givenName"`
		Family *string `json:"familyName"`
	} `json:"name"`
	OrgUnitPath *string         `json:"orgUnitPath"`
	Suspended   *bool           `json:"suspended"`
	Archived    *bool           `json:"archived"`
	Relations   *[]wireRelation `json:"relations"`

	// taken, and shown nowhere
	Password  *string `json:"password"`
	Hash      *string `json:"hashFunction"`
	MustReset *bool   `json:"changePasswordAtNextLogin"`
}

// readChange decodes a body into what the emulator keeps. It answers the request
// itself where the body holds more than that.
func readChange(w http.ResponseWriter, r *http.Request, into any) bool {
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(r.Body); err != nil {
		return false
	}
	d := json.NewDecoder(&raw)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		absent(w, "a place for this body: "+err.Error())
		return false
	}
	return true
}

func (s *Server) insertUser(w http.ResponseWriter, r *http.Request) {
	var in userChange
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &user{User: User{OrgUnit: "/"}}
	if !s.fillLocked(w, u, in) {
		return
	}
	u.ID, u.etag, u.settling = s.newUserIDLocked(), s.etagLocked(), s.settlingLocked()
	s.users = append(s.users, u)
	s.changedLocked("account " + u.Email + " made")
	reply(w, http.StatusOK, s.wireUser(u))
}

// updateUser changes what was sent and leaves the rest, as Google does although
// the method is PUT.
func (s *Server) updateUser(w http.ResponseWriter, r *http.Request) {
	var in userChange
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	if u.SuspendedByGoogle && u.Suspended && in.Suspended != nil && !*in.Suspended {
		fail(w, http.StatusPreconditionFailed, "adminCannotUnsuspend", "Admin cannot unsuspend a user that was suspended by Google")
		return
	}
	was := u.Email
	if !s.fillLocked(w, u, in) {
		return
	}
	if !sameAddress(was, u.Email) {
		u.Aliases = append(u.Aliases, was) // the old address stays with the account
	}
	u.etag = s.etagLocked()
	s.changedLocked("account " + u.Email + " changed")
	reply(w, http.StatusOK, s.wireUser(u))
}

// fillLocked puts a change into an account, or answers why it cannot be.
func (s *Server) fillLocked(w http.ResponseWriter, u *user, in userChange) bool {
	if in.PrimaryEmail != nil && !u.answersTo(*in.PrimaryEmail) {
		if !s.takeLocked(w, *in.PrimaryEmail) {
			return false
		}
	}
	set(&u.Email, in.PrimaryEmail)
	if in.Name != nil {
		set(&u.GivenName, in.Name.Given)
		set(&u.FamilyName, in.Name.Family)
	}
	set(&u.OrgUnit, in.OrgUnitPath)
	set(&u.Suspended, in.Suspended)
	set(&u.Archived, in.Archived)
	if in.Relations != nil {
		u.ManagerEmail = ""
		for _, relation := range *in.Relations {
			if relation.Type == "manager" {
				u.ManagerEmail = relation.Value
			}
		}
	}
	u.Aliases = slices.DeleteFunc(u.Aliases, func(a string) bool { return sameAddress(a, u.Email) })
	return true
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func (s *Server) deleteUser(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	s.dropUserLocked(u)
	w.WriteHeader(http.StatusNoContent)
}

// dropUserLocked ends an account and its memberships. It can be restored for a
// while, by its id.
func (s *Server) dropUserLocked(u *user) {
	for _, g := range s.groups {
		s.leaveLocked(g, u.ID)
	}
	s.users = slices.DeleteFunc(s.users, func(other *user) bool { return other == u })
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
