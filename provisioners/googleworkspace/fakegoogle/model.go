package fakegoogle

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// User is one account. Addresses are compared without regard to case.
type User struct {
	ID           string   // 21 digits; made up by AddUser if empty
	Email        string   // primary address
	GivenName    string   // first name
	FamilyName   string   // last name
	ManagerEmail string   // becomes a relation of type manager
	Aliases      []string // further addresses
	OrgUnit      string   // "/" if empty
	Admin        bool     // super administrator: may call the Directory API
	Suspended    bool     // cannot sign in
	Archived     bool     // kept for its data only

	// What onboarding fills in. ManagerEmail is the first relation of type manager.
	Organizations []Organization
	ExternalIDs   []ExternalID
	RecoveryEmail string
	RecoveryPhone string // E.164, such as "+16506661212"
	Unlisted      bool   // not in the address list of the company

	// SuspendedByGoogle says that a suspension is for abuse, so that no
	// administrator can lift it.
	SuspendedByGoogle bool
}

// Group is one group. Its members are listed by Server.Members.
type Group struct {
	ID          string   // made up by AddGroup if empty
	Email       string   // primary address
	Name        string   // display name
	Description string   // free text
	Aliases     []string // further addresses
}

// Member is one direct membership.
type Member struct {
	ID    string // of the user or group that is the member
	Email string // its primary address
	Role  string // OWNER, MANAGER or MEMBER
	Type  string // USER or GROUP
}

type user struct {
	User
	etag     string
	settling settling

	relations []wireRelation
	password  Password
	access    access
	mail      mailbox

	createdAt time.Time
	deletedAt time.Time // zero while the account is there
}

type group struct {
	Group
	etag     string
	settling settling
	members  []*membership
}

// membership is one row of a group. A pending one blocks a second insert and is
// shown nowhere, as Google does with an address added before its account was ready.
type membership struct {
	id       string
	role     string
	pending  bool
	etag     string
	settling settling
}

func (u *user) answersTo(key string) bool {
	return u.ID == key || sameAddress(u.Email, key) || slices.ContainsFunc(u.Aliases, func(a string) bool { return sameAddress(a, key) })
}

func (g *group) answersTo(key string) bool {
	return g.ID == key || sameAddress(g.Email, key) || slices.ContainsFunc(g.Aliases, func(a string) bool { return sameAddress(a, key) })
}

func (g *group) membership(id string) *membership {
	for _, m := range g.members {
		if m.id == id {
			return m
		}
	}
	return nil
}

func sameAddress(a, b string) bool { return strings.EqualFold(a, b) }

func (s *Server) userLocked(key string) *user {
	for _, u := range s.users {
		if u.answersTo(key) {
			return u
		}
	}
	return nil
}

func (s *Server) groupLocked(key string) *group {
	for _, g := range s.groups {
		if g.answersTo(key) {
			return g
		}
	}
	return nil
}

// memberIDLocked finds the user or group behind an id or address.
func (s *Server) memberIDLocked(key string) (string, bool) {
	if u := s.userLocked(key); u != nil {
		return u.ID, true
	}
	if g := s.groupLocked(key); g != nil {
		return g.ID, true
	}
	return "", false
}

// holdsLocked tells whether id is in g, directly or through groups inside it.
// The insert rule keeps groups free of cycles, so the walk ends.
func (s *Server) holdsLocked(g *group, id string) bool {
	for _, m := range g.members {
		if m.pending {
			continue
		}
		if m.id == id {
			return true
		}
		if inner := s.groupLocked(m.id); inner != nil && s.holdsLocked(inner, id) {
			return true
		}
	}
	return false
}

func (s *Server) etagLocked() string { return fmt.Sprintf("\"fake/%06d\"", s.nextLocked()) }
