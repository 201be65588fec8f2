package fakegoogle

import (
	"net/http"
	"slices"
	"strings"
)

type wireMember struct {
	Kind   string `json:"kind"`
	Etag   string `json:"etag"`
	ID     string `json:"id"`
	Email  string `json:"email"`
	Role   string `json:"role"`
	Type   string `json:"type"`
	Status string `json:"status"`
}

func (s *Server) getMember(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.shownGroupLocked(w, r)
	if g == nil {
		return
	}
	id, _ := s.memberIDLocked(r.PathValue("memberKey"))
	m := g.membership(id)
	if m == nil || m.pending || s.hiddenLocked(&m.settling) {
		notFound(w, "memberKey")
		return
	}
	reply(w, http.StatusOK, s.wireMemberLocked(m))
}

func (s *Server) listMembers(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.shownGroupLocked(w, r)
	if g == nil {
		return
	}
	if r.URL.Query().Get("includeDerivedMembership") == "true" {
		fail(w, http.StatusNotImplemented, "notImplemented", "fakegoogle does not list derived memberships")
		return
	}
	roles := r.URL.Query().Get("roles")
	members := slices.DeleteFunc(slices.Clone(g.members), func(m *membership) bool {
		return m.pending || roles != "" && !slices.Contains(strings.Split(roles, ","), m.role)
	})
	rows, next, ok := page(w, r, s.options, members, 200, 200)
	if !ok {
		return
	}
	answer := struct {
		Kind    string       `json:"kind"`
		Members []wireMember `json:"members,omitempty"`
		Next    string       `json:"nextPageToken,omitempty"`
	}{Kind: "admin#directory#members", Next: next}
	for _, m := range rows {
		answer.Members = append(answer.Members, s.wireMemberLocked(m))
	}
	reply(w, http.StatusOK, answer)
}

func (s *Server) hasMember(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.shownGroupLocked(w, r)
	if g == nil {
		return
	}
	id, ok := s.memberIDLocked(r.PathValue("memberKey"))
	if !ok {
		badRequest(w, "Invalid Input: memberKey")
		return
	}
	reply(w, http.StatusOK, map[string]bool{"isMember": s.holdsLocked(g, id)})
}

func (s *Server) deleteMember(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.shownGroupLocked(w, r)
	if g == nil {
		return
	}
	key := r.PathValue("memberKey")
	id, _ := s.memberIDLocked(key)
	m := g.membership(id)
	if m == nil || m.pending && key == id { // a pending one hangs under the address only
		notFound(w, "memberKey")
		return
	}
	s.leaveLocked(g, id)
	w.WriteHeader(http.StatusNoContent)
}

// insertMember makes a pending membership where a new account is named by its
// address and not by its id: Google hangs it under an identity of its own.
// https://github.com/broadinstitute/sam/issues/448 came to know it.
func (s *Server) insertMember(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID       string `json:"id"`
		Email    string `json:"email"`
		Role     string `json:"role"`
		Delivery string `json:"delivery_settings"`
	}
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.shownGroupLocked(w, r)
	if g == nil {
		return
	}
	if in.Role == "" {
		in.Role = "MEMBER"
	}
	if !slices.Contains(memberRoles, in.Role) {
		badRequest(w, "Invalid Input: role")
		return
	}
	id, problem := s.newMemberLocked(in.ID, in.Email)
	switch {
	case problem != "":
		badRequest(w, problem)
	case id == "":
		notFound(w, "memberKey")
	case in.Role != "MEMBER" && s.groupLocked(id) != nil: // a group owns and manages nothing
		badRequest(w, "Invalid Input: memberKey")
	case in.ID != "" && s.incompleteLocked(id):
		NotComplete.fail(w, r)
	case g.membership(id) != nil:
		fail(w, http.StatusConflict, "duplicate", "Member already exists.")
	case s.cyclicLocked(g, id):
		fail(w, http.StatusPreconditionFailed, "conditionNotMet", "Cyclic memberships not allowed")
	default:
		reply(w, http.StatusOK, s.wireMemberLocked(s.joinLocked(g, id, in.Role, s.incompleteLocked(id))))
	}
}

// newMemberLocked finds whom an insert means. Both keys empty, or naming
// different members, is a mistake; naming nobody is an empty id.
func (s *Server) newMemberLocked(id, email string) (string, string) {
	if id == "" && email == "" {
		return "", "Missing required field: memberKey"
	}
	byID, _ := s.memberIDLocked(id)
	byEmail, _ := s.memberIDLocked(email)
	if id != "" && email != "" && byID != byEmail {
		return "", "Invalid Input: memberKey"
	}
	if id != "" && byID != id {
		return "", ""
	}
	return max(byID, byEmail), ""
}

// incompleteLocked tells whether id is an account that was made just now.
func (s *Server) incompleteLocked(id string) bool {
	u := s.userLocked(id)
	return u != nil && s.freshLocked(u.settling)
}

func (s *Server) cyclicLocked(g *group, id string) bool {
	inner := s.groupLocked(id)
	return inner != nil && (inner == g || s.holdsLocked(inner, g.ID))
}

func (s *Server) wireMemberLocked(m *membership) wireMember {
	out := wireMember{
		Kind: "admin#directory#member", Etag: m.etag, ID: m.id, Email: s.addressLocked(m.id),
		Role: m.role, Type: s.kindLocked(m.id), Status: "ACTIVE",
	}
	if u := s.userLocked(m.id); u != nil && u.Suspended {
		out.Status = "SUSPENDED"
	}
	return out
}
