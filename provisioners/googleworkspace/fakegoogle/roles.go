package fakegoogle

import (
	"net/http"
	"strconv"
)

type wireRole struct {
	Kind         string `json:"kind"`
	ID           string `json:"roleAssignmentId"`
	RoleID       string `json:"roleId"`
	AssignedTo   string `json:"assignedTo"`
	AssigneeType string `json:"assigneeType"`
	ScopeType    string `json:"scopeType"`
}

func (s *Server) listRoleAssignments(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	if !s.ownCustomer(r.PathValue("customer")) {
		notFound(w, "customer")
		return
	}
	holder := ""
	if key := q.Get("userKey"); key != "" {
		id, ok := s.memberIDLocked(key)
		if !ok {
			notFound(w, "userKey")
			return
		}
		holder = id
	}
	var found []wireRole
	for _, a := range s.roles {
		if s.appliesLocked(a, holder, q.Get("includeIndirectRoleAssignments") == "true") && (q.Get("roleId") == "" || q.Get("roleId") == strconv.Itoa(a.roleID)) {
			found = append(found, wireRoleOf(a))
		}
	}
	rows, next, ok := page(w, r, s.options, found, 100, 200)
	if !ok {
		return
	}
	reply(w, http.StatusOK, struct {
		Kind  string     `json:"kind"`
		Items []wireRole `json:"items,omitempty"`
		Next  string     `json:"nextPageToken,omitempty"`
	}{"admin#directory#roleAssignments", rows, next})
}

// appliesLocked tells whether an assignment is shown for a holder: his own, and
// where asked those of the groups that he is in.
func (s *Server) appliesLocked(a roleAssignment, holder string, indirect bool) bool {
	if holder == "" || a.assignedTo == holder {
		return true
	}
	if !indirect || !a.toGroup {
		return false
	}
	g := s.groupLocked(a.assignedTo)
	return g != nil && s.holdsLocked(g, holder)
}

func wireRoleOf(a roleAssignment) wireRole {
	out := wireRole{
		Kind: "admin#directory#roleAssignment", ID: strconv.Itoa(a.id), RoleID: strconv.Itoa(a.roleID),
		AssignedTo: a.assignedTo, AssigneeType: "user", ScopeType: "CUSTOMER",
	}
	if a.toGroup {
		out.AssigneeType = "group"
	}
	return out
}
