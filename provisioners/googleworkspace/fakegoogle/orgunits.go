package fakegoogle

import (
	"net/http"
	"slices"
	"strings"
)

// orgUnit is one organizational unit. Its path begins with a slash; the root has
// no more than that.
type orgUnit struct{ path, id string }

var rootUnit = orgUnit{"/", "id:root"}

// invalidUnit refuses a path that no organizational unit has, such as one
// without its slash: https://github.com/MicrosoftDocs/azure-docs/issues/34138.
const invalidUnit = "Invalid Input: INVALID_OU_ID"

// AddOrgUnit makes an organizational unit and those above it, as far as they are
// not there. It panics where the path does not begin with a slash or ends with one.
func (s *Server) AddOrgUnit(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registerLocked(path)
}

// OrgUnits returns the paths of the organizational units, sorted; "/" is the first.
func (s *Server) OrgUnits() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, u := range s.units {
		out = append(out, u.path)
	}
	slices.Sort(out)
	return out
}

func (s *Server) registerLocked(path string) {
	if s.hasUnitLocked(path) {
		return
	}
	parent, name := split(path)
	if !strings.HasPrefix(path, "/") || name == "" {
		panic("fakegoogle: " + path + " is no path of an organizational unit")
	}
	s.registerLocked(parent)
	s.units = append(s.units, orgUnit{path, "id:" + digest(path)[:16]})
	s.changedLocked("organizational unit " + path + " made")
}

func (s *Server) hasUnitLocked(path string) bool {
	return slices.ContainsFunc(s.units, func(u orgUnit) bool { return u.path == path })
}

func split(path string) (parent, name string) {
	at := strings.LastIndex(path, "/")
	return max(path[:max(at, 0)], "/"), path[at+1:]
}

type wireUnit struct {
	Kind       string `json:"kind"`
	ID         string `json:"orgUnitId"`
	Path       string `json:"orgUnitPath"`
	Name       string `json:"name"`
	ParentPath string `json:"parentOrgUnitPath,omitempty"`
	ParentID   string `json:"parentOrgUnitId,omitempty"`
}

func (s *Server) wireUnitLocked(u orgUnit) wireUnit {
	out := wireUnit{Kind: "admin#directory#orgUnit", ID: u.id, Path: u.path, Name: "/"}
	if u == rootUnit {
		return out
	}
	out.ParentPath, out.Name = split(u.path)
	if parent, ok := s.unitLocked(out.ParentPath); ok {
		out.ParentID = parent.id
	}
	return out
}

// unitLocked finds a unit by its path, with or without the first slash, or its id.
func (s *Server) unitLocked(key string) (orgUnit, bool) {
	i := slices.IndexFunc(s.units, func(u orgUnit) bool { return u.id == key || u.path == "/"+strings.TrimPrefix(key, "/") })
	if i < 0 {
		return orgUnit{}, false
	}
	return s.units[i], true
}

func (s *Server) getOrgUnit(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.unitOfLocked(w, r, r.PathValue("orgUnitPath"))
	if ok {
		reply(w, http.StatusOK, s.wireUnitLocked(u))
	}
}

// unitOfLocked finds a unit of the customer whom the path names, or answers that
// there is none. GAM (https://github.com/GAM-team/GAM) knows the words.
func (s *Server) unitOfLocked(w http.ResponseWriter, r *http.Request, key string) (orgUnit, bool) {
	if !s.ownCustomer(r.PathValue("customerId")) {
		badRequest(w, "Invalid Customer Id")
		return orgUnit{}, false
	}
	u, ok := s.unitLocked(key)
	if !ok {
		fail(w, http.StatusNotFound, "notFound", "Org unit not found")
	}
	return u, ok
}

// listOrgUnits lists what lies below a unit: one level, unless all are asked for.
func (s *Server) listOrgUnits(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	top, ok := s.unitOfLocked(w, r, q.Get("orgUnitPath"))
	if !ok {
		return
	}
	answer := struct {
		Kind  string     `json:"kind"`
		Units []wireUnit `json:"organizationUnits,omitempty"`
	}{Kind: "admin#directory#orgUnits"}
	for _, u := range s.units {
		parent, _ := split(u.path)
		below := u != rootUnit && strings.HasPrefix(u.path, strings.TrimSuffix(top.path, "/")+"/")
		switch q.Get("type") {
		case "all":
		case "allIncludingParent":
			below = below || u == top
		default:
			below = below && parent == top.path
		}
		if below {
			answer.Units = append(answer.Units, s.wireUnitLocked(u))
		}
	}
	slices.SortFunc(answer.Units, func(a, b wireUnit) int { return strings.Compare(a.Path, b.Path) })
	reply(w, http.StatusOK, answer)
}
