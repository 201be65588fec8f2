package fakegoogle

import (
	"net/http"
	"strconv"
)

// role is one set of administrator rights.
type role struct {
	id            int
	name          string
	system, super bool
}

// superRole is the role of a super administrator.
const superRole = 6001

// systemRoles are those that every Workspace has, as far as somebody could wish
// to give them: https://support.google.com/a/answer/2405986.
var systemRoles = []role{
	{superRole, "_SEED_ADMIN_ROLE", true, true},
	{6002, "_GROUPS_ADMIN_ROLE", true, false},
	{6003, "_USER_MANAGEMENT_ADMIN_ROLE", true, false},
	{6004, "_HELP_DESK_ADMIN_ROLE", true, false},
}

type roleAssignment struct {
	id         int
	roleID     int
	assignedTo string // id of a user or group
	scope      string // CUSTOMER or ORG_UNIT
	unit       string // id of an organizational unit; empty for CUSTOMER
}

type wireRole struct {
	Kind   string `json:"kind"`
	ID     string `json:"roleId"`
	Name   string `json:"roleName"`
	System bool   `json:"isSystemRole"`
	Super  bool   `json:"isSuperAdminRole"`
}

type wireAssignment struct {
	Kind         string `json:"kind"`
	ID           string `json:"roleAssignmentId"`
	RoleID       string `json:"roleId"`
	AssignedTo   string `json:"assignedTo"`
	AssigneeType string `json:"assigneeType"`
	ScopeType    string `json:"scopeType"`
	OrgUnitID    string `json:"orgUnitId,omitempty"`
}

// pageOf is one page of a listing.
type pageOf[T any] struct {
	Kind  string `json:"kind"`
	Items []T    `json:"items,omitempty"`
	Next  string `json:"nextPageToken,omitempty"`
}

func (s *Server) listRoles(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ownCustomer(r.PathValue("customer")) {
		notFound(w, "customer")
		return
	}
	var all []wireRole
	for _, o := range s.roleList {
		all = append(all, wireRole{"admin#directory#role", strconv.Itoa(o.id), o.name, o.system, o.super})
	}
	rows, next, ok := page(w, r, s.options, all, 100, 100)
	if ok {
		reply(w, http.StatusOK, pageOf[wireRole]{"admin#directory#roles", rows, next})
	}
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
	var found []wireAssignment
	for _, a := range s.roles {
		if s.appliesLocked(a, holder, q.Get("includeIndirectRoleAssignments") == "true") && (q.Get("roleId") == "" || q.Get("roleId") == strconv.Itoa(a.roleID)) {
			found = append(found, s.wireAssignmentLocked(a))
		}
	}
	rows, next, ok := page(w, r, s.options, found, 100, 200)
	if ok {
		reply(w, http.StatusOK, pageOf[wireAssignment]{"admin#directory#roleAssignments", rows, next})
	}
}

// appliesLocked tells whether an assignment is shown for a holder: his own, and
// where asked those of the groups that he is in.
func (s *Server) appliesLocked(a roleAssignment, holder string, indirect bool) bool {
	if holder == "" || a.assignedTo == holder {
		return true
	}
	g := s.groupLocked(a.assignedTo)
	return indirect && g != nil && s.holdsLocked(g, holder)
}

func (s *Server) wireAssignmentLocked(a roleAssignment) wireAssignment {
	out := wireAssignment{
		Kind: "admin#directory#roleAssignment", ID: strconv.Itoa(a.id), RoleID: strconv.Itoa(a.roleID),
		AssignedTo: a.assignedTo, AssigneeType: "user", ScopeType: a.scope, OrgUnitID: a.unit,
	}
	if s.userLocked(a.assignedTo) == nil {
		out.AssigneeType = "group"
	}
	return out
}
