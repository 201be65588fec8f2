package fakegoogle

import (
	"net/http"
	"slices"
)

var memberRoles = []string{"OWNER", "MANAGER", "MEMBER"}

// patchMember changes the role of a membership. Who is no member, or one whose
// membership is pending, is not found.
func (s *Server) patchMember(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Role string `json:"role"`
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
	id, _ := s.memberIDLocked(r.PathValue("memberKey"))
	m := g.membership(id)
	switch {
	case m == nil || m.pending || s.hiddenLocked(&m.settling):
		notFound(w, "memberKey")
		return
	case in.Role != "" && !slices.Contains(memberRoles, in.Role):
		badRequest(w, "Invalid Input: role")
		return
	case in.Role != "" && in.Role != "MEMBER" && s.groupLocked(id) != nil: // a group owns and manages nothing
		badRequest(w, "Invalid Input: memberKey")
		return
	case in.Role != "" && in.Role != m.role:
		m.role, m.etag = in.Role, s.etagLocked()
		s.changedLocked(s.addressLocked(id) + " is now " + in.Role + " of " + g.Email)
	}
	reply(w, http.StatusOK, s.wireMemberLocked(m))
}
