package fakegoogle

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// AppPassword is a password for one program that knows no second step.
type AppPassword struct {
	ID     int
	Name   string    // what its owner called it
	MadeAt time.Time // set by AddAppPassword
	UsedAt time.Time // zero for never
}

// AddAppPassword lets somebody make an app password and returns its id.
func (s *Server) AddAppPassword(key, name string) (int, error) {
	var p AppPassword
	err := s.alter(key, func(u *user) string {
		p = AppPassword{ID: s.nextLocked(), Name: name, MadeAt: s.options.Now()}
		u.access.asps = append(u.access.asps, p)
		return "app password " + name + " made by " + u.Email
	})
	return p.ID, err
}

// AppPasswords returns the app passwords of an account, oldest first.
func (s *Server) AppPasswords(key string) ([]AppPassword, error) {
	var out []AppPassword
	err := s.look(key, func(u *user) { out = slices.Clone(u.access.asps) })
	return out, err
}

type wireAsp struct {
	Kind    string `json:"kind"`
	Etag    string `json:"etag"`
	ID      int    `json:"codeId"`
	Name    string `json:"name"`
	Made    string `json:"creationTime"` // seconds since 1970, in quotation marks
	Used    string `json:"lastTimeUsed"`
	UserKey string `json:"userKey"`
}

func wireAspOf(u *user, p AppPassword) wireAsp {
	used := "0"
	if !p.UsedAt.IsZero() {
		used = strconv.FormatInt(p.UsedAt.Unix(), 10)
	}
	return wireAsp{"admin#directory#asp", u.etag, p.ID, p.Name, strconv.FormatInt(p.MadeAt.Unix(), 10), used, u.ID}
}

func (s *Server) listAsps(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.namedUserLocked(w, r)
	if u == nil {
		return
	}
	answer := listOf[wireAsp]{Kind: "admin#directory#aspList", Etag: u.etag}
	for _, p := range u.access.asps {
		answer.Items = append(answer.Items, wireAspOf(u, p))
	}
	reply(w, http.StatusOK, answer)
}

func (s *Server) getAsp(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.namedUserLocked(w, r)
	if u == nil {
		return
	}
	if i := u.aspAt(r); i >= 0 {
		reply(w, http.StatusOK, wireAspOf(u, u.access.asps[i]))
		return
	}
	badRequest(w, "Invalid Input: codeId")
}

// deleteAsp refuses an id that is none with 400 and not with 404: GAM
// (https://github.com/GAM-team/GAM) is ready for that and not for the other.
func (s *Server) deleteAsp(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.settledUserLocked(w, r)
	if u == nil {
		return
	}
	i := u.aspAt(r)
	if i < 0 {
		badRequest(w, "Invalid Input: codeId")
		return
	}
	s.changedLocked("app password " + u.access.asps[i].Name + " of " + u.Email + " deleted")
	u.access.asps = slices.Delete(u.access.asps, i, i+1)
	w.WriteHeader(http.StatusNoContent)
}

func (u *user) aspAt(r *http.Request) int {
	return slices.IndexFunc(u.access.asps, func(p AppPassword) bool { return strconv.Itoa(p.ID) == r.PathValue("codeId") })
}
