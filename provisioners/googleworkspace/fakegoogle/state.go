package fakegoogle

import (
	"fmt"
	"slices"
	"strconv"
)

// AddUser adds an account and returns it with its id. It panics where an
// address is taken, because users, groups and aliases share one namespace.
func (s *Server) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freeLocked(u.Email, u.Aliases)
	if u.ID == "" {
		u.ID = s.newUserIDLocked()
	}
	if u.OrgUnit == "" {
		u.OrgUnit = "/"
	}
	s.registerLocked(u.OrgUnit)
	s.enrolLocked(newUser(u))
	return u
}

// AddGroup adds a group and returns it with its id. It panics where an address
// is taken.
func (s *Server) AddGroup(g Group) Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freeLocked(g.Email, g.Aliases)
	if g.ID == "" {
		g.ID = s.newGroupIDLocked()
	}
	s.groups = append(s.groups, &group{Group: g, etag: s.etagLocked(), settling: s.settlingLocked()})
	s.changedLocked("group " + g.Email + " made")
	return g
}

func (s *Server) freeLocked(email string, aliases []string) {
	for _, address := range append([]string{email}, aliases...) {
		if _, taken := s.memberIDLocked(address); taken {
			panic("fakegoogle: address " + address + " is taken")
		}
	}
}

// AddMember makes a user or group a member of a group, all by id or address.
// The role is MEMBER where empty.
func (s *Server) AddMember(groupKey, memberKey, role string) error {
	return s.addMember(groupKey, memberKey, role, false)
}

// AddPending leaves a membership that no read shows and that blocks an insert
// until it is deleted by the member's address.
func (s *Server) AddPending(groupKey, memberKey string) error {
	return s.addMember(groupKey, memberKey, "", true)
}

func (s *Server) addMember(groupKey, memberKey, role string, pending bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groupLocked(groupKey)
	if g == nil {
		return fmt.Errorf("no group %s", groupKey)
	}
	id, ok := s.memberIDLocked(memberKey)
	if !ok {
		return fmt.Errorf("no user or group %s", memberKey)
	}
	if g.membership(id) != nil {
		return fmt.Errorf("%s is in %s already", memberKey, groupKey)
	}
	if role == "" {
		role = "MEMBER"
	}
	s.joinLocked(g, id, role, pending)
	return nil
}

func (s *Server) joinLocked(g *group, id, role string, pending bool) *membership {
	m := &membership{id: id, role: role, pending: pending, etag: s.etagLocked(), settling: s.settlingLocked()}
	g.members = append(g.members, m)
	s.changedLocked(s.addressLocked(id) + " joined " + g.Email)
	return m
}

// RemoveMember ends a membership, pending or not.
func (s *Server) RemoveMember(groupKey, memberKey string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groupLocked(groupKey)
	id, ok := s.memberIDLocked(memberKey)
	if g == nil || !ok || !s.leaveLocked(g, id) {
		return fmt.Errorf("no membership of %s in %s", memberKey, groupKey)
	}
	return nil
}

func (s *Server) leaveLocked(g *group, id string) bool {
	before := len(g.members)
	g.members = slices.DeleteFunc(g.members, func(m *membership) bool { return m.id == id })
	if len(g.members) == before {
		return false
	}
	s.changedLocked(s.addressLocked(id) + " left " + g.Email)
	return true
}

// Suspend blocks an account from signing in; it keeps its memberships.
func (s *Server) Suspend(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(key)
	if u == nil {
		return fmt.Errorf("no user %s", key)
	}
	u.Suspended = true
	u.access.signedIn = false
	u.etag = s.etagLocked()
	s.changedLocked("account " + u.Email + " suspended")
	return nil
}

// DeleteUser removes an account and its memberships. Its address is free at once;
// by its id it can be restored for 20 days.
func (s *Server) DeleteUser(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.userLocked(key)
	if u == nil {
		return fmt.Errorf("no user %s", key)
	}
	s.dropUserLocked(u)
	return nil
}

// AssignRole gives a user or group an administrator role that is made for it.
func (s *Server) AssignRole(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.memberIDLocked(key)
	if !ok {
		return fmt.Errorf("no user or group %s", key)
	}
	n := s.nextLocked()
	made := role{id: 7000 + n, name: "Custom role " + strconv.Itoa(n)}
	s.roleList = append(s.roleList, made)
	s.assignLocked(roleAssignment{id: n, roleID: made.id, assignedTo: id, scope: "CUSTOMER"})
	return nil
}

func (s *Server) addressLocked(id string) string {
	if u := s.userLocked(id); u != nil {
		return u.Email
	}
	if g := s.groupLocked(id); g != nil {
		return g.Email
	}
	return id
}
