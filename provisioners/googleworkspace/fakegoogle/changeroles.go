package fakegoogle

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// RoleAssignment is an administrator role that somebody has.
type RoleAssignment struct {
	ID     string
	Role   string // its name
	Holder string // address of a user or group
}

// AddRole makes an administrator role and returns its id.
func (s *Server) AddRole(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := role{id: 8000 + len(s.roleList), name: name}
	s.roleList = append(s.roleList, r)
	s.changedLocked("administrator role " + name + " made")
	return strconv.Itoa(r.id)
}

// RoleAssignments returns who has which administrator role, oldest first.
func (s *Server) RoleAssignments() []RoleAssignment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []RoleAssignment
	for _, a := range s.roles {
		o, _ := s.roleLocked(a.roleID)
		out = append(out, RoleAssignment{strconv.Itoa(a.id), o.name, s.addressLocked(a.assignedTo)})
	}
	return out
}

func (s *Server) roleLocked(id int) (role, bool) {
	i := slices.IndexFunc(s.roleList, func(r role) bool { return r.id == id })
	if i < 0 {
		return role{}, false
	}
	return s.roleList[i], true
}

func (s *Server) assignLocked(a roleAssignment) {
	s.roles = append(s.roles, a)
	s.changedLocked("administrator role given to " + s.addressLocked(a.assignedTo))
}

// promoteLocked makes an account super administrator: the flag and the role are
// two sides of one thing.
func (s *Server) promoteLocked(u *user) {
	u.Admin = true
	s.promoted++
	s.assignLocked(roleAssignment{id: 9000 + s.promoted, roleID: superRole, assignedTo: u.ID, scope: "CUSTOMER"})
}

func (s *Server) demoteLocked(u *user) {
	u.Admin = false
	s.roles = slices.DeleteFunc(s.roles, func(a roleAssignment) bool { return a.roleID == superRole && a.assignedTo == u.ID })
	s.changedLocked("account " + u.Email + " is super administrator no more")
}

// insertRoleAssignment says with 500 that an assignment is there already: GAM
// (https://github.com/GAM-team/GAM) knows the words.
func (s *Server) insertRoleAssignment(w http.ResponseWriter, r *http.Request) {
	var in struct {
		RoleID     string `json:"roleId"`
		AssignedTo string `json:"assignedTo"`
		Scope      string `json:"scopeType"`
		Unit       string `json:"orgUnitId"`
	}
	if !readChange(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ownCustomer(r.PathValue("customer")) {
		notFound(w, "customer")
		return
	}
	number, _ := strconv.Atoi(in.RoleID)
	o, known := s.roleLocked(number)
	id, there := s.memberIDLocked(in.AssignedTo)
	unit, placed := s.unitLocked("id:" + in.Unit)
	a := roleAssignment{roleID: number, assignedTo: id, scope: in.Scope, unit: in.Unit}
	switch {
	case !known:
		notFound(w, "roleId")
	case !there || id != in.AssignedTo: // by its id only
		notFound(w, "assignedTo")
	case in.Scope != "CUSTOMER" && in.Scope != "ORG_UNIT":
		badRequest(w, "Invalid scope value")
	case in.Scope == "ORG_UNIT" && (!placed || unit == rootUnit), in.Scope == "CUSTOMER" && in.Unit != "":
		badRequest(w, "Invalid Org Unit")
	case slices.ContainsFunc(s.roles, a.same):
		fail(w, http.StatusInternalServerError, "internalError", fmt.Sprintf("Role assignment exists: roleId: %d, assignedTo: %s", number, id))
	default:
		s.giveLocked(w, o, a)
	}
}

// giveLocked makes an assignment and answers with it.
func (s *Server) giveLocked(w http.ResponseWriter, o role, a roleAssignment) {
	if u := s.userLocked(a.assignedTo); o.super && u != nil {
		s.promoteLocked(u)
	} else {
		a.id = s.nextLocked()
		s.assignLocked(a)
	}
	reply(w, http.StatusOK, s.wireAssignmentLocked(s.roles[len(s.roles)-1]))
}

func (a roleAssignment) same(b roleAssignment) bool {
	return a.roleID == b.roleID && a.assignedTo == b.assignedTo && a.scope == b.scope && a.unit == b.unit
}

func (s *Server) deleteRoleAssignment(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ownCustomer(r.PathValue("customer")) {
		notFound(w, "customer")
		return
	}
	i := slices.IndexFunc(s.roles, func(a roleAssignment) bool { return strconv.Itoa(a.id) == r.PathValue("roleAssignmentId") })
	if i < 0 {
		notFound(w, "roleAssignmentId")
		return
	}
	a := s.roles[i]
	if u := s.userLocked(a.assignedTo); a.roleID == superRole && u != nil {
		s.demoteLocked(u)
	} else {
		s.roles = slices.Delete(s.roles, i, i+1)
		s.changedLocked("administrator role taken from " + s.addressLocked(a.assignedTo))
	}
	w.WriteHeader(http.StatusNoContent)
}
