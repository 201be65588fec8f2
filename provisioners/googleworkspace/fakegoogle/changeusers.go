package fakegoogle

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

// userChange is what insert and update keep of an account. A pointer tells a
// field that was sent from one that was not.
type userChange struct {
	PrimaryEmail *string `json:"primaryEmail"`
	Name         *struct {
		Given  *string `json:"givenName"`
		Family *string `json:"familyName"`
	} `json:"name"`
	OrgUnitPath   *string `json:"orgUnitPath"`
	Suspended     *bool   `json:"suspended"`
	Archived      *bool   `json:"archived"`
	Listed        *bool   `json:"includeInGlobalAddressList"`
	RecoveryEmail *string `json:"recoveryEmail"`
	RecoveryPhone *string `json:"recoveryPhone"`

	Organizations sentList[Organization] `json:"organizations"`
	ExternalIDs   sentList[ExternalID]   `json:"externalIds"`
	Relations     sentList[wireRelation] `json:"relations"`

	Password  *string `json:"password"`
	Hash      *string `json:"hashFunction"`
	MustReset *bool   `json:"changePasswordAtNextLogin"`
}

// sentList tells a list that was not sent from one that is null.
type sentList[T any] struct {
	given, null bool
	entries     []T
}

// UnmarshalJSON reads a list or null.
func (l *sentList[T]) UnmarshalJSON(text []byte) error {
	l.given, l.null = true, string(text) == "null"
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(&l.entries)
}

// readChange decodes a body into what the emulator keeps. It answers the request
// itself where the body holds more than that.
func readChange(w http.ResponseWriter, r *http.Request, into any) bool {
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(r.Body); err != nil {
		return false
	}
	if raw.Len() == 0 { // nothing is what an empty object is
		return true
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
	u := newUser(User{OrgUnit: "/"})
	if !s.fillLocked(w, u, in) || !s.unclaimedLocked(w, r, u.Email) {
		return
	}
	u.ID = s.newUserIDLocked()
	s.enrolLocked(u)
	reply(w, http.StatusOK, s.wireUser(u))
}

func newUser(u User) *user {
	out := &user{User: u, mail: newMailbox()}
	if u.ManagerEmail != "" {
		out.relations = []wireRelation{{Value: u.ManagerEmail, Type: "manager"}}
	}
	return out
}

// enrolLocked lets an account begin.
func (s *Server) enrolLocked(u *user) {
	u.etag, u.settling, u.createdAt = s.etagLocked(), s.settlingLocked(), s.options.Now()
	s.users = append(s.users, u)
	s.changedLocked("account " + u.Email + " made")
	if u.Admin {
		s.promoteLocked(u)
	}
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

// fillLocked puts a change into an account, or answers why it cannot be. Nothing
// is changed until everything was found right.
func (s *Server) fillLocked(w http.ResponseWriter, u *user, in userChange) bool {
	if problem := s.changeProblemLocked(in); problem != "" {
		badRequest(w, problem)
		return false
	}
	if in.PrimaryEmail != nil && !u.answersTo(*in.PrimaryEmail) && !s.takeLocked(w, *in.PrimaryEmail) {
		return false
	}
	set(&u.Email, in.PrimaryEmail)
	if in.Name != nil {
		set(&u.GivenName, in.Name.Given)
		set(&u.FamilyName, in.Name.Family)
	}
	set(&u.OrgUnit, in.OrgUnitPath)
	set(&u.Suspended, in.Suspended)
	set(&u.Archived, in.Archived)
	set(&u.RecoveryEmail, in.RecoveryEmail)
	set(&u.RecoveryPhone, in.RecoveryPhone)
	set(&u.password.MustChange, in.MustReset)
	if in.Listed != nil {
		u.Unlisted = !*in.Listed
	}
	if in.Password != nil {
		u.password.set(*in.Password, in.function(), s.options.Now())
	}
	whole := in.PrimaryEmail != nil && in.Name != nil
	u.Organizations = merged(u.Organizations, in.Organizations, whole)
	u.ExternalIDs = merged(u.ExternalIDs, in.ExternalIDs, whole)
	u.relations = merged(u.relations, in.Relations, whole)
	u.ManagerEmail = managerOf(u.relations)
	u.Aliases = slices.DeleteFunc(u.Aliases, func(a string) bool { return sameAddress(a, u.Email) })
	if u.Suspended || u.Archived { // which resets the sign-in cookies
		u.access.signedIn = false
	}
	return true
}

// changeProblemLocked checks a change by itself.
func (s *Server) changeProblemLocked(in userChange) string {
	if problem := in.profileProblem(); problem != "" {
		return problem
	}
	if in.OrgUnitPath != nil && !s.hasUnitLocked(*in.OrgUnitPath) {
		return invalidUnit
	}
	switch {
	case in.Password != nil:
		return passwordProblem(*in.Password, in.function())
	case in.function() != "":
		return "Invalid Password"
	}
	return ""
}

func (c userChange) function() string {
	if c.Hash == nil {
		return ""
	}
	return *c.Hash
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
