package fakegoogle

import (
	"fmt"
	"slices"
	"strings"
)

// Users returns every account in the order of their addresses.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.users))
	for _, u := range s.users {
		c := u.User
		c.Aliases, c.Organizations, c.ExternalIDs = slices.Clone(c.Aliases), slices.Clone(c.Organizations), slices.Clone(c.ExternalIDs)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b User) int { return compareAddresses(a.Email, b.Email) })
	return out
}

// Groups returns every group in the order of their addresses.
func (s *Server) Groups() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Group, 0, len(s.groups))
	for _, g := range s.groups {
		c := g.Group
		c.Aliases = slices.Clone(c.Aliases)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Group) int { return compareAddresses(a.Email, b.Email) })
	return out
}

// Members returns the direct members of a group, pending ones left out, in the
// order in which they joined.
func (s *Server) Members(groupKey string) ([]Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groupLocked(groupKey)
	if g == nil {
		return nil, fmt.Errorf("no group %s", groupKey)
	}
	var out []Member
	for _, m := range g.members {
		if !m.pending {
			out = append(out, Member{ID: m.id, Email: s.addressLocked(m.id), Role: m.role, Type: s.kindLocked(m.id)})
		}
	}
	return out, nil
}

func (s *Server) kindLocked(id string) string {
	if s.userLocked(id) != nil {
		return "USER"
	}
	return "GROUP"
}

func compareAddresses(a, b string) int {
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}
